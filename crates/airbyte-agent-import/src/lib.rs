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
mod import;
mod infer;
pub mod lock;
mod overlay;
pub mod report;
mod shape;
pub mod yaml;

pub use import::{Error, Imported, Options, import};
pub use infer::infer;
pub use shape::Shape;
