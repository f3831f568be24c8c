//! Which account a call uses.

use super::super::account::Account;
use super::super::error::ToolError;
use super::super::gate;
use super::super::group::Group;
use super::super::toolset::Toolset;
use airbyte_agent_description::{Operation, suggestion};

/// The account that a call of an operation means: by its name, because there is no other, or because the
/// operation is permitted with one account only.
pub(super) fn choose_account<'t>(
    tools: &Toolset,
    group: &Group<'t>,
    operation: &Operation,
    wanted: &str,
) -> Result<&'t Account, ToolError> {
    if !wanted.is_empty() {
        return group.account(wanted).ok_or_else(|| {
            let names = group.names();
            let hint = suggestion(wanted, &names);
            ToolError::argument("account", format!("there is no account '{wanted}'{hint}"))
                .with_allowed("account", &names)
        });
    }
    let mut all = group.accounts();
    if let (Some(only), None) = (all.next(), all.next()) {
        return Ok(only);
    }
    let policy = tools.common_policy();
    let mut permitted =
        group.accounts().filter(|account| gate::permits(policy, account, operation));
    if let (Some(only), None) = (permitted.next(), permitted.next()) {
        Ok(only)
    } else {
        let names = group.names();
        let problem = format!("'account' must say which is meant: {}", names.join(", "));
        Err(ToolError::argument("account", problem).with_allowed("account", &names))
    }
}
