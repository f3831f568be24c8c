//! What a query needs of an entity, as data.

use serde_json::Value;

use super::range::Range;
use super::reference::Field;

/// A field whose values are known.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) field: Field,
    pub(super) values: Values,
}

/// The values that a field may have.
#[derive(Debug, Clone)]
pub(super) enum Values {
    Known(Vec<Value>),
    /// They come out of records that are not there yet; the text says of which.
    Later(String),
}

/// What a query needs of an entity.
#[derive(Debug, Clone, Default)]
pub(super) struct Needs {
    pub(super) wanted: Vec<Wanted>,
    pub(super) ranges: Vec<Range>,
}

/// The condition that values come from, in SQL.
pub(super) fn shown(wanted: &Wanted) -> String {
    let field = &wanted.field.sql;
    match &wanted.values {
        Values::Later(text) => format!("{field} = {text}"),
        Values::Known(values) => match values.as_slice() {
            [one] => format!("{field} = {one}"),
            many if many.len() > 10 => format!("{field} IN ({} values)", many.len()),
            many => {
                let texts: Vec<String> = many.iter().map(ToString::to_string).collect();
                format!("{field} IN ({})", texts.join(", "))
            }
        },
    }
}
