//! Resources, completions and prompts.

use airbyte_agent_core::tools::Policy;
use rmcp::model::{
    ArgumentInfo, CompleteRequestParams, CompletionContext, GetPromptRequestParams,
    ReadResourceRequestParams, Reference,
};
use rmcp::service::ServiceError;
use serde_json::{Value, json};

use crate::harness::{Session, Vendor, connect, server};

async fn session() -> Session {
    connect(server(&Vendor::default()).build()).await
}

async fn read(session: &Session, uri: &str) -> String {
    let read = session.read_resource(ReadResourceRequestParams::new(uri)).await.unwrap();
    let read = serde_json::to_value(&read).unwrap();
    read["contents"][0]["text"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn references_are_listed_and_readable() {
    let session = session().await;
    let listed = session.list_all_resources().await.unwrap();
    let uris: Vec<&str> = listed.iter().map(|resource| resource.uri.as_str()).collect();
    assert_eq!(uris, ["airbyte-agent://acme", "airbyte-agent://acme/things"]);
    for uri in uris {
        assert!(read(&session, uri).await.contains("things"), "{uri}");
    }
    let text = read(&session, "airbyte-agent://acme/things/list").await;
    assert!(text.contains("color") && !text.contains("owner_id"), "{text}");
    for uri in ["airbyte-agent://nobody", "airbyte-agent://acme/nothing", "file:///etc/passwd"] {
        let error = session.read_resource(ReadResourceRequestParams::new(uri)).await.unwrap_err();
        assert!(!error.to_string().is_empty(), "{uri}");
    }
}

/// The values for an argument, with what was resolved before.
async fn completed(
    session: &Session,
    reference: &Reference,
    (name, value): (&str, &str),
    known: &Value,
) -> Result<Vec<String>, ServiceError> {
    let context: CompletionContext = serde_json::from_value(json!({"arguments": known})).unwrap();
    let argument: ArgumentInfo =
        serde_json::from_value(json!({"name": name, "value": value})).unwrap();
    let request = CompleteRequestParams::new(reference.clone(), argument).with_context(context);
    session.complete(request).await.map(|completed| completed.completion.values)
}

#[tokio::test]
async fn templates_and_prompts_are_completed() {
    let vendor = Vendor::default();
    let second = Policy::default().deny("things.delete").unwrap();
    let server = server(&vendor).account_with("second", vendor.client(), second).unwrap();
    let server = server.policy(Policy::default().deny("things.create").unwrap()).build();
    let session = connect(server).await;
    let templates = session.list_all_resource_templates().await.unwrap();
    let template = &templates[3].uri_template;
    assert_eq!(template, "airbyte-agent://{connector}/{entity}/{action}/{argument}");
    let resource = Reference::for_resource(template);
    let prompt = Reference::for_prompt("call-operation");
    let question = Reference::for_prompt("acme-list-the-things-that-are-blue");
    let things = json!({"connector": "acme", "entity": "things"});
    let list = json!({"connector": "acme", "entity": "things", "action": "list"});
    let delete = json!({"connector": "acme", "entity": "things", "action": "delete"});
    let create = json!({"connector": "acme", "entity": "things", "action": "create"});
    let mut color = list.clone();
    color["argument"] = json!("color");
    for (reference, name, value, known, expected) in [
        (&resource, "connector", "ac", &json!({}), vec!["acme"]),
        (&resource, "entity", "TH", &json!({"connector": "acme"}), vec!["things"]),
        (&resource, "action", "l", &things, vec!["list", "delete"]),
        // What is excluded is not completed.
        (&resource, "action", "cr", &things, vec![]),
        (&resource, "argument", "", &create, vec![]),
        (&resource, "action", "", &json!({}), vec![]),
        (&resource, "argument", "col", &list, vec!["color"]),
        (&prompt, "connector", "", &json!({}), vec!["acme"]),
        (&prompt, "action", "list", &things, vec!["list"]),
        (&prompt, "argument", "owner", &list, vec![]),
        (&prompt, "value", "", &color, vec!["blue", "red"]),
        (&prompt, "value", "R", &color, vec!["red"]),
        (&prompt, "value", "", &list, vec![]),
        (&prompt, "account", "", &list, vec!["acme", "second"]),
        (&prompt, "account", "", &delete, vec!["acme"]),
        (&prompt, "account", "", &create, vec![]),
        (&prompt, "account", "", &json!({"connector": "nobody"}), vec![]),
        (&prompt, "details", "x", &list, vec![]),
        (&question, "account", "s", &json!({}), vec!["second"]),
        (&question, "details", "", &json!({}), vec![]),
        (&Reference::for_prompt("nothing"), "account", "", &list, vec![]),
    ] {
        let found = completed(&session, reference, (name, value), known).await.unwrap();
        assert_eq!(found, expected, "{reference:?} {name} {value} {known}");
    }
    for (reference, name) in [
        (Reference::for_resource("file:///{path}"), "path"),
        (Reference::for_resource("airbyte-agent://{connector}"), "entity"),
        (prompt, "nothing"),
    ] {
        let error = completed(&session, &reference, (name, ""), &json!({})).await.unwrap_err();
        assert!(error.to_string().contains("there is no"), "{error}");
    }
}

#[tokio::test]
async fn an_argument_is_described_with_its_values() {
    let session = session().await;
    let text = read(&session, "airbyte-agent://acme/things/list/color").await;
    assert!(text.contains("Values: blue, red"), "{text}");
    let text = read(&session, "airbyte-agent://acme/things/get/%69d").await;
    assert!(text.starts_with("id, required"), "{text}");
    let uri = "airbyte-agent://acme/things/list/nothing";
    assert!(session.read_resource(ReadResourceRequestParams::new(uri)).await.is_err());
}

#[tokio::test]
async fn any_operation_is_a_prompt() {
    let session = session().await;
    let get = async |arguments: Value| {
        let arguments = arguments.as_object().unwrap().clone();
        let request =
            GetPromptRequestParams::new("call-operation".to_owned()).with_arguments(arguments);
        session.get_prompt(request).await.map(|prompt| serde_json::to_string(&prompt).unwrap())
    };
    let text = get(json!({
        "connector": "acme", "entity": "things", "action": "list", "argument": "color",
        "value": "blue", "details": "of March", "account": "acme",
    }))
    .await
    .unwrap();
    for part in ["things.list of the connector acme, account acme", "Set color to blue", "of March"]
    {
        assert!(text.contains(part), "{text}");
    }
    for wrong in [
        json!({"connector": "acme", "entity": "things"}),
        json!({"connector": "acme", "entity": "nothing", "action": "list"}),
        json!({"connector": "acme", "entity": "things", "action": "list", "account": "other"}),
    ] {
        assert!(get(wrong.clone()).await.is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn example_questions_are_prompts() {
    let session = session().await;
    let prompts = session.list_all_prompts().await.unwrap();
    assert_eq!(prompts[0].name, "acme-list-the-things-that-are-blue");
    let arguments = json!({"details": "only those of March"});
    let request = GetPromptRequestParams::new(prompts[0].name.clone())
        .with_arguments(arguments.as_object().unwrap().clone());
    let prompt = session.get_prompt(request).await.unwrap();
    let text = serde_json::to_string(&prompt).unwrap();
    for part in ["List the things that are blue", "only those of March", "Acme"] {
        assert!(text.contains(part), "{text}");
    }
    assert!(session.get_prompt(GetPromptRequestParams::new("nothing")).await.is_err());
}
