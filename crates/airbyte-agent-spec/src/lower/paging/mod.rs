//! How a list continues: said by `x-agent-pagination` or `x-airbyte-no-pagination`, else guessed
//! from the names that published specs use.

mod infer;
mod said;

use airbyte_agent_description::{Action, MetaField, Next, Paging, Parameter};

use super::{Cx, Op};
use crate::yaml::Node;

pub(crate) fn paging<'a>(
    cx: &Cx<'a>,
    op: Op<'a>,
    action: Action,
    meta: &[MetaField],
    parameters: &[Parameter],
) -> Paging {
    if let Some(node) = op.node.get("x-agent-pagination") {
        if !action.is_array() {
            cx.report.error(node, "only list and search continue");
            return ends("");
        }
        return said::paging(cx, node, meta, parameters);
    }
    if !action.is_array() {
        return ends("");
    }
    let none = op.node.get("x-airbyte-no-pagination").map(Node::plain);
    if let Some(reason) = none.filter(|reason| !reason.is_empty()) {
        return Paging { size: infer::size(parameters), ..ends(&reason) };
    }
    if let Some(paging) = infer::paging(cx, op, meta, parameters) {
        return paging;
    }
    cx.report.error(
        op.node,
        "nothing says how the list continues; give `x-agent-pagination` (cursor, link, \
         last_record, offset, page or `none: \"reason\"`)",
    );
    Paging {
        size: infer::size(parameters),
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
    }
}
