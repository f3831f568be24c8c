//! Cuts long texts.

use serde_json::Value;

use super::notes::Notes;

/// Cuts every text inside that is longer than `most` characters.
pub(super) fn texts(value: &mut Value, most: usize, place: &str, notes: &mut Notes) {
    match value {
        Value::String(text) => {
            // Bytes first: counting characters of every text would cost more than it saves.
            if text.len() <= most {
                return;
            }
            let length = text.chars().count();
            if length > most {
                let end = text.char_indices().nth(most).map_or(text.len(), |(index, _)| index);
                let left = length - most;
                text.truncate(end);
                text.push_str(&format!("… [{left} more characters]"));
                notes.cut(place, length);
            }
        }
        Value::Array(items) => {
            for item in items {
                texts(item, most, place, notes);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
                texts(member, most, &place, notes);
            }
        }
        _ => {}
    }
}
