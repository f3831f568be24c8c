//! Makes a spec of our dialect from a document and what was decided about it.

mod names;
mod texts;

pub use names::{Name, key};
