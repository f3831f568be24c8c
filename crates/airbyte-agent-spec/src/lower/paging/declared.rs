//! Pagination that the spec declares with `x-agent-pagination`.

use airbyte_agent_description::{
    JsonPath, List, MetaField, Next, PageSize, Paging, Parameter, Source, Text,
};

use super::ends;
use crate::lower::Cx;
use crate::names::hint;
use airbyte_agent_yaml::{Node, Value};

/// The styles of `x-agent-pagination`, of which exactly one is given.
pub const STYLES: [&str; 7] =
    ["cursor", "link", "last_record", "offset", "page", "none", "unknown"];

/// Reads one style of pagination, or a list of several.
pub(super) fn paging<'a>(
    cx: &Cx<'a>,
    node: &'a Node,
    meta: &[MetaField],
    parameters: &[Parameter],
) -> Paging {
    let Value::List(nodes) = &node.value else { return style(cx, node, meta, parameters) };
    let Some((last, others)) = nodes.split_last() else {
        cx.report.fatal(node, "the list must hold at least one pagination style");
        return ends("");
    };
    for node in others {
        if node.get("cursor").or_else(|| node.get("link")).is_none() {
            cx.report.error(
                node,
                "of several pagination styles all but the last must be `cursor` or `link`, because the \
                 response has to tell which one applies",
            );
        }
    }
    let mut styles = others.iter().chain([last]).map(|node| style(cx, node, meta, parameters));
    let first = styles.next().unwrap_or_else(|| ends(""));
    Paging { others: styles.collect::<Vec<_>>().into(), ..first }
}

fn style<'a>(cx: &Cx<'a>, node: &'a Node, meta: &[MetaField], parameters: &[Parameter]) -> Paging {
    let given: Vec<_> =
        STYLES.iter().filter_map(|style| Some((*style, node.get(style)?))).collect();
    let [(style, settings)] = given[..] else {
        cx.report.fatal(
            node,
            format!("exactly one of {} must be given, found {}", STYLES.join(", "), given.len()),
        );
        return ends("");
    };
    let reader = Reader { cx, meta, parameters };
    let next = match style {
        "cursor" => reader
            .source(settings, "from")
            .zip(reader.parameter(settings, "into"))
            .map(|(from, into)| Next::Cursor { from, into: into.into() }),
        "link" => reader.source(settings, "from").zip(reader.feed(settings)).map(|(from, feed)| {
            Next::Link { from, feed: feed.into(), keep: reader.keep(settings) }
        }),
        "last_record" => {
            reader.field(settings).zip(reader.parameter(settings, "into")).map(|(field, into)| {
                Next::LastRecord {
                    field,
                    into: into.into(),
                    add: settings.get("add").and_then(Node::as_u64).unwrap_or(0),
                    backwards: settings
                        .get("backwards")
                        .and_then(|_| reader.parameter(settings, "backwards"))
                        .map(Into::into),
                }
            })
        }
        "offset" => reader.parameter(settings, "into").map(|into| Next::Offset {
            into: into.into(),
            start: settings.get("start").and_then(Node::as_u64).unwrap_or(0),
        }),
        "page" => reader.parameter(settings, "into").map(|into| Next::Page {
            into: into.into(),
            start: settings.get("start").and_then(Node::as_u64).unwrap_or(1),
        }),
        "unknown" => {
            let reason = settings.plain();
            if reason.is_empty() {
                cx.report
                    .error(settings, "say in `unknown` what would settle how the list continues");
            }
            Some(Next::Unknown { reason: reason.into() })
        }
        _ => {
            let reason = settings.plain();
            if reason.is_empty() {
                cx.report.error(settings, "say in `none` why the response is always complete");
            }
            Some(Next::None { reason: reason.into() })
        }
    };
    let size = node.get("size").and_then(|size| {
        let parameter = reader.parameter(size, "parameter")?;
        let needed = size.get("needed").and_then(Node::as_bool) == Some(true);
        if needed && size.get("maximum").is_none() {
            cx.report.error(
                size,
                "a page size with `needed: true` is sent as `maximum` says; add `maximum`",
            );
        }
        Some(PageSize {
            parameter: parameter.into(),
            default: size.get("default").and_then(Node::as_u64),
            maximum: size.get("maximum").and_then(Node::as_u64),
            needed,
            served: size.get("served").and_then(|node| reader.place(node)),
            filtered: size.get("filtered").and_then(Node::as_bool) == Some(true),
        })
    });
    Paging {
        next: next.unwrap_or(Next::None { reason: "".into() }),
        more: node.get("more").and_then(|node| reader.place(node)),
        done: node.get("done").and_then(|node| reader.place(node)),
        size,
        short_page_ends: node.get("short_page_ends").and_then(Node::as_bool) == Some(true),
        others: Vec::new().into(),
        single_page: reader.names(node, "single_page"),
    }
}

struct Reader<'c, 'a> {
    cx: &'c Cx<'a>,
    meta: &'c [MetaField],
    parameters: &'c [Parameter],
}

