//! Uploads that one call makes of several operations: one asks for the upload, one sends the bytes, whole or in
//! parts, and one may finish it. A connection that breaks between two parts costs no more than a part.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::Call;
use crate::arguments::Arguments;
use crate::call_options::CallOptions;
use crate::description::{Piece, Upload, UploadStep, VariableValue};
use crate::dry_run::DryRun;
use crate::error::{Error, ErrorKind, Result};
use crate::operation::OperationRef;
use crate::outcome::Outcome;

/// How often an upload is begun at most, if the vendor forgets it.
const MOST_STARTS: u32 = 3;

/// How often in a row a part may be sent without any of it arriving, where the transport does not decide.
const MOST_FAILURES: u32 = 3;

/// What an upload gave.
pub(super) struct Uploaded {
    /// The record of the last operation, or the part of it that the description names.
    pub(super) record: Value,
    /// What the vendor reported beside the records of the operations.
    pub(super) remarks: Vec<Value>,
}

/// What templates of the arguments of a step may name.
struct Known<'a> {
    arguments: &'a Arguments,
    /// `size`, `size_text`, `content` and `range`, of the file or of the part that is sent.
    file: Map<String, Value>,
    /// The record of the first operation.
    start: Value,
}

impl Known<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        let found = if let Some(name) = name.strip_prefix("file.") {
            self.file.get(name).cloned()
        } else if let Some(place) = Upload::place_in_start(name) {
            place.first(&self.start).cloned()
        } else {
            self.arguments.get(name).cloned()
        };
        found.filter(|value| !value.is_null())
    }

    /// A value with what its placeholders name; `None` if a placeholder names nothing.
    fn value(&self, value: &VariableValue) -> Option<Value> {
        match value {
            VariableValue::Parameter(name) => self.get(name),
            VariableValue::Constant(json) => Some(json.value()),
            VariableValue::Text(template) => {
                let mut text = String::new();
                for piece in template.pieces.iter() {
                    match piece {
                        Piece::Text(piece) => text.push_str(piece),
                        Piece::Name(name) => match self.get(name)? {
                            Value::String(piece) => text.push_str(&piece),
                            other => text.push_str(&other.to_string()),
                        },
                    }
                }
                Some(text.into())
            }
            VariableValue::Object(members) => {
                let members = members.iter().filter_map(|member| {
                    Some((member.name.to_string(), self.value(&member.value)?))
                });
                Some(Value::Object(members.collect()))
            }
            VariableValue::Array(items) => {
                Some(items.iter().filter_map(|item| self.value(item)).collect())
            }
        }
    }
}

/// An upload under way.
struct Running<'a> {
    call: &'a Call,
    name: &'a str,
    upload: &'a Upload,
    known: Known<'a>,
    remarks: Vec<Value>,
    began: Instant,
}

impl Call {
    /// Makes the calls that an upload consists of. `arguments` are checked and complete.
    pub(super) async fn upload(
        &self,
        operation: &OperationRef,
        upload: &Upload,
        arguments: &Arguments,
    ) -> Result<Uploaded> {
        let name = operation.qualified_name();
        self.options.check_idempotency(operation, false)?;
        let content = content(name, upload, arguments)?;
        let known = Known { arguments, file: facts(&content), start: Value::Null };
        let (remarks, began) = (Vec::new(), Instant::now());
        let mut running = Running { call: self, name, upload, known, remarks, began };
        let mut record = running.send(content).await?;
        if let Some(finish) = &upload.finish {
            record = running.step(finish).await?;
        }
        if let Some(place) = &upload.result {
            record = place.first(&record).cloned().unwrap_or_default();
        }
        Ok(Uploaded { record, remarks: running.remarks })
    }

    /// The first request of an upload, and the operations that follow it.
    pub(super) fn upload_preview(
        &self,
        operation: &OperationRef,
        upload: &Upload,
        arguments: &Arguments,
    ) -> Result<DryRun> {
        let name = operation.qualified_name();
        let content = content(name, upload, arguments)?;
        let known = Known { arguments, file: facts(&content), start: Value::Null };
        let call = self.of_step(&upload.start, &known, self.options.clone())?;
        let mut preview = call.dry_run()?;
        preview.then = upload.steps().skip(1).map(UploadStep::place).collect();
        Ok(preview)
    }

    /// The call of an operation of an upload.
    fn of_step(&self, step: &UploadStep, known: &Known<'_>, options: CallOptions) -> Result<Self> {
        let found = self.runtime.operation(&step.entity, step.action);
        let operation = found.ok_or_else(|| {
            Error::usage(format!("the connector has no operation `{}`", step.place()))
        })?;
        let mut call = Self::of_operation(self.runtime.clone(), operation);
        let arguments = step.arguments.iter().filter_map(|argument| {
            Some((argument.name.to_string(), known.value(&argument.value)?))
        });
        call.set_all(arguments.collect());
        *call.options() = options.with_all_fields();
        Ok(call)
    }
}

