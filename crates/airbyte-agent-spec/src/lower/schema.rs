//! Schemas of arguments.

use airbyte_agent_description::{Json, Kind, Property, Schema};
use serde_json::Value;

use super::Cx;
use super::budget::{Depth, Shares, weight};
use super::parameter::is_addition;
use super::refs::{is_null, is_open, types};
use super::text_rules::rules;
use airbyte_agent_yaml::Node;

/// The deepest nesting of an argument that is checked; anything is accepted below it, because a schema that
/// contains itself has to end somewhere.
const MAX_DEPTH: usize = 12;

/// The most parts of the schema of one argument that is checked to its end.
const MOST_PARTS: usize = 8_000;

/// How often a schema may stand inside itself where it would otherwise have too many parts.
const MOST_INSIDE: usize = 1;

impl<'a> Cx<'a> {
    /// The schema of an argument; it accepts anything where the node says nothing or is nested too deeply, and where it
    /// is too large to be checked.
    pub(crate) fn argument(&self, node: &'a Node) -> Schema {
        let budget = self.budget.arguments();
        if self.budget.is_exceeded() {
            // All of this is made again, with a share for each schema.
            return Schema::ANY;
        }
        if self.budget.depth() == Depth::Whole {
            for most_inside in [usize::MAX, MOST_INSIDE] {
                let mut arguments = Arguments::new(self, MOST_PARTS, most_inside);
                let schema = arguments.at(node, 0, usize::MAX);
                budget.spend(arguments.parts);
                if arguments.parts <= MOST_PARTS {
                    return schema;
                }
            }
        }
        let mut arguments = Arguments::new(self, usize::MAX, MOST_INSIDE);
        let schema = arguments.at(node, 0, budget.share());
        budget.spend(arguments.parts);
        schema
    }
}

/// Makes the schema of one argument.
struct Arguments<'c, 'a> {
    cx: &'c Cx<'a>,
    /// The schemas around the present one.
    within: Vec<*const Node>,
    /// The parts so far.
    parts: usize,
    /// The number of parts at which making gives up.
    most: usize,
    most_inside: usize,
}

impl<'c, 'a> Arguments<'c, 'a> {
    fn new(cx: &'c Cx<'a>, most: usize, most_inside: usize) -> Self {
        Self { cx, within: Vec::new(), parts: 0, most, most_inside }
    }

    /// The schema, as far as its share of parts reaches.
    fn at(&mut self, node: &'a Node, depth: usize, share: usize) -> Schema {
        self.parts += 1;
        let Some(schema) = self.cx.resolve(node) else { return described(Schema::ANY, node) };
        let identity = std::ptr::from_ref(schema);
        let inside = self.within.iter().filter(|known| **known == identity).count();
        if depth > MAX_DEPTH || self.parts > self.most || inside > self.most_inside {
            return described(Schema::ANY, node);
        }
        self.within.push(identity);
        // Beside a type, branches only say which members go together.
        let typed = schema.get("type").is_some() || schema.get("properties").is_some();
        let mut result = match schema.get("oneOf").or_else(|| schema.get("anyOf")) {
            Some(choices) if !typed => self.choice(choices, depth, share),
            _ => self.plain(schema, depth, share),
        };
        self.within.pop();
        result = described(result, schema);
        if !std::ptr::eq(schema, node) {
            result = described(result, node);
        }
        result
    }

    /// An inner schema, with its share.
    fn part(&mut self, node: &'a Node, depth: usize, shares: &mut Shares) -> Schema {
        let before = self.parts;
        let schema = self.at(node, depth + 1, shares.next());
        // The part itself was counted with the schema around it.
        shares.used((self.parts - before).saturating_sub(1));
        schema
    }

    /// One of several schemas.
    fn choice(&mut self, choices: &'a Node, depth: usize, share: usize) -> Schema {
        let nullable = choices.items().iter().any(is_null);
        let rest: Vec<_> = choices.items().iter().filter(|choice| !is_null(choice)).collect();
        if let [only] = rest[..] {
            let mut schema = self.at(only, depth + 1, share);
            schema.nullable |= nullable;
            return schema;
        }
        if rest.len() > share {
            return Schema::ANY;
        }
        let mut shares = Shares::new(share, rest.len());
        let branches: Vec<_> =
            rest.iter().map(|node| self.part(node, depth, &mut shares)).collect();
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

    fn plain(&mut self, node: &'a Node, depth: usize, share: usize) -> Schema {
        let names = types(node);
        let properties = self.cx.properties(node);
        // What does not fit the share is not checked: an object may have any members, and a list any elements.
        let is_cut = properties.len() >= share;
        let left =
            if share == usize::MAX { share } else { share.saturating_sub(properties.len() + 1) };
        let mut shares = Shares::new(left, properties.len() + 1);
        let copied = ["enum", "const", "default"].into_iter().filter_map(|key| node.get(key));
        self.parts += copied.map(weight).sum::<usize>();
        let mut choices: Vec<Value> = match (node.get("enum"), node.get("const")) {
            (Some(list), _) => list.items().iter().map(Node::to_json).collect(),
            (None, Some(constant)) => vec![constant.to_json()],
            (None, None) => Vec::new(),
        };
        let null_choice = choices.contains(&Value::Null);
        choices.retain(|choice| !choice.is_null());
        let mut kinds: Vec<Kind> = names.iter().filter_map(|name| Kind::parse(name)).collect();
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
            .filter(|_| !is_cut)
            .map(|(name, property)| Property {
                name: (*name).to_owned().into(),
                required: required.iter().any(|r| r == name),
                schema: self.part(property, depth, &mut shares),
                is_addition: is_addition(property),
            })
            .collect();
        let items: Vec<Schema> = node
            .get("items")
            .filter(|items| items.is_map() && !items.members().is_empty() && !is_cut)
            .map(|items| self.part(items, depth, &mut shares))
            .into_iter()
            .collect();
        Schema {
            open: is_open(node, !members.is_empty()) || is_cut && !properties.is_empty(),
            kinds: kinds.into(),
            nullable,
            format: node.text("format").into(),
            rules: rules(node).into(),
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
