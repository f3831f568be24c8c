//! Schemas: their keywords, types, names and references. A schema with wrong indentation is still valid
//! YAML, so everything that stands at a wrong place is reported.

use airbyte_agent_description::Kind;
use serde_json::Value as Json;

use super::text_rules;
use crate::lower::{Cx, is_template, operations, types};
use crate::names::hint;
use airbyte_agent_yaml::{Node, Value};

const KEYWORDS: [&str; 45] = [
    "$ref",
    "$defs",
    "$comment",
    "type",
    "format",
    "title",
    "description",
    "default",
    "enum",
    "const",
    "properties",
    "required",
    "items",
    "additionalProperties",
    "patternProperties",
    "propertyNames",
    "prefixItems",
    "contains",
    "oneOf",
    "anyOf",
    "allOf",
    "not",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "example",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "nullable",
    "discriminator",
    "contentMediaType",
    "contentEncoding",
    "externalDocs",
];
const TYPES: [&str; 7] = ["string", "integer", "number", "boolean", "array", "object", "null"];
/// Keys of ours that any schema may have.
const EXTENSIONS: [&str; 6] = [
    "x-airbyte-probe-default",
    "x-agent-at-least-one",
    "x-agent-addition",
    "x-agent-file",
    "x-agent-formats",
    "x-agent-grammar",
];
const COMPONENT_KEYS: [&str; 3] =
    ["x-airbyte-entity-name", "x-airbyte-stream-name", "x-airbyte-ai-hints"];

/// The place of a schema, which decides which `x-` keys it may have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Component,
    Nested,
}

pub(super) fn check(cx: &Cx<'_>) {
    for (_, node) in cx.components() {
        schema(cx, node, Role::Component);
    }
    for op in operations(cx.root) {
        for parameter in op.node.get("parameters").map(Node::items).unwrap_or_default() {
            match parameter.get("schema") {
                Some(node) => {
                    schema(cx, node, Role::Nested);
                    text_rules::check_example(cx, parameter, node);
                }
                None if parameter.get("$ref").is_none() => cx.report.error(
                    parameter,
                    "the parameter has no `schema`, for example `{type: string}`",
                ),
                None => {}
            }
        }
        let bodies = op.node.at(&["requestBody", "content"]).into_iter();
        let responses = op.node.get("responses").map(Node::members).unwrap_or_default();
        let responses = responses.iter().filter_map(|(_, response)| response.get("content"));
        for content in bodies.chain(responses) {
            for (_, media) in content.members() {
                if let Some(node) = media.get("schema") {
                    schema(cx, node, Role::Nested);
                }
            }
        }
    }
}

fn schema<'a>(cx: &Cx<'a>, node: &'a Node, role: Role) {
    if !node.is_map() {
        if node.as_bool().is_none() {
            cx.report.error(node, format!("a schema must be a mapping, found {}", node.kind()));
        }
        return;
    }
    keywords(cx, node, role);
    reference(cx, node);
    kinds(cx, node);
    values(cx, node);
    required(cx, node);
    at_least_one(cx, node);
    text_rules::check(cx, node);
    file(cx, node);
    range(cx, node);
    for key in ["properties", "patternProperties", "$defs"] {
        for (name, child) in node.get(key).map(Node::members).unwrap_or_default() {
            if child.is_map() || child.as_bool().is_some() {
                schema(cx, child, Role::Nested);
            } else {
                cx.report.error(
                    child,
                    format!("`{name}` stands under `{key}`, where every entry is a schema; found {}, so it probably belongs one level out", child.kind()),
                );
            }
        }
    }
    for key in ["items", "additionalProperties", "not", "contains"] {
        if let Some(child) = node.get(key) {
            schema(cx, child, Role::Nested);
        }
    }
    for key in ["oneOf", "anyOf", "allOf", "prefixItems"] {
        if let Some(list) = node.get(key) {
            if list.items().is_empty() {
                cx.report.error(list, format!("`{key}` must be a list of schemas"));
            }
            list.items().iter().for_each(|child| schema(cx, child, Role::Nested));
        }
    }
}

