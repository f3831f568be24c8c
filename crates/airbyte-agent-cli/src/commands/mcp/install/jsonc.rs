//! Sets an entry in a JSON file. Everything else in the file stays as it is: comments, order and
//! blanks.

use airbyte_agent_core::Error;
use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstRootNode};
use serde_json::{Map, Value};

use crate::failure::usage_error;

/// The text with `entry` as the member `name` of the member `key`. `None` if the text contains the
/// same entry already.
pub(super) fn set_entry(
    text: &str,
    key: &str,
    name: &str,
    entry: &Map<String, Value>,
) -> Result<Option<String>, Error> {
    let text = if text.trim().is_empty() { "{}\n" } else { text };
    // The message of the parser is not used: it quotes the text, which may contain secrets.
    let root = CstRootNode::parse(text, &ParseOptions::default())
        .map_err(|_| usage_error("it is not valid JSON; correct it first"))?;
    let top = root
        .object_value_or_create()
        .ok_or_else(|| usage_error("it does not contain a JSON object"))?;
    let servers = top
        .object_value_or_create(key)
        .ok_or_else(|| usage_error(format!("its member '{key}' is not an object")))?;
    let wanted = Value::Object(entry.clone());
    match servers.get(name) {
        Some(known) if known.value().and_then(|value| value.to_serde_value()) == Some(wanted) => {
            return Ok(None);
        }
        Some(known) => known.set_value(input_object(entry)),
        None => {
            servers.append(name, input_object(entry));
        }
    }
    let mut text = root.to_string();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(Some(text))
}

fn input_object(members: &Map<String, Value>) -> CstInputValue {
    let members = members.iter().map(|(name, value)| (name.clone(), input_value(value)));
    CstInputValue::Object(members.collect())
}

fn input_value(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(flag) => CstInputValue::Bool(*flag),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(items) => CstInputValue::Array(items.iter().map(input_value).collect()),
        Value::Object(members) => input_object(members),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry() -> Map<String, Value> {
        json!({"command": "/bin/a", "args": ["mcp"]}).as_object().unwrap().clone()
    }

    #[test]
    fn the_rest_of_a_file_stays_as_it_is() {
        let text = "{\n  // mine\n  \"theme\": \"dark\",\n  \"servers\": {\n    \"other\": { \"command\": \"x\" }, // keep\n  },\n}\n";
        let changed = set_entry(text, "servers", "ours", &entry()).unwrap().unwrap();
        for part in
            ["// mine", "\"theme\": \"dark\"", "\"other\": { \"command\": \"x\" }", "// keep"]
        {
            assert!(changed.contains(part), "{changed}");
        }
        assert!(changed.contains("/bin/a"), "{changed}");
        assert_eq!(set_entry(&changed, "servers", "ours", &entry()).unwrap(), None);
    }

    #[test]
    fn missing_parts_are_created_and_an_entry_is_replaced() {
        for text in
            ["", "{}", "{\"servers\": {}}", "{\"servers\": {\"ours\": {\"command\": \"old\"}}}"]
        {
            let changed = set_entry(text, "servers", "ours", &entry()).unwrap().unwrap();
            let value: Value = serde_json::from_str(&changed).unwrap();
            assert_eq!(value, json!({"servers": {"ours": entry()}}), "{text}");
            assert_eq!(set_entry(&changed, "servers", "ours", &entry()).unwrap(), None, "{text}");
        }
    }

    #[test]
    fn a_file_of_another_form_is_left_alone() {
        for text in ["[1]", "{\"servers\": 3}", "{\"token\": \"canary\" oops}"] {
            let error = set_entry(text, "servers", "ours", &entry()).unwrap_err();
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }
}
