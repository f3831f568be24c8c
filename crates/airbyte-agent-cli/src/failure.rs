//! From a failure to what scripts see: one line of JSON and an exit code.

use std::io::{self, Write as _};
use std::process::ExitCode;

use airbyte_agent_core::{Error, ErrorKind};
use console::Style;
use serde_json::{Map, Value, json};

use crate::terminal::{self, one_line};

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Something went wrong.
    Failed(Error),
    /// Something went wrong, and there is something to say besides.
    Advised(Box<Advised>),
    /// Somebody pressed Ctrl-C.
    Interrupted {
        /// What was done until then.
        message: String,
        /// The cursor that goes on there.
        resume: Option<String>,
    },
    /// What was found is told already, and is not as it should be.
    Unwell,
    /// Nobody reads standard output any more.
    PipeClosed,
}

/// A failure and how to go on.
#[derive(Debug)]
pub(crate) struct Advised {
    error: Error,
    /// What to do: a command line, as a rule.
    hint: Option<String>,
    /// The cursor that goes on behind what was printed.
    resume: Option<String>,
}

impl Stop {
    /// Ctrl-C, in the middle of something that can be gone on with.
    pub(crate) fn interrupted(message: impl Into<String>, resume: Option<String>) -> Self {
        Self::Interrupted { message: message.into(), resume }
    }

    /// A failure in the middle of something that can be gone on with.
    pub(crate) fn broken(error: Error, resume: Option<String>) -> Self {
        Self::Advised(Box::new(Advised { error, hint: None, resume }))
    }

    /// The same failure with advice.
    pub(crate) fn with_hint(self, advice: impl FnOnce(&Error) -> Option<String>) -> Self {
        match self {
            Self::Failed(error) => {
                let hint = advice(&error);
                Self::Advised(Box::new(Advised { error, hint, resume: None }))
            }
            other => other,
        }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<io::Error> for Stop {
    /// Only for errors of standard output.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::PipeClosed,
            _ => Self::Failed(Error::new(
                ErrorKind::Internal,
                format!("cannot write to standard output: {error}"),
            )),
        }
    }
}

/// A usage error.
pub(crate) fn usage(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Usage, message)
}

/// A validation error.
pub(crate) fn validation(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Validation, message)
}

/// The exit code of a kind; scripts rely on these numbers.
pub(crate) const fn exit_code(kind: ErrorKind) -> u8 {
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

/// The word for a kind; scripts rely on these words. A refusal for want of permission has the status
/// 403 and has always been one of `authentication`.
const fn word(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Permission => ErrorKind::Authentication.as_str(),
        kind => kind.as_str(),
    }
}

/// The error as scripts read it; what is not known is left out.
fn facts(error: &Error) -> Map<String, Value> {
    let mut told = Map::new();
    told.insert("kind".to_owned(), json!(word(error.kind())));
    told.insert("message".to_owned(), json!(error.to_string()));
    if let Some(status) = error.status() {
        told.insert("status".to_owned(), json!(status));
    }
    told.insert("retryable".to_owned(), json!(error.is_retryable()));
    if let Some(id) = error.request_id() {
        told.insert("request_id".to_owned(), json!(id));
    }
    if let Some(wait) = error.retry_after() {
        // A wait that is cut short would be refused again.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        told.insert("retry_after".to_owned(), json!(seconds));
    }
    if let Some(path) = error.json_path() {
        told.insert("json_path".to_owned(), json!(path));
    }
    told
}

/// The exit code of what Ctrl-C ended, as shells have it.
const INTERRUPTED: u8 = 130;

/// Tells of an error on standard error and gives back its exit code.
pub(crate) fn report(error: &Error, tells_more: bool) -> ExitCode {
    tell_of(error, None, None, tells_more)
}

/// Tells why a command ended early and gives back its exit code.
pub(crate) fn tell(stop: &Stop, tells_more: bool) -> ExitCode {
    match stop {
        Stop::PipeClosed => ExitCode::SUCCESS,
        Stop::Unwell => ExitCode::FAILURE,
        Stop::Failed(error) => report(error, tells_more),
        Stop::Advised(advised) => {
            let Advised { error, hint, resume } = advised.as_ref();
            tell_of(error, hint.as_deref(), resume.as_deref(), tells_more)
        }
        Stop::Interrupted { message, resume } => {
            let mut told = Map::new();
            told.insert("kind".to_owned(), json!("interrupted"));
            told.insert("message".to_owned(), json!(message));
            told.insert("retryable".to_owned(), json!(true));
            write(message, None, resume.as_deref(), told);
            ExitCode::from(INTERRUPTED)
        }
    }
}

/// With `tells_more` what the vendor answered stands before the error, cleaned of secrets by the
/// engine.
fn tell_of(error: &Error, hint: Option<&str>, resume: Option<&str>, tells_more: bool) -> ExitCode {
    if let Some(body) = error.body().filter(|_| tells_more) {
        let _ = writeln!(io::stderr(), "{}", one_line(body));
    }
    let mut told = facts(error);
    if let Some(hint) = hint {
        told.insert("hint".to_owned(), json!(hint));
    }
    write(&error.to_string(), hint, resume, told);
    ExitCode::from(exit_code(error.kind()))
}

/// One line of JSON for programs. People read better what is no JSON, so on a terminal there is
/// only that, unless a format for programs is asked for.
fn write(message: &str, hint: Option<&str>, resume: Option<&str>, mut told: Map<String, Value>) {
    if let Some(resume) = resume {
        told.insert("resume".to_owned(), json!(resume));
    }
    let mut stderr = io::stderr().lock();
    if !terminal::shows_errors() || asks_for_a_programs_format() {
        let _ = writeln!(stderr, "{}", json!({ "error": told }));
        return;
    }
    let colours = terminal::takes_colours_in_errors();
    let label = |text: &str, style: Style| {
        let style = style.bold().force_styling(colours);
        style.apply_to(text).to_string()
    };
    let _ = writeln!(stderr, "{} {message}", label("error:", Style::new().red()));
    if let Some(hint) = hint {
        let _ = writeln!(stderr, "{} {hint}", label("hint:", Style::new().cyan()));
    }
    if let Some(resume) = resume {
        let label = label("go on:", Style::new().cyan());
        let _ = writeln!(stderr, "{label} the same command with --resume {resume}");
    }
    for (name, value) in told.iter().filter(|(name, _)| name.as_str() == "request_id") {
        let _ = writeln!(stderr, "{name}: {}", value.as_str().unwrap_or_default());
    }
}

/// Whether the command line asks for a format that programs read.
fn asks_for_a_programs_format() -> bool {
    let args: Vec<String> =
        std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let is_programs = |format: &str| !matches!(format, "table" | "text");
    let pairs = args.windows(2).any(|pair| pair[0] == "--output" && is_programs(&pair[1]));
    pairs || args.iter().filter_map(|arg| arg.strip_prefix("--output=")).any(is_programs)
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
    fn unknown_facts_are_left_out() {
        let error = usage("two\nlines");
        assert_eq!(
            Value::Object(facts(&error)).to_string(),
            r#"{"kind":"usage","message":"two\nlines","retryable":false}"#
        );
    }
}
