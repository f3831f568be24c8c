//! Leaves out of a schema what the dialect does not read, and mends what contradicts itself.

use std::collections::HashSet;

use airbyte_agent_description::{Kind, Schema, TextRule};
use serde_json::{Map, Value, json};

use super::members::{is_read_only, types};
use super::{PREFIX, Purpose, Schemas, target};
use crate::emit::texts::{SHORT, cut, sentence, words};

/// The types of JSON Schema.
const TYPES: [&str; 7] = ["string", "integer", "number", "boolean", "array", "object", "null"];
/// Keywords that are copied if their value is a number that is not negative.
const COUNTS: [&str; 4] = ["minLength", "maxLength", "minItems", "maxItems"];
/// The longest example or default that is shown.
const LONGEST_VALUE: usize = 80;

impl Schemas<'_> {
    /// The schema in the form of the dialect. `schema` is one that [`airbyte_agent_document::Definitions`] has given.
    pub(super) fn clean(&self, schema: &Value, purpose: Purpose) -> Value {
        let Value::Object(members) = schema else {
            return if schema.is_boolean() { schema.clone() } else { json!({}) };
        };
        if let Some(definition) = target(members) {
            let name = self.component(definition, purpose);
            let mut out = Map::new();
            out.insert("$ref".to_owned(), Value::String(format!("{PREFIX}{name}")));
            describe(members, purpose, &mut out);
            return Value::Object(out);
        }
        let mut out = Map::new();
        kind(members, &mut out);
        describe(members, purpose, &mut out);
        for key in ["format", "pattern", "contentEncoding"] {
            // An expression of another dialect would be checked by nobody.
            let is_read =
                |text: &str| key != "pattern" || TextRule::pattern(text.to_owned()).is_some();
            if let Some(Value::String(text)) = members.get(key)
                && is_read(text)
            {
                out.insert(key.to_owned(), Value::String(text.clone()));
            }
        }
        values(members, &mut out);
        limits(members, &mut out);
        self.object(members, purpose, &mut out);
        self.elements(members, purpose, &mut out);
        self.compositions(members, purpose, &mut out);
        self.required(members, purpose, &mut out);
        if members.get("deprecated") == Some(&Value::Bool(true)) {
            out.insert("deprecated".to_owned(), Value::Bool(true));
        }
        if purpose == Purpose::Request
            && let Some(example) = example(members)
        {
            out.insert("example".to_owned(), example);
        }
        unwrap_single(out)
    }

    /// The schema of a member of a request, which says what it is.
    pub(crate) fn explained(&self, name: &str, member: &Value, purpose: Purpose) -> Value {
        let mut out = self.clean(member, purpose);
        if purpose == Purpose::Response {
            return out;
        }
        let text = |schema: &Value| {
            schema
                .get("description")
                .and_then(Value::as_str)
                .map(|text| cut(text, SHORT))
                .unwrap_or_default()
        };
        let is_explained = !text(member).is_empty()
            || out.get("description").is_some()
            || !text(&self.essential(member)).is_empty();
        if !is_explained {
            let name = words(name);
            let composed = if name.is_empty() { "A value.".to_owned() } else { sentence(&name) };
            match &mut out {
                Value::Object(out) => {
                    out.insert("description".to_owned(), Value::String(composed));
                }
                other => *other = json!({"description": composed}),
            }
        }
        out
    }

    /// Members of an object.
    fn object(&self, members: &Map<String, Value>, purpose: Purpose, out: &mut Map<String, Value>) {
        let mut properties = Map::new();
        for (name, member) in
            members.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            if purpose == Purpose::Request && is_read_only(member) {
                continue;
            }
            properties.insert(name.clone(), self.explained(name, member, purpose));
        }
        let free = match members.get("additionalProperties") {
            Some(Value::Bool(free)) => Some(Value::Bool(*free)),
            Some(schema @ Value::Object(_)) => Some(self.clean(schema, purpose)),
            _ if members.get("patternProperties").is_some_and(Value::is_object) => Some(json!({})),
            _ => None,
        };
        if properties.is_empty() && free.is_none() {
            return;
        }
        with_type("object", out);
        if !properties.is_empty() {
            out.insert("properties".to_owned(), Value::Object(properties));
        }
        if let Some(free) = free {
            out.insert("additionalProperties".to_owned(), free);
        }
    }

    /// Elements of a list.
    fn elements(
        &self,
        members: &Map<String, Value>,
        purpose: Purpose,
        out: &mut Map<String, Value>,
    ) {
        match members.get("items") {
            Some(items @ Value::Object(_)) => {
                let mut items = self.clean(items, purpose);
                // Documents write the values of elements beside the list.
                let plain = members.get("enum").filter(|_| !out.contains_key("enum"));
                if let (Some(choices), Value::Object(items)) = (plain, &mut items)
                    && !items.contains_key("$ref")
                    && !items.contains_key("enum")
                {
                    let mut with = Map::new();
                    with.insert("enum".to_owned(), choices.clone());
                    values(&with, items);
                }
                with_type("array", out);
                out.insert("items".to_owned(), items);
            }
            _ if types(&Value::Object(out.clone())).contains(&"array") => {
                out.insert("items".to_owned(), json!({}));
            }
            _ => {}
        }
    }

    fn compositions(
        &self,
        members: &Map<String, Value>,
        purpose: Purpose,
        out: &mut Map<String, Value>,
    ) {
        for key in ["allOf", "oneOf", "anyOf"] {
            let Some(branches) = members.get(key).and_then(Value::as_array) else { continue };
            let mut found: Vec<Value> = Vec::new();
            for branch in branches {
                let branch = self.clean(branch, purpose);
                let is_new = !found.contains(&branch);
                if is_new && (key != "allOf" || !says_nothing(&branch)) {
                    found.push(branch);
                }
            }
            // A branch that only says which members go together fits anything, and so does the whole choice.
            let is_void = key != "allOf" && found.iter().any(says_nothing);
            if found.is_empty() || is_void {
                continue;
            }
            // Beside members of its own, those of the choices would not be accepted.
            let has_members = out.contains_key("properties");
            if purpose == Purpose::Request && key != "allOf" && has_members {
                out.entry("additionalProperties").or_insert(Value::Bool(true));
            }
            let says_only_object = out.get("type").is_some_and(|kind| kind == "object")
                && !["properties", "additionalProperties"].iter().any(|key| out.contains_key(*key));
            if key != "allOf" && says_only_object {
                // The branches say the same in more detail.
                out.remove("type");
            }
            out.insert(key.to_owned(), Value::Array(found));
        }
    }

    /// Required members, as far as they exist. Those that a branch of `allOf` only names are required here.
    fn required(
        &self,
        members: &Map<String, Value>,
        purpose: Purpose,
        out: &mut Map<String, Value>,
    ) {
        let names = |schema: &Map<String, Value>| -> Vec<String> {
            let names = schema.get("required").and_then(Value::as_array).into_iter().flatten();
            // Spaces around a name are lost where specs are read.
            names
                .filter_map(Value::as_str)
                .filter(|name| name.trim() == *name)
                .map(str::to_owned)
                .collect()
        };
        let mut wanted = names(members);
        let branches = members.get("allOf").and_then(Value::as_array).into_iter().flatten();
        for branch in
            branches.filter_map(Value::as_object).filter(|branch| target(branch).is_none())
        {
            wanted.extend(names(branch));
        }
        if wanted.is_empty() {
            return;
        }
        let known = self.members(&Value::Object(members.clone()), purpose).all;
        let mut seen = HashSet::new();
        wanted.retain(|name| known.contains_key(name) && seen.insert(name.clone()));
        if !wanted.is_empty() {
            with_type("object", out);
            out.insert("required".to_owned(), wanted.into());
        }
    }
}

