//! How the records of an entity are copied into a store and kept up to date there.

use serde::Serialize;

use super::{Json, JsonPath, List, Text};

/// Whether and how the records that a list gives are copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every rule is a source, and constants cannot be boxed"
)]
pub enum SyncRule {
    /// The list is the source of the entity's records.
    Source(SyncSource),
    /// The records cannot be copied.
    Cannot {
        /// Why they cannot, for people.
        reason: Text,
    },
}

/// How the records of a list are copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SyncSource {
    /// Places in a record whose values identify it; if empty, records have no identity, and every pass
    /// replaces all of them.
    pub key: List<JsonPath>,
    /// Whether a record is identified together with the arguments of its list, those of parents and of the scope, so
    /// that the same key under two parents means two records.
    pub per_parent: bool,
    /// The entities whose records give arguments of the list. The list is read once for each record of the
    /// parent, or for each combination of records of several parents.
    pub parents: List<SyncParent>,
    /// Arguments with the same values in every call.
    pub arguments: List<(Text, Json)>,
    /// Arguments that only the caller can give.
    pub needs: List<Text>,
    /// Arguments that say which part of an account is listed, such as the repository: the caller or the settings of
    /// the connector give them.
    pub scope: List<Text>,
    /// How changed records are recognized and requested; `None` if every pass has to read all records.
    pub change: Option<SyncChange>,
    /// How records that were deleted at the vendor are recognized between full passes.
    pub deletions: SyncDeletions,
    /// Whether the vendor answers "not modified" if a page of the list is still what the caller knows.
    pub conditional: bool,
}

/// An entity whose records give arguments of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SyncParent {
    /// Name of the entity.
    pub entity: Text,
    /// The arguments, and where the values come from.
    pub arguments: List<(Text, ParentValue)>,
}

/// Where a record of a parent has the value of an argument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ParentValue {
    /// A place in the record.
    Member(JsonPath),
    /// The argument of this name with which the record itself was listed.
    Argument(Text),
}

/// How changed records are recognized and requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SyncChange {
    /// Where a record says when it was changed.
    pub field: JsonPath,
    /// How records write the time.
    pub format: SyncTime,
    /// Arguments by which only records changed since a time are listed. Their values are templates, in
    /// which the text `{since}` stands for the time; if empty, the list cannot be restricted.
    pub filter: List<(Text, Json)>,
    /// How the filter writes the time.
    pub filter_format: SyncTime,
    /// Whether records are listed in the order of their change.
    pub order: SyncOrder,
    /// How much earlier than the latest known change the next run begins, in seconds, because vendors show
    /// some changes late.
    pub overlap_seconds: u64,
}

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncTime {
    /// A date and time of ISO 8601, in UTC if it names no offset.
    Iso8601,
    /// A date without a time, `2026-01-31`.
    Date,
    /// The number of seconds since 1970.
    UnixSeconds,
    /// The number of milliseconds since 1970.
    UnixMilliseconds,
    /// A number that grows with every change and is no time.
    Number,
}

impl SyncTime {
    /// Every form, in the order of declaration.
    pub const ALL: [Self; 5] =
        [Self::Iso8601, Self::Date, Self::UnixSeconds, Self::UnixMilliseconds, Self::Number];

    /// The word that specs use for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Iso8601 => "iso8601",
            Self::Date => "date",
            Self::UnixSeconds => "unix_seconds",
            Self::UnixMilliseconds => "unix_milliseconds",
            Self::Number => "number",
        }
    }
}

/// Whether records are listed in the order of their change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncOrder {
    /// In no order that is known.
    Unknown,
    /// The record that was changed first comes first.
    Ascending,
    /// The record that was changed last comes first.
    Descending,
}

/// How records that were deleted at the vendor are recognized between full passes, which always do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncDeletions {
    /// Only by a full pass, which no longer meets them.
    FullPass,
    /// By a member of the record, which the list still contains.
    Flag {
        /// The place of the member.
        field: JsonPath,
        /// The value of deleted records; `None`: any value that is not empty, `null`, `false` or 0.
        equals: Option<Json>,
    },
    /// By the records of another entity.
    Feed {
        /// Name of the entity, whose list is read.
        entity: Text,
        /// Places in its records with the key of the deleted record.
        key: List<JsonPath>,
    },
}
