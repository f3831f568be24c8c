//! The metadata of a response that tells a model something.

use serde_json::{Map, Value};

use crate::result::clean;
use airbyte_agent_description::{Next, Operation, Source, Step};

/// The metadata together with the numbers that stood beside the records, without what is `null` and
/// without what only serves paging: the cursor of the result says that already. Hidden characters are removed.
pub(super) fn without_paging(
    operation: &Operation,
    meta: Value,
    counts: Map<String, Value>,
) -> Value {
    let mut members = match meta {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    for (name, count) in counts {
        members.entry(name).or_insert(count);
    }
    if members.is_empty() {
        return Value::Object(members);
    }
    let paging = &operation.paging;
    let mut sources: Vec<&Source> = paging.more.iter().chain(&paging.done).collect();
    if let Next::Cursor { from, .. } | Next::Link { from, .. } = &paging.next {
        sources.push(from);
    }
    // These words occur in the names of links to other pages and of tokens.
    let is_link = |name: &str| {
        let name = name.to_lowercase();
        ["next", "cursor", "prev", "has_more", "hasmore", "page_token", "pagetoken"]
            .iter()
            .any(|word| name.contains(word))
    };
    let serves_paging = |wanted: &str| {
        is_link(wanted)
            || sources.iter().any(|source| match source {
                Source::Meta { name, .. } => name == wanted,
                Source::Body(path) => {
                    path.steps.last() == Some(&Step::Key(wanted.to_owned().into()))
                }
            })
    };
    let shown =
        members.into_iter().filter(|(name, value)| !value.is_null() && !serves_paging(name));
    let mut shown = Value::Object(shown.collect());
    clean::value(&mut shown);
    shown
}
