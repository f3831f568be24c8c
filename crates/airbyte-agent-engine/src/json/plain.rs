//! A JSON value that is built member by member, without names that have a meaning for the reader
//! itself.
//!
//! `serde_json` takes an object whose first member has a certain private name for one of its own
//! types. Anybody who can write a name into a vendor's records could make whole lists unreadable
//! with such a name.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::budget::spend;

/// Any JSON value.
#[derive(Debug)]
pub(crate) struct Plain(pub(crate) Value);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Build).map(Self)
    }
}

/// Builds any JSON value.
pub(crate) struct Build;

impl<'de> DeserializeSeed<'de> for Build {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Memory of a member of an object in bytes, without the bytes of its name and those to which its
/// value points: the value, the head of the name, the hash, and its part of the index.
pub(super) const MEMBER: usize = size_of::<(u64, String, Value)>() + 16;

/// Memory of an object in bytes, without its members.
pub(super) const OBJECT: usize = 64;

impl<'de> Visitor<'de> for Build {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        spend(value.len())?;
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Self)? {
            spend(size_of::<Value>())?;
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        // A map that grows by itself reserves memory for members that never come, which takes more
        // memory for small records than their own members do.
        let mut members: Vec<(String, Value)> = Vec::new();
        spend(OBJECT)?;
        while let Some(name) = map.next_key::<String>()? {
            spend(MEMBER + name.len())?;
            members.push((name, map.next_value_seed(Self)?));
        }
        let mut object = Map::with_capacity(members.len());
        object.extend(members);
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{budget, parse};
    use super::*;

    #[test]
    fn every_name_and_every_digit_is_data() {
        for (text, expected) in [
            (
                r#"{"$serde_json::private::RawValue": "[1"}"#,
                json!({"$serde_json::private::RawValue": "[1"}),
            ),
            (
                r#"[{"a": {"$serde_json::private::RawValue": "2", "b": 1}}]"#,
                json!([{"a": {"$serde_json::private::RawValue": "2", "b": 1}}]),
            ),
            (
                r#"{"id": 123456789012345678901234567890, "max": 18446744073709551615}"#,
                json!({"id": "123456789012345678901234567890", "max": u64::MAX}),
            ),
            (
                "[-9223372036854775809, -9223372036854775808]",
                json!(["-9223372036854775809", i64::MIN]),
            ),
            (r#"{"a": 1, "b": 1.5e3, "a": null}"#, json!({"a": null, "b": 1500.0})),
            (r#"["\ud83d", "\ud83d\ude00 \ude00"]"#, json!(["\u{fffd}", "😀 \u{fffd}"])),
        ] {
            assert_eq!(parse(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_held_is_counted() {
        let many = format!("[{}0]", "0,".repeat(10_000));
        let objects = format!("[{}{{}}]", r#"{"a":1},"#.repeat(1_000));
        for (text, least) in [(&many, 10_000 * size_of::<Value>()), (&objects, 1_000 * MEMBER)] {
            let (read, exceeded) = budget::within(least, || parse(text));
            assert!(read.is_err() && exceeded, "{least}");
            let (read, exceeded) = budget::within(least * 3, || parse(text));
            assert!(read.is_ok() && !exceeded, "{least}");
        }
    }
}
