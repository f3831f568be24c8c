//! Reading JSON of others: every digit and every name is data, and what is held in memory is bounded.

pub(crate) mod budget;
pub(crate) mod mend;
mod plain;
mod rewritten;

use serde_json::{Map, Value};

pub(crate) use plain::{Build, Plain};
pub use rewritten::{RewrittenNumber, rewritten_numbers};

/// A JSON text as a value. What can be mended is mended.
pub(crate) fn parse(text: &str) -> Result<Value, serde_json::Error> {
    let longer = mend::long_integers(text);
    let text = longer.as_deref().unwrap_or(text);
    match serde_json::from_str::<Plain>(text) {
        Ok(plain) => Ok(plain.0),
        Err(error) => match mend::broken(text) {
            Some(mended) => serde_json::from_str::<Plain>(&mended).map(|plain| plain.0),
            None => Err(error),
        },
    }
}

/// A value as the only member of an object, called `value`.
pub(crate) fn wrapped(value: Value) -> Result<Value, serde_json::Error> {
    let mut members = Map::with_capacity(1);
    budget::spend::<serde_json::Error>(plain::OBJECT + plain::MEMBER + "value".len())?;
    members.insert("value".to_owned(), value);
    Ok(Value::Object(members))
}
