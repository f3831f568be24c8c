//! Visits all objects of a document that describe the API. Examples, defaults and members that
//! vendors have added are data, and are left out.

use std::fmt;

use serde_json::{Map, Value};

/// A place in a document, which is written as a JSON pointer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'p> {
    above: Option<&'p Place<'p>>,
    step: Step<'p>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'p> {
    Root,
    Key(&'p str),
    Index(usize),
}

impl<'p> Place<'p> {
    /// The whole document.
    pub(crate) const ROOT: Place<'static> = Place { above: None, step: Step::Root };

    /// The member of this name.
    pub(crate) fn key(&'p self, key: &'p str) -> Place<'p> {
        Place { above: Some(self), step: Step::Key(key) }
    }

    /// The element with this number.
    pub(crate) fn index(&'p self, index: usize) -> Place<'p> {
        Place { above: Some(self), step: Step::Index(index) }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above {
            above.fmt(f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Key(key) => write!(f, "/{}", key.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => write!(f, "/{index}"),
        }
    }
}

/// Whether the value of this key is data, and not a part of the description.
fn is_data(key: &str) -> bool {
    matches!(key, "example" | "examples" | "default" | "enum" | "const") || key.starts_with("x-")
}

/// Whether the names of the members of this key's value are chosen by the vendor.
fn has_names(key: &str) -> bool {
    matches!(
        key,
        "properties"
            | "patternProperties"
            | "$defs"
            | "definitions"
            | "schemas"
            | "parameters"
            | "responses"
            | "requestBodies"
            | "headers"
            | "securitySchemes"
            | "securityDefinitions"
            | "links"
            | "callbacks"
            | "paths"
            | "content"
            | "variables"
            | "scopes"
            | "mapping"
            | "encoding"
            | "pathItems"
    )
}

/// Visits every object that is not a list of names; an object is visited before those inside it.
pub(crate) fn objects(
    value: &mut Value,
    visit: &mut dyn FnMut(&mut Map<String, Value>, Place<'_>),
) {
    step(value, &Place::ROOT, false, visit);
}

fn step(
    value: &mut Value,
    place: &Place<'_>,
    is_names: bool,
    visit: &mut dyn FnMut(&mut Map<String, Value>, Place<'_>),
) {
    match value {
        Value::Object(members) => {
            if !is_names {
                visit(members, *place);
            }
            for (key, child) in members.iter_mut() {
                if is_names || !is_data(key) {
                    step(child, &place.key(key), !is_names && has_names(key), visit);
                }
            }
        }
        Value::Array(all) => {
            for (index, child) in all.iter_mut().enumerate() {
                step(child, &place.index(index), false, visit);
            }
        }
        _ => {}
    }
}

/// Whether any text in the value begins with this prefix, as references do.
pub(crate) fn refers(value: &Value, prefix: &str) -> bool {
    match value {
        Value::String(text) => text.starts_with(prefix),
        Value::Object(members) => members.values().any(|value| refers(value, prefix)),
        Value::Array(all) => all.iter().any(|value| refers(value, prefix)),
        _ => false,
    }
}
