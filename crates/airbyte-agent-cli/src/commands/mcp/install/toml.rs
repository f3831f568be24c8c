//! Sets an entry in a TOML file. Everything else in the file stays as it is: comments, order and
//! blanks.

use airbyte_agent_core::Error;
use serde_json::{Map, Value as Json};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::failure::usage_error;

/// The text with `entry` as the table `key.name`. `None` if the text contains the same entry
/// already.
pub(super) fn set_entry(
    text: &str,
    key: &str,
    name: &str,
    entry: &Map<String, Json>,
) -> Result<Option<String>, Error> {
    // The message of the parser is not used: it quotes the text, which may contain secrets.
    let mut document: DocumentMut =
        text.parse().map_err(|_| usage_error("it is not valid TOML; correct it first"))?;
    let servers = document.entry(key).or_insert_with(|| {
        // The header `[key]` alone would say nothing, so only that of `[key.name]` is written.
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let not_a_table = || usage_error(format!("its member '{key}' is not a table"));
    let servers = servers.as_table_like_mut().ok_or_else(not_a_table)?;
    let known = servers.get(name).and_then(Item::as_table_like);
    if known.is_some_and(|known| is_same(known, entry)) {
        return Ok(None);
    }
    servers.remove(name);
    servers.insert(name, Item::Table(entry_table(entry)));
    Ok(Some(document.to_string()))
}

/// A file that contains nothing but the entry.
pub(super) fn entry_text(key: &str, name: &str, entry: &Map<String, Json>) -> String {
    let mut servers = Table::new();
    servers.set_implicit(true);
    servers.insert(name, Item::Table(entry_table(entry)));
    let mut document = DocumentMut::new();
    document.insert(key, Item::Table(servers));
    document.to_string()
}

fn entry_table(entry: &Map<String, Json>) -> Table {
    entry.iter().map(|(name, value)| (name, Item::Value(toml_value(value)))).collect()
}

/// A JSON value as a TOML value. Entries contain only texts, lists of texts and objects of texts.
fn toml_value(value: &Json) -> Value {
    match value {
        Json::String(text) => text.into(),
        Json::Bool(flag) => (*flag).into(),
        Json::Array(items) => items.iter().map(toml_value).collect::<Array>().into(),
        Json::Object(members) => {
            let members = members.iter().map(|(name, value)| (name, toml_value(value)));
            members.collect::<InlineTable>().into()
        }
        other => other.to_string().into(),
    }
}

/// Whether a table has exactly the members of the entry.
fn is_same(table: &dyn TableLike, entry: &Map<String, Json>) -> bool {
    table.len() == entry.len()
        && entry
            .iter()
            .all(|(name, value)| table.get(name).is_some_and(|item| is_same_value(item, value)))
}

fn is_same_value(item: &Item, expected: &Json) -> bool {
    match expected {
        Json::String(text) => item.as_str() == Some(text),
        Json::Bool(flag) => item.as_bool() == Some(*flag),
        Json::Array(items) => item.as_array().is_some_and(|array| {
            array.len() == items.len()
                && array
                    .iter()
                    .zip(items)
                    .all(|(value, expected)| is_same_value(&Item::Value(value.clone()), expected))
        }),
        Json::Object(members) => item.as_table_like().is_some_and(|table| is_same(table, members)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry() -> Map<String, Json> {
        json!({"command": "/bin/a", "args": ["mcp", "--deny", "*.\"x\""], "env": {"A": "b"}})
            .as_object()
            .unwrap()
            .clone()
    }

    #[test]
    fn the_rest_of_a_file_stays_as_it_is() {
        for text in [
            "",
            "model = \"o\" # mine\n\n[mcp_servers.other]\ncommand = \"x\"\n",
            "[mcp_servers.ours]\ncommand = \"old\"\n\n[mcp_servers.ours.env]\nA = \"1\"\n\n[tui] # keep\nx = 1",
            "[mcp_servers.\"ours\"]\ncommand = \"old\"",
            "mcp_servers = { ours = { command = \"old\" }, other = { command = 'x' } } # mine",
            "[mcp_servers] # keep\nours.command = 'old'\nother.command = 'x' # mine",
        ] {
            let changed = set_entry(text, "mcp_servers", "ours", &entry()).unwrap().unwrap();
            for part in ["# mine", "# keep", "x = 1", "model = \"o\"", "'x'", "command = \"x\""] {
                assert_eq!(text.contains(part), changed.contains(part), "{changed}");
            }
            assert!(changed.contains("/bin/a") && !changed.contains("old"), "{changed}");
            let parsed: DocumentMut = changed.parse().unwrap();
            let ours = parsed["mcp_servers"]["ours"].as_table_like().unwrap();
            assert!(is_same(ours, &entry()), "{changed}");
            assert_eq!(set_entry(&changed, "mcp_servers", "ours", &entry()).unwrap(), None);
        }
    }

    #[test]
    fn an_entry_is_written_as_a_table_of_its_own() {
        let text = entry_text("mcp_servers", "ours", &entry());
        assert!(text.starts_with("[mcp_servers.ours]\ncommand = \"/bin/a\"\n"), "{text}");
        assert_eq!(set_entry("", "mcp_servers", "ours", &entry()).unwrap(), Some(text));
    }

    #[test]
    fn a_file_of_another_form_is_left_alone() {
        for text in ["a = ", "mcp_servers = 'canary'", "[[mcp_servers]]\nours = 'canary'"] {
            let error = set_entry(text, "mcp_servers", "ours", &entry()).unwrap_err();
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }
}
