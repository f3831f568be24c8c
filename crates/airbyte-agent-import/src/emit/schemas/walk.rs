//! Where a path leads in a schema of the document, as the lint of specs follows it.

use airbyte_agent_description::{JsonPath, Step};
use serde_json::Value;

use super::members::types;
use super::{Purpose, Schemas};

/// Where a path leads inside a schema.
#[derive(Debug)]
pub(crate) enum Walk {
    /// The path leads to this schema.
    Schema(Value),
    /// The schema does not say.
    Unknown,
    /// The schema says that there is no value.
    Nowhere,
}

impl Schemas<'_> {
    /// Where a path such as `$.data.items` leads; `Nowhere` for a text that is no path.
    pub(crate) fn walk(&self, schema: &Value, path: &str) -> Walk {
        let Some(path) = JsonPath::parse(path) else { return Walk::Nowhere };
        let mut current = schema.clone();
        for step in path.steps.iter() {
            match self.step(&current, step) {
                Walk::Schema(next) => current = next,
                end => return end,
            }
        }
        Walk::Schema(current)
    }

    fn step(&self, schema: &Value, step: &Step) -> Walk {
        let schema = self.essential(schema);
        let names = types(&schema);
        let items = schema.get("items").filter(|items| items.is_object());
        let is_array = names.contains(&"array") || items.is_some();
        let members = self.members(&schema, Purpose::Response).all;
        let is_object = names.contains(&"object") || !members.is_empty();
        let is_scalar =
            !names.is_empty() && !names.contains(&"object") && !names.contains(&"array");
        let free = || match schema.get("additionalProperties") {
            Some(node @ Value::Object(_)) => Walk::Schema(node.clone()),
            Some(Value::Bool(false)) => Walk::Nowhere,
            Some(_) => Walk::Unknown,
            None if members.is_empty() => Walk::Unknown,
            None => Walk::Nowhere,
        };
        match step {
            Step::Key(key) => match members.get(key.as_ref()) {
                Some(member) => Walk::Schema(member.clone()),
                None if is_object => free(),
                None if is_array || is_scalar => Walk::Nowhere,
                None => Walk::Unknown,
            },
            Step::Index(_) | Step::Each if is_array => {
                items.map_or(Walk::Unknown, |items| Walk::Schema(items.clone()))
            }
            Step::Each if is_object => {
                members.values().next().map_or_else(free, |first| Walk::Schema(first.clone()))
            }
            Step::Index(_) | Step::Each if is_object || is_scalar => Walk::Nowhere,
            Step::Index(_) | Step::Each => Walk::Unknown,
        }
    }
}
