//! `search`: operations by what somebody wants to do.

use std::collections::BTreeSet;
use std::io::Write as _;

use airbyte_agent_core::description::{Connector, Operation};
use airbyte_agent_core::tools::search::Index;
use airbyte_agent_core::{Description, Error};
use console::Style;
use serde_json::{Value, json};

use crate::args::{Format, SearchArgs};
use crate::failure::Stop;
use crate::output::{self, Printed};
use crate::{example, registry, terminal};

/// An operation that was found.
struct Found<'c> {
    connector: &'c Connector,
    operation: &'c Operation,
    command: String,
    score: f32,
}

/// Prints the operations that fit the words best.
pub(crate) fn search(args: &SearchArgs) -> Result<(), Stop> {
    let query = args.words.join(" ");
    let sources = sources(args)?;
    let index = Index::new(sources.iter().map(|(description, _)| &**description));
    let hits = index.search(&query, usize::from(args.limit));
    let found: Vec<Found<'_>> = hits
        .iter()
        .filter_map(|hit| {
            let (description, spec) = sources.iter().find(|(d, _)| d.name == hit.connector)?;
            let connector: &Connector = description;
            let operation = connector.operation(&hit.entity, hit.action)?;
            let command = example::command(connector, operation, *spec);
            Some(Found { connector, operation, command, score: hit.score })
        })
        .collect();
    match output::format(args.output) {
        Format::Table => Ok(write(&found, &query)?),
        format => {
            let data = Value::Array(found.iter().map(told).collect());
            output::print(format, &Printed { data, meta: Value::Null, next: None })
        }
    }
}

type Source<'a> = (Description, Option<&'a std::path::Path>);

/// What is searched: the connectors named and the specs, or everything that is built in.
fn sources(args: &SearchArgs) -> Result<Vec<Source<'_>>, Error> {
    let mut sources: Vec<Source<'_>> = Vec::new();
    for path in &args.spec {
        sources.push((registry::load(path)?, Some(path.as_path())));
    }
    if args.connector.is_empty() && args.spec.is_empty() {
        let built_in = airbyte_agent::registry().iter();
        sources.extend(built_in.map(|connector| (Description::from(*connector), None)));
    }
    let named: BTreeSet<&str> = args.connector.iter().map(String::as_str).collect();
    for name in named {
        sources.push((airbyte_agent::connector(name)?, None));
    }
    Ok(sources)
}

fn told(found: &Found<'_>) -> Value {
    json!({
        "connector": found.connector.name,
        "entity": found.operation.entity,
        "action": found.operation.action,
        "summary": summary(found.operation),
        "read_only": found.operation.hints.read_only,
        "command": found.command,
        "score": found.score,
    })
}

fn summary(operation: &Operation) -> &str {
    match operation.summary.as_ref() {
        "" => operation.description.lines().next().unwrap_or_default(),
        summary => summary,
    }
}

fn write(found: &[Found<'_>], query: &str) -> Result<(), std::io::Error> {
    let mut out = std::io::stdout().lock();
    if found.is_empty() {
        let query = terminal::one_line(query);
        writeln!(out, "Nothing found for \"{query}\".")?;
        return writeln!(out, "All connectors: airbyte-agent connectors");
    }
    let colours = terminal::takes_colours();
    let bold = Style::new().bold().force_styling(colours);
    let dim = Style::new().dim().force_styling(colours);
    let width = terminal::width();
    for (index, one) in found.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let name =
            format!("{} {} {}", one.connector.name, one.operation.entity, one.operation.action);
        let writes = if one.operation.hints.read_only { "" } else { " (changes data)" };
        writeln!(out, "{}{writes}", bold.apply_to(name))?;
        write!(out, "{}", terminal::wrap(summary(one.operation), 4, width))?;
        // Not wrapped, so that it can be copied.
        writeln!(out, "    {}", dim.apply_to(format!("$ {}", one.command)))?;
    }
    Ok(())
}
