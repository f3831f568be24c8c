//! The differences that a spec accepts: `x-agent-drift`, a map from ids of findings to reasons.

use airbyte_agent_description::fits_pattern;
use serde_json::Value;

use super::finding::Finding;

/// The key of the dialect.
const KEY: &str = "x-agent-drift";

/// A reason why differences are right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The operation that contains it; empty for `info`, whose patterns begin with an operation and
    /// a slash.
    pub operation: String,
    /// The ids to which the reason applies; `*` stands for any text.
    pub pattern: String,
    /// Why the difference is right.
    pub text: String,
}

impl Reason {
    /// Whether the reason is for this finding.
    pub fn explains(&self, finding: &Finding) -> bool {
        if self.operation.is_empty() {
            fits_pattern(&self.pattern, &finding.full_id())
        } else {
            self.operation == finding.operation && fits_pattern(&self.pattern, &finding.id())
        }
    }

    /// Whether the reason could be for a finding of this operation.
    pub(super) fn is_about(&self, operation: &str) -> bool {
        if !self.operation.is_empty() {
            return self.operation == operation;
        }
        let start = self.pattern.split('/').next().unwrap_or_default();
        fits_pattern(start, operation)
    }
}

/// All reasons of a spec, those of operations first, because they say more than those of the connector.
pub(super) fn reasons(document: &Value) -> Vec<Reason> {
    let mut all = Vec::new();
    for item in object(document.get("paths")).map(|(_, item)| item) {
        for operation in object(Some(item)).map(|(_, operation)| operation) {
            let text = |key: &str| operation.get(key).and_then(Value::as_str).unwrap_or_default();
            // The former name of the action.
            let action = match text("x-airbyte-action") {
                "api_search" => "search",
                action => action,
            };
            let place = format!("{}.{action}", text("x-airbyte-entity"));
            add(&mut all, &place, operation.get(KEY));
        }
    }
    add(&mut all, "", document.pointer("/info").and_then(|info| info.get(KEY)));
    all
}

fn object(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

fn add(all: &mut Vec<Reason>, operation: &str, reasons: Option<&Value>) {
    for (pattern, text) in object(reasons) {
        all.push(Reason {
            operation: operation.to_owned(),
            pattern: pattern.clone(),
            text: text.as_str().unwrap_or_default().trim().to_owned(),
        });
    }
}
