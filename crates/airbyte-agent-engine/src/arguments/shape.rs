//! Valid values of parameters, for messages about values that are not valid.

use serde_json::{Map, Value};

use super::check::check_value;
use super::texts::check_texts;
use crate::description::{Json, Kind, Operation, Parameter, Schema, Step, closest, is_secret_name};

/// The longest value that is shown, in characters.
const LONGEST: usize = 400;
/// The longest value of a caller that is repeated in a valid one, in characters.
const LONGEST_GIVEN: usize = 120;
/// How many objects and lists may enclose a value for it to be found.
const DEEPEST: usize = 4;

/// A valid value of the parameter; `None` where the kind of the parameter says enough.
pub(super) fn sample(parameter: &Parameter, given: Option<&Value>) -> Option<Value> {
    let schema = &parameter.schema;
    if let Some(Value::String(given)) = given {
        let choices: Vec<Value> = schema.choices.iter().map(Json::value).collect();
        let near = closest(given, choices.iter().filter_map(Value::as_str));
        if let Some(near) = near.first() {
            return Some((*near).into());
        }
    }
    let is_text = matches!(schema.kinds[..], [Kind::String] | []);
    if schema.format == "binary" || schema.format == "password" {
        return None;
    }
    let is_bare =
        schema.choices.is_empty() && schema.rules.is_empty() && schema.text_example().is_none();
    let example = parameter.example.as_ref().map(Json::value);
    if example.is_none() && is_text && is_bare {
        return None;
    }
    let works = |value: &Value| accepts(schema, value) && value.to_string().len() <= LONGEST;
    example.filter(works).or_else(|| Some(sample_of(schema, 0))).filter(works)
}

/// Whether a value breaks no rule of the schema.
fn accepts(schema: &Schema, value: &Value) -> bool {
    let mut problems = Vec::new();
    check_value("", schema, value, &mut problems);
    check_texts("", schema, value, &mut problems);
    problems.is_empty()
}

/// A value made for a schema, as small as it may be.
fn sample_of(schema: &Schema, depth: usize) -> Value {
    let default = schema.default.as_ref().map(Json::value);
    let says_something = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty() && !text.contains("{{"),
        _ => true,
    };
    if let Some(default) = default.filter(says_something) {
        return default;
    }
    if let Some(choice) = schema.choices.first() {
        return choice.value();
    }
    let number = || {
        let example = schema.text_example().and_then(|text| text.parse::<f64>().ok());
        let least = example.unwrap_or(1.0).max(schema.minimum.unwrap_or(f64::MIN));
        least.min(schema.maximum.unwrap_or(f64::MAX))
    };
    match schema.kinds.first() {
        #[allow(clippy::cast_possible_truncation, reason = "bounds of whole numbers are small")]
        Some(Kind::Integer) => Value::from(number() as i64),
        Some(Kind::Number) => Value::from(number()),
        Some(Kind::Boolean) => true.into(),
        Some(Kind::Array) => {
            let item = schema.items.first().filter(|_| depth < DEEPEST);
            Value::Array(item.map(|item| sample_of(item, depth + 1)).into_iter().collect())
        }
        Some(Kind::Object) => {
            let required = || schema.properties.iter().filter(|property| property.required);
            // An object without required members would be empty, so it shows one of its members.
            let first = schema.properties.first().filter(|_| required().next().is_none());
            let members = required().chain(first).filter(|_| depth < DEEPEST);
            Value::Object(
                members
                    .map(|member| (member.name.to_string(), sample_of(&member.schema, depth + 1)))
                    .collect(),
            )
        }
        Some(Kind::String) | None => schema.text_example().unwrap_or("…").into(),
    }
}

/// Where an argument that does not exist belongs: inside this parameter, below these steps.
pub(super) struct Home<'o> {
    pub(super) parameter: &'o Parameter,
    pub(super) steps: Vec<Step>,
}

