//! The client against the document of the API: what it sends is what `specs/platform.yaml` says,
//! operation by operation and member by member, and what it reads is what the document promises,
//! or less.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where they fail")]

#[rustfmt::skip]
#[allow(clippy::too_many_lines, reason = "one arm for each operation")]
mod calls;
mod document;
mod recorder;
mod requests;
mod sample;
mod tolerance;
