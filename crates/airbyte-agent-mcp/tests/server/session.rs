//! What a client sees in an ordinary session.

use airbyte_agent_core::tools::{Exposure, Policy};
use airbyte_agent_mcp::{ResultForm, Server};
use serde_json::json;

use crate::harness::{Answer, Session, Vendor, call, connect, server, tool};

#[tokio::test]
async fn a_client_is_greeted_and_finds_tools_with_annotations() {
    let session = connect(server(&Vendor::default()).build()).await;
    let info = session.peer_info().unwrap();
    let greeting = serde_json::to_value(&*info).unwrap();
    assert_eq!(greeting["serverInfo"]["name"], "airbyte-agent");
    let told = greeting["instructions"].as_str().unwrap();
    assert!(told.contains("Acme") && told.len() < 500, "{told}");
    for capability in ["tools", "resources", "prompts", "completions"] {
        assert!(!greeting["capabilities"][capability].is_null(), "{capability}");
    }

    let tools = session.list_all_tools().await.unwrap();
    assert_eq!(tools.len(), 1);
    let tool = serde_json::to_value(&tools[0]).unwrap();
    assert_eq!(tool["name"], "acme");
    assert_eq!(tool["inputSchema"]["type"], "object");
    let hints = json!({
        "title": "Acme", "readOnlyHint": false, "destructiveHint": true, "idempotentHint": false,
        "openWorldHint": true,
    });
    assert_eq!(tool["annotations"], hints);
}

#[tokio::test]
async fn a_call_gives_text_or_structure_and_never_both() {
    for (form, text, is_structured) in [
        (ResultForm::Text, "{\"data\":[{\"id\":\"t1\",\"name\":\"One\"},", false),
        (ResultForm::Structure, "2 records in the structured content.", true),
    ] {
        let vendor = Vendor::default();
        let session = connect(server(&vendor).result_form(form).build()).await;
        let answer = call(&session, "things", "list", json!({"color": "blue"})).await;
        assert!(!answer.is_error());
        assert!(answer.text().starts_with(text), "{}", answer.text());
        assert_eq!(answer.structured().is_some(), is_structured);
        assert_eq!(answer.json()["data"][1]["name"], "Two");
        assert_eq!(vendor.called(), ["things.list"]);
        // Tables and descriptions are text in any form.
        let call = json!({"entity": "things", "action": "list", "format": "tsv"});
        let table = tool(&session, "acme", call).await;
        assert!(table.text().starts_with("id\tname\nt1\tOne"), "{}", table.text());
        let help = tool(&session, "acme", json!({"entity": "things", "action": "help"})).await;
        assert!(help.text().starts_with("things: A thing"), "{}", help.text());
        assert!(table.structured().is_none() && help.structured().is_none());
        // The structure of an error does not repeat its text.
        let error = call_wrong(&session).await;
        assert!(error.structured().unwrap().get("message").is_none());
    }
}

async fn call_wrong(session: &Session) -> Answer {
    call(session, "thngs", "list", json!({})).await
}

#[tokio::test]
async fn mistakes_are_told_to_the_model_and_reach_no_vendor() {
    let vendor = Vendor::default();
    let session = connect(server(&vendor).build()).await;
    for (arguments, part) in [
        (json!({"entity": "thngs", "action": "list"}), "things"),
        (json!({"entity": "things", "action": "lst"}), "list"),
    ] {
        let answer = tool(&session, "acme", arguments.clone()).await;
        assert_eq!(answer.error(), "validation", "{arguments}");
        assert!(answer.text().contains(part), "{arguments}: {}", answer.text());
    }
    let answer = tool(&session, "acmee", json!({})).await;
    assert_eq!(answer.error(), "unknown_tool");
    assert!(answer.text().contains("acme"), "{}", answer.text());
    assert!(vendor.called().is_empty());
}

