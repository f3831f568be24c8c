//! Checks queries in JSON against the grammar and the fields of the store before they are sent.

use serde_json::{Map, Value};

use super::{SEARCH, SQL_QUERY};
use crate::description::suggestion;
use crate::description::{Connector, Entity};
use crate::error::{Error, Result};

/// Operators that take `{field: value}`.
const ON_FIELDS: [&str; 13] = [
    "eq",
    "neq",
    "gt",
    "gte",
    "lt",
    "lte",
    "in",
    "startswith",
    "endswith",
    "fuzzy",
    "keyword",
    "contains",
    "array_contains",
];

/// How deeply conditions may be nested.
const DEEPEST: usize = 32;

/// Checks that an entity is in the store.
pub(super) fn check_entity(connector: &Connector, entity: &str, action: &str) -> Result<()> {
    find_entity(connector, entity, action).map(|_| ())
}

/// Checks the arguments of a query. The error says what is wrong and what would be right.
pub(crate) fn check_arguments(
    connector: &Connector,
    entity: &str,
    action: &str,
    arguments: &Map<String, Value>,
) -> Result<()> {
    let known = find_entity(connector, entity, action)?;
    check((entity, action), Some(known), arguments)
}

/// Checks the arguments of a query of a store whose fields only the store itself knows.
pub(crate) fn check_grammar(
    _: &Connector,
    entity: &str,
    action: &str,
    arguments: &Map<String, Value>,
) -> Result<()> {
    check((entity, action), None, arguments)
}

/// Checks the arguments; `known` is the entity whose fields may be named.
fn check(
    (entity, action): (&str, &str),
    known: Option<&Entity>,
    arguments: &Map<String, Value>,
) -> Result<()> {
    let checked = match action {
        SQL_QUERY => sql(arguments),
        _ => search(known, arguments),
    };
    checked.map_err(|why| Error::validation(format!("{entity}.{action}: {why}")))
}

fn find_entity<'c>(connector: &'c Connector, entity: &str, action: &str) -> Result<&'c Entity> {
    let known = connector.entity(entity).ok_or_else(|| {
        let names: Vec<&str> = connector.entities.iter().map(|e| e.name.as_ref()).collect();
        Error::usage(format!(
            "{} has no entity '{entity}'{}",
            connector.name,
            suggestion(entity, &names)
        ))
    })?;
    if !known.store.is_empty() {
        return Ok(known);
    }
    let stored = connector.entities.iter().filter(|entity| !entity.store.is_empty());
    let stored: Vec<&str> = stored.map(|entity| entity.name.as_ref()).collect();
    let stored = if stored.is_empty() { "none".to_owned() } else { stored.join(", ") };
    Err(Error::usage(format!(
        "{entity}.{action}: '{entity}' is not in the context store; these are: {stored}"
    )))
}

fn known(params: &Map<String, Value>, names: &[&str]) -> std::result::Result<(), String> {
    match params.keys().find(|name| !names.contains(&name.as_str())) {
        Some(name) => Err(format!("unknown argument '{name}'{}", suggestion(name, names))),
        None => Ok(()),
    }
}

fn sql(params: &Map<String, Value>) -> std::result::Result<(), String> {
    known(params, &["sql", "limit"])?;
    match params.get("sql") {
        Some(Value::String(text)) if !text.trim().is_empty() => limit(params),
        _ => Err("'sql' must be a query, for example SELECT * FROM customers LIMIT 10".to_owned()),
    }
}

fn limit(params: &Map<String, Value>) -> std::result::Result<(), String> {
    match params.get("limit") {
        None => Ok(()),
        Some(limit) if limit.as_u64().is_some_and(|limit| limit > 0) => Ok(()),
        Some(limit) => Err(format!("'limit' must be a whole number above 0, got {limit}")),
    }
}

