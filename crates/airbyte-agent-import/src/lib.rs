//! Turns a vendor's API document into a connector spec.
//!
//! The document is read by [`airbyte_agent_document`]. What each of its operations is, is decided by inference:
//! every decision has a confidence and its evidence, and below a threshold there is none.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

pub mod changes;
pub mod decision;
pub mod emit;
mod files;
mod import;
mod infer;
mod load;
pub mod lock;
mod lower;
mod overlay;
pub mod report;
mod shape;
mod summary;

pub use files::{Before, Files, FilesError, write};
pub use import::{Error, Imported, Options, import};
pub use infer::infer;
pub use load::{LoadError, Loaded, is_spec, load, read};
pub use shape::Shape;
pub use summary::{Questions, summary};
