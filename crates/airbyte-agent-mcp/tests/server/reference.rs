//! Resources, completions and prompts.

use rmcp::model::{
    ArgumentInfo, CompleteRequestParams, CompletionContext, GetPromptRequestParams,
    ReadResourceRequestParams, Reference,
};
use serde_json::json;

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

#[tokio::test]
async fn templates_are_completed() {
    let session = session().await;
    let templates = session.list_all_resource_templates().await.unwrap();
    let template = &templates[2].uri_template;
    assert_eq!(template, "airbyte-agent://{connector}/{entity}/{action}");
    for (name, value, known, expected) in [
        ("connector", "ac", json!({}), vec!["acme"]),
        ("entity", "", json!({"connector": "acme"}), vec!["things"]),
        ("action", "l", json!({"connector": "acme", "entity": "things"}), vec!["list", "delete"]),
        ("action", "", json!({}), vec![]),
    ] {
        let context: CompletionContext =
            serde_json::from_value(json!({"arguments": known})).unwrap();
        let argument: ArgumentInfo =
            serde_json::from_value(json!({"name": name, "value": value})).unwrap();
        let request = CompleteRequestParams::new(Reference::for_resource(template), argument)
            .with_context(context);
        let found = session.complete(request).await.unwrap().completion.values;
        assert_eq!(found, expected, "{name} {value}");
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
