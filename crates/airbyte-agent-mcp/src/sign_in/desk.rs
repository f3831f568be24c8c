//! The pages that are open, and the questions that were given to clients as results.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use airbyte_agent_core::{BoxFuture, Result};
use futures_util::future::WeakShared;

use super::{Missed, SignInPage, SignIns};
use crate::random;
use crate::refusal::{Refusal, Retry};

/// The most questions that are open at the same time; the oldest are forgotten, and their pages closed.
const MOST: usize = 64;

/// The pages that are open, and the questions that were given to clients as results.
pub(crate) struct Desk {
    sign_ins: Arc<dyn SignIns>,
    /// The page of each account. It lasts as long as somebody waits for it.
    pages: tokio::sync::Mutex<HashMap<String, OpenPage>>,
    questions: Mutex<VecDeque<Question>>,
}

struct OpenPage {
    address: Arc<str>,
    done: WeakShared<BoxFuture<'static, std::result::Result<(), Arc<str>>>>,
}

/// A question that was given to a client as a result.
#[derive(Debug, Clone)]
pub(super) struct Question {
    handle: String,
    /// Whom it was given to.
    caller: String,
    until: Instant,
    pub(super) account: String,
    /// Why the call failed.
    pub(super) problem: String,
    pub(super) page: SignInPage,
}

impl Desk {
    pub(crate) fn new(sign_ins: Arc<dyn SignIns>) -> Self {
        Self { sign_ins, pages: tokio::sync::Mutex::default(), questions: Mutex::default() }
    }

    /// Whether the credentials of this account can be given on a page.
    pub(crate) fn offers(&self, account: &str) -> bool {
        self.sign_ins.offers(account)
    }

    /// The command that does the same without a client that opens pages.
    pub(crate) fn command(&self, account: &str) -> Option<String> {
        self.sign_ins.command(account)
    }

    /// The page of an account: the one that is open, or a new one. Whoever needs the account at the same time is given
    /// the same page.
    pub(super) async fn open(&self, account: &str, longest: Duration) -> Result<SignInPage> {
        let mut pages = self.pages.lock().await;
        let known = pages.get(account).and_then(|page| {
            let done = page.done.upgrade()?;
            // A page that is done is closed.
            done.peek().is_none().then(|| SignInPage { address: Arc::clone(&page.address), done })
        });
        if let Some(known) = known {
            return Ok(known);
        }
        let page = self.sign_ins.open(account, longest).await?;
        if let Some(done) = page.done.downgrade() {
            let address = Arc::clone(&page.address);
            pages.insert(account.to_owned(), OpenPage { address, done });
        }
        Ok(page)
    }

    /// Remembers a question for a caller, and gives its handle; `None` where no random numbers can be had.
    pub(super) fn remember(
        &self,
        caller: &str,
        (account, problem): (&str, &str),
        page: SignInPage,
        longest: Duration,
    ) -> Option<String> {
        let handle = random::handle()?;
        let question = Question {
            handle: handle.clone(),
            caller: caller.to_owned(),
            until: Instant::now() + longest,
            account: account.to_owned(),
            problem: problem.to_owned(),
            page,
        };
        let mut open = self.questions.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        open.retain(|question| question.until > now);
        open.truncate(MOST - 1);
        open.push_front(question);
        Some(handle)
    }

    /// The question of this handle; `None` for one that is not known, was given to another caller, or is too old.
    pub(super) fn question(&self, caller: &str, handle: &str) -> Option<Question> {
        let mut open = self.questions.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        open.retain(|question| question.until > now);
        let is_wanted =
            |question: &&Question| question.handle == handle && question.caller == caller;
        open.iter().find(is_wanted).cloned()
    }

    /// Forgets a question that was answered.
    pub(super) fn forget(&self, handle: &str) {
        let mut open = self.questions.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|question| question.handle != handle);
    }

    /// What a model is told where nobody signed in.
    pub(super) fn refusal(&self, account: &str, problem: &str, missed: &Missed) -> Refusal {
        let mut message = problem.trim_end().to_owned();
        if !message.ends_with('.') {
            message.push('.');
        }
        message.push(' ');
        message.push_str(&missed.sentence());
        if let Some(command) = self.command(account).filter(|command| !problem.contains(command)) {
            message.push_str(&format!(" They can also run: {command}."));
        }
        message.push_str(" Tell the user and do not call again by yourself.");
        Refusal::new("not_signed_in", message, Retry::Never)
    }
}
