//! Read-only holds for every operation of every connector, in every exposure, locally and hosted.

use airbyte_agent::core::description::{Connector, Operation};
use airbyte_agent::core::tools::{ClientTools as _, Exposure, Policy, ToolErrorKind, Toolset};
use airbyte_agent::serde_json::{Value, json};
use airbyte_agent::{Client, Hosted, registry};
use airbyte_agent_cli::engine::LocalEngine;
use airbyte_agent_sandbox::{CLIENT_ID, CLIENT_SECRET, Sandbox};

use super::offline::EXPOSURES;

/// What calls add to their arguments in the hope of being let through.
fn pleas() -> [Value; 4] {
    [
        json!({}),
        json!({"read_only": false, "policy": {"read_only": false, "allow": ["*"]}}),
        json!({"_airbyte_policy": "all", "mode": "write", "exposure": "per_operation"}),
        json!({"hints": {"read_only": true}, "force": true}),
    ]
}

/// The ways to name an operation in an exposure.
fn calls(
    exposure: Exposure,
    connector: &Connector,
    operation: &Operation,
    plea: &Value,
) -> Vec<(String, Value)> {
    let (entity, action, place) = (&operation.entity, operation.action, operation.place());
    let name = connector.name.replace('-', "_");
    let with = |arguments: Value| {
        let mut arguments = arguments;
        if let (Some(all), Some(more)) = (arguments.as_object_mut(), plea.as_object()) {
            all.extend(more.clone());
        }
        arguments
    };
    if exposure == Exposure::PerOperation {
        let name = format!("{name}_{entity}_{action}");
        // Longer names are made in another way.
        let short = name.len() <= 50;
        let names = [name.clone(), name.to_uppercase(), name.replace('_', "-")];
        let calls = names.into_iter().map(|name| (name, plea.clone()));
        return if short { calls.collect() } else { Vec::new() };
    }
    let tool = if exposure == Exposure::SearchExecute { "execute" } else { &name };
    [
        json!({"entity": entity, "action": action, "params": plea}),
        json!({"entity": entity, "action": place}),
        json!({"entity": place, "action": "list", "params": {}}),
        json!({"entity": place}),
    ]
    .map(|arguments| {
        let mut arguments = with(arguments);
        arguments["connector"] = connector.name.as_ref().into();
        (tool.to_owned(), arguments)
    })
    .into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_operation_that_writes_gets_through_any_door() {
    let engine = LocalEngine::new(registry().iter().copied());
    let sandbox = registry()
        .iter()
        .fold(Sandbox::builder().executor(engine.clone()), |sandbox, connector| {
            sandbox.connector(*connector)
        })
        .start()
        .await
        .unwrap();
    let mut refused = 0;
    for connector in registry() {
        let hosted = Hosted::new(CLIENT_ID, CLIENT_SECRET).via(sandbox.url());
        for client in [
            engine.client(&connector.name, &sandbox.url()).unwrap(),
            Client::hosted(*connector, hosted).unwrap(),
        ] {
            let by_account = Toolset::empty()
                .add_with(connector.name.as_ref(), client.clone(), Policy::default().read_only())
                .unwrap()
                .policy(Policy::default().allow("*").unwrap());
            for tools in [client.tools().policy(Policy::default().read_only()), by_account] {
                for exposure in EXPOSURES {
                    refused += refuse(&tools.clone().exposure(exposure), connector, exposure).await;
                }
            }
        }
    }
    // Refused means: before anything is sent, a token for the platform included.
    assert!(sandbox.requests().is_empty(), "{:?}", sandbox.requests());
    assert!(refused > 5_000, "{refused}");
    sandbox.shutdown().await;
}

/// Tries everything that writes; gives back how often it was refused.
async fn refuse(tools: &Toolset, connector: &Connector, exposure: Exposure) -> usize {
    let batch = tools.clone().batches(true);
    let mut refused = 0;
    for operation in connector.operations().filter(|operation| !operation.hints.read_only) {
        for plea in pleas() {
            for (name, arguments) in calls(exposure, connector, operation, &plea) {
                let place = format!("{exposure:?} {name} {arguments}");
                let call = json!({"tool": name, "arguments": arguments});
                let output = batch.call("batch", json!({"calls": [call]})).await.expect(&place);
                let result = &output.structured["results"]["1"];
                assert_eq!(result["error"], "not_permitted", "{place}: {result}");
                let error = tools.call(&name, arguments).await.expect_err(&place);
                assert_eq!(error.kind(), ToolErrorKind::NotPermitted, "{place}: {error}");
                refused += 1;
            }
        }
    }
    refused
}
