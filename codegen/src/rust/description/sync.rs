//! Writes the rules for copying the records of a list into a store as code.

use airbyte_agent_description::{
    FieldFilter, Json, JsonPath, ParentValue, SyncChange, SyncDeletions, SyncOrder, SyncParent,
    SyncRule, SyncSource, SyncTime, Text,
};

use super::code::Code;
use super::schema::{json, json_text, path};

/// The operation with its rule appended.
pub(super) fn rule(code: Code, rule: Option<&SyncRule>) -> Code {
    match rule {
        None => code,
        Some(SyncRule::Source(source)) => code.with("sync", [self::source(source)]),
        Some(SyncRule::Cannot { reason }) => code.with("cannot_sync", [Code::text(reason)]),
    }
}

fn places(places: &[JsonPath]) -> Code {
    Code::list(places.iter().map(path))
}

fn source(source: &SyncSource) -> Code {
    let SyncSource {
        key,
        per_parent,
        parents,
        arguments,
        needs,
        scope,
        change,
        deletions,
        conditional,
    } = source;
    let code = Code::call("sync", [places(key)])
        .each("parents", parents, parent)
        .mark("per_parent", *per_parent)
        .each("arguments", arguments, argument)
        .maybe("needs", (!needs.is_empty()).then(|| Code::texts(needs.iter())))
        .maybe("scope", (!scope.is_empty()).then(|| Code::texts(scope.iter())))
        .maybe("change", change.as_ref().map(self::change))
        .mark("conditional", *conditional);
    let code = match deletions {
        SyncDeletions::FullPass => code,
        SyncDeletions::Flag { field, equals: None } => code.with("deleted_if", [path(field)]),
        SyncDeletions::Flag { field, equals: Some(value) } => {
            code.with("deleted_where", [path(field), json_text(value)])
        }
        SyncDeletions::Feed { entity, key } => {
            code.with("deleted_by", [Code::text(entity), places(key)])
        }
    };
    code.tall()
}

fn text(text: &str) -> Code {
    Code::call("text", [Code::text(text)])
}

fn argument((name, value): &(Text, Json)) -> Code {
    Code::call("", [text(name), json(value)])
}

fn parent(parent: &SyncParent) -> Code {
    let SyncParent { entity, arguments } = parent;
    let arguments = arguments.iter().map(|(name, value)| {
        let value = match value {
            ParentValue::Member(place) => Code::call("ParentValue::Member", [path(place)]),
            ParentValue::Argument(own) => Code::call("ParentValue::Argument", [text(own)]),
        };
        Code::call("", [text(name), value])
    });
    Code::call("sync_parent", [Code::text(entity), Code::list(arguments)])
}

fn time(time: SyncTime) -> Code {
    Code::plain(format!("SyncTime::{time:?}"))
}

fn change(change: &SyncChange) -> Code {
    let SyncChange { field, format, filter, filter_format, order, overlap_seconds } = change;
    let is_usual = *overlap_seconds == SyncChange::OVERLAP_SECONDS;
    let order =
        (*order != SyncOrder::Unknown).then(|| Code::plain(format!("SyncOrder::{order:?}")));
    Code::call("sync_change", [path(field), time(*format)])
        .each("filter", filter, argument)
        .maybe("filter_format", (filter_format != format).then(|| time(*filter_format)))
        .maybe("order", order)
        .maybe("overlap_seconds", (!is_usual).then(|| Code::plain(overlap_seconds.to_string())))
}

/// The fields by which the records of a list can be requested, as an expression.
pub(super) fn filter(filter: &FieldFilter) -> Code {
    let FieldFilter { field, equals, any_of, most, from, to, format, get, unless } = filter;
    let most = (*most != FieldFilter::MOST).then(|| Code::plain(most.to_string()));
    let format = (*format != SyncTime::Iso8601).then(|| time(*format));
    Code::call("field_filter", [path(field)])
        .each("equals", equals, argument)
        .each("any_of", any_of, argument)
        .maybe("most", most)
        .each("from", from, argument)
        .each("to", to, argument)
        .maybe("format", format)
        .maybe("get", get.as_deref().map(Code::text))
        .maybe("unless", unless.as_ref().map(path))
}