fn keywords<'a>(cx: &Cx<'a>, node: &'a Node, role: Role) {
    for (key, child) in node.members() {
        let name = key.as_str();
        if KEYWORDS.contains(&name) || EXTENSIONS.contains(&name) {
            continue;
        }
        if name.starts_with("x-") {
            if COMPONENT_KEYS.contains(&name) {
                if role == Role::Nested {
                    cx.report.warning(
                        child,
                        format!(
                            "`{name}` is only read on component schemas; nothing reads it here"
                        ),
                    );
                }
            } else {
                let known = COMPONENT_KEYS.into_iter().chain(EXTENSIONS);
                cx.report.warning(
                    child,
                    format!("unknown key `{name}` on a schema{}", hint(name, known)),
                );
            }
        } else if looks_like_schema(child) {
            cx.report.error(
                child,
                format!("`{name}` is no keyword of a schema; as a property it belongs under `properties`"),
            );
        } else {
            let hint = hint(name, KEYWORDS);
            cx.report.error(child, format!("`{name}` is no keyword of a schema{hint}"));
        }
    }
    // A property called like a keyword, one level too far out.
    for key in ["type", "format", "description", "title", "default", "enum"] {
        if let Some(child) = node.get(key).filter(|child| looks_like_schema(child))
            && (key != "default" || child.get("type").is_some())
        {
            cx.report.error(
                child,
                format!("`{key}` holds a schema here; a property of that name belongs under `properties`"),
            );
        }
    }
}

fn looks_like_schema(node: &Node) -> bool {
    ["type", "$ref", "properties", "oneOf", "anyOf", "allOf", "items"]
        .iter()
        .any(|key| node.get(key).is_some())
}

fn reference<'a>(cx: &Cx<'a>, node: &'a Node) {
    let Some(reference) = node.get("$ref") else { return };
    let text = reference.plain();
    match text.strip_prefix("#/components/schemas/") {
        Some(name) if cx.find(&text).is_none() => {
            let known = cx.components().iter().map(|(name, _)| name.as_str());
            cx.report.error(
                reference,
                format!("there is no component schema `{name}`{}", hint(name, known)),
            );
        }
        Some(_) if cx.resolve(node).is_none() => {
            cx.report.error(reference, format!("`{text}` leads back to itself"));
        }
        Some(_) => {}
        None => cx.report.error(
            reference,
            format!(
                "`{text}` is no reference to a component; expected `#/components/schemas/Name`"
            ),
        ),
    }
    for (key, child) in node.members() {
        if !matches!(key.as_str(), "$ref" | "description" | "default" | "title")
            && !key.starts_with("x-")
        {
            cx.report.warning(
                child,
                format!("`{key}` beside `$ref` is not read; a reference stands alone"),
            );
        }
    }
}

fn kinds<'a>(cx: &Cx<'a>, node: &'a Node) {
    let Some(declared) = node.get("type") else {
        for (key, kind) in [("properties", "object"), ("items", "array")] {
            if let Some(child) = node.get(key) {
                cx.report.warning(child, format!("`{key}` needs `type: {kind}` beside it"));
            }
        }
        return;
    };
    if looks_like_schema(declared) {
        return; // `keywords` reports it.
    }
    if declared.is_map() {
        cx.report.error(declared, "`type` must be a name such as `string`, found a mapping");
        return;
    }
    if declared.is_null() {
        cx.report.error(declared, "`type` holds nothing; write the type, or `'null'` in quotes");
        return;
    }
    for name in types(node) {
        if !TYPES.contains(&name) {
            let hint = hint(name, TYPES);
            cx.report.error(
                declared,
                format!("there is no type `{name}`; expected {}{hint}", TYPES.join(", ")),
            );
        }
    }
    if declared.items().iter().any(Node::is_null) {
        cx.report.error(declared, "write `'null'` in quotes; the bare word is no text");
    }
    let types = types(node);
    let needs: [(&str, &str); 4] = [
        ("properties", "object"),
        ("additionalProperties", "object"),
        ("items", "array"),
        ("minItems", "array"),
    ];
    for (key, kind) in needs {
        if let Some(child) = node.get(key)
            && !types.contains(&kind)
        {
            cx.report.error(
                child,
                format!("`{key}` needs `type: {kind}`, found {}", types.join(" or ")),
            );
        }
    }
    if types.contains(&"array") && node.get("items").is_none() && node.get("prefixItems").is_none()
    {
        cx.report.warning(node, "an array needs `items`, which says what its elements are");
    }
}

