//! Walks schemas, names every object and set of strings, and writes down an `OpenAPI` 3.0
//! document in which nothing is left to guess: no unions, no inline objects, no odd names.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::schema::{enumeration, essence, kinds, nullable, text};
use crate::document::Document;
use crate::names::{self, Scope};

/// Whether a type comes back or is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Comes back: everything optional, unknown members kept.
    Record,
    /// Is sent: required stays required.
    Request,
}

/// Names for an object or set of strings met without one, best first; a number is put behind
/// the last one when all are given to something else.
pub(crate) type Hints = Vec<String>;

/// The type of a value, in the words of the normalised document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// Anything.
    Any,
    /// `string`, `integer`, `number` or `boolean`.
    Scalar(&'static str),
    /// A list.
    List(Box<Node>),
    /// An object with free names.
    Table(Box<Node>),
    /// A named type.
    Named(String),
}

impl Node {
    /// As a schema of the normalised document.
    pub(crate) fn schema(&self) -> Value {
        match self {
            Self::Any => json!({}),
            Self::Scalar("integer") => json!({"type": "integer", "format": "int64"}),
            Self::Scalar(kind) => json!({"type": kind}),
            Self::List(item) => json!({"type": "array", "items": item.schema()}),
            Self::Table(item) => json!({"type": "object", "additionalProperties": item.schema()}),
            Self::Named(name) => json!({"$ref": format!("#/components/schemas/{name}")}),
        }
    }
}

/// A type that has got its name.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) description: String,
    pub(crate) role: Role,
    pub(crate) shape: DraftShape,
    pub(crate) entities: BTreeSet<String>,
    fingerprint: String,
}

/// What a [`Draft`] holds.
#[derive(Debug)]
pub(crate) enum DraftShape {
    Struct {
        members: Vec<DraftMember>,
        /// Whether a request may carry members beyond these.
        open: bool,
    },
    Enum(Vec<(String, String)>),
}

/// A member of a [`Draft`].
#[derive(Debug)]
pub(crate) struct DraftMember {
    pub(crate) wire: String,
    pub(crate) ident: String,
    pub(crate) description: String,
    pub(crate) required: bool,
    pub(crate) nullable: bool,
    pub(crate) node: Node,
}

/// Gathers types; operations are walked in the order of the spec, answers before arguments.
#[derive(Debug)]
pub(crate) struct Collector<'d> {
    document: Document<'d>,
    /// Drafts in order of their first appearance.
    pub(crate) drafts: IndexMap<String, Draft>,
    components: BTreeMap<(String, Role), String>,
    /// Names that belong to components, met or not.
    reserved: BTreeSet<String>,
    names: Scope,
    /// References being walked, against aliases that lead to themselves.
    open: Vec<String>,
}

impl<'d> Collector<'d> {
    pub(crate) fn new(document: Document<'d>) -> Self {
        Self {
            document,
            drafts: IndexMap::new(),
            components: BTreeMap::new(),
            reserved: document.components().map(names::class).collect(),
            names: Scope::default(),
            open: Vec::new(),
        }
    }

    /// The type of `schema`; objects and enums inside it are named.
    pub(crate) fn node(&mut self, schema: &'d Value, role: Role, hints: &Hints) -> Node {
        if self.open.len() > 48 {
            return Node::Any;
        }
        let Some(found) = self.document.plain(schema) else { return Node::Any };
        let Some(component) = found.component else {
            return self.inline(found.schema, role, hints, false);
        };
        if let Some(name) = self.components.get(&(component.to_owned(), role)) {
            return Node::Named(name.clone());
        }
        if self.open.iter().any(|open| open == component) {
            return Node::Any;
        }
        let class = names::class(component);
        let mut hints = vec![class.clone()];
        if role == Role::Request {
            hints.push(format!("{class}Input"));
        }
        self.open.push(component.to_owned());
        let node = self.inline(found.schema, role, &hints, true);
        self.open.pop();
        node
    }

