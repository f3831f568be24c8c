//! Turns the arguments that a caller passes into those that an operation may send.
//!
//! Everything that can be wrong with the arguments of a call is found here, before any request is
//! made, and reported in one message.

mod check;
mod shape;
mod texts;
mod unknown;

use serde_json::{Map, Value};

use self::texts::check_texts;
use crate::description::{
    Action, AtLeastOne, Body, Connector, Kind, Location, Next, Operation, Parameter, Schema, Text,
    expression,
};
use crate::error::{Error, Result, WrongArgument};
use crate::selection;

pub(crate) use check::check_value;
pub(crate) use texts::TextRules;
pub(crate) use unknown::find_unknown;

/// The arguments of a call, by the names of their parameters.
pub type Arguments = Map<String, Value>;

/// Who fills in what the caller of an operation leaves out.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Completion<'a> {
    /// The engine fills them in, from these server variables and settings of the connector, the
    /// scoping rules of the description and its defaults.
    Engine(&'a Map<String, Value>),
    /// The receiver of the call, such as the platform, fills them in: the arguments are sent as the
    /// caller passed them.
    Receiver,
}

/// Checks and completes the arguments of a call of `name`, such as `issues.list`. The result
/// contains exactly the arguments that are sent.
pub(crate) fn complete(
    connector: &Connector,
    operation: &Operation,
    name: &str,
    mut arguments: Arguments,
    completion: Completion<'_>,
    texts: TextRules,
) -> Result<Arguments> {
    let mut problems = Vec::new();
    let settings = match completion {
        Completion::Engine(settings) => Some(settings),
        Completion::Receiver => None,
    };
    if let Some(settings) = settings {
        scope(connector, operation, &mut arguments, settings)?;
    }
    drop_empty_nulls(operation, &mut arguments);
    problems.extend(find_unknown(operation, &arguments));
    let has_token = has_token_for_all(operation, &arguments);
    for parameter in operation.parameters.iter() {
        let is_named = matches!(parameter.location, Location::Path | Location::Header);
        if has_token && !is_named && !arguments.contains_key(parameter.name.as_ref()) {
            continue;
        }
        let parameter_name = parameter.name.as_ref();
        let mut setting = None;
        if let Some(settings) = settings.filter(|_| !arguments.contains_key(parameter_name)) {
            setting = configured(parameter, settings);
            let supplied = match &setting {
                Some((_, value)) => Some(value.clone()),
                None => default(parameter, settings)?,
            };
            if let Some(value) = supplied {
                arguments.insert(parameter_name.to_owned(), value);
                // A value that the description supplies is valid; one that a user configured may be
                // anything.
                if setting.is_none() {
                    continue;
                }
            }
        }
        let mut found = Vec::new();
        match arguments.get(parameter_name) {
            Some(value) => {
                check_value(parameter_name, &parameter.schema, value, &mut found);
                if texts == TextRules::Refuse {
                    check_texts(parameter_name, &parameter.schema, value, &mut found);
                }
                if parameter_name == selection::ARGUMENT
                    && found.is_empty()
                    && selection::chosen_by(operation).is_some()
                    && !value.is_null()
                {
                    found.extend(selection::names(value).err());
                }
                found.extend(emptiness(parameter, value));
                // A vendor may give out no fields with an address, and then none are sent.
                let handed =
                    operation.address.as_ref().and_then(|address| address.fields.as_deref());
                if parameter.location == Location::Body
                    && matches!(operation.body, Body::Form | Body::Multipart { .. })
                    && handed != Some(&*parameter.name)
                {
                    unsaid(parameter_name, &parameter.schema, value, &mut found);
                }
            }
            // An argument that was passed at a wrong place is not reported as missing, too.
            None if is_meant_by(&problems, operation, parameter_name) => {}
            None if is_missing(connector, parameter, completion) => {
                found.push(missing(parameter));
            }
            None => {}
        }
        if found.is_empty() {
            continue;
        }
        let mut problem = found.join("; ");
        let works = match setting {
            Some((source, _)) => {
                problem.push_str(&format!(" (from the setting '{source}')"));
                None
            }
            None => shape::sample(parameter, arguments.get(parameter_name)),
        };
        problems.push(WrongArgument {
            name: parameter_name.to_owned(),
            problem,
            works,
            is_unknown: false,
        });
    }
    if !has_token {
        let missing = |group| none_of(group, &arguments);
        problems.extend(operation.at_least_one.iter().filter_map(missing));
    }
    if problems.is_empty() {
        write_integers(operation, &mut arguments);
        drop_prefixes(operation, &mut arguments);
        return Ok(arguments);
    }
    Err(Error::of_arguments(name, problems))
}

