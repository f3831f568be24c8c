//! Values of options and positional arguments: names from descriptions, and the choices of the
//! command line.

use std::path::Path;

use airbyte_agent_core::Description;
use airbyte_agent_core::description::{Connector, Json, Operation, Parameter, Schema};
use clap::{Arg, Command, ValueHint};
use serde_json::Value;

use super::Candidate;
use crate::example::must_be_given;
use crate::registry;
use crate::schema_text::{schema_members, type_text};

/// The words before the cursor, by their meaning.
#[derive(Default)]
pub(super) struct PrecedingWords {
    pub(super) positionals: Vec<String>,
    options: Vec<(String, String)>,
}

impl PrecedingWords {
    pub(super) fn add_option(&mut self, arg: &Arg, value: &str) {
        self.options.push((arg.get_id().to_string(), value.to_owned()));
    }

    pub(super) fn has_option(&self, arg: &Arg) -> bool {
        self.options.iter().any(|(id, _)| id == arg.get_id().as_str())
    }

    /// Whether a subcommand can still follow.
    pub(super) fn is_fresh(&self) -> bool {
        self.positionals.is_empty()
    }

    /// The values of all options with this id.
    fn option_values<'g>(&'g self, id: &'g str) -> impl Iterator<Item = &'g str> {
        self.options.iter().filter(move |(known, _)| known == id).map(|(_, value)| value.as_str())
    }

    fn spec(&self) -> Option<&str> {
        self.option_values("spec").next()
    }

    /// The connector that the words name, and the names after it.
    fn connector(&self) -> Option<(Description, &[String])> {
        match (self.spec(), self.positionals.as_slice()) {
            (Some(path), names) => Some((registry::load_spec(Path::new(path)).ok()?, names)),
            (None, [name, rest @ ..]) => Some((airbyte_agent::connector(name).ok()?, rest)),
            (None, []) => None,
        }
    }

    /// Calls the function with the operation that the words name.
    fn with_operation<T>(&self, function: impl FnOnce(&Operation) -> T) -> Option<T> {
        let (description, names) = self.connector()?;
        let connector: &Connector = &description;
        let [entity, action, ..] = names else { return None };
        Some(function(connector.operation(entity, action.parse().ok()?)?))
    }
}

/// The values of an option. `current` is what has been typed of the value.
pub(super) fn option_values(
    arg: &Arg,
    preceding: &PrecedingWords,
    current: &str,
) -> Vec<Candidate> {
    match arg.get_id().as_str() {
        "param" => preceding
            .with_operation(|operation| arguments(operation, preceding, current))
            .unwrap_or_default(),
        "select" | "exclude" => {
            preceding.with_operation(|operation| fields(operation, current)).unwrap_or_default()
        }
        "connector" => connectors(),
        "auth_scheme" | "scheme" => schemes(preceding),
        "spec" | "out" | "params" | "credentials" | "config" => Candidate::files(),
        _ => choices(arg),
    }
}

