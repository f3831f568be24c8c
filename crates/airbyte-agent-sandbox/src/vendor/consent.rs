//! The authorization endpoint: a user who agrees unless told otherwise, and the codes that are out.
//!
//! With `&decision=deny` or `&decision=fail` added to the address, or as a client whose id holds the
//! word `denied`, the browser is sent back with an error.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};

use crate::incoming::Incoming;
use crate::reply::Reply;

/// How long a code is good.
const LIFETIME: Duration = Duration::from_secs(600);

/// What the user agreed to.
#[derive(Debug)]
struct Granted {
    client: String,
    redirect_uri: String,
    challenge: Option<String>,
    scope: Option<String>,
    at: Instant,
}

/// The codes that were not exchanged yet.
#[derive(Debug, Default)]
pub(super) struct Codes {
    issued: u64,
    open: HashMap<String, Granted>,
}

/// A code as somebody presents it.
#[derive(Debug, Default)]
pub(super) struct Presented {
    pub(super) code: String,
    pub(super) client: Option<String>,
    pub(super) redirect_uri: Option<String>,
    pub(super) verifier: Option<String>,
    /// Whether the client proved by a secret who it is.
    pub(super) has_secret: bool,
}

impl Codes {
    fn issue(&mut self, granted: Granted) -> String {
        self.issued += 1;
        let code = format!("sandbox-code-{}", self.issued);
        self.open.insert(code.clone(), granted);
        code
    }

    /// Takes a code, which is spent whatever comes out; gives the scope that was granted.
    pub(super) fn redeem(&mut self, presented: &Presented) -> Result<Option<String>, &'static str> {
        let granted = self.open.remove(&presented.code);
        let granted = granted.ok_or("the code is unknown or was used already")?;
        if granted.at.elapsed() > LIFETIME {
            return Err("the code is too old");
        }
        if presented.client.as_deref() != Some(&granted.client) {
            return Err("the code belongs to another client");
        }
        if presented.redirect_uri.as_deref() != Some(&granted.redirect_uri) {
            return Err("redirect_uri is not the one that the code was asked for with");
        }
        match (&granted.challenge, &presented.verifier) {
            (None, None) if presented.has_secret => {}
            (None, None) => return Err("a public client is to use code_challenge"),
            (None, Some(_)) => return Err("code_verifier without code_challenge"),
            (Some(_), None) => return Err("code_verifier is missing"),
            (Some(challenge), Some(verifier)) => {
                let proof = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
                if proof != *challenge {
                    return Err("code_verifier does not fit code_challenge");
                }
            }
        }
        Ok(granted.scope)
    }
}

/// Answers the browser: back to the application, or an error where that cannot be trusted.
pub(super) fn answer(request: &Incoming, codes: impl FnOnce(&mut dyn FnMut(&mut Codes))) -> Reply {
    let find = |name: &str| request.query_value(name).filter(|value| !value.is_empty());
    let refuse = |error: &str, why: &str| super::tokens::refuse(400, error, why);
    let Some(back) = find("redirect_uri").filter(|uri| uri.contains("://") && !uri.contains('#'))
    else {
        return refuse("invalid_request", "redirect_uri is missing or no address");
    };
    let client = match find("client_id") {
        Some(client) if !client.contains("invalid") => client,
        Some(_) => return refuse("invalid_client", "there is no such client"),
        None => return refuse("invalid_client", "client_id is missing"),
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    match decide(request, &client) {
        Ok(()) => {
            let granted = Granted {
                client,
                redirect_uri: back.clone(),
                challenge: find("code_challenge"),
                scope: find("scope"),
                at: Instant::now(),
            };
            let mut granted = Some(granted);
            let mut code = String::new();
            codes(&mut |codes| {
                if let Some(granted) = granted.take() {
                    code = codes.issue(granted);
                }
            });
            query.append_pair("code", &code);
        }
        Err((error, why)) => {
            query.append_pair("error", error).append_pair("error_description", why);
        }
    }
    if let Some(state) = find("state") {
        query.append_pair("state", &state);
    }
    if let Some(host) = &request.host {
        query.append_pair("iss", &format!("https://{host}"));
    }
    let separator = if back.contains('?') { '&' } else { '?' };
    Reply::empty(302).header("location", format!("{back}{separator}{}", query.finish()))
}

fn decide(request: &Incoming, client: &str) -> Result<(), (&'static str, &'static str)> {
    let find = |name: &str| request.query_value(name);
    if find("response_type").as_deref() != Some("code") {
        return Err(("unsupported_response_type", "response_type is to be code"));
    }
    if find("code_challenge").is_some() && find("code_challenge_method").as_deref() != Some("S256")
    {
        return Err(("invalid_request", "code_challenge_method is to be S256"));
    }
    match find("decision").as_deref() {
        Some("fail") => Err(("server_error", "the sandbox was told to fail")),
        Some("deny") => Err(("access_denied", "the user said no")),
        _ if client.contains("denied") => Err(("access_denied", "the user said no")),
        _ => Ok(()),
    }
}