#[tokio::test]
async fn failures_of_the_vendor_are_told_with_what_to_do() {
    let session = connect(server(&Vendor::default()).build()).await;
    let answer = call(&session, "things", "get", json!({"id": "gone"})).await;
    assert_eq!(answer.error(), "not_found");
    let answer = call(&session, "things", "get", json!({"id": "locked"})).await;
    assert_eq!(answer.error(), "authentication");
    assert_eq!(answer.json()["operator_problem"], true);
    assert!(answer.text().contains("do not call again"), "{}", answer.text());
}

#[tokio::test]
async fn a_defect_ends_its_call_and_nothing_else() {
    let session = connect(server(&Vendor::default()).build()).await;
    let answer = call(&session, "things", "get", json!({"id": "defect"})).await;
    assert_eq!(answer.error(), "internal");
    assert!(!call(&session, "things", "get", json!({"id": "t1"})).await.is_error());
}

#[tokio::test]
async fn the_exposure_follows_from_the_number_of_connectors_unless_set() {
    let vendor = Vendor::default();
    assert_eq!(server(&vendor).build().exposure(), Exposure::PerConnector);
    let server = server(&vendor).exposure(Exposure::PerOperation).build();
    let tools = connect(server).await.list_all_tools().await.unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_ref()).collect();
    let expected =
        ["acme_things_list", "acme_things_create", "acme_things_get", "acme_things_delete"];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn several_accounts_are_told_apart_and_may_have_rules_of_their_own() {
    let (first, second) = (Vendor::default(), Vendor::default());
    let server = Server::builder()
        .account("work", first.client())
        .unwrap()
        .account_with("home", second.client(), Policy::default().read_only())
        .unwrap()
        .build();
    let session = connect(server).await;
    let get = |account: &'static str| json!({"account": account, "entity": "things", "action": "get", "params": {"id": "t1"}});
    assert!(!tool(&session, "acme", get("home")).await.is_error());
    assert_eq!((first.called().len(), second.called().len()), (0, 1));
    let mut unclear = get("");
    unclear.as_object_mut().unwrap().remove("account");
    let answer = tool(&session, "acme", unclear).await;
    assert!(answer.text().contains("work") && answer.text().contains("home"), "{}", answer.text());
    let delete =
        json!({"account": "home", "entity": "things", "action": "delete", "params": {"id": "t1"}});
    assert_eq!(tool(&session, "acme", delete).await.error(), "not_permitted");
    assert_eq!(second.called(), ["things.get"]);
}

#[tokio::test]
async fn lines_that_are_no_messages_get_errors_and_the_session_goes_on() {
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

    let (client, server_side) = tokio::io::duplex(1024 * 1024);
    let (reader, writer) = tokio::io::split(server_side);
    let served = server(&Vendor::default()).build().serve(reader, writer, std::future::pending());
    let served = tokio::spawn(served);
    let (read, mut write) = tokio::io::split(client);
    let mut responses = BufReader::new(read).lines();
    let greeting = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"},
    }});
    let long = "x".repeat(17 * 1024 * 1024);
    let too_long = |id: &str| {
        format!(
            r#"{{"jsonrpc":"2.0","method":"tools/call","params":{{"name":"{long}"}},"id":{id}}}"#
        )
    };
    for (line, code, id) in [
        (greeting.to_string(), None, json!(0)),
        (r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#.to_owned(), None, json!(null)),
        ("{\"jsonrpc\": oops".to_owned(), Some(-32700), json!(null)),
        ("[]".to_owned(), Some(-32600), json!(null)),
        (r#"{"jsonrpc":"2.0","id":5}"#.to_owned(), Some(-32600), json!(5)),
        (too_long("6"), Some(-32600), json!(6)),
        (too_long("\"seven\""), Some(-32600), json!("seven")),
        (r#"{"jsonrpc":"2.0","id":8,"method":"ping"}"#.to_owned(), None, json!(8)),
    ] {
        write.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        if line.contains("notifications/") {
            continue;
        }
        let response = responses.next_line().await.unwrap().unwrap();
        let response: serde_json::Value = serde_json::from_str(&response).unwrap();
        assert_eq!(response["id"], id, "{response}");
        assert_eq!(response["error"]["code"].as_i64(), code, "{response}");
    }
    drop((write, responses));
    served.await.unwrap().unwrap();
}
