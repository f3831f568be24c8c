//! Jobs at vendors as tasks of the protocol: the client gets a task at once, asks how far it is, and finds the
//! result of the job in it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rmcp::ErrorData;
use rmcp::model::{DetailedTask, Task};
use rmcp::task_manager::{TaskContext, TaskFuture, TaskManager, TaskOptions};

/// How long a job may take.
pub(crate) const LONGEST_JOB: Duration = Duration::from_secs(60 * 60);

/// How long a task is remembered: a little longer than a job may take, and as long again after its end.
const REMEMBERED_MS: u64 = 65 * 60 * 1_000;

/// How often a client should ask.
const POLL_MS: u64 = 5_000;

/// The most tasks that run at the same time, and those that are remembered.
const MOST: (usize, usize) = (64, 512);

/// The tasks of all clients.
#[derive(Default)]
pub(crate) struct Tasks {
    manager: TaskManager,
    /// Whose task each is.
    owners: Mutex<HashMap<String, String>>,
}

impl Tasks {
    /// Whether one more task can be made.
    pub(crate) fn has_room(&self) -> bool {
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        if owners.len() >= MOST.1 {
            owners.retain(|id, _| self.manager.get_task(id).is_ok());
        }
        owners.len() < MOST.1 && self.manager.running_task_count() < MOST.0
    }

    /// Runs work as a task of this caller.
    pub(crate) fn spawn(&self, caller: &str, work: impl FnOnce(TaskContext) -> TaskFuture) -> Task {
        let options = TaskOptions::new()
            .with_ttl_ms(REMEMBERED_MS)
            .with_poll_interval_ms(POLL_MS)
            .with_status_message("The vendor is at work.");
        let task = self.manager.spawn(options, work);
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        owners.insert(task.task_id.clone(), caller.to_owned());
        task
    }

    /// How far a task of this caller is.
    pub(crate) fn get(&self, caller: &str, id: &str) -> Result<DetailedTask, ErrorData> {
        self.check(caller, id)?;
        self.manager.get_task(id)
    }

    /// Takes answers for a task of this caller. No task asks anything, so there is nothing to do with them.
    pub(crate) fn update(&self, caller: &str, id: &str) -> Result<(), ErrorData> {
        self.check(caller, id)?;
        self.manager.update_task(id, [])
    }

    /// Ends a task of this caller. The job goes on at the vendor.
    pub(crate) fn cancel(&self, caller: &str, id: &str) -> Result<(), ErrorData> {
        self.check(caller, id)?;
        self.manager.cancel_task(id)
    }

    /// Nobody is told of the tasks of others.
    fn check(&self, caller: &str, id: &str) -> Result<(), ErrorData> {
        let owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        match owners.get(id) {
            Some(owner) if owner == caller => Ok(()),
            _ => Err(ErrorData::invalid_params("there is no such task", None)),
        }
    }
}
