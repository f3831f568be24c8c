//! What an operation does at the vendor: whether it changes something, destroys something, and may be repeated.

use super::evidence::decided;
use super::facts::{Facts, InputPlace, Step};
use super::words::words;
use crate::decision::{Action, Decided};

/// Verbs that destroy what cannot be had back.
const DESTRUCTIVE: [&str; 12] = [
    "delete",
    "remove",
    "destroy",
    "purge",
    "wipe",
    "erase",
    "truncate",
    "revoke",
    "terminate",
    "drop",
    "clear",
    "reset",
];

/// Names of headers by which a repeated request is recognised.
const KEYS: [&str; 5] =
    ["idempotencykey", "xidempotencykey", "xrequestid", "xidempotency", "idempotenttoken"];

/// What an operation does at the vendor.
#[derive(Debug)]
pub(crate) struct Effect {
    /// Whether nothing is changed.
    pub(crate) read_only: Decided<bool>,
    /// Whether data is destroyed.
    pub(crate) destructive: Decided<bool>,
    /// Whether it may be repeated without a further effect.
    pub(crate) idempotent: Decided<bool>,
}

/// What the method, the action and the path say about the effect.
pub(crate) fn effect(facts: &Facts<'_>, action: Action) -> Effect {
    let method = facts.method;
    let reads = matches!(action, Action::List | Action::Get | Action::Search);
    let read_only = match method {
        "GET" | "HEAD" | "OPTIONS" => decided(true, 0.95, format!("the method is {method}")),
        "POST" if reads => decided(true, 0.85, "the operation only reads, by POST"),
        _ => decided(false, 0.95, format!("the method is {method}")),
    };
    let verb =
        facts.last_step().and_then(Step::name).and_then(|name| words(name).into_iter().next());
    let destroys = verb.is_some_and(|verb| DESTRUCTIVE.contains(&verb.as_str()));
    let destructive = if action == Action::Delete {
        decided(true, 0.95, "the operation deletes")
    } else if destroys && !read_only.value {
        decided(true, 0.8, "the path ends with a verb that destroys")
    } else {
        decided(false, 0.9, "nothing says that it destroys data")
    };
    let has_key = facts.inputs.iter().any(|input| {
        input.place == InputPlace::Header
            && KEYS.contains(&input.key.as_str())
            && input.key != "xrequestid"
    });
    let idempotent = match method {
        "GET" | "HEAD" | "OPTIONS" | "PUT" | "DELETE" => {
            decided(true, 0.85, format!("the method is {method}"))
        }
        _ if read_only.value => decided(true, 0.85, "the operation only reads"),
        _ if has_key => decided(true, 0.7, "a header makes repeated requests recognisable"),
        _ => decided(false, 0.85, format!("the method is {method}")),
    };
    Effect { read_only, destructive, idempotent }
}
