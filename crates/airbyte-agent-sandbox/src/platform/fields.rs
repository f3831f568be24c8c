//! The members of a request's body, taken out one by one and checked on the way.

use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::incoming::Incoming;

/// What is left of a body.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Map<String, Value>);

impl From<Map<String, Value>> for Fields {
    fn from(members: Map<String, Value>) -> Self {
        Self(members)
    }
}

impl Fields {
    /// The body of a request, which is to be a JSON object.
    pub(crate) fn read(request: &Incoming) -> Result<Self, Refusal> {
        match serde_json::from_slice(&request.body) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(Refusal::invalid("body", "The body is to be a JSON object")),
            Err(why) => Err(Refusal::invalid("body", format!("The body is no JSON: {why}"))),
        }
    }

    /// The member, unless it is absent or `null`.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.shift_remove(name).filter(|value| !value.is_null())
    }

    /// Whether the member is there, `null` or not.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A text that is required.
    pub(crate) fn text(&mut self, name: &str) -> Result<String, Refusal> {
        self.optional_text(name)?
            .filter(|text| !text.is_empty())
            .ok_or_else(|| Refusal::invalid(name, format!("{name} is required")))
    }

    /// A text.
    pub(crate) fn optional_text(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refusal::invalid(name, format!("{name} is to be a string"))),
        }
    }

    /// The first of these texts that is given and not empty; the others are dropped.
    pub(crate) fn first_text(&mut self, names: &[&str]) -> Result<Option<String>, Refusal> {
        let mut found = None;
        for name in names {
            let text = self.optional_text(name)?.filter(|text| !text.is_empty());
            found = found.or(text);
        }
        Ok(found)
    }

    /// A UUID; an empty text counts as absent.
    pub(crate) fn uuid(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        match self.optional_text(name)?.filter(|text| !text.is_empty()) {
            Some(text) if !is_uuid(&text) => {
                Err(Refusal::invalid(name, format!("{name} is to be a UUID")))
            }
            other => Ok(other),
        }
    }

    /// An object.
    pub(crate) fn object(&mut self, name: &str) -> Result<Option<Map<String, Value>>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(_) => Err(Refusal::invalid(name, format!("{name} is to be an object"))),
        }
    }

    /// A boolean.
    pub(crate) fn flag(&mut self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(Refusal::invalid(name, format!("{name} is to be a boolean"))),
        }
    }

    /// An array of texts.
    pub(crate) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        let Some(value) = self.take(name) else { return Ok(None) };
        serde_json::from_value(value)
            .map(Some)
            .map_err(|_| Refusal::invalid(name, format!("{name} is to be an array of strings")))
    }

    /// One of these words.
    pub(crate) fn choice(
        &mut self,
        name: &str,
        allowed: &[&str],
    ) -> Result<Option<String>, Refusal> {
        match self.optional_text(name)? {
            Some(word) if !allowed.contains(&word.as_str()) => {
                let allowed = allowed.join(", ");
                Err(Refusal::invalid(name, format!("{name} is to be one of {allowed}")))
            }
            other => Ok(other),
        }
    }

    /// Refuses what nobody has asked for.
    pub(crate) fn end(self) -> Result<(), Refusal> {
        match self.0.keys().next() {
            Some(name) => Err(Refusal::invalid(name.clone(), format!("{name} is not allowed"))),
            None => Ok(()),
        }
    }
}

/// Whether a text has the form of a UUID, of whatever version.
pub(crate) fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
