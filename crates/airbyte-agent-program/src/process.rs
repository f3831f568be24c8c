//! Starts the process of a program, makes the calls that it wants, and tells how it ended.
//!
//! The process is not trusted. Its lines are bounded and have to be messages in their order; whatever else it does
//! ends it.

use std::ffi::OsString;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::{ExitStatus, Stdio};

use airbyte_agent_core::BoxFuture;
use airbyte_agent_core::tools::{ProgramCalls, ProgramEnd, ProgramRunner};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde::Serialize;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{Mutex, Semaphore};

use crate::bounds::{AT_ONCE, LINE, SILENCE};
use crate::message::{Answer, End, Message, Start};

/// Runs each program in a process of its own, which [`run_worker`](crate::run_worker) has to be the work of.
#[derive(Debug, Clone)]
pub struct ProgramProcess {
    program: PathBuf,
    arguments: Vec<OsString>,
}

impl ProgramProcess {
    /// Starts the program file at this path with these arguments.
    pub fn new(
        program: impl Into<PathBuf>,
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        Self { program: program.into(), arguments }
    }

    /// Starts the running program once more, with this argument.
    ///
    /// # Errors
    ///
    /// When the system does not say where the program is.
    pub fn of_this_program(argument: impl Into<OsString>) -> io::Result<Self> {
        // The very file that runs, also after another version has taken its place.
        let link = PathBuf::from("/proc/self/exe");
        let program = if link.exists() { link } else { std::env::current_exe()? };
        Ok(Self::new(program, [argument.into()]))
    }

    fn start(&self) -> io::Result<Child> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            // Without it the C library looks for the time zone in a file, which it may not open.
            .env("TZ", "UTC0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.current_dir("/");
        // Windows finds its own libraries by this variable.
        #[cfg(windows)]
        if let Some(root) = std::env::var_os("SystemRoot") {
            command.env("SystemRoot", root);
        }
        command.spawn()
    }
}

impl ProgramRunner for ProgramProcess {
    fn run<'a>(
        &'a self,
        code: &'a str,
        functions: Vec<String>,
        calls: &'a dyn ProgramCalls,
    ) -> BoxFuture<'a, ProgramEnd> {
        Box::pin(async move {
            let mut child = match self.start() {
                Ok(child) => child,
                Err(error) => {
                    tracing::error!(%error, "the process of a program cannot be started");
                    return ProgramEnd::failed("the process for programs cannot be started");
                }
            };
            let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
                return ProgramEnd::failed("the process for programs has no streams");
            };
            let start = Start { code: code.to_owned(), functions };
            match converse(input, output, start, calls).await {
                Ok(end) => end,
                Err(Fault::Protocol(problem)) => {
                    tracing::error!(problem, "the process of a program was ended");
                    ProgramEnd::failed(format!("its process was ended, because {problem}"))
                }
                Err(Fault::Silent) => ProgramEnd::failed(format!(
                    "its process was ended: it computed for more than {} s without a word",
                    SILENCE.as_secs()
                )),
                Err(Fault::Gone) => ProgramEnd::failed(gone(child.wait().await.ok())),
            }
        })
    }
}

/// Why the conversation with a process has no good end.
enum Fault {
    /// It said what it must not say.
    Protocol(String),
    /// It says nothing for too long.
    Silent,
    /// It has ended by itself.
    Gone,
}

/// Makes the calls of the process until it says how the program ended.
async fn converse(
    mut input: ChildStdin,
    output: ChildStdout,
    start: Start,
    calls: &dyn ProgramCalls,
) -> Result<ProgramEnd, Fault> {
    let mut output = BufReader::new(output);
    // A process that refuses to start says why, and does not read.
    let _ = input.write_all(&line(&start)).await;
    let input = Mutex::new(input);
    let turns = Semaphore::new(AT_ONCE);
    let mut last = 0;
    let mut open: FuturesUnordered<Pin<Box<dyn Future<Output = ()> + Send + '_>>> =
        FuturesUnordered::new();
    // What was read of a line stays in it when a call ends before the rest comes.
    let mut buffer = Vec::new();
    loop {
        let is_waiting = !open.is_empty();
        tokio::select! {
            biased;
            _ = open.next(), if is_waiting => continue,
            read = read_line(&mut output, &mut buffer) => read?,
            () = tokio::time::sleep(SILENCE), if !is_waiting => return Err(Fault::Silent),
        }
        let message = serde_json::from_slice(&buffer)
            .map_err(|error| Fault::Protocol(format!("it sent no message: {error}")))?;
        buffer.clear();
        match message {
            Message::End { end } => return Ok(ended(end)),
            Message::Call { call, tool, arguments } => {
                if call != last + 1 || !arguments.is_object() || tool.len() > 200 {
                    return Err(Fault::Protocol("it sent a call that cannot be".to_owned()));
                }
                last = call;
                let (input, turns) = (&input, &turns);
                open.push(Box::pin(async move {
                    // The semaphore is never closed. Its turn lasts until the result was taken, so that results do not pile up.
                    let _turn = turns.acquire().await;
                    let answer = match calls.call(tool, arguments).await {
                        Ok(result) => Answer { id: call, ok: Some(result), error: None },
                        Err(error) => Answer { id: call, ok: None, error: Some(error) },
                    };
                    let line = line(&answer);
                    // Whoever does not read any more ends, which the other side tells.
                    let _ = input.lock().await.write_all(&line).await;
                }));
            }
        }
    }
}

/// Reads the next line of the process behind what was read of it before.
async fn read_line(output: &mut BufReader<ChildStdout>, line: &mut Vec<u8>) -> Result<(), Fault> {
    let room = (LINE + 1).saturating_sub(line.len());
    let read = output.take(room as u64).read_until(b'\n', line).await;
    match read {
        Ok(_) if line.ends_with(b"\n") => Ok(()),
        Ok(_) if line.len() > LINE => {
            Err(Fault::Protocol(format!("it sent a line of more than {LINE} bytes")))
        }
        Ok(_) | Err(_) => Err(Fault::Gone),
    }
}

fn line(message: &impl Serialize) -> Vec<u8> {
    // Values of JSON can always be written.
    let mut line = serde_json::to_vec(message).unwrap_or_default();
    line.push(b'\n');
    line
}

fn ended(end: End) -> ProgramEnd {
    let ended = match end.failed {
        Some(failed) => ProgramEnd::failed(failed.message).on_line(failed.line),
        None => ProgramEnd::returned(end.value.unwrap_or_default()),
    };
    ended.with_printed(end.printed, end.left_out)
}

/// What is known of a process that ended without a word.
fn gone(status: Option<ExitStatus>) -> String {
    let reason =
        status.map_or_else(|| "for no known reason".to_owned(), |status| status.to_string());
    format!(
        "its process ended before the program did ({reason}): it may have taken too much memory or time"
    )
}
