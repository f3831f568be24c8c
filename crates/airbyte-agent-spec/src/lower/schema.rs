//! Schemas of arguments.

use airbyte_agent_description::{Json, Kind, Property, Schema};
use serde_json::Value;

use super::Cx;
use super::budget::weight;
use super::parameter::is_addition;
use super::refs::{is_null, is_open, types};
use airbyte_agent_yaml::Node;

/// The deepest nesting of an argument that is checked; anything is accepted below it, because a schema that
/// contains itself has to end somewhere.
const MAX_DEPTH: usize = 12;

/// The most parts of the schema of one argument.
const MOST_PARTS: usize = 8_000;

/// How often a schema may stand inside itself where it would otherwise have too many parts.
const MOST_INSIDE: usize = 1;

impl<'a> Cx<'a> {
    /// The schema of an argument; it accepts anything where the node says nothing or is nested too deeply.
    pub(crate) fn argument(&self, node: &'a Node) -> Schema {
        if self.budget.is_exceeded() {
            return Schema::ANY;
        }
        for most_inside in [usize::MAX, MOST_INSIDE] {
            let mut arguments = Arguments { cx: self, within: Vec::new(), parts: 0, most_inside };
            let schema = arguments.at(node, 0);
            if arguments.parts <= MOST_PARTS {
                self.spend(node, arguments.parts);
                return schema;
            }
        }
        self.report.fatal(
            node,
            format!(
                "the schema of this argument has more than {MOST_PARTS} parts once its references are \
                 followed; nest it less deeply"
            ),
        );
        Schema::ANY
    }
}

/// Makes the schema of one argument.
struct Arguments<'c, 'a> {
    cx: &'c Cx<'a>,
    /// The schemas around the present one.
    within: Vec<*const Node>,
    /// The parts so far.
    parts: usize,
    most_inside: usize,
}

impl<'a> Arguments<'_, 'a> {
    fn at(&mut self, node: &'a Node, depth: usize) -> Schema {
        self.parts += 1;
        let Some(schema) = self.cx.resolve(node) else { return described(Schema::ANY, node) };
        let identity = std::ptr::from_ref(schema);
        let inside = self.within.iter().filter(|known| **known == identity).count();
        if depth > MAX_DEPTH || self.parts > MOST_PARTS || inside > self.most_inside {
            return described(Schema::ANY, node);
        }
        self.within.push(identity);
        // Beside a type, branches only say which members go together.
        let typed = schema.get("type").is_some() || schema.get("properties").is_some();
        let mut result = match schema.get("oneOf").or_else(|| schema.get("anyOf")) {
            Some(choices) if !typed => self.choice(choices, depth),
            _ => self.plain(schema, depth),
        };
        self.within.pop();
        result = described(result, schema);
        if !std::ptr::eq(schema, node) {
            result = described(result, node);
        }
        result
    }

    /// One of several schemas.
    fn choice(&mut self, choices: &'a Node, depth: usize) -> Schema {
        let nullable = choices.items().iter().any(is_null);
        let rest: Vec<_> = choices.items().iter().filter(|choice| !is_null(choice)).collect();
        if let [only] = rest[..] {
            let mut schema = self.at(only, depth + 1);
            schema.nullable |= nullable;
            return schema;
        }
        let branches: Vec<_> = rest.iter().map(|node| self.at(node, depth + 1)).collect();
        if branches.is_empty() || branches.iter().any(|branch| branch.kinds.is_empty()) {
            return Schema::ANY;
        }
        let mut kinds: Vec<Kind> = Vec::new();
        for kind in branches.iter().flat_map(|branch| branch.kinds.iter()) {
            if !kinds.contains(kind) {
                kinds.push(*kind);
            }
        }
        // Members and elements differ from branch to branch: only the kinds are checked.
        let all_listed = branches.iter().all(|branch| !branch.choices.is_empty());
        let choices: Vec<Json> = if all_listed {
            branches.iter().flat_map(|branch| branch.choices.iter().cloned()).collect()
        } else {
            Vec::new()
        };
        Schema {
            kinds: kinds.into(),
            nullable: nullable || branches.iter().any(|branch| branch.nullable),
            choices: choices.into(),
            ..Schema::ANY
        }
    }

    fn plain(&mut self, node: &'a Node, depth: usize) -> Schema {
        let names = types(node);
        let properties = self.cx.properties(node);
        let copied = ["enum", "const", "default"].into_iter().filter_map(|key| node.get(key));
        self.parts += copied.map(weight).sum::<usize>();
        let mut choices: Vec<Value> = match (node.get("enum"), node.get("const")) {
            (Some(list), _) => list.items().iter().map(Node::to_json).collect(),
            (None, Some(constant)) => vec![constant.to_json()],
            (None, None) => Vec::new(),
        };
        let null_choice = choices.contains(&Value::Null);
        choices.retain(|choice| !choice.is_null());
        let mut kinds: Vec<Kind> = names.iter().filter_map(|name| kind(name)).collect();
        if kinds.is_empty() && node.get("type").is_none() {
            if !properties.is_empty() {
                kinds.push(Kind::Object);
            } else if node.get("items").is_some() {
                kinds.push(Kind::Array);
            } else if !choices.is_empty() && choices.iter().all(Value::is_string) {
                kinds.push(Kind::String);
            }
        }
        let anything = kinds.is_empty() && choices.is_empty() && names.is_empty();
        let nullable = names.contains(&"null")
            || node.get("type").is_some_and(Node::is_null)
            || node.get("nullable").and_then(Node::as_bool) == Some(true)
            || null_choice
            || anything;
        let required = self.cx.required(node);
        let members: Vec<Property> = properties
            .iter()
            .map(|(name, property)| Property {
                name: (*name).to_owned().into(),
                required: required.iter().any(|r| r == name),
                schema: self.at(property, depth + 1),
                is_addition: is_addition(property),
            })
            .collect();
        let items: Vec<Schema> = node
            .get("items")
            .filter(|items| items.is_map() && !items.members().is_empty())
            .map(|items| self.at(items, depth + 1))
            .into_iter()
            .collect();
        Schema {
            open: is_open(node, !members.is_empty()),
            kinds: kinds.into(),
            nullable,
            format: node.text("format").into(),
            description: "".into(),
            choices: choices.iter().map(Json::new).collect::<Vec<_>>().into(),
            minimum: node.get("minimum").and_then(Node::as_f64),
            maximum: node.get("maximum").and_then(Node::as_f64),
            items: items.into(),
            properties: members.into(),
            default: None,
        }
    }
}

/// Description and default that stand beside the keywords, or beside a reference.
fn described(mut schema: Schema, node: &Node) -> Schema {
    let description = node.text("description");
    if !description.is_empty() {
        schema.description = description.into();
    }
    if let Some(default) = node.get("default") {
        schema.default = Some(Json::new(&default.to_json()));
    }
    schema
}

pub(crate) fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "string" => Kind::String,
        "integer" => Kind::Integer,
        "number" => Kind::Number,
        "boolean" => Kind::Boolean,
        "array" => Kind::Array,
        "object" => Kind::Object,
        _ => return None,
    })
}
