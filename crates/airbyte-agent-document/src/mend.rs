//! Corrects parts of a document that do not conform to its format, where the intended meaning is
//! clear, and notes each correction.

use serde_json::{Map, Value};

use crate::notes::Notes;
use crate::refs::METHODS;
use crate::walk::{self, Place};

/// Corrects a file of a document in place; an empty name means the document itself.
pub(crate) fn mend(root: &mut Value, file: &str, notes: &mut Notes) {
    let notes = &mut Notebook { file, notes };
    if let Some(paths) = root.get_mut("paths") {
        let place = Place::ROOT.key("paths");
        if mapped(paths, "path") {
            notes.add(place, "`paths` is a list; it is read as a mapping");
        }
        if let Value::Object(paths) = paths {
            self::paths(paths, place, notes);
        }
    }
    walk::objects(root, &mut |members, place| {
        choices(members, place, notes);
        required(members, place, notes);
        for (key, name) in [("properties", "name"), ("responses", "status"), ("content", "type")] {
            if let Some(list) = members.get_mut(key)
                && mapped(list, name)
            {
                notes.add(place.key(key), format!("`{key}` is a list; it is read as a mapping"));
            }
        }
    });
}

/// The notes about one file.
struct Notebook<'n> {
    file: &'n str,
    notes: &'n mut Notes,
}

impl Notebook<'_> {
    fn add(&mut self, place: Place<'_>, message: impl Into<String>) {
        self.notes.add(self.file, place, message);
    }
}

/// Turns a list into a mapping, if its elements are mappings with one member, or contain a member
/// that names them.
fn mapped(value: &mut Value, name: &str) -> bool {
    let Value::Array(all) = value else { return false };
    let mut members = Map::new();
    for element in std::mem::take(all) {
        let Value::Object(mut element) = element else { continue };
        match element.remove(name) {
            Some(Value::String(name)) => {
                members.insert(name, Value::Object(element));
            }
            Some(Value::Number(number)) => {
                members.insert(number.to_string(), Value::Object(element));
            }
            Some(other) => {
                members.insert(name.to_owned(), other);
                members.extend(element);
            }
            None => members.extend(element),
        }
    }
    *value = Value::Object(members);
    true
}

/// Corrects paths, which begin with a slash, and methods, which are in lower case.
fn paths(paths: &mut Map<String, Value>, place: Place<'_>, notes: &mut Notebook<'_>) {
    for (path, item) in std::mem::take(paths) {
        let at = place.key(&path);
        let mut item = item;
        if let Value::Object(members) = &mut item {
            methods(members, at, notes);
            parameters(members, at, notes);
            for method in METHODS {
                if let Some(Value::Object(operation)) = members.get_mut(method) {
                    parameters(operation, at.key(method), notes);
                }
            }
        }
        let is_extension = path.starts_with("x-") || path == "$ref";
        if path.starts_with('/') || is_extension {
            paths.insert(path, item);
        } else {
            notes.add(at, format!("the path `{path}` does not begin with `/`, which is added"));
            paths.insert(format!("/{path}"), item);
        }
    }
}

fn methods(members: &mut Map<String, Value>, place: Place<'_>, notes: &mut Notebook<'_>) {
    let is_capital = |key: &String| {
        METHODS.contains(&key.to_ascii_lowercase().as_str()) && !METHODS.contains(&key.as_str())
    };
    let capital: Vec<String> = members.keys().filter(|key| is_capital(key)).cloned().collect();
    for key in capital {
        let small = key.to_ascii_lowercase();
        notes.add(place.key(&key), format!("the method `{key}` is read as `{small}`"));
        if let Some(value) = members.remove(&key) {
            members.entry(small).or_insert(value);
        }
    }
}

/// Corrects the values of `enum`, which have to be a list. Wrong indentation turns them into
/// something else.
fn choices(members: &mut Map<String, Value>, place: Place<'_>, notes: &mut Notebook<'_>) {
    let message = match members.get_mut("enum") {
        Some(Value::Array(all)) if all.len() == 1 && all.iter().all(Value::is_array) => {
            if let Some(Value::Array(inner)) = all.pop() {
                *all = inner;
            }
            "`enum` is a list in a list; the inner list is read"
        }
        Some(Value::Array(all)) if all.is_empty() => {
            "`enum` is an empty list, so that no value would be allowed; it is left out"
        }
        None | Some(Value::Array(_)) => return,
        Some(value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => {
            *value = Value::Array(vec![value.take()]);
            "`enum` is a single value; it is read as a list"
        }
        Some(Value::Null | Value::Object(_)) => {
            "`enum` is no list, and its values may be indented wrongly; it is left out"
        }
    };
    if message.ends_with("left out") {
        members.remove("enum");
    }
    notes.add(place.key("enum"), message);
}

/// Corrects `required`, which is a list of names in schemas, and true or false elsewhere.
fn required(members: &mut Map<String, Value>, place: Place<'_>, notes: &mut Notebook<'_>) {
    let Some(value) = members.get_mut("required") else { return };
    let Value::String(text) = value else { return };
    let text = std::mem::take(text);
    let meaning = match text.as_str() {
        "true" | "True" | "yes" => Value::Bool(true),
        "false" | "False" | "no" => Value::Bool(false),
        name => Value::Array(vec![name.into()]),
    };
    notes.add(
        place.key("required"),
        format!("`required` is the text `{text}`; it is read as {meaning}"),
    );
    *value = meaning;
}

/// Corrects parameters of paths and operations, which have to be a list. Only among the components
/// they have names.
fn parameters(members: &mut Map<String, Value>, place: Place<'_>, notes: &mut Notebook<'_>) {
    let Some(Value::Object(named)) = members.get_mut("parameters") else { return };
    let mut list = Vec::new();
    for (name, mut parameter) in std::mem::take(named) {
        if let Value::Object(members) = &mut parameter
            && !members.contains_key("$ref")
        {
            members.entry("name").or_insert(Value::String(name));
        }
        list.push(parameter);
    }
    notes.add(place.key("parameters"), "`parameters` is a mapping; it is read as a list");
    members.insert("parameters".to_owned(), Value::Array(list));
}
