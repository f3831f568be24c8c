//! `x-agent-sync`: how the records of each entity are copied into a store. What a spec does not say is
//! inferred where it is safe: the key `id`, and parents out of the relationships of entities.

mod declared;
mod parents;

use std::collections::HashMap;

use airbyte_agent_description::{
    Action, Connector, Entity, JsonPath, Operation, Relationship, Step, SyncDeletions, SyncRule,
    SyncSource,
};

use super::{Cx, Op, Walk, record_node};
use airbyte_agent_yaml::Node;
use declared::Declared;
pub(super) use declared::{time, values};

pub(super) const KEY: &str = "x-agent-sync";

const UNIQUE_IDS: &str = "x-agent-unique-ids";

/// Gives the operation that is the source of each entity its rule.
pub(super) fn add_rules(cx: &Cx<'_>, connector: &mut Connector) {
    let mut rules = Rules::new(cx, connector);
    let names: Vec<String> = connector.entities.iter().map(|e| e.name.to_string()).collect();
    let found: Vec<_> = names.iter().map(|name| rules.of(name)).collect();
    for (entity, rule) in connector.entities.to_mut().iter_mut().zip(found) {
        let Some((action, rule)) = rule else { continue };
        let mut all = entity.operations.to_mut().iter_mut();
        if let Some(operation) = all.find(|operation| operation.action == action) {
            operation.sync = Some(rule);
        }
    }
}

/// The operation whose records are those of an entity: its list, or else a search that says how it is
/// copied.
pub(crate) fn source<'c, 'a>(
    cx: &Cx<'a>,
    connector: &'c Connector,
    entity: &str,
) -> Option<(&'c Operation, Op<'a>)> {
    source_of(cx, connector.entity(entity)?)
}

/// The same of an entity that was found.
fn source_of<'c, 'a>(cx: &Cx<'a>, found: &'c Entity) -> Option<(&'c Operation, Op<'a>)> {
    let place = |action| {
        // Of two operations with the same name, the later one counts.
        cx.operations_of(&found.name).iter().rev().find(|op| op.action == Some(action)).copied()
    };
    if let Some(list) = found.operation(Action::List) {
        return Some((list, place(Action::List)?));
    }
    let op = place(Action::Search).filter(|op| op.node.get(KEY).is_some())?;
    Some((found.operation(Action::Search)?, op))
}

/// The rules of entities, each worked out once.
struct Rules<'c, 'a> {
    cx: &'c Cx<'a>,
    connector: &'c Connector,
    /// The entities by their names: some documents have thousands of them.
    entities: HashMap<&'c str, &'c Entity>,
    /// The relationships by the entity that refers to others.
    relations_from: HashMap<&'c str, Vec<&'c Relationship>>,
    /// The members by which other entities refer to an entity, by the name of that entity.
    keys_of: HashMap<&'c str, Vec<&'c str>>,
    /// The member by which all entities refer to others, if it has the same name everywhere.
    common_key: Option<&'c str>,
    known: HashMap<String, State>,
}

/// How far the rule of an entity is.
#[derive(Clone)]
enum State {
    /// It is being worked out: whoever needs it meanwhile is part of a circle.
    Open,
    /// It is worked out; `None` if the entity has no list.
    Done(Option<Box<(Action, SyncRule)>>),
}

impl<'c, 'a> Rules<'c, 'a> {
    fn new(cx: &'c Cx<'a>, connector: &'c Connector) -> Self {
        let mut relations_from: HashMap<&str, Vec<&Relationship>> = HashMap::new();
        let mut keys_of: HashMap<&str, Vec<&str>> = HashMap::new();
        for relation in connector.relationships.iter() {
            relations_from.entry(&relation.source).or_default().push(relation);
            keys_of.entry(&relation.target).or_default().push(&relation.target_key);
        }
        Self {
            cx,
            connector,
            // Of two entities with the same name, the earlier one is found.
            entities: connector.entities.iter().rev().map(|e| (e.name.as_ref(), e)).collect(),
            relations_from,
            keys_of,
            common_key: only(connector.relationships.iter().map(|r| r.target_key.as_ref())),
            known: HashMap::new(),
        }
    }

    /// The rule of an entity and the action of its source.
    fn of(&mut self, entity: &str) -> Option<(Action, SyncRule)> {
        match self.known.get(entity) {
            Some(State::Done(rule)) => return rule.as_deref().cloned(),
            Some(State::Open) => return None,
            None => {}
        }
        self.known.insert(entity.to_owned(), State::Open);
        let found = self.entities.get(entity).copied();
        let rule = found
            .and_then(|found| source_of(self.cx, found))
            .map(|(operation, op)| (operation.action, self.rule(operation, op)));
        self.known.insert(entity.to_owned(), State::Done(rule.clone().map(Box::new)));
        rule
    }

    /// Whether the identifiers of records are unique in the whole account.
    fn has_unique_ids(&self) -> bool {
        self.cx.info_key(UNIQUE_IDS).and_then(Node::as_bool) == Some(true)
    }