fn search(entity: Option<&Entity>, params: &Map<String, Value>) -> std::result::Result<(), String> {
    known(params, &["query", "semantic", "limit", "cursor", "fields"])?;
    limit(params)?;
    match (params.get("query"), params.get("semantic")) {
        (Some(_), Some(_)) => Err("give 'query' or 'semantic', not both".to_owned()),
        (None, None) => Err(format!("'{SEARCH}' needs 'query' (or 'semantic'); {{}} means all")),
        (None, Some(semantic)) => match semantic.get("prompt").and_then(Value::as_str) {
            Some(prompt) if !prompt.trim().is_empty() => Ok(()),
            _ => Err("'semantic.prompt' must say what is looked for".to_owned()),
        },
        (Some(Value::Object(query)), None) => {
            known(query, &["filter", "sort"])?;
            if let Some(filter) = query.get("filter") {
                condition(entity, filter, "query.filter", 0)?;
            }
            query.get("sort").map_or(Ok(()), |order| sort(entity, order))
        }
        (Some(_), None) => {
            Err("'query' must be an object such as {\"filter\": {\"eq\": {\"id\": 1}}}".to_owned())
        }
    }
}

fn sort(entity: Option<&Entity>, order: &Value) -> std::result::Result<(), String> {
    let form = || "'query.sort' must be a list such as [{\"id\": \"desc\"}]".to_owned();
    for entry in order.as_array().ok_or_else(form)? {
        for (name, direction) in entry.as_object().ok_or_else(form)? {
            field(entity, name)?;
            if !matches!(direction.as_str(), Some("asc" | "desc")) {
                return Err(format!("'query.sort.{name}' must be asc or desc, got {direction}"));
            }
        }
    }
    Ok(())
}

fn condition(
    entity: Option<&Entity>,
    value: &Value,
    at: &str,
    depth: usize,
) -> std::result::Result<(), String> {
    if depth > DEEPEST {
        return Err(format!("'{at}' is nested too deeply"));
    }
    let members = value.as_object().filter(|members| !members.is_empty()).ok_or_else(|| {
        format!(
            "'{at}' must be a condition such as {{\"eq\": {{\"id\": 1}}}}; leave it out for all"
        )
    })?;
    for (operator, operand) in members {
        let at = format!("{at}.{operator}");
        match operator.as_str() {
            "and" | "or" => {
                let list = operand.as_array().filter(|list| !list.is_empty());
                let list = list.ok_or_else(|| format!("'{at}' must be a list of conditions"))?;
                for (n, item) in list.iter().enumerate() {
                    condition(entity, item, &format!("{at}[{n}]"), depth + 1)?;
                }
            }
            "not" => condition(entity, operand, &at, depth + 1)?,
            "any" => {
                for (name, inner) in fields(operand, &at)? {
                    field(entity, name)?;
                    if !inner.is_object() {
                        return Err(format!("'{at}.{name}' must be a condition on the elements"));
                    }
                }
            }
            name if ON_FIELDS.contains(&name) => {
                for (name, value) in fields(operand, &at)? {
                    field(entity, name)?;
                    if operator == "in" && !value.is_array() {
                        return Err(format!("'{at}.{name}' must be a list of values"));
                    }
                }
            }
            name => {
                let mut names = ON_FIELDS.to_vec();
                names.extend(["and", "or", "not", "any"]);
                return Err(format!(
                    "'{at}': there is no operator '{name}'{}; there are {}",
                    suggestion(name, &names),
                    names.join(", ")
                ));
            }
        }
    }
    Ok(())
}

fn fields<'v>(value: &'v Value, at: &str) -> std::result::Result<&'v Map<String, Value>, String> {
    let members = value.as_object().filter(|members| !members.is_empty());
    members.ok_or_else(|| format!("'{at}' must be an object of fields and values"))
}

/// A field of the store, or a value inside a field: the store may contain more members than the
/// spec names.
fn field(entity: Option<&Entity>, name: &str) -> std::result::Result<(), String> {
    let Some(entity) = entity else { return Ok(()) };
    let first = name.split('.').next().unwrap_or_default();
    let known = |candidate: &str| entity.store.iter().any(|field| field.name == candidate);
    if known(name) || known(first) {
        return Ok(());
    }
    let names: Vec<&str> = entity.store.iter().map(|field| field.name.as_ref()).collect();
    Err(format!(
        "'{}' has no field '{name}' in the context store{}",
        entity.name,
        suggestion(name, &names)
    ))
}
