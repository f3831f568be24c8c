//! The engine against the sandbox: every operation of every spec of this repository, and what was
//! written can be read again.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use airbyte_agent_core::description::{Action, Connector, Next, Operation};
use airbyte_agent_core::{Client, Credentials, Local};
use airbyte_agent_sandbox::Sandbox;
use airbyte_agent_sandbox::sample::arguments;
use serde_json::{Map, Value, json};

fn specs() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = here.join("../../specs");
    let mut all: Vec<PathBuf> = std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    all.retain(|path| {
        path.extension().is_some_and(|e| e == "yaml") && !path.ends_with("platform.yaml")
    });
    all.push(here.join("../airbyte-agent-spec/tests/fixtures/feature.yaml"));
    all.sort();
    all
}

/// Values for everything that the first scheme asks for.
fn credentials(connector: &Connector) -> Credentials {
    let Some(scheme) = connector.auth.first() else { return Credentials::new() };
    let fields = scheme.fields.iter().filter(|field| field.required);
    fields.fold(Credentials::new().scheme(scheme.name.to_string()), |all, field| {
        all.field(field.name.to_string(), "sandbox-us1")
    })
}

fn client(connector: &Arc<Connector>, sandbox: &Sandbox) -> Client {
    let mut local = Local::new(credentials(connector)).via(sandbox.url());
    for variable in connector.server.variables.iter().filter(|v| v.default.is_none()) {
        local = local.config(variable.name.to_string(), "sandbox");
    }
    Client::local(Arc::clone(connector), local).unwrap()
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

async fn run(
    client: &Client,
    operation: &Operation,
    arguments: Map<String, Value>,
) -> Result<Value, String> {
    let call =
        client.execute(&operation.entity, operation.action.as_str(), arguments.clone().into());
    if operation.action == Action::Download {
        let call = call.into_call().map_err(|error| error.to_string())?;
        let bytes = call.download().await.map_err(|error| error.to_string())?.bytes().await;
        let length = bytes.map_err(|error| error.to_string())?.len();
        return if length >= 200_000 { Ok(json!(length)) } else { Err(format!("{length} bytes")) };
    }
    call.await
        .map(|outcome| outcome.data)
        .map_err(|error| format!("{error} for {}", Value::Object(arguments)))
}

#[tokio::test]
async fn every_operation_of_every_spec_works() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for path in specs() {
        let connector = Arc::new(airbyte_agent_spec::load(&path).unwrap());
        let sandbox = Sandbox::builder().connector(Arc::clone(&connector)).start().await.unwrap();
        let client = client(&connector, &sandbox);
        for entity in connector.entities.iter() {
            let mut record = Value::Null;
            let mut operations: Vec<&Operation> = entity.operations.iter().collect();
            operations.sort_by_key(|operation| {
                let order = [
                    Action::List,
                    Action::Search,
                    Action::Get,
                    Action::Download,
                    Action::Create,
                    Action::Update,
                    Action::Delete,
                ];
                order.iter().position(|action| *action == operation.action)
            });
            for operation in operations {
                count += 1;
                let at = format!("{} {}.{}", connector.name, operation.entity, operation.action);
                let done = run(&client, operation, arguments(operation, &record)).await;
                if let Some(last) = sandbox.requests().iter().rev().find(|r| !r.entity.is_empty()) {
                    let same =
                        last.entity == operation.entity && last.action == operation.action.as_str();
                    // A search text that is made up does not say which of several searches it is.
                    let told = !matches!(operation.action, Action::Download | Action::Search);
                    if !same && told {
                        wrong.push(format!("{at} was taken for {}.{}", last.entity, last.action));
                    }
                }
                match done {
                    Ok(data) if operation.action.is_array() => match data.get(0) {
                        Some(first) if record.is_null() => record = first.clone(),
                        Some(_) => {}
                        None => wrong.push(format!(
                            "{at}: no records: {}",
                            data.to_string().chars().take(200).collect::<String>()
                        )),
                    },
                    Ok(_) => {}
                    Err(why) => wrong.push(format!("{at}: {why}")),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} failed:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn every_list_has_250_to_300_records_and_pages_to_its_end() {
    let mut wrong = Vec::new();
    for path in specs() {
        let connector = Arc::new(airbyte_agent_spec::load(&path).unwrap());
        let sandbox = Sandbox::builder().connector(Arc::clone(&connector)).start().await.unwrap();
        let client = client(&connector, &sandbox);
        for operation in connector.operations().filter(|o| o.action == Action::List) {
            let at = format!("{} {}", connector.name, operation.entity);
            let call = client.execute(
                &operation.entity,
                "list",
                arguments(operation, &Value::Null).into(),
            );
            let mut items = call.into_call().unwrap().items::<Value>();
            let mut texts = BTreeSet::new();
            let (mut count, mut has_identity) = (0, true);
            loop {
                match items.try_next().await {
                    Ok(Some(record)) => {
                        let names = record.as_object().into_iter().flat_map(|map| map.keys());
                        has_identity &= names.map(|name| plain(name)).any(|name| {
                            ["id", "gid", "number", "key", "ts", "name"].contains(&name.as_str())
                        });
                        texts.insert(record.to_string());
                        count += 1;
                    }
                    Ok(None) => break,
                    Err(error) => {
                        wrong.push(format!("{at}: {error} after {count}"));
                        break;
                    }
                }
            }
            let filtered = operation.response.filter.is_some();
            let cut = matches!(operation.paging.next, Next::None { .. })
                && operation.paging.size.is_some();
            let least = if cut {
                1
            } else if filtered {
                200
            } else {
                250
            };
            if !(least..=300).contains(&count) || has_identity && texts.len() != count {
                wrong.push(format!("{at}: {count} records, {} of them different", texts.len()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
