//! The reasons why there is nothing at the place of the records.

use serde_json::Value;

use crate::description::{Body, JsonPath, Operation, Step};

/// The reason why there is nothing at a place.
#[derive(Debug, PartialEq)]
pub(super) enum Absence {
    /// The list or object that would contain it has no element at the next step of the place.
    Empty,
    /// The value that would contain it, at this place, is `null`.
    Null(String),
    /// A member that leads to the place is missing.
    Missing,
}

impl Absence {
    /// The reason why there is nothing at this place of the body.
    pub(super) fn of(place: &JsonPath, body: &Value) -> Self {
        let mut at = body;
        for (index, step) in place.steps.iter().enumerate() {
            let is_empty = at.as_array().is_some_and(Vec::is_empty);
            let found = match step {
                // PHP-like servers write an empty object as an empty array. A body that is empty as
                // a whole does not say that there are no records.
                _ if is_empty && index > 0 => return Self::Empty,
                Step::Key(_) if is_empty => return Self::Missing,
                Step::Key(key) => at.get(key.as_ref()),
                Step::Index(_) if at.is_array() => return Self::Empty,
                Step::Each if at.is_array() || at.is_object() => return Self::Empty,
                Step::Index(_) | Step::Each => None,
            };
            at = match found {
                None => return Self::Missing,
                Some(Value::Null) => return Self::Null(dotted(&place.steps[..=index])),
                Some(value) => value,
            };
        }
        Self::Empty
    }

    /// The part of a GraphQL response that is empty although it must not be: the data as a whole,
    /// or the result of a mutation.
    pub(super) fn of_graphql(operation: &Operation, body: &Value) -> Option<String> {
        let Body::GraphQl(_) = operation.body else { return None };
        let data = body.get("data").filter(|data| !data.is_null());
        let Some(data) = data else { return Some("data".to_owned()) };
        if operation.hints.read_only {
            return None;
        }
        let steps =
            operation.response.records.as_ref().map_or(&[][..], |records| &records.steps[..]);
        let name = match steps {
            [_, Step::Key(name), ..] => name.as_ref(),
            _ => data.as_object()?.keys().next()?,
        };
        let is_empty = data.get(name).is_none_or(Value::is_null);
        is_empty.then(|| format!("data.{name}"))
    }
}

fn dotted(steps: &[Step]) -> String {
    let path = JsonPath { steps: steps.to_vec().into() }.to_string();
    path.trim_start_matches("$.").to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_empty_list_is_told_from_a_missing_one() {
        let null = |place: &str| Absence::Null(place.to_owned());
        for (place, body, expected) in [
            ("$.data", json!({"status": "error"}), Absence::Missing),
            ("$.data", json!(null), Absence::Missing),
            ("$.data.items", json!({"data": null}), null("data")),
            ("$.data.items", json!({"data": {}}), Absence::Missing),
            ("$.data.items", json!({"data": []}), Absence::Empty),
            ("$.data", json!([]), Absence::Missing),
            ("$[*].data", json!([]), Absence::Empty),
            ("$.data[*].item", json!({"data": []}), Absence::Empty),
            ("$.data[*].item", json!({"data": [{}]}), Absence::Empty),
            ("$.data[*].item", json!({}), Absence::Missing),
            ("$.data[*].item", json!({"data": 7}), Absence::Missing),
            ("$.data[0]", json!({"data": []}), Absence::Empty),
            ("$[*][*]", json!({}), Absence::Empty),
        ] {
            let place = JsonPath::parse(place).unwrap();
            assert_eq!(Absence::of(&place, &body), expected, "{place} {body}");
        }
    }
}
