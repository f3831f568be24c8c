//! Where records and metadata stand in the response.

use airbyte_agent_description::{
    Action, EmptyList, ErrorCheck, ErrorCondition, Filter, Json, JsonPath, List, MetaField,
    MetaSource, Response, Step, Text, Transform, UrlStep,
};

use super::refs::{Walk, types};
use super::{Cx, Op, graphql, info};
use crate::expression::{self, Place};
use crate::names::squash;
use airbyte_agent_yaml::Node;

pub(super) fn response<'a>(cx: &Cx<'a>, op: Op<'a>, action: Action) -> Response {
    let records = extractor(cx, op);
    let schema = record_schema(cx, op, action, records.as_ref());
    // Without a schema a change has no record in any case.
    let may_lack_content = action.is_array() || action.is_change() && schema.is_some();
    Response {
        records_optional: records_optional(cx, op, records.is_some()),
        no_content: may_lack_content && declares_no_content(op),
        total: total(cx, op, action),
        empty: empty(cx, op, action),
        filter: filter(cx, op, action),
        transform: transform(cx, op, records.is_some()).into(),
        meta: meta(cx, op).into(),
        errors: errors(cx, op).into(),
        headers: headers(cx, op).into(),
        schema,
        records,
    }
}

/// `x-agent-record-headers`: members of the record that are headers of the response.
fn headers<'a>(cx: &Cx<'a>, op: Op<'a>) -> Vec<(Text, Text)> {
    let Some(node) = op.node.get("x-agent-record-headers") else { return Vec::new() };
    if op.action.is_some_and(Action::is_array)
        || op.node.get("x-airbyte-record-extractor").is_some()
    {
        cx.report.error(
            node,
            "headers are members of a record that is the whole response; a list and `x-airbyte-record-extractor` \
             cannot have them",
        );
    }
    let members = node.members().iter();
    members.map(|(member, header)| (member.clone().into(), header.plain().into())).collect()
}

/// The response that describes success: 200, else 201.
pub(crate) fn success(op: Op<'_>) -> Option<&Node> {
    let responses = op.node.get("responses")?;
    responses.get("200").or_else(|| responses.get("201"))
}

/// Whether the responses of the operation have one without content.
fn declares_no_content(op: Op<'_>) -> bool {
    op.node.get("responses").is_some_and(|responses| responses.get("204").is_some())
}

/// The schema of the whole response.
pub(crate) fn success_schema<'a>(cx: &Cx<'a>, op: Op<'a>) -> Option<&'a Node> {
    let response = cx.resolve(success(op)?)?;
    let content = response.get("content")?.members();
    let json = |name: &str| name.starts_with("application/json") || name.ends_with("+json");
    content.iter().find(|(name, _)| json(name))?.1.get("schema")
}

/// The record extractor. Reports a form that is not understood.
pub(crate) fn extractor<'a>(cx: &Cx<'a>, op: Op<'a>) -> Option<JsonPath> {
    let node = op.node.get("x-airbyte-record-extractor")?;
    let text = node.plain();
    let path = JsonPath::parse(&text);
    if path.is_none() {
        cx.report.fatal(
            node,
            format!("`{text}` is no path; expected a form like `$.data.items`, `$.items[0]` or `$.items[*].item`"),
        );
    }
    path
}

fn filter<'a>(cx: &Cx<'a>, op: Op<'a>, action: Action) -> Option<Filter> {
    let node = op.node.get("x-airbyte-record-filter")?;
    if !action.is_array() {
        cx.report.error(
            node,
            "`x-airbyte-record-filter` is only for the actions `list` and `search`; remove it",
        );
        return None;
    }
    expression::check(cx, node, Place::Filter);
    let text = node.plain();
    Some(negated_place(&text).map_or_else(|| Filter::Expression(text.into()), Filter::Unless))
}

/// The place in `{{ not record.a.b }}`, the only form in use.
fn negated_place(text: &str) -> Option<JsonPath> {
    let inner = text.strip_prefix("{{")?.strip_suffix("}}")?.trim();
    let place = inner.strip_prefix("not ")?.trim().strip_prefix("record.")?;
    let plain = |c: char| c.is_alphanumeric() || c == '_';
    let parts: Vec<_> = place.split('.').collect();
    if parts.iter().any(|part| part.is_empty() || !part.chars().all(plain)) {
        return None;
    }
    let steps = parts.into_iter().map(|part| Step::Key(part.to_owned().into()));
    Some(JsonPath { steps: steps.collect::<Vec<_>>().into() })
}

fn transform<'a>(cx: &Cx<'a>, op: Op<'a>, extracts: bool) -> Vec<Transform> {
    let Some(node) = op.node.get("x-airbyte-record-transform") else { return Vec::new() };
    if !extracts {
        cx.report.error(
            node,
            "a transform needs `x-airbyte-record-extractor`; use `$` for the whole response",
        );
    }
    node.members()
        .iter()
        .map(|(field, template)| {
            expression::check(cx, template, Place::Transform);
            Transform { field: field.clone().into(), expression: template.plain().into() }
        })
        .collect()
}

