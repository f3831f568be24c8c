//! A model behind `OpenAI`'s chat completions reads issues, with GitHub as its tool.
//!
//! The model is a script, so that the example runs without a key: a program posts the same request
//! to the API. With `ModelApi::OpenAiResponses` the same loop speaks to the other API.
//!
//! `GITHUB_TOKEN=… cargo run --example openai_tools --features github,tools`
#![allow(clippy::print_stdout, reason = "an example shows what it got")]

mod support;

use airbyte_agent::core::tools::{ModelApi, Policy};
use airbyte_agent::github::GithubConnector;
use airbyte_agent::github::auth::PersonalAccessToken;
use airbyte_agent::serde_json::{self, Value, json};
use support::{local, secret};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let github = GithubConnector::local(local(PersonalAccessToken::new(secret("GITHUB_TOKEN")?)))?;
    let tools =
        github.tools().policy(Policy::default().read_only()).for_api(ModelApi::OpenAiChat).strict();

    let question = "Which issues of airbytehq/airbyte are open? Thank their authors.";
    let mut messages = vec![json!({"role": "user", "content": question})];
    // A model that finds no end is stopped.
    for _ in 0..8 {
        let request = json!({
            "model": "script", "messages": messages, "tools": tools.definitions(),
        });
        let response = model(&request);
        let message = response["choices"][0]["message"].clone();
        let results = tools.answer(&response).await;
        for answer in &results.answers {
            println!("{} {} → {:.120}", answer.call.name, answer.call.arguments, answer.text);
        }
        if results.is_empty() {
            println!("{}", message["content"].as_str().unwrap_or_default());
            return Ok(());
        }
        // No argument mends missing credentials: whoever runs the program has to hear of it.
        if let Some(problem) = results.operator_problem() {
            return Err(problem.clone().into());
        }
        messages.push(message);
        messages.extend(results.messages);
    }
    Err("the model found no end".into())
}

/// What a model would answer. It makes the mistakes that models make, and mends them.
fn model(request: &Value) -> Value {
    let messages = request["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let results: Vec<Value> = messages
        .iter()
        .filter(|message| message["role"] == "tool")
        .map(|message| {
            serde_json::from_str(message["content"].as_str().unwrap_or_default())
                .unwrap_or_default()
        })
        .collect();
    // In strict form every argument is there, `null` where it is not meant, and objects are text.
    let list = |cursor: &Value| {
        let params = json!({"owner": "airbytehq", "repo": "airbyte", "states": ["OPEN"]});
        let arguments = json!({
            "entity": "issues", "action": "list", "params": params.to_string(),
            "fields": ["number", "title"], "exclude_fields": null, "format": null,
            "cursor": cursor, "max_records": 4, "clear": null,
        });
        ("github", arguments.to_string())
    };
    match results.as_slice() {
        // Two calls at once, one of them cut in the middle.
        [] => calls(&[list(&Value::Null), ("github", r#"{"entity": "users", "act"#.to_owned())]),
        // The list goes on, and the other call is made anew under a name that does not exist.
        [first, _] => {
            let user = r#"{"entity": "viewer", "action": "get"}"#.to_owned();
            calls(&[list(&first["next_cursor"]), ("git_hub_tool", user)])
        }
        [_, _, _, _] => {
            let params = json!({"owner": "airbytehq", "repo": "airbyte", "issue_number": 1,
                                "body": "Thanks!"});
            let arguments = json!({
                "entity": "comments", "action": "create", "params": params.to_string(),
            });
            calls(&[("github", arguments.to_string())])
        }
        [first, invalid, second, unknown, refused] => {
            let count = |page: &Value| page["data"].as_array().map_or(0, Vec::len);
            let text = format!(
                "{} issues; mended: {}, {}; I may not thank anybody: {}",
                count(first) + count(second),
                invalid["error"],
                unknown["error"],
                refused["error"],
            );
            let message = json!({"role": "assistant", "content": text});
            json!({"choices": [{"message": message, "finish_reason": "stop"}]})
        }
        _ => Value::Null,
    }
}

fn calls(calls: &[(&str, String)]) -> Value {
    let calls: Vec<Value> = calls
        .iter()
        .enumerate()
        .map(|(n, (name, arguments))| {
            let function = json!({"name": name, "arguments": arguments});
            json!({"id": format!("call_{n}"), "type": "function", "function": function})
        })
        .collect();
    let message = json!({"role": "assistant", "content": null, "tool_calls": calls});
    json!({"choices": [{"message": message, "finish_reason": "tool_calls"}]})
}
