//! Opens the schemas of a document one level at a time. References are followed only when a schema
//! is opened, because schemas may refer to each other in circles, and with all references followed
//! they may be too large.

use std::cell::Cell;
use std::collections::BTreeMap;

use airbyte_agent_description::Kind;
use serde_json::Value;

use crate::refs::{is_true, items, members, resolve};

/// How many schemas an [`Opener`] opens before it stops.
const BUDGET: usize = 100_000;

/// How many levels of composition are followed.
const DEEPEST: usize = 48;

/// A schema that has not been opened yet.
#[derive(Debug, Clone)]
pub enum Schema<'a> {
    /// A schema of the document.
    One(&'a Value),
    /// A composition: values have to fit all of these.
    All(Vec<Schema<'a>>),
    /// A composition: values have to fit one of these.
    Any(Vec<Schema<'a>>),
}

/// What a schema allows; its members and elements are not opened.
#[derive(Debug, Clone, Default)]
pub struct Shape<'a> {
    /// The types that are allowed; if empty, all of them.
    pub kinds: Vec<Kind>,
    /// The only values that are allowed, without `null`; `None` if the schema does not list them.
    pub choices: Option<Vec<&'a Value>>,
    /// The smallest number that is allowed.
    pub minimum: Option<f64>,
    /// The largest number that is allowed.
    pub maximum: Option<f64>,
    /// The names of the members that an object must have.
    pub required: Vec<&'a str>,
    /// The members that an object may have.
    pub members: BTreeMap<&'a str, Schema<'a>>,
    /// The schema of the elements of an array.
    pub items: Option<Schema<'a>>,
    /// The schema of members that are not in `members`.
    pub values: Option<Schema<'a>>,
    /// Whether the schema says that an object may have members that are not in `members`.
    pub open: bool,
    /// Whether the vendor advises against the value.
    pub deprecated: bool,
    /// Whether the schema says that the value may be `null`.
    pub nullable: bool,
    /// Whether only responses contain the value.
    pub read_only: bool,
    /// Whether only requests contain the value.
    pub write_only: bool,
    /// The vendor's description of the value: the one next to a reference, or else that of the
    /// schema to which the reference leads.
    pub description: Option<&'a str>,
    /// The last name of the reference that led to the schema, such as `User`.
    pub name: Option<&'a str>,
    /// The format of a text or number, such as `date-time`.
    pub format: Option<&'a str>,
    /// The value that is used if none is given.
    pub default: Option<&'a Value>,
    /// In responses of GraphQL: the names of the types whose fields are selected.
    pub selected_from: Vec<&'a str>,
}

impl Shape<'_> {
    /// Whether the schema says nothing about the members of an object.
    pub fn is_vague(&self) -> bool {
        self.members.is_empty() && self.items.is_none()
    }

    /// Whether the value can be of this type.
    pub fn allows(&self, kind: Kind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }
}

/// Opens schemas of one document, up to a certain number.
#[derive(Debug)]
pub struct Opener<'a> {
    root: &'a Value,
    left: Cell<usize>,
    lost: Cell<usize>,
}

impl<'a> Opener<'a> {
    /// An opener that looks up references in this document.
    pub fn new(root: &'a Value) -> Self {
        Self { root, left: Cell::new(BUDGET), lost: Cell::new(0) }
    }

    /// Whether schemas were not opened because there were too many of them.
    pub fn is_exhausted(&self) -> bool {
        self.left.get() == 0
    }

    /// How many references led nowhere or to other documents.
    pub fn lost(&self) -> usize {
        self.lost.get()
    }

