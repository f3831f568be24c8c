//! Records as vendors send them: every field optional, unknown members kept, drift tolerated.
//!
//! The [`record!`](crate::record!) and [`open_enum!`](crate::open_enum!) macros give generated
//! types their serde implementations. Decoding is one pass; unknown members go to `extra` without
//! the buffering of serde's `flatten`.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Members of a record that its spec does not name.
pub type Extra = serde_json::Map<String, Value>;

/// Decoding that forgives what vendors do: numbers as text, text as numbers, `null` anywhere.
///
/// Implemented for the types that occur in generated records. A value of an altogether different
/// shape (an object where a text belongs) is still an error.
pub trait Lenient: Sized {
    /// Decodes one value.
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// A [`Lenient`] value, or `None` for `null`.
#[derive(Debug)]
#[doc(hidden)]
pub struct Field<T>(PhantomData<T>);

impl<T> Field<T> {
    /// The seed.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Default for Field<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'de, T: Lenient> DeserializeSeed<'de> for Field<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Lenient> Visitor<'de> for Field<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        T::lenient(deserializer).map(Some)
    }
}

struct Text;

impl Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, v: &str) -> Result<String, E> {
        Ok(v.to_owned())
    }

    fn visit_string<E>(self, v: String) -> Result<String, E> {
        Ok(v)
    }

    fn visit_bool<E>(self, v: bool) -> Result<String, E> {
        Ok(v.to_string())
    }

    fn visit_i64<E>(self, v: i64) -> Result<String, E> {
        Ok(v.to_string())
    }

    fn visit_u64<E>(self, v: u64) -> Result<String, E> {
        Ok(v.to_string())
    }

    fn visit_f64<E>(self, v: f64) -> Result<String, E> {
        Ok(v.to_string())
    }
}

impl Lenient for String {
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Text)
    }
}

struct Integer;

impl Visitor<'_> for Integer {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    fn visit_bool<E>(self, v: bool) -> Result<i64, E> {
        Ok(i64::from(v))
    }

    fn visit_i64<E>(self, v: i64) -> Result<i64, E> {
        Ok(v)
    }

    fn visit_u64<E>(self, v: u64) -> Result<i64, E> {
        Ok(i64::try_from(v).unwrap_or(i64::MAX))
    }

    // Vendors write whole numbers as 3.0; what lies behind the point of a declared integer is noise.
    #[allow(clippy::cast_possible_truncation)]
    fn visit_f64<E>(self, v: f64) -> Result<i64, E> {
        Ok(v as i64)
    }

    fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<i64, E> {
        let text = v.trim();
        match text.parse::<i64>() {
            Ok(number) => Ok(number),
            Err(_) => match text.parse::<f64>() {
                Ok(number) => self.visit_f64(number),
                Err(_) => Err(E::invalid_value(serde::de::Unexpected::Str(v), &self)),
            },
        }
    }
}

impl Lenient for i64 {
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Integer)
    }
}

struct Number;

impl Visitor<'_> for Number {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    #[allow(clippy::cast_precision_loss)]
    fn visit_i64<E>(self, v: i64) -> Result<f64, E> {
        Ok(v as f64)
    }

    #[allow(clippy::cast_precision_loss)]
    fn visit_u64<E>(self, v: u64) -> Result<f64, E> {
        Ok(v as f64)
    }

    fn visit_f64<E>(self, v: f64) -> Result<f64, E> {
        Ok(v)
    }

    fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<f64, E> {
        v.trim().parse().map_err(|_| E::invalid_value(serde::de::Unexpected::Str(v), &self))
    }
}

impl Lenient for f64 {
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Number)
    }
}

struct Truth;

impl Visitor<'_> for Truth {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }

    fn visit_bool<E>(self, v: bool) -> Result<bool, E> {
        Ok(v)
    }

    fn visit_i64<E>(self, v: i64) -> Result<bool, E> {
        Ok(v != 0)
    }

    fn visit_u64<E>(self, v: u64) -> Result<bool, E> {
        Ok(v != 0)
    }

    fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<bool, E> {
        match v.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Ok(true),
            "false" | "0" | "no" | "" => Ok(false),
            _ => Err(E::invalid_value(serde::de::Unexpected::Str(v), &self)),
        }
    }
}

impl Lenient for bool {
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Truth)
    }
}

impl Lenient for Value {
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::Deserialize::deserialize(deserializer)
    }
}

impl Lenient for Extra {
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::Deserialize::deserialize(deserializer)
    }
}

impl<T: Lenient> Lenient for Box<T> {
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::lenient(deserializer).map(Self::new)
    }
}

struct Elements<T>(PhantomData<T>);

impl<'de, T: Lenient> Visitor<'de> for Elements<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    // A `null` element carries nothing and would make every element optional: it is left out.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        let mut out = Vec::with_capacity(seq.size_hint().unwrap_or(0).min(1024));
        while let Some(element) = seq.next_element_seed(Field::<T>::new())? {
            out.extend(element);
        }
        Ok(out)
    }
}

impl<T: Lenient> Lenient for Vec<T> {
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Elements(PhantomData))
    }
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Lenient> Visitor<'de> for Members<T> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut out = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            if let Some(value) = map.next_value_seed(Field::<T>::new())? {
                out.insert(key, value);
            }
        }
        Ok(out)
    }
}

impl<T: Lenient> Lenient for BTreeMap<String, T> {
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

/// A type made by [`record!`](crate::record!).
#[doc(hidden)]
pub trait Record: Default {
    /// What the type is called in messages.
    const NAME: &'static str;

