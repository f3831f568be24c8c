//! Lists whose records are in groups, some of which may have failed: `$.groups[*].items` where one
//! group contains an error instead of its items.

use serde_json::Value;

use super::message::vendor_message;
use super::only_failure::{is_report, says_failure};
use super::read::{Answer, Read};
use super::spelling::is_blank;
use crate::description::{JsonPath, Step};
use crate::error::Result;
use crate::json;

impl Answer<'_> {
    /// Reports the groups that contain the report of a failure instead of records. It is an error
    /// if there is no record at all.
    pub(super) fn check_groups(&self, read: &mut Read, records: usize) -> Result<()> {
        if !has_groups(&self.plan.records) {
            return Ok(());
        }
        let mut body = json::parse(&self.json()).unwrap_or_default();
        let failed = take_failed(&self.plan.records.steps, &mut body);
        match failed.first() {
            Some(first) if records == 0 => {
                let message = vendor_message(&first.to_string(), self.redact);
                Err(self.described_failure_in(first, None, message))
            }
            _ => {
                read.errors.extend(failed);
                Ok(())
            }
        }
    }

    /// The response without groups that have failed, if their content would be taken for records.
    pub(super) fn without_failed_groups(&self, text: &str) -> Option<String> {
        let steps = &self.plan.records.steps;
        // Only an object of which every member is meant can be both the report of a failure and a
        // group.
        if !steps.windows(2).any(|pair| pair == [Step::Each, Step::Each]) {
            return None;
        }
        let mut body = json::parse(text).ok()?;
        let failed = take_failed(steps, &mut body);
        (!failed.is_empty()).then(|| body.to_string())
    }
}

/// Whether the records are in several groups.
fn has_groups(records: &JsonPath) -> bool {
    let each = records.steps.iter().position(|step| *step == Step::Each);
    each.is_some_and(|each| each + 1 < records.steps.len())
}

/// Removes the groups that contain the report of a failure, and returns them.
fn take_failed(steps: &[Step], at: &mut Value) -> Vec<Value> {
    let Some((step, rest)) = steps.split_first() else { return Vec::new() };
    let below: Vec<&mut Value> = match (step, at) {
        (Step::Key(key), Value::Object(members)) => {
            members.get_mut(key.as_ref()).into_iter().collect()
        }
        (Step::Index(index), Value::Array(items)) => items.get_mut(*index).into_iter().collect(),
        (Step::Each, Value::Array(items)) => items.iter_mut().collect(),
        (Step::Each, Value::Object(members)) => members.values_mut().collect(),
        _ => Vec::new(),
    };
    let mut failed = Vec::new();
    for value in below {
        if *step == Step::Each && is_failed(rest, value) {
            failed.push(value.take());
        } else {
            failed.extend(take_failed(rest, value));
        }
    }
    failed
}

/// Whether a group has no records at the rest of their place, but reports a failure.
fn is_failed(rest: &[Step], group: &Value) -> bool {
    let Value::Object(members) = group else { return false };
    match rest.first() {
        None => false,
        // Otherwise every member would be a record, or contain some.
        Some(Step::Each) => is_report(members),
        Some(_) => {
            let place = JsonPath { steps: rest.to_vec().into() };
            let found = place.find(group);
            found.iter().all(|value| value.is_null() || is_blank(value)) && says_failure(members)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn groups_that_failed_are_found() {
        let error = json!({"error": {"message": "boom"}});
        for (place, body, expected) in [
            ("$.g[*].items", json!({"g": [{"items": [1]}, error]}), 1),
            ("$.g[*].items", json!({"g": [{"name": "a", "error": "boom"}, {"items": []}]}), 1),
            ("$.g[*].items", json!({"g": [{"items": null, "errors": ["boom"]}]}), 1),
            ("$.g[*].items", json!({"g": [{"items": [], "success": false}]}), 1),
            ("$.g[*].items", json!({"g": [{"items": [1], "error": "boom"}]}), 0),
            ("$.g[*].items", json!({"g": [{"items": [], "error": null}, {}]}), 0),
            ("$.g[*].a[*].items", json!({"g": [{"a": [{"items": [1]}, error]}, error]}), 2),
            ("$[*][*]", json!({"x": [1], "y": error}), 1),
            ("$[*][*]", json!({"x": [1], "y": {"error": {"id": 1}, "other": {"id": 2}}}), 0),
            ("$.g[*]", json!({"g": [error]}), 0),
        ] {
            let place = JsonPath::parse(place).unwrap();
            let found = take_failed(&place.steps, &mut body.clone());
            assert_eq!(found.len(), expected, "{place} {body}");
        }
    }
}
