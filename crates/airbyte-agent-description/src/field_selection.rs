//! How a vendor is asked for fields of its records.

use serde::Serialize;

use super::{List, Text};

/// The argument by which an operation chooses the fields that the vendor sends, and how it names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldSelection {
    /// The parameter that takes the names: as a list, or as a text with commas, by its schema.
    pub parameter: Text,
    /// The member of records that holds the fields that can be chosen; empty for the record itself.
    /// Fields outside of it are sent always.
    pub inside: Text,
    /// How many of the names between dots the vendor understands, counted from the first; `None` for all.
    pub depth: Option<u32>,
    /// What stands between the names of a path.
    pub separator: Text,
    /// What stands before every name.
    pub prefix: Text,
    /// Names that are asked for in any case, such as those of metadata.
    pub add: List<Text>,
    /// What asks for all fields; empty if the vendor sends them all when none is named.
    pub all: Text,
    /// A text with `{fields}` where the names go; empty for the names alone.
    pub wrap: Text,
}
