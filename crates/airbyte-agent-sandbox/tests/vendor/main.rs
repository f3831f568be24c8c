//! What a vendor accepts, refuses, remembers and returns.
#![allow(clippy::unwrap_used, clippy::panic)]

mod files;
mod graphql;
mod paging;
mod records;
mod requests;
mod tokens;

#[path = "../support/mod.rs"]
mod support;
