//! Groups of members of which a call needs one.

use serde::Serialize;

use super::{List, Text};

/// Arguments, or members of an object inside an argument, of which at least one has to be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AtLeastOne {
    /// Names that lead to the object whose members are meant, from an argument inwards; empty when
    /// arguments are meant.
    pub inside: List<Text>,
    /// The names of the arguments or members.
    pub names: List<Text>,
}
