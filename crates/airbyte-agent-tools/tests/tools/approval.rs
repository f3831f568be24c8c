//! Calls about which the policy asks a person: nothing is sent unless that very call was approved.

use std::sync::{Arc, Mutex};

use airbyte_agent_engine::BoxFuture;
use airbyte_agent_tools::{
    Answer, ApprovalRequest, Approver, Effect, Exposure, Policy, ToolErrorKind, Toolset,
};
use serde_json::{Value, json};

use crate::library::{CANARY, EXPOSURES, call, client, library, tools};
use crate::server::Server;

/// What the person does.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Does {
    Approve,
    Refuse,
    CannotBeAsked,
    GoesAway,
    /// Approves what an earlier request was about.
    ApprovesAnother,
}

/// A person who remembers what was asked.
#[derive(Clone)]
struct Person {
    does: Does,
    another: Option<ApprovalRequest>,
    questions: Arc<Mutex<Vec<ApprovalRequest>>>,
}

impl Person {
    fn who(does: Does) -> Self {
        Self { does, another: None, questions: Arc::default() }
    }

    fn questions(&self) -> Vec<ApprovalRequest> {
        self.questions.lock().unwrap().clone()
    }
}

impl Approver for Person {
    fn ask<'a>(&'a self, request: &'a ApprovalRequest) -> BoxFuture<'a, Answer> {
        self.questions.lock().unwrap().push(request.clone());
        let answer = match self.does {
            Does::Approve => Answer::Approved(request.approve()),
            Does::Refuse => Answer::Refused,
            Does::CannotBeAsked => Answer::CannotAsk,
            Does::GoesAway => Answer::NotAnswered,
            Does::ApprovesAnother => {
                Answer::Approved(self.another.as_ref().unwrap_or(request).approve())
            }
        };
        Box::pin(std::future::ready(answer))
    }
}

fn asking(server: &Server, exposure: Exposure, which: &str) -> Toolset {
    tools(server, exposure).policy(Policy::default().ask(which).unwrap())
}

#[tokio::test]
async fn nothing_is_sent_unless_a_person_approves_it() {
    for exposure in EXPOSURES {
        for (does, part) in [
            (Does::Approve, None),
            (Does::Refuse, Some("the user refused books.delete")),
            (Does::CannotBeAsked, Some("nobody can be asked")),
            (Does::GoesAway, Some("nobody answered")),
            (Does::ApprovesAnother, Some("for another call")),
        ] {
            let server = library().await;
            let mut person = Person::who(does);
            let (name, other) = call(exposure, "books", "delete", json!({"id": 8}), json!({}));
            let plain = asking(&server, exposure, "destructive");
            person.another = plain.plan(&name, other).unwrap().approval_request();
            let tools = plain.approver(person.clone());
            let (name, given) = call(exposure, "books", "delete", json!({"id": 7}), json!({}));
            let outcome = tools.call(&name, given).await;
            assert_eq!(person.questions().len(), 1, "{does:?}");
            match part {
                None => {
                    outcome.unwrap();
                    assert_eq!(server.seen().len(), 1);
                }
                Some(part) => {
                    let error = outcome.unwrap_err();
                    assert_eq!(error.kind(), ToolErrorKind::NotApproved, "{does:?}");
                    assert!(error.to_string().contains(part), "{error}");
                    assert!(error.to_string().contains("nothing was sent"), "{error}");
                    assert!(server.seen().is_empty(), "{does:?}");
                }
            }
        }
        // Without anybody to ask.
        let server = library().await;
        let (name, given) = call(exposure, "books", "delete", json!({"id": 7}), json!({}));
        let error = asking(&server, exposure, "writes").call(&name, given).await.unwrap_err();
        assert_eq!(error.kind().as_str(), "not_approved");
        assert!(server.seen().is_empty());
    }
}

