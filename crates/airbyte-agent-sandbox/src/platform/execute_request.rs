//! The body of a request to execute or to prepare an operation.

use airbyte_agent_description::{Action, Body, Connector, Kind, Next, Operation};
use serde_json::{Map, Value};

use super::error::ApiError;
use super::fields::Fields;
use super::selection::Selection;
use crate::request::Request;

/// Longest intent, in characters.
const LONGEST_INTENT: usize = 512;

/// What a request wants to be executed, and which parts of the result it wants.
#[derive(Debug)]
pub(super) struct ExecuteRequest {
    pub(super) entity: String,
    pub(super) action: String,
    pub(super) params: Map<String, Value>,
    pub(super) selection: Selection,
    pub(super) skip_truncation: bool,
}

/// What is executed for a request.
#[derive(Debug, Clone, Copy)]
pub(super) enum Task<'c> {
    /// An operation of the connector.
    Operation(&'c Operation),
    /// A search of the context store.
    Search,
    /// An SQL query of the context store.
    Sql,
    /// A description of the connector.
    Describe,
}

/// The entity and the action that a request to execute or to prepare names; `None` for a request to
/// another endpoint.
pub(super) fn requested_names(request: &Request) -> Option<(String, String)> {
    if !request.path.ends_with("/execute") && !request.path.ends_with("/execute/prepare") {
        return None;
    }
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    Some((body.get("entity")?.as_str()?.to_owned(), body.get("action")?.as_str()?.to_owned()))
}

impl ExecuteRequest {
    /// Parses the body of a request.
    pub(super) fn parse(request: &Request) -> Result<Self, ApiError> {
        let mut fields = Fields::of_body(request)?;
        let entity = fields.optional_text("entity")?;
        let action = fields.required_text("action")?;
        let entity = entity
            .filter(|entity| !entity.is_empty() || action == "describe")
            .ok_or_else(|| ApiError::invalid("entity", "entity is required"))?;
        let params = fields.object("params")?.unwrap_or_default();
        let selection = Selection {
            select: fields.texts("select_fields")?.unwrap_or_default(),
            exclude: fields.texts("exclude_fields")?.unwrap_or_default(),
        };
        let skip_truncation = fields.flag("skip_truncation")?.unwrap_or(true);
        let intent = fields.optional_text("intent")?.unwrap_or_default();
        if intent.chars().count() > LONGEST_INTENT {
            let message = format!("intent must be a string of at most {LONGEST_INTENT} characters");
            return Err(ApiError::invalid("intent", message));
        }
        Ok(Self { entity, action, params, selection, skip_truncation })
    }

    /// What is to be executed. The action `search` is a search of the context store when its query
    /// is an object and the vendor's own search takes none, or when the vendor has no search; one
    /// generation of the platform called it so.
    pub(super) fn task<'c>(&self, description: &'c Connector) -> Result<Task<'c>, ApiError> {
        match self.action.as_str() {
            "context_store_search" => return Ok(Task::Search),
            "context_store_sql_query" => return Ok(Task::Sql),
            "describe" => return Ok(Task::Describe),
            _ => {}
        }
        let action: Option<Action> = self.action.parse().ok();
        let operation = action.and_then(|action| description.operation(&self.entity, action));
        if self.action == "search" {
            let query = self.params.get("query");
            let has_store = description.entity(&self.entity).is_some_and(|e| !e.store.is_empty());
            let takes_object = operation
                .and_then(|operation| operation.parameter("query"))
                .is_some_and(|query| query.schema.kinds.contains(&Kind::Object));
            let is_of_store = query.is_some_and(Value::is_object) && !takes_object;
            if is_of_store || operation.is_none() && has_store {
                return Ok(Task::Search);
            }
        }
        operation.map(Task::Operation).ok_or_else(|| self.unknown_operation(description))
    }

    fn unknown_operation(&self, description: &Connector) -> ApiError {
        let known = if let Some(entity) = description.entity(&self.entity) {
            let all = entity.operations.iter().map(|operation| operation.action.as_str());
            format!("{} has {}", self.entity, all.collect::<Vec<_>>().join(", "))
        } else {
            let all = description.entities.iter().map(|entity| entity.name.as_ref());
            format!("its entities are {}", all.collect::<Vec<_>>().join(", "))
        };
        let (name, entity, action) = (&description.name, &self.entity, &self.action);
        let message = format!("{name} has no operation {entity}.{action}; {known}");
        ApiError::bad_request(message).field("action")
    }

    /// The arguments of an operation. `cursor` stands for the parameter that continues its list.
    /// Parameters that the operation does not have are left out, because clients add a `limit` of one
    /// to every operation by which they test credentials.
    pub(super) fn arguments(
        operation: &Operation,
        mut params: Map<String, Value>,
    ) -> Map<String, Value> {
        if operation.parameter("cursor").is_none()
            && let Some(parameter) = continuing_parameter(operation)
            && let Some(cursor) = params.shift_remove("cursor")
            && operation.argument(&params, parameter).is_none()
        {
            operation.set_argument(&mut params, parameter, cursor);
        }
        if !matches!(operation.body, Body::Json { open: true, .. }) {
            params.retain(|name, _| operation.parameter(name).is_some());
        }
        params
    }
}

/// The parameter by which a list is continued.
fn continuing_parameter(operation: &Operation) -> Option<&str> {
    match &operation.paging.next {
        Next::None { .. } => None,
        Next::Cursor { into, .. }
        | Next::LastRecord { into, .. }
        | Next::Offset { into, .. }
        | Next::Page { into, .. } => Some(into),
        Next::Link { feed, .. } => feed.first().map(|(_, into)| into.as_ref()),
    }
}
