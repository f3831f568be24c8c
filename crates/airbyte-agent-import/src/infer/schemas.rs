//! Opens the schemas of a document, each of them once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use airbyte_agent_description::Kind;
use airbyte_agent_document::{Opener, Schema, Shape};
use serde_json::Value;

/// Opens the schemas of one document.
#[derive(Debug)]
pub(crate) struct Schemas<'a> {
    root: &'a Value,
    opener: RefCell<Opener<'a>>,
    open: RefCell<HashMap<*const Value, Rc<Shape<'a>>>>,
}

impl<'a> Schemas<'a> {
    /// Opens schemas of this document.
    pub(crate) fn new(root: &'a Value) -> Self {
        Self { root, opener: RefCell::new(Opener::new(root)), open: RefCell::default() }
    }

    /// What a schema allows.
    pub(crate) fn open(&self, schema: &Schema<'a>) -> Rc<Shape<'a>> {
        let Schema::One(value) = schema else { return Rc::new(self.fresh(schema)) };
        let place: *const Value = *value;
        if let Some(shape) = self.open.borrow().get(&place) {
            return Rc::clone(shape);
        }
        let shape = Rc::new(self.fresh(schema));
        self.open.borrow_mut().insert(place, Rc::clone(&shape));
        shape
    }

    /// The opener has a budget for circles; each schema gets its own.
    fn fresh(&self, schema: &Schema<'a>) -> Shape<'a> {
        let shape = self.opener.borrow().open(schema);
        if self.opener.borrow().is_exhausted() {
            *self.opener.borrow_mut() = Opener::new(self.root);
        }
        shape
    }

    /// A member of the schema's own text, or of what its reference leads to.
    pub(crate) fn says(&self, schema: &Schema<'a>, member: &str) -> Option<&'a Value> {
        let value = match schema {
            Schema::One(value) => value,
            Schema::All(parts) | Schema::Any(parts) => {
                return parts.iter().find_map(|part| self.says(part, member));
            }
        };
        if let Some(found) = value.get(member) {
            return Some(found);
        }
        let pointer = value.get("$ref")?.as_str()?.strip_prefix('#')?;
        self.root.pointer(pointer)?.get(member)
    }

    /// The description of a schema in lower case.
    pub(crate) fn text(&self, schema: &Schema<'a>) -> String {
        ["title", "description"]
            .iter()
            .filter_map(|member| self.says(schema, member)?.as_str())
            .collect::<Vec<_>>()
            .join(". ")
            .to_lowercase()
    }

    /// An example of a schema.
    pub(crate) fn example(&self, schema: &Schema<'a>) -> Option<&'a Value> {
        let first = || self.says(schema, "examples")?.get(0);
        self.says(schema, "example").or_else(first)
    }
}

/// What can be seen of a schema without opening what it refers to: scalars, and arrays whose elements stay closed.
/// References and compositions are taken for objects. `None` if the schema has to be opened.
pub(crate) fn outside<'a>(schema: &Schema<'a>) -> Option<Shape<'a>> {
    let Schema::One(value) = schema else { return None };
    let kind = |kind| Some(Shape { kinds: vec![kind], ..Shape::default() });
    match value.get("type").and_then(Value::as_str) {
        Some("string") => kind(Kind::String),
        Some("integer") => kind(Kind::Integer),
        Some("number") => kind(Kind::Number),
        Some("boolean") => kind(Kind::Boolean),
        Some("array") => value.get("items").filter(|items| items.is_object()).map(|items| Shape {
            kinds: vec![Kind::Array],
            items: Some(Schema::One(items)),
            ..Shape::default()
        }),
        None if ["anyOf", "oneOf"].iter().any(|key| value.get(*key).is_some()) => {
            kind(Kind::Object)
        }
        _ => None,
    }
}
