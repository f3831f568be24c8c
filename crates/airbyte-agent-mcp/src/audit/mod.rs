//! The audit log: a line of JSON for every call, without what it returned.
//!
//! A call that changes something is written down before it is made, and every call when it has
//! ended, however it did. Lines are written before the client is answered.

mod mask;

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use airbyte_agent_core::tools::Target;
use airbyte_agent_core::{Error, ErrorKind, Result};
use serde_json::{Map, Value, json};

/// Where calls are written down. Clones write to the same place.
#[derive(Clone)]
pub struct Audit {
    out: Arc<Mutex<Box<dyn Write + Send>>>,
    last: Arc<AtomicU64>,
}

/// A call that is written down when it has ended: dropped before, it was cancelled.
pub(crate) struct Entry {
    audit: Option<Audit>,
    members: Map<String, Value>,
    begun: Instant,
    /// Whether it may go on: a change may only once it is written down.
    is_permitted: bool,
}

/// How a call ended.
#[derive(Debug, Default)]
pub(crate) struct Ending<'e> {
    /// `ok`, `error`, `timeout`, `cancelled` and the like.
    pub(crate) outcome: &'e str,
    /// Kind of the error.
    pub(crate) error: Option<&'e str>,
    /// HTTP status of the vendor.
    pub(crate) status: Option<u16>,
    /// The vendor's identifier of the request.
    pub(crate) request_id: Option<&'e str>,
    /// Records given.
    pub(crate) records: Option<usize>,
    /// Bytes of the text given.
    pub(crate) bytes: Option<usize>,
}

impl Audit {
    /// Appends to a file; `-` is standard error. A new file can be read by its owner only.
    ///
    /// # Errors
    ///
    /// `Usage` when it cannot be written.
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

    /// Writes to `out`.
    pub fn to(out: impl Write + Send + 'static) -> Self {
        Self { out: Arc::new(Mutex::new(Box::new(out))), last: Arc::default() }
    }

    /// Whether the line is written.
    fn write(&self, line: &Map<String, Value>) -> bool {
        let Ok(mut text) = serde_json::to_vec(line) else { return false };
        text.push(b'\n');
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let written = out.write_all(&text).and_then(|()| out.flush());
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
    /// Begins to write a call down. `target` is what it would do, if it would do anything.
    pub(crate) fn begin(
        audit: Option<&Audit>,
        client: Option<String>,
        tool: &str,
        arguments: &Value,
        target: Option<Target<'_>>,
    ) -> Self {
        let begun = Instant::now();
        let Some(audit) = audit else {
            return Self { audit: None, members: Map::new(), begun, is_permitted: true };
        };
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("call", json!(audit.last.fetch_add(1, Ordering::Relaxed) + 1));
        if let Some(client) = client {
            put("client", mask::cut(&client).into());
        }
        put("tool", mask::cut(tool).into());
        if let Some(target) = target {
            put("account", target.account.into());
            put("connector", target.connector.name.as_ref().into());
            put("entity", target.operation.entity.as_ref().into());
            put("action", target.operation.action.as_str().into());
        }
        put("arguments", mask::arguments(target.map(|target| target.operation), arguments));
        let changes = target.is_some_and(|target| !target.operation.hints.read_only);
        let is_permitted = !changes || audit.write(&stamped("begin", &members));
        Self { audit: Some(audit.clone()), members, begun, is_permitted }
    }

    /// Whether the call may go on: a change that cannot be written down is not made.
    pub(crate) const fn is_permitted(&self) -> bool {
        self.is_permitted
    }

    /// Writes down how it ended.
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
