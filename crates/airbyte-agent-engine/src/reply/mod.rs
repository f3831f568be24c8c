//! From an answer to records, metadata and the next page.
//!
//! Every step is a function from one named type to the next; nothing here performs I/O.

mod decode;
mod envelope;
mod failure;
mod link;
mod meaning;
mod next;
mod outcome;
mod plan;
mod position;
#[cfg(test)]
mod properties;
mod read;
mod select;

pub(crate) use decode::{decode_page, decode_record};
pub(crate) use failure::{Refusal, cleaned, reported_failure, request_id};
pub(crate) use meaning::{cost_wait, meaning};
pub(crate) use outcome::outcome;
pub(crate) use plan::{ReadPlan, fields_in_use};
pub(crate) use read::Answer;
#[cfg(feature = "testing")]
pub(crate) use select::shape;
