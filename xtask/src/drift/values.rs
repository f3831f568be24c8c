//! Compares the values that an argument may have with those that the vendor takes.

use airbyte_agent_description::{Kind as Type, Location, Parameter, Schema};
use serde_json::Value;

use super::finding::{Findings, Kind};
use super::wording::{join, named};
use airbyte_agent_document::{self as vendor, Opener, Shape};

/// The bounds of 32-bit and 64-bit numbers, which generators of documents write as limits.
const BOUNDS: [f64; 4] = [2_147_483_647.0, -2_147_483_648.0, 9.3e18, -9.3e18];

/// Compares the schemas of the arguments of one operation.
#[derive(Debug)]
pub(super) struct Values<'a, 'd> {
    pub(super) opener: &'a Opener<'d>,
    /// Whether values are sent as texts, as in queries and headers: then `1` and `"1"` are equal.
    pub(super) as_text: bool,
}

impl<'d> Values<'_, 'd> {
    /// Compares the values that the argument or member at `place` may have.
    pub(super) fn compare(
        &self,
        place: &str,
        ours: &Schema,
        theirs: &vendor::Schema<'d>,
        out: &mut Findings,
    ) {
        let shape = self.opener.open(theirs);
        let is_list = ours.kinds.contains(&Type::Array);
        if self.as_text && is_list != shape.kinds.contains(&Type::Array) && !shape.kinds.is_empty()
        {
            self.one_or_several(place, ours, &shape, is_list, out);
            return;
        }
        self.types(place, ours, &shape, out);
        self.choices(place, ours, &shape, out);
        limits(place, ours, &shape, out);
        if let (Some(own), Some(items)) = (ours.items.first(), &shape.items) {
            self.compare(&format!("{place}[]"), own, items, out);
        }
        if !ours.properties.is_empty() {
            self.members(place, ours, &shape, out);
        }
    }

    /// Compares a list on one side with a single value on the other. A text may contain a list,
    /// too, with commas between its elements, so only the elements are compared.
    fn one_or_several(
        &self,
        place: &str,
        ours: &Schema,
        shape: &Shape<'d>,
        is_list: bool,
        out: &mut Findings,
    ) {
        if is_list {
            if let Some(own) = ours.items.first() {
                self.choices(&format!("{place}[]"), own, shape, out);
            }
            return;
        }
        let Some(items) = &shape.items else { return };
        let shape = self.opener.open(items);
        self.choices(&format!("{place}[]"), ours, &shape, out);
        let may_be_list = ours.kinds.is_empty() || ours.kinds.contains(&Type::String);
        if !may_be_list || !ours.choices.is_empty() {
            out.add(
                Kind::TypeNarrower,
                place,
                "The vendor takes several values, and callers can pass one.",
            );
        }
    }

    fn types(&self, place: &str, ours: &Schema, shape: &Shape<'d>, out: &mut Findings) {
        if ours.kinds.is_empty() || shape.kinds.is_empty() || self.is_truth(ours, shape) {
            return;
        }
        // A text may contain any value, including the JSON of an object.
        let has = |kinds: &[Type], kind: Type| {
            kinds.contains(&kind)
                || kind == Type::Integer && kinds.contains(&Type::Number)
                || self.as_text && kinds.contains(&Type::String)
        };
        let refused: Vec<Type> =
            shape.kinds.iter().copied().filter(|kind| !has(&ours.kinds, *kind)).collect();
        let unknown: Vec<Type> =
            ours.kinds.iter().copied().filter(|kind| !has(&shape.kinds, *kind)).collect();
        let both = format!(
            "The vendor takes {}, and callers can pass {}.",
            named(&shape.kinds),
            named(&ours.kinds)
        );
        if refused.len() == shape.kinds.len() && unknown.len() == ours.kinds.len() {
            out.add(Kind::TypeDiffers, place, both);
        } else if !refused.is_empty() {
            out.add(Kind::TypeNarrower, place, both);
        } else if !unknown.is_empty() {
            out.add(Kind::TypeWider, place, both);
        }
    }

    /// Whether both sides mean `true` or `false`, one of them as texts.
    fn is_truth(&self, ours: &Schema, shape: &Shape<'d>) -> bool {
        let is_truth = |value: &Value| matches!(text(value).as_str(), "true" | "false");
        let by_us = ours.kinds.contains(&Type::Boolean)
            || !ours.choices.is_empty()
                && ours.choices.iter().all(|choice| is_truth(&choice.value()));
        let by_them = shape.kinds.contains(&Type::Boolean)
            || shape.choices.as_ref().is_some_and(|all| all.iter().all(|choice| is_truth(choice)));
        self.as_text && by_us && by_them
    }

    fn choices(&self, place: &str, ours: &Schema, shape: &Shape<'d>, out: &mut Findings) {
        let same = |a: &Value, b: &Value| a == b || self.as_text && text(a) == text(b);
        let own: Vec<Value> =
            ours.choices.iter().map(airbyte_agent_description::Json::value).collect();
        let own: Vec<&Value> = own.iter().filter(|choice| !choice.is_null()).collect();
        let difference = |a: &[&Value], b: &[&Value]| -> Vec<String> {
            let missing = a.iter().filter(|value| !b.iter().any(|other| same(value, other)));
            missing.map(|value| text(value)).collect()
        };
        match (&shape.choices, own.is_empty()) {
            (Some(theirs), false) => {
                let refused = difference(theirs, &own);
                if !refused.is_empty() {
                    let detail = format!("The vendor takes these values, too: {}.", join(&refused));
                    out.add(Kind::EnumNarrower, place, detail);
                }
                let unknown = difference(&own, theirs);
                if !unknown.is_empty() {
                    let detail =
                        format!("The vendor does not list these values: {}.", join(&unknown));
                    out.add(Kind::EnumUnknown, place, detail);
                }
            }
            (Some(theirs), true) if !self.is_truth(ours, shape) => {
                let theirs: Vec<String> = theirs.iter().map(|value| text(value)).collect();
                let detail = format!("The vendor lists the values: {}.", join(&theirs));
                out.add(Kind::EnumMissing, place, detail);
            }
            // If there is only one value, nothing can be chosen: the value defines the operation.
            (None, false) if own.len() > 1 && shape.kinds == [Type::String] => {
                out.add(Kind::EnumOwn, place, "The vendor does not list the values.");
            }
            _ => {}
        }
    }

    fn members(&self, place: &str, ours: &Schema, shape: &Shape<'d>, out: &mut Findings) {
        if shape.members.is_empty() {
            return;
        }
        for property in ours.properties.iter() {
            let inside = format!("{place}.{}", property.name);
            let Some(theirs) = shape.members.get(property.name.as_ref()) else {
                if !shape.open {
                    let detail = "The vendor knows no such member; it is ignored or refused.";
                    out.add(Kind::ArgumentUnknown, &inside, detail);
                }
                continue;
            };
            let is_needed = shape.required.contains(&property.name.as_ref());
            if property.required && !is_needed {
                let detail = "Callers have to pass the member, and the vendor does not require it.";
                out.add(Kind::ArgumentOptional, &inside, detail);
            }
            if is_needed && !property.required {
                let detail = "The vendor requires the member, and callers may leave it out.";
                out.add(Kind::MemberRequired, &inside, detail);
            }
            deprecated(
                &inside,
                &property.schema.description,
                self.opener.open(theirs).deprecated,
                out,
            );
            self.compare(&inside, &property.schema, theirs, out);
        }
        for name in &shape.required {
            if ours.property(name).is_none() && !ours.open && shape.members.contains_key(name) {
                let detail = "The vendor requires the member, and callers cannot pass it.";
                out.add(Kind::ArgumentMissing, &format!("{place}.{name}"), detail);
            }
        }
    }
}

