//! Files for the long texts of a description, which the compiler includes: JSON Schemas of records, GraphQL
//! documents and field selections.

use std::collections::BTreeMap;

use airbyte_agent_description::Json;
use serde_json::Value;

use super::code::Code;

/// The longest field selection that is written in the code, in bytes.
const SHORT: usize = 100;

/// The widest line of a schema file on which an object is written without line breaks.
const WIDTH: usize = 120;

/// The files of a connector, by path below `src/description`, one for each distinct text.
#[derive(Debug, Default)]
pub(super) struct Files(BTreeMap<String, String>);

/// The files of a connector, while those of one entity are added.
#[derive(Debug)]
pub(super) struct Included<'f> {
    files: &'f mut Files,
    /// The beginning of the names of the entity's files.
    stem: &'f str,
    /// The constants that contain the entity's schemas: name and value.
    constants: Vec<(String, Code)>,
}

impl Files {
    /// The files by path inside the crate.
    pub(super) fn finish(self) -> impl Iterator<Item = (String, String)> {
        self.0.into_iter().map(|(path, text)| (format!("src/description/{path}"), text))
    }

    /// The path of the file that contains `text`, which is added if it is new.
    fn put(&mut self, wanted: &str, kind: &str, text: String) -> String {
        if let Some((path, _)) = self.0.iter().find(|(_, known)| **known == text) {
            return path.clone();
        }
        let mut path = format!("{wanted}.{kind}");
        let mut n = 1;
        while self.0.contains_key(&path) {
            n += 1;
            path = format!("{wanted}_{n}.{kind}");
        }
        self.0.insert(path.clone(), text);
        path
    }
}

impl<'f> Included<'f> {
    pub(super) fn new(files: &'f mut Files, stem: &'f str) -> Self {
        Self { files, stem, constants: Vec::new() }
    }

    /// The constants that the code of the entity refers to, as code.
    pub(super) fn constants(self) -> Vec<(String, Code)> {
        self.constants
    }

    /// The name of a constant with the schema of the entity, or of the records of one of its actions.
    pub(super) fn schema(&mut self, schema: &Json, action: Option<&str>) -> Code {
        let mut text = String::new();
        lay_out(&schema.value(), 0, &mut text);
        text.push('\n');
        let wanted = action.map_or_else(
            || format!("schemas/{}", self.stem),
            |action| format!("schemas/{}_{action}", self.stem),
        );
        let path = self.files.put(&wanted, "json", text);
        let value = Code::call("json", [include(&path)]);
        let written = value.write(0);
        let known = self.constants.iter().find(|(_, known)| known.write(0) == written);
        if let Some((name, _)) = known {
            return Code::plain(name);
        }
        let name = action.map_or_else(
            || "RECORD".to_owned(),
            |action| format!("{}_RECORD", action.to_uppercase()),
        );
        self.constants.push((name.clone(), value));
        Code::Plain(name)
    }

    /// The GraphQL document of an action, as an expression.
    pub(super) fn document(&mut self, document: &str, action: &str) -> Code {
        let wanted = format!("graphql/{}_{action}", self.stem);
        include(&self.files.put(&wanted, "graphql", document.to_owned()))
    }

    /// A field selection for a GraphQL document, as an expression.
    pub(super) fn selection(&mut self, fields: &str, action: &str) -> Code {
        if fields.len() <= SHORT && !fields.contains('\n') {
            return Code::text(fields);
        }
        let wanted = format!("graphql/{}_{action}_fields", self.stem);
        include(&self.files.put(&wanted, "graphql", fields.to_owned()))
    }
}

fn include(path: &str) -> Code {
    Code::call("include_str!", [Code::text(path)])
}

/// Writes a schema with one line for each property. A short schema stays on one line.
fn lay_out(value: &Value, margin: usize, out: &mut String) {
    let flat = flat(value);
    let is_deep =
        |value: &Value| value.as_object().is_some_and(|map| map.values().any(Value::is_object));
    let breaks = |map: &serde_json::Map<String, Value>| {
        margin <= 2 || flat.len() + margin > WIDTH && map.values().any(is_deep)
    };
    match value {
        Value::Object(map) if !map.is_empty() && breaks(map) => {
            out.push('{');
            for (n, (key, value)) in map.iter().enumerate() {
                out.push_str(if n == 0 { "\n" } else { ",\n" });
                out.push_str(&" ".repeat(margin + 2));
                out.push_str(&format!("{}: ", Value::from(key.as_str())));
                lay_out(value, margin + 2, out);
            }
            out.push_str(&format!("\n{}}}", " ".repeat(margin)));
        }
        _ => out.push_str(&flat),
    }
}

/// The value on one line, with spaces between its parts.
fn flat(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let members: Vec<_> = map
                .iter()
                .map(|(key, value)| format!("{}: {}", Value::from(key.as_str()), flat(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Array(list) => {
            format!("[{}]", list.iter().map(flat).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
