//! Compares the fields of records with those of the vendor's response.

use airbyte_agent_description::Kind as Type;
use serde_json::Value;

use super::finding::{Findings, Kind};
use super::wording::{join, named};
use airbyte_agent_document::{Opener, Schema, Shape};

/// Both sides of a comparison of records.
#[derive(Debug)]
pub(super) struct Records<'a, 'o, 'd> {
    /// Opens schemas of the connector, in which no references are left.
    pub(super) own: &'a Opener<'o>,
    /// Opens schemas of the vendor's document.
    pub(super) opener: &'a Opener<'d>,
    /// Whether callers select the fields of a GraphQL document by their names.
    pub(super) selectable: bool,
    /// Fields that the connector computes itself.
    pub(super) computed: Vec<&'a str>,
}

impl<'o, 'd> Records<'_, 'o, 'd> {
    /// Compares the values at `place`; empty for the record itself.
    pub(super) fn compare(
        &self,
        place: &str,
        ours: &Schema<'o>,
        theirs: &Schema<'d>,
        out: &mut Findings,
    ) {
        let own = self.own.open(ours);
        let shape = self.opener.open(theirs);
        types(place, &own, &shape, out);
        choices(place, &own, &shape, out);
        if let (Some(own), Some(theirs)) = (&own.items, &shape.items) {
            self.compare(&format!("{place}[]"), own, theirs, out);
        }
        if !own.members.is_empty() && !shape.members.is_empty() {
            self.members(place, &own, &shape, out);
        }
    }

    fn members(&self, place: &str, own: &Shape<'o>, shape: &Shape<'d>, out: &mut Findings) {
        let inside = |name: &str| {
            if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
        };
        let types = shape.selected_from.iter().filter_map(|name| {
            self.opener.find(&format!("/types/{name}")).map(|schema| self.opener.open(&schema))
        });
        let types: Vec<Shape<'d>> = types.collect();
        for (name, ours) in &own.members {
            if place.is_empty() && self.computed.contains(name) {
                continue;
            }
            let at = inside(name);
            if let Some(theirs) = shape.members.get(name) {
                self.deprecated(&at, ours, theirs, out);
                self.compare(&at, ours, theirs, out);
            } else if types.iter().any(|ty| ty.members.contains_key(name)) {
                if !self.selectable {
                    let detail =
                        "The document does not select the field, and callers cannot select it.";
                    out.add(Kind::FieldUnselected, &at, detail);
                }
            } else if shape.values.is_none() {
                out.add(Kind::FieldUnknown, &at, "The vendor's records have no such field.");
            }
        }
        for name in shape.members.keys() {
            if !own.members.contains_key(name) && *name != "__typename" {
                let detail = "The vendor's records have the field, and it is not described.";
                out.add(Kind::FieldMissing, &inside(name), detail);
            }
        }
    }

    fn deprecated(&self, at: &str, ours: &Schema<'o>, theirs: &Schema<'d>, out: &mut Findings) {
        let says_so = |value: &Value| {
            let text = value.get("description").and_then(Value::as_str).unwrap_or_default();
            text.to_lowercase().contains("deprecated") || self.own.open(ours).deprecated
        };
        let is_told = matches!(ours, Schema::One(value) if says_so(value));
        if self.opener.open(theirs).deprecated && !is_told {
            let detail =
                "The vendor marks the field as deprecated, and the description does not say so.";
            out.add(Kind::FieldDeprecated, at, detail);
        }
    }
}

fn types(place: &str, own: &Shape<'_>, shape: &Shape<'_>, out: &mut Findings) {
    if own.kinds.is_empty() || shape.kinds.is_empty() {
        return;
    }
    let place = if place.is_empty() { "$" } else { place };
    let fits = |kind: &Type| {
        own.kinds.contains(kind) || *kind == Type::Integer && own.kinds.contains(&Type::Number)
    };
    if !shape.kinds.iter().all(fits) {
        let detail = format!(
            "The vendor's field is {}, and {} is described.",
            named(&shape.kinds),
            named(&own.kinds)
        );
        out.add(Kind::FieldType, place, detail);
        return;
    }
    let (Some(a), Some(b)) = (own.format, shape.format) else { return };
    if a != b && ["date", "date-time"].contains(&a) && ["date", "date-time"].contains(&b) {
        let detail = format!("The vendor's field is a {b}, and a {a} is described.");
        out.add(Kind::FieldType, place, detail);
    }
}

fn choices(place: &str, own: &Shape<'_>, shape: &Shape<'_>, out: &mut Findings) {
    let (Some(ours), Some(theirs)) = (&own.choices, &shape.choices) else { return };
    let text = |value: &&Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let missing: Vec<String> =
        theirs.iter().filter(|value| !ours.contains(value)).map(text).collect();
    let unknown: Vec<String> =
        ours.iter().filter(|value| !theirs.contains(value)).map(text).collect();
    let mut detail = Vec::new();
    if !missing.is_empty() {
        detail.push(format!("The vendor's field may be {}, too.", join(&missing)));
    }
    if !unknown.is_empty() {
        detail.push(format!("The vendor does not list these values: {}.", join(&unknown)));
    }
    if !detail.is_empty() {
        out.add(Kind::FieldEnum, place, detail.join(" "));
    }
}
