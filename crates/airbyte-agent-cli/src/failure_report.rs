//! What scripts and people see of a failure: one line of JSON or of text on standard error, and an
//! exit code.

use std::io::Write as _;
use std::process::ExitCode;

use airbyte_agent_core::{Error, ErrorKind};
use console::Style;
use serde_json::{Map, Value, json};

use crate::failure::{Failure, Stop};
use crate::output::compact_json;
use crate::terminal::{self, single_line};

/// The exit code after Ctrl-C, as shells define it.
const INTERRUPTED: u8 = 130;

/// The exit code after a signal is this plus its number, as shells define it.
pub(crate) const SIGNALLED: u8 = 128;

/// The exit code of an error kind. Scripts rely on these numbers.
const fn exit_code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Usage => 2,
        ErrorKind::Validation => 3,
        ErrorKind::Authentication | ErrorKind::Permission => 4,
        ErrorKind::NotFound => 5,
        ErrorKind::RateLimited => 6,
        ErrorKind::Vendor => 7,
        ErrorKind::Network => 8,
        ErrorKind::Decode => 9,
        // `Storage` and `Internal`, and kinds that this program does not know yet.
        _ => 1,
    }
}

/// Reports why a command ended early, and returns the exit code. If `verbose` is set, the vendor's
/// response is printed before the error; the engine has removed secrets from it.
pub(crate) fn report_stop(stop: &Stop, verbose: bool) -> ExitCode {
    match stop {
        Stop::OutputClosed => ExitCode::SUCCESS,
        Stop::ProblemsReported => ExitCode::FAILURE,
        Stop::Signalled { signal } => ExitCode::from(SIGNALLED.saturating_add(*signal)),
        Stop::Failed(failure) => report_failure(failure, verbose),
        Stop::Interrupted { message, resume } => {
            let mut members = Map::new();
            members.insert("kind".to_owned(), json!("interrupted"));
            members.insert("message".to_owned(), json!(message));
            members.insert("retryable".to_owned(), json!(true));
            print_failure(message, None, resume.as_deref(), members);
            ExitCode::from(INTERRUPTED)
        }
    }
}

fn report_failure(failure: &Failure, verbose: bool) -> ExitCode {
    let Failure { error, hint, resume } = failure;
    if let Some(body) = error.body().filter(|_| verbose) {
        let _ = writeln!(terminal::stderr(), "{}", single_line(body));
    }
    let mut members = error_members(error);
    if let Some(hint) = hint {
        members.insert("hint".to_owned(), json!(hint));
    }
    print_failure(&error.to_string(), hint.as_deref(), resume.as_deref(), members);
    ExitCode::from(exit_code(error.kind()))
}

/// The members of the JSON object that describes an error. What is not known is left out.
fn error_members(error: &Error) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("kind".to_owned(), json!(error.kind().as_str()));
    members.insert("message".to_owned(), json!(error.to_string()));
    if let Some(status) = error.status() {
        members.insert("status".to_owned(), json!(status));
    }
    members.insert("retryable".to_owned(), json!(error.is_retryable()));
    if let Some(id) = error.request_id() {
        members.insert("request_id".to_owned(), json!(id));
    }
    if let Some(wait) = error.retry_after() {
        // Rounded up: after a shorter wait the vendor would refuse again.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        members.insert("retry_after".to_owned(), json!(seconds));
    }
    if let Some(path) = error.json_path() {
        members.insert("json_path".to_owned(), json!(path));
    }
    members
}

/// Prints one line of JSON for programs. On a terminal it prints text for people instead, unless
/// the command line requests a format for programs.
fn print_failure(
    message: &str,
    hint: Option<&str>,
    resume: Option<&str>,
    mut members: Map<String, Value>,
) {
    if let Some(resume) = resume {
        members.insert("resume".to_owned(), json!(resume));
    }
    let mut stderr = terminal::stderr();
    if !terminal::stderr_is_terminal() || machine_format_requested() {
        let _ = writeln!(stderr, "{}", compact_json(&json!({ "error": members })));
        return;
    }
    let colours = terminal::stderr_takes_colours();
    let label = |text: &str, style: Style| {
        let style = style.bold().force_styling(colours);
        style.apply_to(text).to_string()
    };
    let _ = writeln!(stderr, "{} {message}", label("error:", Style::new().red()));
    if let Some(hint) = hint {
        let _ = writeln!(stderr, "{} {hint}", label("hint:", Style::new().cyan()));
    }
    if let Some(resume) = resume {
        let label = label("to continue:", Style::new().cyan());
        let _ = writeln!(stderr, "{label} the same command with --resume {resume}");
    }
    if let Some(id) = members.get("request_id").and_then(Value::as_str) {
        let _ = writeln!(stderr, "request_id: {id}");
    }
}

/// Whether the command line requests a format that programs read.
fn machine_format_requested() -> bool {
    let args: Vec<String> =
        std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let is_for_programs = |format: &str| !matches!(format, "table" | "text");
    let pairs = args.windows(2).any(|pair| pair[0] == "--output" && is_for_programs(&pair[1]));
    pairs || args.iter().filter_map(|arg| arg.strip_prefix("--output=")).any(is_for_programs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_exit_code() {
        for (kind, code) in [
            (ErrorKind::Usage, 2),
            (ErrorKind::Validation, 3),
            (ErrorKind::Authentication, 4),
            (ErrorKind::Permission, 4),
            (ErrorKind::NotFound, 5),
            (ErrorKind::RateLimited, 6),
            (ErrorKind::Vendor, 7),
            (ErrorKind::Network, 8),
            (ErrorKind::Decode, 9),
            (ErrorKind::Storage, 1),
            (ErrorKind::Internal, 1),
        ] {
            assert_eq!(exit_code(kind), code, "{kind}");
        }
    }

    #[test]
    fn unknown_members_are_left_out() {
        let error = crate::failure::usage_error("two\nlines");
        assert_eq!(
            Value::Object(error_members(&error)).to_string(),
            r#"{"kind":"usage","message":"two\nlines","retryable":false}"#
        );
    }
}
