//! The arguments of a list: constants, values out of records of parents, and the filter for changes.

use airbyte_agent_core::description::{
    Json, Kind, Operation, PageSize, Parameter, SyncChange, SyncSource,
};
use serde_json::{Map, Value};

use crate::mark::Mark;

/// What stands for the time in templates of a filter for changes.
pub(crate) const SINCE: &str = "{since}";

/// Arguments by their names.
pub(crate) type Arguments = Map<String, Value>;

/// The arguments of a list.
///
/// Those of the caller go before everything, then the filter, then those of parents, then the constants of the
/// rule.
pub(crate) fn arguments(
    operation: &Operation,
    source: &SyncSource,
    given: &Arguments,
    of_parents: &Arguments,
    changed_since: Option<(&SyncChange, Mark)>,
) -> Arguments {
    let mut all = Arguments::new();
    if let Some(size) = largest_page(operation) {
        all.insert(size.0, size.1.into());
    }
    for (name, value) in source.arguments.iter() {
        all.insert(name.to_string(), value.value());
    }
    all.extend(of_parents.iter().map(|(name, value)| (name.clone(), value.clone())));
    if let Some((change, since)) = changed_since {
        let since = since.write(change.filter_format);
        for (name, template) in change.filter.iter() {
            let value = fitted(operation.parameter(name), fill(template, SINCE, &since));
            all.insert(name.to_string(), value);
        }
    }
    all.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
    all
}

/// The arguments of the caller that this operation takes.
pub(crate) fn taken(operation: &Operation, given: &Arguments) -> Arguments {
    let known = given.iter().filter(|(name, _)| operation.parameter(name).is_some());
    known.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The value in the type that the parameter has: an id may be a number in the record and a text in the request,
/// and some parameters take a list of ids.
pub(crate) fn fitted(parameter: Option<&Parameter>, value: Value) -> Value {
    let Some(parameter) = parameter else { return value };
    match (parameter.schema.kinds.as_ref(), &value) {
        ([Kind::String], Value::Number(number)) => Value::String(number.to_string()),
        ([Kind::String], Value::Bool(known)) => Value::String(known.to_string()),
        ([Kind::Integer | Kind::Number], Value::String(text)) => {
            match serde_json::from_str::<Value>(text.trim()) {
                Ok(number @ Value::Number(_)) => number,
                _ => value,
            }
        }
        ([Kind::Array], Value::Array(_)) => value,
        ([Kind::Array], _) => Value::Array(vec![value]),
        _ => value,
    }
}

/// The size of the largest page, if asking for it does not change how the list is paged.
fn largest_page(operation: &Operation) -> Option<(String, u64)> {
    let paging = &operation.paging;
    let PageSize { parameter, maximum, .. } = paging.size.as_ref()?;
    let is_only = paging.others.is_empty() && operation.parameter(parameter).is_some();
    is_only.then(|| Some((parameter.to_string(), (*maximum)?))).flatten()
}

/// The template with a value in place of the mark. Where the mark is the whole text, the value keeps its type.
pub(crate) fn fill(template: &Json, mark: &str, value: &Value) -> Value {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    fill_value(template.value(), mark, value, &text)
}

fn fill_value(template: Value, mark: &str, value: &Value, text: &str) -> Value {
    match template {
        Value::String(own) if own == mark => value.clone(),
        Value::String(own) => Value::String(own.replace(mark, text)),
        Value::Array(items) => {
            items.into_iter().map(|item| fill_value(item, mark, value, text)).collect()
        }
        Value::Object(members) => {
            let members = members.into_iter();
            members.map(|(name, member)| (name, fill_value(member, mark, value, text))).collect()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn templates_keep_the_type_of_the_time_where_it_stands_alone() {
        for (template, since, expected) in [
            (r#""{since}""#, json!(5), json!(5)),
            (r#"{"gte": "{since}", "n": 1}"#, json!(5), json!({"gte": 5, "n": 1})),
            (r#""updated > {since} ORDER BY x""#, json!(5), json!("updated > 5 ORDER BY x")),
            (r#"[{"value": "'{since}'"}]"#, json!("2026"), json!([{"value": "'2026'"}])),
        ] {
            assert_eq!(fill(&Json(template.into()), SINCE, &since), expected);
        }
    }
}
