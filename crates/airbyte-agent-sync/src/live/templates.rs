//! Arguments out of the templates of filters, and whether the vendor takes them.

use airbyte_agent_core::description::{Json, Kind, List, Operation, Parameter, Text};
use serde_json::{Map, Value};

use crate::arguments::{Arguments, fill, fitted};

/// The arguments that these templates give; `None` if one cannot have such a value.
pub(super) fn filled(
    operation: &Operation,
    templates: &List<(Text, Json)>,
    mark: &str,
    value: &Value,
) -> Option<Arguments> {
    let mut all = Arguments::new();
    for (name, template) in templates.iter() {
        let parameter = operation.parameter(name)?;
        if has_embedded(&template.value(), mark) && !is_harmless(value) {
            return None;
        }
        let joined = match value {
            Value::Array(items)
                if has_embedded(&template.value(), mark) || !takes_lists(parameter) =>
            {
                if !is_harmless(value) {
                    return None;
                }
                let texts = items.iter().map(text_of);
                Value::String(texts.collect::<Vec<_>>().join(","))
            }
            other => other.clone(),
        };
        let argument = fitted(Some(parameter), fill(template, mark, &joined));
        all.insert(name.to_string(), accepted(parameter, argument)?);
    }
    (!all.is_empty()).then_some(all)
}

/// Whether an argument, or a member of it, may be a list.
fn takes_lists(parameter: &Parameter) -> bool {
    let kinds = parameter.schema.kinds.as_ref();
    kinds.is_empty() || kinds.contains(&Kind::Array) || kinds.contains(&Kind::Object)
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether the mark stands among other text somewhere.
fn has_embedded(template: &Value, mark: &str) -> bool {
    match template {
        Value::String(own) => own != mark && own.contains(mark),
        Value::Array(items) => items.iter().any(|item| has_embedded(item, mark)),
        Value::Object(members) => members.values().any(|member| has_embedded(member, mark)),
        _ => false,
    }
}

/// Whether a value means nothing else in a language of the vendor's.
fn is_harmless(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(is_harmless),
        Value::String(text) => {
            !text.is_empty()
                && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.:@+-".contains(c))
        }
        Value::Number(_) | Value::Bool(_) => true,
        _ => false,
    }
}

/// The value, if the parameter takes it.
pub(super) fn accepted(parameter: &Parameter, value: Value) -> Option<Value> {
    let schema = &parameter.schema;
    let fits = |value: &Value| {
        schema.choices.is_empty() || schema.choices.iter().any(|choice| choice.value() == *value)
    };
    let is_of_kind = schema.kinds.is_empty() || schema.kinds.iter().any(|kind| kind.fits(&value));
    let is_in_range = value.as_f64().is_none_or(|number| {
        schema.minimum.is_none_or(|least| number >= least)
            && schema.maximum.is_none_or(|most| number <= most)
    });
    let is_text = value.as_str().is_none_or(|text| !text.is_empty());
    let has_good_items = match (&value, schema.items.as_ref()) {
        (Value::Array(items), [of]) => items.iter().all(|item| {
            (of.kinds.is_empty() || of.kinds.iter().any(|kind| kind.fits(item)))
                && (of.choices.is_empty()
                    || of.choices.iter().any(|choice| choice.value() == *item))
        }),
        _ => true,
    };
    (is_of_kind && is_in_range && is_text && has_good_items && fits(&value)).then_some(value)
}

/// Adds arguments, and the members of those that are objects. Says no, and adds nothing, if one is there already.
pub(super) fn merge(all: &mut Arguments, more: Arguments) -> bool {
    fn fits(own: &Map<String, Value>, more: &Map<String, Value>) -> bool {
        more.iter().all(|(name, value)| match (own.get(name), value) {
            (None, _) => true,
            (Some(Value::Object(own)), Value::Object(more)) => fits(own, more),
            (Some(own), value) => own == value,
        })
    }
    fn add(own: &mut Map<String, Value>, more: Map<String, Value>) {
        for (name, value) in more {
            match (own.get_mut(&name), value) {
                (Some(Value::Object(own)), Value::Object(more)) => add(own, more),
                (_, value) => {
                    own.insert(name, value);
                }
            }
        }
    }
    let is_possible = fits(all, &more);
    if is_possible {
        add(all, more);
    }
    is_possible
}
