//! The server as clients see it, over streams and over HTTP, in this process and offline.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod approval;
mod audit;
mod config;
mod connectors;
mod exposures;
mod harness;
mod http;
mod limits;
mod reference;
mod session;
