//! One attempt: a request and the redirects that follow it.
//!
//! Each hop is built from the original request, and contains only what its host may see.

use bytes::Bytes;
use http::header::{self, HeaderMap};
use secrecy::ExposeSecret as _;

use super::redirects::{self, Hop, Next};
use super::{Outgoing, Recipient, Wire};
use crate::error::{Error, ErrorKind};
use crate::http::{HttpFailure, HttpRequest, HttpResponse, same_origin};

/// The reason why an attempt gave no response.
pub(super) enum NoAnswer {
    /// The network failed.
    Failure(HttpFailure),
    /// The request must not be sent.
    Forbidden(Error),
}

impl Wire {
    /// Makes one attempt and follows its redirects.
    pub(super) async fn follow(
        &self,
        outgoing: &Outgoing,
        recipient: &Recipient,
    ) -> Result<HttpResponse, NoAnswer> {
        let mut hop = Hop::first(outgoing);
        // If another host redirected back to this origin, that host must not decide what is
        // requested with credentials.
        let mut is_own = true;
        loop {
            is_own &= same_origin(&hop.url, &recipient.origin);
            let request = self.request(outgoing, &hop, recipient, is_own)?;
            let response = self.network.exchange(request).await?;
            let status = response.status;
            if outgoing.no_redirect == Some(status) {
                return Ok(response);
            }
            match redirects::next(self.redirects, &hop, status, &response.headers) {
                Next::Answer => return Ok(response),
                Next::Hop(next) => hop = next,
                Next::Refused(why) => {
                    let message = self.redirected(&why, status);
                    return Err(forbidden(outgoing, &message));
                }
                Next::NoResult(why) => {
                    let message = format!("{}: {}", outgoing.what, self.redirected(&why, status));
                    let error = Error::new(ErrorKind::Vendor, message).with_status(status);
                    return Err(NoAnswer::Forbidden(error));
                }
            }
        }
    }

    fn redirected(&self, why: &str, status: u16) -> String {
        format!("{} redirected {} (HTTP {status})", self.peer, self.redactor.clean(why))
    }

    /// The request of one hop. Only the recipient's own origin gets the credential and the
    /// arguments in headers.
    fn request(
        &self,
        outgoing: &Outgoing,
        hop: &Hop,
        recipient: &Recipient,
        is_own: bool,
    ) -> Result<HttpRequest, NoAnswer> {
        let mut url = hop.url.clone();
        let headers = if is_own {
            let mut headers = outgoing.headers.clone();
            if hop.method != outgoing.method {
                headers.remove(header::CONTENT_TYPE);
            }
            for (name, value) in &recipient.headers {
                headers.insert(name, value.clone());
            }
            for (name, value) in &recipient.query {
                url.query_pairs_mut().append_pair(name, value.expose_secret());
            }
            headers
        } else if self.network.may_reach(&hop.url) {
            for_anybody(&outgoing.headers, &hop.body)
        } else {
            let host = hop.url.host_str().unwrap_or_default();
            let message =
                format!("the vendor's response leads to {host}, which is not a public host");
            return Err(forbidden(outgoing, &message));
        };
        Ok(HttpRequest {
            method: hop.method.clone(),
            url,
            headers,
            body: hop.body.clone(),
            read_timeout: outgoing.read_timeout,
            public_only: !is_own || recipient.from_answer,
            asks_for_token: outgoing.asks_for_token,
        })
    }
}

/// The headers that any host may see: none of the account's and no argument.
fn for_anybody(headers: &HeaderMap, body: &Bytes) -> HeaderMap {
    let common = [header::ACCEPT, header::ACCEPT_ENCODING, header::USER_AGENT];
    let of_parts = [header::RANGE, header::IF_RANGE];
    let of_body = (!body.is_empty()).then_some(header::CONTENT_TYPE);
    let mut allowed = HeaderMap::new();
    for name in common.into_iter().chain(of_parts).chain(of_body) {
        if let Some(value) = headers.get(&name) {
            allowed.insert(name, value.clone());
        }
    }
    allowed
}

fn forbidden(outgoing: &Outgoing, message: &str) -> NoAnswer {
    let message = format!("{}: {message}", outgoing.what);
    NoAnswer::Forbidden(Error::new(ErrorKind::Network, message))
}
