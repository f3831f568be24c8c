//! What a model reads of a result: chosen fields, shortened texts, clean characters, bounded length.
//!
//! The modules work on plain JSON and know neither clients nor calls.

pub(super) mod clean;
pub(super) mod columns;
mod compact;
mod cut;
pub(super) mod escape;
pub(super) mod fields;
pub(super) mod format;
pub(super) mod list_text;
pub(super) mod notes;
mod rank;
mod rank_words;
pub(super) mod render;
mod secrets;
mod select;
pub(super) mod shown_fields;
pub(super) mod size;
mod table;
pub(super) mod tokens;
mod twins;
pub(super) mod untrusted;
pub(super) mod view;
