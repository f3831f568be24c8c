//! The members of a request's body. Each is checked when it is taken.

use serde_json::{Map, Value};

use super::error::ApiError;
use crate::request::Request;

/// The members of a body that were not taken yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Map<String, Value>);

impl From<Map<String, Value>> for Fields {
    fn from(members: Map<String, Value>) -> Self {
        Self(members)
    }
}

impl Fields {
    /// The members of a request's body, which must be a JSON object.
    pub(crate) fn of_body(request: &Request) -> Result<Self, ApiError> {
        match serde_json::from_slice(&request.body) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(ApiError::invalid("body", "The body must be a JSON object")),
            Err(message) => {
                Err(ApiError::invalid("body", format!("The body is not valid JSON: {message}")))
            }
        }
    }

    /// Takes a member; `None` when it is absent or `null`.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.shift_remove(name).filter(|value| !value.is_null())
    }

    /// Whether the body has the member, even as `null`.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Takes a text that is required and must not be empty.
    pub(crate) fn required_text(&mut self, name: &str) -> Result<String, ApiError> {
        self.optional_text(name)?
            .filter(|text| !text.is_empty())
            .ok_or_else(|| ApiError::invalid(name, format!("{name} is required")))
    }

    /// Takes a text, which may be absent.
    pub(crate) fn optional_text(&mut self, name: &str) -> Result<Option<String>, ApiError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ApiError::invalid(name, format!("{name} must be a string"))),
        }
    }

    /// Takes texts of the same meaning, and gives the first one that is not empty.
    pub(crate) fn first_text(&mut self, names: &[&str]) -> Result<Option<String>, ApiError> {
        let mut found = None;
        for name in names {
            let text = self.optional_text(name)?.filter(|text| !text.is_empty());
            found = found.or(text);
        }
        Ok(found)
    }

    /// Takes a UUID. An empty text is the same as none.
    pub(crate) fn uuid(&mut self, name: &str) -> Result<Option<String>, ApiError> {
        match self.optional_text(name)?.filter(|text| !text.is_empty()) {
            Some(text) if !is_uuid(&text) => {
                Err(ApiError::invalid(name, format!("{name} must be a UUID")))
            }
            other => Ok(other),
        }
    }

    /// Takes an object, which may be absent.
    pub(crate) fn object(&mut self, name: &str) -> Result<Option<Map<String, Value>>, ApiError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(_) => Err(ApiError::invalid(name, format!("{name} must be an object"))),
        }
    }

    /// Takes a boolean, which may be absent.
    pub(crate) fn flag(&mut self, name: &str) -> Result<Option<bool>, ApiError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(ApiError::invalid(name, format!("{name} must be a boolean"))),
        }
    }

    /// Takes an array of texts, which may be absent.
    pub(crate) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, ApiError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        serde_json::from_value(value)
            .map(Some)
            .map_err(|_| ApiError::invalid(name, format!("{name} must be an array of strings")))
    }

    /// Takes one of these words, which may be absent.
    pub(crate) fn choice(
        &mut self,
        name: &str,
        allowed: &[&str],
    ) -> Result<Option<String>, ApiError> {
        match self.optional_text(name)? {
            Some(word) if !allowed.contains(&word.as_str()) => {
                let allowed = allowed.join(", ");
                Err(ApiError::invalid(name, format!("{name} must be one of {allowed}")))
            }
            other => Ok(other),
        }
    }

    /// Fails when a member was not taken.
    pub(crate) fn check_all_taken(self) -> Result<(), ApiError> {
        match self.0.keys().next() {
            Some(name) => Err(ApiError::invalid(name.clone(), format!("{name} is not allowed"))),
            None => Ok(()),
        }
    }
}

/// Whether a text has the form of a UUID of any version.
pub(crate) fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
