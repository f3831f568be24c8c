//! The query: lists in the declared style, deep objects, nothing undeclared.

use airbyte_agent_description::{
    ApiKeyLocation, AuthKind, Connector, Kind, Location, Next, Operation, Parameter, Style, Text,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Arguments, brackets, typed};
use crate::incoming::Incoming;

/// Parameter that the sandbox's own "next" links carry when the operation has none for it.
pub(crate) const LINK_STATE: &str = "sandbox_position";

/// Reads the query into `arguments`.
pub(crate) fn decode(
    connector: &Connector,
    operation: &Operation,
    request: &Incoming,
    arguments: &mut Arguments,
) {
    let mut pairs = request.query_pairs();
    if let Some(at) = pairs.iter().position(|(name, _)| name == LINK_STATE) {
        let (name, value) = pairs.remove(at);
        arguments.values.insert(name, value.into());
    }
    pairs.retain(|(name, _)| !is_credential(connector, name));
    restore(operation, &mut pairs, &mut arguments.problems);
    let of_query = || operation.parameters.iter().filter(|p| p.location == Location::Query);
    for parameter in of_query() {
        let (mine, others) = pairs.into_iter().partition(|(name, _)| belongs(parameter, name));
        pairs = others;
        let at = format!("query parameter `{}`", parameter.name);
        let mine: Vec<(String, String)> = mine;
        if mine.is_empty() {
            if parameter.required {
                arguments.problems.push(format!("{at} is missing"));
            }
            continue;
        }
        match value_of(parameter, &mine) {
            Ok(value) => {
                typed::check(&parameter.schema, &value, &at, &mut arguments.problems);
                arguments.values.insert(parameter.name.to_string(), value);
            }
            Err(why) => arguments.problems.push(format!("{at}: {why}")),
        }
    }
    for (name, _) in pairs {
        arguments.problems.push(format!("unknown query parameter `{name}`"));
    }
}

/// A token of a list that also says what the query was.
pub(crate) fn with_query(token: &str, pairs: &[(String, String)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if query.is_empty() { token.to_owned() } else { format!("{token}.{}", STANDARD.encode(query)) }
}

/// The query of a request with what the token in it stands for.
pub(crate) fn whole_query(operation: &Operation, request: &Incoming) -> Vec<(String, String)> {
    let mut pairs = request.query_pairs();
    restore(operation, &mut pairs, &mut Vec::new());
    pairs
}

/// Puts the query back for which the token of a next page stands, beside which the vendor takes
/// only certain parameters.
fn restore(operation: &Operation, pairs: &mut Vec<(String, String)>, problems: &mut Vec<String>) {
    let Next::Link { feed, keep: Some(keep), .. } = &operation.paging.next else { return };
    let wire = |name: &Text| {
        operation.parameter(name).map_or(name.to_string(), |p| p.wire_name().to_owned())
    };
    let names: Vec<String> = feed.iter().map(|(_, into)| wire(into)).collect();
    let token = pairs.iter_mut().find(|(name, _)| names.first() == Some(name));
    let Some((token_name, token)) = token else { return };
    let mut known = Vec::new();
    if let Some((own, query)) = token.split_once('.')
        && let Ok(query) = STANDARD.decode(query)
    {
        known = form_urlencoded::parse(&query).into_owned().collect();
        *token = own.to_owned();
    }
    let token_name = token_name.clone();
    let allowed: Vec<String> = keep.iter().map(wire).chain(names).collect();
    for (name, _) in pairs.iter().filter(|(name, _)| !allowed.contains(name)) {
        problems.push(format!("`{name}` cannot be given beside `{token_name}`"));
    }
    pairs.extend(known);
}

fn is_credential(connector: &Connector, name: &str) -> bool {
    connector.auth.iter().any(|scheme| {
        matches!(&scheme.kind, AuthKind::ApiKey { location: ApiKeyLocation::Query, name: key }
            if key == name)
    })
}

fn belongs(parameter: &Parameter, name: &str) -> bool {
    if parameter.style != Style::DeepObject {
        return name == parameter.wire_name();
    }
    let rest = name.strip_prefix(parameter.wire_name());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
}

fn value_of(parameter: &Parameter, pairs: &[(String, String)]) -> Result<Value, String> {
    let schema = &parameter.schema;
    let is_list = schema.kinds.contains(&Kind::Array);
    let separator = match parameter.style {
        Style::DeepObject => {
            if !pairs.iter().any(|(name, _)| name.contains('[')) {
                return single(parameter, pairs);
            }
            let tree = brackets::nest(pairs)?;
            let tree = tree.into_iter().next().map_or(Value::Null, |(_, value)| value);
            return typed::from_tree(schema, tree);
        }
        Style::Repeat if is_list => {
            let item = |(_, text): &(String, String)| match schema.items.first() {
                Some(item) => typed::from_text(item, text),
                None => Ok(text.as_str().into()),
            };
            return pairs.iter().map(item).collect();
        }
        Style::Comma => ',',
        Style::Space => ' ',
        Style::Pipe => '|',
        Style::Repeat => return single(parameter, pairs),
    };
    if !is_list {
        return single(parameter, pairs);
    }
    let [(_, text)] = pairs else {
        return Err(format!("is repeated; its values are to be joined by `{separator}`"));
    };
    let item = |part: &str| match schema.items.first() {
        Some(item) => typed::from_text(item, part),
        None => Ok(part.into()),
    };
    text.split(separator).filter(|part| !part.is_empty()).map(item).collect()
}

fn single(parameter: &Parameter, pairs: &[(String, String)]) -> Result<Value, String> {
    match pairs {
        [(_, text)] => typed::from_text(&parameter.schema, text),
        _ => Err("is given more than once".to_owned()),
    }
}
