//! Writes arguments in messages as people write them on a command line.

use serde_json::Value;

/// An argument as a caller writes it: its name and its value.
pub(crate) fn line(name: &str, value: &Value) -> String {
    let mut text = format!("{name}: ");
    write_value(value, &mut text);
    text
}

/// Writes JSON on one line, with a space behind each colon and comma, as people write it.
fn write_value(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                write_value(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (index, (name, member)) in members.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                text.push_str(&format!("{}: ", Value::from(name.as_str())));
                write_value(member, text);
            }
            text.push('}');
        }
        plain => text.push_str(&plain.to_string()),
    }
}
