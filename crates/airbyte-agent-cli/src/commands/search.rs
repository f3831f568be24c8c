//! The command `search`: finds operations by what somebody wants to do.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use airbyte_agent_core::description::{Connector, Operation};
use airbyte_agent_core::tools::search::Index;
use airbyte_agent_core::{Description, Error};
use console::Style;
use serde_json::{Value, json};

use crate::args::explain::SearchArgs;
use crate::args::format::Format;
use crate::failure::Stop;
use crate::output::{self, ResultDocument};
use crate::{example, notes, registry, terminal};

/// An operation that matches the query.
struct Match<'c> {
    connector: &'c Connector,
    operation: &'c Operation,
    /// A command line that runs the operation.
    command: String,
    score: f32,
}

/// A connector that is searched, and the spec file that it comes from if it is not built in.
type Source<'a> = (Description, Option<&'a Path>);

/// Prints the operations that match the words best.
pub(crate) fn run_search(args: &SearchArgs) -> Result<(), Stop> {
    let query = args.words.join(" ");
    let sources = select_sources(args)?;
    let index = Index::new(sources.iter().map(|(description, _)| &**description));
    let hits = index.search(&query, usize::from(args.limit));
    notes::print_notes(index.unserved(&query).map(|unserved| unserved.to_string()));
    let matches: Vec<Match<'_>> = hits
        .iter()
        .filter_map(|hit| {
            let (description, spec) = sources.iter().find(|(d, _)| d.name == hit.connector)?;
            let connector: &Connector = description;
            let operation = connector.operation(&hit.entity, hit.action)?;
            let command = example::example_command(connector, operation, *spec);
            Some(Match { connector, operation, command, score: hit.score })
        })
        .collect();
    if output::format_or_default(args.output) == Format::Table {
        return Ok(print_matches(&matches, &query)?);
    }
    let data = Value::Array(matches.iter().map(match_json).collect());
    output::print_result(args.output, &ResultDocument::of_data(data))
}

/// The connectors and specs that the arguments name, otherwise all built-in connectors.
fn select_sources(args: &SearchArgs) -> Result<Vec<Source<'_>>, Error> {
    let mut sources: Vec<Source<'_>> = Vec::new();
    for path in &args.spec {
        sources.push((registry::load_spec_with_notes(path)?, Some(path.as_path())));
    }
    if args.connector.is_empty() && args.spec.is_empty() {
        let built_in = airbyte_agent::registry().iter();
        sources.extend(built_in.map(|connector| (Description::from(*connector), None)));
    }
    let names: BTreeSet<&str> = args.connector.iter().map(String::as_str).collect();
    for name in names {
        sources.push((airbyte_agent::connector(name)?, None));
    }
    Ok(sources)
}

fn match_json(found: &Match<'_>) -> Value {
    json!({
        "connector": found.connector.name,
        "entity": found.operation.entity,
        "action": found.operation.action,
        "summary": operation_summary(found.operation),
        "read_only": found.operation.hints.read_only,
        "command": found.command,
        "score": found.score,
    })
}

/// The summary of an operation, or the first line of its description where it has none.
fn operation_summary(operation: &Operation) -> &str {
    match operation.summary.as_ref() {
        "" => operation.description.lines().next().unwrap_or_default(),
        summary => summary,
    }
}

fn print_matches(matches: &[Match<'_>], query: &str) -> Result<(), std::io::Error> {
    let mut out = terminal::stdout();
    if matches.is_empty() {
        let query = terminal::single_line(query);
        writeln!(out, "Nothing found for \"{query}\".")?;
        return writeln!(out, "To list all connectors: airbyte-agent connectors");
    }
    let colours = terminal::stdout_takes_colours();
    let bold = Style::new().bold().force_styling(colours);
    let dim = Style::new().dim().force_styling(colours);
    let width = terminal::width();
    for (index, Match { connector, operation, command, .. }) in matches.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let name = format!("{} {} {}", connector.name, operation.entity, operation.action);
        let effect = if operation.hints.read_only { "" } else { " (changes data)" };
        writeln!(out, "{}{effect}", bold.apply_to(name))?;
        write!(out, "{}", terminal::wrap_text(operation_summary(operation), 4, width))?;
        // The command is not wrapped, so that it can be copied.
        writeln!(out, "    {}", dim.apply_to(format!("$ {command}")))?;
    }
    Ok(())
}
