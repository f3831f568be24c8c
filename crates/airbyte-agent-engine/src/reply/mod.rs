//! Turns a response into records, metadata and the next page.
//!
//! Every step is a function between named types. Nothing here performs I/O.

mod absence;
mod bounds;
mod change;
mod charset;
mod counted;
mod decode;
mod empty;
mod envelope;
mod failure;
mod follow;
mod groups;
mod kept_size;
mod link;
mod meaning;
mod message;
mod next;
mod no_list;
mod only_failure;
mod outcome;
mod overlap;
mod parts;
mod plan;
mod position;
#[cfg(test)]
mod properties;
mod read;
mod remarks;
mod select;
mod signs;
mod spelling;
mod token;
mod tokenless;

pub(crate) use decode::{decode_page, decode_record};
pub(crate) use empty::means_empty;
pub(crate) use failure::{Refusal, is_limit, reported_failure, request_id};
pub(crate) use meaning::{cost_wait, meaning};
pub(crate) use message::{cut, likely_message, vendor_message};
pub(crate) use only_failure::report as failure_report;
pub(crate) use outcome::outcome;
pub(crate) use plan::{ReadPlan, fields_in_use};
pub(crate) use read::Answer;
#[cfg(feature = "testing")]
pub(crate) use select::shape;
