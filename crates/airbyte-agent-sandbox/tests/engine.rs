//! The engine against the sandbox, by the spec that uses every feature. The connectors have tests of
//! their own in the program's crate.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use airbyte_agent_core::description::{Action, Connector, Next, Operation};
use airbyte_agent_core::{Client, Credentials, Job, JobState, Local};
use airbyte_agent_sandbox::Sandbox;
use airbyte_agent_sandbox::sample::arguments;
use serde_json::{Map, Value, json};

/// The spec that uses every feature.
fn connector() -> Arc<Connector> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let spec = folder.join("../airbyte-agent-spec/tests/fixtures/feature.yaml");
    Arc::new(airbyte_agent_spec::load(&spec).unwrap())
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
async fn every_operation_works() {
    let mut wrong = Vec::new();
    let connector = connector();
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
            let at = format!("{}.{}", operation.entity, operation.action);
            match run(&client, operation, arguments(operation, &record)).await {
                Ok(data) if operation.action.is_array() => match data.get(0) {
                    Some(first) if record.is_null() => record = first.clone(),
                    Some(_) => {}
                    None => wrong.push(format!("{at}: no records: {data}")),
                },
                Ok(_) => {}
                Err(why) => wrong.push(format!("{at}: {why}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_list_has_250_to_300_records_and_pages_to_its_end() {
    let mut wrong = Vec::new();
    let connector = connector();
    let sandbox = Sandbox::builder().connector(Arc::clone(&connector)).start().await.unwrap();
    let client = client(&connector, &sandbox);
    for operation in connector.operations().filter(|o| o.action == Action::List) {
        let at = format!("{} {}", connector.name, operation.entity);
        let arguments = arguments(operation, &Value::Null);
        let call = client.execute(&operation.entity, "list", arguments.into());
        let records = match call.into_call().unwrap().items::<Value>().collect().await {
            Ok(records) => records,
            Err(why) => {
                wrong.push(format!("{at}: {why}"));
                continue;
            }
        };
        let count = records.len();
        let texts: BTreeSet<String> = records.iter().map(Value::to_string).collect();
        // What a filter hides is missing, and what cannot continue is cut.
        let cut =
            matches!(operation.paging.next, Next::None { .. }) && operation.paging.size.is_some();
        let least = match (cut, operation.response.filter.is_some()) {
            (true, _) => 1,
            (_, true) => 200,
            _ => 250,
        };
        let has_identity = records.first().is_some_and(|record| record.get("id").is_some());
        if !(least..=300).contains(&count) || has_identity && texts.len() != count {
            wrong.push(format!("{at}: {count} records, {} of them different", texts.len()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn jobs_run_to_their_end() {
    let connector = connector();
    let sandbox = Sandbox::builder().connector(Arc::clone(&connector)).start().await.unwrap();
    let client = client(&connector, &sandbox);
    let call = client.execute("exports", "create", json!({"format": "csv"})).into_call().unwrap();
    let mut job: Job = call.start().await.unwrap();
    assert_eq!(job.record()["state"], "running");
    let running = job.state().await.unwrap();
    assert_eq!(running, JobState::Running { state: "running".to_owned(), progress: Some(50.0) });
    assert_eq!(job.state().await.unwrap(), JobState::Done);
    let file = job.result().unwrap().download().await.unwrap();
    assert!(file.bytes().await.unwrap().len() > 1_000);
}
