//! Reads a response as a page of records or as one record, decoded directly into the caller's type.

use std::any::{Any, TypeId};
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::envelope::Sink;
use super::outcome::{keeps, shown, transform_record};
use super::read::{Answer, Read};
use crate::call::Remarked;
use crate::description::Action;
use crate::error::{Error, Result};
use crate::json::{self, Plain, budget};
use crate::page::Page;

/// The records of a list. `null` is an empty list; an object is a list of one record where the
/// description allows it.
struct Many<T> {
    records: Vec<T>,
    /// An estimate of how many records the body contains.
    expected: usize,
    /// Whether the response contains a list or a record.
    found: bool,
    /// Whether there is any value, including `null`.
    seen: bool,
    /// Whether an object is a list of one record.
    takes_object: bool,
    /// Whether there is an object that is not a list of one record.
    is_object: bool,
}

/// Largest number of records for which memory is reserved before they are read.
const LARGEST_RESERVE: usize = 1024;

impl<T> Many<T> {
    /// An empty list for the records of a body of this many bytes. Without its texts, a record
    /// takes about as much memory as its JSON has bytes. This gives an estimate with which the list
    /// rarely has to grow and be copied.
    fn of_body(bytes: usize, takes_object: bool) -> Self {
        let expected = (bytes / size_of::<T>().max(1)).min(LARGEST_RESERVE);
        let (found, seen, is_object) = (false, false, false);
        Self { records: Vec::new(), expected, found, seen, takes_object, is_object }
    }
}

impl<T: DeserializeOwned> Sink for Many<T> {
    fn take<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        self.seen = true;
        deserializer.deserialize_any(Collect(self))
    }

    fn clear(&mut self) {
        self.records.clear();
        (self.found, self.seen, self.is_object) = (false, false, false);
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
        let most = budget::most_of(size_of::<T>());
        while let Some(record) = seq.next_element::<Option<T>>()? {
            if records.capacity() == 0 {
                records.reserve(*expected);
            }
            if records.len() >= most {
                return Err(budget::exceeded());
            }
            records.extend(record);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.0.found = true;
        if !self.0.takes_object {
            self.0.is_object = true;
            return IgnoredAny::deserialize(MapAccessDeserializer::new(map)).map(|_| ());
        }
        self.0.records.push(T::deserialize(MapAccessDeserializer::new(map))?);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// The first record that is not `null`, and whether there was any value at all.
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

    fn clear(&mut self) {
        *self = Self::default();
    }
}

/// Reads a response as a page of records.
pub(crate) fn decode_page<T, M>(answer: Answer<'_>) -> Result<Page<T, M>>
where
    T: DeserializeOwned + 'static,
    M: DeserializeOwned + Default,
{
    let (mut data, read, received) = records(answer)?;
    let mut next = answer.next(&read, received)?;
    if answer.is_bounded(data.len()) {
        // Rarely more than one page of a list gets here: it is read a second time, as plain JSON.
        let bounds = answer.bounds(&read, received, &shown(answer)?)?;
        data.drain(..bounds.skip.min(data.len()));
        data.truncate(bounds.take);
        next = bounds.rest.unwrap_or(next);
    }
    let (total, errors) = (read.plausible_total(received), read.errors.clone());
    Ok(Page { data, meta: meta(answer, read)?, next, total, errors })
}

/// The records of a response, what was read in addition to them, and how many records the response
/// had before any filter.
fn records<T: DeserializeOwned + 'static>(answer: Answer<'_>) -> Result<(Vec<T>, Read, usize)> {
    let response = &answer.operation.response;
    let is_unfinished =
        !answer.is_finished() && (response.filter.is_some() || !response.transform.is_empty());
    if is_unfinished || answer.is_unselected() {
        let (raw, read) = many::<Box<RawValue>>(answer)?;
        let received = raw.len();
        return Ok((shaped(answer, raw)?, read, received));
    }
    let (data, read) = if TypeId::of::<T>() == TypeId::of::<Value>() {
        // Plain JSON has a decoder of its own, which treats every name as data.
        let (data, read) = many::<Plain>(answer)?;
        let values: Vec<Value> = data.into_iter().map(|plain| plain.0).collect();
        let values: Box<dyn Any> = Box::new(values);
        let same = values.downcast::<Vec<T>>();
        (*same.map_err(|_| Error::internal("a type is not itself"))?, read)
    } else {
        many::<T>(answer)?
    };
    let received = data.len();
    Ok((data, read, received))
}

/// The records of a response, as the response contains them.
fn many<T: DeserializeOwned>(answer: Answer<'_>) -> Result<(Vec<T>, Read)> {
    let mut many = Many::<T>::of_body(answer.reply.body.len(), answer.takes_object());
    let mut read = answer.read(&mut many)?;
    answer.check(&mut read, many.found, many.records.len())?;
    answer.require(many.seen, many.found)?;
    if many.is_object {
        return Err(answer.object_for_list());
    }
    Ok((many.records, read))
}

/// Decodes records that are filtered, get computed fields or lose fields. Each of them is first
/// read as plain JSON.
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
        let mut value = json::parse(raw.get()).map_err(|error| located(error, raw.get()))?;
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
        let unchanged = (!is_changed).then(|| serde_json::from_str(raw.get()).ok()).flatten();
        let record = unchanged.map_or_else(
            || {
                // A record in which something had to be replaced counts as changed.
                let text = value.to_string();
                decode_text(&text).map_err(|error| located(error, &text))
            },
            Ok,
        );
        shaped.push(record?);
    }
    Ok(shaped)
}

