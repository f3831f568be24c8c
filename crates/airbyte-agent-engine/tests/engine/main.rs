//! The engine against vendors, networks and a platform that misbehave.
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub, missing_docs)]
// Helpers of tests take values for the sake of short calls.
#![allow(clippy::needless_pass_by_value)]

mod acme;
mod addresses;
mod alternatives;
mod attempts;
mod authorization;
mod changes;
mod clients;
mod cursors;
mod destinations;
mod ends;
mod expired_tokens;
mod faults;
mod files;
mod filtered;
mod fuzz;
mod guards;
mod hosted;
mod hosted_faults;
mod hosted_files;
mod hosted_forms;
mod hosted_here;
mod hosted_requests;
mod hosted_settings;
mod hosted_tokens;
mod jobs;
mod lists;
mod meanings;
mod owners;
mod paging;
mod platform;
mod records;
mod redirects;
mod refusals;
mod remarks;
mod renewals;
mod responses;
mod selections;
mod server;
mod servers;
mod spans;
mod store;
mod token_endpoint;
mod transports;
mod upload_steps;
mod uploads;
mod waits;
mod wire;
