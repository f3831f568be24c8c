//! Maintenance tasks of the workspace, as functions over a root directory. The program only reads
//! its arguments and prints what these return.

pub mod bench;
pub mod conformance;
pub mod graphql;
pub mod licences;
pub mod lint;
pub mod new;
pub mod platform;
pub mod regen;
pub mod release;
pub mod specs;
pub mod tidy;
pub mod umbrella;
