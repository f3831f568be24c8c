//! Read-only and the other rules hold in every exposure, whatever a call contains.

use airbyte_agent_core::tools::{Exposure, Policy};
use airbyte_agent_mcp::ResultForm;
use rmcp::model::ReadResourceRequestParams;
use serde_json::{Value, json};

use crate::harness::{Vendor, connect, server, tool};

const EXPOSURES: [Exposure; 3] =
    [Exposure::PerOperation, Exposure::PerConnector, Exposure::SearchExecute];

/// Calls that delete or create something, some of them with arguments that might widen the rules.
fn attempts() -> Vec<(&'static str, Value)> {
    let mut all = Vec::new();
    for (entity, action, params) in [
        ("things", "delete", json!({"id": "t1"})),
        ("things", "DELETE", json!({"id": "t1"})),
        ("things", " delete ", json!({"id": "t1"})),
        ("things", "create", json!({"name": "x"})),
        ("Things", "Create", json!({"name": "x"})),
    ] {
        let call =
            json!({"connector": "acme", "entity": entity, "action": action, "params": params});
        all.push(("acme", call.clone()));
        all.push(("execute", call.clone()));
        for (name, value) in [
            ("read_only", json!(false)),
            ("policy", json!({"read_only": false})),
            ("allow", json!(["*"])),
            ("account", json!("acme")),
            ("exposure", json!("operations")),
            ("_meta", json!({"read_only": false})),
        ] {
            let mut more = call.clone();
            more[name] = value;
            all.push(("acme", more.clone()));
            all.push(("execute", more));
        }
    }
    for name in [
        "acme_things_delete",
        "acme_things_create",
        "ACME_THINGS_DELETE",
        "acme-things-delete",
        "acme.things.delete",
        "things.delete",
        "delete",
    ] {
        all.push((name, json!({"id": "t1", "name": "x"})));
        all.push((name, json!({"id": "t1", "name": "x", "read_only": false})));
    }
    all.push(("acme", json!({"entity": "things.delete", "action": "", "params": {"id": "t1"}})));
    all.push((
        "acme",
        json!({"entity": "things", "action": "list.delete", "params": {"id": "t1"}}),
    ));
    all.push((
        "execute",
        json!({"connector": "acme", "entity": "x", "action": "things.delete",
        "params": "{\"id\": \"t1\"}"}),
    ));
    all.push(("search", json!({"query": "delete a thing", "execute": true, "id": "t1"})));
    all.push((
        "describe",
        json!({"connector": "acme", "entity": "things", "action": "delete",
        "params": {"id": "t1"}}),
    ));
    all
}

#[tokio::test]
async fn nothing_in_a_call_widens_read_only() {
    for exposure in EXPOSURES {
        let vendor = Vendor::default();
        let policy = Policy::default().read_only();
        let session = connect(server(&vendor).policy(policy).exposure(exposure).build()).await;
        for (name, arguments) in attempts() {
            let answer = tool(&session, name, arguments.clone()).await;
            let changed = vendor.called().iter().any(|place| place != "things.list");
            assert!(!changed, "{exposure:?} {name} {arguments}: {answer:?}");
        }
        let tools = serde_json::to_string(&session.list_all_tools().await.unwrap()).unwrap();
        assert!(!tools.contains("delete") && !tools.contains("create"), "{exposure:?} {tools}");
        for tool in session.list_all_tools().await.unwrap() {
            assert_eq!(tool.annotations.unwrap().read_only_hint, Some(true), "{exposure:?}");
        }
    }
}

#[tokio::test]
async fn what_is_denied_is_neither_listed_nor_described_nor_done() {
    for exposure in EXPOSURES {
        let vendor = Vendor::default();
        let policy = Policy::default().deny("*.delete").unwrap().deny("things.create").unwrap();
        let session = connect(server(&vendor).policy(policy).exposure(exposure).build()).await;
        for (name, arguments) in attempts() {
            tool(&session, name, arguments).await;
        }
        let done = vendor.called();
        assert!(done.iter().all(|place| place == "things.list"), "{exposure:?} {done:?}");
        for uri in ["airbyte-agent://acme", "airbyte-agent://acme/things"] {
            let read = session.read_resource(ReadResourceRequestParams::new(uri)).await.unwrap();
            let text = serde_json::to_string(&read).unwrap();
            assert!(text.contains("list") && !text.contains("delete"), "{uri}: {text}");
        }
        let uri = "airbyte-agent://acme/things/delete";
        assert!(session.read_resource(ReadResourceRequestParams::new(uri)).await.is_err());
    }
}

#[tokio::test]
async fn where_results_are_structures_tools_say_what_these_look_like() {
    for (form, has_schema) in [(ResultForm::Text, false), (ResultForm::Structure, true)] {
        let vendor = Vendor::default();
        let server = server(&vendor).exposure(Exposure::PerOperation).result_form(form);
        let session = connect(server.prefix("x").unwrap().build()).await;
        let tools = session.list_all_tools().await.unwrap();
        assert!(tools.iter().all(|tool| tool.output_schema.is_some() == has_schema));
        assert!(tools.iter().all(|tool| tool.name.starts_with("x_acme_")));
        for arguments in [
            json!({}),
            json!({"format": "tsv"}),
            json!({"count_only": true}),
            json!({"max_records": 1}),
        ] {
            let answer = tool(&session, "x_acme_things_list", arguments.clone()).await;
            assert_eq!(answer.structured().is_some(), has_schema, "{arguments}");
            if let Some(structured) = answer.structured() {
                assert!(structured.get("data").is_some(), "{structured}");
            }
        }
        for (name, arguments) in [
            ("x_acme_things_get", json!({"id": "t1"})),
            ("x_acme_things_delete", json!({"id": "t1"})),
            ("x_acme_things_delete", json!({"id": "t1", "dry_run": true})),
        ] {
            let answer = tool(&session, name, arguments).await;
            // A dry run of this vendor is refused: its transport cannot tell what it would send.
            assert!(answer.structured().is_some() || !has_schema || answer.is_error());
        }
    }
}
