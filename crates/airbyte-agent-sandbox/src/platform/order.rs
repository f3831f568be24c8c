//! The body of a request to execute an operation.

use airbyte_agent_description::{Action, Body, Connector, Next, Operation};
use serde_json::{Map, Value};

use super::fields::Fields;
use super::refusal::Refusal;
use super::selection::Selection;
use crate::incoming::Incoming;

/// Longest intent, in characters.
const LONGEST_INTENT: usize = 512;

/// What is to be executed.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) entity: String,
    pub(super) action: String,
    pub(super) params: Map<String, Value>,
    pub(super) selection: Selection,
    pub(super) skip_truncation: bool,
}

/// What an order leads to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Work<'c> {
    /// An operation of the connector.
    Operation(&'c Operation),
    /// A search of the context store.
    Search,
    /// SQL over the context store.
    Sql,
    /// A description of the connector.
    Describe,
}

impl Order {
    pub(super) fn read(request: &Incoming) -> Result<Self, Refusal> {
        let mut fields = Fields::read(request)?;
        let entity = fields.optional_text("entity")?;
        let action = fields.text("action")?;
        let entity = entity
            .filter(|entity| !entity.is_empty() || action == "describe")
            .ok_or_else(|| Refusal::invalid("entity", "entity is required"))?;
        let params = fields.object("params")?.unwrap_or_default();
        let selection = Selection {
            select: fields.texts("select_fields")?.unwrap_or_default(),
            exclude: fields.texts("exclude_fields")?.unwrap_or_default(),
        };
        let skip_truncation = fields.flag("skip_truncation")?.unwrap_or(true);
        let intent = fields.optional_text("intent")?.unwrap_or_default();
        if intent.chars().count() > LONGEST_INTENT {
            let why = format!("intent is to be a string of at most {LONGEST_INTENT} characters");
            return Err(Refusal::invalid("intent", why));
        }
        Ok(Self { entity, action, params, selection, skip_truncation })
    }

    /// What it leads to. `search` with an object for a query, or where the vendor has no search of
    /// its own, is a search of the context store, as it was in one generation.
    pub(super) fn work<'c>(&self, kind: &'c Connector) -> Result<Work<'c>, Refusal> {
        match self.action.as_str() {
            "context_store_search" => return Ok(Work::Search),
            "context_store_sql_query" => return Ok(Work::Sql),
            "describe" => return Ok(Work::Describe),
            _ => {}
        }
        let action: Option<Action> = self.action.parse().ok();
        let operation = action.and_then(|action| kind.operation(&self.entity, action));
        if self.action == "search" {
            let query = self.params.get("query");
            let has_store = kind.entity(&self.entity).is_some_and(|e| !e.store.is_empty());
            if query.is_some_and(Value::is_object) || operation.is_none() && has_store {
                return Ok(Work::Search);
            }
        }
        operation.map(Work::Operation).ok_or_else(|| {
            let place = format!("{}.{}", self.entity, self.action);
            let known = if let Some(entity) = kind.entity(&self.entity) {
                let all = entity.operations.iter().map(|one| one.action.as_str());
                format!("{} has {}", self.entity, all.collect::<Vec<_>>().join(", "))
            } else {
                let all = kind.entities.iter().map(|entity| entity.name.as_ref());
                format!("its entities are {}", all.collect::<Vec<_>>().join(", "))
            };
            Refusal::bad(format!("{} has no operation {place}; {known}", kind.name)).field("action")
        })
    }

    /// The arguments of an operation: `cursor` stands for whatever parameter continues its list,
    /// and what it does not know is left out, because clients probe with a `limit` of one.
    pub(super) fn arguments(&mut self, operation: &Operation) {
        if operation.parameter("cursor").is_none()
            && let Some(into) = continues_by(operation)
            && let Some(cursor) = self.params.shift_remove("cursor")
        {
            self.params.entry(into).or_insert(cursor);
        }
        if !matches!(operation.body, Body::Json { open: true, .. }) {
            self.params.retain(|name, _| operation.parameter(name).is_some());
        }
    }
}

/// The parameter by which a list is continued.
fn continues_by(operation: &Operation) -> Option<&str> {
    match &operation.paging.next {
        Next::None { .. } => None,
        Next::Cursor { into, .. }
        | Next::LastRecord { into, .. }
        | Next::Offset { into, .. }
        | Next::Page { into, .. } => Some(into),
        Next::Link { feed, .. } => feed.first().map(|(_, into)| into.as_ref()),
    }
}
