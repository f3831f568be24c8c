//! The execution of an operation by a vendor. All operations are executed here, whether they were
//! requested by REST, by GraphQL or through the platform.

mod body;
mod job;
mod list;
mod locate;
mod parts;
mod read;
mod write;

use airbyte_agent_description::{Action, Connector, Operation};

use super::criteria;
use super::failure::Failure;
use super::records::Records;
use crate::decode::Arguments;
use crate::request::Request;
use crate::response::Response;

/// A decoded request for an operation, by a client that is allowed to make it.
pub(super) struct Execution<'c> {
    pub(super) description: &'c Connector,
    pub(super) records: &'c Records,
    pub(super) operation: &'c Operation,
    pub(super) arguments: &'c Arguments,
    /// Other operations with the same method and path.
    pub(super) siblings: &'c [&'c Operation],
    pub(super) request: &'c Request,
    /// Host for addresses in the response.
    pub(super) host: &'c str,
    /// Path of the request on that host.
    pub(super) path: &'c str,
}

impl Execution<'_> {
    /// Executes the operation. A failure is reported in the form in which the vendor reports it.
    pub(super) fn execute(&self) -> Response {
        self.try_execute().unwrap_or_else(|failure| match self.arguments.graphql {
            Some(_) => failure.graphql_response(),
            None => failure.response(self.description),
        })
    }

    fn try_execute(&self) -> Result<Response, Failure> {
        if !self.arguments.problems.is_empty() {
            return Err(Failure::InvalidArguments(self.arguments.problems.clone()));
        }
        let arguments = self.arguments.values.iter();
        let problems: Vec<String> =
            arguments.filter_map(|(name, value)| criteria::problem(name, value)).collect();
        if self.operation.action.is_array() && !problems.is_empty() {
            return Err(Failure::InvalidArguments(problems));
        }
        let writes = matches!(self.operation.action, Action::Create | Action::Update);
        if writes && !self.records.take_room(self.request.body.len()) {
            return Err(Failure::Full);
        }
        if let Some(more) = self.operation.address.as_ref().and_then(|one| one.more.as_ref()) {
            return self.take_part(more);
        }
        match self.operation.action {
            Action::List | Action::Search => self.list(),
            Action::Get => self.get(),
            Action::Create => Ok(self.create()),
            Action::Update => self.update(),
            Action::Delete => self.delete(),
            Action::Download => self.download(),
        }
    }

    fn entity(&self) -> &str {
        &self.operation.entity
    }
}
