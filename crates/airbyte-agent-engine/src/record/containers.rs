//! Decoders of lists and objects inside records. Each accepts an empty value of the other kind.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserializer, Error as _, Expected, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde_json::{Map, Value};

use super::lenient::{Field, Fit, Lenient, fitted, misfit};
use crate::json::Build;

struct Elements<T>(PhantomData<T>);

impl<'de, T: Lenient> Visitor<'de> for Elements<T> {
    type Value = Fit<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    // A `null` element contains nothing and would make every element optional, so it is left out.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut out = Vec::new();
        while let Some(element) = seq.next_element_seed(Field::<T>::new())? {
            match element {
                Ok(None) => {}
                Ok(Some(element)) => {
                    // Most lists inside records have one or two elements. A vector that grows by
                    // itself reserves memory for four, which takes much memory in a list of
                    // records.
                    if out.len() == out.capacity() {
                        out.reserve_exact(out.len().max(1));
                    }
                    out.push(element);
                }
                Err(value) => {
                    let mut all: Vec<Value> = out.iter().map(T::as_json).collect();
                    all.push(*value);
                    while let Some(value) = seq.next_element_seed(Build)? {
                        all.push(value);
                    }
                    return Ok(misfit(all));
                }
            }
        }
        Ok(Ok(Some(out)))
    }

    // PHP-like servers write an empty list as an empty object.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        match map.next_key::<IgnoredAny>()? {
            None => Ok(Ok(Some(Vec::new()))),
            Some(_) => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        nothing(text, &self)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Ok(None))
    }
}

/// An empty text instead of a list or an object.
fn nothing<V: Default, E: serde::de::Error>(
    text: &str,
    expected: &dyn Expected,
) -> Result<Result<V, Box<Value>>, E> {
    if text.is_empty() {
        return Ok(Ok(V::default()));
    }
    Err(E::invalid_type(Unexpected::Str(text), expected))
}

impl<T: Lenient> Lenient for Vec<T> {
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        fitted(Self::fitting(deserializer)?, "a list whose numbers fit")
    }

    fn fitting<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fit<Self>, D::Error> {
        deserializer.deserialize_any(Elements(PhantomData))
    }

    fn as_json(&self) -> Value {
        self.iter().map(T::as_json).collect()
    }
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Lenient> Visitor<'de> for Members<T> {
    type Value = Fit<BTreeMap<String, T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut out = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            match map.next_value_seed(Field::<T>::new())? {
                Ok(None) => {}
                Ok(Some(value)) => {
                    out.insert(key, value);
                }
                Err(value) => {
                    let known = out.iter().map(|(name, value)| (name.clone(), value.as_json()));
                    let mut all: Map<String, Value> = known.collect();
                    all.insert(key, *value);
                    while let Some(name) = map.next_key::<String>()? {
                        all.insert(name, map.next_value_seed(Build)?);
                    }
                    return Ok(misfit(all));
                }
            }
        }
        Ok(Ok(Some(out)))
    }

    // PHP-like servers write an empty object as an empty list.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(Ok(Some(BTreeMap::new()))),
            Some(_) => Err(A::Error::invalid_type(Unexpected::Seq, &self)),
        }
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        nothing(text, &self)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Ok(None))
    }
}

impl<T: Lenient> Lenient for BTreeMap<String, T> {
    fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        fitted(Self::fitting(deserializer)?, "an object whose numbers fit")
    }

    fn fitting<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fit<Self>, D::Error> {
        deserializer.deserialize_any(Members(PhantomData))
    }

    fn as_json(&self) -> Value {
        let members = self.iter().map(|(name, value)| (name.clone(), value.as_json()));
        Value::Object(members.collect())
    }
}
