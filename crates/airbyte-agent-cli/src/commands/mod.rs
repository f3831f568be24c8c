//! The commands of the program, one module each. They use the modules beside `commands`, and never
//! each other.

pub(crate) mod accounts;
pub(crate) mod check;
pub(crate) mod complete;
pub(crate) mod connectors;
pub(crate) mod describe;
pub(crate) mod doctor;
pub(crate) mod exec;
pub(crate) mod import;
pub(crate) mod login;
pub(crate) mod mcp;
pub(crate) mod platform;
pub(crate) mod sandbox;
pub(crate) mod search;
pub(crate) mod sql;
pub(crate) mod sync;
pub(crate) mod tables;
pub(crate) mod watch;
