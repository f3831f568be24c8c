//! Decoders of members that accept values of a related type, such as a number written as a text. A
//! value that the type cannot represent exactly is returned unchanged.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error as _, Unexpected, Visitor};
use serde_json::Value;

use super::Extra;
use crate::json::{Build, loses_digits};

/// Decoding that accepts values in forms that vendors send without documenting them: numbers as
/// texts, texts as numbers, and `null` anywhere.
///
/// The types of members of generated records implement it. An empty list, object or text is
/// accepted as an empty list or object. A value of an entirely different form, such as an object
/// with members instead of a text, is an error.
pub trait Lenient: Sized {
    /// Decodes one value; returns `None` for `null`. A number that the type cannot represent is an
    /// error.
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error>;

    /// Decodes one value. If the type cannot represent a number, the value that contains the number
    /// is returned unchanged.
    #[doc(hidden)]
    #[inline]
    fn fitting<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fit<Self>, D::Error> {
        Self::lenient(deserializer).map(Ok)
    }

    /// The value as JSON, for types whose [`fitting`](Self::fitting) may return a value unchanged.
    #[doc(hidden)]
    fn as_json(&self) -> Value {
        Value::Null
    }
}

/// A value, or JSON that does not fit into the value's type.
#[doc(hidden)]
pub type Fit<T> = Result<Option<T>, Box<Value>>;

/// A seed that decodes one member by [`Lenient::fitting`].
#[derive(Debug)]
#[doc(hidden)]
pub struct Field<T>(PhantomData<T>);

impl<T> Field<T> {
    /// A seed that decodes one value of this type.
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
    type Value = Fit<T>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Fit<T>, D::Error> {
        T::fitting(deserializer)
    }
}

struct Text;

impl Visitor<'_> for Text {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, v: &str) -> Result<Option<String>, E> {
        Ok(Some(v.to_owned()))
    }

    fn visit_string<E>(self, v: String) -> Result<Option<String>, E> {
        Ok(Some(v))
    }

    fn visit_unit<E>(self) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, v: bool) -> Result<Option<String>, E> {
        Ok(Some(v.to_string()))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Option<String>, E> {
        Ok(Some(v.to_string()))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Option<String>, E> {
        Ok(Some(v.to_string()))
    }

    fn visit_f64<E>(self, v: f64) -> Result<Option<String>, E> {
        Ok(Some(v.to_string()))
    }
}

impl Lenient for String {
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        deserializer.deserialize_any(Text)
    }

    fn as_json(&self) -> Value {
        self.as_str().into()
    }
}

struct Integer;

/// The result for a value that an integer cannot represent.
pub(super) fn misfit<T>(value: impl Into<Value>) -> Fit<T> {
    Err(Box::new(value.into()))
}

impl Visitor<'_> for Integer {
    type Value = Fit<i64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    fn visit_unit<E>(self) -> Result<Fit<i64>, E> {
        Ok(Ok(None))
    }

    fn visit_bool<E>(self, v: bool) -> Result<Fit<i64>, E> {
        Ok(Ok(Some(i64::from(v))))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Fit<i64>, E> {
        Ok(Ok(Some(v)))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Fit<i64>, E> {
        Ok(i64::try_from(v).map(Some).or_else(|_| misfit(v)))
    }

    // Vendors write whole numbers as 3.0.
    fn visit_f64<E>(self, v: f64) -> Result<Fit<i64>, E> {
        Ok(whole(v).map(Some).map_or_else(|| misfit(v), Ok))
    }

    fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<Fit<i64>, E> {
        let text = v.trim();
        if text.is_empty() {
            return Ok(Ok(None));
        }
        match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(number), _) => Ok(Ok(Some(number))),
            (_, Ok(_)) if loses_digits(text) => Ok(misfit(v)),
            (_, Ok(number)) => Ok(whole(number).map(Some).map_or_else(|| misfit(v), Ok)),
            _ => Err(E::invalid_value(Unexpected::Str(v), &self)),
        }
    }
}

/// A number without a fraction, if an integer of 64 bits represents it exactly.
#[allow(clippy::cast_possible_truncation, reason = "only what fits is cast")]
fn whole(number: f64) -> Option<i64> {
    let is_exact = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
    is_exact.then_some(number as i64)
}

