//! Schemas of records as JSON Schema in which every reference is resolved.

use airbyte_agent_description::Json;
use serde_json::{Map, Value, json};

use super::Cx;
use super::budget::weight;
use airbyte_agent_yaml::{self as yaml, Node};

/// The most nodes of a resolved schema; beyond them only types are kept.
const MAX_NODES: usize = 20_000;

/// The deepest nesting of a resolved schema; below it only types are kept.
const MAX_DEPTH: usize = 40;

impl<'a> Cx<'a> {
    /// The schema with references resolved and vendor keys removed. A schema inside itself
    /// keeps nothing but its type there.
    pub(crate) fn inlined(&self, schema: &'a Node) -> Json {
        let mut inliner = Inliner { cx: self, within: Vec::new(), nodes: 0 };
        let inlined = inliner.schema(schema);
        self.spend(schema, inliner.nodes);
        Json::new(&inlined)
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

struct Inliner<'c, 'a> {
    cx: &'c Cx<'a>,
    within: Vec<*const Node>,
    nodes: usize,
}

impl<'a> Inliner<'_, 'a> {
    fn schema(&mut self, node: &'a Node) -> Value {
        self.nodes += 1;
        let Some(target) = self.cx.resolve(node) else { return json!({}) };
        let identity = std::ptr::from_ref(target);
        let ends = self.within.contains(&identity)
            || self.nodes > MAX_NODES
            || self.cx.budget.is_exceeded()
            || self.within.len() > MAX_DEPTH;
        let mut result = ending(target);
        if !ends {
            self.within.push(identity);
            result = self.keywords(target);
            self.within.pop();
        }
        // A description beside the reference is nearer to the field than that of the target.
        if !std::ptr::eq(node, target)
            && let (Some(own), Value::Object(map)) = (node.get("description"), &mut result)
        {
            map.insert("description".to_owned(), Value::String(own.plain()));
        }
        result
    }

    fn keywords(&mut self, node: &'a Node) -> Value {
        let yaml::Value::Map(members) = &node.value else { return node.to_json() };
        let mut out = Map::new();
        for (key, child) in members {
            if self.nodes > MAX_NODES {
                break;
            }
            let value = match key.as_str() {
                "properties" | "patternProperties" | "$defs" => Value::Object(
                    child.members().iter().map(|(k, v)| (k.clone(), self.schema(v))).collect(),
                ),
                "items" | "additionalProperties" | "not" if child.is_map() => self.schema(child),
                "oneOf" | "anyOf" | "allOf" => {
                    Value::Array(child.items().iter().map(|item| self.schema(item)).collect())
                }
                "description" => Value::String(child.plain()),
                key if key.starts_with("x-") || matches!(key, "example" | "examples") => continue,
                _ => {
                    self.nodes += weight(child);
                    if self.nodes > MAX_NODES {
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
