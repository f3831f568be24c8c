//! An account without credentials, which is listed, and whose calls fail with what is missing.

use airbyte_agent_core::{
    BoxFuture, CheckedCall, Completion, Error, ErrorKind, Reply, Result, Transport,
};

/// A transport that fails every call with the same error.
#[derive(Debug)]
pub(super) struct Unavailable {
    kind: ErrorKind,
    message: String,
}

impl Unavailable {
    /// Fails with this error. `variables` and `command` are what could correct it.
    pub(super) fn new(error: &Error, variables: &str, command: Option<&str>) -> Self {
        let variables = Some(variables).filter(|names| !names.is_empty());
        let remedies = [
            variables.map(|names| format!("environment: {names}")),
            command.map(|text| format!("or once: {text}")),
        ];
        let remedies: Vec<String> = remedies.into_iter().flatten().collect();
        let message = if remedies.is_empty() {
            error.message().to_owned()
        } else {
            format!("{} ({})", error.message(), remedies.join("; "))
        };
        // Whatever the kind of the error is, no argument can correct it.
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