    fn is_open(&self, entity: &str) -> bool {
        matches!(self.known.get(entity), Some(State::Open))
    }

    fn rule(&mut self, operation: &Operation, op: Op<'a>) -> SyncRule {
        let declared = op.node.get(KEY).map(|node| Declared::read(self.cx, node));
        let declared = declared.unwrap_or_default();
        let cannot = |reason: String| SyncRule::Cannot { reason: reason.into() };
        if let Some(reason) = declared.cannot {
            return cannot(reason);
        }
        let is_inferred = declared.key.is_none();
        let Some(key) = self.key(operation, op, declared.key) else {
            return cannot("nothing says what identifies a record".to_owned());
        };
        let given: Vec<&str> = declared
            .arguments
            .iter()
            .map(|(name, _)| name.as_ref())
            .chain(declared.needs.iter().map(AsRef::as_ref))
            .collect();
        let sources = match declared.parents {
            Some(parents) => self.declared_parents(operation, op, &given, parents),
            None => self.inferred_parents(operation, op, &given),
        };
        let sources = match sources {
            Ok(sources) => sources,
            Err(reason) => return cannot(reason),
        };
        let needs = declared.needs.into_iter().chain(sources.missing).collect::<Vec<_>>();
        let supplied: Vec<&str> = declared
            .arguments
            .iter()
            .map(|(name, _)| name)
            .chain(&needs)
            .map(AsRef::as_ref)
            .collect();
        let scope = self.scope(operation, &supplied, &sources.parents);
        let has_lists = !sources.parents.is_empty() || !scope.is_empty();
        SyncRule::Source(SyncSource {
            per_parent: has_lists
                && !declared.is_unique_everywhere.unwrap_or(is_inferred && self.has_unique_ids()),
            key: key.into(),
            parents: sources.parents.into(),
            arguments: declared.arguments.into(),
            needs: needs.into(),
            scope: scope.into(),
            change: declared.change,
            deletions: declared.deletions.unwrap_or(SyncDeletions::FullPass),
            conditional: declared.is_conditional,
        })
    }

    /// The places that identify a record, as declared or inferred.
    fn key(
        &self,
        operation: &Operation,
        op: Op<'a>,
        declared: Option<Vec<JsonPath>>,
    ) -> Option<Vec<JsonPath>> {
        let inferred = self.inferred_key(operation, op);
        match (declared, inferred) {
            (Some(declared), Some(inferred)) if declared == [inferred.clone()] => {
                let node = op.node.get(KEY).and_then(|node| node.get("key")).unwrap_or(op.node);
                let message = format!("`key: {inferred}` is what is inferred; remove it");
                self.cx.report.warning(node, message);
                Some(declared)
            }
            (Some(declared), _) => Some(declared),
            (None, Some(inferred)) => Some(vec![inferred]),
            // A list whose records are not described is reported for that.
            (None, None) if self.record(operation, op).is_none() => None,
            (None, None) => {
                self.cx.report.warning(
                    op.place(KEY),
                    format!(
                        "nothing says what identifies a record of `{0}`; write `{KEY}: {{key: …}}` in \
                         the operation `{0}.{1}`, with `key: []` if nothing does, or `cannot` with \
                         the reason why the records cannot be copied",
                        operation.entity, operation.action
                    ),
                );
                None
            }
        }
    }

    /// The schema of a record, if the spec says where records are and of what they consist.
    fn record(&self, operation: &Operation, op: Op<'a>) -> Option<&'a Node> {
        let records = operation.response.records.as_ref();
        if records.is_none() && op.node.get("x-airbyte-record-extractor").is_some() {
            return None;
        }
        record_node(self.cx, op, operation.action, records)
    }

    /// The first of these members that the record has: `id`; the one by which other entities refer to this
    /// one; the argument by which `get` finds a record; the one by which all entities refer to others.
    fn inferred_key(&self, operation: &Operation, op: Op<'a>) -> Option<JsonPath> {
        let member =
            |name: &str| JsonPath { steps: vec![Step::Key(name.to_owned().into())].into() };
        let record = self.record(operation, op)?;
        let has = |name: &str| matches!(self.cx.walk(record, &member(name)), Walk::Schema(_));
        let of_this = self.keys_of.get(operation.entity.as_ref()).into_iter().flatten().copied();
        let entity = self.entities.get(operation.entity.as_ref());
        let candidates = [
            Some("id"),
            Some("Id"),
            only(of_this),
            entity.and_then(|entity| entity.operation(Action::Get)).and_then(finder),
            self.common_key,
        ];
        candidates.into_iter().flatten().find(|name| has(name)).map(member)
    }
}

/// The name that all of these are.
fn only<'n>(mut names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let name = names.next()?;
    names.all(|other| other == name).then_some(name)
}

/// The only argument that an operation requires.
fn finder(operation: &Operation) -> Option<&str> {
    let mut required = operation.parameters.iter().filter(|p| p.required && p.default.is_none());
    let name = required.next()?.name.as_ref();
    required.next().is_none().then_some(name)
}
