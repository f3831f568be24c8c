//! Finds the records in a page of a list, where the description does not say in which member they are.

use serde_json::{Map, Value};

/// The records of a page, and what stood around them.
pub(super) struct PageRecords {
    pub(super) records: Vec<Value>,
    /// The member that holds the records, `None` when the page is the list itself.
    pub(super) member: Option<String>,
    /// Numbers beside the records, such as how many there are in all.
    pub(super) counts: Map<String, Value>,
}

impl PageRecords {
    /// Finds the records in a page. `known` is the member that held them on the page before.
    pub(super) fn find(page: Value, known: Option<&str>) -> Self {
        let bare = |records| Self { records, member: None, counts: Map::new() };
        let mut members = match page {
            Value::Array(records) => return bare(records),
            Value::Null => return bare(Vec::new()),
            Value::Object(members) => members,
            other => return bare(vec![other]),
        };
        let Some(name) = member_with_records(&members, known) else {
            return bare(vec![Value::Object(members)]);
        };
        let records = match members.shift_remove(&name) {
            Some(Value::Array(records)) => records,
            _ => Vec::new(),
        };
        let counts = members.into_iter().filter(|(_, value)| value.is_number()).collect();
        Self { records, member: Some(name), counts }
    }
}

/// The member that holds the records: the only list of objects, or else the only list.
fn member_with_records(members: &Map<String, Value>, known: Option<&str>) -> Option<String> {
    if let Some(known) = known.filter(|known| members.get(*known).is_some_and(Value::is_array)) {
        return Some(known.to_owned());
    }
    let lists: Vec<(&String, &Vec<Value>)> =
        members.iter().filter_map(|(name, value)| Some((name, value.as_array()?))).collect();
    let of_objects: Vec<&String> = lists
        .iter()
        .filter(|(_, list)| list.first().is_some_and(Value::is_object))
        .map(|(name, _)| *name)
        .collect();
    match (of_objects.as_slice(), lists.as_slice()) {
        ([only], _) => Some((*only).clone()),
        // The page is empty.
        ([], [(only, list)]) if list.is_empty() => Some((*only).clone()),
        _ => None,
    }
    // What has an identifier of its own is a record that contains a list.
    .filter(|_| !members.contains_key("id"))
}

/// The schema of a record, from the schema of the page and the member that holds the records.
pub(super) fn record_schema<'s>(
    page: Option<&'s Value>,
    member: Option<&str>,
) -> Option<&'s Value> {
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
            let found = PageRecords::find(page.clone(), known);
            assert_eq!(json!(found.records), records, "{page}");
            assert_eq!(found.member.as_deref(), member, "{page}");
        }
    }
}
