//! What the document says of one operation.

use serde_json::Value;

/// An operation of the prepared document.
#[derive(Debug)]
pub(super) struct Operation {
    /// Its name.
    pub(super) id: String,
    /// The module that it stands in, after its tag.
    pub(super) module: String,
    /// `get`, `post` and so on.
    pub(super) method: String,
    /// Its path, with the names of arguments in braces.
    pub(super) path: String,
    /// What it does, in one sentence and in more.
    pub(super) about: [String; 2],
    /// Whether doing it twice is harmless.
    pub(super) repeatable: bool,
    /// Whether it goes without a token.
    pub(super) without_token: bool,
    /// The parameters in path and query.
    pub(super) parameters: Vec<Parameter>,
    /// The schema of the request's body, where there is one.
    pub(super) body: Option<String>,
    /// The schema of the response, where it has a body.
    pub(super) response: Option<String>,
}

/// A parameter of an operation.
#[derive(Debug)]
pub(super) struct Parameter {
    /// Its name in the document.
    pub(super) name: String,
    /// What it means.
    pub(super) description: String,
    /// Whether it stands in the query rather than the path, and has to be there.
    pub(super) required_in_query: bool,
    /// Which values it takes.
    pub(super) kind: Kind,
}

/// Which values a parameter takes.
#[derive(Debug)]
pub(super) enum Kind {
    /// Any text.
    Text,
    /// Any number of texts.
    Texts,
    /// `true` or `false`.
    Truth,
    /// A whole number, not smaller than this one.
    Number(u64),
    /// One of several words: a type of this name.
    Words(String),
}

impl Operation {
    /// Reads the operation that stands in the prepared document for a method and a path.
    pub(super) fn read(path: &str, method: &str, operation: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let id = text(&operation["operationId"]);
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let json = |holder: &Value| {
            let schema = &holder["content"]["application/json"]["schema"]["$ref"];
            schema.as_str().map(|reference| last(reference).to_owned())
        };
        Self {
            module: module(operation["tags"][0].as_str().unwrap_or("untagged")),
            method: method.to_owned(),
            path: path.to_owned(),
            about: [text(&operation["summary"]), text(&operation["description"])],
            repeatable: operation["x-agent-idempotent"] == true
                || matches!(method, "get" | "put" | "delete"),
            without_token: operation["security"].as_array().is_some_and(Vec::is_empty),
            parameters: parameters.map(|parameter| Parameter::read(&id, parameter)).collect(),
            body: json(&operation["requestBody"]),
            response: json(&operation["responses"]["2XX"]),
            id,
        }
    }

    /// The types that its arguments, its body and its response have.
    pub(super) fn types(&self) -> impl Iterator<Item = &str> {
        let words = self.parameters.iter().filter_map(|parameter| match &parameter.kind {
            Kind::Words(name) => Some(name.as_str()),
            _ => None,
        });
        words.chain(self.body.as_deref()).chain(self.response.as_deref())
    }
}

impl Parameter {
    fn read(operation: &str, parameter: &Value) -> Self {
        let name = parameter["name"].as_str().unwrap_or_default();
        let schema = &parameter["schema"];
        let kind = if let Some(reference) = schema["$ref"].as_str() {
            Kind::Words(last(reference).to_owned())
        } else if schema["enum"].is_array() {
            // As progenitor names the type.
            let joined = format!("{operation}_{name}");
            Kind::Words(heck::AsUpperCamelCase(joined).to_string())
        } else {
            match schema["type"].as_str() {
                Some("array") => Kind::Texts,
                Some("boolean") => Kind::Truth,
                Some("integer") => Kind::Number(schema["minimum"].as_u64().unwrap_or_default()),
                _ => Kind::Text,
            }
        };
        Self {
            name: name.to_owned(),
            description: parameter["description"].as_str().unwrap_or_default().to_owned(),
            required_in_query: parameter["in"] == "query" && parameter["required"] == true,
            kind,
        }
    }

    /// Its name in Rust.
    pub(super) fn ident(&self) -> String {
        heck::AsSnakeCase(&self.name).to_string()
    }
}

/// The module that the operations of a tag stand in.
pub(super) fn module(tag: &str) -> String {
    heck::AsSnakeCase(tag).to_string()
}

/// Last name of a reference.
pub(super) fn last(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}