#[tokio::test]
async fn the_policy_says_what_is_asked_about() {
    let all = ["list", "get", "create", "update", "delete"];
    for (policy, questions) in [
        (Policy::default(), vec![]),
        (Policy::default().ask("writes").unwrap(), vec!["create", "update", "delete"]),
        (Policy::default().ask("destructive").unwrap(), vec!["update", "delete"]),
        (Policy::default().ask("*.create").unwrap(), vec!["create"]),
        (Policy::default().ask("library:books.get").unwrap(), vec!["get"]),
        (Policy::default().ask("*").unwrap(), all.to_vec()),
        (
            Policy::default().ask("destructive").unwrap().ask("books.list").unwrap(),
            vec!["list", "update", "delete"],
        ),
    ] {
        let server = library().await;
        for own in [false, true] {
            // The policy of an account asks as that of the toolset does.
            let tools = if own {
                let client = client(&server.url);
                Toolset::empty().add_with("library", client, policy.clone()).unwrap()
            } else {
                tools(&server, Exposure::PerConnector).policy(policy.clone())
            };
            assert_eq!(tools.asks(), !questions.is_empty());
            for action in all {
                let params = match action {
                    "list" => json!({}),
                    "create" => json!({"title": "x"}),
                    _ => json!({"id": 7}),
                };
                let (name, given) =
                    call(Exposure::PerConnector, "books", action, params, json!({}));
                let plan = tools.plan(&name, given).unwrap();
                assert_eq!(
                    plan.needs_approval(),
                    questions.contains(&action),
                    "{policy:?} {action}"
                );
                assert_eq!(plan.approval_request().is_some(), plan.needs_approval());
            }
        }
    }
    for wrong in ["delete", "", "write"] {
        assert!(Policy::default().ask(wrong).is_err(), "{wrong}");
    }
    let tools = Toolset::empty()
        .add_with("a", client("http://x.test"), Policy::default().ask("bools.list").unwrap())
        .unwrap();
    assert_eq!(tools.unmatched_patterns(), ["bools.list"]);
}

#[tokio::test]
async fn a_person_reads_what_will_be_sent() {
    let server = library().await;
    let tools = asking(&server, Exposure::PerConnector, "writes");
    let params = json!({"title": format!("A{CANARY}\u{202E}z"), "pages": 3});
    let (name, given) = call(Exposure::PerConnector, "books", "create", params, json!({}));
    let request = tools.plan(&name, given).unwrap().approval_request().unwrap();
    assert_eq!(request.effect, Effect::Write);
    let text = request.text();
    for part in [
        "Library, account 'library': ",
        "(books.create). This changes data.",
        &format!("POST {}/books", server.url),
        "\"pages\": 3",
        "1 invisible character is not shown.",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains(CANARY) && !text.contains('\u{202E}'), "{text}");
    assert!(!format!("{request:?}").contains("pages"));
    let preview = serde_json::to_string(&request.preview).unwrap();
    assert!(!preview.contains(CANARY), "{preview}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn an_approval_is_good_for_one_call_whatever_the_order_of_its_arguments() {
    let server = library().await;
    let tools = asking(&server, Exposure::PerConnector, "writes");
    let plan = |params: Value, controls: Value| {
        let (name, given) = call(Exposure::PerConnector, "books", "create", params, controls);
        tools.plan(&name, given).unwrap()
    };
    let request = plan(json!({"title": "x", "pages": 3}), json!({})).approval_request().unwrap();
    for (params, is_same) in [
        (json!({"pages": 3, "title": "x"}), true),
        (json!({"pages": "3", "title": "x"}), true),
        (json!({"pages": 4, "title": "x"}), false),
        (json!({"title": "x"}), false),
        (json!({"title": "x", "pages": 3, "note": ""}), false),
    ] {
        let mut plan = plan(params.clone(), json!({"fields": ["id"]}));
        assert_eq!(plan.approve(request.approve()).is_ok(), is_same, "{params}");
        assert_eq!(plan.needs_approval(), !is_same);
    }
    // The plan is used up, and a second one has to ask again.
    let mut first = plan(json!({"title": "x", "pages": 3}), json!({}));
    first.approve(request.approve()).unwrap();
    first.run().await.unwrap();
    assert!(plan(json!({"title": "x", "pages": 3}), json!({})).needs_approval());
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_dry_run_shows_the_request_and_sends_nothing() {
    for exposure in EXPOSURES {
        for (action, params, method, body) in [
            ("create", json!({"title": 1984}), "POST", json!({"title": "1984"})),
            ("delete", json!({"id": 7}), "DELETE", Value::Null),
        ] {
            let server = library().await;
            let mut controls = json!({"dry_run": true});
            if exposure == Exposure::PerOperation {
                controls = json!({"dry_run": "true"});
            }
            let (name, given) = call(exposure, "books", action, params, controls);
            let tools = asking(&server, exposure, "writes");
            let plan = tools.plan(&name, given).unwrap();
            assert_eq!(plan.effect(), Effect::Nothing);
            assert!(!plan.needs_approval());
            let output = plan.run().await.unwrap();
            let data = &output.structured["data"];
            assert_eq!((&data["method"], &data["body"]), (&json!(method), &body));
            assert!(output.text.contains("Nothing was sent"), "{}", output.text);
            assert!(output.text.contains("the user is asked"), "{}", output.text);
            assert!(!output.text.contains(CANARY), "{}", output.text);
            assert!(server.seen().is_empty());
        }
        let server = library().await;
        let (name, given) = call(exposure, "books", "create", json!({}), json!({"dry_run": true}));
        let error = tools(&server, exposure).call(&name, given).await.unwrap_err();
        assert!(error.to_string().contains("title"), "{error}");
    }
}
