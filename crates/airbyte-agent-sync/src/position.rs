//! Positions: what the store keeps about the sync of an entity, beside its rows and in the same transactions.

use airbyte_agent_store::AccountState;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::mark::Mark;

/// Version of the form of positions. A position of another version counts as none.
const VERSION: u32 = 1;

/// Where the sync of an entity stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Position {
    version: u32,
    /// The latest change that is known for certain to have been copied with all before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<Mark>,
    /// Number of the last change in the log of the store whose deletions have been applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) feed: Option<u64>,
    /// Parents whose lists have to be read whole again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) again: Vec<Vec<String>>,
    /// When the last run began that has read everything it was to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) complete: Option<Mark>,
    /// The pages of the last complete run, where the vendor says whether they have changed since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) known: Vec<KnownPage>,
    /// The run that is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) run: Option<Run>,
}

/// A run that is under way.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Run {
    /// Whether it is a pass through all records.
    pub(crate) is_full: bool,
    /// What the run depends on; if it has changed, the run cannot be continued.
    pub(crate) plan: String,
    /// Changes since this mark are requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<Mark>,
    /// When the run began, by the clock of this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) started: Option<Mark>,
    /// The latest change that the run has met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) high: Option<Mark>,
    /// The latest change on the first page of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) first_high: Option<Mark>,
    /// Whether the first page has been written.
    #[serde(default)]
    pub(crate) has_first: bool,
    /// Last change in the log of the store when the run began.
    pub(crate) log: u64,
    /// Keys of the parents' records whose list is being read or was read last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<Vec<String>>,
    /// Whether that list is read without a filter in an incremental run.
    #[serde(default)]
    pub(crate) is_whole: bool,
    /// Where that list continues; `None` if it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
    /// Number of lists that failed.
    #[serde(default)]
    pub(crate) failures: u64,
    /// When the last page was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) saved: Option<Mark>,
    /// The pages that were read so far, where the vendor says whether they have changed since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) pages: Vec<KnownPage>,
    /// Whether `pages` lacks some, so that the next run has to read everything.
    #[serde(default)]
    pub(crate) has_unknown_pages: bool,
}

/// A page as the vendor sent it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct KnownPage {
    /// What stands for the list and its arguments.
    pub(crate) list: String,
    /// Where in the list the page begins; `None` for its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
    /// What tells this state of the page from later ones.
    pub(crate) validator: String,
}

/// Whether the last run of an account in a table ended before it had read everything, so that the next one goes on there.
pub fn is_interrupted(state: &AccountState) -> bool {
    Position::of(Some(state)).run.is_some()
}

impl Position {
    /// What the store holds; nothing if it holds nothing that is understood.
    pub(crate) fn of(state: Option<&AccountState>) -> Self {
        let value = state.and_then(|state| state.position.clone()).unwrap_or_default();
        let found = serde_json::from_value::<Self>(value).ok();
        let found = found.filter(|found| found.version == VERSION);
        found.unwrap_or_else(|| Self { version: VERSION, ..Self::default() })
    }

    pub(crate) fn value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The same with this run.
    pub(crate) fn with_run(&self, run: &Run) -> Self {
        Self { run: Some(run.clone()), ..self.clone() }
    }

    /// Gives up the run that is under way. A list that it was reading whole has to be read so again.
    pub(crate) fn abandon(&mut self) {
        if let Some(run) = self.run.take()
            && let Some(at) = run.at
            && run.is_whole
            && run.cursor.is_some()
            && !self.again.contains(&at)
        {
            self.again.push(at);
        }
    }
}
