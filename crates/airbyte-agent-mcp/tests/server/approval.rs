//! Calls about which the user is asked, in both forms that the protocol has for that.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use airbyte_agent_core::tools::Policy;
use airbyte_agent_mcp::{Audit, Limits, Quota, Server, ServerBuilder};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ClientCapabilities, ClientConfig, ElicitRequestParams,
    ElicitResult, ElicitationAction, Implementation, InputRequiredResult, ProtocolVersion,
};
use rmcp::service::{
    ClientLifecycleMode, RequestContext, RunningService, serve_client_with_lifecycle,
};
use rmcp::{ClientHandler, ErrorData, RoleClient};
use serde_json::{Value, json};

use crate::audit::Log;
use crate::harness::{Answer, Vendor, eventually, server};

/// What the user does with the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Does {
    Approve,
    /// Sends the form off without the mark.
    SendsEmpty,
    Refuse,
    Close,
    AnswerLate,
    Nothing,
}

/// A client whose user remembers what was asked.
#[derive(Clone)]
pub(crate) struct User {
    does: Does,
    can: bool,
    questions: Arc<Mutex<Vec<String>>>,
}

impl User {
    pub(crate) fn who(does: Does) -> Self {
        Self { does, can: true, questions: Arc::default() }
    }

    pub(crate) fn questions(&self) -> Vec<String> {
        self.questions.lock().unwrap().clone()
    }
}

impl ClientHandler for User {
    fn get_info(&self) -> ClientConfig {
        let capabilities = if self.can {
            ClientCapabilities::builder().enable_elicitation().build()
        } else {
            ClientCapabilities::default()
        };
        ClientConfig::new(capabilities, Implementation::new("test", "1"))
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let ElicitRequestParams::FormElicitationParams { message, requested_schema, .. } = request
        else {
            panic!("a form is expected")
        };
        assert_eq!(requested_schema.required, Some(vec!["approve".to_owned()]));
        self.questions.lock().unwrap().push(message);
        let yes =
            || ElicitResult::new(ElicitationAction::Accept).with_content(json!({"approve": true}));
        Ok(match self.does {
            Does::Approve => yes(),
            Does::SendsEmpty => {
                ElicitResult::new(ElicitationAction::Accept).with_content(json!({"approve": false}))
            }
            Does::Refuse => ElicitResult::new(ElicitationAction::Decline),
            Does::Close => ElicitResult::new(ElicitationAction::Cancel),
            Does::AnswerLate => {
                tokio::time::sleep(Duration::from_millis(400)).await;
                yes()
            }
            Does::Nothing => std::future::pending().await,
        })
    }
}

/// The two forms: a request of its own in a session, and a result that asks.
const FORMS: [bool; 2] = [false, true];

pub(crate) async fn connect(
    server: Server,
    user: User,
    by_result: bool,
) -> RunningService<RoleClient, User> {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let (reader, writer) = tokio::io::split(theirs);
    tokio::spawn(server.serve(reader, writer, std::future::pending()));
    let lifecycle = if by_result {
        ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] }
    } else {
        ClientLifecycleMode::Initialize
    };
    serve_client_with_lifecycle(user, ours, lifecycle).await.unwrap()
}

fn asking(vendor: &Vendor) -> ServerBuilder {
    server(vendor).policy(Policy::default().ask("writes").unwrap())
}

fn deleting(id: &str) -> CallToolRequestParams {
    let arguments = json!({"entity": "things", "action": "delete", "params": {"id": id}});
    let Value::Object(arguments) = arguments else { panic!("an object") };
    CallToolRequestParams::new("acme").with_arguments(arguments)
}

async fn delete(session: &RunningService<RoleClient, User>) -> Answer {
    Answer(session.call_tool(deleting("t1")).await.unwrap())
}

