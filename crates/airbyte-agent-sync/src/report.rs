//! What a run has done, for programs and people.

use std::time::Duration;

use airbyte_agent_store::{Counts, Misfit};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::plan::Skipped;

/// What a run has done.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// The entities that were copied, in the order in which they ended.
    pub entities: Vec<EntityReport>,
    /// The entities that were left out.
    pub skipped: Vec<Skipped>,
}

impl Report {
    /// The first error; `None` if everything was copied.
    pub fn error(&self) -> Option<&Error> {
        self.entities
            .iter()
            .flat_map(|entity| &entity.troubles)
            .map(|trouble| &trouble.error)
            .next()
    }
}

/// How the records of an entity were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mode {
    /// All records were requested, and those that were not met are removed.
    Full,
    /// Only records that were changed since the last run were requested.
    Incremental,
    /// Those that the arguments of the caller select. Nothing is removed.
    Selected,
}

/// What was done for an entity.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct EntityReport {
    /// Name of the entity.
    pub entity: String,
    /// How its records were read.
    pub mode: Mode,
    /// Whether the run continued one that had been interrupted.
    pub is_continued: bool,
    /// Number of lists that were read: one, or one for each record of the parent.
    pub lists: u64,
    /// Number of pages that were written.
    pub pages: u64,
    /// Number of records in these pages.
    pub records: u64,
    /// How many records of the store were inserted, changed and deleted by them.
    pub counts: Counts,
    /// Number of records of the account in the table afterwards.
    pub rows: u64,
    /// Number of pages that the vendor did not send again, because they have not changed.
    pub not_modified: u64,
    /// Number of records of parents that the vendor no longer knows, so that there is no list below them.
    pub gone: u64,
    /// Number of records whose time of change is written in another form than the spec says.
    pub unreadable_times: u64,
    /// Values in the store, of any run, that are not of the type that the schema says, so that conditions, orders and
    /// sums over their columns do not treat them as others.
    pub misfits: Vec<Misfit>,
    /// What went wrong; nothing was removed if something did.
    pub troubles: Vec<Trouble>,
    /// How long it took.
    pub took: Duration,
}

/// Something that went wrong.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Trouble {
    /// Why the list could not be read to its end.
    pub error: Error,
    /// The arguments, out of records of parents, of the list in which it went wrong.
    pub arguments: Map<String, Value>,
}

impl EntityReport {
    pub(crate) fn new(entity: &str, mode: Mode) -> Self {
        Self {
            entity: entity.to_owned(),
            mode,
            is_continued: false,
            lists: 0,
            pages: 0,
            records: 0,
            counts: Counts::default(),
            rows: 0,
            not_modified: 0,
            gone: 0,
            unreadable_times: 0,
            misfits: Vec::new(),
            troubles: Vec::new(),
            took: Duration::ZERO,
        }
    }

    /// Whether everything was read.
    pub fn is_complete(&self) -> bool {
        self.troubles.is_empty()
    }
}
