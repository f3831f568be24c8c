//! Interprets refusals: whether they allow another attempt, and the error that is made of them.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;

use super::{Outgoing, Wire};
use crate::description::FailureKind;
use crate::error::Error;
use crate::http::HttpResponse;
use crate::reply::{Refusal, cost_wait, is_limit, meaning};
use crate::retry::{self, Ending, published_wait};

/// The end of the message if a change that was sent again found nothing to change.
const MAY_BE_DONE: &str =
    "; an earlier attempt got no clear response and may have done it: look before you go on";

/// A response with status 400 or above, with its body and its meaning.
pub(crate) struct Refused {
    pub(crate) status: u16,
    headers: HeaderMap,
    body: Bytes,
    /// The meaning of the vendor's code in the body.
    meaning: Option<FailureKind>,
    /// The delay for which the response asks.
    wait: Option<Duration>,
    /// Whether a rate-limit window is exhausted, whatever the status.
    exhausted: bool,
    /// Whether it is unknown if an earlier attempt of this change had an effect.
    pub(super) after_doubt: bool,
}

/// Why the address of a request is too long: its length and the names of its longest parts. Their
/// values belong to the caller and are not shown.
fn too_long(outgoing: &Outgoing) -> String {
    let mut lengths: Vec<(String, usize)> = Vec::new();
    for (name, value) in outgoing.url.query_pairs() {
        let length = name.len() + value.len();
        match lengths.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known += length,
            None => lengths.push((name.into_owned(), length)),
        }
    }
    lengths.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let all = outgoing.url.as_str().len();
    let parts: Vec<String> =
        lengths.iter().take(3).map(|(name, length)| format!("'{name}' ({length})")).collect();
    let longest = match parts.as_slice() {
        [] => String::new(),
        parts => format!(", most of them in {}", parts.join(", ")),
    };
    format!("; the address has {all} characters{longest}: pass fewer or shorter values")
}

impl Wire {
    /// Reads a refusal and interprets its status and headers, and, if a description of the vendor
    /// is known, its limits and the code in the body.
    pub(super) async fn weigh(&self, response: HttpResponse) -> (Refused, Ending) {
        let vendor = self.vendor.as_deref();
        let limits = vendor.and_then(|vendor| vendor.rate_limit_headers.as_ref());
        let wait = retry::asked_wait(&self.policy, limits, &response.headers);
        let (status, headers) = (response.status, response.headers.clone());
        // A body that cannot be read counts as empty.
        let body = response.bytes(self.largest_refusal).await.unwrap_or_default();
        let exhausted = retry::is_exhausted(limits, &headers);
        let Some(vendor) = vendor else {
            let refused = Refused {
                status,
                headers,
                body,
                meaning: None,
                wait,
                exhausted,
                after_doubt: false,
            };
            return (refused, Ending::Status(status, wait));
        };
        let parsed = serde_json::from_slice(&body).unwrap_or_default();
        let meaning = meaning(vendor, &parsed, None);
        let wait = wait.or_else(|| cost_wait(vendor, &parsed));
        // Some limits come as a 403 with a delay, or are recognised by their words.
        let told = || is_limit(&String::from_utf8_lossy(&body));
        let is_limited = status == 403 && (wait.is_some() || exhausted || told());
        let is_refused_for_now = meaning == Some(FailureKind::RateLimited)
            || (meaning.is_none() && (status == 429 || is_limited));
        let published = is_refused_for_now.then(|| published_wait(vendor)).flatten();
        let wait = wait.or(published);
        // Without a stated delay the request is not repeated, because further requests would
        // prolong such a limit.
        let is_limited = is_limited && (wait.is_some() || exhausted);
        let counts_as = match meaning {
            Some(FailureKind::RateLimited) => 429,
            Some(FailureKind::Unavailable) => 503,
            None if is_limited => 429,
            _ => status,
        };
        let refused =
            Refused { status, headers, body, meaning, wait, exhausted, after_doubt: false };
        (refused, Ending::Status(counts_as, wait))
    }

    /// The error of a refusal.
    pub(crate) fn refusal(&self, refused: &Refused, outgoing: &Outgoing) -> Error {
        let Refused { status, headers, body, meaning, wait, exhausted, after_doubt } = refused;
        let refusal = Refusal {
            status: *status,
            headers,
            body,
            meaning: *meaning,
            wait: *wait,
            repeatable: outgoing.repeatable,
            exhausted: *exhausted,
            who: &self.peer,
            what: &outgoing.what,
        };
        let error = refusal.error(|text| self.redactor.clean(text));
        match status {
            414 => error.with_advice(&too_long(outgoing)),
            404 | 410 if *after_doubt => error.with_advice(MAY_BE_DONE),
            _ => error,
        }
    }
}
