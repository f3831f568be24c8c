//! How files are downloaded.

use serde::Serialize;

use super::{List, Text};

/// How a file is fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Download {
    /// Where the response holds the file's address; `None` if the response is the file.
    pub file_url: Option<List<UrlStep>>,
}

/// One step of the path to the address of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UrlStep {
    /// The member of an object with this name.
    Key(Text),
    /// The element of an array at this index, from zero.
    Index(usize),
    /// Member or element named by an argument.
    Argument(Text),
}
