//! Sample arguments with which an operation of a sandbox succeeds, made from its description alone.

use airbyte_agent_description::{
    Body, Json, Kind, Location, Operation, Parameter, Schema, TextRule,
};
use serde_json::{Map, Value, json};

use crate::data::plain;
use crate::decode::accepts;
use crate::matching;
use crate::vendor::{criteria, uploads};

/// The arguments that a call of the operation needs, by parameter name. Identifiers are taken from
/// `record`, for example the first record of a list of the same entity; pass `null` when there is none.
/// All other values are made up.
pub fn arguments(operation: &Operation, record: &Value) -> Map<String, Value> {
    let needed = operation.parameters.iter().filter(|parameter| {
        (parameter.required || parameter.location == Location::Path)
            && parameter.default.as_ref().is_none_or(|default| default.0 == "\"\"")
    });
    let mut all: Map<String, Value> =
        needed.map(|p| (p.name.to_string(), value_of(p, record))).collect();
    operation.complete_groups(&mut all, |name, schema| value_for(name, schema, record));
    if matches!(operation.body, Body::Form | Body::Multipart { .. }) {
        let of_form = operation.parameters.iter().filter(|p| p.location == Location::Body);
        for parameter in of_form {
            if let Some(value) = all.get_mut(parameter.name.as_ref()) {
                fill(&parameter.schema, &parameter.name, value);
            }
        }
    }
    for file in operation.files().iter() {
        let content = if file.is_base64 { "aGVsbG8=" } else { "hello" };
        all.insert(file.content.to_string(), content.into());
    }
    if let Some(address) = &operation.address {
        let text = uploads::address(operation, address, 1);
        all.insert(address.argument.to_string(), text.into());
    }
    all
}

/// A value for one parameter, as [`arguments`] chooses it: from the record if it has one that fits, or any that fits. One
/// that is written in a language gets the example of the description.
pub fn value_of(parameter: &Parameter, record: &Value) -> Value {
    if let Some(query) = field_query(&parameter.schema, record) {
        return query;
    }
    let example = parameter.example.as_ref().filter(|_| !parameter.schema.rules.is_empty());
    match example.map(Json::value) {
        Some(example) if accepts(&parameter.schema, &example) => example,
        _ => value_for(&parameter.name, &parameter.schema, record),
    }
}

/// A query that finds the record and others like it, where the language of the parameter has fields of records.
fn field_query(schema: &Schema, record: &Value) -> Option<Value> {
    let names = schema.rules.iter().find_map(|rule| match rule {
        TextRule::Grammar(grammar) => Some(&grammar.names),
        TextRule::Formats(_) | TextRule::Pattern(_) => None,
    })?;
    let queries = names.iter().filter_map(|name| match record.get(name.as_ref())? {
        Value::Number(_) => Some(format!("{name}>0")),
        Value::Bool(value) => Some(format!("{name}:\"{value}\"")),
        _ => None,
    });
    queries.map(Value::from).find(|query| accepts(schema, query))
}

/// A value for a parameter: from the record, or otherwise any value that fits.
fn value_for(name: &str, schema: &Schema, record: &Value) -> Value {
    of_record(name, schema, record).unwrap_or_else(|| formatted_value(schema, name))
}

/// Any value that fits, also where the schema wants a format.
fn formatted_value(schema: &Schema, name: &str) -> Value {
    let any = any_value(schema, name);
    if accepts(schema, &any) {
        return any;
    }
    match schema.text_example() {
        Some(text) if schema.kinds.contains(&Kind::String) => text.into(),
        Some(digits) => serde_json::from_str(digits).unwrap_or(any),
        None => matching_text(schema).unwrap_or(any),
    }
}

/// A text that the pattern of the schema matches, if it has one and the text keeps the other rules as well.
fn matching_text(schema: &Schema) -> Option<Value> {
    let pattern = schema.rules.iter().find_map(|rule| match rule {
        TextRule::Pattern(pattern) => Some(pattern),
        TextRule::Formats(_) | TextRule::Grammar(_) => None,
    })?;
    matching::text(pattern).map(Value::from).filter(|text| accepts(schema, text))
}

/// The value of a record that an argument of this name takes, if it has one that fits the schema.
fn of_record(name: &str, schema: &Schema, record: &Value) -> Option<Value> {
    let wanted = plain(name);
    let fields = record.as_object()?;
    let direct = fields.iter().find_map(|(key, value)| {
        let key = plain(key);
        let is_named = key == wanted
            || ["id", "gid", "key", "number", "ts"].contains(&key.as_str())
                && wanted.ends_with(&key);
        let is_scalar = value.is_string() || value.is_number();
        fitting(schema, value).filter(|_| is_named && is_scalar)
    });
    let is_list_of_own = || wanted == "ids" && schema.kinds.contains(&Kind::Array);
    direct.or_else(|| fitting(schema, fields.get("id").filter(|_| is_list_of_own())?))
}

