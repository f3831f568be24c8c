//! Records and tables: what identifies a record, and what is stored of it.

use airbyte_agent_core::description::{
    Connector, Json, JsonPath, Kind, Operation, Step, SyncDeletions, SyncSource,
};
use airbyte_agent_core::report_texts;
use airbyte_agent_store::{ColumnKind, Lifted, TableSpec};
use serde_json::{Map, Value, json};

use crate::arguments::Arguments;
use crate::error::{Error, Result};

/// The member that records have in addition if they were listed below a record of a parent, or in a part of the account:
/// the arguments of that list.
pub(crate) const PARENT: &str = "_parent";

/// The member that holds a record that is no object.
const VALUE: &str = "value";

/// The table that holds the records of an entity.
///
/// # Errors
///
/// [`Error::Plan`] if the key of the records leads through a list, and the errors of the store.
pub fn table_spec(
    connector: &Connector,
    operation: &Operation,
    source: &SyncSource,
) -> Result<TableSpec> {
    let mut key = Vec::new();
    if source.per_parent && !source.key.is_empty() {
        key.extend(list_names(source).map(|name| format!("{PARENT}.{}", member(name))));
    }
    for place in source.key.iter() {
        key.push(field(place).ok_or_else(|| {
            let entity = &operation.entity;
            Error::Plan(format!("the key of {entity}, `{place}`, must be made of names of members"))
        })?);
    }
    let mut spec = TableSpec::of(connector, &operation.entity, &[])?.key(key);
    let mut schema = operation.response.schema.as_ref().map(Json::value);
    if source.key.iter().any(|place| place.steps.is_empty()) {
        schema = schema.map(|value| json!({"type": "object", "properties": {VALUE: value}}));
    }
    if list_names(source).next().is_some() {
        let schema = schema.get_or_insert_with(|| json!({"type": "object", "properties": {}}));
        if let Some(members) = schema.as_object_mut() {
            let properties = members.entry("properties").or_insert_with(|| json!({}));
            if let Some(properties) = properties.as_object_mut() {
                let description = "The arguments of the list in which the record was found.";
                let about = json!({"type": "object", "description": description});
                properties.insert(PARENT.to_owned(), about);
            }
        }
    }
    if let Some(schema) = schema {
        spec = spec.schema(schema);
    }
    Ok(spec.lifted(list_names(source).filter_map(|name| lifted(operation, name))))
}

/// The column for an argument of the list, for joins and conditions.
fn lifted(operation: &Operation, argument: &str) -> Option<Lifted> {
    let schema = &operation.parameter(argument)?.schema;
    let kind = match schema.kinds.as_ref() {
        [Kind::Integer] => ColumnKind::Integer,
        [Kind::Number] => ColumnKind::Real,
        [Kind::Boolean] => ColumnKind::Boolean,
        [Kind::String] => ColumnKind::Text,
        _ => return None,
    };
    Some(Lifted {
        name: member(argument),
        path: vec![PARENT.to_owned(), member(argument)],
        kind,
        description: format!(
            "The argument `{argument}` of the list in which the record was found."
        ),
    })
}

/// The arguments that tell one list of an entity from another: those of parents, and those of the scope.
pub(crate) fn list_names(source: &SyncSource) -> impl Iterator<Item = &str> {
    let arguments = source.parents.iter().flat_map(|parent| parent.arguments.iter());
    arguments.map(|(name, _)| name).chain(source.scope.iter()).map(AsRef::as_ref)
}

/// The name of an argument as a member of `_parent`: without dots, which lead into objects.
pub(crate) fn member(argument: &str) -> String {
    argument.replace('.', "_")
}

/// The field that a place means, in the words of the store.
fn field(place: &JsonPath) -> Option<String> {
    if place.steps.is_empty() {
        return Some(VALUE.to_owned());
    }
    let name = |step: &Step| match step {
        Step::Key(name) => Some(name.to_string()),
        Step::Index(_) | Step::Each => None,
    };
    Some(place.steps.iter().map(name).collect::<Option<Vec<_>>>()?.join("."))
}

