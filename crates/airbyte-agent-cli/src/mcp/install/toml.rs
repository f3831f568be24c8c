//! Putting an entry into a file of TOML without touching the rest: a table of its own at the end,
//! or in the place of the one that is there.

use airbyte_agent_core::Error;
use serde_json::{Map, Value};
use toml::de::{DeTable, DeValue};

use crate::failure::usage;

/// The text with `entry` as the table `key.name`; `None` when it is there already.
pub(super) fn put(
    text: &str,
    key: &str,
    name: &str,
    entry: &Map<String, Value>,
) -> Result<Option<String>, Error> {
    let before = members(text)?;
    let table = render(key, name, entry);
    let wanted = members(&table)?;
    if find(&before, key, name) == find(&wanted, key, name) {
        return Ok(None);
    }
    let mut rest = without(text, key, name);
    if !rest.is_empty() && !rest.ends_with('\n') {
        rest.push('\n');
    }
    if !rest.is_empty() {
        rest.push('\n');
    }
    let changed = rest + &table;
    // Whatever way the file was written in: everything else has to be as it was.
    let after = members(&changed).map_err(|_| cannot(key, name))?;
    let same = find(&after, key, name) == find(&wanted, key, name)
        && others(before, key, name) == others(after, key, name);
    if same { Ok(Some(changed)) } else { Err(cannot(key, name)) }
}

/// The entry as text.
pub(super) fn render(key: &str, name: &str, entry: &Map<String, Value>) -> String {
    let mut text = format!("[{key}.{name}]\n");
    for (member, value) in entry {
        text.push_str(&format!("{member} = {}\n", literal(value)));
    }
    text
}

fn literal(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(literal).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{name} = {}", literal(value)))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        // Texts of JSON are basic strings of TOML, but for the one escape that TOML lacks.
        other => other.to_string().replace("\\/", "/"),
    }
}

fn cannot(key: &str, name: &str) -> Error {
    usage(format!("its table '{key}.{name}' is written in a way that cannot be changed safely"))
}

/// The text without the lines of the table and of tables below it.
fn without(text: &str, key: &str, name: &str) -> String {
    let heads = [format!("{key}.{name}"), format!("{key}.\"{name}\"")];
    let mut inside = false;
    let mut kept: Vec<&str> = Vec::new();
    for line in text.lines() {
        let head = line.trim_start();
        if head.starts_with('[') {
            let head = head.trim_start_matches('[').split(']').next().unwrap_or_default().trim();
            inside = heads.iter().any(|ours| {
                head.strip_prefix(ours.as_str()).is_some_and(|b| b.is_empty() || b.starts_with('.'))
            });
        }
        if !inside {
            kept.push(line);
        }
    }
    let text = kept.join("\n");
    let text = text.trim_end();
    if text.is_empty() { String::new() } else { format!("{text}\n") }
}

fn members(text: &str) -> Result<Map<String, Value>, Error> {
    let table = DeTable::parse(text).map_err(|_| usage("it is not TOML; mend it first"))?;
    Ok(object(table.get_ref()))
}

fn object(table: &DeTable<'_>) -> Map<String, Value> {
    let members = table.iter();
    members.map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref()))).collect()
}

/// A value in a form that can be compared.
fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Integer(number) => {
            Value::String(format!("{}:{}", number.radix(), number.as_str()))
        }
        DeValue::Float(number) => Value::String(number.as_str().to_owned()),
        DeValue::Datetime(time) => Value::String(time.to_string()),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(members) => Value::Object(object(members)),
    }
}

fn find<'v>(file: &'v Map<String, Value>, key: &str, name: &str) -> Option<&'v Value> {
    file.get(key)?.get(name)
}

fn others(mut file: Map<String, Value>, key: &str, name: &str) -> Map<String, Value> {
    if let Some(Value::Object(servers)) = file.get_mut(key) {
        servers.remove(name);
        if servers.is_empty() {
            file.remove(key);
        }
    }
    file
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry() -> Map<String, Value> {
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
        ] {
            let changed = put(text, "mcp_servers", "ours", &entry()).unwrap().unwrap();
            for part in ["# mine", "# keep"] {
                assert_eq!(text.contains(part), changed.contains(part), "{changed}");
            }
            assert!(changed.contains("/bin/a") && !changed.contains("old"), "{changed}");
            assert_eq!(put(&changed, "mcp_servers", "ours", &entry()).unwrap(), None);
        }
    }

    #[test]
    fn what_cannot_be_changed_safely_is_left_alone() {
        for text in [
            "mcp_servers = { ours = { command = \"x\" } }",
            "a = ",
            "[mcp_servers]\nours.command = 'x'",
        ] {
            assert!(put(text, "mcp_servers", "ours", &entry()).is_err(), "{text}");
        }
    }
}
