//! What models are told of every connector: definitions, their tokens, their schemas.
//!
//! `UPDATE_EXPECT=1 cargo test -p airbyte-agent --all-features --test umbrella tools` writes the
//! committed definitions and counts anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub, missing_docs)]

mod definitions;
mod estimate;
mod offline;
mod read_only;
mod sandbox;
mod schemas;
mod selections;
mod strict;
