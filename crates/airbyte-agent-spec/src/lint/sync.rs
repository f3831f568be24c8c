//! `x-agent-sync`: the names and places in it exist, and its parts fit together.

use airbyte_agent_description::{
    Action, Connector, JsonPath, Method, Operation, ParentValue, SyncDeletions, SyncRule,
    SyncSource,
};

use crate::lower::{self, Cx, Op, Walk, record_node};
use crate::names::hint;
use airbyte_agent_yaml::Node;

const KEY: &str = "x-agent-sync";

pub(super) fn check(cx: &Cx<'_>, connector: &Connector) {
    for op in lower::operations(cx.root) {
        let Some(node) = op.node.get(KEY) else { continue };
        let found = lower::source(cx, connector, &op.entity());
        let Some((operation, _)) = found.filter(|(o, _)| Some(o.action) == op.action) else {
            let message = match op.action {
                Some(Action::Search) => "the list of the entity is copied, and not the search",
                _ => "only the records of a list can be copied",
            };
            cx.report.error(node, format!("{message}; remove `{KEY}`"));
            continue;
        };
        if let Some(SyncRule::Source(source)) = &operation.sync {
            Check { cx, connector, operation, op, node }.source(source);
        }
    }
    for entity in connector.entities.iter() {
        let Some((operation, op)) = lower::source(cx, connector, &entity.name) else { continue };
        if let Some(SyncRule::Source(source)) = &operation.sync {
            alternatives(cx, operation, op, source);
            links(cx, connector, op, source);
        }
    }
}

/// One operation with the key.
struct Check<'c, 'a> {
    cx: &'c Cx<'a>,
    connector: &'c Connector,
    operation: &'c Operation,
    op: Op<'a>,
    node: &'a Node,
}

impl<'a> Check<'_, 'a> {
    fn source(&self, source: &SyncSource) {
        for place in source.key.iter() {
            self.leads_somewhere("key", self.operation, self.op, place);
        }
        self.parents(source);
        for name in source.arguments.iter().map(|(name, _)| name).chain(source.needs.iter()) {
            self.takes("arguments", self.operation, name);
        }
        if let Some(change) = &source.change {
            self.leads_somewhere("changed", self.operation, self.op, &change.field);
            for (name, _) in change.filter.iter() {
                self.takes("changed", self.operation, name);
            }
            if source.key.is_empty() {
                self.report(
                    "changed",
                    "records without a key are all replaced, so that `changed` has no use",
                );
            }
        }
        if source.conditional && self.operation.method != Method::Get {
            self.report(
                "conditional",
                "only a request with the method GET can be answered with \"not modified\"",
            );
        }
        match &source.deletions {
            SyncDeletions::FullPass => {}
            SyncDeletions::Flag { field, .. } => {
                self.leads_somewhere("deleted", self.operation, self.op, field);
            }
            SyncDeletions::Feed { entity, key } => self.feed(source, entity, key),
        }
    }

    fn parents(&self, source: &SyncSource) {
        for parent in source.parents.iter() {
            let Some((operation, op)) = self.listed("parents", &parent.entity) else { continue };
            for (argument, value) in parent.arguments.iter() {
                self.takes("parents", self.operation, argument);
                match value {
                    ParentValue::Member(place) => {
                        self.leads_somewhere("parents", operation, op, place);
                    }
                    ParentValue::Argument(name) => self.takes("parents", operation, name),
                }
            }
        }
    }

    fn feed(&self, source: &SyncSource, entity: &str, key: &[JsonPath]) {
        let Some((operation, op)) = self.listed("deleted", entity) else { return };
        for place in key {
            self.leads_somewhere("deleted", operation, op, place);
        }
        if key.len() != source.key.len() {
            self.report(
                "deleted",
                "`key` of the feed must have a place for each place of the entity's `key`",
            );
        }
        if source.per_parent {
            self.report(
                "deleted",
                "the feed does not name the parent of a record; it needs `unique: everywhere`",
            );
        }
    }

    /// The source of another entity, which must have one.
    fn listed(&self, key: &str, entity: &str) -> Option<(&Operation, Op<'a>)> {
        let found = lower::source(self.cx, self.connector, entity);
        if found.is_none() {
            let known = self.connector.entities.iter().map(|entity| entity.name.as_ref());
            let hint = hint(entity, known.filter(|name| *name != entity));
            self.report(key, &format!("no list gives records of `{entity}`{hint}"));
        }
        found
    }

    fn takes(&self, key: &str, operation: &Operation, name: &str) {
        if operation.parameter(name).is_none() {
            let known = operation.parameters.iter().map(|parameter| parameter.name.as_ref());
            let hint = hint(name, known);
            self.report(key, &format!("`{}` takes no argument `{name}`{hint}", operation.place()));
        }
    }

    fn leads_somewhere(&self, key: &str, operation: &Operation, op: Op<'a>, place: &JsonPath) {
        let records = operation.response.records.as_ref();
        let record = record_node(self.cx, op, operation.action, records);
        let computed = |name: &str| operation.response.transform.iter().any(|t| t.field == name);
        let is_computed = matches!(place.steps.as_ref(),
            [airbyte_agent_description::Step::Key(name)] if computed(name));
        let nowhere = |record| matches!(self.cx.walk(record, place), Walk::Nowhere);
        if !is_computed && record.is_some_and(nowhere) {
            let name = operation.place();
            self.report(key, &format!("the record of `{name}` has no `{place}`"));
        }
    }

    fn report(&self, key: &str, message: &str) {
        self.cx.report.error(self.node.get(key).unwrap_or(self.node), message);
    }
}

/// Groups of arguments of which one has to be given: something gives it.
fn alternatives<'a>(cx: &Cx<'a>, operation: &Operation, op: Op<'a>, source: &SyncSource) {
    let parents = source.parents.iter().flat_map(|parent| parent.arguments.iter());
    let given: Vec<&str> = parents
        .map(|(name, _)| name)
        .chain(source.arguments.iter().map(|(name, _)| name))
        .chain(source.needs.iter())
        .map(AsRef::as_ref)
        .collect();
    for group in operation.at_least_one.iter().filter(|group| group.inside.is_empty()) {
        if !group.names.iter().any(|name| given.contains(&name.as_ref())) {
            let names = group.names.join(", ");
            cx.report.warning(
                op.place(KEY),
                format!("nothing gives one of {names}; write `arguments`, `parents`, `needs` or `cannot` in `{KEY}`"),
            );
        }
    }
}

/// A list of records that are also listed on their own, such as the projects of a task: each of them may
/// belong to several parents, so that the spec has to say what a record is.
fn links<'a>(cx: &Cx<'a>, connector: &Connector, op: Op<'a>, source: &SyncSource) {
    let says = op.node.get(KEY).is_some_and(|node| node.get("unique").is_some());
    if says || source.per_parent || source.parents.is_empty() {
        return;
    }
    let entity = op.entity();
    let mut others = connector.entities.iter().filter(|other| {
        entity.ends_with(&format!("_{}", other.name))
            && other.operations.iter().any(|operation| operation.sync.is_some())
    });
    if let Some(other) = others.next() {
        cx.report.warning(
            op.place(KEY),
            format!(
                "`{entity}` seems to list records of `{}` that may belong to several parents; write \
                 `{KEY}: {{unique: per_parent}}` if each pair is a record, or `unique: everywhere`",
                other.name
            ),
        );
    }
}
