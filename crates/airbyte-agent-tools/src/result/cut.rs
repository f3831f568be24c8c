//! Cuts long texts inside records.

use serde_json::Value;

use super::notes::Notes;

/// Cuts every text that is longer than `most` characters, at any depth. `path` is where the value stands
/// in its record.
pub(super) fn texts(value: &mut Value, most: usize, path: &str, notes: &mut Notes) {
    match value {
        Value::String(text) => {
            // A text has at most as many characters as bytes, and bytes need not be counted.
            if text.len() <= most {
                return;
            }
            let length = text.chars().count();
            if length > most {
                let end = text.char_indices().nth(most).map_or(text.len(), |(index, _)| index);
                let left = length - most;
                text.truncate(end);
                text.push_str(&format!("… [{left} more characters]"));
                notes.add_cut(path, length);
            }
        }
        Value::Array(items) => {
            for item in items {
                texts(item, most, path, notes);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                texts(member, most, &path, notes);
            }
        }
        _ => {}
    }
}