/// The texts in arguments that break a rule of the vendor for formats, patterns or query languages,
/// one sentence each. The vendor may refuse such a text, or find nothing.
pub(crate) fn doubts(operation: &Operation, arguments: &Arguments) -> Vec<String> {
    let mut found = Vec::new();
    for parameter in operation.parameters.iter() {
        if let Some(value) = arguments.get(parameter.name.as_ref()) {
            check_texts(&parameter.name, &parameter.schema, value, &mut found);
        }
    }
    found
}

/// Writes whole numbers as such where a number is wanted: `1e2` arrives as `100.0`, and vendors know an identifier only
/// without a fraction.
fn write_integers(operation: &Operation, arguments: &mut Arguments) {
    for parameter in operation.parameters.iter() {
        if let Some(value) = arguments.get_mut(parameter.name.as_ref()) {
            write_integer(&parameter.schema, value);
        }
    }
}

fn write_integer(schema: &Schema, value: &mut Value) {
    let takes = |kind| schema.kinds.contains(&kind);
    match value {
        Value::Number(number)
            if number.is_f64() && (takes(Kind::Number) || takes(Kind::Integer)) =>
        {
            // Beyond this, a number that may have a fraction may be one of several whole ones.
            let is_exact = |number: &f64| {
                number.fract() == 0.0 && (number.abs() < 9e15 || !takes(Kind::Number))
            };
            let whole = number.as_f64().filter(is_exact).map(|number| format!("{number:.0}"));
            if let Some(whole) = whole.and_then(|whole| whole.parse::<i64>().ok()) {
                *value = whole.into();
            }
        }
        Value::Array(items) => {
            if let Some(schema) = schema.items.first() {
                for item in items {
                    write_integer(schema, item);
                }
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                if let Some(property) = schema.property(name) {
                    write_integer(&property.schema, member);
                }
            }
        }
        _ => {}
    }
}

/// Removes a prefix from values if the path contains it in front of them anyway.
fn drop_prefixes(operation: &Operation, arguments: &mut Arguments) {
    for parameter in operation.parameters.iter() {
        let Some(prefix) = parameter.prefix.as_deref() else { continue };
        let Some(Value::String(text)) = arguments.get_mut(parameter.name.as_ref()) else {
            continue;
        };
        if let Some(rest) = text.strip_prefix(prefix).filter(|rest| !rest.is_empty()) {
            *text = rest.to_owned();
        }
    }
}

/// Fills parameters from configuration by the connector's scoping rules.
pub(crate) fn scope(
    connector: &Connector,
    operation: &Operation,
    arguments: &mut Arguments,
    settings: &Map<String, Value>,
) -> Result<()> {
    for rule in connector.scoping.iter() {
        let name = rule.parameter.as_ref();
        if arguments.contains_key(name) || operation.parameter(name).is_none() {
            continue;
        }
        // Only a single configured value can be meant; of several, it is not known which one.
        let value = match settings.get(rule.config_key.as_ref()) {
            None | Some(Value::Null) => continue,
            Some(Value::Array(items)) => match items.as_slice() {
                [one] => one.clone(),
                _ => continue,
            },
            Some(value) => value.clone(),
        };
        let value = match &rule.expression {
            None => Some(value),
            Some(source) => expression::scope(source, name, &value, settings)
                .map_err(Error::of_expression)?
                .map(Value::String),
        };
        if let Some(value) = value {
            arguments.insert(name.to_owned(), value);
        }
    }
    Ok(())
}