    /// The schema at this place of the document.
    pub fn find(&self, pointer: &str) -> Option<Schema<'a>> {
        self.root.pointer(pointer).map(Schema::One)
    }

    /// Opens a schema, and returns what it allows.
    pub fn open(&self, schema: &Schema<'a>) -> Shape<'a> {
        self.at(schema, &Within::TOP)
    }

    fn at(&self, schema: &Schema<'a>, within: &Within<'_>) -> Shape<'a> {
        let left = self.left.get().saturating_sub(1);
        self.left.set(left);
        if left == 0 || within.depth > DEEPEST {
            self.left.set(0);
            return Shape::default();
        }
        match schema {
            Schema::One(value) => self.value(value, within),
            Schema::All(parts) => {
                let shapes = parts.iter().map(|part| self.at(part, &within.deeper()));
                shapes.reduce(both).unwrap_or_default()
            }
            Schema::Any(parts) => self.any(parts, within),
        }
    }

    fn any(&self, parts: &[Schema<'a>], within: &Within<'_>) -> Shape<'a> {
        let shapes = parts.iter().filter(|part| !is_null(part));
        let shapes = shapes.map(|part| self.at(part, &within.deeper()));
        let mut shape = shapes.reduce(either).unwrap_or_default();
        shape.nullable |= parts.iter().any(is_null);
        shape
    }

    fn value(&self, value: &'a Value, within: &Within<'_>) -> Shape<'a> {
        // A schema that is composed of itself adds nothing to its other parts.
        let found = resolve(self.root, value).filter(|found| !within.has(found));
        let Some(found) = found else {
            self.lost.set(self.lost.get() + 1);
            return Shape::default();
        };
        let within = &within.of(found);
        let mut shape = plain(found);
        if found.get("type").is_none() && found.get("items").is_some_and(Value::is_array) {
            shape.items = None;
        }
        // Members next to a reference describe what is special about this place.
        shape.deprecated |= is_true(value, "deprecated");
        shape.nullable |= is_true(value, "nullable") || is_true(value, "x-nullable");
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            shape.name = reference.rsplit('/').next();
            shape.description = description(value).or(shape.description);
        }
        for part in items(found, "allOf") {
            shape = both(shape, self.at(&Schema::One(part), within));
        }
        // Documents that are converted from others have alternatives in `items`, without a type.
        let converted = if found.get("type").is_none() { "items" } else { "oneOf" };
        for key in ["anyOf", "oneOf", converted] {
            let parts: Vec<_> = items(found, key).iter().map(Schema::One).collect();
            if !parts.is_empty() {
                shape = both(shape, self.any(&parts, within));
            }
        }
        shape
    }
}

/// The schemas of which the present one is a part.
struct Within<'w> {
    depth: usize,
    schema: Option<&'w Value>,
    above: Option<&'w Within<'w>>,
}

impl<'w> Within<'w> {
    const TOP: Within<'static> = Within { depth: 0, schema: None, above: None };

    /// One level deeper, in a composition that is not a schema of the document.
    fn deeper(&'w self) -> Within<'w> {
        Within { depth: self.depth + 1, schema: None, above: Some(self) }
    }

    /// One level deeper, in this schema.
    fn of(&'w self, schema: &'w Value) -> Within<'w> {
        Within { depth: self.depth + 1, schema: Some(schema), above: Some(self) }
    }

    fn has(&self, schema: &Value) -> bool {
        self.schema.is_some_and(|known| std::ptr::eq(known, schema))
            || self.above.is_some_and(|above| above.has(schema))
    }
}

fn is_null(schema: &Schema<'_>) -> bool {
    let Schema::One(value) = schema else { return false };
    let is_null = |kind: &Value| kind.as_str() == Some("null");
    value.get("type").is_some_and(is_null)
        || value.get("enum").and_then(Value::as_array).is_some_and(|all| all == &[Value::Null])
}

