//! What must be true for lists: how far they go, and that they can be searched. Knows no connector.

use std::collections::BTreeSet;

use airbyte_agent_core::Client;
use airbyte_agent_core::description::{
    Action, JsonPath, Kind, MetaSource, Next, Operation as Described, Parameter, Schema, Source,
};
use airbyte_agent_sandbox::sample;
use serde_json::{Map, Value};

type Expected = std::result::Result<(), String>;

/// The elements of the lists inside these records, if each record is a whole response.
pub(crate) fn listed(found: Vec<Value>) -> Vec<Value> {
    let inner = |record: &Value| {
        let members = record.as_object().filter(|members| !members.contains_key("id"))?;
        let mut lists = members.values().filter_map(Value::as_array);
        lists.find(|list| list.len() > 3 && list.iter().all(Value::is_object)).cloned()
    };
    let all: Option<Vec<Vec<Value>>> = found.iter().map(inner).collect();
    all.map_or(found, |all| all.into_iter().flatten().collect())
}

/// Whether the platform's response says how a list continues. It contains only records and metadata,
/// so a value elsewhere in the vendor's response is lost, and an address cannot be requested.
pub(crate) fn goes_on_when_hosted(described: &Described) -> bool {
    let is_below = |outer: &JsonPath, path: &JsonPath| path.steps.starts_with(&outer.steps);
    let is_carried = |source: &Source| match source {
        Source::Meta { .. } => true,
        Source::Body(path) => {
            let in_meta = described.response.meta.iter().any(|field| match &field.source {
                MetaSource::Body(outer) => is_below(outer, path),
                MetaSource::Link(_) | MetaSource::Header(_) => false,
            });
            let records = described.response.records.as_ref();
            in_meta || records.is_none_or(|outer| !outer.is_multiple() && is_below(outer, path))
        }
    };
    described.paging.styles().any(|style| match &style.next {
        Next::None { .. } | Next::Unknown { .. } => false,
        Next::Cursor { from, .. } => is_carried(from),
        Next::Link { from, feed, .. } => is_carried(from) && !feed.is_empty(),
        Next::LastRecord { .. } | Next::Offset { .. } | Next::Page { .. } => true,
    })
}

/// A list with pages has at least three of them, and contains no record twice. Records that nothing
/// identifies, such as the rows of a report, may be equal, but not those of two pages.
pub(crate) fn is_whole(described: &Described, pages: &[Value], goes_on: bool) -> Expected {
    let all = || pages.iter().filter_map(Value::as_array).flatten();
    let count = all().count();
    if count == 0 {
        return Err("nothing came".to_owned());
    }
    if !goes_on {
        return match pages.len() {
            1 => Ok(()),
            several => Err(format!("{several} pages came, although nothing says how to go on")),
        };
    }
    if !matches!(described.paging.next, Next::None { .. }) && pages.len() < 3 {
        return Err(format!("{count} records came in {} pages", pages.len()));
    }
    let is_cut =
        matches!(described.paging.next, Next::None { .. }) && described.paging.size.is_some();
    // Required arguments with a choice, such as a state, and lists of ids select some of the records.
    let names_records = |p: &Parameter| {
        let ends = ["ids", "Ids"].iter().any(|end| p.name.ends_with(end));
        ends && p.schema.kinds.contains(&Kind::Array)
    };
    let selects = described
        .parameters
        .iter()
        .any(|p| p.required && (names_records(p) || has_choices(&p.schema)));
    if described.action == Action::List && !is_cut && !selects && count < 200 {
        let listed = listed(all().cloned().collect()).len();
        if listed < 200 {
            return Err(format!("only {listed} records came"));
        }
    }
    let records: BTreeSet<String> = all().map(Value::to_string).collect();
    let twice = count - records.len();
    if twice > 0 && all().any(is_identified) {
        return Err(format!("of {count} records {twice} are there twice"));
    }
    let different: BTreeSet<String> = pages.iter().map(Value::to_string).collect();
    if records.len() > 1 && different.len() < pages.len() {
        return Err(format!("of {} pages only {} differ", pages.len(), different.len()));
    }
    Ok(())
}

/// Whether a record has a member by which it differs from all others.
fn is_identified(record: &Value) -> bool {
    let names = ["id", "gid", "uuid", "guid", "key", "number"];
    names.iter().any(|name| record.get(name).is_some_and(|value| !value.is_null()))
}

/// Whether a value, or a required member of it, is one of several.
fn has_choices(schema: &Schema) -> bool {
    let required = schema.properties.iter().filter(|member| member.required);
    !schema.choices.is_empty()
        || schema.items.iter().any(has_choices)
        || required.map(|member| &member.schema).any(has_choices)
}

/// A search for words finds the record that contains them, and finds nothing for words that no record
/// contains.
pub(crate) async fn finds(
    described: &Described,
    arguments: &Map<String, Value>,
    found: &[Value],
    client: &Client,
) -> Expected {
    let Some(parameter) = sample::search_parameter(described) else { return Ok(()) };
    let words = |record: &Value| {
        let texts = record.as_object()?.values().filter_map(Value::as_str);
        let mut texts = texts.filter(|text| text.len() > 5 && !text.contains(':'));
        texts.next().map(str::to_owned)
    };
    let words = found.get(1).and_then(words);
    for (words, expected) in [(words, true), (Some("zqx nowhere".to_owned()), false)] {
        let Some(words) = words else { continue };
        let mut arguments = arguments.clone();
        arguments.insert(parameter.to_owned(), words.as_str().into());
        let (entity, action) = (&described.entity, described.action.as_str());
        let answer = client.execute(entity, action, arguments.into()).await;
        let answer = answer.map_err(|why| format!("search for '{words}': {why}"))?;
        let answer = match answer.data {
            Value::Array(records) => records,
            one => vec![one],
        };
        // Where the whole answer is the record, it holds an empty list.
        let is_hull = |record: &Value| {
            let lists = record.as_object().filter(|members| !members.contains_key("id"));
            lists.is_some_and(|m| m.values().filter_map(Value::as_array).all(Vec::is_empty))
        };
        let right = if expected {
            answer.iter().any(|record| record.to_string().contains(&words))
        } else {
            answer.iter().all(is_hull)
        };
        if !right {
            return Err(format!("search for '{words}' gives {} records", answer.len()));
        }
    }
    Ok(())
}
