//! The tokens of the platform.

use std::collections::HashMap;

use crate::hash::{hex, stable};

/// What a token gives access to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// It gives access to an organization.
    Application,
    /// It gives access to a workspace.
    Scoped,
    /// It gives access to the authentication module of a web page, and to no endpoint of the sandbox.
    Widget,
}

/// The tokens that were issued and have not expired.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    issued: u64,
    valid: HashMap<String, Token>,
}

/// What is known of a token.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// The organizations for which the token may be used, the default one first.
    pub(super) organizations: Vec<String>,
    /// The only workspace that it gives access to.
    pub(super) workspace: Option<String>,
    /// When it expires, in seconds since 1970.
    pub(super) expires_at: u64,
}

impl Tokens {
    /// Refuses every token that was issued so far.
    pub(crate) fn expire(&mut self) {
        self.valid.clear();
    }

    /// The text of a new token.
    pub(super) fn issue(&mut self, token: Token, now: u64) -> String {
        self.issued += 1;
        self.valid.retain(|_, known| known.expires_at > now);
        let seed = stable(&["token", &self.issued.to_string(), &now.to_string()]);
        let text = format!("sandbox-{}-{}", self.issued, hex(seed, 32));
        self.valid.insert(text.clone(), token);
        text
    }

    /// A token that has not expired.
    pub(super) fn get(&self, text: &str, now: u64) -> Option<&Token> {
        self.valid.get(text).filter(|token| token.expires_at > now)
    }
}