#[tokio::test]
async fn nothing_is_sent_unless_the_user_approves_it() {
    for by_result in FORMS {
        for (does, can, error) in [
            (Does::Approve, true, None),
            (Does::SendsEmpty, true, Some("refused")),
            (Does::Refuse, true, Some("refused")),
            (Does::Close, true, Some("nobody answered")),
            (Does::Approve, false, Some("nobody can be asked")),
        ] {
            let vendor = Vendor::default();
            let log = Log::default();
            let user = User { can, ..User::who(does) };
            let server = asking(&vendor).audit(Audit::to(log.clone())).build();
            let session = connect(server, user.clone(), by_result).await;
            let answer = delete(&session).await;
            assert_eq!(answer.is_error(), error.is_some(), "{does:?} {by_result} {answer:?}");
            assert_eq!(user.questions().len(), usize::from(can), "{does:?} {by_result}");
            match error {
                None => assert_eq!(vendor.called(), ["things.delete"]),
                Some(part) => {
                    assert_eq!(answer.error(), "not_approved");
                    assert!(answer.text().contains(part), "{}", answer.text());
                    assert!(vendor.called().is_empty(), "{does:?} {by_result}");
                    // Nothing else needs approval.
                    let arguments = json!({"entity": "things", "action": "list"});
                    let Value::Object(arguments) = arguments else { panic!("an object") };
                    let listing = CallToolRequestParams::new("acme").with_arguments(arguments);
                    assert!(!Answer(session.call_tool(listing).await.unwrap()).is_error());
                    assert_eq!(vendor.called(), ["things.list"]);
                }
            }
            for text in user.questions() {
                for part in ["Acme, account 'acme'", "(things.delete)", "\"id\": \"t1\""] {
                    assert!(text.contains(part), "{text}");
                }
            }
            let outcomes: Vec<Value> =
                log.lines().iter().filter_map(|line| line.get("outcome").cloned()).collect();
            let last = if error.is_some() { "error" } else { "ok" };
            let is_told = outcomes.contains(&json!(last));
            assert!(is_told, "{outcomes:?}");
            assert_eq!(outcomes.contains(&json!("asked")), by_result && can, "{outcomes:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_comes_late_or_never_sends_nothing() {
    let vendor = Vendor::default();
    let limits = Limits::STANDARD.approval(Duration::from_millis(80));
    for by_result in FORMS {
        let user = User::who(Does::AnswerLate);
        let server = asking(&vendor).limits(limits).build();
        let session = connect(server, user.clone(), by_result).await;
        let answer = session.call_tool(deleting("t1")).await;
        match answer {
            Ok(answer) => assert_eq!(Answer(answer).error(), "not_approved"),
            // The question is not open any more.
            Err(error) => assert!(error.to_string().contains("requestState"), "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(450)).await;
        assert_eq!(user.questions().len(), 1);
        assert!(vendor.called().is_empty());
    }
    // A client that goes away while it is asked.
    let user = User::who(Does::Nothing);
    let session = connect(asking(&vendor).build(), user.clone(), false).await;
    let peer = session.peer().clone();
    let call = tokio::spawn(async move { peer.call_tool(deleting("t1")).await });
    eventually(|| user.questions().len() == 1).await;
    session.cancel().await.unwrap();
    let _ = call.await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(vendor.called().is_empty());
}

/// Calls once, and gives back the question.
async fn question(
    session: &RunningService<RoleClient, User>,
    id: &str,
) -> (InputRequiredResult, String) {
    let response = session.call_tool_once(deleting(id)).await.unwrap();
    let CallToolResponse::InputRequired(question) = response else { panic!("{response:?}") };
    let state = question.request_state.clone().unwrap();
    (question, state)
}

fn approval() -> Value {
    json!({"action": "accept", "content": {"approve": true}})
}

#[tokio::test]
async fn an_approval_counts_for_the_call_that_was_shown_and_once() {
    let vendor = Vendor::default();
    let session = connect(asking(&vendor).build(), User::who(Does::Approve), true).await;
    let with = |id: &str, state: &str, answer: Value| {
        let answers = [("approval".to_owned(), answer)].into();
        deleting(id).with_input_responses(answers).with_request_state(state.to_owned())
    };
    // Another call.
    let (_, state) = question(&session, "t1").await;
    let outcome = session.call_tool_once(with("t2", &state, approval())).await.unwrap();
    let CallToolResponse::Complete(result) = outcome else { panic!("{outcome:?}") };
    assert!(Answer(result).text().contains("another call"));
    // The question is used up, also for the call that was shown.
    let error = session.call_tool_once(with("t1", &state, approval())).await.unwrap_err();
    assert!(error.to_string().contains("requestState"), "{error}");
    // No question at all, and answers without one.
    for state in ["", "00000000000000000000000000000000", "{\"approved\":true}"] {
        assert!(session.call_tool_once(with("t1", state, approval())).await.is_err(), "{state}");
    }
    let bare = deleting("t1").with_input_responses([("approval".to_owned(), approval())].into());
    let outcome = session.call_tool_once(bare).await.unwrap();
    assert!(matches!(outcome, CallToolResponse::InputRequired(_)), "{outcome:?}");
    // A state without the answer: the user is asked once more.
    let (_, state) = question(&session, "t1").await;
    let bare = deleting("t1").with_request_state(state);
    let outcome = session.call_tool_once(bare).await.unwrap();
    assert!(matches!(outcome, CallToolResponse::InputRequired(_)), "{outcome:?}");
    // Answers that are none.
    for answer in [
        json!(null),
        json!("accept"),
        json!({"action": "accept"}),
        json!({"action": "accept", "content": {"approve": "true"}}),
        json!({"action": "accept", "content": {"approve": 1}}),
        json!({"content": {"approve": true}}),
    ] {
        let (_, state) = question(&session, "t1").await;
        let outcome = session.call_tool_once(with("t1", &state, answer.clone())).await.unwrap();
        let CallToolResponse::Complete(result) = outcome else { panic!("{outcome:?}") };
        assert_eq!(Answer(result).error(), "not_approved", "{answer}");
    }
    assert!(vendor.called().is_empty());
    let (_, state) = question(&session, "t1").await;
    let approved = session.call_tool_once(with("t1", &state, approval())).await.unwrap();
    assert!(matches!(approved, CallToolResponse::Complete(_)), "{approved:?}");
    assert_eq!(vendor.called(), ["things.delete"]);
    assert!(session.call_tool_once(with("t1", &state, approval())).await.is_err());
    assert_eq!(vendor.called().len(), 1);
}

#[tokio::test]
async fn destructive_calls_are_limited_for_each_session() {
    let vendor = Vendor::default();
    let limits = Limits::STANDARD.destructive(2);
    let server = server(&vendor).limits(limits).build();
    for by_result in FORMS {
        let session = connect(server.clone(), User::who(Does::Approve), by_result).await;
        let before = vendor.called().len();
        for expected in [true, true, false, false] {
            let answer = delete(&session).await;
            assert_eq!(!answer.is_error(), expected);
            if !expected {
                assert_eq!(answer.error(), "too_destructive");
            }
        }
        assert_eq!(vendor.called().len() - before, 2);
    }
    // Nobody is asked when no more may be done.
    let user = User::who(Does::Approve);
    let none = asking(&vendor).limits(Limits::STANDARD.destructive(0)).build();
    let session = connect(none, user.clone(), false).await;
    assert_eq!(delete(&session).await.error(), "too_destructive");
    assert!(user.questions().is_empty());
}

#[tokio::test]
async fn questions_are_counted_against_the_quotas() {
    for by_result in FORMS {
        let vendor = Vendor::default();
        let user = User::who(Does::Refuse);
        let quotas = vec![Quota::parse("destructive", "2/h").unwrap()];
        let session =
            connect(asking(&vendor).quotas(quotas).build(), user.clone(), by_result).await;
        let mut errors = Vec::new();
        for _ in 0..4 {
            errors.push(delete(&session).await.error().to_owned());
        }
        assert_eq!(errors, ["not_approved", "not_approved", "rate_limited", "rate_limited"]);
        assert_eq!(user.questions().len(), 2);
    }
}
