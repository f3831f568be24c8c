//! Tools and guard under an agent whose model is a script.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where they fail")]

use airbyte_agent_core::ErrorKind;
use airbyte_agent_core::testing::Mock;
use airbyte_agent_core::tools::{ClientTools as _, Exposure, Policy, ToolErrorKind, Toolset};
use airbyte_agent_github::DESCRIPTION;
use airbyte_agent_rig::{Guard, dynamic_tools, operator_problem};
use rig_agent::AgentBuilder;
use rig_core::message::UserContent;
use rig_core::test_utils::{MockCompletionModel, MockTurn};
use rig_core::tool::{ToolErrorKind as RigKind, ToolResult};
use serde_json::{Value, json};

const EXPOSURES: [Exposure; 3] =
    [Exposure::PerOperation, Exposure::PerConnector, Exposure::SearchExecute];

fn mock() -> Mock {
    let mock = Mock::new();
    mock.on("viewer", "get").reply(json!({"login": "ada"}));
    mock.on("users", "get").fail(ErrorKind::Authentication);
    mock.on("repositories", "get").fail(ErrorKind::NotFound);
    mock.on("organizations", "get").fail(ErrorKind::RateLimited);
    mock
}

fn tools(mock: &Mock) -> Toolset {
    mock.client(&DESCRIPTION).tools()
}

fn viewer() -> Value {
    json!({"entity": "viewer", "action": "get"})
}

#[test]
fn every_definition_becomes_a_tool() {
    let mock = mock();
    for exposure in EXPOSURES {
        let tools = tools(&mock).exposure(exposure);
        let (given, made) = (tools.definitions(), dynamic_tools(&tools));
        assert_eq!(given.len(), made.len());
        for (given, made) in given.iter().zip(made) {
            let made = made.definition();
            assert_eq!(made.name.to_string(), given.name);
            assert_eq!(
                (made.description, made.parameters),
                (given.description.clone(), given.input_schema.clone())
            );
        }
    }
}

#[tokio::test]
async fn errors_carry_kinds_and_what_a_model_reads() {
    let mock = mock();
    let tools = tools(&mock).policy(Policy::default().read_only());
    let tool = dynamic_tools(&tools).remove(0);
    let call = |entity: &str, action: &str, params: Value| {
        tool.execute(json!({"entity": entity, "action": action, "params": params}))
    };
    let name = json!({"owner": "a", "repo": "b"});
    for (entity, action, params, kind, operator, retryable) in [
        ("users", "get", json!({"username": "a"}), RigKind::PermissionDenied, true, false),
        ("repositories", "get", name.clone(), RigKind::NotFound, false, false),
        ("organizations", "get", json!({"org": "a"}), RigKind::RateLimited, false, true),
        ("organizations", "get", json!({"id": "a"}), RigKind::InvalidArgs, false, false),
        ("repository", "get", name, RigKind::InvalidArgs, false, false),
        ("issues", "create", json!({}), RigKind::PermissionDenied, false, false),
    ] {
        let error = call(entity, action, params).await.unwrap_err();
        assert_eq!((error.kind(), error.retryable()), (kind, Some(retryable)), "{error}");
        assert_eq!(error.model_feedback(), Some(error.message()));
        assert_eq!(error.is_refusal(), action == "create", "{error}");
        let result = ToolResult::failed(error);
        assert_eq!(operator_problem(&result).is_some(), operator, "{entity}.{action}");
    }
    let output = tool.execute(viewer()).await.unwrap();
    assert_eq!(output.as_text(), Some(r#"{"data":{"login":"ada"}}"#));
}

/// The result of an agent whose model makes these calls, one in each turn, and then ends.
async fn run(calls: &[(&str, Value)], guarded: bool) -> (Result<String, String>, Vec<String>) {
    let mock = mock();
    let tools = tools(&mock).policy(Policy::default().read_only());
    let turns = calls
        .iter()
        .enumerate()
        .map(|(n, (name, arguments))| {
            MockTurn::tool_call(format!("call_{n}"), *name, arguments.clone())
        })
        .chain([MockTurn::text("done")]);
    let model = MockCompletionModel::from_turns(turns);
    let agent = AgentBuilder::new(model.clone()).dynamic_tools(dynamic_tools(&tools)).build();
    let run = agent.prompt("Who am I?").max_turns(8);
    let run = if guarded { run.add_hook(Guard::new(tools)) } else { run };
    let outcome = run.await.map(|answer| answer.to_string()).map_err(|error| error.to_string());
    let last = model.requests().last().cloned().unwrap();
    let mut results = Vec::new();
    for message in &last.chat_history {
        if let rig_core::message::Message::User { content } = message {
            for part in content {
                if let UserContent::ToolResult(result) = part {
                    results.push(serde_json::to_string(&result.content).unwrap());
                }
            }
        }
    }
    (outcome, results)
}

#[tokio::test]
async fn a_run_goes_on_behind_errors_that_a_model_can_mend() {
    let calls = [
        ("github", json!({"entity": "viewer", "action": "fetch"})),
        ("github", json!({"entity": "issues", "action": "create", "params": {"title": "x"}})),
        ("GitHub", viewer()),
        ("gitlab", viewer()),
    ];
    let (outcome, results) = run(&calls, true).await;
    assert_eq!(outcome.as_deref(), Ok("done"), "{results:?}");
    for (result, said) in results.iter().zip([
        "has no action 'fetch'",
        "is not permitted",
        "ada",
        "there is no tool 'gitlab'",
    ]) {
        assert!(result.contains(said), "{said}: {results:?}");
    }
    assert_eq!(results.len(), 4);
}

#[tokio::test]
async fn a_run_ends_where_only_the_operator_can_help() {
    let user = json!({"entity": "users", "action": "get", "params": {"username": "a"}});
    let (outcome, _) = run(&[("github", user.clone())], true).await;
    assert!(outcome.unwrap_err().contains("account 'github'"));
    // Without the guard, the model gets the error and may tell the user about it.
    let (outcome, results) = run(&[("github", user)], false).await;
    assert_eq!(outcome.as_deref(), Ok("done"));
    assert!(results[0].contains("do not call again"), "{results:?}");
}

#[test]
fn a_toolset_says_why_an_unknown_name_is_unknown() {
    let mock = mock();
    let error = tools(&mock).plan("gitlab", Value::Null).unwrap_err();
    assert_eq!(error.kind(), ToolErrorKind::UnknownTool);
}
