//! Every operation of every connector, by its typed builder: the same requests as through the
//! dynamic door, the same records through both transports, and answers that fit their types.
//!
//! The operations are generated; what is asserted of them stands in `harness` and `lists`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod auth;
mod connectors;
mod descriptions;
mod harness;
mod lists;
