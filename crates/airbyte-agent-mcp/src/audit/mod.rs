//! The audit log, which has a line of JSON for every call, without the result of the call.
//!
//! A call that may change data is written down before it is made, and every call when it has ended, in
//! whatever way. Lines are written before the client gets its response.

mod mask;

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use airbyte_agent_core::tools::{Effect, Target, ToolError, ToolOutput, escape_controls};
use airbyte_agent_core::{Error, ErrorKind, Result};
use serde_json::{Map, Value, json};

/// A log of calls, one JSON object per line. Clones write to the same log.
#[derive(Clone)]
pub struct Audit {
    out: Arc<Mutex<Box<dyn Write + Send>>>,
    /// The number of the last call.
    last: Arc<AtomicU64>,
}

/// What is known about a call before it is made.
pub(crate) struct Begin<'b> {
    /// The name and version of the client.
    pub(crate) client: Option<String>,
    /// The name by which an authorization server knows the caller.
    pub(crate) caller: Option<&'b str>,
    /// The trace that the call belongs to.
    pub(crate) trace: Option<String>,
    pub(crate) tool: &'b str,
    /// The name of the result in the answer of a batch; `None` for a call by itself.
    pub(crate) part: Option<&'b str>,
    /// The arguments as they were given.
    pub(crate) arguments: &'b Value,
    /// What the call calls; `None` where it calls nothing or was refused.
    pub(crate) target: Option<Target<'b>>,
    pub(crate) effect: Effect,
}

/// A call that is written down when it ends. A call that is dropped before was cancelled.
pub(crate) struct Entry {
    /// Where the end is written, `None` without a log and once it was written.
    audit: Option<Audit>,
    members: Map<String, Value>,
    begun: Instant,
    is_permitted: bool,
}

/// How a call ended.
#[derive(Debug, Default)]
pub(crate) struct Ending<'e> {
    /// One word, such as `ok`, `error`, `timeout` or `cancelled`.
    pub(crate) outcome: &'e str,
    /// The kind of the error.
    pub(crate) error: Option<&'e str>,
    /// The HTTP status of the vendor's response.
    pub(crate) status: Option<u16>,
    /// The identifier that the vendor gave the request.
    pub(crate) request_id: Option<&'e str>,
    /// The number of records in the result.
    pub(crate) records: Option<usize>,
    /// The length of the result's text in bytes.
    pub(crate) bytes: Option<usize>,
}

impl<'e> Ending<'e> {
    /// How a call ended that a tool answered.
    pub(crate) fn of(outcome: std::result::Result<&ToolOutput, &'e ToolError>) -> Self {
        match outcome {
            Ok(output) => Self {
                outcome: "ok",
                records: output.records,
                bytes: Some(output.text.len()),
                ..Self::default()
            },
            Err(error) => Self {
                outcome: "error",
                error: Some(error.kind().as_str()),
                status: error.status(),
                request_id: error.request_id(),
                ..Self::default()
            },
        }
    }
}

impl Audit {
    /// A log that is appended to a file; the path `-` stands for standard error. On Unix only its owner can
    /// read a file that is created.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when the file cannot be written.
    pub fn open(path: &Path) -> Result<Self> {
        if path.as_os_str() == "-" {
            return Ok(Self::to(std::io::stderr()));
        }
        let file = appendable(path).map_err(|error| {
            let message = format!("cannot write the audit log {}: {error}", path.display());
            Error::new(ErrorKind::Usage, message)
        })?;
        Ok(Self::to(file))
    }

    /// A log that is written to `out`.
    pub fn to(out: impl Write + Send + 'static) -> Self {
        Self { out: Arc::new(Mutex::new(Box::new(out))), last: Arc::default() }
    }

    /// Begins to write a call down. A change is written down at once, any other call when it ends.
    pub(crate) fn begin(&self, call: Begin<'_>) -> Entry {
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("call", json!(self.last.fetch_add(1, Ordering::Relaxed) + 1));
        if let Some(client) = call.client {
            put("client", mask::cut(&client).into());
        }
        if let Some(caller) = call.caller {
            put("caller", mask::cut(caller).into());
        }
        if let Some(trace) = call.trace {
            put("trace", trace.into());
        }
        put("tool", mask::cut(call.tool).into());
        if let Some(part) = call.part {
            put("part", part.into());
        }
        if let Some(target) = call.target {
            put("account", target.account.into());
            put("connector", target.connector.name.as_ref().into());
            put("entity", target.operation.entity.as_ref().into());
            put("action", target.operation.action.as_str().into());
        }
        let operation = call.target.map(|target| target.operation);
        put("arguments", mask::arguments(operation, call.arguments));
        let is_permitted = !call.effect.is_change() || self.write(&stamped("begin", &members));
        Entry { audit: Some(self.clone()), members, begun: Instant::now(), is_permitted }
    }

    /// Writes a line, and says whether that succeeded.
    fn write(&self, line: &Map<String, Value>) -> bool {
        let Ok(text) = serde_json::to_string(line) else { return false };
        // The log is read on terminals, and clients choose their names.
        let mut text = escape_controls(text);
        text.push('\n');
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        if let Err(error) = &written {
            tracing::error!(%error, "the audit log cannot be written");
        }
        written.is_ok()
    }
}

impl std::fmt::Debug for Audit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Audit").finish_non_exhaustive()
    }
}

impl Entry {
    /// The entry of a call that is not written down, because there is no log.
    pub(crate) fn unlogged() -> Self {
        Self { audit: None, members: Map::new(), begun: Instant::now(), is_permitted: true }
    }

    /// Whether the call may be made. A change that cannot be written down is not made.
    pub(crate) const fn is_permitted(&self) -> bool {
        self.is_permitted
    }

    /// Writes down how the call ended.
    pub(crate) fn end(mut self, ending: &Ending<'_>) {
        self.finish(ending);
    }

    fn finish(&mut self, ending: &Ending<'_>) {
        let Some(audit) = self.audit.take() else { return };
        let mut line = stamped("end", &self.members);
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                line.insert(name.to_owned(), value);
            }
        };
        put("outcome", Some(ending.outcome.into()));
        put("error", ending.error.map(Value::from));
        put("status", ending.status.map(Value::from));
        put("request_id", ending.request_id.map(Value::from));
        put("records", ending.records.map(Value::from));
        put("bytes", ending.bytes.map(Value::from));
        let spent = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        put("ms", Some(spent.into()));
        audit.write(&line);
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.finish(&Ending { outcome: "cancelled", ..Ending::default() });
    }
}

/// A line with the present time, an event and what is known about the call.
fn stamped(event: &str, members: &Map<String, Value>) -> Map<String, Value> {
    let mut line = Map::new();
    line.insert("time".to_owned(), jiff::Timestamp::now().to_string().into());
    line.insert("event".to_owned(), event.into());
    line.extend(members.clone());
    line
}

#[cfg(unix)]
fn appendable(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn appendable(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}
