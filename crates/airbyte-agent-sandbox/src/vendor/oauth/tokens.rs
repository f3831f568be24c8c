//! The tokens and codes that a vendor knows.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use super::grant::{Codes, Grant, PresentedCode};

/// What a vendor knows of its tokens.
#[derive(Debug, Default)]
pub(in crate::vendor) struct Tokens(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    issued: u64,
    seen: HashSet<String>,
    expired: HashSet<String>,
    spent: HashSet<String>,
    limited: HashSet<String>,
    codes: Codes,
}

impl Tokens {
    fn with<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Refuses every token seen or issued so far.
    pub(in crate::vendor) fn expire(&self) {
        self.with(|state| {
            let seen = std::mem::take(&mut state.seen);
            state.expired.extend(seen);
        });
    }

    /// Remembers a token, and says whether it is still valid.
    pub(in crate::vendor) fn accept(&self, token: &str) -> bool {
        self.with(|state| {
            if state.expired.contains(token) {
                return false;
            }
            state.seen.insert(token.to_owned());
            true
        })
    }

    /// Whether this is the first request with a limited credential.
    pub(in crate::vendor) fn is_first_limited(&self, token: &str) -> bool {
        self.with(|state| state.limited.insert(token.to_owned()))
    }

    /// A new access token and a new refresh token.
    pub(super) fn issue(&self, connector: &str) -> (String, String) {
        self.with(|state| {
            state.issued += 1;
            let access = format!("sandbox-access-{connector}-{}", state.issued);
            state.seen.insert(access.clone());
            (access, format!("sandbox-refresh-{connector}-{}", state.issued))
        })
    }

    /// Uses a refresh token, and says whether it is valid. One that the sandbox issued works once.
    pub(super) fn spend(&self, token: &str) -> bool {
        self.with(|state| {
            !token.starts_with("sandbox-refresh-") || state.spent.insert(token.to_owned())
        })
    }

    /// A new code for what the user granted.
    pub(super) fn issue_code(&self, grant: Grant) -> String {
        self.with(|state| state.codes.issue(grant))
    }

    /// Uses a code, which is spent whatever comes of it. Gives the scope that was granted.
    pub(super) fn redeem_code(
        &self,
        presented: &PresentedCode,
    ) -> Result<Option<String>, &'static str> {
        self.with(|state| state.codes.redeem(presented))
    }
}
