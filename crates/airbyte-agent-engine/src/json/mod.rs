//! Reading JSON of others: every digit and every name is data, and the memory that values take is
//! limited.

pub(crate) mod budget;
pub(crate) mod mend;
mod plain;
mod rewritten;
mod scan;

use serde_json::{Map, Value};

pub(crate) use plain::{Build, Plain};
pub(crate) use rewritten::loses_digits;
pub use rewritten::{RewrittenNumber, exact_number, rewritten_numbers};

/// Reads a JSON text as a value, after [`mend`] has replaced what the decoders cannot read.
pub(crate) fn parse(text: &str) -> Result<Value, serde_json::Error> {
    let longer = mend::long_numbers(text);
    let text = longer.as_deref().unwrap_or(text);
    match serde_json::from_str::<Plain>(text) {
        Ok(plain) => Ok(plain.0),
        Err(error) => match mend::broken(text) {
            Some(mended) => serde_json::from_str::<Plain>(&mended).map(|plain| plain.0),
            None => Err(error),
        },
    }
}

/// The text of a value that is a text or a number; `None` for other values.
pub(crate) fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// An object with this value as its only member, `value`.
pub(crate) fn wrapped(value: Value) -> Result<Value, serde_json::Error> {
    let mut members = Map::with_capacity(1);
    budget::spend::<serde_json::Error>(plain::OBJECT + plain::MEMBER + "value".len())?;
    members.insert("value".to_owned(), value);
    Ok(Value::Object(members))
}
