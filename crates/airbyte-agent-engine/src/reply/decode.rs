//! Reads an answer as a page of records or as one record, decoded straight into the caller's type.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

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
    /// An empty list for the records of a body of this many bytes. Without its texts, a record takes about
    /// as much memory as its JSON has bytes, which gives an estimate that rarely makes the list grow and be
    /// copied.
    fn of_body(bytes: usize) -> Self {
        let expected = bytes / size_of::<T>().max(1);
        Self {
            records: Vec::new(),
            expected: expected.min(LARGEST_RESERVE),
            found: false,
            seen: false,
        }
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
pub(crate) fn decode_page<T, M>(
    answer: Answer<'_>,
    config: &Map<String, Value>,
) -> Result<Page<T, M>>
where
    T: DeserializeOwned,
    M: DeserializeOwned + Default,
{
    let response = &answer.operation.response;
    let is_shaped = response.filter.is_some() || !response.transform.is_empty();
    let (data, read, count) = if is_shaped && answer.is_vendor() {
        let mut many = Many::<Box<RawValue>>::of_body(answer.reply.body.len());
        let mut read = answer.read(&mut many)?;
        answer.check(&mut read, many.found)?;
        let count = many.records.len();
        (shaped(answer, many.records, config)?, read, count)
    } else {
        let mut many = Many::<T>::of_body(answer.reply.body.len());
        let mut read = answer.read(&mut many)?;
        answer.check(&mut read, many.found)?;
        if !answer.is_vendor() && !many.seen {
            return Err(answer.without_result());
        }
        let count = many.records.len();
        (many.records, read, count)
    };
    let next = answer.next(&read, count)?;
    Ok(Page { data, meta: meta(answer, read)?, next })
}

/// Decodes records that are filtered or get computed fields, which needs each as plain JSON first.
fn shaped<T: DeserializeOwned>(
    answer: Answer<'_>,
    records: Vec<Box<RawValue>>,
    config: &Map<String, Value>,
) -> Result<Vec<T>> {
    let mut shaped = Vec::with_capacity(records.len());
    for (index, raw) in records.into_iter().enumerate() {
        let located = |error: serde_json::Error, text: &str| {
            let inner = answer.undecodable(text.as_bytes(), &error);
            let path = inner.json_path().unwrap_or("$").replacen('$', "", 1);
            let place = format!("{}[{index}]{path}", answer.records_path());
            let message = inner.message().replace(inner.json_path().unwrap_or("$"), &place);
            Error::decode(message).with_json_path(place)
        };
        let mut value: Value =
            serde_json::from_str(raw.get()).map_err(|error| located(error, raw.get()))?;
        let computed = !answer.operation.response.transform.is_empty();
        if computed {
            transform_record(answer.operation, &mut value, config)?;
        }
        if !keeps(answer.operation, &value)? {
            continue;
        }
        let text = if computed { value.to_string() } else { raw.get().to_owned() };
        shaped.push(serde_json::from_str(&text).map_err(|error| located(error, &text))?);
    }
    Ok(shaped)
}

/// Reads an answer as one record.
pub(crate) fn decode_record<T: DeserializeOwned>(answer: Answer<'_>) -> Result<T> {
    let mut one = One::<T> { record: None, seen: false };
    let mut read = answer.read(&mut one)?;
    answer.check(&mut read, one.record.is_some())?;
    if !answer.is_vendor() && !one.seen {
        return Err(answer.without_result());
    }
    one.record.ok_or_else(|| {
        Error::new(
            crate::error::ErrorKind::NotFound,
            format!("{}: the answer holds no record", answer.operation.place()),
        )
        .with_status(answer.reply.status)
    })
}

fn meta<M: DeserializeOwned + Default>(answer: Answer<'_>, read: Read) -> Result<M> {
    if read.meta.is_empty() {
        return Ok(M::default());
    }
    // By way of text, so that a metadata type is compiled for one decoder only.
    let text = Value::Object(read.meta).to_string();
    serde_json::from_str(&text).map_err(|error| {
        let message = format!(
            "{}: the metadata is not what the spec describes: {error}",
            answer.operation.place()
        );
        Error::decode(message)
    })
}
