//! The members of an object schema, through references and compositions.

use std::collections::HashSet;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::{Purpose, Schemas, target};

/// The deepest nesting of compositions that is looked through.
const MAX_DEPTH: usize = 16;

/// The members that an object has, in the order of the document, and which of them are required.
#[derive(Debug, Default)]
pub(crate) struct Members {
    /// Each member with its schema, as [`airbyte_agent_document::Definitions`] gives it.
    pub(crate) all: Map<String, Value>,
    /// The names of required members.
    pub(crate) required: HashSet<String>,
}

impl Schemas<'_> {
    /// The schema behind references, and behind a choice of one schema and `null`.
    pub(crate) fn essential(&self, schema: &Value) -> Value {
        let mut current = Rc::new(Value::Null);
        let mut is_first = true;
        for _ in 0..MAX_DEPTH {
            let schema_now = if is_first { schema } else { current.as_ref() };
            let next = match target_of(schema_now) {
                Some(name) => self.definitions.shared(&name),
                None => only_choice(schema_now).map(Rc::new),
            };
            let Some(next) = next else { break };
            current = next;
            is_first = false;
        }
        if is_first { schema.clone() } else { Rc::unwrap_or_clone(current) }
    }

    /// The same for a schema of the document.
    pub(crate) fn opened(&self, given: &Value) -> Value {
        self.essential(&self.definitions.schema(given))
    }

    /// The members of a schema that [`Schemas::opened`] has given.
    pub(crate) fn members(&self, schema: &Value, purpose: Purpose) -> Members {
        let mut found = Members::default();
        self.add(schema, purpose, 0, &mut HashSet::new(), &mut found);
        let known: HashSet<String> = found.all.keys().cloned().collect();
        found.required.retain(|name| known.contains(name));
        found
    }

    fn add(
        &self,
        schema: &Value,
        purpose: Purpose,
        depth: usize,
        seen: &mut HashSet<String>,
        found: &mut Members,
    ) {
        if depth > MAX_DEPTH {
            return;
        }
        if let Some(name) = target_of(schema) {
            if seen.insert(name.clone())
                && let Some(definition) = self.definitions.shared(&name)
            {
                self.add(&definition, purpose, depth + 1, seen, found);
            }
            return;
        }
        if let Some(only) = only_choice(schema) {
            return self.add(&only, purpose, depth + 1, seen, found);
        }
        for branch in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.add(branch, purpose, depth + 1, seen, found);
        }
        for (name, member) in
            schema.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            if purpose == Purpose::Response || !is_read_only(member) {
                found.all.insert(name.clone(), member.clone());
            }
        }
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        found.required.extend(required.filter_map(Value::as_str).map(str::to_owned));
    }
}

/// Whether only the vendor sets a member.
pub(super) fn is_read_only(member: &Value) -> bool {
    member.get("readOnly") == Some(&Value::Bool(true))
}

fn target_of(schema: &Value) -> Option<String> {
    target(schema.as_object()?).map(str::to_owned)
}

/// The schema that is the only choice beside `null`.
fn only_choice(schema: &Value) -> Option<Value> {
    let choices = schema.get("oneOf").or_else(|| schema.get("anyOf"))?.as_array()?;
    let mut rest = choices.iter().filter(|choice| choice.get("type") != Some(&Value::from("null")));
    match (rest.next(), rest.next()) {
        (Some(only), None) => Some(only.clone()),
        _ => None,
    }
}

/// The types that a schema names.
pub(crate) fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The only values that a schema allows, if it lists them.
pub(crate) fn choices(schema: &Value) -> Option<&[Value]> {
    schema.get("enum").and_then(Value::as_array).map(Vec::as_slice)
}
