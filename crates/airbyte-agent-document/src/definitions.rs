//! Schemas of a document as JSON Schema in the form of `OpenAPI` 3.1, whatever the form of the
//! document is. References stay references, each to `#/components/schemas/NAME`, so that schemas
//! that contain themselves are finite.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use serde_json::{Map, Value};

use crate::normal::{is_keyword, keywords};
use crate::refs::{find, resolve};

/// The beginning of every reference in the schemas that are returned.
const PREFIX: &str = "#/components/schemas/";

/// Converts schemas of one document to the form of `OpenAPI` 3.1, and names the schemas to which
/// they refer.
#[derive(Debug)]
pub struct Definitions<'a> {
    root: &'a Value,
    names: RefCell<HashMap<String, String>>,
    targets: RefCell<BTreeMap<String, &'a Value>>,
    /// The definitions that somebody has asked for. Some have a thousand members and are asked for as often.
    made: RefCell<HashMap<String, Rc<Value>>>,
}

impl<'a> Definitions<'a> {
    /// Definitions that look up references in this document.
    pub fn new(root: &'a Value) -> Self {
        Self {
            root,
            names: RefCell::default(),
            targets: RefCell::default(),
            made: RefCell::default(),
        }
    }

    /// The schema in the form of `OpenAPI` 3.1, with every reference in the form
    /// `#/components/schemas/NAME`. A reference that leads nowhere becomes a schema that accepts
    /// any value. Members that are not keywords of a schema are left out, except members whose
    /// names begin with `x-`.
    pub fn schema(&self, schema: &Value) -> Value {
        match schema {
            Value::Object(members) => self.object(members),
            Value::Bool(_) => schema.clone(),
            _ => Value::Object(Map::new()),
        }
    }

    /// The definition with this name, which schemas that [`Definitions::schema`] has returned refer
    /// to; `None` for other names.
    pub fn get(&self, name: &str) -> Option<Value> {
        self.shared(name).map(|definition| definition.as_ref().clone())
    }

    /// The same without a copy: each definition is made once.
    pub fn shared(&self, name: &str) -> Option<Rc<Value>> {
        if let Some(made) = self.made.borrow().get(name) {
            return Some(Rc::clone(made));
        }
        let target = self.targets.borrow().get(name).copied()?;
        let made = Rc::new(self.schema(target));
        self.made.borrow_mut().insert(name.to_owned(), Rc::clone(&made));
        Some(made)
    }

    /// The name in references to this schema, such as `User` for `#/definitions/User`; `None` if
    /// the reference leads nowhere.
    pub fn name(&self, reference: &str) -> Option<String> {
        if let Some(known) = self.names.borrow().get(reference) {
            return Some(known.clone());
        }
        let target = find(self.root, reference)?;
        // References that form a circle lead to no schema.
        resolve(self.root, target)?;
        let wanted = words(reference);
        let mut targets = self.targets.borrow_mut();
        let mut name = wanted.clone();
        let mut number = 2;
        while targets.get(&name).is_some_and(|known| !std::ptr::eq(*known, target)) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        targets.insert(name.clone(), target);
        self.names.borrow_mut().insert(reference.to_owned(), name.clone());
        Some(name)
    }

    /// The definitions to which these schemas refer, and those to which the definitions themselves
    /// refer. The schemas have to be ones that [`Definitions::schema`] has returned.
    pub fn needed<'s>(&self, schemas: impl IntoIterator<Item = &'s Value>) -> Map<String, Value> {
        let mut found = BTreeMap::new();
        let mut open = Vec::new();
        for schema in schemas {
            names_in(schema, &mut open);
        }
        while let Some(name) = open.pop() {
            if found.contains_key(&name) {
                continue;
            }
            let Some(definition) = self.get(&name) else { continue };
            names_in(&definition, &mut open);
            found.insert(name, definition);
        }
        found.into_iter().collect()
    }

    fn object(&self, members: &Map<String, Value>) -> Value {
        if let Some(Value::String(reference)) = members.get("$ref") {
            return self.reference(reference, members);
        }
        let mut out = Map::new();
        for (key, value) in members {
            if !is_keyword(key) {
                continue;
            }
            let value = match (key.as_str(), value) {
                ("properties" | "patternProperties" | "$defs", Value::Object(all)) => {
                    all.iter().map(|(name, schema)| (name.clone(), self.schema(schema))).collect()
                }
                ("items" | "not" | "additionalProperties", Value::Object(schema)) => {
                    self.object(schema)
                }
                ("items" | "prefixItems" | "allOf" | "anyOf" | "oneOf", Value::Array(all)) => {
                    all.iter().map(|schema| self.schema(schema)).collect()
                }
                ("discriminator", _) => self.discriminator(value),
                _ => value.clone(),
            };
            out.insert(key.clone(), value);
        }
        keywords(out, members)
    }

    /// Members next to a reference describe what is special about this place, so they are kept.
    fn reference(&self, reference: &str, members: &Map<String, Value>) -> Value {
        let mut out = Map::new();
        if let Some(name) = self.name(reference) {
            out.insert("$ref".to_owned(), Value::String(format!("{PREFIX}{name}")));
        }
        for key in ["description", "deprecated", "default", "readOnly", "writeOnly"] {
            if let Some(value) = members.get(key) {
                out.insert(key.to_owned(), value.clone());
            }
        }
        let own = members.iter().filter(|(key, _)| key.starts_with("x-"));
        out.extend(own.map(|(key, value)| (key.clone(), value.clone())));
        keywords(out, members)
    }

    /// The member whose value says which schema applies. Swagger 2 states its name only.
    fn discriminator(&self, value: &Value) -> Value {
        let mut out = Map::new();
        let member = value.get("propertyName").unwrap_or(value);
        if let Value::String(_) = member {
            out.insert("propertyName".to_owned(), member.clone());
        }
        if let Some(Value::Object(mapping)) = value.get("mapping") {
            let targets = mapping.iter().filter_map(|(key, target)| {
                let target = target.as_str()?;
                // A mapping may contain the name of the schema only.
                let name = self.name(target).or_else(|| self.name(&format!("{PREFIX}{target}")))?;
                Some((key.clone(), Value::String(format!("{PREFIX}{name}"))))
            });
            out.insert("mapping".to_owned(), Value::Object(targets.collect()));
        }
        Value::Object(out)
    }
}

