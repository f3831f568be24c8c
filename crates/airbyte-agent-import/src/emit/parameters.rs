//! The parameters of an operation. All arguments share one name space, so that some get another name.

use std::collections::{HashMap, HashSet};

use airbyte_agent_description::Action;
use airbyte_agent_document::{Operation, Parameter, Place, Style};
use serde_json::{Map, Value, json};

use super::schemas::{Members, Purpose, Schemas, choices, is_short, refuses, types};
use super::texts::{SHORT, cut, sentence, words};

/// Headers that HTTP itself or the credentials set.
const OWN_HEADERS: [&str; 4] = ["accept", "content-type", "authorization", "content-length"];

/// The parameters as the spec has them.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// The entries of `parameters`.
    pub(super) nodes: Vec<Value>,
    /// The path, in which parameters may have other names.
    pub(super) path: String,
    /// The path that is requested, where the path of the document only tells operations apart.
    pub(super) requested: Option<String>,
    /// The names of arguments by their names in the document.
    pub(super) names: HashMap<String, String>,
    /// The arguments that a caller has to know: those without a default that are required.
    pub(super) needed: Vec<Needed>,
    /// What of the document was not taken over.
    pub(super) notes: Vec<String>,
}

/// An argument that a caller has to know.
#[derive(Debug, Clone)]
pub(super) struct Needed {
    /// The name of the argument.
    pub(super) name: String,
    /// The part of the request that carries it.
    pub(super) place: Place,
}

/// The parameters of an operation. `credentials` has the names of what credentials set.
pub(super) fn parameters(
    operation: &Operation,
    action: Action,
    body: &Members,
    credentials: &HashSet<String>,
    schemas: &Schemas<'_>,
) -> Made {
    let mut made = Made::default();
    let mut taken: HashSet<String> = body.all.keys().cloned().collect();
    made.names.extend(body.all.keys().map(|name| (name.clone(), name.clone())));
    let (path, mut constants) = split(&operation.path);
    made.requested = (path != operation.path).then(|| path.clone());
    made.path.clone_from(&operation.path);
    path_parameters(&path, operation, &mut taken, schemas, &mut made);
    for place in [Place::Query, Place::Header] {
        for parameter in operation.parameters.iter().filter(|parameter| parameter.place == place) {
            let lower = parameter.name.to_lowercase();
            let is_own = place == Place::Header && OWN_HEADERS.contains(&lower.as_str());
            if parameter.name.is_empty() || is_own || credentials.contains(&lower) {
                continue;
            }
            let constant = constants.iter().position(|(name, _)| *name == parameter.name);
            let constant = constant.map(|place| constants.remove(place).1);
            other(parameter, constant, action, &mut taken, schemas, &mut made);
        }
    }
    for (name, value) in constants {
        let mut parameter = Parameter::new(&name, Place::Query, json!({"type": "string"}));
        parameter.required = true;
        other(&parameter, Some(value), action, &mut taken, schemas, &mut made);
    }
    for parameter in
        operation.parameters.iter().filter(|parameter| parameter.place == Place::Cookie)
    {
        if parameter.required && !credentials.contains(&parameter.name.to_lowercase()) {
            made.notes.push(format!("the cookie `{}` is not sent", parameter.name));
        }
    }
    made
}

