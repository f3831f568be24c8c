//! Writes the result of an introspection query in the schema definition language. Descriptions are
//! left out.

use std::fmt::Write as _;

use serde_json::Value;

use crate::refs::{is_true, items, text};

/// Directives that every schema has.
const BUILT_IN: [&str; 5] = ["skip", "include", "deprecated", "specifiedBy", "oneOf"];

/// The schema in a result of introspection; `None` if the value is not such a result.
pub(crate) fn sdl(root: &Value) -> Option<String> {
    let schema = root.pointer("/data/__schema").or_else(|| root.get("__schema"))?;
    let mut out = String::new();
    for directive in items(schema, "directives") {
        let name = text(directive, "name");
        if !BUILT_IN.contains(&name.as_str()) {
            let repeatable = if is_true(directive, "isRepeatable") { " repeatable" } else { "" };
            let places: Vec<&str> =
                items(directive, "locations").iter().filter_map(Value::as_str).collect();
            let arguments = arguments(items(directive, "args"));
            let _ =
                writeln!(out, "directive @{name}{arguments}{repeatable} on {}", places.join(" | "));
        }
    }
    out.push_str("schema {\n");
    for (operation, key) in
        [("query", "queryType"), ("mutation", "mutationType"), ("subscription", "subscriptionType")]
    {
        if let Some(name) = schema.get(key).and_then(|ty| ty.get("name")?.as_str()) {
            let _ = writeln!(out, "  {operation}: {name}");
        }
    }
    out.push_str("}\n");
    for ty in items(schema, "types") {
        if !text(ty, "name").starts_with("__") {
            write_type(&mut out, ty);
        }
    }
    Some(out)
}

fn write_type(out: &mut String, ty: &Value) {
    let name = text(ty, "name");
    let names = |key: &str, separator: &str| {
        let names: Vec<String> = items(ty, key).iter().map(|ty| text(ty, "name")).collect();
        names.join(separator)
    };
    match text(ty, "kind").as_str() {
        "SCALAR" if !["Int", "Float", "String", "Boolean", "ID"].contains(&name.as_str()) => {
            let _ = writeln!(out, "scalar {name}");
        }
        kind @ ("OBJECT" | "INTERFACE") => {
            let word = if kind == "OBJECT" { "type" } else { "interface" };
            let interfaces = names("interfaces", " & ");
            let implements = if interfaces.is_empty() {
                String::new()
            } else {
                format!(" implements {interfaces}")
            };
            let _ = writeln!(out, "{word} {name}{implements} {{");
            for field in items(ty, "fields") {
                let arguments = arguments(items(field, "args"));
                let ty = field.get("type").map(reference).unwrap_or_default();
                let _ =
                    writeln!(out, "  {}{arguments}: {ty}{}", text(field, "name"), advice(field));
            }
            out.push_str("}\n");
        }
        "UNION" => {
            let _ = writeln!(out, "union {name} = {}", names("possibleTypes", " | "));
        }
        "ENUM" => {
            let _ = writeln!(out, "enum {name} {{");
            for value in items(ty, "enumValues") {
                let _ = writeln!(out, "  {}{}", text(value, "name"), advice(value));
            }
            out.push_str("}\n");
        }
        "INPUT_OBJECT" => {
            let one_of = if is_true(ty, "isOneOf") { " @oneOf" } else { "" };
            let _ = writeln!(out, "input {name}{one_of} {{");
            for field in items(ty, "inputFields") {
                let _ = writeln!(out, "  {}", input(field));
            }
            out.push_str("}\n");
        }
        _ => {}
    }
}

fn arguments(all: &[Value]) -> String {
    let all: Vec<String> = all.iter().map(input).collect();
    if all.is_empty() { String::new() } else { format!("({})", all.join(", ")) }
}

fn input(node: &Value) -> String {
    let ty = node.get("type").map(reference).unwrap_or_default();
    let default = node.get("defaultValue").and_then(Value::as_str);
    let default = default.map(|value| format!(" = {value}")).unwrap_or_default();
    format!("{}: {ty}{default}{}", text(node, "name"), advice(node))
}

/// The directive for a field or value that the vendor advises against; empty for others.
fn advice(node: &Value) -> &'static str {
    if is_true(node, "isDeprecated") { " @deprecated" } else { "" }
}

fn reference(ty: &Value) -> String {
    let inner = || ty.get("ofType").map(reference).unwrap_or_default();
    match text(ty, "kind").as_str() {
        "NON_NULL" => format!("{}!", inner()),
        "LIST" => format!("[{}]", inner()),
        _ => text(ty, "name"),
    }
}
