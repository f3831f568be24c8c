//! What users granted, and the codes that stand for it until they are exchanged.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};

/// How long a code can be exchanged.
const LIFETIME: Duration = Duration::from_secs(600);

/// What the user granted, and to whom.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) client: String,
    pub(super) redirect_uri: String,
    /// The PKCE challenge.
    pub(super) challenge: Option<String>,
    pub(super) scope: Option<String>,
    pub(super) at: Instant,
}

/// The codes that were issued and not exchanged yet.
#[derive(Debug, Default)]
pub(super) struct Codes {
    issued: u64,
    unused: HashMap<String, Grant>,
}

/// A code as a client presents it.
#[derive(Debug, Default)]
pub(super) struct PresentedCode {
    pub(super) code: String,
    pub(super) client: Option<String>,
    pub(super) redirect_uri: Option<String>,
    /// The PKCE verifier.
    pub(super) verifier: Option<String>,
    /// Whether the client authenticated itself by a secret.
    pub(super) has_secret: bool,
}

impl Codes {
    pub(super) fn issue(&mut self, grant: Grant) -> String {
        self.issued += 1;
        let code = format!("sandbox-code-{}", self.issued);
        self.unused.insert(code.clone(), grant);
        code
    }

    /// Uses a code, which is spent whatever comes of it. Gives the scope that was granted.
    pub(super) fn redeem(
        &mut self,
        presented: &PresentedCode,
    ) -> Result<Option<String>, &'static str> {
        let grant = self.unused.remove(&presented.code);
        let grant = grant.ok_or("the code is unknown or was used already")?;
        if grant.at.elapsed() > LIFETIME {
            return Err("the code is too old");
        }
        if presented.client.as_deref() != Some(&grant.client) {
            return Err("the code belongs to another client");
        }
        if presented.redirect_uri.as_deref() != Some(&grant.redirect_uri) {
            return Err("redirect_uri is not the one with which the code was requested");
        }
        match (&grant.challenge, &presented.verifier) {
            (None, None) if presented.has_secret => {}
            (None, None) => return Err("a public client must use code_challenge"),
            (None, Some(_)) => return Err("code_verifier without code_challenge"),
            (Some(_), None) => return Err("code_verifier is missing"),
            (Some(challenge), Some(verifier)) => {
                let proof = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
                if proof != *challenge {
                    return Err("code_verifier does not fit code_challenge");
                }
            }
        }
        Ok(grant.scope)
    }
}
