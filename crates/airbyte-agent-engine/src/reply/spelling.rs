//! Values of a response as they are written there, digit by digit.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::value::RawValue;

use super::envelope::{Place, Sink, pick};
use super::plan::ReadPlan;
use crate::cursor::{START, hash};
use crate::description::JsonPath;

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

/// The values of a response as they are written.
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

    /// The value at a place of the plan, digit by digit.
    pub(super) fn of(&self, place: usize) -> Option<String> {
        let Place { path, last } = self.plan.places.get(place)?;
        let mut texts = self.texts(path);
        if *last { texts.pop() } else { texts.into_iter().next() }
    }

    /// Whether what should be a record is an empty object or an empty list, which says nothing.
    pub(super) fn is_blank_record(&self) -> bool {
        let texts = self.texts(&self.plan.records);
        let is_blank = |text: &String| {
            let mut bytes = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
            let (first, second) = (bytes.next(), bytes.next());
            matches!((first, second), (Some(b'['), Some(b']')) | (Some(b'{'), Some(b'}')))
        };
        !texts.is_empty() && texts.iter().all(is_blank)
    }

    fn texts(&self, path: &JsonPath) -> Vec<String> {
        let mut texts = Texts::default();
        // What cannot be read here has been mended, and is spelled otherwise.
        match pick(&self.text, Some(path), &[], &mut texts) {
            Ok(_) => texts.0,
            Err(_) => Vec::new(),
        }
    }
}
