//! Walks schemas, names every object and enum, and finds the Rust types of their members. A union of several
//! types becomes `Value`.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::boxes::box_cycles;
use super::rust::Rust;
use super::schema::{enumeration, essence, kinds, nullable, text};
use super::{Member, Named, Role, Shape, Types};
use crate::document::Document;
use crate::names::{self, Scope};

/// Names for an object or enum that is not a component, the best one first. If all of them are used
/// for something else, a number is appended to the last one.
pub(crate) type Hints = Vec<String>;

/// A type whose name is decided.
#[derive(Debug)]
struct Draft {
    named: Named,
    fingerprint: String,
}

/// Collects types. Operations are walked in the order of the spec, their responses before their arguments.
#[derive(Debug)]
pub(crate) struct Collector<'d> {
    document: Document<'d>,
    /// The types by name, in the order in which they were found.
    drafts: IndexMap<String, Draft>,
    components: BTreeMap<(String, Role), String>,
    /// Names of component schemas, whether they were found yet or not.
    reserved: BTreeSet<String>,
    names: Scope,
    /// The references that are being followed. They show when a schema refers to itself.
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

    /// The types that were collected, with boxes where a type contains itself.
    pub(crate) fn finish(self) -> Types {
        let mut named = self.drafts.into_iter().map(|(name, draft)| (name, draft.named)).collect();
        box_cycles(&mut named);
        Types { named }
    }

    /// The Rust type of `schema`. Objects and enums in it are named and collected.
    pub(crate) fn rust(&mut self, schema: &'d Value, role: Role, hints: &Hints) -> Rust {
        if self.open.len() > 48 {
            return Rust::Value;
        }
        let Some(found) = self.document.plain(schema) else { return Rust::Value };
        let Some(component) = found.component else {
            return self.inline(found.schema, role, hints, false);
        };
        if let Some(name) = self.components.get(&(component.to_owned(), role)) {
            return Rust::Named(name.clone());
        }
        if self.open.iter().any(|open| open == component) {
            return Rust::Value;
        }
        let class = names::class(component);
        let mut hints = vec![class.clone()];
        if role == Role::Request {
            hints.push(format!("{class}Input"));
        }
        self.open.push(component.to_owned());
        let rust = self.inline(found.schema, role, &hints, true);
        self.open.pop();
        rust
    }

    fn inline(&mut self, schema: &'d Value, role: Role, hints: &Hints, own: bool) -> Rust {
        if let Some(strings) = enumeration(schema) {
            return self.enumeration(schema, &strings, role, hints, own);
        }
        if schema.get("enum").is_some() && kinds(schema).is_empty() {
            return Rust::Value;
        }
        let merged = schema.get("allOf").is_some();
        if merged || schema.get("oneOf").is_some() || schema.get("anyOf").is_some() {
            return Rust::Value;
        }
        match kinds(schema).as_slice() {
            ["string"] => Rust::String,
            ["integer"] => Rust::Integer,
            ["number"] => Rust::Number,
            ["boolean"] => Rust::Boolean,
            ["array"] => {
                let item = schema.get("items").map_or(Rust::Value, |items| {
                    let hints = hints.iter().map(|hint| names::singular(hint)).collect();
                    self.rust(items, role, &hints)
                });
                Rust::List(Box::new(item))
            }
            ["object"] => match schema.get("properties").and_then(Value::as_object) {
                Some(properties) if !properties.is_empty() => {
                    self.object(schema, properties, role, hints, own)
                }
                _ => match schema.get("additionalProperties") {
                    Some(more @ Value::Object(map)) if !map.is_empty() => {
                        let hints = hints.iter().map(|hint| format!("{hint}Value")).collect();
                        Rust::table(self.rust(more, role, &hints))
                    }
                    _ => Rust::Value,
                },
            },
            _ => Rust::Value,
        }
    }

    fn object(
        &mut self,
        schema: &'d Value,
        properties: &'d Map<String, Value>,
        role: Role,
        hints: &Hints,
        own: bool,
    ) -> Rust {
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
            return Rust::Named(name);
        }
        let draft = Draft {
            named: Named {
                description: text(schema, "description"),
                role,
                shape: Shape::Struct { members: Vec::new(), open: false },
                entities: BTreeSet::new(),
            },
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
        // `open` limits not only the number of nested references, but also the depth of nested
        // objects.
        self.open.push(String::new());
        for (wire, property) in properties {
            let hints = vec![names::class(&format!("{name} {wire}"))];
            let rust = self.rust(property, role, &hints);
            members.push(Member {
                wire: wire.clone(),
                ident: idents.ident(&names::member(wire)),
                description: self.description(property),
                required: required.contains(wire.as_str()) && property.get("default").is_none(),
                nullable: nullable(property),
                rust,
            });
        }
        self.open.pop();
        if let Some(draft) = self.drafts.get_mut(&name) {
            let more = schema.get("additionalProperties");
            let open = more.is_some_and(|more| more.is_object() || *more == Value::Bool(true));
            draft.named.shape = Shape::Struct { members, open };
        }
        Rust::Named(name)
    }

    fn enumeration(
        &mut self,
        schema: &Value,
        strings: &[&str],
        role: Role,
        hints: &Hints,
        own: bool,
    ) -> Rust {
        // An enum with one value needs no type.
        if strings.len() < 2 {
            return Rust::String;
        }
        let (name, known) = self.name(hints, own, |draft| match &draft.named.shape {
            Shape::Enum(values) => {
                strings.iter().all(|string| values.iter().any(|(_, value)| value == string))
            }
            Shape::Struct { .. } => false,
        });
        if !known {
            let mut variants = Scope::with(["Other"]);
            let mut values: Vec<(String, String)> = Vec::new();
            for string in strings {
                if !values.iter().any(|(_, value)| value == string) {
                    values.push((variants.class(&names::variant(string)), (*string).to_owned()));
                }
            }
            let named = Named {
                description: text(schema, "description"),
                role,
                shape: Shape::Enum(values),
                entities: BTreeSet::new(),
            };
            let draft = Draft { named, fingerprint: String::new() };
            self.drafts.insert(name.clone(), draft);
        }
        Rust::Named(name)
    }

    /// A name for a new type, or the name of an equal type that was found before, and whether it is the latter.
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

    /// Adds a record type that no single schema of the document describes, and returns its name.
    pub(crate) fn structure(
        &mut self,
        name: String,
        description: String,
        members: Vec<(String, String, Rust)>,
    ) -> String {
        let (name, _) = self.name(&vec![name], false, |_| false);
        let mut idents = reserved_members(Role::Record);
        let members = members
            .into_iter()
            .map(|(wire, description, rust)| Member {
                ident: idents.ident(&names::member(&wire)),
                wire,
                description,
                required: false,
                nullable: false,
                rust,
            })
            .collect();
        let named = Named {
            description,
            role: Role::Record,
            shape: Shape::Struct { members, open: false },
            entities: BTreeSet::new(),
        };
        let draft = Draft { named, fingerprint: String::new() };
        self.drafts.insert(name.clone(), draft);
        name
    }

    /// The description of a property, or else that of the schema to which it refers.
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

    /// Sets the description of the named type in `rust`, if the type has none.
    pub(crate) fn describe(&mut self, rust: &Rust, description: &str) {
        match rust {
            Rust::List(item) => self.describe(item, description),
            Rust::Named(name) => {
                if let Some(draft) = self.drafts.get_mut(name)
                    && draft.named.description.is_empty()
                {
                    description.clone_into(&mut draft.named.description);
                }
            }
            _ => {}
        }
    }

    /// Records that operations of `entity` use `rust`.
    pub(crate) fn reach(&mut self, rust: &Rust, entity: &str) {
        match rust {
            Rust::Value | Rust::String | Rust::Integer | Rust::Number | Rust::Boolean => {}
            Rust::List(item) | Rust::Table(item) | Rust::Boxed(item) => self.reach(item, entity),
            Rust::Named(name) => {
                let Some(draft) = self.drafts.get_mut(name) else { return };
                if !draft.named.entities.insert(entity.to_owned()) {
                    return;
                }
                if let Shape::Struct { members, .. } = &draft.named.shape {
                    let types: Vec<Rust> =
                        members.iter().map(|member| member.rust.clone()).collect();
                    for rust in types {
                        self.reach(&rust, entity);
                    }
                }
            }
        }
    }
}

/// Names that generated structs use for members and methods of their own.
fn reserved_members(role: Role) -> Scope {
    match role {
        Role::Record => Scope::with(["extra"]),
        Role::Request => Scope::with(["extra", "new", "param"]),
    }
}
