//! The document of the API, read by the test itself.

use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

/// The document.
pub(crate) fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/platform.yaml");
        airbyte_agent_spec::read(&std::fs::read_to_string(path).unwrap()).unwrap()
    })
}

/// What a reference leads to.
pub(crate) fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            let pointer = reference.strip_prefix('#').unwrap();
            resolve(document().pointer(pointer).unwrap_or_else(|| panic!("no {reference}")))
        }
        None => value,
    }
}

/// An operation of the document.
pub(crate) struct Operation {
    pub(crate) id: &'static str,
    pub(crate) method: String,
    pub(crate) path: &'static str,
    /// Parameters, those of the path first; without the deprecated ones.
    pub(crate) parameters: Vec<&'static Value>,
    /// Schema of the body.
    pub(crate) body: Option<&'static Value>,
    /// Number and schema of the one success.
    pub(crate) success: (u16, Option<&'static Value>),
    /// Numbers of the failures.
    pub(crate) failures: Vec<u16>,
    /// Whether it needs a token.
    pub(crate) needs_token: bool,
}

/// Every operation that a client is made for.
pub(crate) fn operations() -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        let shared = item["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        for (method, operation) in item.as_object().unwrap() {
            if method == "parameters" || operation["deprecated"] == true {
                continue;
            }
            let own = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
            let parameters = shared.iter().chain(own).map(resolve);
            let parameters = parameters.filter(|parameter| parameter["deprecated"] != true);
            let json = |value: &'static Value| value.pointer("/content/application~1json/schema");
            let responses = operation["responses"].as_object().unwrap();
            let success = responses.iter().find(|(code, _)| code.starts_with('2')).unwrap();
            operations.push(Operation {
                id: operation["operationId"].as_str().unwrap(),
                method: method.to_uppercase(),
                path,
                parameters: parameters.collect(),
                body: json(&operation["requestBody"]),
                success: (success.0.parse().unwrap_or(204), json(success.1)),
                failures: responses
                    .keys()
                    .filter_map(|code| code.parse().ok())
                    .filter(|code| *code >= 400)
                    .collect(),
                needs_token: operation["security"].as_array().is_none_or(|list| !list.is_empty()),
            });
        }
    }
    operations
}
