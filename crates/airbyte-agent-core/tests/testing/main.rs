//! What users test with: the mock transport, and recorded traffic.
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub, missing_docs, dead_code)]

#[path = "../engine/acme.rs"]
mod acme;
mod mock;
