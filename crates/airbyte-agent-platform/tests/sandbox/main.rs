//! The hand-written layer against the sandbox's platform: whole lives of workspaces, connectors,
//! templates and sign-ins, with connectors that run operations of their own.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where they fail")]

mod api;
mod browser;
mod connectors;
mod faults;
mod older;
mod settings;
mod sign_in;
mod stage;
mod templates;
mod tenants;
mod workspaces;
