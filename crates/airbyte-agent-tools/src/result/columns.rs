//! Which fields of records a table for people shows, and a value in a few words.
//!
//! Fields are ranked in the same way as for a model.

use serde_json::{Map, Value};

use super::fields::members;
use super::rank::{LIST_MEMBERS, Rank, is_container, rank};

/// The fields of some records, without those that are empty in all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Columns {
    /// The fields that tell something, the most important first. Each is the path of names from the
    /// record to the field.
    pub telling: Vec<Vec<String>>,
    /// All other fields, in the same form: large values, addresses of the API, hashes.
    pub rest: Vec<Vec<String>>,
}

/// Ranks the fields of `records`; `schema` is the JSON Schema of one record, where it is known.
pub fn columns(records: &[Value], schema: Option<&Value>) -> Columns {
    let mut found: Vec<(Vec<String>, Rank)> = Vec::new();
    for record in records.iter().filter_map(Value::as_object) {
        gather(record, schema, &[], &mut found);
    }
    // The sort is stable: within a rank the order of the records stays.
    found.sort_by_key(|(_, rank)| *rank);
    let (telling, rest): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|(_, rank)| *rank < Rank::Nested);
    let paths = |found: Vec<(Vec<String>, Rank)>| found.into_iter().map(|(path, _)| path).collect();
    Columns { telling: paths(telling), rest: paths(rest) }
}

fn gather(
    record: &Map<String, Value>,
    schema: Option<&Value>,
    before: &[String],
    found: &mut Vec<(Vec<String>, Rank)>,
) {
    let properties = schema.and_then(members);
    for (name, value) in record.iter().filter(|(_, value)| !gist(value).is_empty()) {
        let property = properties.and_then(|properties| properties.get(name));
        let path = [before, std::slice::from_ref(name)].concat();
        if before.len() < 2 && is_container(name, value) {
            if let Value::Object(inner) = value {
                gather(inner, property, &path, found);
            }
            continue;
        }
        let rank = match rank(name, value, property) {
            // Long text fills a column and tells little in it.
            Rank::TimeOrAmount if is_prose(value) => Rank::Other,
            rank => rank,
        };
        match found.iter_mut().find(|(known, _)| *known == path) {
            Some((_, best)) => *best = rank.min(*best),
            None => found.push((path, rank)),
        }
    }
}

fn is_prose(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() > 30)
}

/// Writes a value in a few words: of an object the member that names it, of a list its entries with
/// commas between them. It is empty for `null` and for values without content.
pub fn gist(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let gists: Vec<String> = items.iter().map(gist).filter(|g| !g.is_empty()).collect();
            gists.join(", ")
        }
        Value::Object(members) => of_object(members),
        scalar => scalar.to_string(),
    }
}

fn of_object(members: &Map<String, Value>) -> String {
    for name in LIST_MEMBERS {
        if let Some(inner) = members.get(name).filter(|v| v.is_array() || v.is_object()) {
            return gist(inner);
        }
    }
    let scalar = |value: &&Value| !value.is_object() && !value.is_array() && !value.is_null();
    let order = |name: &str, value: &Value| match rank(name, value, None) {
        Rank::Name => 0,
        Rank::Identifier => 1,
        Rank::State => 2,
        other => 3 + other as u8,
    };
    let plain = members.iter().filter(|(_, value)| scalar(value) && !gist(value).is_empty());
    match plain.min_by_key(|(name, value)| order(name, value)) {
        Some((_, value)) => gist(value),
        None => members.values().map(gist).find(|gist| !gist.is_empty()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_most_important_comes_first_and_what_is_empty_not_at_all() {
        let records = [
            json!({"node_id": "N1", "created_at": "2026-01-01", "state": "open", "body": null,
                   "title": "Bug", "id": 7, "labels": [{"name": "bug", "color": "red"}],
                   "reactions": {"a": {"b": {}}}, "meta": {"deep": {"x": 1}}}),
            json!({"id": 8, "user": {"login": "ann", "id": 1}, "body": "text"}),
        ];
        let columns = columns(&records, None);
        let names = |paths: &[Vec<String>]| -> Vec<String> {
            paths.iter().map(|path| path.join(".")).collect()
        };
        assert_eq!(
            names(&columns.telling),
            ["id", "title", "state", "created_at", "body", "labels", "user"]
        );
        assert_eq!(names(&columns.rest), ["meta", "node_id"]);
    }

    #[test]
    fn containers_give_their_members() {
        let fields = json!({"summary": "s", "status": {"name": "Done"}, "one": 1, "two": null});
        let records = [json!({"key": "A-1", "fields": fields})];
        let telling = columns(&records, None).telling;
        let in_fields = |name| vec!["fields", name];
        assert_eq!(
            telling,
            [vec!["key"], in_fields("summary"), in_fields("status"), in_fields("one")]
        );
    }

    #[test]
    fn a_value_in_a_few_words() {
        for (value, expected) in [
            (json!(null), ""),
            (json!("x"), "x"),
            (json!(1.5), "1.5"),
            (json!({"id": 1, "login": "ann"}), "ann"),
            (json!([{"name": "a"}, {"name": "b"}, "c"]), "a, b, c"),
            (json!({"nodes": [{"name": "a"}]}), "a"),
            (json!({"x": {"name": "deep"}}), "deep"),
            (json!({}), ""),
            (json!([null, {}]), ""),
        ] {
            assert_eq!(gist(&value), expected, "{value}");
        }
    }
}
