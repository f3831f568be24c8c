//! Checks texts, and numbers that stand for times, against the rules that vendors have for them.

use serde_json::Value;

use crate::description::{Schema, is_secret_name};

/// What happens to a value that breaks a rule for texts: a format, a pattern, or the grammar of a
/// query language.
///
/// The rules come from documents of vendors, and a vendor sometimes accepts more than its document
/// says. The caller therefore decides whether a value that breaks a rule is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextRules {
    /// The call is refused, and the error also names everything else that is wrong with the
    /// arguments.
    Refuse,
    /// The call is sent, and a warning is written to the log.
    Warn,
}

/// Adds to `problems` what is wrong with the texts in `value`, each with its place.
pub(super) fn check_texts(place: &str, schema: &Schema, value: &Value, problems: &mut Vec<String>) {
    if !schema.kinds.is_empty() && !schema.kinds.iter().any(|kind| kind.fits(value)) {
        return;
    }
    if let Some(problem) = schema.misfit(value) {
        let name = place.rsplit('.').next().unwrap_or(place);
        // A secret must not get into a message or the log.
        let got = match is_secret_name(name) || schema.format == "password" {
            true => String::new(),
            false => format!(", got {}", shown(value)),
        };
        problems.push(format!("'{place}' {problem}{got}"));
    }
    match value {
        Value::Array(items) => {
            if let Some(schema) = schema.items.first() {
                for (index, item) in items.iter().enumerate() {
                    check_texts(&format!("{place}[{index}]"), schema, item, problems);
                }
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                if let Some(property) = schema.property(name) {
                    check_texts(&format!("{place}.{name}"), &property.schema, member, problems);
                }
            }
        }
        _ => {}
    }
}

/// The beginning of a text or a number, for messages.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
