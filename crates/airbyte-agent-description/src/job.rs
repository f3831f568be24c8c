//! Jobs that run at the vendor: an operation starts one, another tells how far it is, a third reads its
//! result.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Action, JsonPath, List, Text};

/// A job that an operation starts at the vendor, and how its result is obtained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Job {
    /// Where the record that the operation returns holds the identifier of the job.
    pub id: JsonPath,
    /// The operation that reads how far the job is.
    pub status: JobStep,
    /// Where the record of `status` holds the state of the job.
    pub state: JsonPath,
    /// The states in which the result is ready.
    pub done: List<Text>,
    /// The states in which there will be no result.
    pub failed: List<Text>,
    /// Where the record of `status` says why the job failed.
    pub reason: Option<JsonPath>,
    /// Where the record of `status` holds how much is done, in percent.
    pub progress: Option<JsonPath>,
    /// How long to wait before the state is read again, in seconds.
    pub pause_seconds: u64,
    /// The operation that reads the result.
    pub result: JobStep,
}

/// An operation that is called for a job that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobStep {
    /// The entity of the operation.
    pub entity: Text,
    /// The action of the operation.
    pub action: Action,
    /// The argument that takes the identifier of the job.
    pub argument: Option<Text>,
    /// Arguments that take a value from the record of the job's status.
    pub take: List<(Text, JsonPath)>,
    /// Arguments that are passed again as they were passed when the job was started.
    pub keep: List<Text>,
}

impl JobStep {
    /// The operation as `entity.action`, for messages.
    pub fn place(&self) -> String {
        format!("{}.{}", self.entity, self.action)
    }

    /// The arguments of the step: of those with which the job was started, its identifier, and what `take`
    /// finds at places of its status.
    ///
    /// # Errors
    ///
    /// Whatever `take` fails with.
    pub fn arguments<E>(
        &self,
        started: &Map<String, Value>,
        id: &Value,
        take: impl Fn(&JsonPath) -> Result<Value, E>,
    ) -> Result<Map<String, Value>, E> {
        let mut arguments = Map::new();
        for name in self.keep.iter() {
            if let Some(value) = started.get(name.as_ref()) {
                arguments.insert(name.to_string(), value.clone());
            }
        }
        if let Some(name) = &self.argument {
            arguments.insert(name.to_string(), id.clone());
        }
        for (name, path) in self.take.iter() {
            arguments.insert(name.to_string(), take(path)?);
        }
        Ok(arguments)
    }
}
