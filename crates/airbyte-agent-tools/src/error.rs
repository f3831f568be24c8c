//! Errors for a model to read: what was wrong, with which argument, and whether to call again.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::result::clean;
use super::result::untrusted;
use airbyte_agent_engine::{Error, ErrorKind};

/// The kind of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ToolErrorKind {
    /// There is no tool with this name.
    UnknownTool,
    /// The operator's policy does not permit the operation.
    NotPermitted,
    /// The operator's policy asks a person about the call, and nobody approved it.
    NotApproved,
    /// The result is longer than the limits of the operator.
    TooLarge,
    /// A program of the model failed.
    ProgramFailed,
    /// The call was refused by the engine, or failed.
    Call(ErrorKind),
}

impl ToolErrorKind {
    /// The kind as one word in `snake_case`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownTool => "unknown_tool",
            Self::NotPermitted => "not_permitted",
            Self::NotApproved => "not_approved",
            Self::TooLarge => "too_large",
            Self::ProgramFailed => "program_failed",
            Self::Call(kind) => kind.as_str(),
        }
    }
}

/// Whether the same tool is worth calling again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// The call will fail again.
    Never,
    /// The call may succeed with other arguments.
    Changed,
    /// The call may succeed with the same arguments after this time.
    After(Duration),
}

/// An argument that is wrong, with what is known about it.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ArgumentProblem {
    /// The name of the argument.
    pub argument: String,
    /// What is wrong with the argument.
    pub problem: String,
    /// The values that are allowed, empty where any value is.
    pub allowed: Vec<String>,
    /// Names that exist and resemble the one that was given.
    pub closest: Vec<String>,
}

/// An error for a model to read. Its text contains no credential and no invisible characters.
#[derive(Clone, PartialEq)]
pub struct ToolError(Box<Inner>);

#[derive(Clone, PartialEq)]
struct Inner {
    kind: ToolErrorKind,
    message: String,
    advice: String,
    arguments: Vec<ArgumentProblem>,
    retry: Retry,
    operator: bool,
    account: Option<String>,
    status: Option<u16>,
    request_id: Option<String>,
}

impl ToolError {
    pub(super) fn new(kind: ToolErrorKind, message: impl Into<String>, retry: Retry) -> Self {
        Self(Box::new(Inner {
            kind,
            message: clean::line(&message.into()),
            advice: String::new(),
            arguments: Vec::new(),
            retry,
            operator: false,
            account: None,
            status: None,
            request_id: None,
        }))
    }

    /// The error of an argument with this problem.
    pub(super) fn argument(name: &str, problem: impl Into<String>) -> Self {
        let problem = problem.into();
        let kind = ToolErrorKind::Call(ErrorKind::Validation);
        let argument = ArgumentProblem {
            argument: name.to_owned(),
            problem: problem.clone(),
            ..ArgumentProblem::default()
        };
        Self::new(kind, problem, Retry::Changed).with_argument(argument)
    }

    /// The error of an argument about which more is known.
    pub(super) fn problem(argument: ArgumentProblem) -> Self {
        let kind = ToolErrorKind::Call(ErrorKind::Validation);
        let mut text = argument.problem.clone();
        if !argument.closest.is_empty() {
            let near: Vec<String> =
                argument.closest.iter().map(|name| format!("'{name}'")).collect();
            text.push_str(&format!("; did you mean {}?", near.join(" or ")));
        } else if !argument.allowed.is_empty() {
            text.push_str(&format!("; there are: {}", argument.allowed.join(", ")));
        }
        Self::new(kind, text, Retry::Changed).with_argument(argument)
    }

    /// Adds the values that are allowed for an argument that is wrong.
    pub(super) fn with_allowed(mut self, argument: &str, allowed: &[&str]) -> Self {
        let named = self.0.arguments.iter_mut().filter(|named| named.argument == argument);
        for wrong in named {
            wrong.allowed = allowed.iter().map(|&value| value.to_owned()).collect();
        }
        self
    }

    /// Adds an argument that is wrong.
    pub(super) fn with_argument(mut self, argument: ArgumentProblem) -> Self {
        self.0.arguments.push(argument);
        self
    }

    /// Replaces what is said to be wrong.
    pub(super) fn with_message(mut self, message: &str) -> Self {
        self.0.message = clean::line(message);
        self
    }

    /// Sets what the model is advised to do.
    pub(super) fn with_advice(mut self, advice: impl Into<String>) -> Self {
        self.0.advice = advice.into();
        self
    }

    /// Says that only the operator of this account can correct the error.
    pub(super) fn for_operator(mut self, account: &str, title: &str) -> Self {
        self.0.operator = true;
        self.0.account = Some(account.to_owned());
        self.0.retry = Retry::Never;
        self.0.advice = format!(
            "No argument mends this: the operator has to check the credentials and settings of \
             account '{account}' ({title}). Tell the user and do not call again."
        );
        self
    }

    /// The kind of the error.
    pub fn kind(&self) -> ToolErrorKind {
        self.0.kind
    }

