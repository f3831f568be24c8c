//! Where a response holds what an operation gives.

use crate::description::{JsonPath, List, Text};

/// Where the body of a response holds records and metadata, and how it reports a failure.
///
/// [`Layout::described`] is the shape of the vendor's own responses. Whoever executes an operation for
/// the engine and wraps what it gave starts from [`Layout::wrapped`]:
///
/// ```
/// use airbyte_agent_engine::Layout;
/// use airbyte_agent_engine::description::JsonPath;
///
/// // {"result": [{"id": 1}], "metadata": {"total": 1}}
/// # fn layout() -> Option<Layout> {
/// let records = JsonPath::parse("$.result")?;
/// let layout = Layout::wrapped(records).metadata([JsonPath::parse("$.metadata")?]);
/// # Some(layout)
/// # }
/// # assert!(layout().is_some());
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    /// Where the finished records stand: filtered, and with their computed fields. `None` when they
    /// stand where the description says and are still to be finished.
    pub(crate) records: Option<JsonPath>,
    /// Whether a response without anything where the records belong is an error.
    pub(crate) needs_records: bool,
    /// The objects that hold the metadata by name, of which the first that has a field counts. `None`
    /// when each field stands where the description says.
    pub(crate) metadata: Option<List<JsonPath>>,
    /// Whether every member of the first of these objects is metadata, declared or not.
    pub(crate) open_metadata: bool,
    /// The word for success and the reasons of a failure. `None` when the checks of the description
    /// apply.
    pub(crate) status: Option<StatusCheck>,
    /// Who is named in messages; the vendor when `None`.
    pub(crate) peer: Option<Text>,
    /// Whether the engine chooses the fields and cuts the texts of every record, also of one that is
    /// decoded into a type. Otherwise whoever answered has done it.
    pub(crate) is_unselected: bool,
}

/// A word for how a call ended, inside a response whose HTTP status is a success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StatusCheck {
    /// Where the word stands. Without a word the call has succeeded.
    pub(crate) path: JsonPath,
    /// The words for success, in any case.
    pub(crate) success: List<Text>,
    /// Where the reason of a failure may stand among other things: only what looks like a message is
    /// one.
    pub(crate) messages: List<JsonPath>,
    /// Where the reason of a failure stands, whatever its form.
    pub(crate) reasons: List<JsonPath>,
}

impl Layout {
    /// The vendor's own response: everything stands where the description of the operation says.
    pub fn described() -> Self {
        Self::default()
    }

    /// A response that holds at `records` what the operation gives: the records are filtered, their
    /// computed fields are there, and failures are reported before the response is handed over. The
    /// metadata stands where the description says, unless [`metadata`](Self::metadata) says otherwise.
    pub fn wrapped(records: JsonPath) -> Self {
        Self { records: Some(records), needs_records: true, ..Self::default() }
    }

    /// Says which objects hold the metadata by the names of its fields. The first that has a field
    /// counts.
    #[must_use]
    pub fn metadata(mut self, objects: impl IntoIterator<Item = JsonPath>) -> Self {
        self.metadata = Some(objects.into_iter().collect());
        self
    }

    /// Says who is named in messages about the response, for example `the gateway`. The vendor is
    /// unless this is set.
    #[must_use]
    pub fn peer(mut self, name: impl Into<String>) -> Self {
        self.peer = Some(name.into().into());
        self
    }
}

impl StatusCheck {
    /// Whether this word says that the call has succeeded.
    pub(crate) fn is_success(&self, word: &str) -> bool {
        self.success.iter().any(|success| word.eq_ignore_ascii_case(success))
    }
}
