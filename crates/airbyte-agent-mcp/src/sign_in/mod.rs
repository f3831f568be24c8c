//! Sign-in for missing or refused credentials: the user of the client is asked to open a page of this machine, and the
//! call goes on with the credentials that were given there.
//!
//! No secret passes through the protocol, the client or the model: the question has nothing but the address of the page.
//! The page itself is not of this crate.

mod answer;
mod ask;
mod desk;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_core::{BoxFuture, Result};
use futures_util::FutureExt as _;
use futures_util::future::Shared;

pub(crate) use self::answer::{Answered, answered};
pub(crate) use self::ask::{SignInResult, ask};
pub(crate) use self::desk::Desk;

/// Opens pages on this machine, on which users give the credentials of accounts.
///
/// When a page is done, the client of the account must have the new credentials, for example by
/// [`Client::replace`](airbyte_agent_core::Client::replace): the call that failed is made again.
pub trait SignIns: fmt::Debug + Send + Sync {
    /// Whether the credentials of this account can be given on a page.
    fn offers(&self, account: &str) -> bool;

    /// The command that does the same without a client that opens pages; `None` where there is none.
    fn command(&self, account: &str) -> Option<String>;

    /// Opens a page that only this machine can reach and whose address nobody can guess. It has to close after this
    /// time, after its use, and when [`done`](SignInPage::new) is dropped.
    ///
    /// # Errors
    ///
    /// When no page can be opened, for example because nothing can be stored here.
    fn open<'a>(&'a self, account: &'a str, longest: Duration)
    -> BoxFuture<'a, Result<SignInPage>>;
}

type Done = Shared<BoxFuture<'static, std::result::Result<(), Arc<str>>>>;

/// A page that is open. Clones are of the same page, which is closed when all of them are dropped.
#[derive(Clone)]
pub struct SignInPage {
    address: Arc<str>,
    done: Done,
}

impl SignInPage {
    /// A page at this address, which runs by itself: `done` is polled only while a call waits. It is ready when the
    /// credentials are in use, or with the error for which they never will be; the page has to close when it is dropped.
    pub fn new(
        address: impl Into<Arc<str>>,
        done: impl Future<Output = Result<()>> + Send + 'static,
    ) -> Self {
        let done = done.map(|ended| ended.map_err(|error| Arc::from(error.message()))).boxed();
        Self { address: address.into(), done: done.shared() }
    }
}

impl fmt::Debug for SignInPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whoever knows the address can give credentials.
        f.write_str("SignInPage")
    }
}

/// Why nobody signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Missed {
    Declined,
    Closed,
    TooLate,
    Gone,
    Failed(Arc<str>),
}

impl Missed {
    /// The reason as a sentence.
    fn sentence(&self) -> String {
        match self {
            Self::Declined => "The user was asked to sign in and declined.".to_owned(),
            Self::Closed => {
                "The user was asked to sign in and closed the question without an answer."
                    .to_owned()
            }
            Self::TooLate => {
                "The user was asked to sign in, and the page was not completed in time.".to_owned()
            }
            Self::Gone => "The client did not answer the question to sign in.".to_owned(),
            Self::Failed(why) => format!("The user was asked to sign in, which failed: {why}."),
        }
    }
}
