//! The one place where it is decided whether an operation may be called.
//!
//! Every call of a tool needs a [`Permitted`], and only [`permit`] makes one. The arguments of a call are
//! not looked at, so nothing in them can widen a policy. Where a policy asks a person, the approval of
//! the call is noted there as well, and nothing is sent without it.

use super::account::Account;
use super::error::{Retry, ToolError, ToolErrorKind};
use super::policy::{Policy, Refusal};
use airbyte_agent_description::{Operation, Text};
use airbyte_agent_engine::find_operation;

/// An operation that may be called with an account. Only [`permit`] makes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Permitted<'t> {
    account: &'t Account,
    operation: &'t Operation,
    approval: Approval,
    common: &'t Policy,
}

/// Whether a person has to approve the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Approval {
    NotNeeded,
    Needed,
    Given,
}

impl<'t> Permitted<'t> {
    /// The account to call with.
    pub(super) fn account(&self) -> &'t Account {
        self.account
    }

    /// The operation to be called.
    pub(super) fn operation(&self) -> &'t Operation {
        self.operation
    }

    /// Whether a person has to approve the call and has not yet done so.
    pub(super) fn needs_approval(&self) -> bool {
        self.approval == Approval::Needed
    }

    /// Notes that a person has approved this very call.
    pub(super) fn approve(&mut self) {
        if self.approval == Approval::Needed {
            self.approval = Approval::Given;
        }
    }

    /// The fields that the policies hide of the records.
    pub(super) fn withheld(&self) -> Vec<&'t str> {
        let connector = &self.account.connector().name;
        let policies = [self.common, &self.account.policy].into_iter();
        policies.flat_map(|policy| policy.withheld(connector, &self.operation.entity)).collect()
    }

    /// The fields that are shown of the records when the call names none; none if the description does
    /// not say.
    pub(super) fn default_fields(&self) -> &'t [Text] {
        let entity = self.account.connector().entity(&self.operation.entity);
        entity.map(|entity| entity.default_fields.as_ref()).unwrap_or_default()
    }
}

/// Permits an operation if the common policy and that of the account both permit it. What counts is
/// what the account's own description says about the operation.
pub(super) fn permit<'t>(
    common: &'t Policy,
    account: &'t Account,
    operation: &Operation,
) -> Result<Permitted<'t>, ToolError> {
    let action = operation.action.as_str();
    let operation = find_operation(account.connector(), &operation.entity, action)?;
    match refusal(common, account, operation) {
        None => {
            let name = &account.connector().name;
            let asks =
                common.asks_about(name, operation) || account.policy.asks_about(name, operation);
            let approval = if asks { Approval::Needed } else { Approval::NotNeeded };
            Ok(Permitted { account, operation, approval, common })
        }
        Some(refusal) => {
            let place = operation.place();
            let why = match refusal {
                Refusal::ReadOnly => "only reading is permitted here",
                Refusal::Denied | Refusal::NotAllowed => "the operator's policy excludes it",
                Refusal::NotNamed => {
                    "its query may read any kind of record, so the operator's policy has to allow it by \
                     its own name"
                }
            };
            let message = format!("{place} is not permitted with '{}': {why}", account.name);
            Err(ToolError::new(ToolErrorKind::NotPermitted, message, Retry::Never)
                .with_advice("No argument changes that; tell the user if it is needed."))
        }
    }
}

/// Whether an operation may be called with an account, for lists of what there is.
pub(super) fn permits(common: &Policy, account: &Account, operation: &Operation) -> bool {
    refusal(common, account, operation).is_none()
}

fn refusal(common: &Policy, account: &Account, operation: &Operation) -> Option<Refusal> {
    let connector = &account.client.description().name;
    common
        .refusal(Some(connector), operation)
        .or_else(|| account.policy.refusal(Some(connector), operation))
}
