//! One operation, as the document describes it.

use serde_json::Value;

/// An operation of the prepared document.
#[derive(Debug)]
pub(super) struct Operation {
    /// The name of the operation.
    pub(super) id: String,
    /// The module that contains the operation, named after its tag.
    pub(super) module: String,
    /// The HTTP method in lower case, such as `get` or `post`.
    pub(super) method: String,
    /// The path, with the names of arguments in braces.
    pub(super) path: String,
    /// A description in one sentence, and a longer one.
    pub(super) about: [String; 2],
    /// Whether it is harmless to send the request twice.
    pub(super) repeatable: bool,
    /// Whether the request is sent without a token.
    pub(super) without_token: bool,
    /// The parameters in path and query.
    pub(super) parameters: Vec<Parameter>,
    /// The schema of the request's body; `None` if there is no body.
    pub(super) body: Option<String>,
    /// The schema of the response; `None` if it has no body.
    pub(super) response: Option<String>,
}

/// A parameter of an operation.
#[derive(Debug)]
pub(super) struct Parameter {
    /// The name in the document.
    pub(super) name: String,
    /// The description in the document.
    pub(super) description: String,
    /// Whether the parameter is in the query and not in the path, and is required.
    pub(super) required_in_query: bool,
    /// The values that the parameter takes.
    pub(super) kind: Kind,
}

/// The values that a parameter takes.
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
    /// One of several words, as a type of this name.
    Words(String),
}

impl Operation {
    /// Reads the operation of the prepared document with this method and path.
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

    /// The types of its arguments, its body and its response.
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
            // progenitor names the type in this way.
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

    /// The name in Rust.
    pub(super) fn ident(&self) -> String {
        heck::AsSnakeCase(&self.name).to_string()
    }
}

/// The module of the operations of a tag.
pub(super) fn module(tag: &str) -> String {
    heck::AsSnakeCase(tag).to_string()
}

/// Last name of a reference.
pub(super) fn last(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}
