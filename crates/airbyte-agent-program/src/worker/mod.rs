//! What the process of a program does: it runs the program, writes the calls that it wants, and reads their results.

mod interpreter;

use std::io::{self, BufRead, BufReader, Write as _};
use std::process::ExitCode;

use crate::message::Start;

/// Runs one program, which is read from standard input, as [`ProgramProcess`](crate::ProgramProcess) wants it. The
/// caller has to do nothing before and nothing after it but to end the process with this code.
///
/// On Linux the process is confined before anything is read: see the description of the crate. Where the system
/// refuses that, no program is run, and the exit code is a failure.
#[must_use]
pub fn run_worker() -> ExitCode {
    #[cfg(target_os = "linux")]
    if let Err(problem) = crate::confine::confine() {
        let message = format!("this system cannot confine programs ({problem})");
        let end = serde_json::json!({"end": {"failed": {"message": message}}});
        let _ = writeln!(io::stdout(), "{end}");
        return ExitCode::FAILURE;
    }
    // The usual buffer of standard input lives as long as the process.
    match serve(&mut BufReader::new(io::stdin())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Runs the program whose start is the first line of the input.
fn serve(input: &mut dyn BufRead) -> io::Result<()> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    let start: Start = serde_json::from_str(&line)?;
    drop(line);
    interpreter::run(&start, input)
}
