//! Tests that need several connectors at once. One program holds all of them, since linking every
//! connector takes longer than running any of these tests.
#![allow(missing_docs, reason = "a test program has no public interface")]

mod context_store;
mod credentials;
mod custom_fields;
mod examples;
mod names;
#[cfg(all(feature = "all", feature = "tools"))]
mod search;
#[cfg(all(feature = "typed", feature = "gong", feature = "testing"))]
mod testing;
#[cfg(all(feature = "all", feature = "tools"))]
mod tools;
