//! What a program's process and its server say to each other: one JSON object on a line.
//!
//! The server writes the [`Start`] first, and then the answer to every call. The process writes calls, and at last an
//! [`End`]. The server believes nothing of that: it checks lengths, numbers and forms.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The first line for the process.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Start {
    /// The program, in JavaScript.
    pub(crate) code: String,
    /// The names of the tools, which are functions of the program.
    pub(crate) functions: Vec<String>,
}

/// The answer to a call. Exactly one of the two is there.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    /// The number that the process gave the call.
    pub(crate) id: u64,
    /// The result, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ok: Option<Value>,
    /// The error, as an object with `error`, `message` and `retry`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<Value>,
}

/// A line of the process.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Message {
    /// A call of a tool.
    Call {
        /// A number that no earlier call has.
        call: u64,
        /// The name of the tool.
        tool: String,
        /// The arguments, an object.
        arguments: Value,
    },
    /// The end of the program.
    End {
        /// How the program ended.
        end: End,
    },
}

/// How a program ended.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct End {
    /// What it returned; `None` where it returned nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<Value>,
    /// What went wrong; `None` where nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) failed: Option<Failed>,
    /// What the program printed.
    #[serde(default)]
    pub(crate) printed: String,
    /// How many characters it printed beyond that.
    #[serde(default)]
    pub(crate) left_out: u64,
}

/// What went wrong in a program.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Failed {
    /// What that is, in words.
    pub(crate) message: String,
    /// The line of the program, from 1.
    #[serde(default)]
    pub(crate) line: Option<u64>,
}
