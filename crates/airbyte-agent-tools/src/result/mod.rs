//! What a model reads of a result: chosen fields, cut texts, clean characters, bounded length.
//!
//! Works on plain JSON and knows neither clients nor calls.

pub(super) mod clean;
pub(super) mod columns;
mod compact;
mod cut;
pub(super) mod fields;
pub(super) mod notes;
mod rank;
pub(super) mod render;
mod select;
pub(super) mod shape;
pub(super) mod table;
pub(super) mod tokens;