/// A name for the target of a reference, made of the letters that names of components may contain.
fn words(reference: &str) -> String {
    const STRUCTURE: [&str; 12] = [
        "#",
        "components",
        "schemas",
        "definitions",
        "types",
        "properties",
        "content",
        "schema",
        "items",
        "paths",
        "parameters",
        "responses",
    ];
    let mut names: Vec<String> = Vec::new();
    for segment in reference.split('/') {
        let segment = segment.replace("~1", "/").replace("~0", "~");
        if STRUCTURE.contains(&segment.as_str()) || segment == crate::refs::FILES {
            continue;
        }
        let file = segment.rsplit('/').next().unwrap_or_default();
        let stem = [".yaml", ".yml", ".json"].iter().find_map(|ending| file.strip_suffix(ending));
        names.push(stem.map_or(segment.clone(), str::to_owned));
    }
    // A schema that has a name of its own keeps it.
    let is_named = |prefix: &str| {
        reference.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && !rest.contains('/'))
    };
    let named = is_named(PREFIX) || is_named("#/definitions/") || is_named("#/schemas/");
    if let (true, Some(last)) = (named, reference.rsplit('/').next()) {
        names = vec![last.replace("~1", "/").replace("~0", "~")];
    }
    let is_plain =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    let name: String =
        names.join("_").chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    if name.is_empty() { "Schema".to_owned() } else { name }
}