/// Removes each `null` of a parameter that cannot be `null`: it means that no argument was given.
/// In an open body, an undeclared member may be `null`, where that empties a field.
fn drop_empty_nulls(operation: &Operation, arguments: &mut Arguments) {
    let empties = operation.action == Action::Update
        && matches!(operation.body, Body::Json { open: true, .. });
    arguments.retain(|name, value| {
        !value.is_null()
            || operation.parameter(name).map_or(empties, |parameter| {
                parameter.schema.nullable
                    && matches!(parameter.location, Location::Body | Location::GraphQl)
            })
    });
}

/// The value that configuration supplies, and the setting it comes from.
fn configured<'p>(
    parameter: &'p Parameter,
    config: &Map<String, Value>,
) -> Option<(&'p str, Value)> {
    let inject = parameter.config.as_ref()?;
    let source = inject.source.as_ref();
    let value = config.get(source).filter(|value| !value.is_null())?;
    if inject.map.is_empty() {
        return Some((source, as_wanted(parameter, value)));
    }
    let key = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let (_, to) = inject
        .map
        .iter()
        .find(|(from, _)| *from == key)
        .or_else(|| inject.map.iter().find(|(from, _)| *from == key.to_uppercase()))?;
    Some((source, to.value()))
}

/// A setting given as text, as a command line does, where a number or a truth value is wanted.
fn as_wanted(parameter: &Parameter, value: &Value) -> Value {
    let kinds = &parameter.schema.kinds;
    let scalar = value.as_str().and_then(|text| serde_json::from_str::<Value>(text.trim()).ok());
    let fits = |scalar: &Value| match scalar {
        Value::Number(_) => kinds.contains(&Kind::Integer) || kinds.contains(&Kind::Number),
        Value::Bool(_) => kinds.contains(&Kind::Boolean),
        _ => false,
    };
    match scalar {
        Some(scalar) if !kinds.contains(&Kind::String) && fits(&scalar) => scalar,
        _ => value.clone(),
    }
}

/// The value that the description supplies.
fn default(parameter: &Parameter, config: &Map<String, Value>) -> Result<Option<Value>> {
    let Some(default) = parameter.default.as_ref().filter(|_| parameter.send_default) else {
        return Ok(None);
    };
    match default.value() {
        Value::String(text) if text.contains("{{") && parameter.location == Location::Query => Ok(
            Some(Value::String(expression::default(&text, config).map_err(Error::of_expression)?)),
        ),
        value => Ok(Some(value)),
    }
}

/// Whether the argument is given that contains the token of a next page, where the vendor takes no
/// other arguments beside this token: it stands for the arguments of the first page.
fn has_token_for_all(operation: &Operation, arguments: &Arguments) -> bool {
    operation.paging.styles().any(|style| match &style.next {
        Next::Link { feed, keep: Some(_), .. } => {
            feed.iter().any(|(_, into)| operation.argument(arguments, into).is_some())
        }
        _ => false,
    })
}

fn is_missing(connector: &Connector, parameter: &Parameter, completion: Completion<'_>) -> bool {
    let filled_elsewhere = completion == Completion::Receiver
        && (parameter.default.is_some()
            || parameter.config.is_some()
            || connector.scoping.iter().any(|rule| rule.parameter == parameter.name));
    parameter.required && !filled_elsewhere
}

