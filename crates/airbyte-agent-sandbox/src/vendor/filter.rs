//! Arguments seen in records: filters keep records, names of parents are written into them, sent
//! fields lie over them.

use std::collections::HashSet;

use airbyte_agent_description::{Location, Operation, Paging, Parameter};
use serde_json::{Map, Value};

use super::criteria;
use crate::data::{plain, singular};
use crate::wire::{Arguments, text_of};

/// Names of the parameters that steer pages.
pub(crate) fn paging_names(operation: &Operation) -> HashSet<&str> {
    operation.paging.styles().flat_map(Paging::parameters).collect()
}

/// Arguments that name what the records belong to.
pub(crate) fn parents<'a>(
    operation: &'a Operation,
    arguments: &'a Arguments,
) -> impl Iterator<Item = (&'a Parameter, &'a Value)> {
    let paging = paging_names(operation);
    operation.parameters.iter().filter_map(move |parameter| {
        let named = parameter.required || parameter.location == Location::Path;
        let of_record = named && !paging.contains(parameter.name.as_ref());
        Some((parameter, arguments.values.get(parameter.name.as_ref()).filter(|_| of_record)?))
    })
}

/// Arguments that say which records are wanted, and whether the request can do without them.
fn wishes<'a>(
    operation: &'a Operation,
    arguments: &'a Arguments,
) -> impl Iterator<Item = (&'a Parameter, &'a Value, bool)> {
    let paging = paging_names(operation);
    operation.parameters.iter().filter_map(move |parameter| {
        let name = parameter.name.as_ref();
        let value = arguments.values.get(name)?;
        let in_path = matches!(parameter.location, Location::Path | Location::Header);
        let counts = !parameter.required || criteria::is_criterion(name);
        (counts && !in_path && !paging.contains(name)).then_some((
            parameter,
            value,
            !parameter.required,
        ))
    })
}

/// Whether a record is one of those that the arguments ask for.
pub(crate) fn keeps(operation: &Operation, arguments: &Arguments, record: &Value) -> bool {
    let Some(record) = record.as_object() else { return true };
    wishes(operation, arguments).all(|(parameter, value, is_optional)| {
        criteria::judge(parameter.wire_name(), value, record)
            .unwrap_or_else(|| !is_optional || agrees(&parameter.name, value, record))
    })
}

/// Whether the arguments filter at all.
pub(crate) fn filters(operation: &Operation, arguments: &Arguments) -> bool {
    wishes(operation, arguments).next().is_some()
}

/// The identifiers to which a list is narrowed, and the name that one of them has: `ids`, or
/// `callIds` for the entity `calls`. They may stand inside an object of filters.
pub(crate) fn own_ids(
    operation: &Operation,
    arguments: &Arguments,
) -> Option<(String, Vec<String>)> {
    let entity = plain(&operation.entity);
    let own = |name: &str, value: &Value| {
        let one = singular(&plain(name));
        let stem = one.strip_suffix("id").filter(|_| one != plain(name))?;
        if !entity.starts_with(stem) && !singular(&entity).ends_with(stem) {
            return None;
        }
        let ids = value.as_array()?.iter().filter_map(text_of);
        Some((one.clone(), ids.collect()))
    };
    arguments.values.iter().find_map(|(name, value)| {
        own(name, value).or_else(|| value.as_object()?.iter().find_map(|(n, v)| own(n, v)))
    })
}

fn agrees(name: &str, wanted: &Value, record: &Map<String, Value>) -> bool {
    let wanted: Vec<String> = match wanted {
        Value::Array(items) => items.iter().filter_map(text_of).collect(),
        one => text_of(one).into_iter().collect(),
    };
    let names = [plain(name), singular(&plain(name))];
    let found = record.iter().find(|(known, _)| names.contains(&plain(known)));
    let Some((_, value)) = found else { return true };
    if wanted.is_empty() || value.is_object() || value.is_array() {
        return true;
    }
    let not_a_value = |text: &String| matches!(text.as_str(), "all" | "any" | "" | "*" | "both");
    if wanted.iter().any(not_a_value) {
        return true;
    }
    text_of(value).is_some_and(|is| wanted.iter().any(|one| one.eq_ignore_ascii_case(&is)))
}

/// Writes what the records belong to into one of them.
pub(crate) fn impose(operation: &Operation, arguments: &Arguments, record: &mut Value) {
    let Some(map) = record.as_object_mut() else { return };
    for (parameter, value) in parents(operation, arguments) {
        if parameter.default.is_none() && text_of(value).is_some() {
            lay(map, &parameter.name, value, true);
        }
    }
}

/// Lays a sent field over a record; unknown names are added unless the record is `closed`.
pub(crate) fn lay(record: &mut Map<String, Value>, name: &str, value: &Value, closed: bool) {
    let wanted = plain(name);
    let key = if record.contains_key(name) {
        Some(name.to_owned())
    } else {
        record.keys().find(|key| plain(key) == wanted).cloned()
    };
    if let Some(existing) = key.and_then(|key| record.get_mut(&key)) {
        over(existing, value);
        return;
    }
    let stem = wanted.strip_suffix("id").unwrap_or_default();
    let inner = record.iter_mut().find(|(key, value)| plain(key) == stem && value.is_object());
    if let Some((_, Value::Object(inner))) = inner.filter(|_| !stem.is_empty()) {
        lay(inner, "id", value, true);
    } else if !closed {
        record.insert(name.to_owned(), value.clone());
    }
}

fn over(existing: &mut Value, value: &Value) {
    match (&mut *existing, value) {
        (Value::Object(map), Value::Object(sent)) => {
            for (name, value) in sent {
                lay(map, name, value, false);
            }
        }
        (Value::Object(map), scalar) => {
            if map.contains_key("id") && text_of(scalar).is_some() {
                lay(map, "id", scalar, true);
            }
        }
        (Value::Array(_), Value::Array(_)) | (Value::Null, _) | (_, Value::Null) => {
            *existing = value.clone();
        }
        (Value::Array(_), _) | (_, Value::Object(_) | Value::Array(_)) => {}
        (Value::String(_), value) => {
            if let Some(text) = text_of(value) {
                *existing = text.into();
            }
        }
        (Value::Number(_) | Value::Bool(_), Value::String(text)) => {
            if let Ok(typed @ (Value::Number(_) | Value::Bool(_))) = serde_json::from_str(text) {
                *existing = typed;
            }
        }
        (_, value) => *existing = value.clone(),
    }
}