impl Running<'_> {
    /// Asks for the upload and sends the bytes; the record of the operation that sent the last of them.
    async fn send(&mut self, content: Vec<u8>) -> Result<Value> {
        self.start().await?;
        let (Some(part), Some(received)) = (self.upload.part_bytes, &self.upload.received) else {
            // Files may be large, so that one is not held once more than it is needed.
            drop(content);
            if let Some(text) = self.known.arguments.get(self.upload.file.content.as_ref()) {
                self.known.file.insert("content".to_owned(), text.clone());
            }
            let sent = self.step(&self.upload.send).await;
            self.known.file.remove("content");
            return sent;
        };
        let size = content.len() as u64;
        let (mut offset, mut asks) = (0_u64, false);
        let (mut starts, mut failures) = (1, 0);
        loop {
            let end = if asks { offset } else { size.min(offset.saturating_add(part)) };
            self.choose(&content, offset, end);
            let arrived = match self.step(&self.upload.send).await {
                Ok(record) => match received.first(&record) {
                    None | Some(Value::Null) => return Ok(record),
                    Some(arrived) => arrived.as_u64().filter(|arrived| *arrived <= size),
                },
                // The vendor has forgotten the upload, and with it what was sent.
                Err(error) if is_forgotten(&error) && starts < MOST_STARTS => {
                    starts += 1;
                    (offset, asks) = (0, false);
                    self.start().await?;
                    continue;
                }
                Err(error) if may_pass(&error) => {
                    failures += 1;
                    self.wait(failures, error).await?;
                    // Nobody knows how much of the part arrived.
                    asks = true;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let Some(arrived) = arrived else {
                let message = format!("{}: the vendor has more bytes than were sent", self.name);
                return Err(Error::decode(message));
            };
            failures = if arrived > offset { 0 } else { failures + u32::from(!asks) };
            // Whoever has every byte and no file yet is asked for the file.
            asks = arrived == size;
            failures += u32::from(asks);
            if failures >= MOST_FAILURES {
                let message = format!(
                    "{}: the vendor took {arrived} of {size} bytes and does not go on",
                    self.name
                );
                return Err(Error::new(ErrorKind::Vendor, message));
            }
            offset = arrived;
        }
    }

    /// Asks for the upload.
    async fn start(&mut self) -> Result<()> {
        self.known.start = Value::Null;
        self.known.start = self.step(&self.upload.start).await?;
        Ok(())
    }

    /// Says which bytes are sent next: those from `offset` to before `end`, or none.
    fn choose(&mut self, content: &[u8], offset: u64, end: u64) {
        let size = content.len();
        let from = usize::try_from(offset).unwrap_or(size).min(size);
        let to = usize::try_from(end).unwrap_or(size).min(size);
        if from < to {
            let range = format!("bytes {from}-{}/{size}", to - 1);
            self.known.file.insert("range".to_owned(), range.into());
            let part = STANDARD.encode(&content[from..to]);
            self.known.file.insert("content".to_owned(), part.into());
        } else {
            self.known.file.insert("range".to_owned(), format!("bytes */{size}").into());
            self.known.file.remove("content");
        }
    }

    /// Makes the call of one operation; its record.
    async fn step(&mut self, step: &UploadStep) -> Result<Value> {
        let mut options = self.call.options.clone();
        if let Some(limit) = options.limit() {
            let left = limit.saturating_sub(self.began.elapsed());
            if left.is_zero() {
                let seconds = limit.as_secs_f64();
                let message = format!("{}: not done within {seconds} s", self.name);
                return Err(Error::timeout(message));
            }
            options = options.timeout(left);
        }
        let call = self.call.of_step(step, &self.known, options)?;
        // Boxed, because a call may be an upload, which makes calls.
        let outcome: Outcome =
            Box::pin(call.outcome()).await.map_err(|error| error.context(self.name))?;
        self.remarks.extend(outcome.errors);
        Ok(outcome.data)
    }

    /// Waits before it is asked how much has arrived, or gives the error back.
    async fn wait(&self, failures: u32, error: Error) -> Result<()> {
        let transport = self.call.runtime.transport();
        let passing = error.clone().with_retryable(true);
        let wait = transport.pause(failures, &passing, &self.call.options).or_else(|| {
            let tries = failures < MOST_FAILURES && self.call.options.attempts().is_none();
            let wait = error.retry_after().unwrap_or(Duration::from_secs(u64::from(failures)));
            tries.then_some(wait)
        });
        let limit = self.call.limit();
        let left = match self.call.options.limit() {
            Some(limit) => limit.saturating_sub(self.began.elapsed()),
            None => limit,
        };
        match wait.filter(|wait| *wait < left) {
            Some(wait) => tokio::time::sleep(wait).await,
            None => return Err(error),
        }
        Ok(())
    }
}

/// The bytes of the file.
fn content(name: &str, upload: &Upload, arguments: &Arguments) -> Result<Vec<u8>> {
    let argument = &upload.file.content;
    let text = arguments.get(argument.as_ref()).and_then(Value::as_str).unwrap_or_default();
    let content = STANDARD.decode(text.trim()).map_err(|_| {
        Error::validation(format!("{name}: '{argument}' must be the file's content as base64"))
    })?;
    if content.is_empty() {
        return Err(Error::validation(format!("{name}: the file in '{argument}' has no bytes")));
    }
    Ok(content)
}

/// What is known of the file before any of it is sent.
fn facts(content: &[u8]) -> Map<String, Value> {
    let size = content.len();
    Map::from_iter([
        ("size".to_owned(), json!(size)),
        ("size_text".to_owned(), json!(size.to_string())),
    ])
}

/// Whether the vendor no longer knows the upload.
fn is_forgotten(error: &Error) -> bool {
    error.is_not_found() || matches!(error.status(), Some(404 | 410))
}

/// Whether the same request may succeed later.
fn may_pass(error: &Error) -> bool {
    error.kind() == ErrorKind::Network
        || error.is_rate_limited()
        || error.status().is_some_and(|status| status >= 500)
}
