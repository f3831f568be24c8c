//! `describe`: connectors, entities and operations, explained.

mod connector;
mod entity;
mod fields;
mod json;
mod operation;
mod page;

use std::io::Write as _;

use airbyte_agent_core::description::{Connector, Entity, Operation, Schema};
use airbyte_agent_core::{Error, find_operation, suggestion};

pub(crate) use self::fields::members;
use crate::args::{DescribeArgs, Manner};
use crate::failure::{Stop, usage};
use crate::{advice, output, pager, registry, terminal};

/// Widest text that is still easy to read.
const WIDEST: usize = 100;

/// How a page looks.
#[derive(Clone, Copy)]
struct Look {
    width: usize,
    colours: bool,
}

/// What is explained.
enum Subject<'c> {
    Connector,
    Entity(&'c Entity),
    Operation(&'c Operation),
}

/// Explains what the names mean.
pub(crate) fn describe(args: &DescribeArgs) -> Result<(), Stop> {
    let advise = |error: &Error| advice::on_names(error, args.spec.as_deref(), &args.names);
    explain(args).map_err(|stop| stop.with_hint(advise))
}

fn explain(args: &DescribeArgs) -> Result<(), Stop> {
    let (description, names) = registry::choose(args.spec.as_deref(), &args.names)?;
    let connector: &Connector = &description;
    let subject = match names {
        [] => Subject::Connector,
        [name] => Subject::Entity(entity(connector, name)?),
        [name, action] => Subject::Operation(find_operation(connector, name, action)?),
        _ => return Err(usage("describe takes CONNECTOR [ENTITY [ACTION]]").into()),
    };
    if args.output == Manner::Json {
        let value = match subject {
            Subject::Connector => json::connector(connector),
            Subject::Entity(entity) => json::entity(entity),
            Subject::Operation(operation) => json::operation(operation),
        };
        return Ok(writeln!(std::io::stdout(), "{}", output::json_text(&value))?);
    }
    let look = Look { width: terminal::width().min(WIDEST), colours: terminal::takes_colours() };
    let spec = args.spec.as_deref();
    let shown = match subject {
        Subject::Connector => connector::text(connector, spec, look),
        Subject::Entity(entity) => entity::text(connector, entity, spec, look),
        Subject::Operation(operation) => operation::text(connector, operation, spec, look),
    };
    pager::show(&shown, !args.no_pager)
}

fn entity<'c>(connector: &'c Connector, name: &str) -> Result<&'c Entity, Error> {
    connector.entity(name).ok_or_else(|| {
        let names: Vec<&str> = connector.entities.iter().map(|e| e.name.as_ref()).collect();
        let hint = suggestion(name, &names);
        usage(format!("{} has no entity '{name}'{hint}", connector.name))
    })
}

/// The type of a value in words: `string`, `array of integer`, `string or null`.
pub(crate) fn type_of(schema: &Schema) -> String {
    let mut kinds: Vec<String> = schema
        .kinds
        .iter()
        .map(|kind| match (kind.as_str(), schema.items.first()) {
            ("array", Some(items)) if !items.kinds.is_empty() => {
                format!("array of {}", type_of(items))
            }
            (kind, _) => kind.to_owned(),
        })
        .collect();
    if kinds.is_empty() {
        return "any".to_owned();
    }
    if schema.nullable {
        kinds.push("null".to_owned());
    }
    kinds.join(" or ")
}