impl<'a> Reader<'_, 'a> {
    fn member(&self, settings: &'a Node, key: &str) -> Option<&'a Node> {
        let found = settings.get(key).filter(|node| !node.plain().is_empty());
        if found.is_none() {
            self.cx.report.fatal(settings, format!("`{key}` is missing here; add it"));
        }
        found
    }

    fn source(&self, settings: &'a Node, key: &str) -> Option<Source> {
        self.place(self.member(settings, key)?)
    }

    /// A place in the response: `$.path`, a metadata field, or a member inside one.
    fn place(&self, node: &'a Node) -> Option<Source> {
        let text = node.plain();
        if text.starts_with('$') {
            let path = JsonPath::parse(&text);
            if path.is_none() {
                self.cx
                    .report
                    .fatal(node, format!("`{text}` is no path; expected a form like `$.a.b`"));
            }
            return path.map(Source::Body);
        }
        let known = |name: &str| self.meta.iter().any(|field| field.name == name);
        let (name, inside) = match text.split_once('.') {
            Some((name, inside)) if !known(&text) => (name, format!("$.{inside}")),
            _ => (text.as_str(), "$".to_owned()),
        };
        let inside = JsonPath::parse(&inside)?;
        if known(name) {
            return Some(Source::Meta { name: name.to_owned().into(), inside });
        }
        let names = self.meta.iter().map(|field| field.name.as_ref());
        self.cx.report.fatal(
            node,
            format!(
                "`{name}` is no field of `x-airbyte-meta-extractor`{}; name one or give a path \
                 into the body such as `$.next`",
                hint(name, names)
            ),
        );
        None
    }

    fn parameter(&self, settings: &'a Node, key: &str) -> Option<String> {
        let node = self.member(settings, key)?;
        let name = node.plain();
        self.declared(node, &name).then_some(name)
    }

    fn declared(&self, node: &'a Node, name: &str) -> bool {
        let found = self.parameters.iter().any(|parameter| parameter.name == name);
        if !found && !self.is_member(name) {
            let names = self.parameters.iter().map(|parameter| parameter.name.as_ref());
            let what =
                if name.contains('.') { ", nor a member of an object that one takes" } else { "" };
            self.cx.report.fatal(
                node,
                format!("`{name}` is no parameter of this operation{what}{}", hint(name, names)),
            );
            return false;
        }
        true
    }

    /// Whether a dotted name leads to a member of an object that a parameter takes.
    fn is_member(&self, name: &str) -> bool {
        let Some((first, steps)) = name.split_once('.') else { return false };
        let mut parameters = self.parameters.iter();
        let parameter = parameters.find(|parameter| parameter.name == first);
        let schema = parameter.and_then(|parameter| {
            steps.split('.').try_fold(&parameter.schema, |schema, step| {
                schema.property(step).map(|member| &member.schema)
            })
        });
        schema.is_some()
    }

    /// Which query parameter of the URL feeds which parameter; none for "follow the URL".
    fn feed(&self, settings: &'a Node) -> Option<Vec<(Text, Text)>> {
        if let Some(feed) = settings.get("feed") {
            if settings.get("query").or_else(|| settings.get("into")).is_some() {
                self.cx.report.error(feed, "give either `feed` or `query` and `into`");
            }
            let pairs = feed.members().iter().map(|(query, into)| {
                let name = into.plain();
                self.declared(into, &name).then(|| (query.clone().into(), name.into()))
            });
            return pairs.collect();
        }
        match (settings.get("query"), settings.get("into")) {
            (None, None) => Some(Vec::new()),
            (query, Some(into)) => {
                let into_name = into.plain();
                let query = query.map_or_else(|| into_name.clone(), Node::plain);
                self.declared(into, &into_name).then(|| vec![(query.into(), into_name.into())])
            }
            (Some(query), None) => {
                let name = query.plain();
                self.declared(query, &name).then(|| vec![(name.clone().into(), name.into())])
            }
        }
    }

    /// Arguments that may stand beside the token.
    fn keep(&self, settings: &'a Node) -> Option<List<Text>> {
        settings.get("keep")?;
        Some(self.names(settings, "keep"))
    }

    /// The parameters that a list names; none without the list.
    fn names(&self, settings: &'a Node, key: &str) -> List<Text> {
        let nodes = settings.get(key).map(Node::items).unwrap_or_default();
        let known = nodes.iter().filter(|node| self.declared(node, &node.plain()));
        known.map(|node| node.plain().into()).collect()
    }

    fn field(&self, settings: &'a Node) -> Option<JsonPath> {
        let node = self.member(settings, "field")?;
        if !matches!(node.value, Value::Text(_)) {
            self.cx.report.fatal(node, "`field` names a field of a record, for example `id`");
            return None;
        }
        let text = node.plain();
        let path = if text.starts_with('$') { text.clone() } else { format!("$.{text}") };
        let parsed = JsonPath::parse(&path);
        if parsed.is_none() {
            self.cx.report.fatal(node, format!("`{text}` names no field of a record"));
        }
        parsed
    }
}
