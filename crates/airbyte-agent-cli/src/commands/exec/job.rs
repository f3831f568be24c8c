//! Operations that start a job at the vendor: `exec --wait` waits for the result, and `exec --job` finds
//! a job that was started before.

use std::io::Write as _;

use airbyte_agent_core::description::{Connector, Job as JobDescription, Operation};
use airbyte_agent_core::{Call, Cursor, Error, Job, JobState, find_operation};
use serde_json::{Value, json};

use crate::args::exec::ExecArgs;
use crate::failure::{Stop, usage_error};
use crate::output::{self, ResultDocument};
use crate::signals::Interrupt;
use crate::terminal;

/// Whether the command line is about the job and not about the response of its start.
pub(super) fn is_wanted(args: &ExecArgs) -> bool {
    args.wait || args.job.is_some()
}

/// The operation that reads the result of the job that an operation starts.
///
/// # Errors
///
/// `Usage` when the operation starts no job.
pub(super) fn result_operation<'c>(
    connector: &'c Connector,
    start: &Operation,
) -> Result<&'c Operation, Error> {
    let job = described(start)?;
    find_operation(connector, &job.result.entity, job.result.action.as_str())
}

/// Refuses a cursor that cannot belong to the result of the job, before the job is started.
pub(super) fn check_resume(args: &ExecArgs) -> Result<(), Error> {
    let Some(cursor) = args.resume.as_deref().filter(|_| is_wanted(args)) else { return Ok(()) };
    cursor.parse::<Cursor>()?;
    if args.job.is_none() {
        return Err(usage_error(
            "--resume continues the result of a job that was started before, and this would start \
             another one: give --job with the identifier of that job",
        ));
    }
    Ok(())
}

fn described(start: &Operation) -> Result<&JobDescription, Error> {
    start.job.as_ref().ok_or_else(|| {
        usage_error(format!(
            "--wait and --job are for operations that start a job; the response of {} is its result",
            start.place()
        ))
    })
}

/// Starts the job, or finds the one that `--job` names.
pub(super) async fn start_job(args: &ExecArgs, call: Call) -> Result<Job, Stop> {
    let mut job: Job = if let Some(id) = &args.job {
        call.job(id)?
    } else {
        let job: Job = call.start().await?;
        // Whoever stops this program needs the identifier to find the job again.
        let _ = writeln!(std::io::stderr(), "note: the job {} was started", job.id());
        job
    };
    if let Some(pause) = args.poll {
        job = job.pause_for(pause);
    }
    if let Some(longest) = args.wait_at_most {
        job = job.wait_at_most(longest);
    }
    Ok(job)
}

/// Waits until the job is done. Ctrl-C stops the waiting and says how to go on.
pub(super) async fn wait(job: &mut Job) -> Result<Call, Stop> {
    let mut interrupt = Interrupt::new()?;
    let id = job.id().to_owned();
    match interrupt.race(job.wait()).await {
        Some(done) => Ok(done?),
        None => Err(Stop::interrupted(
            format!(
                "the job {id} goes on at the vendor; the same command with --job {id} waits for it again"
            ),
            None,
        )),
    }
}

/// Prints how far the job is.
pub(super) async fn print_state(args: &ExecArgs, mut job: Job) -> Result<(), Stop> {
    let state = job.state().await?;
    let mut data = json!({"job": job.id()});
    match state {
        JobState::Running { state, progress } => {
            data["state"] = "running".into();
            data["vendor_state"] = state.into();
            data["progress"] = json!(progress);
        }
        JobState::Failed { state, reason } => {
            data["state"] = "failed".into();
            data["vendor_state"] = state.into();
            data["reason"] = json!(reason);
        }
        _ => data["state"] = "done".into(),
    }
    output::print_result(args.output, &ResultDocument::of_data(data))
}

/// Tells a person how to get the result of a job that has been started.
pub(super) fn print_hint(start: &Operation, record: &Value) {
    let Some(job) = &start.job else { return };
    let id =
        job.id.first(record).map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
    let is_terminal = terminal::stderr_is_terminal() && terminal::stdout_is_terminal();
    if let Some(id) = id.filter(|_| is_terminal) {
        let _ = writeln!(
            std::io::stderr(),
            "This started a job: the same command with --job {id} --wait prints its result"
        );
    }
}
