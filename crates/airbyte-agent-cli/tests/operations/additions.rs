//! Airbyte's own platform does not know the additions of the specs: calls of them are refused before
//! anything is sent, and calls of all other operations are not.

use airbyte_agent_core::{Client, Hosted};
use airbyte_agent_sandbox::sample;
use serde_json::Value;

#[test]
fn the_cloud_is_asked_for_no_addition() {
    let (mut refused, mut wrong) = (0, Vec::new());
    for connector in airbyte_agent::registry() {
        let hosted = Hosted::new("id", "secret").base_url("https://api.airbyte.ai");
        let client = Client::hosted(*connector, hosted.workspace("default")).unwrap();
        for operation in connector.operations() {
            let arguments = sample::arguments(operation, &Value::Null);
            let is_addition = operation.is_addition
                || arguments
                    .keys()
                    .any(|name| operation.parameter(name).is_some_and(|p| p.is_addition));
            let call =
                client.execute(&operation.entity, operation.action.as_str(), arguments.into());
            let why = match call.into_call().and_then(|call| call.dry_run()) {
                Ok(_) => None,
                Err(why) => Some(why.message().to_owned()),
            };
            let is_refused = why.as_ref().is_some_and(|why| why.contains("platform does not know"));
            refused += u32::from(is_refused);
            if is_addition != is_refused || !is_refused && why.is_some() {
                wrong.push(format!("{} {}: {why:?}", connector.name, operation.place()));
            }
        }
    }
    assert!(refused > 0 && wrong.is_empty(), "{}", wrong.join("\n"));
}
