//! The rules hold for every operation of every connector, in whatever way it is shown.

use std::path::PathBuf;

use airbyte_agent_core::description::{Connector, Operation};
use airbyte_agent_core::tools::{Exposure, Policy};
use airbyte_agent_core::{Client, Description};
use airbyte_agent_mcp::{Server, ServerBuilder};
use serde_json::{Map, Value, json};

use crate::harness::{Vendor, connect, tool};

/// The connectors of the repository.
pub(crate) fn all() -> Vec<Description> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../specs");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let specs = files.filter(|path| {
        let is_spec = path.extension().is_some_and(|extension| extension == "yaml");
        // The platform itself is no connector.
        is_spec && !path.ends_with("platform.yaml")
    });
    let mut all: Vec<Connector> = specs
        .map(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            airbyte_agent_spec::Spec::parse(&text).unwrap().lower().unwrap()
        })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(all.len() > 20, "{} connectors", all.len());
    all.into_iter().map(Description::from).collect()
}

fn changes(connector: &Connector) -> impl Iterator<Item = &Operation> {
    connector.operations().filter(|operation| !operation.hints.read_only)
}

/// A value for every parameter that must be given, so that nothing else is in the way.
fn params(operation: &Operation) -> Value {
    let required = operation.parameters.iter().filter(|parameter| parameter.required);
    let values = required.map(|parameter| (parameter.name.to_string(), json!("1")));
    values.collect::<Map<_, _>>().into()
}

/// A server of all connectors at one vendor.
fn server(connectors: &[Description], vendor: &Vendor) -> ServerBuilder {
    let mut builder = Server::builder();
    for connector in connectors {
        let client = Client::new(connector.clone(), vendor.clone());
        // What an account permits by itself does not widen what is permitted in general.
        let wide = Policy::default().allow("*.*").unwrap();
        builder = builder.account_with(connector.name.as_ref(), client, wide).unwrap();
    }
    builder
}

/// Calls of everything that changes something.
fn attempts(connectors: &[Description], exposure: Exposure, open: &Server) -> Vec<(String, Value)> {
    if exposure == Exposure::PerOperation {
        let tools = open.tools().definitions().into_iter();
        let changing = tools.filter(|tool| !tool.hints.read_only);
        return changing.map(|tool| (tool.name, json!({"id": "1"}))).collect();
    }
    let mut all = Vec::new();
    for connector in connectors {
        for operation in changes(connector) {
            let mut call = json!({
                "entity": operation.entity, "action": operation.action.as_str(),
                "params": params(operation),
            });
            let name = if exposure == Exposure::SearchExecute {
                call["connector"] = connector.name.as_ref().into();
                "execute".to_owned()
            } else {
                connector.name.replace('-', "_")
            };
            all.push((name, call));
        }
    }
    all
}

#[tokio::test]
async fn nothing_that_changes_anything_is_called_or_listed_in_read_only_mode() {
    let connectors = all();
    let vendor = Vendor::default();
    let changing: usize = connectors.iter().map(|connector| changes(connector).count()).sum();
    assert!(changing > 100, "{changing}");
    for exposure in [Exposure::PerOperation, Exposure::PerConnector, Exposure::SearchExecute] {
        let builder = server(&connectors, &vendor).exposure(exposure);
        let open = builder.clone().build();
        let session = connect(builder.policy(Policy::default().read_only()).build()).await;
        let attempts = attempts(&connectors, exposure, &open);
        assert_eq!(attempts.len(), changing, "{exposure:?}");
        for (name, arguments) in attempts {
            let answer = tool(&session, &name, arguments).await;
            assert_eq!(answer.error(), "not_permitted", "{exposure:?} {name}");
        }
        for tool in session.list_all_tools().await.unwrap() {
            assert_eq!(tool.annotations.unwrap().read_only_hint, Some(true), "{}", tool.name);
        }
    }
    assert!(vendor.called().is_empty(), "{:?}", vendor.called());
}
