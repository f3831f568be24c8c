//! Everything that is wrong or doubtful: what lowering reports, and what only a reader of the
//! whole document sees.

mod answers;
mod components;
mod entities;
mod grammar;
mod graphql;
mod keys;
mod schemas;
mod scope;
mod service;
mod texts;

use crate::lower::{self, Cx};

/// Reports all findings.
pub(crate) fn check(cx: &Cx<'_>) {
    let connector = lower::connector(cx);
    keys::check(cx);
    schemas::check(cx);
    components::check(cx);
    service::check(cx);
    entities::check(cx, &connector);
    for op in lower::operations(cx.root) {
        texts::check(cx, op);
        answers::check(cx, op);
        graphql::check(cx, op);
        scope::check(cx, op);
    }
}
