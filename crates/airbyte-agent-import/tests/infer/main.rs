//! What is inferred from small documents that show one habit of vendors each.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod actions;
mod document;
mod doubts;
mod entities;
mod envelopes;
mod paging;
mod records;
mod traps;

use airbyte_agent_document::Api;
use airbyte_agent_import::decision::{DocumentDecision, OperationDecision};
use airbyte_agent_import::infer;
use airbyte_agent_import::report::json_line;
use serde_json::{Value, json};

/// The decision about a document with these paths.
fn decide(paths: &Value) -> DocumentDecision {
    let document = json!({
        "openapi": "3.0.0",
        "info": {"title": "Acme API", "version": "1"},
        "servers": [{"url": "https://api.acme.test"}],
        "paths": paths,
    });
    decide_document(&document)
}

/// The decision about a document.
fn decide_document(document: &Value) -> DocumentDecision {
    let document = airbyte_agent_document::parse("acme.json", &document.to_string()).unwrap();
    #[allow(
        irrefutable_let_patterns,
        reason = "there are other kinds only with the feature `graphql`"
    )]
    let Api::Rest(rest) = document.api else { unreachable!("the document has paths") };
    infer(&rest)
}

/// The decision about the only operation of a document.
fn one(method: &str, path: &str, operation: &Value) -> OperationDecision {
    decide(&json!({path: {method: operation}})).operations.remove(0)
}

/// The report about the only operation of a document.
fn line(method: &str, path: &str, operation: &Value) -> Value {
    serde_json::from_str(&json_line(&one(method, path, operation))).unwrap()
}

/// A read with these parameters, each a name and a schema, and this schema of the response.
fn read(parameters: &Value, response: &Value) -> Value {
    json!({"parameters": query(parameters), "responses": answer(response)})
}

/// Parameters of the query, each a name and a schema, whose description is that of the parameter.
fn query(parameters: &Value) -> Value {
    let members = parameters.as_object().unwrap().iter();
    let all = members.map(|(name, schema)| {
        let text = schema.get("description").cloned().unwrap_or_default();
        json!({"name": name, "in": "query", "schema": schema, "description": text.as_str().unwrap_or_default()})
    });
    all.collect()
}

/// Responses of which the first has this schema.
fn answer(schema: &Value) -> Value {
    json!({"200": {"description": "", "content": {"application/json": {"schema": schema}}}})
}

/// An object with these members.
fn object(members: &Value) -> Value {
    json!({"type": "object", "properties": members})
}

/// An array of records with an id.
fn records() -> Value {
    json!({"type": "array", "items": object(&json!({"id": text(), "name": text()}))})
}

fn text() -> Value {
    json!({"type": "string"})
}

fn number() -> Value {
    json!({"type": "integer"})
}

fn truth() -> Value {
    json!({"type": "boolean"})
}

fn url() -> Value {
    json!({"type": "string", "format": "uri"})
}
