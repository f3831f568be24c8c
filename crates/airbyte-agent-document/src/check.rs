//! Finds parts of a document that are doubtful although they can be read.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use crate::model::{Place as Where, Rest};
use crate::notes::Notes;
use crate::refs::{METHODS, items, members, resolve, text};
use crate::walk::{self, Place};

/// The types that schemas may have in some version of the formats.
const TYPES: [&str; 8] =
    ["string", "number", "integer", "boolean", "array", "object", "null", "file"];

/// The formats that the versions of `OpenAPI` and JSON Schema define, and those that nearly every
/// vendor uses.
const FORMATS: [&str; 46] = [
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float",
    "double",
    "decimal",
    "byte",
    "binary",
    "base64",
    "base64url",
    "date",
    "date-time",
    "datetime",
    "time",
    "duration",
    "password",
    "email",
    "idn-email",
    "hostname",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "ip",
    "uri",
    "url",
    "uri-reference",
    "iri",
    "iri-reference",
    "uri-template",
    "uuid",
    "json-pointer",
    "relative-json-pointer",
    "regex",
    "html",
    "commonmark",
    "char",
    "unixtime",
    "unix-time",
    "timestamp",
    "json",
    "markdown",
];

/// Notes what is doubtful in the document, in which errors were corrected before.
pub(crate) fn check(root: &mut Value, notes: &mut Notes) {
    about(root, notes);
    operations(root, notes);
    schemas(root, notes);
}

fn about(root: &Value, notes: &mut Notes) {
    match root.get("info") {
        Some(info) if text(info, "title").is_empty() => {
            notes.add("", "/info", "`info.title` is missing; the API has no name");
        }
        Some(_) => {}
        None => notes.add("", "", "`info` is missing; the API has no name and no version"),
    }
}

fn operations(root: &Value, notes: &mut Notes) {
    let mut ids: HashMap<&str, String> = HashMap::new();
    let mut silent = 0_usize;
    let mut first_silent = String::new();
    let paths = Place::ROOT.key("paths");
    for (path, item) in members(root, "paths") {
        let at = paths.key(path);
        if path.starts_with("x-") {
            continue;
        }
        let Some(item) = resolve(root, item) else { continue };
        for method in METHODS {
            let Some(node) = item.get(method) else { continue };
            let at = at.key(method);
            if !node.is_object() {
                notes.add("", at, "the operation is no mapping; it is read as an empty one");
                continue;
            }
            if let Some(id) = node.get("operationId").and_then(Value::as_str)
                && let Some(first) = ids.insert(id, at.to_string())
            {
                let message = format!("the operation id `{id}` is used twice, first at {first}");
                notes.add("", at.key("operationId"), message);
            }
            if text(node, "summary").is_empty() && text(node, "description").is_empty() {
                silent += 1;
                if first_silent.is_empty() {
                    first_silent = at.to_string();
                }
            }
            if node
                .get("responses")
                .is_none_or(|all| all.as_object().is_none_or(serde_json::Map::is_empty))
            {
                notes.add("", at, "the operation has no responses");
            }
            parameters(root, node, at, notes);
        }
    }
    if silent > 0 {
        let message = format!(
            "{silent} operations have neither a summary nor a description; the first is this one"
        );
        notes.add("", first_silent, message);
    }
}

fn parameters(root: &Value, node: &Value, place: Place<'_>, notes: &mut Notes) {
    let place = place.key("parameters");
    let mut known = HashSet::new();
    for (index, parameter) in items(node, "parameters").iter().enumerate() {
        let at = place.index(index);
        // All references that lead nowhere are noted in another place.
        let Some(parameter) = resolve(root, parameter) else { continue };
        let (name, part) = (text(parameter, "name"), text(parameter, "in"));
        if name.is_empty() {
            notes.add("", at, "the parameter has no `name`");
        } else if Where::parse(&part).is_none() && !matches!(part.as_str(), "body" | "formData") {
            let message = format!(
                "the parameter `{name}` has no `in` that is known, found `{part}`; it is left out"
            );
            notes.add("", at, message);
        } else if !known.insert((part.clone(), name.clone())) {
            let message = format!(
                "the parameter `{name}` in `{part}` is declared twice; the last one counts"
            );
            notes.add("", at, message);
        }
    }
}

/// Checks types, formats and references in all parts of the document.
fn schemas(root: &mut Value, notes: &mut Notes) {
    let mut references: Vec<(String, String)> = Vec::new();
    let mut met: HashSet<String> = HashSet::new();
    let mut formats: BTreeMap<String, (usize, String)> = BTreeMap::new();
    walk::objects(root, &mut |members, place| {
        if let Some(Value::String(reference)) = members.get("$ref") {
            // One place for each of them is enough.
            if reference.starts_with('#') && met.insert(reference.clone()) {
                references.push((reference.clone(), place.key("$ref").to_string()));
            }
            return;
        }
        if let Some(Value::String(name)) = members.get("type")
            && !TYPES.contains(&name.as_str())
            && !is_scheme(place)
        {
            let message = format!("the type `{name}` is not known; any value is allowed");
            notes.add("", place.key("type"), message);
        }
        if let (Some(Value::String(_)), Some(Value::String(format))) =
            (members.get("type"), members.get("format"))
            && !FORMATS.contains(&format.to_ascii_lowercase().as_str())
        {
            let entry = formats
                .entry(format.clone())
                .or_insert_with(|| (0, place.key("format").to_string()));
            entry.0 += 1;
        }
    });
    for (format, (number, place)) in formats {
        let message = format!(
            "the format `{format}` is not known ({number} times); values are not checked against it"
        );
        notes.add("", place, message);
    }
    let nowhere = Value::Null;
    for (reference, place) in references {
        let probe = serde_json::json!({"$ref": reference});
        let found = resolve(root, &probe).unwrap_or(&nowhere);
        if found.is_null() {
            notes.add(
                "",
                place,
                format!("the reference `{reference}` leads nowhere; any value is allowed"),
            );
        }
    }
}

/// Whether a place is a scheme, whose types differ from those of schemas.
fn is_scheme(place: Place<'_>) -> bool {
    let place = place.to_string();
    place.starts_with("/securityDefinitions/") || place.starts_with("/components/securitySchemes/")
}

/// Adds a parameter for each placeholder of a path for which the operation declares none, and notes
/// it.
pub(crate) fn path_parameters(rest: &mut Rest, notes: &mut Notes) {
    for operation in &mut rest.operations {
        for name in operation.path.split('{').skip(1).filter_map(|rest| rest.split_once('}')) {
            let name = name.0;
            let is_known = |parameter: &crate::model::Parameter| {
                parameter.place == Where::Path && parameter.name == name
            };
            if name.is_empty() || operation.parameters.iter().any(is_known) {
                continue;
            }
            let method = operation.method.to_ascii_lowercase();
            let paths = Place::ROOT.key("paths");
            let place = paths.key(&operation.path);
            let message = format!(
                "the path has `{{{name}}}`, and no parameter of this name is declared; any value is accepted"
            );
            notes.add("", place.key(&method), message);
            let mut parameter =
                crate::model::Parameter::new(name, Where::Path, serde_json::json!({}));
            parameter.required = true;
            operation.parameters.push(parameter);
        }
    }
}