fn meta<'a>(cx: &Cx<'a>, op: Op<'a>) -> Vec<MetaField> {
    let declared = op.node.get("x-airbyte-meta-extractor").map(Node::members);
    let mut fields = Vec::new();
    for (name, node) in declared.unwrap_or_default() {
        let text = node.plain();
        match meta_source(&text) {
            Some(source) => fields.push(MetaField { name: name.clone().into(), source }),
            None => cx.report.fatal(
                node,
                format!("`{text}` is no source of metadata; expected `$.path`, `@link.next` or `@header.name`"),
            ),
        }
    }
    fields
}

/// The failures of the operation itself inside responses with a success status.
fn errors<'a>(cx: &Cx<'a>, op: Op<'a>) -> Vec<ErrorCheck> {
    let mut checks = user_errors(op);
    if let Some(node) = op.node.get("x-agent-failures") {
        checks.extend(info::failures(cx, node));
    }
    checks
}

/// `$.path`, `@link.relation` or `@header.Name`.
fn meta_source(text: &str) -> Option<MetaSource> {
    if let Some(relation) = text.strip_prefix("@link.") {
        return Some(MetaSource::Link(relation.to_owned().into()));
    }
    if let Some(header) = text.strip_prefix("@header.") {
        return Some(MetaSource::Header(header.to_owned().into()));
    }
    JsonPath::parse(text).map(MetaSource::Body)
}

/// `x-agent-total`
fn total<'a>(cx: &Cx<'a>, op: Op<'a>, action: Action) -> Option<MetaSource> {
    let node = op.node.get("x-agent-total")?;
    if !action.is_array() {
        cx.report.error(node, "`x-agent-total` is only for the actions `list` and `search`");
        return None;
    }
    if let Some(source @ (MetaSource::Body(_) | MetaSource::Header(_))) = meta_source(&node.plain())
    {
        Some(source)
    } else {
        let text = node.plain();
        let message =
            format!("`{text}` is no place of a total; expected `$.path` or `@header.Name`");
        cx.report.fatal(node, message);
        None
    }
}

/// `x-agent-empty`
fn empty<'a>(cx: &Cx<'a>, op: Op<'a>, action: Action) -> List<EmptyList> {
    let Some(node) = op.node.get("x-agent-empty") else { return Vec::new().into() };
    if !action.is_array() {
        cx.report.error(node, "`x-agent-empty` is only for the actions `list` and `search`");
        return Vec::new().into();
    }
    let mut failures = Vec::new();
    for item in node.items() {
        let text = |key: &str| item.get(key).map(Node::plain).filter(|text| !text.is_empty());
        let status = item.get("status").and_then(Node::as_u64);
        let failure = EmptyList {
            status: status.and_then(|status| u16::try_from(status).ok()),
            code: text("code").map(Into::into),
            message: text("message").map(Into::into),
        };
        if failure.code.is_none() && failure.message.is_none() {
            cx.report.error(
                item,
                "a failure that means an empty list needs `code` or `message`, because a status alone \
                 says too little",
            );
            continue;
        }
        if failure.message.as_deref().is_some_and(|message| message.chars().all(|c| c == '*')) {
            cx.report.error(item, "the pattern in `message` fits every message; name its words");
            continue;
        }
        failures.push(failure);
    }
    failures.into()
}

/// `x-agent-records-optional`
fn records_optional<'a>(cx: &Cx<'a>, op: Op<'a>, extracts: bool) -> bool {
    let Some(node) = op.node.get("x-agent-records-optional") else { return false };
    if !extracts {
        cx.report.error(node, "`x-agent-records-optional` needs `x-airbyte-record-extractor`");
    }
    node.as_bool() == Some(true)
}

/// GraphQL mutations report refused input beside the data. Vendors name such a list `userErrors`,
/// or let its name end so.
fn user_errors(op: Op<'_>) -> Vec<ErrorCheck> {
    let Some(settings) = op.graphql() else { return Vec::new() };
    let document = graphql::document(settings);
    let Some(selection) = document.trim_start().strip_prefix("mutation") else {
        return Vec::new();
    };
    // The first field of the mutation, under its alias if it has one.
    let Some(root) = selection.split_once('{').map(|(_, rest)| rest.trim_start()) else {
        return Vec::new();
    };
    let end = root.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(root.len());
    let mut names: Vec<&str> = Vec::new();
    for word in root[end..].split(|c: char| !c.is_alphanumeric() && c != '_') {
        if squash(word).ends_with("usererrors") && !names.contains(&word) {
            names.push(word);
        }
    }
    let place = |steps: &[&str]| {
        let keys = ["data", &root[..end]].into_iter().chain(steps.iter().copied());
        let steps: Vec<Step> = keys
            .map(|key| match key {
                "[0]" => Step::Index(0),
                key => Step::Key(key.to_owned().into()),
            })
            .collect();
        JsonPath { steps: steps.into() }
    };
    names
        .into_iter()
        .map(|name| ErrorCheck {
            path: place(&[name]),
            when: ErrorCondition::Alone,
            message: Some(place(&[name, "[0]", "message"])),
        })
        .collect()
}

