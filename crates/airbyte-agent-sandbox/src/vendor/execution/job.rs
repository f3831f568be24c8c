//! Jobs: one that was started is at work when its state is read for the first time, and done from then
//! on. Those that the sandbox begins with are done.

use airbyte_agent_description::{Job, Json, JsonPath, Step};
use serde_json::Value;

use super::Execution;
use crate::vendor::json_path::set_at;

impl Execution<'_> {
    /// Writes into the record of a start that the job is at work.
    pub(super) fn start_job(&self, record: &mut Value, index: u64) {
        let Some(job) = &self.operation.job else { return };
        self.records.start_job(&job.status.entity, index);
        write_state(record, job, self.state_at_work(job).into());
    }

    /// Writes how far a job is into the record of its status.
    pub(super) fn show_job(&self, record: &mut Value, index: u64) {
        let (entity, action) = (self.entity(), self.operation.action);
        let mut jobs = self.description.operations().filter_map(|start| start.job.as_ref());
        let Some(job) = jobs.find(|job| job.status.entity == entity && job.status.action == action)
        else {
            return;
        };
        if self.records.is_at_work(entity, index) {
            write_state(record, job, self.state_at_work(job).into());
            return;
        }
        let done = job.done.first().map(std::string::ToString::to_string).unwrap_or_default();
        write_state(record, job, done.into());
        if let Some(progress) = &job.progress {
            write(record, progress, 100.into());
        }
    }

    /// A state in which the job is neither done nor failed: one that the schema names, if it names any.
    fn state_at_work(&self, job: &Job) -> String {
        let status = self.description.operation(&job.status.entity, job.status.action);
        let schema = status.and_then(|status| status.response.schema.as_ref()).map(Json::value);
        let states = schema.as_ref().and_then(|schema| property(schema, &job.state)?.get("enum"));
        let has_ended =
            |state: &&str| job.done.iter().chain(job.failed.iter()).any(|one| one == state);
        let mut named = states.and_then(Value::as_array).into_iter().flatten();
        let at_work = named.find_map(|state| state.as_str().filter(|state| !has_ended(state)));
        at_work.unwrap_or("running").to_owned()
    }
}

/// Writes the state of a job that has not failed.
fn write_state(record: &mut Value, job: &Job, state: Value) {
    write(record, &job.state, state);
    if let Some(reason) = &job.reason {
        write(record, reason, Value::Null);
    }
    if let Some(progress) = &job.progress {
        write(record, progress, 50.into());
    }
}

/// The schema of the property at a path.
fn property<'s>(schema: &'s Value, path: &JsonPath) -> Option<&'s Value> {
    path.steps.iter().try_fold(schema, |schema, step| match step {
        Step::Key(key) => schema.get("properties")?.get(key.as_ref()),
        Step::Index(_) | Step::Each => schema.get("items"),
    })
}

/// Writes a value over the one at a path; a number is written as text where a text stands.
fn write(record: &mut Value, path: &JsonPath, value: Value) {
    let value = match (path.first(record), value) {
        (Some(Value::String(_)), Value::Number(number)) => number.to_string().into(),
        (_, value) => value,
    };
    set_at(record, &path.steps, value);
}
