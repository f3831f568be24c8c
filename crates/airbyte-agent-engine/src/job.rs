//! Jobs that run at the vendor: one operation starts them, a second reads their state, a third
//! reads their result.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::arguments::Arguments;
use crate::call::{Call, CallParts, warn};
use crate::call_options::CallOptions;
use crate::description::{Job as JobDescription, JobStep, JsonPath};
use crate::error::{Error, ErrorKind, Result};
use crate::json::scalar_text;
use crate::operation::OperationRef;
use crate::runtime::Runtime;

/// How long [`Job::wait`] waits by default.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// How many requests for the state may fail in succession, if the failures may be temporary.
const MOST_FAILURES: u32 = 5;

/// The shortest time limit that a request for the state gets, even shortly before the waiting ends.
const SHORTEST_REQUEST: Duration = Duration::from_secs(5);

/// The end of messages about a job for which the program no longer waits.
const GOES_ON: &str = "; it goes on at the vendor and can be waited for again by its identifier";

/// The state of a job.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum JobState {
    /// The vendor is still working on the job.
    Running {
        /// The vendor's word for the state.
        state: String,
        /// How much is done, in percent; `None` where the vendor does not say.
        progress: Option<f64>,
    },
    /// The result can be read.
    Done,
    /// The job ended without a result.
    Failed {
        /// The vendor's word for the state.
        state: String,
        /// The reason in the vendor's words; `None` where the vendor gives none.
        reason: Option<String>,
    },
}

/// A job that runs at the vendor, such as a report that is being made.
///
/// [`Call::start`] starts a job, and [`Call::job`] finds one that was started earlier, perhaps by
/// another process, which has to store its [`id`](Self::id). `R` is the type that reads the result:
/// a [`Call`], or in connector crates the builder of the operation that does.
///
/// ```no_run
/// # async fn example(client: airbyte_agent_engine::Client) -> airbyte_agent_engine::Result<()> {
/// use serde_json::json;
///
/// let call = client.execute("reports", "create", json!({"kind": "sales"})).into_call()?;
/// let mut job: airbyte_agent_engine::Job = call.start().await?;
/// println!("started {}", job.id());
/// let report = job.wait().await?.outcome().await?;
/// println!("{}", report.data);
/// # Ok(())
/// # }
/// ```
#[must_use = "a job has to be waited for before its result can be read"]
pub struct Job<R = Call> {
    runtime: Runtime,
    start: OperationRef,
    arguments: Arguments,
    options: CallOptions,
    id: String,
    /// The record that the start returned; `null` for a job that was started earlier.
    started: Value,
    /// The record of the status that was read last.
    status: Value,
    pause: Duration,
    longest_wait: Duration,
    result: PhantomData<fn() -> R>,
}

impl Call {
    /// Makes the call, which starts a job at the vendor. `R` is the type that reads the result of
    /// the job: a `Call`, or a builder of a connector crate. A selection of fields in the options
    /// applies to the result.
    ///
    /// # Errors
    ///
    /// `Usage` when the operation starts no job, and the errors of [`page`](Self::page).
    pub async fn start<R: From<Self>>(mut self) -> Result<Job<R>> {
        let parts = self.parts()?;
        described(&parts.operation)?;
        *self.options() = parts.options.clone().with_all_fields();
        let started = self.outcome().await?;
        warn(&parts.runtime, parts.operation.qualified_name(), &started.errors);
        Job::started(parts, started.data)
    }

    /// The job with this identifier, which a call of this operation started earlier. Of the
    /// arguments, only those are needed that the other steps of the job take as well, such as an
    /// account. Nothing is sent.
    ///
    /// # Errors
    ///
    /// `Usage` when the operation starts no job, `Validation` when the identifier is empty.
    pub fn job<R: From<Self>>(self, id: impl Into<String>) -> Result<Job<R>> {
        Job::known(self.parts()?, id.into())
    }
}

impl<R: From<Call>> Job<R> {
    /// The job that the record of a start describes.
    pub(crate) fn started(parts: CallParts, started: Value) -> Result<Self> {
        let described = described(&parts.operation)?;
        let place = described.id.first(&started);
        if place.is_some_and(Value::is_f64) {
            // Otherwise a job with another identifier would be followed.
            return Err(Error::decode(format!(
                "{}: the identifier of the job at `{}` is a number with a fraction, which does not keep how it is \
                 written; the job was started: look for it at the vendor",
                parts.operation.qualified_name(),
                described.id
            )));
        }
        let id = place.and_then(word).ok_or_else(|| {
            let name = parts.operation.qualified_name();
            Error::decode(format!(
                "{name}: the response has no identifier of the job at `{}`",
                described.id
            ))
        })?;
        Self::new(parts, id, started)
    }

