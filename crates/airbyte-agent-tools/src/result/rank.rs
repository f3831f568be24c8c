//! How much a field tells about its record, judged by its name, its schema and its value.

use serde_json::Value;

use super::rank_words::{
    AMOUNTS, CONTAINERS, IDENTIFIERS, NAMES, NOISE, PAGES, REFERENCES, STATES, TEXTS, TIMES,
};

/// Names of members that hold the entries of a list, in GraphQL and in other ways to wrap a list.
pub(super) const LIST_MEMBERS: [&str; 5] = ["nodes", "edges", "data", "items", "node"];

/// How much a field tells about its record; the first variants tell most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Identifier,
    Name,
    State,
    TimeOrAmount,
    Reference,
    Other,
    /// Objects and lists, and flags that are `false`.
    Nested,
    /// Nothing that a reader needs: addresses of the API, pictures, hashes.
    Noise,
}

/// How much a field tells about its record. `property` is the schema of the field.
pub(super) fn rank(name: &str, value: &Value, property: Option<&Value>) -> Rank {
    let words = words(name);
    let whole = words.join("_");
    let (first, last) = match (words.first(), words.last()) {
        (Some(first), Some(last)) => (first.as_str(), last.as_str()),
        _ => return Rank::Other,
    };
    let single = words.len() == 1;
    if whole == "node_id" || whole == "self" || whole == "object" {
        return Rank::Noise;
    }
    if PAGES.contains(&whole.as_str()) {
        // The address of an API tells less than that of a web page.
        return if value.as_str().is_some_and(|url| url.contains("/api")) {
            Rank::Noise
        } else {
            Rank::Reference
        };
    }
    if is_container(name, value) {
        return Rank::Name;
    }
    let is_scalar = !value.is_object() && !value.is_array();
    if single && IDENTIFIERS.contains(&last) && is_scalar {
        return Rank::Identifier;
    }
    if NOISE.contains(&last) || NOISE.contains(&first) && !REFERENCES.contains(&last) {
        return Rank::Noise;
    }
    if is_scalar && (NAMES.contains(&last) || words.iter().any(|word| word == "email")) {
        return Rank::Name;
    }
    let says = |key: &str| property.and_then(|property| property.get(key));
    if STATES.contains(&last) || is_scalar && says("enum").is_some() {
        return Rank::State;
    }
    let format = says("format").and_then(Value::as_str).unwrap_or_default();
    if is_scalar
        && (format.starts_with("date")
            || TIMES.contains(&last)
            || AMOUNTS.contains(&last)
            || single && TEXTS.contains(&last))
    {
        return Rank::TimeOrAmount;
    }
    if REFERENCES.contains(&last) {
        return Rank::Reference;
    }
    if !is_scalar {
        return Rank::Nested;
    }
    // A flag that is not set rarely tells anything.
    if value == &Value::Bool(false) { Rank::Nested } else { Rank::Other }
}

/// Whether a member is an object that holds the fields of the record itself.
pub(super) fn is_container(name: &str, value: &Value) -> bool {
    CONTAINERS.contains(&name) && value.as_object().is_some_and(|members| members.len() >= 4)
}

/// The words of a name in small letters: `createdAt`, `created_at` and `Created At` have the same two.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut start = true;
    let mut before = ' ';
    for character in name.chars() {
        if character.is_alphanumeric() {
            start |= character.is_uppercase() && before.is_lowercase();
            if start {
                words.push(String::new());
                start = false;
            }
            if let Some(word) = words.last_mut() {
                word.extend(character.to_lowercase());
            }
        } else {
            start = true;
        }
        before = character;
    }
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_schemas_and_values_decide() {
        for (name, value, property, expected) in [
            ("id", json!("1"), json!({}), Rank::Identifier),
            ("Id", json!("1"), json!({}), Rank::Identifier),
            ("displayName", json!("x"), json!({}), Rank::Name),
            ("contact_email", json!("x"), json!({}), Rank::Name),
            ("fields", json!({"a": 1, "b": 2, "c": 3, "d": 4}), json!({}), Rank::Name),
            ("attributes", json!({"type": "x", "url": "y"}), json!({}), Rank::Nested),
            ("dealstage", json!("x"), json!({}), Rank::State),
            ("mode", json!("x"), json!({"enum": ["x"]}), Rank::State),
            ("createdAt", json!("x"), json!({}), Rank::TimeOrAmount),
            ("start", json!("x"), json!({"format": "date-time"}), Rank::TimeOrAmount),
            ("amount_due", json!(5), json!({}), Rank::TimeOrAmount),
            ("text", json!("x"), json!({}), Rank::TimeOrAmount),
            ("customer_id", json!("x"), json!({}), Rank::Reference),
            ("html_url", json!("https://a.example/x"), json!({}), Rank::Reference),
            ("url", json!("https://a.example/api/x"), json!({}), Rank::Noise),
            ("labels_url", json!("x"), json!({}), Rank::Noise),
            ("avatarUrl", json!("x"), json!({}), Rank::Noise),
            ("node_id", json!("x"), json!({}), Rank::Noise),
            ("locked", json!(false), json!({}), Rank::Nested),
            ("locked", json!(true), json!({}), Rank::Other),
            ("reactions", json!({"a": 1}), json!({}), Rank::Nested),
        ] {
            assert_eq!(rank(name, &value, Some(&property)), expected, "{name}");
        }
    }
}
