//! From a failure to what scripts see: one line of JSON and an exit code.

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use airbyte_agent_core::{Error, ErrorKind};
use serde_json::{Map, Value, json};

use crate::terminal::one_line;

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Something went wrong.
    Failed(Error),
    /// Nobody reads standard output any more.
    PipeClosed,
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
        ErrorKind::Authentication => 4,
        ErrorKind::NotFound => 5,
        ErrorKind::RateLimited => 6,
        ErrorKind::Vendor => 7,
        ErrorKind::Network => 8,
        ErrorKind::Decode => 9,
        // `Internal`, and kinds that this program does not know yet.
        _ => 1,
    }
}

/// The error as scripts read it; what is not known is left out.
pub(crate) fn line(error: &Error) -> Value {
    let mut told = Map::new();
    told.insert("kind".to_owned(), json!(error.kind().as_str()));
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
    json!({ "error": told })
}

/// Writes the error to standard error and gives back its exit code. The error is the last line;
/// with `tells_more` what the vendor answered stands before it, cleaned of secrets by the engine.
pub(crate) fn report(error: &Error, tells_more: bool) -> ExitCode {
    let mut stderr = io::stderr().lock();
    let message = error.to_string();
    // People read several lines better than `\n` in JSON; scripts get the one line alone.
    if message.contains('\n') && stderr.is_terminal() {
        let _ = writeln!(stderr, "{message}");
    }
    if let Some(body) = error.body().filter(|_| tells_more) {
        let _ = writeln!(stderr, "{}", one_line(body));
    }
    let _ = writeln!(stderr, "{}", line(error));
    ExitCode::from(exit_code(error.kind()))
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
            (ErrorKind::NotFound, 5),
            (ErrorKind::RateLimited, 6),
            (ErrorKind::Vendor, 7),
            (ErrorKind::Network, 8),
            (ErrorKind::Decode, 9),
            (ErrorKind::Internal, 1),
        ] {
            assert_eq!(exit_code(kind), code, "{kind}");
        }
    }

    #[test]
    fn unknown_facts_are_left_out() {
        let error = usage("two\nlines");
        assert_eq!(
            line(&error).to_string(),
            r#"{"error":{"kind":"usage","message":"two\nlines","retryable":false}}"#
        );
    }
}
