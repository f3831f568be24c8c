//! Ways of lists to continue, from a document to records of several pages that a sandbox serves.

use airbyte_agent_core::ErrorKind;
use airbyte_agent_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::trial::{self, Wrong};

/// A document with one list, whose response has these members beside `issues`, and these parameters.
fn document(parameters: &[&str], members: &Value, headers: &Value) -> String {
    let record = json!({"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}});
    let mut members = members.clone();
    members["issues"] = json!({"type": "array", "items": record});
    let parameters: Vec<Value> = parameters
        .iter()
        .map(|name| {
            let kind = if ["limit", "$top"].contains(name) { "integer" } else { "string" };
            json!({"name": name, "in": "query", "schema": {"type": kind}})
        })
        .collect();
    let schema = json!({"type": "object", "properties": members});
    let operation = json!({
        "summary": "List issues",
        "parameters": parameters,
        "responses": {"200": {
            "description": "The issues.",
            "headers": headers,
            "content": {"application/json": {"schema": schema}},
        }},
    });
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Acme", "version": "1"},
        "servers": [{"url": "https://api.acme.test"}],
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        "paths": {"/issues": {"get": operation}},
    })
    .to_string()
}

#[tokio::test]
async fn lists_of_every_habit_are_read_to_their_end() {
    let text = json!({"type": "string"});
    let none = json!({});
    for (parameters, members, headers) in [
        (vec!["$top"], json!({"@odata.nextLink": text}), none.clone()),
        (
            vec!["limit"],
            json!({"_links": {"type": "object", "properties": {"next": {"type": "object", "properties": {"href": text}}}}}),
            none.clone(),
        ),
        (
            vec!["limit", "offset"],
            json!({"next_page": {"type": "object", "properties": {"offset": text}}}),
            none.clone(),
        ),
        (
            vec!["limit", "after"],
            json!({"pageInfo": {"type": "object", "properties": {"endCursor": text, "hasNextPage": {"type": "boolean"}}}}),
            none.clone(),
        ),
        (
            vec!["limit", "continuationToken"],
            json!({}),
            json!({"x-ms-continuationtoken": {"schema": text}}),
        ),
        (vec!["limit", "marker"], json!({"NextMarker": text}), none.clone()),
    ] {
        let mut wrong = Wrong::new();
        let imported =
            trial::imported("acme.json", &document(&parameters, &members, &headers)).unwrap();
        let connector = trial::lowered(&imported, &mut wrong).unwrap();
        assert_eq!(wrong, [], "{members}");
        let sandbox = Sandbox::builder().connector(connector.clone()).start().await.unwrap();
        let client = trial::client(&connector, &sandbox.url()).unwrap();
        let size = parameters[0];
        let mut pages = client
            .execute("issues", "list", json!({size: 2}))
            .into_call()
            .unwrap()
            .pages::<Value, Value>();
        let (mut count, mut records) = (0, 0);
        loop {
            match pages.try_next().await {
                Ok(Some(page)) => {
                    count += 1;
                    records += page.data.len();
                }
                Ok(None) => break,
                Err(error) => panic!("{members}: {error} ({:?})", error.kind() == ErrorKind::Usage),
            }
        }
        assert!(count > 1 && records > count, "{members}: {count} pages, {records} records");
        sandbox.shutdown().await;
    }
}
