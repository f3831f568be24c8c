//! The approval of a call by a person, where the policy of the operator asks for it.
//!
//! An [`ApprovalRequest`] tells a person what would be done. Only the request makes an [`Approval`], which is
//! good for the very call that was shown, and for one of them.

mod shown;

use std::fmt;

use serde_json::{Map, Value};

use super::call_digest::CallDigest;
use super::decision::PermittedCall;
use super::effect::Effect;
use super::error::{Retry, ToolError, ToolErrorKind};
use super::result::clean;
use airbyte_agent_engine::{BoxFuture, DryRun};

/// Asks a person whether a call may be made.
///
/// A program that has somebody to ask implements it, and gives it to
/// [`Toolset::approver`](super::Toolset::approver) or [`Plan::ask`](super::Plan::ask).
pub trait Approver: Send + Sync {
    /// Asks about a call. It is made only if the answer is [`Answer::Approved`] with the approval of this
    /// request. Nothing is sent in the meantime, and dropping the future gives the call up.
    fn ask<'a>(&'a self, request: &'a ApprovalRequest) -> BoxFuture<'a, Answer>;
}

/// What came of the question whether a call may be made.
#[derive(Debug)]
#[non_exhaustive]
pub enum Answer {
    /// The person has approved the call.
    Approved(Approval),
    /// The person has refused the call.
    Refused,
    /// There is nobody who can be asked.
    CannotAsk,
    /// The person has not answered: the question was closed, or too much time has passed.
    NotAnswered,
}

/// A person's approval of one call. [`ApprovalRequest::approve`] makes it.
#[derive(Debug)]
#[must_use = "an approval does nothing until a plan gets it"]
pub struct Approval(CallDigest);

/// What a person is told about a call that needs approval. It contains no credential.
#[derive(Clone)]
#[non_exhaustive]
pub struct ApprovalRequest {
    /// The name of the account.
    pub account: String,
    /// The title of the connector, such as `GitHub`.
    pub connector: String,
    /// Entity and action, such as `issues.delete`.
    pub operation: String,
    /// What the operation does, in one line.
    pub summary: String,
    /// What the call does to the data of the vendor.
    pub effect: Effect,
    /// The arguments of the operation.
    pub arguments: Map<String, Value>,
    /// The request that would be sent, with every secret masked; `None` where the transport cannot tell.
    pub preview: Option<DryRun>,
    /// How many characters that nobody sees were removed from `arguments`.
    pub hidden: usize,
    digest: CallDigest,
}

impl ApprovalRequest {
    pub(super) fn new(call: &PermittedCall<'_>, preview: Option<DryRun>) -> Self {
        let account = call.permitted.account();
        let operation = call.permitted.operation();
        let mut arguments = Value::Object(call.arguments.clone());
        account.client.redactor().clean_value(&mut arguments);
        let hidden = clean::value(&mut arguments);
        let arguments = match arguments {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        Self {
            account: account.name.clone(),
            connector: account.connector().title.to_string(),
            operation: operation.place(),
            summary: operation.summary.trim_end_matches('.').to_owned(),
            effect: Effect::of(operation),
            arguments,
            preview,
            hidden,
            digest: CallDigest::of(call),
        }
    }

    /// What is asked, in one or two sentences.
    pub fn words(&self) -> String {
        let Self { connector, account, operation, summary, .. } = self;
        let effect = match self.effect {
            Effect::Destroy => "This removes or overwrites data.",
            Effect::Write => "This changes data.",
            _ => "This reads data.",
        };
        format!("{connector}, account '{account}': {summary} ({operation}). {effect}")
    }

    /// The whole question for a person: the words, the address of the request, and the arguments as JSON.
    /// Where arguments are too long to be read, it says so before it shows their beginnings.
    pub fn text(&self) -> String {
        let mut text = self.words();
        if let Some(preview) = &self.preview {
            text.push_str(&format!("\n\n{} {}", preview.method, clean::line(&preview.url)));
            if !preview.then.is_empty() {
                text.push_str(&format!("\nThen: {}", preview.then.join(", ")));
            }
        }
        let arguments = shown::arguments(&self.arguments);
        if self.hidden > 0 {
            let (what, are) =
                if self.hidden == 1 { ("character", "is") } else { ("characters", "are") };
            text.push_str(&format!("\n\n{} invisible {what} {are} not shown.", self.hidden));
        }
        if let Some(remark) = arguments.remark {
            text.push_str(&format!("\n\n{remark}"));
        }
        text.push_str(&format!("\n\n{}", arguments.text));
        text
    }

    /// The approval of the call that this request is about.
    pub fn approve(&self) -> Approval {
        Approval(self.digest)
    }
}

impl Approval {
    /// Whether it is about this call. It is used up, whatever the answer.
    pub(super) fn fits(self, call: &PermittedCall<'_>) -> bool {
        let Self(digest) = self;
        digest == CallDigest::of(call)
    }
}

impl Answer {
    /// The approval.
    ///
    /// # Errors
    ///
    /// Why the call is not made, in words for a model.
    pub(super) fn approval(self, call: &PermittedCall<'_>) -> Result<Approval, ToolError> {
        let place = call.permitted.operation().place();
        let account = &call.permitted.account().name;
        let (message, advice) = match self {
            Self::Approved(approval) => return Ok(approval),
            Self::Refused => (
                format!("the user refused {place} with '{account}'; nothing was sent"),
                "Do not call it again unless the user asks for it.",
            ),
            Self::CannotAsk => (
                format!(
                    "{place} with '{account}' needs the approval of a person, and nobody can be asked \
                     here; nothing was sent"
                ),
                "No argument changes that. Tell the user: the program that calls has to be able to ask \
                 its user, or the operator has to change the policy.",
            ),
            Self::NotAnswered => (
                format!(
                    "nobody answered whether {place} with '{account}' may be called; nothing was sent"
                ),
                "Talk to the user before you call again.",
            ),
        };
        Err(not_approved(message, advice))
    }
}

/// The error of a call that got the approval of another one.
pub(super) fn of_another_call() -> ToolError {
    not_approved(
        "the approval was given for another call; nothing was sent".to_owned(),
        "Call again with the arguments that you want, and the user is asked about them.",
    )
}

fn not_approved(message: String, advice: &str) -> ToolError {
    ToolError::new(ToolErrorKind::NotApproved, message, Retry::Never).with_advice(advice)
}

impl fmt::Debug for ApprovalRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Arguments may be private.
        f.debug_struct("ApprovalRequest")
            .field("account", &self.account)
            .field("operation", &self.operation)
            .field("effect", &self.effect)
            .finish_non_exhaustive()
    }
}