    /// Its members, by position.
    type Member;

    /// The member that is called `key` on the wire.
    fn find(key: &str) -> Option<Self::Member>;

    /// Takes the value of a member.
    fn member<'de, A: MapAccess<'de>>(
        &mut self,
        member: Self::Member,
        map: &mut A,
    ) -> Result<(), A::Error>;

    /// Where unknown members go.
    fn extra(&mut self) -> &mut Extra;
}

struct RecordVisitor<R>(PhantomData<R>);

impl<'de, R: Record> Visitor<'de> for RecordVisitor<R> {
    type Value = R;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object ({})", R::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<R, A::Error> {
        let mut record = R::default();
        while let Some(key) = map.next_key_seed(Find::<R>(PhantomData))? {
            match key {
                Key::Known(member) => record.member(member, &mut map)?,
                Key::Unknown(name) => {
                    let value = map.next_value()?;
                    record.extra().insert(name, value);
                }
            }
        }
        Ok(record)
    }

    // PHP-like servers write an empty object as an empty array.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<R, A::Error> {
        match seq.next_element::<serde::de::IgnoredAny>()? {
            None => Ok(R::default()),
            Some(_) => Err(A::Error::invalid_type(serde::de::Unexpected::Seq, &self)),
        }
    }

    fn visit_unit<E>(self) -> Result<R, E> {
        Ok(R::default())
    }
}

/// Decodes a record; the body of its `Deserialize` implementation.
#[doc(hidden)]
pub fn decode<'de, R: Record, D: Deserializer<'de>>(deserializer: D) -> Result<R, D::Error> {
    deserializer.deserialize_any(RecordVisitor(PhantomData))
}

/// A member name: a known one costs no text.
enum Key<M> {
    Known(M),
    Unknown(String),
}

/// Finds which member a name means while it is being read.
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

/// Decodes an open enum; the body of its `Deserialize` implementation.
#[doc(hidden)]
pub fn decode_enum<'de, T: From<String>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    String::lenient(deserializer).map(T::from)
}

/// Gives a struct of `Option` fields and a field `extra: Extra` its serde implementations.
///
/// ```
/// use airbyte_agent_core::{Extra, record};
///
/// #[derive(Debug, Clone, Default, PartialEq)]
/// pub struct User {
///     pub id: Option<i64>,
///     pub email_address: Option<String>,
///     pub extra: Extra,
/// }
/// record!(User { id: "id", email_address: "emailAddress" });
///
/// let user: User = serde_json::from_str(r#"{"id": "7", "emailAddress": null, "plan": "pro"}"#)?;
/// assert_eq!(user.id, Some(7));
/// assert_eq!(user.extra["plan"], "pro");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! record {
    ($type:ident { $($field:ident : $name:literal),* $(,)? }) => {
        const _: () = {
        #[allow(non_camel_case_types)]
        #[doc(hidden)]
        pub enum Member {
            $($field,)*
        }

        impl $crate::__private::Record for $type {
            const NAME: &'static str = stringify!($type);

            type Member = Member;

            fn find(key: &str) -> ::core::option::Option<Member> {
                match key {
                    $($name => ::core::option::Option::Some(Member::$field),)*
                    _ => ::core::option::Option::None,
                }
            }

            #[allow(unused_variables)]
            fn member<'de, A: $crate::serde::de::MapAccess<'de>>(
                &mut self,
                member: Member,
                map: &mut A,
            ) -> ::core::result::Result<(), A::Error> {
                match member {
                    $(Member::$field => {
                        self.$field = map.next_value_seed($crate::__private::Field::new())?;
                    })*
                }
                Ok(())
            }

            fn extra(&mut self) -> &mut $crate::Extra {
                &mut self.extra
            }
        }
        };

        impl<'de> $crate::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::decode(deserializer)
            }
        }

        impl $crate::__private::Lenient for $type {
            fn lenient<'de, D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::decode(deserializer)
            }
        }

        impl $crate::serde::Serialize for $type {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                use $crate::serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                $(if let Some(value) = &self.$field {
                    map.serialize_entry($name, value)?;
                })*
                for (name, value) in &self.extra {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    };
}

/// Declares a string enum that keeps values it does not know.
///
/// ```
/// use airbyte_agent_core::open_enum;
///
/// open_enum!(
///     /// State of an issue.
///     IssueState {
///         /// Still open.
///         Open = "OPEN",
///         /// Closed.
///         Closed = "CLOSED",
///     }
/// );
///
/// assert_eq!(IssueState::from("OPEN"), IssueState::Open);
/// assert_eq!(IssueState::from("DRAFT").as_str(), "DRAFT");
/// ```
#[macro_export]
macro_rules! open_enum {
    ($(#[$meta:meta])* $type:ident { $($(#[$variant_meta:meta])* $variant:ident = $name:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $type {
            $($(#[$variant_meta])* $variant,)*
            /// A value that the spec does not name.
            Other(String),
        }

        impl $type {
            /// The value on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl ::core::fmt::Display for $type {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::core::convert::From<&str> for $type {
            fn from(text: &str) -> Self {
                match text {
                    $($name => Self::$variant,)*
                    _ => Self::Other(text.to_owned()),
                }
            }
        }

        impl ::core::convert::From<String> for $type {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $($name => Self::$variant,)*
                    _ => Self::Other(text),
                }
            }
        }

        impl $crate::serde::Serialize for $type {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::decode_enum(deserializer)
            }
        }

        impl $crate::__private::Lenient for $type {
            fn lenient<'de, D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::decode_enum(deserializer)
            }
        }
    };
}