/// Whether a value is of a type; every value is of a type that there is not, which is reported elsewhere.
fn fits(kind: &str, value: &Json) -> bool {
    if kind == "null" {
        value.is_null()
    } else {
        Kind::parse(kind).is_none_or(|kind| kind.fits(value))
    }
}

fn values<'a>(cx: &Cx<'a>, node: &'a Node) {
    let types = types(node);
    let of_type = |value: &Json| types.is_empty() || types.iter().any(|kind| fits(kind, value));
    let nullable = node.get("nullable").and_then(Node::as_bool) == Some(true);
    if let Some(list) = node.get("enum") {
        if !matches!(list.value, Value::List(_)) || list.items().is_empty() {
            cx.report.error(list, "`enum` must be a list of at least one value");
        }
        let mut seen: Vec<Json> = Vec::new();
        for item in list.items() {
            let value = item.to_json();
            let allowed_null = value.is_null() && nullable;
            if !of_type(&value) && !allowed_null {
                cx.report.error(item, format!("{value} is not of the type {}", types.join(" or ")));
            }
            if seen.contains(&value) {
                cx.report.error(item, format!("{value} stands twice in `enum`; keep one"));
            }
            seen.push(value);
        }
    }
    let Some(default) = node.get("default") else { return };
    let value = default.to_json();
    if value.as_str().is_some_and(is_template) {
        return;
    }
    let member =
        node.get("enum").is_none_or(|list| list.items().iter().any(|item| item.to_json() == value));
    if !member {
        cx.report.error(default, format!("the default {value} is not one of the values in `enum`"));
    } else if !of_type(&value) && !value.is_null() {
        cx.report.error(
            default,
            format!("the default {value} is not of the type {}", types.join(" or ")),
        );
    }
}

/// `x-agent-file` names the arguments with the name and the media type of a file.
fn file<'a>(cx: &Cx<'a>, node: &'a Node) {
    let Some(settings) = node.get("x-agent-file") else { return };
    const KEYS: [&str; 2] = ["name", "media_type"];
    for (key, child) in settings.members() {
        if !KEYS.contains(&key.as_str()) {
            let hint = hint(key, KEYS);
            cx.report.error(child, format!("`x-agent-file` has no key `{key}`{hint}"));
        } else if child.as_str().is_none_or(str::is_empty) {
            cx.report.error(child, format!("`{key}` must be the name of an argument"));
        }
    }
    if !settings.is_map() || types(node) != ["string"] {
        cx.report.error(settings, "`x-agent-file` is a mapping beside `type: string`");
    }
}

fn at_least_one<'a>(cx: &Cx<'a>, node: &'a Node) {
    let Some(list) = node.get("x-agent-at-least-one") else { return };
    let properties = node.get("properties").map(Node::members).unwrap_or_default();
    let known = || properties.iter().map(|(name, _)| name.as_str());
    if list.items().len() < 2 {
        cx.report.error(
            list,
            "`x-agent-at-least-one` must list two or more properties; one alone is `required`",
        );
    }
    for item in list.items() {
        let name = item.plain();
        if !known().any(|known| known == name) {
            cx.report.error(
                item,
                format!("there is no property `{name}` to be given{}", hint(&name, known())),
            );
        }
    }
}

fn required<'a>(cx: &Cx<'a>, node: &'a Node) {
    let Some(list) = node.get("required") else { return };
    if list.as_bool().is_some() {
        cx.report.error(
            list,
            "`required` of a schema is a list of property names; on the parameter it is true or \
             false",
        );
        return;
    }
    let properties = cx.properties(node);
    let open = node.get("additionalProperties").is_some();
    for item in list.items() {
        let name = item.plain();
        if !properties.iter().any(|(known, _)| *known == name) && !open {
            let known = properties.iter().map(|(known, _)| *known);
            cx.report.error(
                item,
                format!("`{name}` is required but is no property{}", hint(&name, known)),
            );
        }
    }
}

fn range<'a>(cx: &Cx<'a>, node: &'a Node) {
    for (low, high) in
        [("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")]
    {
        let (Some(least), Some(most)) = (node.get(low), node.get(high)) else { continue };
        if least.as_f64().zip(most.as_f64()).is_some_and(|(least, most)| least > most) {
            cx.report
                .error(least, format!("`{low}` is greater than `{high}`; correct one of them"));
        }
    }
}
