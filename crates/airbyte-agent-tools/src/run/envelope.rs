//! Lists whose answer is taken whole: the records stand in a member of it.

use serde_json::{Map, Value};

/// The records of a page, and where they stood.
pub(super) struct Opened {
    pub(super) records: Vec<Value>,
    /// The member that holds them, `None` when the page is the list itself.
    pub(super) member: Option<String>,
    /// Numbers beside them, such as how many there are in all.
    pub(super) counts: Map<String, Value>,
}

/// Opens a page. `known` is the member of the page before.
pub(super) fn open(data: Value, known: Option<&str>) -> Opened {
    let bare = |records| Opened { records, member: None, counts: Map::new() };
    let mut members = match data {
        Value::Array(records) => return bare(records),
        Value::Null => return bare(Vec::new()),
        Value::Object(members) => members,
        other => return bare(vec![other]),
    };
    let Some(name) = holder(&members, known) else {
        return bare(vec![Value::Object(members)]);
    };
    let records = match members.shift_remove(&name) {
        Some(Value::Array(records)) => records,
        _ => Vec::new(),
    };
    let counts = members.into_iter().filter(|(_, value)| value.is_number()).collect();
    Opened { records, member: Some(name), counts }
}

/// The member that holds the records: the only list of objects there is, or the only list.
fn holder(members: &Map<String, Value>, known: Option<&str>) -> Option<String> {
    if let Some(known) = known.filter(|known| members.get(*known).is_some_and(Value::is_array)) {
        return Some(known.to_owned());
    }
    let lists: Vec<(&String, &Vec<Value>)> =
        members.iter().filter_map(|(name, value)| Some((name, value.as_array()?))).collect();
    let full: Vec<&String> = lists
        .iter()
        .filter(|(_, list)| list.first().is_some_and(Value::is_object))
        .map(|(name, _)| *name)
        .collect();
    match (full.as_slice(), lists.as_slice()) {
        ([only], _) => Some((*only).clone()),
        // An empty page; anything with an identifier of its own is a record that has a list.
        ([], [(only, list)]) if list.is_empty() && !members.contains_key("id") => {
            Some((*only).clone())
        }
        _ => None,
    }
    .filter(|_| !members.contains_key("id"))
}

/// The schema of a record inside such a page.
pub(super) fn schema<'s>(page: Option<&'s Value>, member: Option<&str>) -> Option<&'s Value> {
    let Some(member) = member else { return page };
    page?.get("properties")?.get(member)?.get("items")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_records_are_found() {
        for (page, known, records, member) in [
            (json!([1, 2]), None, json!([1, 2]), None),
            (json!(null), None, json!([]), None),
            (json!({"data": [{"id": 1}], "more": true}), None, json!([{"id": 1}]), Some("data")),
            (json!({"data": [], "total": 0}), None, json!([]), Some("data")),
            (json!({"a": [{"x": 1}], "b": ["y"]}), None, json!([{"x": 1}]), Some("a")),
            (
                json!({"a": [{"x": 1}], "b": [{"y": 1}]}),
                None,
                json!([{"a": [{"x": 1}], "b": [{"y": 1}]}]),
                None,
            ),
            (json!({"a": [{"x": 1}], "b": [{"y": 1}]}), Some("b"), json!([{"y": 1}]), Some("b")),
            (
                json!({"id": 1, "tags": [{"x": 1}]}),
                None,
                json!([{"id": 1, "tags": [{"x": 1}]}]),
                None,
            ),
            (json!({"name": "x"}), None, json!([{"name": "x"}]), None),
        ] {
            let opened = open(page.clone(), known);
            assert_eq!(json!(opened.records), records, "{page}");
            assert_eq!(opened.member.as_deref(), member, "{page}");
        }
    }
}
