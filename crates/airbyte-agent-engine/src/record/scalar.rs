//! Records that are plain values.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, IntoDeserializer, MapAccess,
    SeqAccess, Visitor,
};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Lenient;

/// A record that is a plain value: a text, a number, a list.
///
/// A vendor sends it unwrapped. [`Client::execute`](crate::Client::execute) and the hosted
/// platform, where every record is an object, return `{"value": …}`. Both forms can be read, and
/// the second is written.
///
/// ```
/// use airbyte_agent_engine::Scalar;
///
/// let tags: Vec<Scalar<String>> = serde_json::from_str(r#"["red", {"value": "blue"}]"#)?;
/// assert_eq!(tags[1].value.as_deref(), Some("blue"));
/// assert_eq!(serde_json::to_string(&tags[0])?, r#"{"value":"red"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scalar<T> {
    /// The value; `None` for `null`.
    pub value: Option<T>,
}

impl<T> From<T> for Scalar<T> {
    fn from(value: T) -> Self {
        Self { value: Some(value) }
    }
}

impl<T: Serialize> Serialize for Scalar<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("value", &self.value)?;
        map.end()
    }
}

impl<'de, T: Lenient> Deserialize<'de> for Scalar<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { value: deserializer.deserialize_any(Either(PhantomData))? })
    }
}

/// Decodes a value that has to fit its type: a plain value has no `extra` that could contain it
/// otherwise.
struct Exact<T>(PhantomData<T>);

impl<'de, T: Lenient> DeserializeSeed<'de> for Exact<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        T::lenient(deserializer)
    }
}

/// Decodes either form of a plain value.
struct Either<T>(PhantomData<T>);

impl<'de, T: Lenient> Visitor<'de> for Either<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plain value, or one as the member `value` of an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<T>, A::Error> {
        let mut found = None;
        while let Some(name) = map.next_key::<String>()? {
            if name == "value" {
                found = Some(map.next_value_seed(Exact::<T>(PhantomData))?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        found.ok_or_else(|| Error::missing_field("value"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Option<T>, A::Error> {
        T::lenient(SeqAccessDeserializer::new(seq))
    }

    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, v: bool) -> Result<Option<T>, E> {
        T::lenient(v.into_deserializer())
    }

    fn visit_i64<E: Error>(self, v: i64) -> Result<Option<T>, E> {
        T::lenient(v.into_deserializer())
    }

    fn visit_u64<E: Error>(self, v: u64) -> Result<Option<T>, E> {
        T::lenient(v.into_deserializer())
    }

    fn visit_f64<E: Error>(self, v: f64) -> Result<Option<T>, E> {
        T::lenient(v.into_deserializer())
    }

    fn visit_str<E: Error>(self, v: &str) -> Result<Option<T>, E> {
        T::lenient(v.into_deserializer())
    }
}
