//! The query of a request: lists and objects in the declared style. Undeclared parameters are a
//! problem.

use airbyte_agent_description::{
    ApiKeyLocation, AuthKind, Connector, Kind, Location, Next, Operation, Parameter, Style, Text,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Arguments, brackets, values};
use crate::request::Request;

/// The query parameter that links to the next page carry where the operation has none for it.
pub(crate) const LINK_POSITION: &str = "sandbox_position";

/// Decodes the query into `arguments`.
pub(super) fn decode_query(
    connector: &Connector,
    operation: &Operation,
    request: &Request,
    arguments: &mut Arguments,
) {
    let mut pairs = request.query_pairs();
    if let Some(at) = pairs.iter().position(|(name, _)| name == LINK_POSITION) {
        let (name, value) = pairs.remove(at);
        arguments.values.insert(name, value.into());
    }
    pairs.retain(|(name, _)| !is_credential(connector, name));
    restore_from_token(operation, &mut pairs, &mut arguments.problems);
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
        arguments.add(parameter, value_of(parameter, &mine), &at);
    }
    for (name, _) in pairs {
        arguments.problems.push(format!("unknown query parameter `{name}`"));
    }
}

/// A token of a list that also contains these pairs of the query.
pub(crate) fn token_with_query(token: &str, pairs: &[(String, String)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if query.is_empty() { token.to_owned() } else { format!("{token}.{}", STANDARD.encode(query)) }
}

/// The pairs of a query, with those added that its token contains.
pub(crate) fn restored_query(operation: &Operation, request: &Request) -> Vec<(String, String)> {
    let mut pairs = request.query_pairs();
    restore_from_token(operation, &mut pairs, &mut Vec::new());
    pairs
}

/// Adds the pairs that the token of a next page contains. Beside such a token the vendor takes only
/// certain parameters; any other one is a problem.
fn restore_from_token(
    operation: &Operation,
    pairs: &mut Vec<(String, String)>,
    problems: &mut Vec<String>,
) {
    let Next::Link { feed, keep: Some(keep), .. } = &operation.paging.next else { return };
    let wire = |name: &Text| {
        operation.parameter(name).map_or(name.to_string(), |p| p.wire_name().to_owned())
    };
    let names: Vec<String> = feed.iter().map(|(_, into)| wire(into)).collect();
    let token = pairs.iter_mut().find(|(name, _)| names.first() == Some(name));
    let Some((token_name, token)) = token else { return };
    let mut contained = Vec::new();
    if let Some((own, query)) = token.split_once('.')
        && let Ok(query) = STANDARD.decode(query)
    {
        contained = form_urlencoded::parse(&query).into_owned().collect();
        *token = own.to_owned();
    }
    let token_name = token_name.clone();
    let allowed: Vec<String> = keep.iter().map(wire).chain(names).collect();
    for (name, _) in pairs.iter().filter(|(name, _)| !allowed.contains(name)) {
        problems.push(format!("`{name}` cannot be given beside `{token_name}`"));
    }
    pairs.extend(contained);
}

fn is_credential(connector: &Connector, name: &str) -> bool {
    connector.auth.iter().any(|scheme| {
        matches!(&scheme.kind, AuthKind::ApiKey { location: ApiKeyLocation::Query, name: key }
            if key == name)
    })
}

/// Whether a name in the query is that of the parameter, or of a member of it.
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
            return values::value_of_tree(schema, tree);
        }
        Style::Repeat if is_list => {
            let item = |(_, text): &(String, String)| match schema.items.first() {
                Some(item) => values::value_of_text(item, text),
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
        return Err(format!("is repeated; its values must be joined by `{separator}`"));
    };
    let item = |part: &str| match schema.items.first() {
        Some(item) => values::value_of_text(item, part),
        None => Ok(part.into()),
    };
    text.split(separator).filter(|part| !part.is_empty()).map(item).collect()
}

fn single(parameter: &Parameter, pairs: &[(String, String)]) -> Result<Value, String> {
    match pairs {
        [(_, text)] => values::value_of_text(&parameter.schema, text),
        _ => Err("is given more than once".to_owned()),
    }
}
