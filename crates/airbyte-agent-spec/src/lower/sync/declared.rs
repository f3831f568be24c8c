//! What a spec says in `x-agent-sync`, read without looking at anything else.

use airbyte_agent_description::{
    Json, JsonPath, ParentValue, SyncChange, SyncDeletions, SyncOrder, SyncParent, SyncTime, Text,
};

use super::Cx;
use airbyte_agent_yaml::Node;

/// The key of one operation.
#[derive(Default)]
pub(super) struct Declared {
    pub(super) cannot: Option<String>,
    pub(super) key: Option<Vec<JsonPath>>,
    pub(super) is_unique_everywhere: Option<bool>,
    pub(super) parents: Option<Vec<SyncParent>>,
    pub(super) arguments: Vec<(Text, Json)>,
    pub(super) needs: Vec<Text>,
    pub(super) change: Option<SyncChange>,
    pub(super) deletions: Option<SyncDeletions>,
    pub(super) is_conditional: bool,
}

impl Declared {
    pub(super) fn read<'a>(cx: &Cx<'a>, node: &'a Node) -> Self {
        let cannot = node.get("cannot").map(Node::plain);
        if let Some(reason) = &cannot {
            if reason.is_empty() {
                cx.report.error(node, "say in `cannot` why the records cannot be copied");
            }
            if node.members().len() > 1 {
                cx.report.error(node, "what cannot be copied has no other key beside `cannot`");
            }
        }
        let members = |key: &str| node.get(key).map(Node::members);
        Self {
            cannot,
            key: node.get("key").map(|node| places(cx, node)),
            is_unique_everywhere: node.get("unique").map(|node| node.plain() == "everywhere"),
            parents: members("parents")
                .map(|all| all.iter().map(|(entity, node)| parent(cx, entity, node)).collect()),
            arguments: members("arguments").map(values).unwrap_or_default(),
            needs: node.texts("needs").into_iter().map(Text::from).collect(),
            change: node.get("changed").and_then(|node| change(cx, node)),
            deletions: node.get("deleted").and_then(|node| deletions(cx, node)),
            is_conditional: node.get("conditional").and_then(Node::as_bool) == Some(true),
        }
    }
}

/// Arguments by their names, with values or templates.
pub(in crate::lower) fn values(members: &[(String, Node)]) -> Vec<(Text, Json)> {
    let value = |(name, node): &(String, Node)| (name.clone().into(), Json::new(&node.to_json()));
    members.iter().map(value).collect()
}

fn parent<'a>(cx: &Cx<'a>, entity: &str, node: &'a Node) -> SyncParent {
    let mut arguments: Vec<(Text, ParentValue)> = Vec::new();
    for (name, node) in node.members() {
        let text = node.plain();
        let own = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
        let value = match own {
            Some(own) => Some(ParentValue::Argument(own.trim().to_owned().into())),
            None => place(cx, node).map(ParentValue::Member),
        };
        arguments.extend(value.map(|value| (name.clone().into(), value)));
    }
    SyncParent { entity: entity.to_owned().into(), arguments: arguments.into() }
}

fn change<'a>(cx: &Cx<'a>, node: &'a Node) -> Option<SyncChange> {
    let field = place(cx, node.get("field")?)?;
    let time = |key: &str| time(node, key);
    let format = time("format").unwrap_or(SyncTime::Iso8601);
    let filter = match node.get("filter") {
        Some(node) if node.is_map() => values(node.members()),
        Some(node) => vec![(node.plain().into(), Json("\"{since}\"".into()))],
        None => Vec::new(),
    };
    let order = match node.text("order").as_str() {
        "ascending" => SyncOrder::Ascending,
        "descending" => SyncOrder::Descending,
        _ => SyncOrder::Unknown,
    };
    if filter.is_empty() && order != SyncOrder::Descending {
        cx.report.error(
            node,
            "changed records can be requested only with `filter`, or without one if \
             `order: descending` says that they come first",
        );
    }
    if !filter.is_empty() && !filter.iter().any(|(_, value)| value.0.contains("{since}")) {
        cx.report.error(node, "no value of `filter` contains `{since}`, which stands for the time");
    }
    let overlap = node.get("overlap_seconds").and_then(Node::as_u64);
    Some(SyncChange {
        field,
        format,
        filter: filter.into(),
        filter_format: time("filter_format").unwrap_or(format),
        order,
        overlap_seconds: overlap.unwrap_or(SyncChange::OVERLAP_SECONDS),
    })
}

/// The form of times that a member names.
pub(in crate::lower) fn time(node: &Node, key: &str) -> Option<SyncTime> {
    let text = node.text(key);
    SyncTime::ALL.into_iter().find(|time| time.as_str() == text)
}

fn deletions<'a>(cx: &Cx<'a>, node: &'a Node) -> Option<SyncDeletions> {
    match (node.get("field"), node.get("feed")) {
        (Some(field), None) if node.get("key").is_none() => Some(SyncDeletions::Flag {
            field: place(cx, field)?,
            equals: node.get("equals").map(|node| Json::new(&node.to_json())),
        }),
        (None, Some(feed)) if node.get("equals").is_none() => Some(SyncDeletions::Feed {
            entity: feed.plain().into(),
            key: places(cx, node.get("key").unwrap_or(node)).into(),
        }),
        _ => {
            cx.report.error(
                node,
                "write `field`, and `equals` if a certain value marks deleted records, or write \
                 `feed` with an entity and `key`",
            );
            None
        }
    }
}

/// The places that one text or a list names.
fn places<'a>(cx: &Cx<'a>, node: &'a Node) -> Vec<JsonPath> {
    match node.as_str() {
        Some(_) => place(cx, node).into_iter().collect(),
        None => node.items().iter().filter_map(|node| place(cx, node)).collect(),
    }
}

/// A place in a record: dotted names, or a path.
fn place<'a>(cx: &Cx<'a>, node: &'a Node) -> Option<JsonPath> {
    let text = node.plain();
    let path = if text.starts_with('$') { text.clone() } else { format!("$.{text}") };
    let path = JsonPath::parse(&path).filter(|path| !path.is_multiple());
    if path.is_none() {
        cx.report.error(
            node,
            format!("`{text}` is no place in a record; write `id`, `owner.id` or `$.owner.id`"),
        );
    }
    path
}
