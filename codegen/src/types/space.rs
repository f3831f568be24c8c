//! Progenitor's type space over the normalised document, and the one `syn` step that reads the
//! Rust type of every member out of what it makes.

use std::collections::BTreeMap;

use progenitor::Generator;
use serde_json::{Map, Value, json};
use syn::{Fields, GenericArgument, Item, PathArguments, Type};

use super::collect::{Collector, DraftShape, Node};
use super::{Member, Named, Shape, Types};
use crate::Error;

/// A Rust type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rust {
    /// Anything.
    Value,
    /// `String`
    String,
    /// `i64`
    Integer,
    /// `f64`
    Number,
    /// `bool`
    Boolean,
    /// `Vec<…>`
    List(Box<Rust>),
    /// `BTreeMap<String, …>`
    Table(Box<Rust>),
    /// A named type.
    Named(String),
    /// A named type inside itself.
    Boxed(Box<Rust>),
}

impl Rust {
    /// As it stands in a file where named types are behind `path` (`""` or `types::`).
    pub(crate) fn text(&self, path: &str) -> String {
        match self {
            Self::Value => "Value".to_owned(),
            Self::String => "String".to_owned(),
            Self::Integer => "i64".to_owned(),
            Self::Number => "f64".to_owned(),
            Self::Boolean => "bool".to_owned(),
            Self::List(item) => format!("Vec<{}>", item.text(path)),
            Self::Table(item) => format!("BTreeMap<String, {}>", item.text(path)),
            Self::Named(name) => format!("{path}{name}"),
            Self::Boxed(inner) => format!("Box<{}>", inner.text(path)),
        }
    }

    /// Whether `f` holds for this type or one inside it.
    pub(crate) fn any(&self, f: &mut impl FnMut(&Self) -> bool) -> bool {
        if f(self) {
            return true;
        }
        match self {
            Self::List(inner) | Self::Table(inner) | Self::Boxed(inner) => inner.any(f),
            _ => false,
        }
    }

