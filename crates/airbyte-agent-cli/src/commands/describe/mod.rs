//! The command `describe`: explains connectors, entities and operations like the pages of a manual.

mod connector;
mod entity;
mod fields;
mod json;
mod operation;
mod page;

use std::io::Write as _;

use airbyte_agent_core::description::{Connector, Entity, Operation};
use airbyte_agent_core::{Error, find_operation, suggestion};

use crate::args::explain::DescribeArgs;
use crate::args::format::DocumentFormat;
use crate::failure::{Stop, usage_error};
use crate::{advice, output, pager, registry, terminal};

/// Width beyond which lines become hard to read.
const WIDEST: usize = 100;

/// How pages are formatted.
#[derive(Clone, Copy)]
struct PageStyle {
    width: usize,
    colours: bool,
}

/// What is explained.
enum Subject<'c> {
    Connector,
    Entity(&'c Entity),
    Operation(&'c Operation),
}

/// Prints the explanation of what the names stand for. A failure comes with a hint.
pub(crate) fn run_describe(args: &DescribeArgs) -> Result<(), Stop> {
    let hint = |error: &Error| advice::hint_for_names(error, args.spec.as_deref(), &args.names);
    let text = description_text(args).map_err(|error| Stop::from(error).with_hint(hint))?;
    match args.output {
        DocumentFormat::Text => pager::print_paged(&text, !args.no_pager),
        DocumentFormat::Json => Ok(writeln!(terminal::stdout(), "{text}")?),
    }
}

/// The explanation as a page or as JSON.
fn description_text(args: &DescribeArgs) -> Result<String, Error> {
    let (description, names) = registry::choose_connector(args.spec.as_deref(), &args.names)?;
    let connector: &Connector = &description;
    let subject = match names {
        [] => Subject::Connector,
        [name] => Subject::Entity(find_entity(connector, name)?),
        [name, action] => Subject::Operation(find_operation(connector, name, action)?),
        _ => return Err(usage_error("describe takes CONNECTOR [ENTITY [ACTION]]")),
    };
    if args.output == DocumentFormat::Json {
        let value = match subject {
            Subject::Connector => json::connector_json(connector),
            Subject::Entity(entity) => json::entity_json(entity),
            Subject::Operation(operation) => json::operation_json(operation),
        };
        return Ok(output::json_for_output(&value));
    }
    let style = PageStyle {
        width: terminal::width().min(WIDEST),
        colours: terminal::stdout_takes_colours(),
    };
    let spec = args.spec.as_deref();
    Ok(match subject {
        Subject::Connector => connector::connector_page(connector, spec, style),
        Subject::Entity(entity) => entity::entity_page(connector, entity, spec, style),
        Subject::Operation(operation) => {
            operation::operation_page(connector, operation, spec, style)
        }
    })
}

fn find_entity<'c>(connector: &'c Connector, name: &str) -> Result<&'c Entity, Error> {
    connector.entity(name).ok_or_else(|| {
        let names: Vec<&str> = connector.entities.iter().map(|e| e.name.as_ref()).collect();
        let hint = suggestion(name, &names);
        usage_error(format!("{} has no entity '{name}'{hint}", connector.name))
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::args::{Cli, Command};

    fn describe(names: &[&str]) -> String {
        let words = [&["airbyte-agent", "describe"], names].concat();
        let Command::Describe(args) = Cli::try_parse_from(&words).unwrap().command else {
            unreachable!("{words:?}")
        };
        description_text(&args).unwrap()
    }

    #[test]
    fn every_connector_entity_and_operation_can_be_described() {
        for connector in airbyte_agent::registry() {
            let name = connector.name.as_ref();
            assert!(describe(&[name]).contains(&*connector.title));
            let json = describe(&[name, "--output", "json"]);
            let json: serde_json::Value =
                serde_json::from_str(&console::strip_ansi_codes(&json)).unwrap();
            let listed = json["entities"].as_array().unwrap();
            assert_eq!(listed.len(), connector.entities.len(), "{name}");
            for operation in connector.operations() {
                let entity = operation.entity.as_ref();
                assert!(describe(&[name, entity]).contains(entity));
                assert!(describe(&[name, entity, operation.action.as_str()]).contains("RESULT"));
            }
        }
    }
}
