//! Addresses that responses give out: the operation that gives one out exists, and its record has the place.

use airbyte_agent_description::{Connector, Operation};

use super::jobs::leads_somewhere;
use crate::lower::{self, Cx};
use crate::names::hint;

pub(super) fn check(cx: &Cx<'_>, connector: &Connector) {
    for op in lower::operations(cx.root) {
        let (Some(node), Some(action)) = (op.node.get("x-agent-address"), op.action) else {
            continue;
        };
        let operation = connector.operation(&op.entity(), action);
        let address = operation.and_then(|operation| operation.address.as_ref());
        let Some(issuer) = address.and_then(|address| address.issuer.as_ref()) else { continue };
        let place = node.get("issued_by").unwrap_or(node);
        let found = lower::operations(cx.root)
            .into_iter()
            .find(|op| op.entity() == issuer.entity && op.action == Some(issuer.action));
        if let Some(found) = found {
            leads_somewhere(cx, found, place, &issuer.place);
        } else {
            let name = format!("{}.{}", issuer.entity, issuer.action);
            let known: Vec<String> = connector.operations().map(Operation::place).collect();
            let hint = hint(&name, known.iter().map(String::as_str));
            cx.report.error(place, format!("there is no operation `{name}`{hint}"));
        }
    }
}