/// The path that is requested, and the constants that documents write into paths to tell operations apart.
fn split(path: &str) -> (String, Vec<(String, String)>) {
    let (path, _) = path.split_once('#').unwrap_or((path, ""));
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let pairs = pairs.filter(|(name, value)| !name.is_empty() && !value.contains(['{', '}']));
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    (path, pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

fn path_parameters(
    path: &str,
    operation: &Operation,
    taken: &mut HashSet<String>,
    schemas: &Schemas<'_>,
    made: &mut Made,
) {
    let mut seen = HashSet::new();
    for wire in placeholders(path) {
        if !seen.insert(wire.clone()) {
            continue;
        }
        let declared =
            |parameter: &&Parameter| parameter.place == Place::Path && parameter.name == wire;
        let declared = operation.parameters.iter().find(declared);
        let plain = wire.trim_matches(['+', '*', '?', ' ', '/', ';', '.']).to_owned();
        let plain = if plain.is_empty() { "value".to_owned() } else { plain };
        let name = free(&plain, "path", taken);
        if name != wire {
            let (from, to) = (format!("{{{wire}}}"), format!("{{{name}}}"));
            made.path = made.path.replace(&from, &to);
            made.requested = made.requested.take().map(|path| path.replace(&from, &to));
        }
        let undeclared = Parameter::new(&wire, Place::Path, json!({"type": "string"}));
        let parameter = declared.unwrap_or(&undeclared);
        let mut node = start(&name, "path", true, parameter);
        let mut schema = schemas.schema(&parameter.schema, Purpose::Request);
        remove_null(&mut schema);
        if types(&schema).contains(&"array") {
            node.insert("style".to_owned(), "simple".into());
        }
        finish(node, schema, parameter, made);
        made.names.insert(wire.clone(), name.clone());
        made.needed.push(Needed { name, place: Place::Path });
    }
}

/// The names between braces in a path.
fn placeholders(path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = path;
    while let Some((_, tail)) = rest.split_once('{') {
        let Some((name, after)) = tail.split_once('}') else { break };
        found.push(name.to_owned());
        rest = after;
    }
    found
}

/// A parameter in the query or in a header.
fn other(
    parameter: &Parameter,
    constant: Option<String>,
    action: Action,
    taken: &mut HashSet<String>,
    schemas: &Schemas<'_>,
    made: &mut Made,
) {
    let place = if parameter.place == Place::Header { "header" } else { "query" };
    let name = free(&parameter.name, place, taken);
    let mut node = start(&name, place, parameter.required, parameter);
    if name != parameter.name {
        node.insert("x-agent-wire-name".to_owned(), parameter.name.clone().into());
    }
    let mut schema = schema(parameter, schemas);
    remove_null(&mut schema);
    style(parameter, &schema, &mut node, made);
    let default = match constant {
        Some(value) => {
            schema = json!({"type": "string", "enum": [value]});
            Some(Value::String(value))
        }
        None => default(parameter, &schema),
    };
    let mut is_needed = parameter.required;
    if let Some(default) = default {
        let listed = choices(&schema);
        let sent_anyway = place == "header"
            || action == Action::Download
            || listed.is_some_and(|listed| listed == std::slice::from_ref(&default));
        // What the vendor does without the parameter is the vendor's to know.
        if parameter.required || !sent_anyway {
            is_needed = false;
            if let Value::Object(schema) = &mut schema {
                schema.insert("default".to_owned(), default);
            }
        }
    }
    if is_needed {
        made.needed.push(Needed { name: name.clone(), place: parameter.place });
    }
    finish(node, schema, parameter, made);
    made.names.entry(parameter.name.clone()).or_insert(name);
}

/// The schema of a parameter. A value that is written as JSON is a text.
fn schema(parameter: &Parameter, schemas: &Schemas<'_>) -> Value {
    if parameter.media_type.is_some() {
        return json!({"type": "string"});
    }
    schemas.schema(&parameter.schema, Purpose::Request)
}

/// The default, if it is a plain value that the schema allows.
fn default(parameter: &Parameter, schema: &Value) -> Option<Value> {
    let default = parameter.schema.get("default").filter(|default| is_short(default))?;
    if schema.as_object().is_some_and(|members| refuses(members, default)) {
        return None;
    }
    if default.as_str().is_some_and(|text| text.contains("{{") || text.is_empty()) {
        return None;
    }
    let names = types(schema);
    let fits = names.iter().any(|name| match *name {
        "string" => default.is_string(),
        "integer" => default.is_i64() || default.is_u64(),
        "number" => default.is_number(),
        "boolean" => default.is_boolean(),
        _ => false,
    });
    let is_chosen = choices(schema).is_none_or(|listed| listed.contains(default));
    (fits && is_chosen).then(|| default.clone())
}

fn start(name: &str, place: &str, required: bool, parameter: &Parameter) -> Map<String, Value> {
    let mut node = Map::new();
    node.insert("name".to_owned(), name.into());
    node.insert("in".to_owned(), place.into());
    if required {
        node.insert("required".to_owned(), Value::Bool(true));
    }
    if parameter.deprecated {
        node.insert("deprecated".to_owned(), Value::Bool(true));
    }
    node
}

fn finish(mut node: Map<String, Value>, mut schema: Value, parameter: &Parameter, made: &mut Made) {
    let inner = schema.as_object_mut().and_then(|schema| schema.remove("description"));
    let mut text = cut(&parameter.description, SHORT);
    if text.is_empty() {
        text = inner.as_ref().and_then(Value::as_str).map(str::to_owned).unwrap_or_default();
    }
    if text.is_empty() {
        text = match words(&parameter.name) {
            name if name.is_empty() => "A value.".to_owned(),
            name => sentence(&name),
        };
    }
    if parameter.media_type.is_some() {
        text = format!("{} A JSON value, as a text.", sentence(&text));
    }
    node.insert("description".to_owned(), Value::String(text));
    let example = parameter.example.as_ref().filter(|example| is_short(example));
    let names = types(&schema);
    let fits =
        |example: &&Value| names.is_empty() || (names.contains(&"string") == example.is_string());
    let is_refused =
        |example: &Value| schema.as_object().is_some_and(|members| refuses(members, example));
    if let Some(example) = example.filter(fits).filter(|example| !is_refused(example)) {
        node.insert("example".to_owned(), example.clone());
    }
    node.insert("schema".to_owned(), schema);
    made.nodes.push(Value::Object(node));
}

fn style(parameter: &Parameter, schema: &Value, node: &mut Map<String, Value>, made: &mut Made) {
    let names = types(schema);
    if !names.is_empty() && !names.contains(&"array") && !names.contains(&"object") {
        return;
    }
    let mut set = |style: Option<&str>, explode: Option<bool>| {
        if let Some(style) = style {
            node.insert("style".to_owned(), style.into());
        }
        if let Some(explode) = explode {
            node.insert("explode".to_owned(), Value::Bool(explode));
        }
    };
    match parameter.style {
        Style::Form if parameter.explode => {}
        Style::Form => set(None, Some(false)),
        Style::Simple => set(Some("simple"), None),
        Style::SpaceDelimited => set(Some("spaceDelimited"), parameter.explode.then_some(true)),
        Style::PipeDelimited => set(Some("pipeDelimited"), parameter.explode.then_some(true)),
        Style::DeepObject => set(Some("deepObject"), Some(true)),
        Style::TabDelimited | Style::Matrix | Style::Label => {
            set(None, Some(false));
            let name = &parameter.name;
            made.notes.push(format!(
                "elements of `{name}` are joined with commas, which the vendor writes otherwise"
            ));
        }
    }
}

/// A name that no other argument has.
fn free(name: &str, place: &str, taken: &mut HashSet<String>) -> String {
    if taken.insert(name.to_owned()) {
        return name.to_owned();
    }
    super::numbered(&format!("{place}_{name}"), taken)
}

/// Nobody can write `null` in an address.
fn remove_null(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    if let Some(Value::Array(names)) = members.get_mut("type") {
        names.retain(|name| name != "null");
        if let [name] = &names[..] {
            let name = name.clone();
            members.insert("type".to_owned(), name);
        }
        if let Some(Value::Array(choices)) = members.get_mut("enum") {
            choices.retain(|choice| !choice.is_null());
            if choices.is_empty() {
                members.remove("enum");
            }
        }
    }
}
