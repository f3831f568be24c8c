//! What a spec becomes: the feature fixture, and oddities of published specs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod connector;
mod operations;
mod published;

use airbyte_agent_description::{Action, Connector, Operation, Parameter, Piece, Template};
use airbyte_agent_spec::Spec;

const SMALL: &str = include_str!("../fixtures/small.yaml");
const FEATURE: &str = include_str!("../fixtures/feature.yaml");

fn lower(text: &str) -> Connector {
    match Spec::parse(text).and_then(|spec| spec.lower()) {
        Ok(connector) => connector,
        Err(problems) => panic!("{problems:#?}"),
    }
}

fn feature() -> Connector {
    lower(FEATURE)
}

/// The small spec with one text replaced.
fn small(from: &str, to: &str) -> Connector {
    assert_eq!(SMALL.matches(from).count(), 1, "{from:?} must occur once");
    lower(&SMALL.replace(from, to))
}

fn operation<'c>(connector: &'c Connector, entity: &str, action: Action) -> &'c Operation {
    connector.operation(entity, action).unwrap_or_else(|| panic!("{entity}.{action}"))
}

fn parameter<'o>(operation: &'o Operation, name: &str) -> &'o Parameter {
    operation.parameter(name).unwrap_or_else(|| panic!("{name}"))
}

fn show(template: &Template) -> String {
    template
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_string(),
            Piece::Name(name) => format!("<{name}>"),
        })
        .collect()
}
