//! A model behind Anthropic's messages finds its way through two services with three tools: it
//! searches for operations, then executes them.
//!
//! The model is a script, so that the example runs without a key: a program posts the same request
//! to the API.
//!
//! `GITHUB_TOKEN=… STRIPE_API_KEY=… cargo run --example anthropic_tools --features github,stripe,tools`
#![allow(clippy::print_stdout, reason = "an example shows what it got")]

mod support;

use airbyte_agent::core::tools::{Exposure, ModelApi, Toolset};
use airbyte_agent::github::GithubConnector;
use airbyte_agent::github::auth::PersonalAccessToken;
use airbyte_agent::serde_json::{self, Value, json};
use airbyte_agent::stripe::StripeConnector;
use airbyte_agent::stripe::auth::ApiKey;
use support::{local, secret};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let github = GithubConnector::local(local(PersonalAccessToken::new(secret("GITHUB_TOKEN")?)))?;
    let stripe = StripeConnector::local(local(ApiKey::new(secret("STRIPE_API_KEY")?)))?;
    let tools = Toolset::empty()
        .add("github", github.client().clone())?
        .add("stripe", stripe.client().clone())?
        .exposure(Exposure::SearchExecute)
        .for_api(ModelApi::AnthropicMessages);

    let mut messages = vec![json!({"role": "user", "content": "Who are our first six customers?"})];
    // A model that finds no end is stopped.
    for _ in 0..8 {
        let request = json!({
            "model": "script", "max_tokens": 1024, "messages": messages,
            "tools": tools.definitions(),
        });
        let response = model(&request);
        let results = tools.answer(&response).await;
        for answer in &results.answers {
            println!("{} {} → {:.120}", answer.call.name, answer.call.arguments, answer.text);
        }
        if results.is_empty() {
            println!("{}", response["content"][0]["text"].as_str().unwrap_or_default());
            return Ok(());
        }
        // No argument mends missing credentials: whoever runs the program has to hear of it.
        if let Some(problem) = results.operator_problem() {
            return Err(problem.clone().into());
        }
        messages.push(json!({"role": "assistant", "content": response["content"]}));
        messages.extend(results.messages);
    }
    Err("the model found no end".into())
}

/// What a model would answer. It makes the mistakes that models make, and mends them.
fn model(request: &Value) -> Value {
    let messages = request["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let results: Vec<&Value> = messages
        .iter()
        .flat_map(|message| message["content"].as_array().into_iter().flatten())
        .filter(|block| block["type"] == "tool_result")
        .collect();
    let list = |entity: &str, cursor: &Value| {
        let call = json!({
            "connector": "stripe", "entity": entity, "action": "list",
            "fields": ["id", "email"], "max_records": 3, "cursor": cursor,
        });
        ("execute", call)
    };
    let read = |result: &Value| -> Value {
        serde_json::from_str(result["content"].as_str().unwrap_or_default()).unwrap_or_default()
    };
    match results.as_slice() {
        [] => calls(&[("search", json!({"query": "list customers"}))]),
        // Two calls at once, one of them misspelled.
        [_] => calls(&[list("customers", &Value::Null), list("costumers", &Value::Null)]),
        [_, first, _] => calls(&[list("customers", &read(first)["next_cursor"])]),
        [_, first, wrong, second] => {
            let count = |result: &Value| read(result)["data"].as_array().map_or(0, Vec::len);
            let text = format!(
                "{} customers; misspelled once: {}",
                count(first) + count(second),
                wrong["is_error"]
            );
            json!({"content": [{"type": "text", "text": text}], "stop_reason": "end_turn"})
        }
        _ => Value::Null,
    }
}

fn calls(calls: &[(&str, Value)]) -> Value {
    let mut blocks = vec![json!({"type": "text", "text": "Let me look."})];
    blocks.extend(calls.iter().enumerate().map(|(n, (name, input))| {
        json!({"type": "tool_use", "id": format!("toolu_{n}"), "name": name, "input": input})
    }));
    json!({"content": blocks, "stop_reason": "tool_use"})
}
