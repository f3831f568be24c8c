//! Every operation of every connector through the tools, against a sandbox: lists read in parts are
//! the lists themselves, results keep to their limits.

use std::fmt::Write as _;

use airbyte_agent::core::description::{Connector, Operation, is_secret_name};
use airbyte_agent::core::tools::{
    ClientTools as _, Exposure, ResultLimits, Toolset, estimate_tokens,
};
use airbyte_agent::serde_json::{Map, Value, json};
use airbyte_agent::{Client, registry};
use airbyte_agent_cli::engine::LocalEngine;
use airbyte_agent_sandbox::{Sandbox, sample};

use super::offline::EXPOSURES;

/// Records of a list that are compared: more than a page, and enough to be cut several times.
const COMPARED: usize = 45;

/// A sandbox for one connector and a client of it.
async fn start(connector: &'static Connector) -> (Sandbox, Client) {
    let engine = LocalEngine::new([connector]);
    let sandbox = Sandbox::builder().connector(connector.clone()).start().await.unwrap();
    let client = engine.client(&connector.name, &sandbox.url()).unwrap();
    (sandbox, client)
}

/// All records of a list, read by the engine.
async fn direct(
    client: &Client,
    operation: &Operation,
    arguments: &Map<String, Value>,
) -> Option<Vec<Value>> {
    let mut call = client.call(&operation.entity, operation.action);
    call.set_all(arguments.clone());
    let mut pages = call.outcomes();
    let mut all = Vec::new();
    while let Some(page) = pages.try_next().await.ok()? {
        match page.data {
            Value::Array(records) => all.extend(records),
            Value::Null => {}
            one => all.push(one),
        }
        if all.len() >= COMPARED {
            break;
        }
    }
    all.truncate(COMPARED);
    Some(all)
}

/// What is compared of a record: addresses may be made anew on every page, and secrets are never shown.
fn comparable(value: Value) -> Value {
    match value {
        Value::String(text) if text.starts_with("http") => Value::Null,
        Value::Array(items) => items.into_iter().map(comparable).collect(),
        Value::Object(members) => {
            let shown =
                |(name, value): &(String, Value)| !(value.is_string() && is_secret_name(name));
            let shown = members.into_iter().filter(shown);
            shown.map(|(name, value)| (name, comparable(value))).collect()
        }
        other => other,
    }
}

/// Whether the operation's answer is taken whole, so that a page is one record to the engine.
fn is_whole(operation: &Operation) -> bool {
    operation.response.records.as_ref().is_some_and(|path| path.steps.is_empty())
}

