//! What the arguments of a request say about its records: filters select records, and the names of
//! parents are written into them.

use std::collections::HashSet;

use airbyte_agent_description::{Location, Operation, Paging, Parameter, SyncRule};
use serde_json::{Map, Value};

use super::criteria;
use super::overlay::overlay_field;
use super::since::Since;
use crate::data::{is_identifier, plain, singular};
use crate::decode::{Arguments, scalar_text};
use crate::hash::stable;

/// Arguments that ask for more or less of each record, and select no records: as [`plain`] writes them.
const ASK_FOR_MORE: [&str; 9] = [
    "expand",
    "expands",
    "fields",
    "include",
    "includes",
    "embed",
    "select",
    "optfields",
    "properties",
];

/// Names of the parameters that are about pages.
fn paging_names(operation: &Operation) -> HashSet<&str> {
    let names = operation.paging.styles().flat_map(Paging::parameters);
    names.map(|name| operation.argument_path(name).0).collect()
}

/// The arguments that name what the records belong to.
fn parents<'a>(
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

/// The arguments for which copies of the records take values of records of other entities.
fn of_parents<'a>(
    operation: &'a Operation,
    arguments: &'a Arguments,
) -> impl Iterator<Item = (&'a Parameter, &'a Value)> {
    let source = match &operation.sync {
        Some(SyncRule::Source(source)) => Some(source),
        _ => None,
    };
    let parents = source.into_iter().flat_map(|source| source.parents.iter());
    parents.flat_map(|parent| parent.arguments.iter()).filter_map(|(name, _)| {
        Some((operation.parameter(name)?, arguments.values.get(name.as_ref())?))
    })
}

/// A number that stands for the record of another entity below which a list is; `None` for other lists.
pub(super) fn parent_number(operation: &Operation, arguments: &Arguments) -> Option<u64> {
    let texts: Vec<String> = parents(operation, arguments)
        .filter(|(parameter, _)| {
            parameter.default.is_none() && !criteria::is_criterion(&parameter.name)
        })
        .chain(of_parents(operation, arguments))
        .filter_map(|(_, value)| scalar_text(value))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    (!texts.is_empty()).then(|| stable(&texts))
}

/// The arguments that filter records, and whether the parameter is optional.
fn filters<'a>(
    operation: &'a Operation,
    arguments: &'a Arguments,
) -> impl Iterator<Item = (&'a Parameter, &'a Value, bool)> {
    let paging = paging_names(operation);
    operation.parameters.iter().filter_map(move |parameter| {
        let name = parameter.name.as_ref();
        let value = arguments.values.get(name)?;
        let in_path = matches!(parameter.location, Location::Path | Location::Header);
        let asks_for_more = operation
            .field_selection
            .as_ref()
            .is_some_and(|selection| selection.parameter == parameter.name)
            || ASK_FOR_MORE.contains(&plain(name).as_str());
        let counts = (!parameter.required || criteria::is_criterion(name)) && !asks_for_more;
        (counts && !in_path && !paging.contains(name)).then_some((
            parameter,
            value,
            !parameter.required,
        ))
    })
}

/// Whether a record is one of those that the arguments ask for. With `by_change`, the filter for changes since a time is
/// the one of the description, and otherwise what the names of arguments say.
pub(super) fn matches(
    operation: &Operation,
    arguments: &Arguments,
    record: &Value,
    by_change: bool,
) -> bool {
    let since = Since::of(operation, arguments).filter(|_| by_change);
    if since.as_ref().is_some_and(|since| !since.meets(record)) {
        return false;
    }
    let Some(record) = record.as_object() else { return true };
    let of_others = |(parameter, ..): &(&Parameter, &Value, bool)| {
        !since.as_ref().is_some_and(|since| since.has(&parameter.name))
    };
    filters(operation, arguments).filter(of_others).all(|(parameter, value, is_optional)| {
        criteria::meets(parameter.wire_name(), value, record)
            .unwrap_or_else(|| !is_optional || agrees(&parameter.name, value, record))
    })
}

/// Whether any argument filters records.
pub(super) fn has_filters(operation: &Operation, arguments: &Arguments) -> bool {
    filters(operation, arguments).next().is_some()
}

/// The identifiers to which a list is limited, and the plain name of one of them: the parameter is
/// `ids`, or `callIds` for the entity `calls`. It may be a member of an object of filters.
pub(super) fn requested_ids(
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
        let ids = value.as_array()?.iter().filter_map(scalar_text);
        Some((one.clone(), ids.collect()))
    };
    arguments.values.iter().find_map(|(name, value)| {
        own(name, value).or_else(|| value.as_object()?.iter().find_map(|(n, v)| own(n, v)))
    })
}

/// Whether the field of this name has one of the wanted values. A field that is missing or not a
/// scalar agrees with everything.
fn agrees(name: &str, wanted: &Value, record: &Map<String, Value>) -> bool {
    let is_plural = singular(&plain(name)) != plain(name);
    let list = wanted.as_str().and_then(|text| serde_json::from_str(text).ok());
    let wanted = list.as_ref().filter(|list: &&Value| list.is_array()).unwrap_or(wanted);
    let wanted: Vec<String> = match wanted {
        Value::Array(items) => items.iter().filter_map(scalar_text).collect(),
        // Some vendors take several values as one text.
        Value::String(text) if is_plural && text.contains(',') => {
            text.split(',').map(|part| part.trim().to_owned()).collect()
        }
        one => scalar_text(one).into_iter().collect(),
    };
    let names = [plain(name), singular(&plain(name))];
    let found = record.iter().find(|(known, _)| names.contains(&plain(known)));
    let Some((_, value)) = found else { return true };
    if wanted.is_empty() || value.is_object() || value.is_array() {
        return true;
    }
    if wanted.iter().any(|text| criteria::selects_all(text)) {
        return true;
    }
    scalar_text(value).is_some_and(|is| wanted.iter().any(|one| one.eq_ignore_ascii_case(&is)))
}

/// Writes into a record with this schema what the records of the request belong to. A list does not
/// write it over the identifiers by which its records differ.
pub(super) fn write_parents(
    operation: &Operation,
    arguments: &Arguments,
    record: &mut Value,
    schema: &Value,
) {
    let Some(map) = record.as_object_mut() else { return };
    let is_list = operation.action.is_array();
    for (parameter, value) in parents(operation, arguments) {
        let is_own = is_list && is_identifier(&parameter.name);
        if parameter.default.is_none() && scalar_text(value).is_some() && !is_own {
            overlay_field(map, &parameter.name, value, true, schema);
        }
        if let Value::Object(conditions) = value {
            // What is required inside of a filter names what the records belong to as well.
            let required = parameter.schema.properties.iter().filter(|member| member.required);
            for name in required.map(|member| member.name.as_ref()) {
                let value = conditions.get(name).filter(|value| scalar_text(value).is_some());
                if let Some(value) = value.filter(|_| plain(name).ends_with("id")) {
                    overlay_field(map, name, value, true, schema);
                }
            }
        }
    }
}
