//! An agent of rig reads issues, with GitHub as its tool.
//!
//! The model is a script, so that the example runs without a key. A program takes one of rig's providers
//! instead.
//!
//! `GITHUB_TOKEN=… cargo run -p airbyte-agent-rig --example rig_agent`
#![allow(clippy::print_stdout, reason = "an example shows what it got")]

use std::env;

use airbyte_agent_core::Local;
use airbyte_agent_core::tools::Policy;
use airbyte_agent_github::GithubConnector;
use airbyte_agent_github::auth::PersonalAccessToken;
use airbyte_agent_rig::{Guard, dynamic_tools};
use futures_util::stream;
use rig_agent::AgentBuilder;
use rig_core::completion::{CompletionRequest, CompletionResponse, Usage};
use rig_core::driver::{Exchange, Model, Opened, Opening, Transport};
use rig_core::error::ProviderError;
use rig_core::message::{
    AssistantContent, Message, Origin, ToolCall, ToolFunction, ToolName, ToolResultContent,
    UserContent,
};
use rig_core::test_utils::{MockFrame, MockScript};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let token = env::var("GITHUB_TOKEN").map_err(|_| "set GITHUB_TOKEN")?;
    let mut local = Local::new(PersonalAccessToken::new(token));
    // With this variable, requests go to a sandbox instead of the vendor; `airbyte-agent sandbox` starts one.
    if let Ok(address) = env::var("AIRBYTE_AGENT_VIA") {
        local = local.via(address);
    }
    let github = GithubConnector::local(local)?;
    let tools = github.tools().policy(Policy::default().read_only());

    let model = Model::new(MockScript::new("script"), Script);
    let agent = AgentBuilder::new(model).dynamic_tools(dynamic_tools(&tools)).build();
    let answer = agent
        .prompt("Which issues of airbytehq/airbyte are open? Thank their authors.")
        .max_turns(8)
        .tool_concurrency(4)
        .add_hook(Guard::new(tools))
        .await?;
    println!("{answer}");
    Ok(())
}

/// A model that is a script. It makes the mistakes that models make, and corrects them.
#[derive(Clone)]
struct Script;

impl Transport<MockScript> for Script {
    fn send(&self, request: CompletionRequest, _: Exchange) -> Opening<MockFrame> {
        let content = match answer(&results(&request)) {
            Ok(content) => content,
            Err(error) => return Opening::failed(ProviderError::Provider(error)),
        };
        let origin = Origin::new("example.api", "script", "");
        let response = CompletionResponse::new(content, Usage::new(), origin, Value::Null);
        Opening::ready(Opened::new(stream::iter([Ok(MockFrame::Response(Box::new(response)))])))
    }
}

/// The results of tools in the conversation so far.
fn results(request: &CompletionRequest) -> Vec<String> {
    let mut texts = Vec::new();
    for message in &request.chat_history {
        let Message::User { content } = message else { continue };
        for part in content {
            let UserContent::ToolResult(result) = part else { continue };
            texts.extend(result.content.iter().filter_map(|content| match content {
                ToolResultContent::Text(text) => Some(text.text.clone()),
                _ => None,
            }));
        }
    }
    texts
}

fn answer(results: &[String]) -> Result<Vec<AssistantContent>, String> {
    let call = |id: &str, tool: &str, arguments: Value| -> Result<_, String> {
        let name = ToolName::new(tool).map_err(|error| error.to_string())?;
        let function = ToolFunction::new(name, arguments);
        Ok(AssistantContent::ToolCall(ToolCall::from_wire(id, function)))
    };
    let list = |cursor: &Value| {
        let params = json!({"owner": "airbytehq", "repo": "airbyte", "states": ["OPEN"]});
        json!({
            "entity": "issues", "action": "list", "params": params, "cursor": cursor,
            "fields": ["number", "title"], "max_records": 4,
        })
    };
    let page = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    match results {
        // Two calls at once: one has another spelling of the name, the other lacks parameters.
        [] => Ok(vec![
            call("call_1", "GitHub", list(&Value::Null))?,
            call("call_2", "github", json!({"entity": "issues", "action": "list"}))?,
        ]),
        // The list continues.
        [first, _] => Ok(vec![call("call_3", "github", list(&page(first)["next_cursor"]))?]),
        // There is no such tool. The call is the only one of its turn, because rig makes none of
        // the calls of a turn that contains such a call.
        [_, _, _] => Ok(vec![call("call_4", "githob_issues", json!({}))?]),
        [_, _, _, _] => {
            let params = json!({
                "owner": "airbytehq", "repo": "airbyte", "issue_number": 1, "body": "Thanks!",
            });
            let comment = json!({"entity": "comments", "action": "create", "params": params});
            Ok(vec![call("call_5", "github", comment)?])
        }
        [first, wrong, second, unknown, refused] => {
            let count = |text: &str| page(text)["data"].as_array().map_or(0, Vec::len);
            let issues = count(first) + count(second);
            let text = format!("{issues} issues\n{wrong}\n{unknown}\n{refused}");
            Ok(vec![AssistantContent::text(text)])
        }
        _ => Err("the script has no such turn".to_owned()),
    }
}
