//! What an option or a position takes: names out of descriptions, choices of the command line.

use std::path::Path;

use airbyte_agent_core::Description;
use airbyte_agent_core::description::{Connector, Json, Operation, Parameter, Schema};
use clap::{Arg, Command, ValueHint};
use serde_json::Value;

use super::Candidate;
use crate::describe::{members, type_of};
use crate::example::is_needed;
use crate::registry;

/// What stands before the cursor.
#[derive(Default)]
pub(super) struct Given {
    pub(super) positionals: Vec<String>,
    options: Vec<(String, String)>,
}

impl Given {
    pub(super) fn option(&mut self, arg: &Arg, value: &str) {
        self.options.push((arg.get_id().to_string(), value.to_owned()));
    }

    pub(super) fn has(&self, arg: &Arg) -> bool {
        self.options.iter().any(|(id, _)| id == arg.get_id().as_str())
    }

    /// Whether a subcommand can still come.
    pub(super) fn is_fresh(&self) -> bool {
        self.positionals.is_empty()
    }

    fn all<'g>(&'g self, id: &'g str) -> impl Iterator<Item = &'g str> {
        self.options.iter().filter(move |(known, _)| known == id).map(|(_, value)| value.as_str())
    }

    fn spec(&self) -> Option<&str> {
        self.all("spec").next()
    }

    /// The connector that is meant, and the names behind it.
    fn connector(&self) -> Option<(Description, &[String])> {
        match (self.spec(), self.positionals.as_slice()) {
            (Some(path), names) => Some((registry::load(Path::new(path)).ok()?, names)),
            (None, [name, rest @ ..]) => Some((airbyte_agent::connector(name).ok()?, rest)),
            (None, []) => None,
        }
    }

    /// Calls `read` with the operation that is meant.
    fn operation<T>(&self, read: impl FnOnce(&Operation) -> T) -> Option<T> {
        let (description, names) = self.connector()?;
        let connector: &Connector = &description;
        let [entity, action, ..] = names else { return None };
        Some(read(connector.operation(entity, action.parse().ok()?)?))
    }
}

/// The values of an option.
pub(super) fn of_option(arg: &Arg, given: &Given, current: &str) -> Vec<Candidate> {
    match arg.get_id().as_str() {
        "param" => given.operation(|one| arguments(one, given, current)).unwrap_or_default(),
        "select" | "exclude" => given.operation(|one| fields(one, current)).unwrap_or_default(),
        "connector" => connectors(),
        "auth_scheme" | "scheme" => schemes(given),
        "spec" | "out" | "params" | "credentials" | "config" => Candidate::files(),
        _ => choices(arg),
    }
}

/// The values of the next position; `None` when there is none.
pub(super) fn of_position(command: &Command, given: &Given) -> Option<Vec<Candidate>> {
    let count = given.positionals.len();
    let takes_many = |arg: &&Arg| arg.get_num_args().is_some_and(|n| n.max_values() > count);
    let last = || command.get_positionals().last().filter(takes_many);
    let position = command.get_positionals().nth(count).or_else(last)?;
    match position.get_id().as_str() {
        "names" => names(given),
        "connector" => Some(connectors()),
        _ => Some(choices(position)),
    }
}

fn choices(arg: &Arg) -> Vec<Candidate> {
    if matches!(arg.get_value_hint(), ValueHint::FilePath | ValueHint::AnyPath | ValueHint::DirPath)
    {
        return Candidate::files();
    }
    let values = arg.get_possible_values();
    let shown = values.iter().filter(|value| !value.is_hide_set());
    let help = |value: &clap::builder::PossibleValue| {
        value.get_help().map(ToString::to_string).unwrap_or_default()
    };
    shown.map(|value| Candidate::new(value.get_name(), &help(value))).collect()
}

fn connectors() -> Vec<Candidate> {
    let all = airbyte_agent::registry().iter();
    all.map(|connector| Candidate::new(&*connector.name, &connector.title)).collect()
}

/// CONNECTOR ENTITY ACTION, or ENTITY ACTION of a spec.
fn names(given: &Given) -> Option<Vec<Candidate>> {
    if given.positionals.is_empty() && given.spec().is_none() {
        return Some(connectors());
    }
    let Some((description, names)) = given.connector() else { return Some(Vec::new()) };
    let connector: &Connector = &description;
    match names {
        [] => {
            let entities = connector.entities.iter();
            Some(entities.map(|one| Candidate::new(&*one.name, &one.description)).collect())
        }
        [entity] => {
            let operations = connector.entity(entity).into_iter().flat_map(|e| e.operations.iter());
            let told = |one: &Operation| Candidate::new(one.action.as_str(), &one.summary);
            Some(operations.map(told).collect())
        }
        _ => None,
    }
}

