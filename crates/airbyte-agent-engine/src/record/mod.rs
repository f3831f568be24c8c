//! Records as vendors send them: every member is optional, members that the spec does not name are
//! stored in `extra`, and values of a related type are accepted.
//!
//! The [`record!`](crate::record!) and [`open_enum!`](crate::open_enum!) macros give generated types their serde
//! implementations. A record is decoded in one pass, without the buffer that serde's `flatten` needs for unknown
//! members.

mod containers;
mod extra;
mod kinds;
mod lenient;
mod macros;
mod request;
mod scalar;
mod texts;

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

pub use extra::Extra;
pub use lenient::{Field, Fit, Lenient};

use crate::json::Build;
pub use scalar::Scalar;
pub use texts::Texts;

/// A type that [`record!`](crate::record!) declares.
#[doc(hidden)]
pub trait Record: Default {
    /// The name of the type in messages.
    const NAME: &'static str;

    /// One of the members that the spec names.
    type Member;

    /// The member that is called `key` on the wire.
    fn find(key: &str) -> Option<Self::Member>;

    /// Reads the value of a member from `map` into the record.
    fn member<'de, A: MapAccess<'de>>(
        &mut self,
        member: Self::Member,
        map: &mut A,
    ) -> Result<(), A::Error>;

    /// The members that the spec does not name.
    fn extra(&mut self) -> &mut Extra;
}

struct RecordVisitor<R>(PhantomData<R>);

impl<'de, R: Record> Visitor<'de> for RecordVisitor<R> {
    type Value = Option<R>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object ({})", R::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<R>, A::Error> {
        let mut record = R::default();
        while let Some(key) = map.next_key_seed(Find::<R>(PhantomData))? {
            match key {
                Key::Known(member) => record.member(member, &mut map)?,
                Key::Unknown(name) => {
                    let value = map.next_value_seed(Build)?;
                    record.extra().insert(name, value);
                }
            }
        }
        Ok(Some(record))
    }

    // PHP-like servers write an empty object as an empty array.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Option<R>, A::Error> {
        match seq.next_element::<serde::de::IgnoredAny>()? {
            None => Ok(Some(R::default())),
            Some(_) => Err(A::Error::invalid_type(serde::de::Unexpected::Seq, &self)),
        }
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Option<R>, E> {
        if text.is_empty() {
            return Ok(None);
        }
        Err(E::invalid_type(serde::de::Unexpected::Str(text), &self))
    }

    fn visit_unit<E>(self) -> Result<Option<R>, E> {
        Ok(None)
    }
}

/// Adds a value to `extra` that a member of the record cannot represent.
#[cold]
#[doc(hidden)]
#[allow(clippy::boxed_local, reason = "the value comes in a box")]
pub fn keep(extra: &mut Extra, name: &str, value: Box<serde_json::Value>) {
    extra.insert(name.to_owned(), *value);
}

/// Decodes a record; returns `None` for `null`. The macro's implementations of serde's traits call
/// this function.
#[doc(hidden)]
pub fn decode<'de, R: Record, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<R>, D::Error> {
    deserializer.deserialize_any(RecordVisitor(PhantomData))
}

/// The name of a member. No text is allocated for a known one.
enum Key<M> {
    Known(M),
    Unknown(String),
}

/// Finds the member that a name means while the name is read.
struct Find<R>(PhantomData<R>);

impl<'de, R: Record> DeserializeSeed<'de> for Find<R> {
    type Value = Key<R::Member>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<R: Record> Visitor<'_> for Find<R> {
    type Value = Key<R::Member>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(R::find(name).map_or_else(|| Key::Unknown(name.to_owned()), Key::Known))
    }
}

/// Decodes an open enum; returns `None` for `null`. The macro's implementations of serde's traits
/// call this function.
#[doc(hidden)]
pub fn decode_enum<'de, T: From<String>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(String::lenient(deserializer)?.map(T::from))
}