    fn inline(&mut self, schema: &'d Value, role: Role, hints: &Hints, own: bool) -> Node {
        if let Some(strings) = enumeration(schema) {
            return self.enumeration(schema, &strings, role, hints, own);
        }
        if schema.get("enum").is_some() && kinds(schema).is_empty() {
            return Node::Any;
        }
        let merged = schema.get("allOf").is_some();
        if merged || schema.get("oneOf").is_some() || schema.get("anyOf").is_some() {
            return Node::Any;
        }
        match kinds(schema).as_slice() {
            ["string"] => Node::Scalar("string"),
            ["integer"] => Node::Scalar("integer"),
            ["number"] => Node::Scalar("number"),
            ["boolean"] => Node::Scalar("boolean"),
            ["array"] => {
                let item = schema.get("items").map_or(Node::Any, |items| {
                    let hints = hints.iter().map(|hint| names::singular(hint)).collect();
                    self.node(items, role, &hints)
                });
                Node::List(Box::new(item))
            }
            ["object"] => match schema.get("properties").and_then(Value::as_object) {
                Some(properties) if !properties.is_empty() => {
                    self.object(schema, properties, role, hints, own)
                }
                _ => match schema.get("additionalProperties") {
                    Some(more @ Value::Object(map)) if !map.is_empty() => {
                        let hints = hints.iter().map(|hint| format!("{hint}Value")).collect();
                        Node::Table(Box::new(self.node(more, role, &hints)))
                    }
                    _ => Node::Any,
                },
            },
            _ => Node::Any,
        }
    }

    fn object(
        &mut self,
        schema: &'d Value,
        properties: &'d Map<String, Value>,
        role: Role,
        hints: &Hints,
        own: bool,
    ) -> Node {
        let fingerprint = format!("{role:?} {}", essence(schema));
        let mut hints = hints.clone();
        if let (Role::Request, false, Some(first)) = (role, own, hints.first()) {
            hints.insert(1, format!("{first}Input"));
        }
        let (name, known) = self.name(&hints, own, |draft| draft.fingerprint == fingerprint);
        if let (true, Some(component)) = (own, self.open.last()) {
            self.components.insert((component.clone(), role), name.clone());
        }
        if known {
            return Node::Named(name);
        }
        let draft = Draft {
            description: text(schema, "description"),
            role,
            shape: DraftShape::Struct { members: Vec::new(), open: false },
            entities: BTreeSet::new(),
            fingerprint,
        };
        self.drafts.insert(name.clone(), draft);
        let required: BTreeSet<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut idents = reserved_members(role);
        let mut members = Vec::new();
        // Inline objects nest by recursion; references are guarded by `open` already.
        self.open.push(String::new());
        for (wire, property) in properties {
            let hints = vec![names::class(&format!("{name} {wire}"))];
            let node = self.node(property, role, &hints);
            members.push(DraftMember {
                wire: wire.clone(),
                ident: idents.ident(&names::member(wire)),
                description: self.description(property),
                required: required.contains(wire.as_str()) && property.get("default").is_none(),
                nullable: nullable(property),
                node,
            });
        }
        self.open.pop();
        if let Some(draft) = self.drafts.get_mut(&name) {
            let more = schema.get("additionalProperties");
            let open = more.is_some_and(|more| more.is_object() || *more == Value::Bool(true));
            draft.shape = DraftShape::Struct { members, open };
        }
        Node::Named(name)
    }

    fn enumeration(
        &mut self,
        schema: &Value,
        strings: &[&str],
        role: Role,
        hints: &Hints,
        own: bool,
    ) -> Node {
        // A constant needs no type of its own.
        if strings.len() < 2 {
            return Node::Scalar("string");
        }
        let (name, known) = self.name(hints, own, |draft| match &draft.shape {
            DraftShape::Enum(values) => {
                strings.iter().all(|string| values.iter().any(|(_, value)| value == string))
            }
            DraftShape::Struct { .. } => false,
        });
        if !known {
            let mut variants = Scope::with(["Other"]);
            let mut values: Vec<(String, String)> = Vec::new();
            for string in strings {
                if !values.iter().any(|(_, value)| value == string) {
                    values.push((variants.class(&names::variant(string)), (*string).to_owned()));
                }
            }
            let draft = Draft {
                description: text(schema, "description"),
                role,
                shape: DraftShape::Enum(values),
                entities: BTreeSet::new(),
                fingerprint: String::new(),
            };
            self.drafts.insert(name.clone(), draft);
        }
        Node::Named(name)
    }