/// Whether a schema accepts anything, or any object.
fn says_nothing(schema: &Value) -> bool {
    let Some(members) = schema.as_object() else { return schema.is_boolean() };
    members.iter().all(|(key, value)| key == "description" || (key == "type" && value == "object"))
}

/// A composition of one schema is that schema.
fn unwrap_single(mut out: Map<String, Value>) -> Value {
    let alone = out.keys().all(|key| matches!(key.as_str(), "allOf" | "description"))
        || (out.len() <= 3
            && out.keys().all(|key| matches!(key.as_str(), "allOf" | "description" | "type")));
    let single =
        out.get("allOf").and_then(Value::as_array).filter(|branches| alone && branches.len() == 1);
    let Some(Value::Object(mut inner)) = single.and_then(|branches| branches.first().cloned())
    else {
        return Value::Object(out);
    };
    if let Some(text) = out.remove("description") {
        inner.insert("description".to_owned(), text);
    }
    Value::Object(inner)
}

/// The types, without names that are none.
fn kind(members: &Map<String, Value>, out: &mut Map<String, Value>) {
    let mut names: Vec<&str> = match members.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => return,
    };
    names.retain(|name| TYPES.contains(name));
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(*name));
    match names[..] {
        [] => {}
        [name] => {
            out.insert("type".to_owned(), name.into());
        }
        _ => {
            out.insert("type".to_owned(), names.into());
        }
    }
}

/// Adds a type that other keywords need.
fn with_type(name: &str, out: &mut Map<String, Value>) {
    let mut names: Vec<String> =
        types(&Value::Object(out.clone())).into_iter().map(str::to_owned).collect();
    if names.iter().any(|known| known == name) {
        return;
    }
    // Beside `null` and the types of plain values the keywords say what is meant.
    names.retain(|known| known == "null" || known == "array" || known == "object");
    names.insert(0, name.to_owned());
    let value = if names.len() == 1 { Value::from(name) } else { names.into() };
    // Readers expect the type before everything else.
    let rest = std::mem::take(out);
    out.insert("type".to_owned(), value);
    for (key, value) in rest {
        if key != "type" {
            out.insert(key, value);
        }
    }
}

