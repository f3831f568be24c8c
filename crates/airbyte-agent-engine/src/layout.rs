//! The places in a response that contain the result of an operation.

use crate::description::{JsonPath, List, Text};

/// The places of records and metadata in the body of a response, and how the body reports a
/// failure.
///
/// [`Layout::described`] is the layout of the vendor's own responses. A transport that lets another
/// program execute operations and gets their results wrapped starts from [`Layout::wrapped`]:
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
    /// The place of records that are finished: filtered, and with their computed fields. `None`
    /// when the records are at the place that the description names and still have to be finished.
    pub(crate) records: Option<JsonPath>,
    /// Whether it is an error if there is nothing at the place of the records.
    pub(crate) needs_records: bool,
    /// The objects that contain the metadata by name. The first of them that has a field determines
    /// it. `None` when each field is at the place that the description names.
    pub(crate) metadata: Option<List<JsonPath>>,
    /// Whether every member of the first of these objects is metadata, even if the description does
    /// not declare it.
    pub(crate) open_metadata: bool,
    /// The word for success, and the reasons of a failure. `None` when the checks of the
    /// description apply.
    pub(crate) status: Option<StatusCheck>,
    /// The name of the sender in messages; `None` for the vendor.
    pub(crate) peer: Option<Text>,
    /// Whether the engine has to select the fields and shorten the texts of every record, including
    /// one that is decoded into a type. Otherwise the sender of the response has done so.
    pub(crate) is_unselected: bool,
}

/// A word that says how a call ended, inside a response with a success status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StatusCheck {
    /// The place of the word. If there is no word, the call has succeeded.
    pub(crate) path: JsonPath,
    /// The words for success, in upper or lower case.
    pub(crate) success: List<Text>,
    /// The places at which the reason of a failure may be, among other values: only a value that
    /// looks like a message is taken for the reason.
    pub(crate) messages: List<JsonPath>,
    /// The places of the reason of a failure, whatever its form.
    pub(crate) reasons: List<JsonPath>,
}

impl Layout {
    /// The layout of the vendor's own response: everything is at the place that the description of
    /// the operation names.
    pub fn described() -> Self {
        Self::default()
    }

    /// The layout of a response that contains the result of the operation at `records`. The records
    /// are filtered and contain their computed fields, and the transport reports failures before it
    /// returns the response. The metadata is at the places that the description names, unless
    /// [`metadata`](Self::metadata) names others.
    pub fn wrapped(records: JsonPath) -> Self {
        Self { records: Some(records), needs_records: true, ..Self::default() }
    }

    /// Sets the objects that contain the metadata under the names of its fields. The first object
    /// that has a field determines it.
    #[must_use]
    pub fn metadata(mut self, objects: impl IntoIterator<Item = JsonPath>) -> Self {
        self.metadata = Some(objects.into_iter().collect());
        self
    }

    /// Sets the name of the sender in messages about the response, for example `the gateway`. The
    /// default is the name of the vendor.
    #[must_use]
    pub fn peer(mut self, name: impl Into<String>) -> Self {
        self.peer = Some(name.into().into());
        self
    }
}

impl StatusCheck {
    /// Whether this word means that the call has succeeded.
    pub(crate) fn is_success(&self, word: &str) -> bool {
        self.success.iter().any(|success| word.eq_ignore_ascii_case(success))
    }
}
