//! The maintenance tasks of the workspace, as functions that take its root directory. The program reads
//! arguments, calls these functions and prints what they return.

pub mod bench;
pub mod conformance;
pub mod directory;
pub mod drift;
pub mod graphql;
pub mod import;
pub mod labels;
pub mod licences;
pub mod lint;
pub mod new;
mod output;
pub mod platform;
pub mod regen;
pub mod release;
pub mod specs;
pub mod tidy;
pub mod umbrella;