/// A scalar as a value that the schema allows: written as another type, or as the only element of a list.
fn fitting(schema: &Schema, value: &Value) -> Option<Value> {
    let has = |kind| schema.kinds.contains(&kind);
    let value = match value {
        Value::Number(number) if has(Kind::String) => number.to_string().into(),
        Value::String(text) if !has(Kind::String) => {
            serde_json::from_str(text).unwrap_or_else(|_| value.clone())
        }
        value => value.clone(),
    };
    if accepts(schema, &value) {
        return Some(value);
    }
    let element = fitting(schema.items.first()?, &value)?;
    has(Kind::Array).then(|| json!([element]))
}

/// The name of the parameter by which a list is searched for words, if it has one. A parameter with a
/// default, or with rules for its text, is not one: its values are written in a query language.
pub fn search_parameter(operation: &Operation) -> Option<&str> {
    let mut all = operation.parameters.iter().filter(|_| operation.action.is_array());
    let named = all.find(|parameter| {
        criteria::is_search(&parameter.name)
            && parameter.schema.kinds.contains(&Kind::String)
            && parameter.schema.rules.is_empty()
            && parameter.default.is_none()
    });
    named.map(|parameter| parameter.name.as_ref())
}

/// A bound of a range that includes every record; `None` when the parameter is not a bound.
fn inclusive_bound(schema: &Schema, name: &str) -> Option<Value> {
    let is_lower = criteria::bound(name)?.is_lower();
    let has = |kind| schema.kinds.contains(&kind);
    if has(Kind::String) {
        let day = if is_lower { "2000-01-01" } else { "2100-01-01" };
        let name = plain(name);
        let is_day = schema.format == "date"
            || schema.format.is_empty() && !name.contains("time") && name.contains("date");
        return Some(if is_day { json!(day) } else { json!(format!("{day}T00:00:00Z")) });
    }
    has(Kind::Integer).then(|| json!(if is_lower { 1 } else { 4_000_000_000_u64 }))
}

/// Puts something into empty lists and objects, which forms cannot say.
fn fill(schema: &Schema, name: &str, value: &mut Value) {
    match value {
        Value::Array(items) => {
            let schema = schema.items.first().unwrap_or(&Schema::ANY);
            if items.is_empty() {
                items.push(any_value(schema, name));
            }
            for item in items {
                fill(schema, name, item);
            }
        }
        Value::Object(members) => {
            if members.is_empty() {
                let first = schema.properties.first();
                let (name, value) = first.map_or(("sample", "sample".into()), |property| {
                    (property.name.as_ref(), any_value(&property.schema, &property.name))
                });
                members.insert(name.to_owned(), value);
            }
            for (name, value) in members {
                let schema = schema.property(name).map_or(&Schema::ANY, |known| &known.schema);
                fill(schema, name, value);
            }
        }
        _ => {}
    }
}

/// Any value that fits the schema.
fn any_value(schema: &Schema, name: &str) -> Value {
    // Some documents have the empty text among the values, which stands for none.
    let mut choices = schema.choices.iter();
    let chosen = choices.find(|choice| choice.0 != "\"\"").or(schema.choices.first());
    if let Some(choice) = chosen {
        return choice.value();
    }
    let passes =
        |kind: &&Kind| !schema.nullable || schema.kinds.len() == 1 || **kind != Kind::String;
    if let Some(bound) = inclusive_bound(schema, name) {
        return bound;
    }
    match schema.kinds.iter().find(passes) {
        Some(Kind::Integer | Kind::Number) => {
            let least = schema.minimum.unwrap_or(1.0).max(1.0);
            // A whole number must not have a fraction.
            serde_json::from_str(&format!("{least:.0}")).unwrap_or(json!(1))
        }
        Some(Kind::Boolean) => json!(true),
        Some(Kind::Array) => {
            schema.items.first().map_or(json!([]), |items| json!([formatted_value(items, name)]))
        }
        Some(Kind::Object) if schema.properties.is_empty() => json!({"sample": "sample"}),
        Some(Kind::Object) => {
            let required = schema.properties.iter().filter(|property| property.required);
            let members =
                required.map(|p| (p.name.to_string(), formatted_value(&p.schema, &p.name)));
            Value::Object(members.collect())
        }
        _ if plain(name).contains("date") => json!("2025-03-01"),
        // Records may have an identifier as a text or as a number.
        _ if ["id", "ids"].iter().any(|end| plain(name).ends_with(end)) => json!("1"),
        // Nearly every record has this letter somewhere.
        _ if criteria::is_search(name) => json!("e"),
        _ => json!("sample"),
    }
}