/// The same by calls of a tool.
async fn by_tools(
    tools: &Toolset,
    limits: ResultLimits,
    operation: &Operation,
    arguments: &Map<String, Value>,
) -> Result<Vec<Value>, String> {
    let mut all = Vec::new();
    let mut call = json!({
        "entity": operation.entity, "action": operation.action, "params": arguments,
        "fields": ["*"], "max_records": 30,
    });
    let name = tools.definitions()[0].name.clone();
    for _ in 0..200 {
        let output = tools.call(&name, call.clone()).await.map_err(|error| error.to_string())?;
        if output.text.len() > limits.max_bytes {
            return Err(format!("a result of {} bytes", output.text.len()));
        }
        all.extend(output.structured["data"].as_array().into_iter().flatten().cloned());
        match output.next {
            Some(next) if all.len() < COMPARED => call["cursor"] = next.to_string().into(),
            _ => {
                all.truncate(COMPARED);
                return Ok(all);
            }
        }
    }
    Err("a list without end".to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_read_in_parts_are_the_lists_and_short() {
    let limits = ResultLimits::STANDARD.bytes(16_000).texts(usize::MAX, usize::MAX);
    let mut wrong = Vec::new();
    let (mut tried, mut sent, mut shown) = (0, 0, 0);
    let mut table = String::new();
    for connector in registry() {
        let (sandbox, client) = start(connector).await;
        let tools = client.tools().exposure(Exposure::PerConnector);
        let (mut raw, mut usual) = (0, 0);
        for operation in connector.operations().filter(|operation| operation.action.is_array()) {
            let arguments = sample::arguments(operation, &Value::Null);
            let Some(expected) = direct(&client, operation, &arguments).await else { continue };
            let place = format!("{} {}", connector.name, operation.place());
            tried += 1;
            if !is_whole(operation) {
                match by_tools(&tools.clone().limits(limits), limits, operation, &arguments).await {
                    Ok(found) => {
                        let expected: Vec<Value> =
                            expected.iter().cloned().map(comparable).collect();
                        let found: Vec<Value> = found.into_iter().map(comparable).collect();
                        if found != expected {
                            let count = (found.len(), expected.len());
                            wrong.push(format!("{place}: other records, {count:?}"));
                        }
                    }
                    Err(error) => wrong.push(format!("{place}: {error}")),
                }
            }
            let (entity, action) = (&operation.entity, operation.action);
            let call = json!({
                "entity": entity, "action": action, "params": arguments, "max_records": 20,
            });
            match tools.call(&connector.name, call).await {
                Ok(output) => {
                    let given = output.records.unwrap_or_default().min(expected.len());
                    if !is_whole(operation) {
                        raw += estimate_tokens(&json!(expected[..given]).to_string());
                        usual += estimate_tokens(&output.text);
                    }
                }
                Err(error) => wrong.push(format!("{place}: {error}")),
            }
        }
        sandbox.shutdown().await;
        let percent = usual * 100 / raw.max(1);
        let _ = writeln!(table, "| {} | {raw} | {usual} | {percent} % |", connector.name);
        sent += raw;
        shown += usual;
    }
    println!("{table}| all | {sent} | {shown} | {} % |", shown * 100 / sent.max(1));
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
    // Lists that the sandbox refuses are the matter of other tests; there are few.
    assert!(tried > 200, "{tried} lists");
    assert!(shown * 2 < sent, "{shown} tokens of {sent}\n{table}");
}

/// What a model reads of every list with default settings: a few records, whatever the vendor.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_with_default_settings_are_short() {
    let mut all: Vec<usize> = Vec::new();
    let mut table = String::new();
    for connector in registry() {
        let (sandbox, client) = start(connector).await;
        let tools = client.tools().exposure(Exposure::PerConnector);
        let name = tools.definitions()[0].name.clone();
        let mut tokens = Vec::new();
        for operation in connector.operations().filter(|operation| operation.action.is_array()) {
            let arguments = sample::arguments(operation, &Value::Null);
            let (entity, action) = (&operation.entity, operation.action);
            let call = json!({"entity": entity, "action": action, "params": arguments});
            let Ok(output) = tools.call(&name, call).await else { continue };
            assert!(output.records.unwrap_or_default() <= 20, "{}", operation.place());
            tokens.push(estimate_tokens(&output.text));
        }
        sandbox.shutdown().await;
        let (count, median) = (tokens.len(), median(&mut tokens));
        let largest = tokens.last().copied().unwrap_or_default();
        let _ = writeln!(table, "| {} | {count} | {median} | {largest} |", connector.name);
        all.append(&mut tokens);
    }
    let (count, median) = (all.len(), median(&mut all));
    println!("{table}| all | {count} | {median} | {} |", all[count - 1]);
    assert!(count > 200, "{count} lists");
    assert!(median <= 2_500, "{median}\n{table}");
}

fn median(numbers: &mut [usize]) -> usize {
    numbers.sort_unstable();
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

/// The call of an operation in an exposure: name of the tool and its arguments.
fn call_of(
    exposure: Exposure,
    connector: &Connector,
    operation: &Operation,
    arguments: &Map<String, Value>,
) -> (String, Value) {
    let (entity, action) = (&operation.entity, operation.action);
    let name = connector.name.replace('-', "_");
    let params = json!({"entity": entity, "action": action, "params": arguments});
    match exposure {
        Exposure::PerOperation => {
            (format!("{name}_{entity}_{action}"), Value::Object(arguments.clone()))
        }
        Exposure::SearchExecute => {
            let mut call = params;
            call["connector"] = connector.name.as_ref().into();
            ("execute".to_owned(), call)
        }
        _ => (name, params),
    }
}

/// What every operation of a connector comes to that should not.
async fn wrong_outcomes(connector: &'static Connector) -> (usize, Vec<String>) {
    let (sandbox, client) = start(connector).await;
    let (mut called, mut wrong) = (0, Vec::new());
    for operation in connector.operations() {
        let mut arguments = sample::arguments(operation, &Value::Null);
        if operation.action.is_array() {
            arguments.insert("result_max_records".to_owned(), 3.into());
        }
        let mut outcomes = Vec::new();
        for exposure in EXPOSURES {
            let (name, arguments) = call_of(exposure, connector, operation, &arguments);
            // Longer names are made in another way.
            if name.len() > 50 {
                continue;
            }
            outcomes.push(match client.tools().exposure(exposure).call(&name, arguments).await {
                Ok(_) => "ok",
                Err(error) => error.kind().as_str(),
            });
            called += 1;
        }
        // Each exposure comes to the same end; writes change what comes after them.
        outcomes.dedup();
        let differ = outcomes.len() > 1 && operation.hints.read_only;
        let faulty = ["usage", "unknown_tool", "internal", "decode"];
        if differ || outcomes.iter().any(|outcome| faulty.contains(outcome)) {
            wrong.push(format!("{} {}: {outcomes:?}", connector.name, operation.place()));
        }
    }
    sandbox.shutdown().await;
    (called, wrong)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_can_be_called_in_every_exposure() {
    // Together: most of the time goes into waiting between tries of what the sandbox refuses.
    let tasks: Vec<_> = registry().iter().map(|c| tokio::spawn(wrong_outcomes(c))).collect();
    let (mut called, mut wrong) = (0, Vec::new());
    for task in tasks {
        let (calls, found) = task.await.unwrap();
        called += calls;
        wrong.extend(found);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(called > 1_900, "{called}");
}
