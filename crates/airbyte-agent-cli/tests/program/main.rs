//! Tests of the program as scripts see it: exit codes, streams and files. They need no network.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests, which say what they left out"
)]

mod accounts;
mod addresses;
mod arguments;
mod completions;
mod connect;
mod copies;
mod describe;
mod doctor;
mod download;
mod failures;
mod folder;
mod home;
mod imports;
mod impostor;
mod interrupt;
mod jobs;
mod lists;
mod login;
mod mcp;
mod output;
mod parquet;
mod platform;
mod postgres;
mod refusals;
mod renewal;
mod run;
mod sandbox;
mod search;
mod secrets;
mod settings;
mod sign_in;
mod specs;
mod sync;
mod terminal;
mod vendor;