impl Home<'_> {
    /// The place as a caller writes it: `fields`, `filterGroups[].filters[]`.
    pub(super) fn place(&self) -> String {
        let mut place = self.parameter.name.to_string();
        for step in &self.steps {
            match step {
                Step::Key(key) => {
                    place.push('.');
                    place.push_str(key);
                }
                _ => place.push_str("[]"),
            }
        }
        place
    }
}

/// The place inside a parameter that has a member of this name. Of several places, it is the one
/// nearest to the top.
pub(super) fn home<'o>(operation: &'o Operation, name: &str) -> Option<Home<'o>> {
    (0..DEEPEST).find_map(|depth| {
        operation.parameters.iter().find_map(|parameter| {
            let steps = steps_to(&parameter.schema, name, depth)?;
            Some(Home { parameter, steps })
        })
    })
}

/// The steps to an object that has a member of this name, at most so many objects below the schema.
fn steps_to(schema: &Schema, name: &str, depth: usize) -> Option<Vec<Step>> {
    if let Some(items) = schema.items.first() {
        let mut steps = steps_to(items, name, depth)?;
        steps.insert(0, Step::Each);
        return Some(steps);
    }
    if depth == 0 {
        return schema.property(name).map(|_| Vec::new());
    }
    schema.properties.iter().find_map(|property| {
        let mut steps = steps_to(&property.schema, name, depth - 1)?;
        steps.insert(0, Step::Key(property.name.clone()));
        Some(steps)
    })
}

/// A value of the parameter that has the members at the place where they belong, and the other
/// members that are required there. Members keep the value that the caller gave if it is valid and
/// short.
pub(super) fn with_members(
    home: &Home<'_>,
    given: Option<&Value>,
    members: &Map<String, Value>,
) -> Option<Value> {
    let schema = &home.parameter.schema;
    let short = |value: &Value| value.to_string().chars().count() <= LONGEST_GIVEN;
    let start = given.filter(|given| given.is_object() && home.steps.is_empty() && short(given));
    let attempts = [start.cloned(), None];
    for (start, own) in
        attempts.into_iter().flat_map(|start| [(start.clone(), true), (start, false)])
    {
        let mut value = start.unwrap_or(Value::Null);
        place_members(schema, &home.steps, &mut value, &mut |object, at| {
            for (name, member) in members {
                let declared = object.property(name).map(|property| &property.schema);
                let fits = declared.is_some_and(|declared| accepts(declared, member));
                let value = match declared {
                    _ if own && fits && short(member) && !is_secret_name(name) => member.clone(),
                    Some(declared) => sample_of(declared, 0),
                    None => Value::Null,
                };
                at.insert(name.clone(), value);
            }
        });
        if accepts(schema, &value) && value.to_string().len() <= LONGEST {
            return Some(value);
        }
    }
    None
}

/// Makes objects and lists down to a place, with the members that they must have, and fills the object there.
fn place_members(
    schema: &Schema,
    steps: &[Step],
    value: &mut Value,
    fill: &mut dyn FnMut(&Schema, &mut Map<String, Value>),
) {
    match (schema.items.first(), steps) {
        (Some(items), [Step::Each, rest @ ..]) => {
            let mut item = Value::Null;
            place_members(items, rest, &mut item, fill);
            *value = Value::Array(vec![item]);
        }
        _ => {
            let mut members = match value.take() {
                Value::Object(members) => members,
                _ => Map::new(),
            };
            match steps {
                [Step::Key(key), rest @ ..] => {
                    if let Some(property) = schema.property(key) {
                        let inner = members.entry(key.to_string()).or_insert(Value::Null);
                        place_members(&property.schema, rest, inner, fill);
                    }
                }
                _ => fill(schema, &mut members),
            }
            for property in schema.properties.iter().filter(|property| property.required) {
                members
                    .entry(property.name.to_string())
                    .or_insert_with(|| sample_of(&property.schema, 0));
            }
            *value = Value::Object(members);
        }
    }
}