/// Reports a value that is sent when callers pass none, and that the vendor does not list.
pub(super) fn standard(own: &Parameter, shape: &Shape<'_>, out: &mut Findings) {
    let Some(default) = own.default.as_ref().filter(|_| own.send_default) else { return };
    let (default, Some(choices)) = (default.value(), &shape.choices) else { return };
    let is_listed = default.is_array()
        || own.schema.choices.iter().any(|choice| choice.value() == default)
        || choices.iter().any(|choice| text(choice) == text(&default));
    if !is_listed {
        let detail = format!(
            "The vendor does not list the value that is sent by itself: {}.",
            text(&default)
        );
        out.add(Kind::EnumUnknown, &own.name, detail);
    }
}

/// Compares whether the vendor and the connector require an argument. In paths everything is required.
pub(super) fn needed(own: &Parameter, is_needed: bool, out: &mut Findings) {
    let is_sent = own.required || own.default.is_some() && own.send_default;
    if is_needed && !is_sent {
        let detail = "The vendor requires it, and callers may leave it out.";
        out.add(Kind::ArgumentRequired, &own.name, detail);
    }
    let is_given = own.default.is_none() && own.config.is_none() && own.location != Location::Path;
    if own.required && is_given && !is_needed {
        let detail = "Callers have to pass it, and the vendor does not require it.";
        out.add(Kind::ArgumentOptional, &own.name, detail);
    }
}

/// Reports what the vendor advises against, unless the description says so.
pub(super) fn deprecated(place: &str, description: &str, deprecated: bool, out: &mut Findings) {
    let says_so = description.to_lowercase().contains("deprecated");
    if deprecated && !says_so {
        let detail = "The vendor marks it as deprecated, and the description does not say so.";
        out.add(Kind::ArgumentDeprecated, place, detail);
    }
}

/// A value as queries write it.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn limits(place: &str, ours: &Schema, shape: &Shape<'_>, out: &mut Findings) {
    let real = |limit: Option<f64>| {
        limit.filter(|limit| {
            BOUNDS.iter().all(|bound| (bound - limit).abs() > 0.5 && limit.abs() < 9e18)
        })
    };
    let both = [
        ("smallest", ours.minimum, real(shape.minimum), 1.0),
        ("largest", ours.maximum, real(shape.maximum), -1.0),
    ];
    for (word, own, theirs, sign) in both {
        let Some(theirs) = theirs else { continue };
        match own {
            Some(own) if (own - theirs) * sign > 0.0 => {
                let detail = format!("The {word} number is {own}, and the vendor's is {theirs}.");
                out.add(Kind::LimitNarrower, place, detail);
            }
            Some(own) if (own - theirs) * sign < 0.0 => {
                let detail = format!("The {word} number is {own}, and the vendor's is {theirs}.");
                out.add(Kind::LimitWider, place, detail);
            }
            None => {
                let detail = format!("The vendor's {word} number is {theirs}.");
                out.add(Kind::LimitWider, place, detail);
            }
            Some(_) => {}
        }
    }
}