/// The values of the next positional argument; `None` if the command takes no further one.
pub(super) fn positional_values(
    command: &Command,
    preceding: &PrecedingWords,
) -> Option<Vec<Candidate>> {
    let count = preceding.positionals.len();
    let takes_many = |arg: &&Arg| arg.get_num_args().is_some_and(|n| n.max_values() > count);
    let last = || command.get_positionals().last().filter(takes_many);
    let position = command.get_positionals().nth(count).or_else(last)?;
    match position.get_id().as_str() {
        "names" => names(preceding),
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

/// CONNECTOR ENTITY ACTION, or ENTITY ACTION with `--spec`.
fn names(preceding: &PrecedingWords) -> Option<Vec<Candidate>> {
    if preceding.positionals.is_empty() && preceding.spec().is_none() {
        return Some(connectors());
    }
    let Some((description, names)) = preceding.connector() else { return Some(Vec::new()) };
    let connector: &Connector = &description;
    match names {
        [] => {
            let entities = connector.entities.iter();
            Some(entities.map(|one| Candidate::new(&*one.name, &one.description)).collect())
        }
        [entity] => {
            let operations = connector.entity(entity).into_iter().flat_map(|e| e.operations.iter());
            let candidate = |operation: &Operation| {
                Candidate::new(operation.action.as_str(), &operation.summary)
            };
            Some(operations.map(candidate).collect())
        }
        _ => None,
    }
}

fn schemes(preceding: &PrecedingWords) -> Vec<Candidate> {
    let Some((description, _)) = preceding.connector() else { return Vec::new() };
    description.auth.iter().map(|scheme| Candidate::new(&*scheme.name, &scheme.title)).collect()
}

/// `NAME=` for every argument that is not given yet. After the equals sign, the values that the
/// argument may have.
fn arguments(operation: &Operation, preceding: &PrecedingWords, current: &str) -> Vec<Candidate> {
    if let Some((name, value)) = current.split_once('=') {
        return match schema_of(operation, name) {
            Some(schema) => values(schema, &format!("{name}="), value),
            None => Vec::new(),
        };
    }
    let is_list = |parameter: &Parameter| !parameter.schema.items.is_empty();
    let is_given = |parameter: &Parameter| {
        preceding
            .option_values("param")
            .any(|pair| pair.split([':', '=']).next() == Some(&*parameter.name))
    };
    let mut candidates = Vec::new();
    let (required, optional): (Vec<&Parameter>, Vec<&Parameter>) =
        operation.parameters.iter().partition(|parameter| must_be_given(parameter));
    for parameter in required.into_iter().chain(optional) {
        if is_given(parameter) && !is_list(parameter) {
            continue;
        }
        let remark = if must_be_given(parameter) { ", required" } else { "" };
        let help = format!("{}{remark}. {}", type_text(&parameter.schema), parameter.description);
        candidates.push(argument(format!("{}=", parameter.name), &help));
        // The members of an object are offered once its name has been typed.
        if current.starts_with(&format!("{}.", parameter.name)) {
            for property in parameter.schema.properties.iter() {
                let name = format!("{}.{}=", parameter.name, property.name);
                candidates.push(argument(name, &property.schema.description));
            }
        }
    }
    candidates
}

/// A candidate that is explained by the type and the first sentence after it.
fn argument(value: String, help: &str) -> Candidate {
    let (kind, description) = help.split_once(". ").unwrap_or((help, ""));
    let mut candidate = Candidate::new(value, "");
    let sentence = Candidate::new("", description).help;
    candidate.help = match (kind, sentence.as_str()) {
        (kind, "") => kind.to_owned(),
        (kind, sentence) => {
            format!("{kind}. {sentence}").chars().take(super::LONGEST_HELP).collect()
        }
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

/// The choices of a value; for a list, those of the element after its last comma. `before` is the
/// part of the word before the value.
fn values(schema: &Schema, before: &str, value: &str) -> Vec<Candidate> {
    let (element, typed) = match schema.items.first() {
        Some(items) if schema.choices.is_empty() => (items, through_last_comma(value)),
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
    words.into_iter().map(|word| Candidate::new(format!("{before}{typed}{word}"), "")).collect()
}

/// The fields of the records, after the last comma.
fn fields(operation: &Operation, current: &str) -> Vec<Candidate> {
    let Some(schema) = operation.response.schema.as_ref().map(Json::value) else {
        return Vec::new();
    };
    let typed = through_last_comma(current);
    let known: Vec<&str> = typed.split(',').collect();
    let fields = schema_members(&schema).into_iter().flatten();
    fields
        .filter(|(name, _)| !known.contains(&name.as_str()))
        .map(|(name, field)| {
            let description = field.get("description").and_then(Value::as_str);
            Candidate::new(format!("{typed}{name}"), description.unwrap_or_default())
        })
        .collect()
}

/// The text up to its last comma, or nothing if it has none.
fn through_last_comma(text: &str) -> String {
    text.rsplit_once(',').map(|(before, _)| format!("{before},")).unwrap_or_default()
}
