//! Pagination: declared by `x-agent-pagination` or `x-airbyte-no-pagination`, or else inferred from the names
//! that published specs use.

mod declared;
mod inferred;

use airbyte_agent_description::{Action, MetaField, Next, Paging, Parameter};

pub use self::declared::STYLES;
use super::{Cx, Op};
use airbyte_agent_yaml::Node;

pub(crate) fn paging<'a>(
    cx: &Cx<'a>,
    op: Op<'a>,
    action: Action,
    meta: &[MetaField],
    parameters: &[Parameter],
) -> Paging {
    if let Some(node) = op.node.get("x-agent-pagination") {
        if !action.is_array() {
            cx.report.error(
                node,
                "`x-agent-pagination` is only for the actions `list` and `search`; remove it",
            );
            return ends("");
        }
        return declared::paging(cx, node, meta, parameters);
    }
    if !action.is_array() {
        return ends("");
    }
    let none = op.node.get("x-airbyte-no-pagination").map(Node::plain);
    if let Some(reason) = none.filter(|reason| !reason.is_empty()) {
        return Paging { size: inferred::size(parameters), ..ends(&reason) };
    }
    if let Some(paging) = inferred::paging(cx, op, meta, parameters) {
        return paging;
    }
    cx.report.error(
        op.node,
        "nothing says how the list continues; give `x-agent-pagination` (cursor, link, \
         last_record, offset, page or `none: \"reason\"`)",
    );
    Paging {
        size: inferred::size(parameters),
        ..ends("The spec names no way to continue after the first page.")
    }
}

fn ends(reason: &str) -> Paging {
    Paging {
        next: Next::None { reason: reason.to_owned().into() },
        more: None,
        done: None,
        size: None,
        short_page_ends: false,
        others: Vec::new().into(),
        single_page: Vec::new().into(),
    }
}