    /// What was wrong, without the advice.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The arguments that are wrong, as far as they are known; empty for other errors.
    pub fn arguments(&self) -> &[ArgumentProblem] {
        &self.0.arguments
    }

    /// Whether the tool is worth calling again.
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// Whether only the operator of the program can correct the error, by other credentials or another
    /// configuration.
    pub fn is_operator_problem(&self) -> bool {
        self.0.operator
    }

    /// The account whose credentials or settings the operator has to correct, where the error is of one.
    pub fn account(&self) -> Option<&str> {
        self.0.account.as_deref()
    }

    /// The HTTP status of the vendor's or the platform's response, when there was one.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The identifier that the vendor gave the request, when there is one. Its support asks for it.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The error as JSON: an object with `error`, `message`, `retry` and, where they are known,
    /// `arguments`, `operator_problem`, `status` and `request_id`.
    pub fn to_json(&self) -> Value {
        let mut json = Map::new();
        json.insert("error".to_owned(), self.0.kind.as_str().into());
        json.insert("message".to_owned(), self.to_string().into());
        if !self.0.arguments.is_empty() {
            let arguments = self.0.arguments.iter().map(|argument| {
                let mut entry = Map::new();
                entry.insert("argument".to_owned(), argument.argument.clone().into());
                entry.insert("problem".to_owned(), argument.problem.clone().into());
                if !argument.allowed.is_empty() {
                    entry.insert("allowed".to_owned(), argument.allowed.clone().into());
                }
                if !argument.closest.is_empty() {
                    entry.insert("closest".to_owned(), argument.closest.clone().into());
                }
                Value::Object(entry)
            });
            json.insert("arguments".to_owned(), arguments.collect());
        }
        let retry = match self.0.retry {
            Retry::Never => json!("never"),
            Retry::Changed => json!("with_other_arguments"),
            Retry::After(wait) => json!({"after_seconds": wait.as_secs().max(1)}),
        };
        json.insert("retry".to_owned(), retry);
        if self.0.operator {
            json.insert("operator_problem".to_owned(), true.into());
        }
        if let Some(status) = self.0.status {
            json.insert("status".to_owned(), status.into());
        }
        if let Some(id) = &self.0.request_id {
            json.insert("request_id".to_owned(), id.clone().into());
        }
        Value::Object(json)
    }
}

impl From<Error> for ToolError {
    /// The error of the engine with advice for a model.
    fn from(error: Error) -> Self {
        let kind = error.kind();
        let operator = matches!(
            kind,
            ErrorKind::Authentication
                | ErrorKind::Permission
                | ErrorKind::Storage
                | ErrorKind::Internal
        );
        let wait = error.retry_after();
        let (retry, advice) = match kind {
            ErrorKind::Usage | ErrorKind::Validation => {
                (Retry::Changed, "Correct the call and try again.".to_owned())
            }
            _ if operator => (
                Retry::Never,
                "No argument mends this: the operator of this tool has to. Tell the user and do \
                 not call again."
                    .to_owned(),
            ),
            ErrorKind::NotFound => (
                Retry::Changed,
                "Check the identifiers; list or search to find the right ones.".to_owned(),
            ),
            ErrorKind::RateLimited => {
                let wait = wait.unwrap_or(Duration::from_secs(60));
                (Retry::After(wait), format!("Try again in {} s.", wait.as_secs().max(1)))
            }
            _ if error.is_retryable() => {
                let wait = wait.unwrap_or(Duration::from_secs(5));
                let seconds = wait.as_secs().max(1);
                let advice = format!("It was tried more than once; try once more in {seconds} s.");
                (Retry::After(wait), advice)
            }
            ErrorKind::Network => (
                Retry::Never,
                "It is not known whether this took effect: look before you do it again.".to_owned(),
            ),
            _ => {
                let advice = "The same call will fail again; tell the user what happened.";
                (Retry::Never, advice.to_owned())
            }
        };
        let mut converted = Self::new(ToolErrorKind::Call(kind), marked(&error), retry);
        converted.0.advice = advice;
        converted.0.operator = operator;
        converted.0.status = error.status();
        converted.0.request_id = error.request_id().map(|id| {
            let id = clean::line(id);
            if untrusted::is_word(&id) { id } else { untrusted::quoted(&id) }
        });
        converted
    }
}

/// The message, in which what the vendor wrote is marked as such.
fn marked(error: &Error) -> String {
    let message = error.message();
    match error.vendor_text() {
        None => message.to_owned(),
        Some(text) if message.contains(text) => message.replacen(text, &untrusted::quoted(text), 1),
        // It was changed since, so it is not known where it ends.
        Some(_) => untrusted::quoted(message),
    }
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.0.message.trim_end();
        f.write_str(message)?;
        if !message.ends_with(['.', '?', '!']) {
            f.write_str(".")?;
        }
        if !self.0.advice.is_empty() {
            write!(f, " {}", self.0.advice)?;
        }
        Ok(())
    }
}

impl fmt::Debug for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolError")
            .field("kind", &self.0.kind)
            .field("text", &self.to_string())
            .field("retry", &self.0.retry)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for ToolError {}
