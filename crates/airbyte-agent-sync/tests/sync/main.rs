//! Copies an invented vendor into a store, whole and by changes, with failures and interruptions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::default_trait_access,
    missing_docs
)]

mod changes;
mod claims;
mod conditional;
mod connectors;
mod failures;
mod interruptions;
mod live;
mod pace;
mod plans;
mod troubles;
mod vendor;
