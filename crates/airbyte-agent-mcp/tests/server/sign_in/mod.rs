//! Calls without credentials: the user is asked to open a page, in both forms that the protocol has for that.

mod person;

use std::time::Duration;

use airbyte_agent_core::tools::Policy;
use airbyte_agent_mcp::{Audit, HttpOptions, Limits, Token};
use rmcp::model::{CallToolResponse, ElicitRequestParams};
use serde_json::{Value, json};

use self::person::{COMMAND, Does, Door, PAGE, Page, Person, call, connect, request};
use crate::audit::Log;
use crate::harness::{Answer, Vendor, eventually};
use crate::http::{ask, modern};

/// The two forms: a request of its own in a session, and a result that asks.
const FORMS: [bool; 2] = [false, true];

#[tokio::test]
async fn a_call_goes_on_when_the_user_has_signed_in() {
    for (by_result, is_missing) in FORMS.into_iter().flat_map(|form| [(form, true), (form, false)])
    {
        let (vendor, log) = (Vendor::default(), Log::default());
        let door = Door::new(&vendor, is_missing, Page::Works);
        let person = Person::who(Does::Accept, &door);
        let server = door.server().audit(Audit::to(log.clone())).build();
        let session = connect(server, person.clone(), by_result).await;
        let answer = call(&session, "get").await;
        assert!(!answer.is_error(), "{by_result} {answer:?}");
        assert_eq!(answer.json()["data"]["id"], "t1");
        assert_eq!((vendor.called(), door.opened()), (vec!["things.get".to_owned()], 1));
        let requests = person.requests.lock().unwrap().clone();
        let [ElicitRequestParams::UrlElicitationParams { url, message, elicitation_id, .. }] =
            &requests[..]
        else {
            panic!("{requests:?}")
        };
        assert_eq!(url, PAGE);
        assert!(message.contains("Acme (account 'acme')"), "{message}");
        eventually(|| door.closed() == 1).await;
        if !by_result {
            // The client is told that the page is done, so that it can take the question away.
            eventually(|| person.told.lock().unwrap().len() == 1).await;
            let told = person.told.lock().unwrap()[0].clone();
            assert_eq!(told.method, "notifications/elicitation/complete");
            assert_eq!(told.params, Some(json!({"elicitationId": elicitation_id})));
        }
        // Nobody is asked again.
        assert!(!call(&session, "get").await.is_error());
        assert_eq!((person.request_count(), door.opened()), (1, 1));
        // The address is nobody's but the user's.
        let log: Vec<Value> = log.lines();
        assert!(!log.is_empty() && !json!(log).to_string().contains("canary"), "{log:?}");
    }
}

#[tokio::test]
async fn where_nobody_signs_in_the_model_is_told() {
    let limits = Limits::STANDARD.approval(Duration::from_millis(150));
    for by_result in FORMS {
        for (does, page, part) in [
            (Does::Decline, Page::Works, "declined"),
            (Does::Close, Page::Works, "closed the question"),
            (Does::Accept, Page::Fails, "wrong password"),
            (Does::Accept, Page::NeverDone, "in time"),
        ] {
            let vendor = Vendor::default();
            let door = Door::new(&vendor, true, page);
            let server = door.server().limits(limits).build();
            let session = connect(server, Person::who(does, &door), by_result).await;
            let answer = call(&session, "get").await;
            assert_eq!(answer.error(), "not_signed_in", "{does:?} {page:?} {by_result}");
            for part in [part, COMMAND, "do not call again"] {
                assert!(answer.text().contains(part), "{}", answer.text());
            }
            assert!(!format!("{answer:?}").contains("canary"), "{answer:?}");
            assert!(vendor.called().is_empty());
            eventually(|| door.closed() == 1).await;
        }
    }
}

