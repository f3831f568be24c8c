//! Questions that were given as results, until their answers come with another call.
//!
//! The client keeps only a handle, which means nothing elsewhere. A question is taken out when its answer
//! comes, so that no answer counts twice.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use airbyte_agent_core::tools::ApprovalRequest;

use crate::random;

/// The most questions that are open at the same time; the oldest are forgotten.
const MOST: usize = 1_024;

/// The open questions.
#[derive(Debug, Default)]
pub(crate) struct Pending(Mutex<VecDeque<Question>>);

#[derive(Debug)]
struct Question {
    handle: String,
    /// Whom the question was given to.
    caller: String,
    request: ApprovalRequest,
    until: Instant,
}

impl Pending {
    /// Remembers a question for a caller, and gives its handle; `None` where no random numbers can be had.
    pub(crate) fn add(
        &self,
        caller: &str,
        request: ApprovalRequest,
        longest: Duration,
    ) -> Option<String> {
        let handle = random::handle()?;
        let until = Instant::now() + longest;
        let question =
            Question { handle: handle.clone(), caller: caller.to_owned(), request, until };
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.truncate(MOST - 1);
        open.push_front(question);
        Some(handle)
    }

    /// Takes the question of this handle; `None` for one that is not known, was answered, was given to another
    /// caller, or is too old.
    pub(crate) fn take(&self, caller: &str, handle: &str) -> Option<ApprovalRequest> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        open.retain(|question| question.until > now);
        let position = open
            .iter()
            .position(|question| question.handle == handle && question.caller == caller)?;
        open.remove(position).map(|question| question.request)
    }
}