/// Reads a response as one record.
pub(crate) fn decode_record<T: DeserializeOwned>(answer: Answer<'_>) -> Result<Remarked<T>> {
    let (record, remarks) = if answer.is_unselected() {
        let (record, remarks) = one::<Plain>(answer)?;
        let selected = record.map(|record| answer.select(record.0).to_string());
        let decoded = selected.map(|text| {
            decode_text(&text).map_err(|error| answer.undecodable(text.as_bytes(), &error))
        });
        (decoded.transpose()?, remarks)
    } else {
        one(answer)?
    };
    record.map(|record| Remarked::new(record, remarks)).ok_or_else(|| answer.no_record())
}

/// Decodes a JSON text that this library has written.
fn decode_text<T: DeserializeOwned>(text: &str) -> std::result::Result<T, serde_json::Error> {
    serde_json::from_str(text)
}

/// The record if there is one, and what the vendor reports beside it.
fn one<T: DeserializeOwned>(answer: Answer<'_>) -> Result<(Option<T>, Vec<Value>)> {
    let mut one = One::<T>::default();
    let mut read = match answer.read(&mut one) {
        // An empty list means that there is no record.
        Err(_)
            if answer.operation.action == Action::Get
                && answer.spelling().blank_record().is_some() =>
        {
            return Ok((None, Vec::new()));
        }
        read => read?,
    };
    let is_there = one.record.is_some();
    answer.check(&mut read, is_there, usize::from(is_there))?;
    answer.require(one.seen, is_there)?;
    let action = answer.operation.action;
    if action == Action::Get && answer.spelling().blank_record().is_some() {
        return Ok((None, read.errors));
    }
    if action.is_change() {
        return Ok((changed(answer, one.record)?, read.errors));
    }
    Ok((one.record, read.errors))
}

/// The record in the response to a change, or an empty object where the spec describes none.
fn changed<T: DeserializeOwned>(answer: Answer<'_>, record: Option<T>) -> Result<Option<T>> {
    let blank = answer.spelling().blank_record();
    if record.is_some() && blank.is_none() {
        return Ok(record);
    }
    let nothing = answer.without_record(blank.unwrap_or_default())?;
    Ok(decode_text(&nothing.to_string()).ok().or(record))
}

fn meta<M: DeserializeOwned + Default>(answer: Answer<'_>, read: Read) -> Result<M> {
    if read.meta.is_empty() {
        return Ok(M::default());
    }
    // The metadata is written as JSON text and read again, so that its type is compiled for one
    // decoder only.
    let text = Value::Object(read.meta).to_string();
    serde_json::from_str(&text).map_err(|error| {
        let message =
            format!("{}: the metadata is not what the spec describes: {error}", answer.name);
        Error::decode(message)
    })
}