    /// The job with this identifier.
    pub(crate) fn known(parts: CallParts, id: String) -> Result<Self> {
        if id.is_empty() {
            return Err(Error::validation("the identifier of a job must not be empty"));
        }
        Self::new(parts, id, Value::Null)
    }

    fn new(parts: CallParts, id: String, started: Value) -> Result<Self> {
        let CallParts { runtime, operation: start, arguments, options } = parts;
        let pause = Duration::from_secs(described(&start)?.pause_seconds);
        // The key made it harmless to repeat the start. The other steps only read, so they need
        // none.
        let options = options.without_idempotency();
        Ok(Self {
            runtime,
            start,
            arguments,
            options,
            id,
            started,
            status: Value::Null,
            pause,
            longest_wait: LONGEST_WAIT,
            result: PhantomData,
        })
    }

    /// The vendor's identifier of the job.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The record that the start returned; `null` for a job that was found by its identifier.
    pub fn record(&self) -> &Value {
        &self.started
    }

    /// How long [`wait`](Self::wait) pauses between two requests for the state. The default is the
    /// pause in the spec.
    pub fn pause(&self) -> Duration {
        self.pause
    }

    /// Changes the pause between two requests for the state. Vendors limit how often it may be read.
    pub fn pause_for(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// Changes how long [`wait`](Self::wait) waits at most. The default is an hour.
    pub fn wait_at_most(mut self, longest: Duration) -> Self {
        self.longest_wait = longest;
        self
    }

    /// Reads the state of the job with one request.
    ///
    /// # Errors
    ///
    /// The errors of the request, and `Decode` when the response contains no state.
    pub async fn state(&mut self) -> Result<JobState> {
        self.state_within(None).await
    }

    /// Reads the state of the job. The request, with its attempts and the delays between them,
    /// takes at most this time.
    async fn state_within(&mut self, limit: Option<Duration>) -> Result<JobState> {
        let job = described(&self.start)?.clone();
        let mut call = self.step(&job.status)?;
        let mut options = self.options.clone().with_all_fields();
        if let Some(limit) = limit {
            let usual = options.limit().unwrap_or_else(|| self.runtime.transport().timeout());
            options = options.timeout(usual.min(limit));
        }
        *call.options() = options;
        let status = call.outcome().await?;
        warn(&self.runtime, &job.status.place(), &status.errors);
        self.status = status.data;
        let place = format!("{}: the response has no state at `{}`", job.status.place(), job.state);
        let state = job.state.first(&self.status).and_then(word);
        let state = state.ok_or_else(|| Error::decode(place))?;
        if job.done.iter().any(|done| *done == state) {
            return Ok(JobState::Done);
        }
        let at = |path: &Option<JsonPath>| path.as_ref().and_then(|path| path.first(&self.status));
        if job.failed.iter().any(|failed| *failed == state) {
            return Ok(JobState::Failed { state, reason: at(&job.reason).and_then(reason) });
        }
        let progress = at(&job.progress).and_then(|value| {
            value.as_f64().or_else(|| value.as_str()?.trim_end_matches('%').parse().ok())
        });
        Ok(JobState::Running { state, progress })
    }

    /// Waits until the job is done, and returns the call that reads its result. The state is read
    /// again after every [`pause`](Self::pause). Dropping the future stops the waiting and not the
    /// job.
    ///
    /// # Errors
    ///
    /// `Vendor` when the job failed, a timeout when it is not done after an hour (see
    /// [`wait_at_most`](Self::wait_at_most)), and the errors of the requests. The message names the
    /// job, for which a program can wait again.
    pub async fn wait(&mut self) -> Result<R> {
        let started = Instant::now();
        let mut failures = 0;
        loop {
            let left = self.longest_wait.saturating_sub(started.elapsed());
            let mut pause = self.pause;
            let mut refusal = None;
            let running = match self.state_within(Some(left.max(SHORTEST_REQUEST))).await {
                Ok(JobState::Done) => return self.result(),
                Ok(JobState::Failed { state, reason }) => return Err(self.failed(&state, reason)),
                Ok(JobState::Running { state, .. }) => {
                    failures = 0;
                    state
                }
                Err(error) if error.is_retryable() && failures < MOST_FAILURES => {
                    failures += 1;
                    if let Some(wait) = error.retry_after() {
                        pause = pause.max(wait);
                        refusal = Some(error);
                    }
                    "unknown".to_owned()
                }
                Err(error) => return Err(error.context(&format!("waiting for {}", self.name()))),
            };
            if started.elapsed().saturating_add(pause) > self.longest_wait {
                // The vendor said how long to wait, so a request before that time would be in vain.
                if let Some(error) = refusal {
                    let error = error.context(&format!("waiting for {}", self.name()));
                    return Err(error.with_advice(GOES_ON));
                }
                let (name, seconds) = (self.name(), self.longest_wait.as_secs_f64());
                return Err(Error::timeout(format!(
                    "{name} is not done after {seconds} s (its state is `{running}`){GOES_ON}"
                )));
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// The call that reads the result. Its arguments are taken from the state that was read last,
    /// so the job has to be done.
    ///
    /// # Errors
    ///
    /// `Usage` when the state lacks what the call needs, or `Vendor` if the job is done
    /// nevertheless.
    pub fn result(&self) -> Result<R> {
        let job = described(&self.start)?;
        self.step(&job.result).map(R::from)
    }

    /// The arguments of the operation that reads the result, which the description of the job names. They are
    /// taken from the state that was read last, so the job has to be done.
    ///
    /// # Errors
    ///
    /// Those of [`result`](Self::result).
    pub fn result_arguments(&self) -> Result<Arguments> {
        self.arguments_of(&described(&self.start)?.result)
    }

    /// The arguments of an operation for this job.
    fn arguments_of(&self, step: &JobStep) -> Result<Arguments> {
        let take = |path: &JsonPath| {
            let value = path.first(&self.status).filter(|value| !value.is_null()).cloned();
            value.ok_or_else(|| self.lacks(path))
        };
        step.arguments(&self.arguments, &self.id.as_str().into(), take)
    }

    /// The call of an operation for this job.
    fn step(&self, step: &JobStep) -> Result<Call> {
        let found = self.runtime.operation(&step.entity, step.action);
        let operation = found.ok_or_else(|| {
            Error::usage(format!("the connector has no operation `{}`", step.place()))
        })?;
        let arguments = self.arguments_of(step)?;
        let mut call = Call::of_operation(self.runtime.clone(), operation);
        call.set_all(arguments);
        *call.options() = self.options.clone();
        Ok(call)
    }

    /// The error for a state that lacks what a step needs. Once the job is done, the vendor has
    /// caused it.
    fn lacks(&self, path: &JsonPath) -> Error {
        let name = self.name();
        let job = self.start.job.as_ref();
        let state = job.and_then(|job| job.state.first(&self.status)).and_then(word);
        let is_done = job
            .is_some_and(|job| job.done.iter().any(|done| Some(done.as_ref()) == state.as_deref()));
        if is_done {
            let message = format!(
                "{name} is done, and its state has no `{path}`, which the result is read with"
            );
            return Error::new(ErrorKind::Vendor, message);
        }
        Error::usage(format!("the state of {name} has no `{path}` yet"))
    }

    fn failed(&self, state: &str, reason: Option<String>) -> Error {
        let reason = reason.map(|reason| self.runtime.transport().redact(&reason));
        let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        let name = self.name();
        Error::new(ErrorKind::Vendor, format!("{name} ended as `{state}`{reason}"))
            .with_body(self.runtime.transport().redact(&self.status.to_string()))
    }

    /// The text that names the job in messages.
    fn name(&self) -> String {
        format!("the job {} of {}", self.id, self.start.qualified_name())
    }
}

impl<R> fmt::Debug for Job<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("operation", &self.start.qualified_name())
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The description of the job that an operation starts.
pub(crate) fn described(operation: &OperationRef) -> Result<&JobDescription> {
    operation.job.as_ref().ok_or_else(|| {
        let name = operation.qualified_name();
        Error::usage(format!("{name} starts no job; its response is the result"))
    })
}

/// An identifier or a state as a text; some vendors use flags for states.
fn word(value: &Value) -> Option<String> {
    let flag = || value.as_bool().map(|flag| flag.to_string());
    scalar_text(value).filter(|text| !text.is_empty()).or_else(flag)
}

/// A reason as a text; vendors write it as a text, a list or an object.
fn reason(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => (!text.is_empty()).then(|| text.clone()),
        other => Some(other.to_string()),
    }
}