/// Whether a problem that was found earlier already says how to pass this argument.
fn is_meant_by(problems: &[WrongArgument], operation: &Operation, name: &str) -> bool {
    problems.iter().filter(|wrong| !wrong.is_unknown).any(|wrong| {
        let is_wrapper = operation.parameter(&wrong.name).is_none();
        wrong.name == name && wrong.works.is_some()
            || is_wrapper && wrong.problem.contains(&format!("'{name}'"))
    })
}

fn missing(parameter: &Parameter) -> String {
    let kinds: Vec<&str> = parameter.schema.kinds.iter().map(|kind| kind.as_str()).collect();
    let kind = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(" or ")) };
    let place = match parameter.location {
        Location::Body => "body field",
        Location::Header => "header",
        _ => "argument",
    };
    format!("missing required {place} '{}'{kind}", parameter.name)
}

/// The problem if none of the members of a group is given. If the object that contains them is not
/// given, this is no problem of the group: another rule says whether the object is required.
fn none_of(group: &AtLeastOne, arguments: &Arguments) -> Option<WrongArgument> {
    let mut members = arguments;
    for name in group.inside.iter() {
        members = members.get(name.as_ref())?.as_object()?;
    }
    let is_given = |name: &Text| members.get(name.as_ref()).is_some_and(|value| !value.is_null());
    if group.names.iter().any(is_given) {
        return None;
    }
    let path = group.inside.join(".");
    let names: Vec<String> = group
        .names
        .iter()
        .map(|name| if path.is_empty() { format!("'{name}'") } else { format!("'{path}.{name}'") })
        .collect();
    let name = group.inside.first().or(group.names.first()).map(ToString::to_string);
    let problem = format!("at least one of {} is needed", names.join(", "));
    Some(WrongArgument { name: name.unwrap_or_default(), problem, works: None, is_unknown: false })
}

/// Adds a problem for each empty list and object in a value of a form. A form has one field for
/// each element, so nothing would be sent for an empty list, and a caller who wants to remove all
/// elements would get a success although nothing was removed.
fn unsaid(place: &str, schema: &Schema, value: &Value, problems: &mut Vec<String>) {
    let what = match value {
        Value::Array(items) if items.is_empty() => "list",
        Value::Object(members) if members.is_empty() => "object",
        Value::Array(items) => {
            let schema = schema.items.first().unwrap_or(&Schema::ANY);
            for (index, item) in items.iter().enumerate() {
                unsaid(&format!("{place}[{index}]"), schema, item, problems);
            }
            return;
        }
        Value::Object(members) => {
            for (name, member) in members {
                let schema = schema.property(name).map_or(&Schema::ANY, |known| &known.schema);
                unsaid(&format!("{place}.{name}"), schema, member, problems);
            }
            return;
        }
        _ => return,
    };
    // Vendors that can empty a list or object take an empty text for it, and their schemas say so.
    let clears = if schema.kinds.contains(&Kind::String) {
        ", or pass an empty text, which the vendor may take for none"
    } else {
        ""
    };
    problems.push(format!(
        "'{place}' is an empty {what}, which a form cannot say: leave it out{clears}"
    ));
}

/// The problem of an argument that is present and yet empty, or that would make the request lead to
/// another address.
fn emptiness(parameter: &Parameter, value: &Value) -> Option<String> {
    let name = &parameter.name;
    let text = value.as_str();
    if parameter.location == Location::Path {
        if text.is_some_and(|text| text.trim().is_empty()) {
            return Some(format!("'{name}' must not be empty"));
        }
        if text.is_some_and(|text| text == "." || text == "..") {
            return Some(format!("'{name}' must not be a dot segment"));
        }
    }
    let is_default = parameter.default.as_ref().is_some_and(|default| default.value() == *value);
    // A list of values that contains the empty text allows it.
    let is_listed = parameter.schema.choices.iter().any(|choice| choice.value() == *value);
    let blank = match value {
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    (parameter.location == Location::Query
        && parameter.required
        && blank
        && !is_default
        && !is_listed)
        .then(|| format!("'{name}' must not be empty"))
}