#[tokio::test]
async fn clients_that_open_no_pages_are_told_the_command() {
    for by_result in FORMS {
        for (opens, page) in [(false, Page::Works), (true, Page::CannotOpen)] {
            for is_missing in [true, false] {
                let vendor = Vendor::default();
                let door = Door::new(&vendor, is_missing, page);
                let person = Person { opens, ..Person::who(Does::Accept, &door) };
                let session = connect(door.server().build(), person.clone(), by_result).await;
                let answer = call(&session, "get").await;
                assert_eq!(answer.error(), "authentication");
                assert!(answer.text().contains(COMMAND), "{}", answer.text());
                assert_eq!((person.request_count(), door.opened()), (0, 0));
            }
        }
    }
}

#[tokio::test]
async fn a_page_is_closed_when_its_client_goes_away() {
    let vendor = Vendor::default();
    let door = Door::new(&vendor, true, Page::Works);
    let person = Person::who(Does::Nothing, &door);
    let session = connect(door.server().build(), person.clone(), false).await;
    let peer = session.peer().clone();
    let call = tokio::spawn(async move { peer.call_tool(request("get")).await });
    eventually(|| person.request_count() == 1).await;
    assert_eq!((door.opened(), door.closed()), (1, 0));
    session.cancel().await.unwrap();
    let _ = call.await;
    eventually(|| door.closed() == 1).await;
    assert!(vendor.called().is_empty());
}

#[tokio::test]
async fn calls_at_the_same_time_share_a_page() {
    let vendor = Vendor::default();
    let door = Door::new(&vendor, true, Page::Works);
    let session = connect(door.server().build(), Person::who(Does::Nothing, &door), false).await;
    let calls: Vec<_> = (0..3)
        .map(|_| {
            let peer = session.peer().clone();
            tokio::spawn(async move { Answer(peer.call_tool(request("get")).await.unwrap()) })
        })
        .collect();
    let person = session.service();
    eventually(|| person.request_count() == 3).await;
    assert_eq!(door.opened(), 1);
    // The page is used although no question was answered.
    door.enter();
    for call in calls {
        assert!(!call.await.unwrap().is_error());
    }
    assert_eq!(vendor.called().len(), 3);
}

#[tokio::test]
async fn nobody_signs_in_for_what_is_not_permitted_and_approvals_come_afterwards() {
    let vendor = Vendor::default();
    let door = Door::new(&vendor, true, Page::Works);
    let person = Person::who(Does::Accept, &door);
    let server = door.server().policy(Policy::default().read_only()).build();
    let session = connect(server, person.clone(), false).await;
    assert_eq!(call(&session, "delete").await.error(), "not_permitted");
    assert_eq!(person.request_count(), 0);
    // The client has no forms, so the approval cannot be had: to sign in is none.
    let server = door.server().policy(Policy::default().ask("writes").unwrap()).build();
    let session = connect(server, person.clone(), false).await;
    assert_eq!(call(&session, "delete").await.error(), "not_approved");
    assert_eq!(person.request_count(), 1);
    assert!(vendor.called().is_empty());
}

#[tokio::test]
async fn a_question_is_good_for_its_caller_and_once() {
    let vendor = Vendor::default();
    let door = Door::new(&vendor, true, Page::Works);
    let session = connect(door.server().build(), Person::who(Does::Accept, &door), true).await;
    let once = |state: &str, answer: Value| {
        let answers = [("sign_in".to_owned(), answer)].into();
        request("get").with_input_responses(answers).with_request_state(state.to_owned())
    };
    let question = |response: CallToolResponse| match response {
        CallToolResponse::InputRequired(question) => question.request_state.unwrap(),
        other => panic!("{other:?}"),
    };
    let state = question(session.call_tool_once(request("get")).await.unwrap());
    // A handle that is not known and a missing answer: the user is asked again, by the same page.
    for bad in [
        once("00000000000000000000000000000000", json!({"action": "accept"})),
        request("get").with_request_state(state.clone()),
    ] {
        assert_ne!(question(session.call_tool_once(bad).await.unwrap()), state);
    }
    assert_eq!(door.opened(), 1);
    // What is no answer is no consent.
    let response = session.call_tool_once(once(&state, json!("accept"))).await.unwrap();
    let CallToolResponse::Complete(result) = response else { panic!("{response:?}") };
    assert_eq!(Answer(result).error(), "not_signed_in");
    let state = question(session.call_tool_once(request("get")).await.unwrap());
    door.enter();
    let answer = once(&state, json!({"action": "accept", "unknown": 1}));
    let response = session.call_tool_once(answer).await.unwrap();
    assert!(matches!(response, CallToolResponse::Complete(_)), "{response:?}");
    assert_eq!(vendor.called(), ["things.get"]);
}