/// The shape of the schema itself, without the schemas of which it is composed.
fn plain(value: &Value) -> Shape<'_> {
    let number = |key: &str| {
        let value = value.get(key)?;
        // Discovery documents write numbers as texts.
        value.as_f64().or_else(|| value.as_str()?.parse().ok())
    };
    let additional = value.get("additionalProperties");
    let listed = value.get("enum").and_then(Value::as_array).map(|all| all.iter().collect());
    let constant = value.get("const").map(|constant| vec![constant]);
    let choices: Option<Vec<&Value>> = listed.or(constant);
    let required = items(value, "required").iter().filter_map(Value::as_str);
    Shape {
        kinds: kinds(value),
        choices: choices.map(|mut all| {
            all.retain(|choice| !choice.is_null());
            all
        }),
        minimum: number("minimum").or_else(|| number("exclusiveMinimum")),
        maximum: number("maximum").or_else(|| number("exclusiveMaximum")),
        required: required.collect(),
        members: members(value, "properties").map(|(k, v)| (k, Schema::One(v))).collect(),
        items: value.get("items").map(|items| match items.as_array() {
            Some(each) => Schema::Any(each.iter().map(Schema::One).collect()),
            None => Schema::One(items),
        }),
        values: additional.filter(|additional| additional.is_object()).map(Schema::One),
        open: additional.is_some_and(|additional| *additional != Value::Bool(false)),
        deprecated: is_true(value, "deprecated") || is_true(value, "x-deprecated"),
        nullable: names_null(value) || is_true(value, "nullable") || is_true(value, "x-nullable"),
        read_only: is_true(value, "readOnly"),
        write_only: is_true(value, "writeOnly"),
        description: description(value),
        name: None,
        format: value.get("format").and_then(Value::as_str),
        default: value.get("default"),
        selected_from: items(value, "x-selected-from").iter().filter_map(Value::as_str).collect(),
    }
}

fn description(value: &Value) -> Option<&str> {
    value.get("description").and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

/// Whether `null` is among the types or choices.
fn names_null(value: &Value) -> bool {
    items(value, "type").iter().any(|name| name == "null")
        || items(value, "enum").contains(&Value::Null)
}

fn kinds(value: &Value) -> Vec<Kind> {
    let named: Vec<&str> = match value.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ if value.get("properties").is_some() => vec!["object"],
        _ if value.get("items").is_some_and(Value::is_object) => vec!["array"],
        _ => Vec::new(),
    };
    named.into_iter().filter_map(kind).collect()
}

/// The type with this name in documents. Swagger 2 has files, whose content is a text.
fn kind(name: &str) -> Option<Kind> {
    Kind::parse(if name == "file" { "string" } else { name })
}

/// The shape of values that fit both shapes.
fn both<'a>(mut a: Shape<'a>, b: Shape<'a>) -> Shape<'a> {
    let common = |kind: &Kind| {
        b.kinds.contains(kind) || *kind == Kind::Integer && b.kinds.contains(&Kind::Number)
    };
    a.kinds = match (a.kinds.is_empty(), b.kinds.is_empty()) {
        (true, _) => b.kinds,
        (false, true) => a.kinds,
        (false, false) => a.kinds.iter().copied().filter(common).collect(),
    };
    a.choices = match (a.choices, b.choices) {
        (Some(a), Some(b)) => Some(a.into_iter().filter(|choice| b.contains(choice)).collect()),
        (a, b) => a.or(b),
    };
    a.minimum = merge(a.minimum, b.minimum, f64::max);
    a.maximum = merge(a.maximum, b.maximum, f64::min);
    a.required.extend(b.required);
    for (name, schema) in b.members {
        let schema = match a.members.remove(name) {
            Some(known) => Schema::All(vec![known, schema]),
            None => schema,
        };
        a.members.insert(name, schema);
    }
    a.items = pair(a.items, b.items, Schema::All);
    a.values = pair(a.values, b.values, Schema::All);
    a.open |= b.open;
    a.deprecated |= b.deprecated;
    a.nullable |= b.nullable;
    a.read_only |= b.read_only;
    a.write_only |= b.write_only;
    a.description = a.description.or(b.description);
    a.name = a.name.or(b.name);
    a.format = a.format.or(b.format);
    a.default = a.default.or(b.default);
    a.selected_from.extend(b.selected_from);
    a
}

