//! What the descriptions give as an example of a choice of fields can be chosen by a model.

use airbyte_agent::Client;
use airbyte_agent::core::description::Body;
use airbyte_agent::core::tools::ClientTools as _;
use airbyte_agent::registry;
use airbyte_agent::serde_json::{self, Value, json};
use airbyte_agent_cli::engine::LocalEngine;
use airbyte_agent_sandbox::{Sandbox, sample};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn examples_of_chosen_fields_are_within_reach() {
    let mut tried = 0;
    for connector in registry() {
        let chosen: Vec<_> = connector
            .operations()
            .filter(|operation| matches!(&operation.body, Body::GraphQl(g) if g.takes_selection()))
            .collect();
        if chosen.is_empty() {
            continue;
        }
        let sandbox = Sandbox::builder().connector((*connector).clone()).start().await.unwrap();
        let engine = LocalEngine::new([*connector]);
        let client: Client = engine.client(&connector.name, &sandbox.url()).unwrap();
        for operation in chosen {
            let place = operation.place();
            let description = &operation.parameter("fields").unwrap().description;
            let example = description.split_once("Example: `").expect(&place).1;
            let example = example.split_once('`').expect(&place).0;
            let example: Value = serde_json::from_str(example).expect(&place);
            let call = json!({
                "entity": operation.entity, "action": operation.action,
                "params": sample::arguments(operation, &Value::Null), "fields": example,
            });
            let output = client.tools().call(&connector.name, call).await;
            let error = output.err().map(|error| error.to_string()).unwrap_or_default();
            assert!(!error.contains("does not read"), "{place}: {error}");
            tried += 1;
        }
        sandbox.shutdown().await;
    }
    assert!(tried > 30, "{tried}");
}
