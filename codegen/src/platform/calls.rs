//! The calls of the contract test: every operation of the client with every argument.
//!
//! The test makes the values of a sample from the document, independently of this generator.
//! Therefore it can compare what the client sends with what the document says.

use std::fmt::Write as _;

use serde_json::Value;

use super::prepare::Prepared;

/// The text of the test's file.
pub(super) fn calls(prepared: &Prepared) -> String {
    let mut text = "//! Every operation of the client with every argument it takes.\n\n\
         use airbyte_agent_platform::api::{Client, types};\n\n\
         use crate::sample::{Ending, Sample, ending};\n\n\
         /// Makes the call; `None` when there is no such operation.\n\
         pub(crate) async fn call(api: &Client, operation: &str, sample: &Sample) -> Option<Ending> {\n    \
         Some(match operation {\n"
        .to_owned();
    let paths = prepared.document["paths"].as_object();
    for operation in paths.into_iter().flat_map(|paths| paths.values()).flat_map(operations) {
        let id = operation["operationId"].as_str().unwrap_or_default();
        let _ = writeln!(text, "        {id:?} => {{");
        let mut lines = String::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            let setter = heck::AsSnakeCase(name).to_string();
            let kind = match parameter["schema"]["type"].as_str() {
                Some("integer") => "number",
                Some("boolean") => "truth",
                Some("array") => "texts",
                _ => "text",
            };
            let _ = writeln!(lines, "            if let Some(value) = sample.{kind}({name:?}) {{");
            let _ = writeln!(lines, "                request = request.{setter}(value);");
            lines.push_str("            }\n");
        }
        let body = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        if let Some(reference) = body.as_str() {
            let name = reference.rsplit('/').next().unwrap_or(reference);
            let _ = writeln!(lines, "            let body: types::{name} = sample.body();");
            lines.push_str("            request = request.body(body);\n");
        }
        let mutable = if lines.is_empty() { "" } else { "mut " };
        let _ = writeln!(text, "            let {mutable}request = api.{id}();");
        text.push_str(&lines);
        text.push_str("            ending(request.send().await)\n        }\n");
    }
    text.push_str("        _ => return None,\n    })\n}\n");
    text
}

fn operations(item: &Value) -> impl Iterator<Item = &Value> {
    item.as_object().into_iter().flat_map(|item| item.values())
}