/// The shape of values that fit one of the shapes.
fn either<'a>(mut a: Shape<'a>, b: Shape<'a>) -> Shape<'a> {
    if a.kinds.is_empty() || b.kinds.is_empty() {
        a.kinds.clear();
    } else {
        let new: Vec<Kind> = b.kinds.into_iter().filter(|kind| !a.kinds.contains(kind)).collect();
        a.kinds.extend(new);
    }
    a.choices = match (a.choices, b.choices) {
        (Some(mut a), Some(b)) => {
            a.extend(b);
            Some(a)
        }
        _ => None,
    };
    a.minimum = a.minimum.zip(b.minimum).map(|(a, b)| a.min(b));
    a.maximum = a.maximum.zip(b.maximum).map(|(a, b)| a.max(b));
    a.required.retain(|name| b.required.contains(name));
    for (name, schema) in b.members {
        let schema = match a.members.remove(name) {
            Some(known) => Schema::Any(vec![known, schema]),
            None => schema,
        };
        a.members.insert(name, schema);
    }
    a.items = pair(a.items, b.items, Schema::Any);
    a.values = pair(a.values, b.values, Schema::Any);
    a.open |= b.open;
    a.deprecated &= b.deprecated;
    a.nullable |= b.nullable;
    a.read_only &= b.read_only;
    a.write_only &= b.write_only;
    a.description = a.description.or(b.description);
    a.name = a.name.or(b.name);
    a.format = a.format.filter(|format| b.format == Some(format));
    a.default = a.default.or(b.default);
    a.selected_from.extend(b.selected_from);
    a
}

fn merge(a: Option<f64>, b: Option<f64>, choose: fn(f64, f64) -> f64) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(choose(a, b)),
        (a, b) => a.or(b),
    }
}

fn pair<'a>(
    a: Option<Schema<'a>>,
    b: Option<Schema<'a>>,
    combine: fn(Vec<Schema<'a>>) -> Schema<'a>,
) -> Option<Schema<'a>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(combine(vec![a, b])),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn composed_schemas_are_joined() {
        // Eight to the power of six parts.
        let wide = (0..6).fold(json!({}), |inner, _| json!({"allOf": vec![inner; 8]}));
        let root = json!({"components": {"schemas": {
            "Base": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
            "Pet": {"allOf": [
                {"$ref": "#/components/schemas/Base"},
                {"required": ["name"], "properties": {"name": {"type": "string"}}},
            ]},
            "Either": {"anyOf": [
                {"$ref": "#/components/schemas/Pet"},
                {"type": "object", "required": ["id"], "properties": {"id": {}, "size": {}}},
                {"type": "null"},
            ]},
            "Size": {"oneOf": [{"enum": ["s"]}, {"enum": ["m", null]}], "type": "string"},
            "Free": {"anyOf": [{"type": "string"}, {"type": "string", "enum": ["a"]}]},
            "Converted": {"items": [
                {"type": "object", "properties": {"a": {}}}, {"type": "object", "properties": {"b": {}}},
            ]},
            "Tuple": {"type": "array", "items": [{"type": "string"}, {"type": "integer"}]},
            "Round": {"type": "object", "allOf": [{"$ref": "#/components/schemas/Round"}]},
            "Wide": wide,
        }}});
        let opener = Opener::new(&root);
        let open =
            |name: &str| opener.open(&opener.find(&format!("/components/schemas/{name}")).unwrap());
        let pet = open("Pet");
        assert_eq!(pet.required, ["id", "name"]);
        assert_eq!(pet.members.keys().copied().collect::<Vec<_>>(), ["id", "name"]);
        let either = open("Either");
        assert_eq!((either.required, either.kinds), (vec!["id"], vec![Kind::Object]));
        assert_eq!(either.members.keys().copied().collect::<Vec<_>>(), ["id", "name", "size"]);
        assert_eq!(open("Size").choices, Some(vec![&json!("s"), &json!("m")]));
        assert_eq!(open("Free").choices, None);
        let converted = open("Converted");
        assert_eq!(converted.kinds, [Kind::Object]);
        assert_eq!(converted.members.keys().copied().collect::<Vec<_>>(), ["a", "b"]);
        let items = open("Tuple").items.unwrap();
        assert_eq!(opener.open(&items).kinds, [Kind::String, Kind::Integer]);
        assert!(!opener.is_exhausted());
        assert_eq!(opener.lost(), 0);
        let round = open("Round");
        assert_eq!((round.kinds, opener.lost()), (vec![Kind::Object], 1));
        assert!(!opener.is_exhausted());
        open("Wide");
        assert!(opener.is_exhausted());
    }
}
