//! Imports documents from end to end, and tries what comes of them.
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub, missing_docs)]

mod garden;
mod habits;
mod real;
mod robust;
mod trial;
