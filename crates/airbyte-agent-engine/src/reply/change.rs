//! Responses to changes that contain no record.

use serde_json::{Value, json};

use super::absence::Absence;
use super::failure::says_something;
use super::read::Answer;
use super::spelling::is_blank;
use crate::description::{Action, Json};
use crate::error::{Error, Result};
use crate::json;

/// The response to a change, as the spec describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Described {
    /// Nothing, or an object that may be empty.
    Nothing,
    /// A record with members.
    Record,
    /// A list, which may be empty.
    List,
}

impl Answer<'_> {
    /// The result of a change whose response has nothing at the place of the record: `null`, an
    /// empty object or an empty list. It is an empty object where the spec describes no record.
    /// Otherwise it is not known whether the change was made, which is an error.
    pub(super) fn without_record(&self, blank: Value) -> Result<Value> {
        let response = &self.operation.response;
        let schema = response.schema.as_ref().map(Json::value);
        let body = json::parse(&self.json()).unwrap_or_default();
        // The response contains something other than the record.
        let may_lack = self.is_finished() || response.records_optional;
        let says_nothing = body.is_null() || is_blank(&body);
        let is_other = !may_lack
            && !says_nothing
            && Absence::of(&self.plan.records, &body) == Absence::Missing;
        match described(schema.as_ref()) {
            _ if is_other => Err(self.lacks_changed_record(&body)),
            // Nothing was created.
            Described::List if blank.is_array() && self.operation.action != Action::Create => {
                Ok(blank)
            }
            Described::Nothing => Ok(json!({})),
            _ if response.no_content => Ok(json!({})),
            Described::List | Described::Record => Err(self.lacks_changed_record(&body)),
        }
    }

    /// Fails if a mutation that creates something returns an object without any value, such as
    /// `{"customer": null, "userErrors": []}`.
    pub(super) fn check_created(&self) -> Result<()> {
        let operation = self.operation;
        let creates = operation.action == Action::Create && !operation.hints.read_only;
        if !creates || !operation.is_graphql() {
            return Ok(());
        }
        let record = self.spelling().first_record();
        let record = record.and_then(|text| json::parse(&text).ok()).unwrap_or_default();
        let is_named =
            record.as_object().is_some_and(|members| members.values().any(Value::is_null));
        if !is_named || says_something(&record) {
            return Ok(());
        }
        Err(self.lacks_changed_record(&record))
    }

    fn lacks_changed_record(&self, body: &Value) -> Error {
        let stated = self.stated_failure(body).filter(|_| !self.is_finished());
        stated.unwrap_or_else(|| {
            self.unlike(&format!(
                "(status {}) holds no record, so that nobody can tell whether it was done; look before you \
                 repeat it",
                self.reply.status
            ))
        })
    }
}

fn described(schema: Option<&Value>) -> Described {
    let Some(schema) = schema else { return Described::Nothing };
    if schema["type"] == "array" {
        return Described::List;
    }
    let is_filled = |name: &&str| {
        let value = &schema[*name];
        value.as_object().is_some_and(|members| !members.is_empty()) || value.is_array()
    };
    let has_members = ["properties", "allOf", "anyOf", "oneOf"].iter().any(is_filled);
    if has_members { Described::Record } else { Described::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_schemas_with_members_or_elements_describe_a_record() {
        for (schema, expected) in [
            (json!({"type": "object", "properties": {"id": {}}}), Described::Record),
            (json!({"oneOf": [{"type": "object"}]}), Described::Record),
            (json!({"type": "array", "items": {}}), Described::List),
            (json!({"type": "object", "properties": {}}), Described::Nothing),
            (json!({"type": "object", "additionalProperties": true}), Described::Nothing),
            (json!({}), Described::Nothing),
        ] {
            assert_eq!(described(Some(&schema)), expected, "{schema}");
        }
        assert_eq!(described(None), Described::Nothing);
    }
}