/// Adds the names of the schemas to which a schema refers.
fn names_in(schema: &Value, names: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            for (key, value) in members {
                if let ("$ref", Value::String(reference)) = (key.as_str(), value) {
                    names.extend(reference.strip_prefix(PREFIX).map(str::to_owned));
                } else if key == "mapping" {
                    let targets = value.as_object().into_iter().flatten();
                    let targets = targets.filter_map(|(_, target)| target.as_str());
                    names.extend(targets.filter_map(|t| t.strip_prefix(PREFIX)).map(str::to_owned));
                } else {
                    names_in(value, names);
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|value| names_in(value, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_of_every_generation_become_those_of_the_newest() {
        let root = json!({
            "definitions": {"User": {"type": "object"}, "Round": {"$ref": "#/definitions/Round"}},
            "schemas": {"File": {"id": "File", "type": "object"}},
        });
        let definitions = Definitions::new(&root);
        let user = json!({"$ref": "#/components/schemas/User"});
        for (name, given, expected) in [
            ("a reference", json!({"$ref": "#/definitions/User"}), user.clone()),
            (
                "a reference by name",
                json!({"$ref": "File"}),
                json!({"$ref": "#/components/schemas/File"}),
            ),
            (
                "a reference to nothing",
                json!({"$ref": "#/definitions/None", "description": "d"}),
                json!({"description": "d"}),
            ),
            ("a circle of references", json!({"$ref": "#/definitions/Round"}), json!({})),
            (
                "nullable",
                json!({"type": "string", "nullable": true}),
                json!({"type": ["string", "null"]}),
            ),
            (
                "not nullable",
                json!({"type": "string", "nullable": false}),
                json!({"type": "string"}),
            ),
            (
                "nullable of Swagger 2",
                json!({"type": "string", "x-nullable": true}),
                json!({"type": ["string", "null"], "x-nullable": true}),
            ),
            (
                "nullable choices",
                json!({"type": "string", "enum": ["a"], "nullable": true}),
                json!({"type": ["string", "null"], "enum": ["a", null]}),
            ),
            (
                "a nullable reference",
                json!({"$ref": "#/definitions/User", "nullable": true}),
                json!({"anyOf": [user, {"type": "null"}]}),
            ),
            (
                "a nullable composition",
                json!({"allOf": [{"$ref": "#/definitions/User"}], "nullable": true, "description": "d"}),
                json!({"anyOf": [{"allOf": [user]}, {"type": "null"}], "description": "d"}),
            ),
            ("anything that may be null", json!({"nullable": true}), json!({})),
            (
                "an exclusive minimum",
                json!({"type": "integer", "minimum": 1, "exclusiveMinimum": true}),
                json!({"type": "integer", "exclusiveMinimum": 1}),
            ),
            (
                "an inclusive maximum",
                json!({"type": "integer", "maximum": 1, "exclusiveMaximum": false}),
                json!({"type": "integer", "maximum": 1}),
            ),
            ("a file", json!({"type": "file"}), json!({"type": "string", "format": "binary"})),
            (
                "numbers as texts",
                json!({"type": "integer", "minimum": "1", "maximum": "250"}),
                json!({"type": "integer", "minimum": 1, "maximum": 250}),
            ),
            ("any type", json!({"type": "any"}), json!({})),
            (
                "a parameter",
                json!({"name": "a", "in": "query", "required": true, "type": "array", "items": {"type": "string"}, "collectionFormat": "csv"}),
                json!({"type": "array", "items": {"type": "string"}}),
            ),
            (
                "required members",
                json!({"required": ["a"], "properties": {"a": {"type": "string", "required": true}}}),
                json!({"required": ["a"], "properties": {"a": {"type": "string"}}}),
            ),
            (
                "a named discriminator",
                json!({"discriminator": "kind"}),
                json!({"discriminator": {"propertyName": "kind"}}),
            ),
            (
                "a mapped discriminator",
                json!({"discriminator": {"propertyName": "k", "mapping": {"a": "#/definitions/User", "b": "File"}}}),
                json!({"discriminator": {"propertyName": "k", "mapping": {"a": "#/components/schemas/User", "b": "#/components/schemas/File"}}}),
            ),
            (
                "a tuple",
                json!({"type": "array", "items": [{"type": "string"}]}),
                json!({"type": "array", "prefixItems": [{"type": "string"}]}),
            ),
            (
                "alternatives in a converted document",
                json!({"items": [{"type": "file"}]}),
                json!({"anyOf": [{"type": "string", "format": "binary"}]}),
            ),
            ("one choice that is no list", json!({"enum": "a"}), json!({"enum": ["a"]})),
            (
                "choices in a list of their own",
                json!({"enum": [["a", "b"]]}),
                json!({"enum": ["a", "b"]}),
            ),
            (
                "several types",
                json!({"type": ["string", "null"]}),
                json!({"type": ["string", "null"]}),
            ),
            (
                "a member named like a keyword",
                json!({"properties": {"nullable": {"type": "boolean"}, "in": {}}}),
                json!({"properties": {"nullable": {"type": "boolean"}, "in": {}}}),
            ),
            ("no schema", json!("string"), json!({})),
            ("nothing is allowed", json!(false), json!(false)),
        ] {
            assert_eq!(definitions.schema(&given), expected, "{name}");
        }
    }

    #[test]
    fn what_schemas_refer_to_is_named_and_collected() {
        let root = json!({
            "components": {"schemas": {
                "A": {"properties": {"b": {"$ref": "#/components/schemas/B"}}},
                "B": {"properties": {"a": {"$ref": "#/components/schemas/A"}}},
                "Unused": {},
            }},
            "paths": {"/a": {"get": {"responses": {"200": {"schema": {"type": "string"}}}}}},
            (crate::refs::FILES): {"schemas/B.yaml": {"type": "integer"}},
        });
        let definitions = Definitions::new(&root);
        let schema = definitions.schema(&json!({"anyOf": [
            {"$ref": "#/components/schemas/A"},
            {"$ref": "#/paths/~1a/get/responses/200/schema"},
            {"$ref": format!("#/{}/schemas~1B.yaml", crate::refs::FILES)},
        ]}));
        let needed = definitions.needed([&schema]);
        let names: Vec<&str> = needed.keys().map(String::as_str).collect();
        // The name was given to the file before the component of the same name was found.
        assert_eq!(names, ["A", "B", "B_2", "_a_get_200"]);
        assert_eq!(needed["B"], json!({"type": "integer"}));
        assert_eq!(needed["A"], json!({"properties": {"b": {"$ref": "#/components/schemas/B_2"}}}));
    }
}
