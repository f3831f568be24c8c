//! An account without credentials: it is listed, and every call of it says what is missing.

use airbyte_agent_core::{
    BoxFuture, CheckedCall, Completion, Error, ErrorKind, Reply, Result, Transport,
};

/// Answers every call with the same error.
#[derive(Debug)]
pub(super) struct Unavailable {
    kind: ErrorKind,
    message: String,
}

impl Unavailable {
    /// Because of this error; the variables or the command could mend it.
    pub(super) fn new(error: &Error, variables: &str, command: Option<&str>) -> Self {
        let variables = Some(variables).filter(|names| !names.is_empty());
        let ways = [
            variables.map(|names| format!("environment: {names}")),
            command.map(|text| format!("or once: {text}")),
        ];
        let ways: Vec<String> = ways.into_iter().flatten().collect();
        let message = if ways.is_empty() {
            error.message().to_owned()
        } else {
            format!("{} ({})", error.message(), ways.join("; "))
        };
        // The model cannot mend it, whatever kind of mistake it is.
        Self { kind: ErrorKind::Authentication, message }
    }

    /// What is missing.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    fn error(&self) -> Error {
        Error::new(self.kind, self.message.clone())
    }
}

impl Transport for Unavailable {
    fn send<'a>(&'a self, _: CheckedCall<'a>) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(std::future::ready(Err(self.error())))
    }

    fn completion(&self) -> Result<Completion<'_>> {
        // Whatever is wrong with the arguments, this comes first.
        Err(self.error())
    }
}
