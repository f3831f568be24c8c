//! A cassette: exchanges with a vendor as JSON lines. The first line describes the format.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::{Error, Result};

/// The text that replaces a secret, followed by `-name` where the name is known. It can be a part
/// of an address, a header and a text without escapes. In a cassette, it matches any text.
pub(super) const PLACEHOLDER: &str = "REDACTED";

/// Version of the format.
const VERSION: u64 = 1;

/// One request and its response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Exchange {
    pub(super) request: RecordedRequest,
    pub(super) answer: RecordedResponse,
}

/// A request, without credentials.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct RecordedRequest {
    pub(super) method: String,
    /// Address at the vendor, even if the request was sent to another origin.
    pub(super) url: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Body::is_empty")]
    pub(super) body: Body,
}

/// The result of the request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", untagged)]
pub(super) enum RecordedResponse {
    /// A response with a status, headers and a body.
    Answer {
        status: u16,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        headers: Vec<(String, String)>,
        #[serde(default, skip_serializing_if = "Body::is_empty")]
        body: Body,
        /// The reason why the body ended too early.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        broken: Option<String>,
    },
    /// No response, because the request failed.
    Failure {
        failure: String,
        #[serde(default)]
        never_sent: bool,
        #[serde(default)]
        timeout: bool,
    },
}

/// A body in the most readable form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Body {
    /// No body.
    #[default]
    Empty,
    /// JSON.
    Json(Value),
    /// UTF-8 text.
    Text(String),
    /// Other bytes.
    Base64(String),
    /// The body of a token endpoint, which is never stored.
    Withheld,
}

impl Body {
    pub(super) fn of(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::Empty;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => match serde_json::from_str::<Value>(text) {
                // Numbers and other scalars may be plain texts; only objects and lists are
                // certainly JSON.
                Ok(value @ (Value::Object(_) | Value::Array(_))) => Self::Json(value),
                _ => Self::Text(text.to_owned()),
            },
            Err(_) => Self::Base64(STANDARD.encode(bytes)),
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Empty | Self::Withheld => Vec::new(),
            Self::Json(value) => value.to_string().into_bytes(),
            Self::Text(text) => text.clone().into_bytes(),
            Self::Base64(text) => STANDARD.decode(text).unwrap_or_default(),
        }
    }

    fn is_empty(&self) -> bool {
        *self == Self::Empty
    }
}

/// Writes a cassette, either completely or not at all.
pub(super) fn write(path: &Path, exchanges: &[Exchange]) -> Result<()> {
    let mut text = json!({"cassette": VERSION, "by": concat!("airbyte-agent-core ", env!("CARGO_PKG_VERSION"))})
        .to_string();
    text.push('\n');
    for exchange in exchanges {
        let line = serde_json::to_string(exchange)
            .map_err(|error| Error::internal("an exchange cannot be written").with_source(error))?;
        text.push_str(&line);
        text.push('\n');
    }
    let unwritable = |error: std::io::Error| {
        Error::usage(format!("the cassette {} cannot be written: {error}", path.display()))
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(unwritable)?;
    }
    let mut partial = path.as_os_str().to_owned();
    partial.push(".part");
    std::fs::write(&partial, text)
        .and_then(|()| std::fs::rename(&partial, path))
        .map_err(unwritable)
}

/// Reads a cassette.
pub(super) fn read(path: &Path) -> Result<Vec<Exchange>> {
    let name = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::usage(format!("the cassette {name} cannot be read: {error}")))?;
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let head = lines.next().and_then(|(_, line)| serde_json::from_str::<Value>(line).ok());
    match head.as_ref().and_then(|head| head.get("cassette")).and_then(Value::as_u64) {
        Some(VERSION) => {}
        Some(other) => {
            let message = format!("the cassette {name} has version {other}, known is {VERSION}");
            return Err(Error::usage(message));
        }
        None => return Err(Error::usage(format!("{name} is no cassette"))),
    }
    let exchange = |(index, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| {
            Error::usage(format!("line {} of the cassette {name} is broken: {error}", index + 1))
        })
    };
    lines.map(exchange).collect()
}
