//! Values of a response in their original spelling, digit by digit.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::envelope::{Place, Sink, pick};
use super::plan::ReadPlan;
use crate::cursor::{START, hash, identifier, mark};
use crate::description::JsonPath;
use crate::json;

/// The texts of the values at a place, without those that are `null`.
#[derive(Default)]
struct Texts(Vec<String>);

impl Sink for Texts {
    fn take<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        let text = <&'de RawValue>::deserialize(deserializer)?.get();
        self.0.extend((text != "null").then(|| text.to_owned()));
        Ok(())
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}

/// A hash of the values at a place.
struct Fingerprint(u32);

impl Sink for Fingerprint {
    fn take<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        let text = <&'de RawValue>::deserialize(deserializer)?;
        self.0 = hash(self.0, text.get().as_bytes());
        Ok(())
    }

    fn clear(&mut self) {
        self.0 = START;
    }
}

/// Length of the longest text that is recognized as a blank value, in bytes; it may contain white
/// space.
const LONGEST_BLANK: usize = 64;

/// Whether there is nothing in an object or a list.
pub(super) fn is_blank(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty)
}

/// The values of a response in their original spelling.
pub(super) struct Spelling<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) plan: &'a ReadPlan,
}

impl Spelling<'_> {
    /// A hash of the records.
    pub(super) fn fingerprint(&self) -> Option<u32> {
        let mut hash = Fingerprint(START);
        pick(&self.text, Some(&self.plan.records), &[], &mut hash).ok().map(|_| hash.0)
    }

    /// The marks of the records as the response contains them.
    pub(super) fn marks(&self) -> Vec<u32> {
        let values = self.texts(&self.plan.records).into_iter();
        let values = values.map(|text| json::parse(&text).unwrap_or_default());
        let records = values.flat_map(|value| match value {
            Value::Array(items) => items,
            one => vec![one],
        });
        records.map(|record| mark(&record)).collect()
    }

    /// Whether there are several records that are all equal, such as rows of a report without
    /// identifiers. Two pages of equal rows do not show that the list goes in circles.
    pub(super) fn is_uniform(&self) -> bool {
        let texts = self.texts(&self.plan.records);
        // The place of the records may name each of them, or the list that contains them.
        let lists: Vec<Vec<&RawValue>> =
            texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
        let mut records: Vec<&str> = lists.iter().flatten().map(|record| record.get()).collect();
        if lists.is_empty() {
            records = texts.iter().map(String::as_str).collect();
        }
        records.len() > 1 && records.windows(2).all(|pair| pair[0] == pair[1])
    }

    /// Whether every record has an identifier.
    pub(super) fn is_identified(&self) -> bool {
        let first = self.first_record().and_then(|text| serde_json::from_str::<Value>(&text).ok());
        first.is_some_and(|first| match &first {
            Value::Array(all) => all.first().is_some_and(|first| identifier(first).is_some()),
            first => identifier(first).is_some(),
        })
    }

    /// The value at a place of the plan, digit by digit.
    pub(super) fn of(&self, place: usize) -> Option<String> {
        let Place { path, last } = self.plan.places.get(place)?;
        let mut texts = self.texts(path);
        if *last { texts.pop() } else { texts.into_iter().next() }
    }

    /// The value at the place of a record if it is blank: an empty object or an empty list.
    pub(super) fn blank_record(&self) -> Option<Value> {
        let texts = self.texts(&self.plan.records);
        let is_short = |text: &&String| text.len() <= LONGEST_BLANK;
        let blanks = texts.iter().map(|text| {
            let value =
                Some(text).filter(is_short).and_then(|text| serde_json::from_str(text).ok());
            value.filter(is_blank)
        });
        // Values that are not blank are not needed.
        blanks.reduce(|first, next| first.and_then(|first| next.map(|_| first)))?
    }

    /// The first value at the place of the records.
    pub(super) fn first_record(&self) -> Option<String> {
        self.texts(&self.plan.records).into_iter().next()
    }

    fn texts(&self, path: &JsonPath) -> Vec<String> {
        let mut texts = Texts::default();
        // If this text cannot be read, it has been changed by `mend`, and its spelling differs.
        match pick(&self.text, Some(path), &[], &mut texts) {
            Ok(_) => texts.0,
            Err(_) => Vec::new(),
        }
    }
}
