//! Descriptions as JSON, for programs.

use airbyte_agent_core::description::{
    Connector, Entity, Json, Location, Next, Operation, Parameter, Schema,
};
use serde_json::{Map, Value, json};

use crate::example::must_be_given;
use crate::schema_text::type_text;

/// A connector with its entities. Operations are listed by name only.
pub(super) fn connector_json(connector: &Connector) -> Value {
    let auth: Vec<Value> = connector
        .auth
        .iter()
        .map(|scheme| {
            let fields: Vec<Value> = scheme
                .fields
                .iter()
                .map(|field| {
                    json!({
                        "name": field.name,
                        "required": field.required,
                        "secret": field.secret,
                        "description": field.description,
                        "obtain": field.obtain,
                    })
                })
                .collect();
            json!({
                "name": scheme.name,
                "title": scheme.title,
                "description": scheme.description,
                "fields": fields,
            })
        })
        .collect();
    let settings: Vec<Value> = connector
        .variables()
        .iter()
        .map(|variable| {
            json!({
                "name": variable.name,
                "description": variable.description,
                "default": variable.default,
                "choices": variable.choices,
                "schemes": connector
                    .schemes_with(&variable.name)
                    .iter()
                    .map(|scheme| scheme.name.as_ref())
                    .collect::<Vec<&str>>(),
                "example": variable.example,
            })
        })
        .collect();
    let entities: Vec<Value> = connector
        .entities
        .iter()
        .map(|entity| {
            let actions: Vec<_> = entity.operations.iter().map(|o| o.action).collect();
            json!({"name": entity.name, "description": entity.description, "actions": actions})
        })
        .collect();
    let platform_settings: Vec<Value> = connector
        .hosting
        .to_be_given()
        .map(|setting| {
            let mut members = schema_members(&setting.schema);
            members.insert("name".to_owned(), json!(setting.name));
            members.insert("title".to_owned(), json!(setting.title));
            members.insert("required".to_owned(), json!(setting.required));
            members.insert("description".to_owned(), json!(setting.schema.description));
            Value::Object(members)
        })
        .collect();
    json!({
        "name": connector.name,
        "title": connector.title,
        "version": connector.version,
        "definition_id": connector.definition_id,
        "description": connector.description,
        "auth": auth,
        "settings": settings,
        "platform_settings": platform_settings,
        "entities": entities,
    })
}

/// An entity with its operations and the schema of its records.
pub(super) fn entity_json(entity: &Entity) -> Value {
    json!({
        "name": entity.name,
        "description": entity.description,
        "operations": entity.operations.iter().map(operation_json).collect::<Vec<_>>(),
        "schema": entity.schema.as_ref().map(Json::value),
    })
}

/// An operation with its arguments.
pub(super) fn operation_json(operation: &Operation) -> Value {
    let meta: Vec<&str> = operation.response.meta.iter().map(|field| field.name.as_ref()).collect();
    json!({
        "entity": operation.entity,
        "action": operation.action,
        "summary": operation.summary,
        "description": operation.description,
        "read_only": operation.hints.read_only,
        "destructive": operation.hints.destructive,
        "idempotent": operation.hints.idempotent,
        "hosted": !operation.is_addition,
        "parameters": operation.parameters.iter().map(parameter_json).collect::<Vec<_>>(),
        "pages": !matches!(operation.paging.next, Next::None { .. }),
        "page_size": operation.paging.size.as_ref().map(|size| {
            json!({"parameter": size.parameter, "maximum": size.maximum})
        }),
        "meta": meta,
    })
}

fn parameter_json(parameter: &Parameter) -> Value {
    let mut members = schema_members(&parameter.schema);
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("name", json!(parameter.name));
    put("in", json!(location_name(parameter.location)));
    put("required", json!(must_be_given(parameter)));
    put("description", json!(parameter.description));
    if let Some(default) = &parameter.default {
        put("default", default.value());
    }
    Value::Object(members)
}

/// A number, without `.0` if it is whole.
fn number(bound: f64) -> Value {
    serde_json::from_str(&bound.to_string()).unwrap_or_else(|_| json!(bound))
}

fn location_name(location: Location) -> &'static str {
    match location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Body => "body",
        Location::File => "file",
        Location::GraphQl => "graphql",
    }
}

fn schema_members(schema: &Schema) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("type".to_owned(), json!(type_text(schema)));
    if !schema.choices.is_empty() {
        let choices: Vec<Value> = schema.choices.iter().map(Json::value).collect();
        members.insert("choices".to_owned(), json!(choices));
    }
    for (name, bound) in [("minimum", schema.minimum), ("maximum", schema.maximum)] {
        if let Some(bound) = bound {
            members.insert(name.to_owned(), number(bound));
        }
    }
    let object = schema.items.first().unwrap_or(schema);
    if !object.properties.is_empty() {
        let properties: Map<String, Value> = object
            .properties
            .iter()
            .map(|property| {
                let mut members = schema_members(&property.schema);
                members.insert("required".to_owned(), json!(property.required));
                (property.name.to_string(), Value::Object(members))
            })
            .collect();
        members.insert("properties".to_owned(), Value::Object(properties));
    }
    members
}
