//! Reads an answer as a page of records or as one record, decoded straight into the caller's type.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::envelope::Sink;
use super::outcome::{keeps, transform_record};
use super::read::{Answer, Read};
use crate::error::{Error, Result};
use crate::page::Page;

/// Records of a list. `null` is an empty list; an object is a list of one.
struct Many<T> {
    records: Vec<T>,
    /// An estimate of how many records the body holds.
    expected: usize,
    /// Whether there is a list or a record.
    found: bool,
    /// Whether there is anything, be it `null`.
    seen: bool,
}

/// Most records for which memory is reserved before they are read.
const LARGEST_RESERVE: usize = 1024;

impl<T> Many<T> {
    /// An empty list for the records of a body of this many bytes. Without its texts, a record takes
    /// about as much memory as its JSON has bytes, which gives an estimate that rarely makes the list
    /// grow and be copied.
    fn of_body(bytes: usize) -> Self {
        let expected = (bytes / size_of::<T>().max(1)).min(LARGEST_RESERVE);
        Self { records: Vec::new(), expected, found: false, seen: false }
    }
}

impl<T: DeserializeOwned> Sink for Many<T> {
    fn take<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        self.seen = true;
        deserializer.deserialize_any(Collect(self))
    }
}

struct Collect<'a, T>(&'a mut Many<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Collect<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.0.found = true;
        let Many { records, expected, .. } = self.0;
        while let Some(record) = seq.next_element::<Option<T>>()? {
            if records.capacity() == 0 {
                records.reserve(*expected);
            }
            records.extend(record);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.0.found = true;
        self.0.records.push(T::deserialize(MapAccessDeserializer::new(map))?);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// The first record that is not `null`, and whether there was anything at all.
struct One<T> {
    record: Option<T>,
    seen: bool,
}

impl<T> Default for One<T> {
    fn default() -> Self {
        Self { record: None, seen: false }
    }
}

impl<T: DeserializeOwned> Sink for One<T> {
    fn take<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        self.seen = true;
        let found = Option::<T>::deserialize(deserializer)?;
        if self.record.is_none() {
            self.record = found;
        }
        Ok(())
    }
}

/// Reads an answer as a page of records.
pub(crate) fn decode_page<T, M>(answer: Answer<'_>) -> Result<Page<T, M>>
where
    T: DeserializeOwned,
    M: DeserializeOwned + Default,
{
    let response = &answer.operation.response;
    let is_unfinished =
        !answer.is_finished() && (response.filter.is_some() || !response.transform.is_empty());
    let (data, read, count) = if is_unfinished || answer.is_unselected() {
        let mut many = Many::<Box<RawValue>>::of_body(answer.reply.body.len());
        let mut read = answer.read(&mut many)?;
        answer.check(&mut read, many.found)?;
        answer.require(many.seen)?;
        let count = many.records.len();
        (shaped(answer, many.records)?, read, count)
    } else {
        let mut many = Many::<T>::of_body(answer.reply.body.len());
        let mut read = answer.read(&mut many)?;
        answer.check(&mut read, many.found)?;
        answer.require(many.seen)?;
        let count = many.records.len();
        (many.records, read, count)
    };
    let next = answer.next(&read, count)?;
    Ok(Page { data, meta: meta(answer, read)?, next })
}

/// Decodes records that are filtered, get computed fields or lose fields, which needs each as plain JSON
/// first.
fn shaped<T: DeserializeOwned>(answer: Answer<'_>, records: Vec<Box<RawValue>>) -> Result<Vec<T>> {
    let mut shaped = Vec::with_capacity(records.len());
    let is_unselected = answer.is_unselected();
    let computed = !answer.is_finished() && !answer.operation.response.transform.is_empty();
    for (index, raw) in records.into_iter().enumerate() {
        let located = |error: serde_json::Error, text: &str| {
            let inner = answer.undecodable(text.as_bytes(), &error);
            let path = inner.json_path().unwrap_or("$").replacen('$', "", 1);
            let place = format!("{}[{index}]{path}", answer.plan.records);
            let message = inner.message().replace(inner.json_path().unwrap_or("$"), &place);
            Error::decode(message).with_json_path(place)
        };
        let mut value: Value =
            serde_json::from_str(raw.get()).map_err(|error| located(error, raw.get()))?;
        if computed {
            transform_record(answer.operation, &mut value, answer.settings)?;
        }
        if !answer.is_finished() && !keeps(answer, &value)? {
            continue;
        }
        if is_unselected {
            value = answer.select_record(value);
        }
        let is_changed = computed || is_unselected;
        let text =
            if is_changed { Cow::Owned(value.to_string()) } else { Cow::Borrowed(raw.get()) };
        shaped.push(serde_json::from_str(&text).map_err(|error| located(error, &text))?);
    }
    Ok(shaped)
}

/// Reads an answer as one record.
pub(crate) fn decode_record<T: DeserializeOwned>(answer: Answer<'_>) -> Result<T> {
    let record = if answer.is_unselected() {
        let selected = one::<Value>(answer)?.map(|record| answer.select(record).to_string());
        let decoded = selected.map(|text| {
            serde_json::from_str(&text).map_err(|error| answer.undecodable(text.as_bytes(), &error))
        });
        decoded.transpose()?
    } else {
        one(answer)?
    };
    record.ok_or_else(|| {
        Error::new(
            crate::error::ErrorKind::NotFound,
            format!("{}: the answer holds no record", answer.name),
        )
        .with_status(answer.reply.status)
    })
}

fn one<T: DeserializeOwned>(answer: Answer<'_>) -> Result<Option<T>> {
    let mut one = One::<T>::default();
    let mut read = answer.read(&mut one)?;
    answer.check(&mut read, one.record.is_some())?;
    answer.require(one.seen)?;
    Ok(one.record)
}

fn meta<M: DeserializeOwned + Default>(answer: Answer<'_>, read: Read) -> Result<M> {
    if read.meta.is_empty() {
        return Ok(M::default());
    }
    // By way of text, so that a metadata type is compiled for one decoder only.
    let text = Value::Object(read.meta).to_string();
    serde_json::from_str(&text).map_err(|error| {
        let message =
            format!("{}: the metadata is not what the spec describes: {error}", answer.name);
        Error::decode(message)
    })
}
