//! Jobs that run at the vendor.

use std::borrow::Cow;

use super::setters;
use crate::{Action, Job, JobStep, JsonPath, Text};

impl Job {
    /// A job: where its identifier stands in the record of its start, the operations that read its
    /// status and its result, and where the record of the status holds the state.
    pub const fn new(id: JsonPath, status: JobStep, state: JsonPath, result: JobStep) -> Self {
        Self {
            id,
            status,
            state,
            done: Cow::Borrowed(&[]),
            failed: Cow::Borrowed(&[]),
            reason: None,
            progress: None,
            pause_seconds: 10,
            result,
        }
    }

    setters! {
        /// The states in which the result is ready.
        done(states: &'static [Text]) done = Cow::Borrowed(states);
        /// The states in which there will be no result.
        failed(states: &'static [Text]) failed = Cow::Borrowed(states);
        /// Where the record of the status says why the job failed.
        reason(path: JsonPath) reason = Some(path);
        /// Where the record of the status holds how much is done, in percent.
        progress(path: JsonPath) progress = Some(path);
        /// How long to wait before the state is read again, in seconds.
        pause_seconds(seconds: u64) pause_seconds = seconds;
    }
}

/// A step of a job: an operation by its names.
pub const fn job_step(entity: &'static str, action: Action) -> JobStep {
    JobStep {
        entity: Cow::Borrowed(entity),
        action,
        argument: None,
        take: Cow::Borrowed(&[]),
        keep: Cow::Borrowed(&[]),
    }
}

impl JobStep {
    setters! {
        /// The argument that takes the identifier of the job.
        argument(name: &'static str) argument = Some(Cow::Borrowed(name));
        /// Arguments that take a value from the record of the job's status.
        take(list: &'static [(Text, JsonPath)]) take = Cow::Borrowed(list);
        /// Arguments that are passed again as they were when the job was started.
        keep(names: &'static [Text]) keep = Cow::Borrowed(names);
    }
}
