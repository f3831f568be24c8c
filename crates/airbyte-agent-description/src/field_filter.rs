//! By which fields of its records a list can be asked for some of them only.

use serde::Serialize;

use super::{Json, JsonPath, List, SyncTime, Text};

/// How the records of a list are requested by the value of one of their fields.
///
/// What is requested contains every record that is meant, and possibly others: whoever reads the records compares
/// the field again. The values of arguments are templates, in which the text `{value}` stands for the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldFilter {
    /// The place of the field in a record.
    pub field: JsonPath,
    /// Arguments by which the records are listed that have a certain value; if empty, there are none.
    pub equals: List<(Text, Json)>,
    /// Arguments by which the records are listed that have one of several values, of which `{values}` is the list.
    pub any_of: List<(Text, Json)>,
    /// Most values of one call with `any_of`.
    pub most: u64,
    /// Arguments by which the records are listed whose value is not smaller.
    pub from: List<(Text, Json)>,
    /// Arguments by which the records are listed whose value is not larger.
    pub to: List<(Text, Json)>,
    /// How the arguments of `from` and `to` write the value.
    pub format: SyncTime,
    /// The argument with which the `get` of the entity finds the record that has a certain value, if the list has
    /// every record that `get` finds, apart from those that `unless` marks.
    pub get: Option<Text>,
    /// The member that marks records which `get` finds and the list does not have, by any value that is not empty,
    /// `null`, `false` or 0.
    pub unless: Option<JsonPath>,
}
