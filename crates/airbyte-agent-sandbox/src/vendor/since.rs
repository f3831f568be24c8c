//! The filter of a list by the time of the last change, as the description says for copies of its records: which
//! arguments it consists of, and which member of a record it is about.

use airbyte_agent_description::{Operation, SyncChange, SyncRule, SyncTime};
use serde_json::Value;

use crate::data::parse_instant;
use crate::decode::Arguments;

/// What stands in the templates of arguments for the time.
const MARK: &str = "{since}";

/// A filter by the time of the last change that a request has.
#[derive(Debug)]
pub(super) struct Since<'o> {
    change: &'o SyncChange,
    /// The earliest change that is meant, in seconds, or as the number that grows with every change.
    from: f64,
}

impl<'o> Since<'o> {
    /// The filter of a request; `None` if it has none, or not in the form of the description.
    pub(super) fn of(operation: &'o Operation, arguments: &Arguments) -> Option<Self> {
        let Some(SyncRule::Source(source)) = &operation.sync else { return None };
        let change = source.change.as_ref()?;
        let mut times = Vec::new();
        for (name, template) in change.filter.iter() {
            let value = arguments.values.get(name.as_ref())?;
            times.extend(read(&template.value(), value, change.filter_format)?);
        }
        Some(Self { change, from: times.first().copied()? })
    }

    /// Whether the filter consists of this argument, among others.
    pub(super) fn has(&self, name: &str) -> bool {
        self.change.filter.iter().any(|(known, _)| known == name)
    }

    /// Whether a record was changed since then. One that does not say when was.
    pub(super) fn meets(&self, record: &Value) -> bool {
        let changed = self.change.field.first(record);
        let changed = changed.and_then(|value| number(value, self.change.format));
        changed.is_none_or(|changed| changed >= self.from)
    }
}

/// The times in an argument that was made of a template; `None` if the argument was made of another one.
fn read(template: &Value, value: &Value, format: SyncTime) -> Option<Vec<f64>> {
    match (template, value) {
        (Value::String(text), value) if text == MARK => Some(vec![number(value, format)?]),
        (Value::String(text), Value::String(value)) if text.contains(MARK) => {
            let (before, after) = text.split_once(MARK)?;
            let time = value.strip_prefix(before)?.strip_suffix(after)?;
            Some(vec![number(&Value::String(time.to_owned()), format)?])
        }
        (Value::Object(template), Value::Object(value)) => {
            let mut found = Vec::new();
            for (name, template) in template {
                found.extend(read(template, value.get(name)?, format)?);
            }
            Some(found)
        }
        (Value::Array(template), Value::Array(value)) if template.len() == value.len() => {
            let mut found = Vec::new();
            for (template, value) in template.iter().zip(value) {
                found.extend(read(template, value, format)?);
            }
            Some(found)
        }
        (template, value) => (template == value).then(Vec::new),
    }
}

fn number(value: &Value, format: SyncTime) -> Option<f64> {
    let number = || value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    match format {
        SyncTime::Iso8601 | SyncTime::Date => {
            let moment = parse_instant(value.as_str()?.trim())?;
            #[expect(clippy::cast_precision_loss, reason = "seconds of this century")]
            Some(moment.as_second() as f64)
        }
        SyncTime::UnixMilliseconds => Some(number()? / 1000.0),
        SyncTime::UnixSeconds | SyncTime::Number => number(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_time_is_read_out_of_arguments_in_every_form() {
        let june = || Some(vec![1_780_272_000.0]);
        for (template, value, format, expected) in [
            (json!("{since}"), json!(1_780_272_000), SyncTime::UnixSeconds, june()),
            (json!("{since}"), json!("2026-06-01T00:00:00Z"), SyncTime::Iso8601, june()),
            (json!("gte|{since}"), json!("gte|2026-06-01T00:00:00Z"), SyncTime::Iso8601, june()),
            (json!("gte|{since}"), json!("lte|2026-06-01T00:00:00Z"), SyncTime::Iso8601, None),
            (
                json!({"updated": {"gte": "{since}"}, "all": true}),
                json!({"updated": {"gte": "2026-06-01"}, "all": true}),
                SyncTime::Date,
                june(),
            ),
            (json!({"a": "{since}"}), json!({"b": 5}), SyncTime::Number, None),
            (json!("all"), json!("all"), SyncTime::Number, Some(Vec::new())),
        ] {
            assert_eq!(read(&template, &value, format), expected, "{template} {value}");
        }
    }
}