    /// The type as progenitor writes it; what we have no word for is [`Rust::Value`].
    fn read(ty: &Type) -> Self {
        let Type::Path(path) = ty else { return Self::Value };
        let Some(last) = path.path.segments.last() else { return Self::Value };
        let arguments: Vec<&Type> = match &last.arguments {
            PathArguments::AngleBracketed(brackets) => brackets
                .args
                .iter()
                .filter_map(|argument| match argument {
                    GenericArgument::Type(ty) => Some(ty),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        let inner = |n: usize| Box::new(arguments.get(n).map_or(Self::Value, |ty| Self::read(ty)));
        match last.ident.to_string().as_str() {
            "Option" => *inner(0),
            "Vec" => Self::List(inner(0)),
            "HashMap" | "BTreeMap" => Self::Table(inner(1)),
            "Box" => Self::Boxed(inner(0)),
            "String" => Self::String,
            "i64" => Self::Integer,
            "f64" => Self::Number,
            "bool" => Self::Boolean,
            // `serde_json::Value` and `serde_json::Map`, whose `serde_json` stands before it.
            "Value" | "Map" if path.path.segments.len() > 1 => Self::Value,
            name => Self::Named(name.to_owned()),
        }
    }
}

/// Things whose Rust types are wanted: an operation's record, metadata and arguments.
#[derive(Debug, Default)]
pub(crate) struct Wanted(Vec<Node>);

/// An entry of [`Wanted`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket(usize);

impl Wanted {
    /// Asks for the Rust type of `node`.
    pub(crate) fn ask(&mut self, node: Node) -> Ticket {
        self.0.push(node);
        Ticket(self.0.len() - 1)
    }
}

/// Rust types for every [`Ticket`].
#[derive(Debug)]
pub(crate) struct Answers(Vec<Rust>);

impl Answers {
    /// The type asked for.
    pub(crate) fn get(&self, ticket: Ticket) -> Rust {
        self.0.get(ticket.0).cloned().unwrap_or(Rust::Value)
    }
}

/// Name of the object that carries the wanted types through the type space.
const CARRIER: &str = "WantedByOperations";

/// Runs the type space.
pub(crate) fn resolve(
    collector: Collector<'_>,
    wanted: &Wanted,
) -> Result<(Types, Answers), Error> {
    let fields = read_fields(&generate(&document(&collector, wanted))?)?;
    let mut named = indexmap::IndexMap::new();
    for (name, draft) in collector.drafts {
        let shape = match draft.shape {
            DraftShape::Enum(values) => Shape::Enum(values),
            DraftShape::Struct { members, open } => Shape::Struct {
                open,
                members: members
                    .into_iter()
                    .map(|member| Member {
                        rust: field(&fields, &name, &member.ident),
                        wire: member.wire,
                        ident: member.ident,
                        description: member.description,
                        required: member.required,
                        nullable: member.nullable,
                    })
                    .collect(),
            },
        };
        let named_type = Named {
            description: draft.description,
            role: draft.role,
            shape,
            entities: draft.entities.into_iter().collect(),
        };
        named.insert(name, named_type);
    }
    let answers = (0..wanted.0.len()).map(|n| field(&fields, CARRIER, &format!("w{n}"))).collect();
    Ok((Types { named }, Answers(answers)))
}

type FieldTypes = BTreeMap<(String, String), Rust>;

fn field(fields: &FieldTypes, name: &str, ident: &str) -> Rust {
    fields.get(&(name.to_owned(), ident.to_owned())).cloned().unwrap_or(Rust::Value)
}

/// The document that the type space reads.
fn document(collector: &Collector<'_>, wanted: &Wanted) -> Value {
    let mut schemas = Map::new();
    for (name, draft) in &collector.drafts {
        let schema = match &draft.shape {
            DraftShape::Enum(values) => {
                let variants: Vec<&str> =
                    values.iter().map(|(variant, _)| variant.as_str()).collect();
                json!({"type": "string", "enum": variants})
            }
            DraftShape::Struct { members, .. } => {
                let properties: Map<String, Value> =
                    members.iter().map(|m| (m.ident.clone(), m.node.schema())).collect();
                json!({"type": "object", "properties": properties})
            }
        };
        schemas.insert(name.clone(), schema);
    }
    let carried: Map<String, Value> =
        wanted.0.iter().enumerate().map(|(n, node)| (format!("w{n}"), node.schema())).collect();
    schemas.insert(CARRIER.to_owned(), json!({"type": "object", "properties": carried}));
    json!({
        "openapi": "3.0.3",
        "info": {"title": "types", "version": "1"},
        "paths": {},
        "components": {"schemas": schemas},
    })
}

fn generate(document: &Value) -> Result<syn::File, Error> {
    let space = |message: String| Error::TypeSpace { message };
    let document: openapiv3::OpenAPI =
        serde_json::from_value(document.clone()).map_err(|e| space(e.to_string()))?;
    let mut generator = Generator::default();
    generator.generate_tokens(&document).map_err(|e| space(e.to_string()))?;
    syn::parse2(generator.get_type_space().to_stream()).map_err(|e| space(e.to_string()))
}

/// The type of every field of every struct, by the name the normalised document gave it.
fn read_fields(file: &syn::File) -> Result<FieldTypes, Error> {
    let mut fields = FieldTypes::new();
    for item in &file.items {
        let Item::Struct(item) = item else { continue };
        let Fields::Named(named) = &item.fields else { continue };
        for field in &named.named {
            let Some(ident) = &field.ident else { continue };
            let name = renamed(field).unwrap_or_else(|| ident.to_string());
            fields.insert((item.ident.to_string(), name), Rust::read(&field.ty));
        }
    }
    if fields.is_empty() && file.items.iter().any(|item| matches!(item, Item::Struct(_))) {
        let message = "no struct of the type space has fields".to_owned();
        return Err(Error::TypeSpace { message });
    }
    Ok(fields)
}

/// The name in `#[serde(rename = "…")]`.
fn renamed(field: &syn::Field) -> Option<String> {
    let mut name = None;
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        // Other members of the attribute end the parse, but the name comes first or not at all.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                name = Some(meta.value()?.parse::<syn::LitStr>()?.value());
            } else if let Ok(value) = meta.value() {
                value.parse::<syn::Lit>()?;
            }
            Ok(())
        });
    }
    name
}