impl Lenient for i64 {
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        fitted(Self::fitting(deserializer)?, "an integer of 64 bits")
    }

    fn fitting<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fit<Self>, D::Error> {
        deserializer.deserialize_any(Integer)
    }

    fn as_json(&self) -> Value {
        (*self).into()
    }
}

/// A value that fits, or the error for one that does not.
pub(super) fn fitted<T, E: serde::de::Error>(fit: Fit<T>, expected: &str) -> Result<Option<T>, E> {
    fit.map_err(|value| E::custom(format_args!("{value} is not {expected}")))
}

struct Number;

impl Visitor<'_> for Number {
    type Value = Fit<f64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_unit<E>(self) -> Result<Fit<f64>, E> {
        Ok(Ok(None))
    }

    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "checked")]
    fn visit_i64<E>(self, v: i64) -> Result<Fit<f64>, E> {
        let number = v as f64;
        Ok(if number as i128 == i128::from(v) { Ok(Some(number)) } else { misfit(v) })
    }

    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "checked")]
    fn visit_u64<E>(self, v: u64) -> Result<Fit<f64>, E> {
        let number = v as f64;
        Ok(if number as i128 == i128::from(v) { Ok(Some(number)) } else { misfit(v) })
    }

    fn visit_f64<E>(self, v: f64) -> Result<Fit<f64>, E> {
        Ok(Ok(Some(v)))
    }

    fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<Fit<f64>, E> {
        let text = v.trim();
        let is_integer = text.strip_prefix('-').unwrap_or(text).bytes().all(|b| b.is_ascii_digit());
        match text.parse::<f64>() {
            _ if text.is_empty() => Ok(Ok(None)),
            // A number of many digits would be rounded, and one beyond the type would be infinite.
            Ok(number) if !number.is_finite() || loses_digits(text) => Ok(misfit(v)),
            Ok(number) if is_integer && format!("{number:.0}") != text => Ok(misfit(v)),
            Ok(number) => Ok(Ok(Some(number))),
            Err(_) => Err(E::invalid_value(Unexpected::Str(v), &self)),
        }
    }
}

impl Lenient for f64 {
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        fitted(Self::fitting(deserializer)?, "a number that keeps its digits")
    }

    fn fitting<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fit<Self>, D::Error> {
        deserializer.deserialize_any(Number)
    }

    fn as_json(&self) -> Value {
        (*self).into()
    }
}

struct Truth;

impl Visitor<'_> for Truth {
    type Value = Option<bool>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }

    fn visit_unit<E>(self) -> Result<Option<bool>, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, v: bool) -> Result<Option<bool>, E> {
        Ok(Some(v))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Option<bool>, E> {
        Ok(Some(v != 0))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Option<bool>, E> {
        Ok(Some(v != 0))
    }

    fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<Option<bool>, E> {
        match v.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Ok(Some(true)),
            "false" | "0" | "no" | "" => Ok(Some(false)),
            _ => Err(E::invalid_value(serde::de::Unexpected::Str(v), &self)),
        }
    }
}

impl Lenient for bool {
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        deserializer.deserialize_any(Truth)
    }
}

impl Lenient for Value {
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        let value = deserializer.deserialize_any(Build)?;
        Ok(Some(value).filter(|value| !value.is_null()))
    }
}

impl Lenient for Extra {
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        match deserializer.deserialize_any(Build)? {
            Value::Null => Ok(None),
            Value::Object(members) => Ok(Some(members.into())),
            Value::Array(items) if items.is_empty() => Ok(Some(Self::new())),
            Value::String(text) if text.is_empty() => Ok(None),
            _ => Err(D::Error::custom("expected an object")),
        }
    }
}

impl<T: Lenient> Lenient for Box<T> {
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Ok(T::lenient(deserializer)?.map(Self::new))
    }

    fn fitting<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fit<Self>, D::Error> {
        Ok(T::fitting(deserializer)?.map(|value| value.map(Self::new)))
    }

    fn as_json(&self) -> Value {
        (**self).as_json()
    }
}
