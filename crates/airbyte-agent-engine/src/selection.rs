//! The argument that selects the fields of a GraphQL response.
//!
//! It contains names and dotted names and no other GraphQL, in every call and with every transport,
//! so that no part of it can change the rest of the document. Calls that a policy restricts are
//! confined further, because a dotted name could lead from a record that may be read to all records
//! that are connected with it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::description::{Body, GraphQl, Operation, Selection, is_graphql_name, suggestion};
use crate::error::{Error, Result};

/// Name of the argument.
pub const ARGUMENT: &str = "fields";

/// Longest dotted name, in bytes.
const LONGEST: usize = 200;

/// The body of an operation whose fields can be selected; `None` for other operations.
pub fn chosen_by(operation: &Operation) -> Option<&GraphQl> {
    match &operation.body {
        Body::GraphQl(graphql) if graphql.takes_selection() => Some(graphql),
        _ => None,
    }
}

/// The names between the dots of dotted names.
///
/// # Errors
///
/// A text that says what is wrong with the value.
pub(crate) fn names(value: &Value) -> Result<Vec<Vec<&str>>, String> {
    let Value::Array(entries) = value else {
        return Err(format!("'{ARGUMENT}' must be a list of names of fields"));
    };
    entries
        .iter()
        .map(|entry| {
            let text = entry.as_str().unwrap_or_default().trim();
            let names: Vec<&str> = text.split('.').collect();
            if text.len() <= LONGEST && names.iter().all(|name| is_graphql_name(name)) {
                return Ok(names);
            }
            let got = entry.as_str().map_or_else(|| entry.to_string(), str::to_owned);
            let got: String = got.chars().take(60).collect();
            Err(format!(
                "'{ARGUMENT}' must hold names of fields such as 'title' or 'author.login', got \
                 '{got}'; GraphQL text (arguments, aliases, fragments) is not taken"
            ))
        })
        .collect()
}

/// The selection in GraphQL syntax; `None` when nothing is selected.
///
/// # Errors
///
/// A text that says what is wrong with the value.
pub(crate) fn graphql(value: Option<&Value>) -> Result<Option<String>, String> {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(None) };
    let written: Vec<String> = names(value)?
        .iter()
        .map(|names| format!("{}{}", names.join(" { "), " }".repeat(names.len() - 1)))
        .collect();
    Ok((!written.is_empty()).then(|| written.join(" ")))
}

/// Refuses names that lead beyond what the operation reads: its default selection and the fields
/// that the description declares for its records.
///
/// # Errors
///
/// `Validation`, with similar names that exist.
pub(crate) fn confine(
    operation: &Operation,
    name: &str,
    arguments: &Map<String, Value>,
) -> Result<()> {
    let Some(graphql) = chosen_by(operation) else { return Ok(()) };
    let Some(value) = arguments.get(ARGUMENT).filter(|value| !value.is_null()) else {
        return Ok(());
    };
    let invalid = |problem: String| Error::validation(format!("{name}: {problem}"));
    let names = names(value).map_err(invalid)?;
    let schema = operation.response.schema.as_ref().map(crate::description::Json::value);
    // A default selection that cannot be parsed allows no names.
    let usual = graphql.default_fields.as_deref().and_then(|text| Selection::parse(text).ok());
    let everything = Reach {
        selections: usual.iter().collect(),
        objects: schema.as_ref().map(objects).unwrap_or_default(),
    };
    if everything.is_nowhere() && !names.is_empty() {
        return Err(invalid(format!(
            "'{ARGUMENT}' cannot be used here: the description does not say which fields this \
             operation reads"
        )));
    }
    for path in names {
        let mut reach = everything.clone();
        for (depth, name) in path.iter().enumerate() {
            let next = reach.step(name);
            let Some(next) = next else {
                let (before, wanted) = (&path[..depth], path[..=depth].join("."));
                let known = reach.names();
                let known = known.iter().map(|name| [before, &[name]].concat().join("."));
                let known: Vec<String> = known.collect();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                return Err(invalid(format!(
                    "'{ARGUMENT}' leads to '{wanted}', which this operation does not read{}",
                    suggestion(&wanted, &known)
                )));
            };
            reach = next;
        }
    }
    Ok(())
}

/// Where names may lead from one place.
#[derive(Clone)]
struct Reach<'o> {
    selections: Vec<&'o Selection>,
    objects: Vec<&'o Map<String, Value>>,
}

impl<'o> Reach<'o> {
    fn is_nowhere(&self) -> bool {
        self.names().is_empty()
    }

    fn names(&self) -> BTreeSet<&'o str> {
        let selected = self.selections.iter().flat_map(|selection| selection.names());
        selected.chain(self.objects.iter().flat_map(|o| o.keys().map(String::as_str))).collect()
    }

    /// The reach behind a name; `None` where the name leads nowhere.
    fn step(&self, name: &str) -> Option<Self> {
        if !self.names().contains(name) {
            return None;
        }
        let selections = self.selections.iter().flat_map(|selection| selection.below(name));
        let members = self.objects.iter().filter_map(|members| members.get(name));
        Some(Self {
            selections: selections.collect(),
            objects: members.flat_map(objects).collect(),
        })
    }
}

/// The members that a schema declares for the value that it describes, or for the elements of a
/// list.
fn objects(schema: &Value) -> Vec<&Map<String, Value>> {
    let mut objects = Vec::new();
    let mut open = vec![schema];
    while let Some(schema) = open.pop() {
        objects.extend(schema.get("properties").and_then(Value::as_object));
        open.extend(schema.get("items"));
        for key in ["oneOf", "anyOf", "allOf"] {
            open.extend(schema.get(key).and_then(Value::as_array).into_iter().flatten());
        }
    }
    objects
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_become_graphql() {
        for (value, expected) in [
            (json!(["title"]), Some("title")),
            (json!(["id", " author.login "]), Some("id author { login }")),
            (json!(["a.b", "a.c.d"]), Some("a { b } a { c { d } }")),
            (json!(["__typename", "_x1"]), Some("__typename _x1")),
            (json!([]), None),
            (json!(null), None),
        ] {
            assert_eq!(graphql(Some(&value)).unwrap().as_deref(), expected, "{value}");
        }
        assert_eq!(graphql(None), Ok(None));
    }

    #[test]
    fn nothing_but_names_is_taken() {
        let long = "a".repeat(LONGEST + 1);
        for entry in [
            "",
            " ",
            ".",
            "a.",
            ".a",
            "a..b",
            "1a",
            "a b",
            "a,b",
            "a\nb",
            "a-b",
            "ä",
            "$a",
            "a!",
            "a{b}",
            "a { b }",
            "labels(first: 5) { nodes { name } }",
            "... on Bot { login }",
            "...F",
            "x: title",
            "a @skip(if: true)",
            "id } } mutation { x",
            "id # }",
            "id #",
            "id a: labels(query: \"\"\" \" \"\"\") { nodes { name } }",
            "a(x: \"\"\"\\\\\"\"\") } } mutation { x",
            "a(x: \"#\") }",
            "\"a\"",
            "a\u{feff}b",
            "a\u{2028}b",
            &long,
        ] {
            let said = names(&json!(["id", entry])).unwrap_err();
            assert!(
                said.contains("'title' or 'author.login'") && said.len() < 300,
                "{entry} {said}"
            );
        }
        for value in [json!("id"), json!([1]), json!([["id"]]), json!({"id": 1}), json!([null])] {
            assert!(names(&value).is_err(), "{value}");
        }
    }
}
