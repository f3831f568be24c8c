//! Schemas of records as JSON Schema in which every reference is resolved.

use airbyte_agent_description::Json;
use serde_json::{Map, Value, json};

use super::Cx;
use super::budget::{Depth, Shares, weight};
use airbyte_agent_yaml::{self as yaml, Node};

/// The most nodes of a schema that is resolved to its end.
const MAX_NODES: usize = 10_000;

/// The deepest nesting of a resolved schema; below it only types are kept.
const MAX_DEPTH: usize = 40;

/// The weight of a single keyword that is kept in any case.
const LIGHT: usize = 40;

impl<'a> Cx<'a> {
    /// The schema with references resolved and vendor keys removed. A schema inside itself
    /// keeps nothing but its type there, and so does what is too much.
    pub(crate) fn inlined(&self, schema: &'a Node) -> Json {
        self.budget.inlined(schema, || Json::new(&self.resolved(schema)))
    }

    fn resolved(&self, schema: &'a Node) -> Value {
        let records = self.budget.records();
        if self.budget.is_exceeded() {
            // All of this is made again, with a share for each schema.
            return ending(schema);
        }
        if self.budget.depth() == Depth::Whole {
            let mut inliner = Inliner::new(self, MAX_NODES);
            let inlined = inliner.schema(schema, usize::MAX, true);
            records.spend(inliner.nodes);
            if inliner.nodes <= MAX_NODES {
                return inlined;
            }
        }
        let mut inliner = Inliner::new(self, usize::MAX);
        let inlined = inliner.schema(schema, records.share(), true);
        records.spend(inliner.nodes);
        inlined
    }
}

/// What is kept of a schema whose members are left out: its type.
fn ending(target: &Node) -> Value {
    match target.get("type") {
        Some(kind) => json!({"type": kind.to_json()}),
        None if target.get("properties").is_some() => json!({"type": "object"}),
        None => json!({}),
    }
}

/// How many schemas stand directly in this one.
fn inner(node: &Node) -> usize {
    let count = |(key, child): &(String, Node)| match key.as_str() {
        "properties" | "patternProperties" | "$defs" => child.members().len(),
        "oneOf" | "anyOf" | "allOf" => child.items().len(),
        "items" | "additionalProperties" | "not" => usize::from(child.is_map()),
        _ => 0,
    };
    node.members().iter().map(count).sum()
}

struct Inliner<'c, 'a> {
    cx: &'c Cx<'a>,
    within: Vec<*const Node>,
    nodes: usize,
    /// The number of nodes at which resolving gives up.
    most: usize,
}

impl<'c, 'a> Inliner<'c, 'a> {
    fn new(cx: &'c Cx<'a>, most: usize) -> Self {
        Self { cx, within: Vec::new(), nodes: 0, most }
    }

    /// The schema, resolved as far as its share reaches. `is_record` says that it is the record itself and no member of
    /// it: its members are named in any case.
    fn schema(&mut self, node: &'a Node, share: usize, is_record: bool) -> Value {
        self.nodes += 1;
        let Some(target) = self.cx.resolve(node) else { return json!({}) };
        let identity = std::ptr::from_ref(target);
        let inner = if share == usize::MAX { 0 } else { inner(target) };
        let ends = self.within.contains(&identity)
            || self.nodes > self.most
            || inner > share && !(is_record && share > 0)
            || self.within.len() > MAX_DEPTH;
        let mut result = if ends {
            ending(target)
        } else {
            self.within.push(identity);
            let shares = match share {
                usize::MAX => Shares::new(usize::MAX, 0),
                share => Shares::new(share.saturating_sub(inner), inner),
            };
            let result = self.keywords(target, shares, is_record);
            self.within.pop();
            result
        };
        // A description beside the reference is nearer to the field than that of the target.
        if !std::ptr::eq(node, target)
            && let (Some(own), Value::Object(map)) = (node.get("description"), &mut result)
        {
            map.insert("description".to_owned(), Value::String(own.plain()));
        }
        result
    }

    /// An inner schema, with its share.
    fn part(&mut self, node: &'a Node, shares: &mut Shares, is_record: bool) -> Value {
        let before = self.nodes;
        let value = self.schema(node, shares.next(), is_record);
        // The node itself was counted with the schema around it.
        shares.used((self.nodes - before).saturating_sub(1));
        value
    }

    fn keywords(&mut self, node: &'a Node, mut shares: Shares, is_record: bool) -> Value {
        let yaml::Value::Map(members) = &node.value else { return node.to_json() };
        let mut out = Map::new();
        for (key, child) in members {
            if self.nodes > self.most {
                break;
            }
            let value = match key.as_str() {
                "properties" | "patternProperties" | "$defs" => {
                    let members = child.members().iter();
                    let part = |(name, schema): &'a (String, Node)| {
                        (name.clone(), self.part(schema, &mut shares, false))
                    };
                    Value::Object(members.map(part).collect())
                }
                "items" | "additionalProperties" | "not" if child.is_map() => {
                    self.part(child, &mut shares, false)
                }
                "oneOf" | "anyOf" | "allOf" => {
                    let is_record = is_record && key == "allOf";
                    let items = child.items().iter();
                    let part = |item: &'a Node| self.part(item, &mut shares, is_record);
                    Value::Array(items.map(part).collect())
                }
                "description" => Value::String(child.plain()),
                key if key.starts_with("x-") || matches!(key, "example" | "examples") => continue,
                _ => {
                    let weight = weight(child);
                    self.nodes += weight;
                    if self.nodes > self.most || weight > shares.next().max(LIGHT) {
                        continue;
                    }
                    child.to_json()
                }
            };
            out.insert(key.clone(), value);
        }
        Value::Object(out)
    }
}