/// The description, cut, with the default: a default that stood in the schema would be sent.
fn describe(members: &Map<String, Value>, purpose: Purpose, out: &mut Map<String, Value>) {
    let given = members.get("description").and_then(Value::as_str).unwrap_or_default();
    let mut text = cut(given, SHORT);
    if purpose == Purpose::Request
        && let Some(default) = members.get("default").filter(|default| is_short(default))
    {
        let default = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
        let is_told = given.to_lowercase().contains("default");
        if !default.is_empty() && !default.contains("{{") && !is_told {
            let told = format!("{} The default is {default}.", sentence(&text));
            told.trim().clone_into(&mut text);
        }
    }
    if !text.is_empty() {
        out.insert("description".to_owned(), Value::String(text));
    }
}

/// The values that are allowed: each once, and of the types that the schema has.
fn values(members: &Map<String, Value>, out: &mut Map<String, Value>) {
    if let Some(constant) = members.get("const") {
        out.insert("const".to_owned(), constant.clone());
    }
    let Some(given) =
        members.get("enum").and_then(Value::as_array).filter(|given| !given.is_empty())
    else {
        return;
    };
    let mut names: Vec<String> =
        types(&Value::Object(out.clone())).into_iter().map(str::to_owned).collect();
    let mut found: Vec<Value> = Vec::new();
    for value in given {
        let value = converted(value, &names);
        if !names.is_empty() && value.is_null() && !names.iter().any(|name| name == "null") {
            names.push("null".to_owned());
        }
        if !found.contains(&value) {
            found.push(value);
        }
    }
    let fits = |value: &Value| names.iter().any(|name| is_of(value, name));
    if !names.is_empty() && !found.iter().all(fits) {
        if names.iter().any(|name| matches!(name.as_str(), "array" | "object")) {
            return;
        }
        // The values are what the vendor sends; the type is wrong.
        out.remove("type");
    } else if names.len() > 1 {
        out.insert("type".to_owned(), names.into());
    }
    out.insert("enum".to_owned(), Value::Array(found));
}

/// A value in the type that the schema has: documents write `1` for `"1"`, and the other way round.
fn converted(value: &Value, names: &[String]) -> Value {
    if names.is_empty() || names.iter().any(|name| is_of(value, name)) {
        return value.clone();
    }
    let wants = |name: &str| names.iter().any(|known| known == name);
    match value {
        Value::Number(_) | Value::Bool(_) if wants("string") => Value::String(value.to_string()),
        Value::String(text) if wants("integer") || wants("number") => {
            text.trim().parse::<serde_json::Number>().map_or_else(|_| value.clone(), Value::Number)
        }
        Value::String(text) if wants("boolean") => match text.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => value.clone(),
        },
        other => other.clone(),
    }
}

fn is_of(value: &Value, name: &str) -> bool {
    if name == "null" {
        value.is_null()
    } else {
        Kind::parse(name).is_some_and(|kind| kind.fits(value))
    }
}

/// Limits that are numbers and leave something between them.
fn limits(members: &Map<String, Value>, out: &mut Map<String, Value>) {
    for key in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"] {
        if let Some(value) = members.get(key).filter(|value| value.is_number()) {
            out.insert(key.to_owned(), value.clone());
        }
    }
    let is_list = types(&Value::Object(out.clone())).contains(&"array");
    for key in COUNTS {
        let value =
            members.get(key).filter(|value| value.is_u64() && (is_list || !key.ends_with("Items")));
        if let Some(value) = value {
            out.insert(key.to_owned(), value.clone());
        }
    }
    for (low, high) in
        [("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")]
    {
        let number = |key: &str| out.get(key).and_then(Value::as_f64);
        if number(low).zip(number(high)).is_some_and(|(low, high)| low > high) {
            out.remove(low);
            out.remove(high);
        }
    }
}

/// An example that is short, for people who read the spec and for trials.
fn example(members: &Map<String, Value>) -> Option<Value> {
    let listed = || members.get("examples").and_then(Value::as_array).and_then(|all| all.first());
    let example = members.get("example").or_else(listed)?;
    let names = types_of(members);
    let fits = names.is_empty() || names.iter().any(|name| is_of(example, name));
    (fits && is_short(example) && !example.is_null() && !refuses(members, example))
        .then(|| example.clone())
}

/// Whether a value does not have the format or the pattern that its own schema wants, as examples of vendors sometimes
/// do not.
pub(crate) fn refuses(members: &Map<String, Value>, value: &Value) -> bool {
    let text = |key: &str| members.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let pattern = Some(text("pattern")).filter(|pattern| !pattern.is_empty());
    let rules: Vec<TextRule> = pattern.and_then(TextRule::pattern).into_iter().collect();
    let schema = Schema { format: text("format").into(), rules: rules.into(), ..Schema::ANY };
    schema.misfit(value).is_some()
}

fn types_of(members: &Map<String, Value>) -> Vec<String> {
    types(&Value::Object(members.clone())).into_iter().map(str::to_owned).collect()
}

/// Whether a value is plain and can be shown on one line.
pub(crate) fn is_short(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() <= LONGEST_VALUE && !text.contains(['\n', '\r']),
        Value::Number(_) | Value::Bool(_) => true,
        _ => false,
    }
}