fn schemes(given: &Given) -> Vec<Candidate> {
    let Some((description, _)) = given.connector() else { return Vec::new() };
    description.auth.iter().map(|scheme| Candidate::new(&*scheme.name, &scheme.title)).collect()
}

/// `NAME=` for every argument that is not given yet, then the values it may have.
fn arguments(operation: &Operation, given: &Given, current: &str) -> Vec<Candidate> {
    if let Some((name, value)) = current.split_once('=') {
        return match schema_of(operation, name) {
            Some(schema) => values(schema, &format!("{name}="), value),
            None => Vec::new(),
        };
    }
    let is_list = |parameter: &Parameter| !parameter.schema.items.is_empty();
    let is_given = |parameter: &Parameter| {
        given.all("param").any(|pair| pair.split([':', '=']).next() == Some(&*parameter.name))
    };
    let mut found = Vec::new();
    let (needed, optional): (Vec<&Parameter>, Vec<&Parameter>) =
        operation.parameters.iter().partition(|parameter| is_needed(parameter));
    for parameter in needed.into_iter().chain(optional) {
        if is_given(parameter) && !is_list(parameter) {
            continue;
        }
        let need = if is_needed(parameter) { ", required" } else { "" };
        let help = format!("{}{need}. {}", type_of(&parameter.schema), parameter.description);
        found.push(argument(format!("{}=", parameter.name), &help));
        // Members of an object once its name is there.
        if current.starts_with(&format!("{}.", parameter.name)) {
            for property in parameter.schema.properties.iter() {
                let name = format!("{}.{}=", parameter.name, property.name);
                found.push(argument(name, &property.schema.description));
            }
        }
    }
    found
}

/// The type and the first sentence behind it.
fn argument(value: String, help: &str) -> Candidate {
    let (kind, said) = help.split_once(". ").unwrap_or((help, ""));
    let mut candidate = Candidate::new(value, "");
    let said = Candidate::new("", said).help;
    candidate.help = match (kind, said.as_str()) {
        (kind, "") => kind.to_owned(),
        (kind, said) => format!("{kind}. {said}").chars().take(super::HELP).collect(),
    };
    candidate
}

fn schema_of<'o>(operation: &'o Operation, name: &str) -> Option<&'o Schema> {
    let name = name.strip_suffix(':').unwrap_or(name);
    if let Some(parameter) = operation.parameter(name) {
        return Some(&parameter.schema);
    }
    let (first, rest) = name.split_once('.')?;
    Some(&operation.parameter(first)?.schema.property(rest)?.schema)
}

/// Choices behind what is there of the word; of a list behind its last comma.
fn values(schema: &Schema, before: &str, value: &str) -> Vec<Candidate> {
    let (element, kept) = match schema.items.first() {
        Some(items) if schema.choices.is_empty() => {
            (items, value.rsplit_once(',').map(|(kept, _)| format!("{kept},")).unwrap_or_default())
        }
        _ => (schema, String::new()),
    };
    let choices = element.choices.iter().map(|choice| match choice.value() {
        Value::String(text) => text,
        other => other.to_string(),
    });
    let mut words: Vec<String> = choices.collect();
    if words.is_empty() && element.kinds.iter().any(|kind| kind.as_str() == "boolean") {
        words = vec!["true".to_owned(), "false".to_owned()];
    }
    words.into_iter().map(|word| Candidate::new(format!("{before}{kept}{word}"), "")).collect()
}

/// Fields of the records, behind the last comma.
fn fields(operation: &Operation, current: &str) -> Vec<Candidate> {
    let Some(schema) = operation.response.schema.as_ref().map(Json::value) else {
        return Vec::new();
    };
    let kept = current.rsplit_once(',').map(|(kept, _)| format!("{kept},")).unwrap_or_default();
    let known: Vec<&str> = kept.split(',').collect();
    let fields = members(&schema).into_iter().flatten();
    fields
        .filter(|(name, _)| !known.contains(&name.as_str()))
        .map(|(name, field)| {
            let said = field.get("description").and_then(Value::as_str).unwrap_or_default();
            Candidate::new(format!("{kept}{name}"), said)
        })
        .collect()
}
