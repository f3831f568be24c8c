//! Reports everything that is wrong or doubtful: what lowering reports, and what can only be seen in the
//! document as a whole.

mod components;
mod default_fields;
mod drift;
mod entities;
mod filters;
mod grammar;
mod graphql;
mod jobs;
mod keys;
mod recommended;
mod responses;
mod schemas;
mod scope;
mod search_words;
mod service;
mod sync;
mod text_rules;
mod texts;
mod uploads;
mod uploads_in_steps;

use crate::lower::{self, Cx};

/// Reports everything that is wrong or doubtful.
pub(crate) fn check(cx: &Cx<'_>) {
    let connector = lower::connector(cx);
    keys::check(cx);
    schemas::check(cx);
    components::check(cx);
    service::check(cx);
    drift::check(cx);
    entities::check(cx, &connector);
    default_fields::check(cx, &connector);
    recommended::check(cx, &connector);
    search_words::check(cx, &connector);
    jobs::check(cx, &connector);
    sync::check(cx, &connector);
    filters::check(cx, &connector);
    uploads::check(cx, &connector);
    uploads_in_steps::check(cx, &connector);
    let mut seen = texts::Seen::new();
    for op in lower::operations(cx.root) {
        texts::check(cx, op, &mut seen);
        responses::check(cx, op);
        graphql::check(cx, op);
        scope::check(cx, op);
    }
}
