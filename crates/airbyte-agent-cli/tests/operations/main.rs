//! Tests of every operation of every connector: the typed builder sends the same request as the
//! dynamic interface, both transports return the same records, and responses fit their types.
//!
//! The calls are generated; `harness` and `lists` say what is asserted of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod additions;
mod auth;
mod connectors;
mod descriptions;
mod harness;
mod lists;
mod uploads;
