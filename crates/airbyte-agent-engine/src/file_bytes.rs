//! Files that a program has in memory, as arguments.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The bytes of a file, for an argument that is the content of a file in base64. What the file is called, and of
/// what type it is, say the arguments beside it.
///
/// A typed call takes it where it takes a text, and so do arguments that are JSON:
///
/// ```no_run
/// # async fn example(client: airbyte_agent_engine::Client) -> airbyte_agent_engine::Result<()> {
/// use airbyte_agent_engine::FileBytes;
/// use serde_json::{Map, Value};
///
/// let report: Vec<u8> = b"id,name\n1,Ada\n".to_vec();
/// let mut arguments = Map::new();
/// arguments.insert("file".to_owned(), FileBytes::new(report).into());
/// arguments.insert("file_name".to_owned(), Value::from("report.csv"));
/// arguments.insert("file_media_type".to_owned(), Value::from("text/csv"));
/// client.execute("attachments", "create", Value::Object(arguments)).await?;
/// # Ok(())
/// # }
/// ```
///
/// With the builder of a connector this is `.file(FileBytes::new(report)).file_name("report.csv")`.
#[derive(Clone, PartialEq, Eq)]
pub struct FileBytes(Vec<u8>);

impl FileBytes {
    /// A file with this content.
    pub fn new(content: impl Into<Vec<u8>>) -> Self {
        Self(content.into())
    }

    /// The number of bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the file has no bytes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The content in base64.
impl From<FileBytes> for String {
    fn from(file: FileBytes) -> Self {
        STANDARD.encode(file.0)
    }
}

/// A text with the content in base64.
impl From<FileBytes> for Value {
    fn from(file: FileBytes) -> Self {
        Self::String(file.into())
    }
}

/// Content may be confidential and long.
impl std::fmt::Debug for FileBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FileBytes({} bytes)", self.0.len())
    }
}