    /// A name for something new, or the name of the same thing met before.
    fn name(&mut self, hints: &Hints, own: bool, same: impl Fn(&Draft) -> bool) -> (String, bool) {
        for (n, hint) in hints.iter().enumerate() {
            // Only a component may take the name of a component.
            let reserved = self.reserved.contains(hint) && !(own && n == 0);
            match self.drafts.get(hint) {
                Some(draft) if same(draft) => return (hint.clone(), true),
                Some(_) => {}
                None if reserved || self.names.has(hint) => {}
                None => return (self.names.class(hint), false),
            }
        }
        let last = hints.last().map_or("Record", String::as_str);
        let taken = |name: &String| self.reserved.contains(name) || self.names.has(name);
        let free = (2..u32::MAX).map(|n| format!("{last}{n}")).find(|name| !taken(name));
        (self.names.class(&free.unwrap_or_else(|| last.to_owned())), false)
    }

    /// A record that no schema of the document describes as a whole.
    pub(crate) fn structure(
        &mut self,
        name: String,
        description: String,
        members: Vec<(String, String, Node)>,
    ) -> String {
        let (name, _) = self.name(&vec![name], false, |_| false);
        let mut idents = reserved_members(Role::Record);
        let members = members
            .into_iter()
            .map(|(wire, description, node)| DraftMember {
                ident: idents.ident(&names::member(&wire)),
                wire,
                description,
                required: false,
                nullable: false,
                node,
            })
            .collect();
        let draft = Draft {
            description,
            role: Role::Record,
            shape: DraftShape::Struct { members, open: false },
            entities: BTreeSet::new(),
            fingerprint: String::new(),
        };
        self.drafts.insert(name.clone(), draft);
        name
    }

    /// The description of a property: its own, or that of what it refers to.
    fn description(&self, property: &'d Value) -> String {
        let own = text(property, "description");
        if !own.is_empty() {
            return own;
        }
        self.document
            .plain(property)
            .map(|found| text(found.schema, "description"))
            .unwrap_or_default()
    }

    /// Gives the named type in `node` a description, if it has none of its own.
    pub(crate) fn describe(&mut self, node: &Node, description: &str) {
        match node {
            Node::List(item) => self.describe(item, description),
            Node::Named(name) => {
                if let Some(draft) = self.drafts.get_mut(name)
                    && draft.description.is_empty()
                {
                    description.clone_into(&mut draft.description);
                }
            }
            Node::Any | Node::Scalar(_) | Node::Table(_) => {}
        }
    }

    /// Notes that operations of `entity` reach `node`.
    pub(crate) fn reach(&mut self, node: &Node, entity: &str) {
        match node {
            Node::Any | Node::Scalar(_) => {}
            Node::List(item) | Node::Table(item) => self.reach(item, entity),
            Node::Named(name) => {
                let Some(draft) = self.drafts.get_mut(name) else { return };
                if !draft.entities.insert(entity.to_owned()) {
                    return;
                }
                if let DraftShape::Struct { members, .. } = &draft.shape {
                    let nodes: Vec<Node> =
                        members.iter().map(|member| member.node.clone()).collect();
                    for node in nodes {
                        self.reach(&node, entity);
                    }
                }
            }
        }
    }
}

/// Names that structs use for themselves.
fn reserved_members(role: Role) -> Scope {
    match role {
        Role::Record => Scope::with(["extra"]),
        Role::Request => Scope::with(["extra", "new", "param"]),
    }
}