#[tokio::test]
async fn over_http_only_clients_of_this_machine_are_asked() {
    let vendor = Vendor::default();
    let door = Door::new(&vendor, true, Page::Works);
    let mut options = HttpOptions::default().token(Token::new("a-token-of-some-length").unwrap());
    options.hosts = vec!["mcp.example.com".to_owned()];
    let listening = door.server().build().listen(options).await.unwrap();
    let address = listening.address();
    tokio::spawn(listening.serve(std::future::pending()));
    let arguments = json!({"entity": "things", "action": "get", "params": {"id": "t1"}});
    let body = modern("tools/call", json!({"name": "acme", "arguments": arguments}));
    let body = body.replace(r#"{"form":{}}"#, r#"{"url":{}}"#);
    let common = [
        "Authorization: Bearer a-token-of-some-length",
        "MCP-Protocol-Version: 2026-07-28",
        "Mcp-Method: tools/call",
        "Mcp-Name: acme",
    ];
    for (header, is_asked) in [
        ("X: y", true),
        ("Host: localhost:80", true),
        ("Host: mcp.example.com", false),
        ("X-Forwarded-For: 192.0.2.1", false),
        ("Forwarded: for=192.0.2.1", false),
    ] {
        let headers = [&common[..], &[header]].concat();
        let message = ask(address, "POST", "/mcp", &headers, &body).await.message();
        let result = &message["result"];
        assert_eq!(result["resultType"] == "input_required", is_asked, "{header} {message}");
        assert_eq!(message.to_string().contains(PAGE), is_asked, "{header} {message}");
        assert_eq!(message.to_string().contains(COMMAND), !is_asked, "{header} {message}");
    }
    // A client with a session that reads no stream is told by an error, as its revision has it.
    let json_only = [common[0], "Accept: application/json"];
    let params = json!({
        "protocolVersion": "2025-11-25", "capabilities": {"elicitation": {"url": {}}},
        "clientInfo": {"name": "test", "version": "1"},
    });
    let greeting = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params});
    let opened = ask(address, "POST", "/mcp", &json_only, &greeting.to_string()).await;
    let session = format!("Mcp-Session-Id: {}", opened.header("mcp-session-id").unwrap());
    let headers = [&json_only[..], &[&session, "MCP-Protocol-Version: 2025-11-25"]].concat();
    let ready = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    ask(address, "POST", "/mcp", &headers, ready).await;
    let calling = crate::http::calling("t1");
    let message = ask(address, "POST", "/mcp", &headers, &calling).await.message();
    assert_eq!(message["error"]["code"], -32042, "{message}");
    let elicitation = &message["error"]["data"]["elicitations"][0];
    assert_eq!((&elicitation["mode"], &elicitation["url"]), (&json!("url"), &json!(PAGE)));
    // The user has signed in: the same call goes through.
    door.enter();
    eventually(|| door.closed() == 1).await;
    assert_eq!(door.opened(), 1);
    for _ in 0..100 {
        let message = ask(address, "POST", "/mcp", &headers, &calling).await.message();
        if message["result"]["isError"] == false {
            assert_eq!(vendor.called(), ["things.get"]);
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the call does not go through");
}
