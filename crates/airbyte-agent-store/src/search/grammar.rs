//! Filters as JSON become conditions; what is wrong with them is said with the place in the filter.

use airbyte_agent_description::suggestion;
use serde_json::{Map, Value};

use super::test::{Condition, OPERATORS, Operator, Test};
use crate::error::{Error, Result};

/// Deepest nesting of conditions.
const DEEPEST: usize = 32;

/// The condition that a filter means. `check` says what is wrong with the name of a field.
pub(super) fn condition(
    value: &Value,
    at: &str,
    check: &dyn Fn(&str) -> Result<()>,
) -> Result<Condition> {
    nested(value, at, check, 0)
}

fn wrong(why: String) -> Error {
    Error::Search(why)
}

fn nested(
    value: &Value,
    at: &str,
    check: &dyn Fn(&str) -> Result<()>,
    depth: usize,
) -> Result<Condition> {
    if depth > DEEPEST {
        return Err(wrong(format!("'{at}' is nested too deeply")));
    }
    let members = value.as_object().filter(|members| !members.is_empty()).ok_or_else(|| {
        wrong(format!(
            "'{at}' must be a condition such as {{\"eq\": {{\"id\": 1}}}}; leave it out for all"
        ))
    })?;
    let mut all = Vec::new();
    for (operator, operand) in members {
        let at = format!("{at}.{operator}");
        match operator.as_str() {
            "and" | "or" => {
                let list = operand.as_array().filter(|list| !list.is_empty());
                let list = list.ok_or_else(|| wrong(format!("'{at}' must be a list of conditions")))?;
                let parts = list
                    .iter()
                    .enumerate()
                    .map(|(n, item)| nested(item, &format!("{at}[{n}]"), check, depth + 1))
                    .collect::<Result<Vec<_>>>()?;
                all.push(if operator == "and" { Condition::All(parts) } else { Condition::OneOf(parts) });
            }
            "not" => all.push(Condition::Not(Box::new(nested(operand, &at, check, depth + 1)?))),
            "any" => {
                for (name, inner) in fields(operand, &at)? {
                    check(name)?;
                    // What the elements of a list have is not known.
                    let inner = nested(inner, &format!("{at}.{name}"), &|_| Ok(()), depth + 1)?;
                    all.push(Condition::Field(name.clone(), Test::AnyElement(Box::new(inner))));
                }
            }
            name => {
                let known = OPERATORS.iter().find(|(known, _)| *known == name);
                let (_, operator) = known.ok_or_else(|| unknown(&at, name))?;
                for (name, value) in fields(operand, &at)? {
                    check(name)?;
                    check_operand(*operator, value, &format!("{at}.{name}"))?;
                    all.push(Condition::Field(name.clone(), Test::Is(*operator, value.clone())));
                }
            }
        }
    }
    Ok(if all.len() == 1 { all.remove(0) } else { Condition::All(all) })
}

fn unknown(at: &str, name: &str) -> Error {
    let mut names: Vec<&str> = OPERATORS.iter().map(|(name, _)| *name).collect();
    names.extend(["and", "or", "not", "any"]);
    wrong(format!(
        "'{at}': there is no operator '{name}'{}; there are {}",
        suggestion(name, &names),
        names.join(", ")
    ))
}

fn check_operand(operator: Operator, value: &Value, at: &str) -> Result<()> {
    let is_plain = !value.is_array() && !value.is_object();
    match operator {
        Operator::In if !value.is_array() => Err(wrong(format!("'{at}' must be a list of values"))),
        Operator::In | Operator::Eq | Operator::Neq | Operator::ArrayContains => Ok(()),
        _ if !is_plain || value.is_null() => {
            Err(wrong(format!("'{at}' must be a text, a number or a boolean, got {value}")))
        }
        _ => Ok(()),
    }
}

fn fields<'v>(value: &'v Value, at: &str) -> Result<&'v Map<String, Value>> {
    let members = value.as_object().filter(|members| !members.is_empty());
    members.ok_or_else(|| wrong(format!("'{at}' must be an object of fields and values")))
}
