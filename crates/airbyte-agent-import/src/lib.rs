//! Turns a vendor's API document into a connector spec.
//!
//! The document is read by [`airbyte_agent_document`]. What each of its operations is, is decided by inference:
//! every decision has a confidence and its evidence, and below a threshold there is none.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

pub mod decision;
mod infer;
pub mod report;

pub use infer::infer;
