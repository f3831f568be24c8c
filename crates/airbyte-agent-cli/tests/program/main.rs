//! The program as scripts see it: exit codes, streams, files. Everything runs offline.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod arguments;
mod describe;
mod download;
mod failures;
mod output;
mod run;
mod sandbox;
mod secrets;
mod settings;
mod vendor;
