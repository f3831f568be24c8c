//! Follows references inside a document.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// The member of a document that contains the files to which the document refers, by their names.
pub(crate) const FILES: &str = "x-files";

/// How many references may follow each other before they are taken for a circle.
const LONGEST_CHAIN: usize = 32;

/// The value to which a reference leads: `#/components/schemas/User`, or `User` in discovery
/// documents. `None` if there is no such place, or if it is in another document.
pub(crate) fn find<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    match reference.strip_prefix('#') {
        Some(pointer) if pointer.contains('%') => root.pointer(pointer).or_else(|| {
            let pointer = percent_decode_str(pointer).decode_utf8().ok()?;
            root.pointer(&pointer)
        }),
        Some(pointer) => root.pointer(pointer),
        None => root.get("schemas")?.get(reference),
    }
}

/// The value itself, or the value to which its `$ref` leads after all references are followed.
pub(crate) fn resolve<'a>(root: &'a Value, value: &'a Value) -> Option<&'a Value> {
    let mut value = value;
    for _ in 0..LONGEST_CHAIN {
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => value = find(root, reference)?,
            None => return Some(value),
        }
    }
    None
}

/// The text of a member; empty if there is none. Numbers, `true` and `false` are written as texts.
pub(crate) fn text(value: &Value, key: &str) -> String {
    match value.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(scalar @ (Value::Number(_) | Value::Bool(_))) => scalar.to_string(),
        _ => String::new(),
    }
}

/// Whether a member is `true`.
pub(crate) fn is_true(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or_default()
}

/// The elements of a member; none if it is not a list.
pub(crate) fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The members of a member in the order of the document; none if it is not an object.
pub(crate) fn members<'a>(
    value: &'a Value,
    key: &str,
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let object = value.get(key).and_then(Value::as_object);
    object.into_iter().flatten().map(|(name, member)| (name.as_str(), member))
}

/// The methods that a path may have, in the order in which they are read.
pub(crate) const METHODS: [&str; 7] = ["get", "post", "put", "delete", "patch", "head", "options"];

/// The path of the address of a server, without a slash at its end. The address may contain
/// variables in any part.
pub fn base(url: &str) -> String {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let is_whole = url.contains("://") || url.starts_with('{');
    let path = if is_whole {
        after_scheme.find('/').map_or("", |slash| &after_scheme[slash..])
    } else {
        after_scheme
    };
    path.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_followed_and_circles_end() {
        let root = json!({
            "schemas": {"User": {"type": "object"}},
            "a": {"$ref": "#/b~1c"}, "b/c": {"$ref": "User"},
            "round": {"$ref": "#/round"}, "far": {"$ref": "other.yaml#/x"},
        });
        assert_eq!(resolve(&root, &root["a"]), Some(&json!({"type": "object"})));
        assert_eq!(resolve(&root, &root["round"]), None);
        assert_eq!(resolve(&root, &root["far"]), None);
    }

    #[test]
    fn the_path_of_a_server_is_what_follows_its_host() {
        for (url, path) in [
            ("https://api.acme.test", ""),
            ("https://acme.test/api/1.0/", "/api/1.0"),
            ("https://{region}.acme.test/v3", "/v3"),
            ("{region}", ""),
            ("{origin}/v2", "/v2"),
            ("/api", "/api"),
        ] {
            assert_eq!(base(url), path, "{url}");
        }
    }
}