/// The schema of one record, as JSON without references.
fn record_schema<'a>(
    cx: &Cx<'a>,
    op: Op<'a>,
    action: Action,
    records: Option<&JsonPath>,
) -> Option<Json> {
    record_node(cx, op, action, records).map(|record| cx.inlined(record))
}

/// The schema of one record in the document.
pub(crate) fn record_node<'a>(
    cx: &Cx<'a>,
    op: Op<'a>,
    action: Action,
    records: Option<&JsonPath>,
) -> Option<&'a Node> {
    if action == Action::Download {
        return None;
    }
    let body = success_schema(cx, op)?;
    let found = match records {
        Some(path) => match cx.walk(body, path) {
            Walk::Schema(schema) => schema,
            Walk::Unknown | Walk::Nowhere => return None,
        },
        None => body,
    };
    let essential = cx.essential(found)?;
    let is_list = types(essential).contains(&"array") || essential.get("items").is_some();
    let record = match essential.get("items") {
        Some(items) if is_list && action.is_array() => items,
        // Several matches of a path that ends in a list are flattened.
        Some(items) if is_list && records.is_some_and(JsonPath::is_multiple) => items,
        None if is_list && action.is_array() => return None,
        _ => found,
    };
    Some(cx.essential(record).unwrap_or(record))
}

/// Steps to the address of a file: names, `name[3]`, `[0]` and `{parameter}`.
pub(super) fn file_url<'a>(cx: &Cx<'a>, op: Op<'a>) -> Option<Vec<UrlStep>> {
    let node = op.node.get("x-airbyte-file-url")?;
    let text = node.plain();
    let steps = url_steps(&text);
    if steps.is_none() {
        cx.report.fatal(
            node,
            format!("`{text}` does not lead to a file address; expected a form like `data.url`, `calls[0].media.url` or `[0].url`"),
        );
    }
    steps
}

fn url_steps(text: &str) -> Option<Vec<UrlStep>> {
    let text = text.strip_prefix("$.").unwrap_or(text);
    let mut steps = Vec::new();
    for (position, segment) in text.split('.').enumerate() {
        let (name, indexes) = match segment.find('[') {
            Some(at) => segment.split_at(at),
            None => (segment, ""),
        };
        match name {
            // Only the root may be indexed without a name.
            "" if position > 0 || indexes.is_empty() => return None,
            "" => {}
            name => steps.push(url_name(name)?),
        }
        for index in indexes.split_terminator(']') {
            let inner = index.strip_prefix('[')?;
            steps.push(match inner.strip_prefix('{') {
                Some(argument) => UrlStep::Argument(argument.strip_suffix('}')?.to_owned().into()),
                None => UrlStep::Index(inner.parse().ok()?),
            });
        }
        if !indexes.is_empty() && !indexes.ends_with(']') {
            return None;
        }
    }
    (!steps.is_empty()).then_some(steps)
}

fn url_name(name: &str) -> Option<UrlStep> {
    if let Some(argument) = name.strip_prefix('{') {
        return Some(UrlStep::Argument(argument.strip_suffix('}')?.trim().to_owned().into()));
    }
    (!name.contains(['{', '}', '$'])).then(|| UrlStep::Key(name.to_owned().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_to_a_file_address_are_understood() {
        for (text, expected) in [
            ("data.download_url", Some(vec!["data", "download_url"])),
            ("calls[0].media.audioUrl", Some(vec!["calls", "#0", "media", "audioUrl"])),
            ("[0].url", Some(vec!["#0", "url"])),
            ("links.{format}", Some(vec!["links", "$format"])),
            ("a[{n}]", Some(vec!["a", "$n"])),
            ("", None),
            ("a..b", None),
            ("a[x]", None),
            ("a[0", None),
            ("a.pre{x}", None),
        ] {
            let shown = url_steps(text).map(|steps| {
                steps
                    .iter()
                    .map(|step| match step {
                        UrlStep::Key(key) => key.to_string(),
                        UrlStep::Index(index) => format!("#{index}"),
                        UrlStep::Argument(name) => format!("${name}"),
                    })
                    .collect::<Vec<_>>()
            });
            assert_eq!(
                shown,
                expected.map(|e| e.iter().map(ToString::to_string).collect()),
                "{text}"
            );
        }
    }

    #[test]
    fn only_the_plain_negation_is_a_place() {
        let place = |text| negated_place(text).map(|path| path.to_string());
        assert_eq!(place("{{ not record.isPrivate }}").as_deref(), Some("$.isPrivate"));
        assert_eq!(place("{{ not record.meta.private }}").as_deref(), Some("$.meta.private"));
        assert_eq!(place("{{ record.isPrivate }}"), None);
        assert_eq!(place("{{ not record.a or record.b }}"), None);
    }
}