/// What `_parent` says about records of a list with these arguments.
pub(crate) fn parent_value(source: &SyncSource, arguments: &Arguments) -> Map<String, Value> {
    let known = |name: &str| Some((member(name), arguments.get(name)?.clone()));
    list_names(source).filter_map(known).collect()
}

/// The argument with which the record was listed, if it is one that tells lists apart.
pub(crate) fn listed_with(record: &Value, argument: &str) -> Option<Value> {
    record.get(PARENT)?.get(member(argument)).cloned()
}

/// The record as it is stored.
///
/// # Errors
///
/// [`Error::Records`] if it has a member that the store needs for itself.
pub(crate) fn stored(record: Value, parent: &Map<String, Value>) -> Result<Value> {
    let mut members = match record {
        Value::Object(members) => members,
        other => Map::from_iter([(VALUE.to_owned(), other)]),
    };
    if !parent.is_empty() {
        let before = members.insert(PARENT.to_owned(), Value::Object(parent.clone()));
        if before.is_some() {
            return Err(Error::Records(format!("a record has a member `{PARENT}` of its own")));
        }
    }
    Ok(Value::Object(members))
}

/// Whether a value marks a record as deleted: the one that is meant, or any that says something.
pub(crate) fn marks(value: Option<&Value>, equals: Option<&Json>) -> bool {
    match (value, equals) {
        (None | Some(Value::Null), _) => false,
        (Some(value), Some(expected)) => *value == expected.value(),
        (Some(Value::Bool(known)), None) => *known,
        (Some(Value::String(text)), None) => !text.is_empty(),
        (Some(Value::Number(number)), None) => number.as_f64() != Some(0.0),
        (Some(Value::Array(items)), None) => !items.is_empty(),
        (Some(Value::Object(members)), None) => !members.is_empty(),
    }
}

/// Whether a record is one that a list still has although it was deleted.
pub(crate) fn is_deleted(deletions: &SyncDeletions, record: &Value) -> bool {
    match deletions {
        SyncDeletions::Flag { field, equals } => marks(field.first(record), equals.as_ref()),
        _ => false,
    }
}

/// The records of a response.
pub(crate) fn records_of(data: Value) -> Vec<Value> {
    match data {
        Value::Array(records) => records,
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// What a page says about records that it could not give.
pub(crate) fn missing_part(errors: &[Value]) -> Option<Error> {
    if errors.is_empty() {
        return None;
    }
    let told: String = report_texts(errors).join("; ").chars().take(500).collect();
    let error = format!("a part of the records may be missing; the vendor reports: {told}");
    Some(Error::Records(error))
}

/// The key of a deleted record, as the store's `delete` takes it, out of a record of a feed.
pub(crate) fn key_in_feed(source: &SyncSource, key: &[JsonPath], record: &Value) -> Option<Value> {
    let mut found = Map::new();
    for (place, own) in key.iter().zip(source.key.iter()) {
        let value = place.first(record).filter(|value| !value.is_null())?;
        found.insert(field(own)?, value.clone());
    }
    Some(Value::Object(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_of_deleted_records_says_something() {
        for (value, equals, expected) in [
            (json!("deleted"), Some("\"deleted\""), true),
            (json!("open"), Some("\"deleted\""), false),
            (json!(true), None, true),
            (json!(false), None, false),
            (json!("2026-01-01"), None, true),
            (json!(""), None, false),
            (json!(0), None, false),
            (json!(null), None, false),
            (json!(null), Some("null"), false),
        ] {
            let equals = equals.map(|text| Json(text.into()));
            assert_eq!(marks(Some(&value), equals.as_ref()), expected, "{value}");
        }
        assert!(!marks(None, None));
    }

    #[test]
    fn plain_records_are_wrapped_and_nothing_is_overwritten() {
        let none = Map::new();
        let parent = Map::from_iter([("a".to_owned(), json!(1))]);
        assert_eq!(stored(json!("red"), &none).ok(), Some(json!({"value": "red"})));
        assert_eq!(
            stored(json!({"id": 1}), &parent).ok(),
            Some(json!({"id": 1, "_parent": {"a": 1}}))
        );
        assert!(stored(json!({"_parent": 5}), &parent).is_err());
        assert_eq!(stored(json!({"_parent": 5}), &none).ok(), Some(json!({"_parent": 5})));
    }
}
