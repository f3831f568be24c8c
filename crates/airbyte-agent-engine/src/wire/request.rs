//! What is sent, and who may see the credential.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Method;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::auth::Credential;
use crate::endpoint::Endpoint;
use crate::error::{Error, Result};

/// A request before credentials are added.
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Whether the request only reads.
    pub(crate) reads: bool,
    /// Whether it is harmless to send the request twice.
    pub(crate) repeatable: bool,
    /// The purpose of the request in messages: `issues.list`.
    pub(crate) what: String,
    /// How long the client waits at most for the response and for each further piece of it.
    pub(crate) read_timeout: Duration,
    /// How often it is sent at most; `None` for the number of the policy.
    pub(crate) max_attempts: Option<u32>,
    /// The time at which the caller stops waiting.
    pub(crate) deadline: Option<Instant>,
    /// The largest body that is read before the response counts as received, in bytes. If this body
    /// breaks off, the request is repeated. Without a size, the receiver of the response reads the
    /// body later.
    pub(crate) whole: Option<usize>,
    /// Whether the request asks for a token, so that its body and that of the response contain
    /// credentials.
    pub(crate) asks_for_token: bool,
    /// A status that is a response although it usually redirects.
    pub(crate) no_redirect: Option<u16>,
}

/// The origin that may see the credential and the arguments in headers, and the credential itself.
pub(crate) struct Recipient {
    /// The origin: only scheme, host and port count.
    pub(crate) origin: Url,
    /// Whether the origin comes from a response, so that it must not be a private host.
    pub(crate) from_answer: bool,
    /// Headers of the credential; they replace those of the same name.
    pub(crate) headers: HeaderMap,
    /// Query parameters of the credential.
    pub(crate) query: Vec<(String, SecretString)>,
}

impl Recipient {
    /// The origin of `base`, with a credential for it.
    ///
    /// # Errors
    ///
    /// `Validation` when a part of the credential cannot be written as a header.
    pub(crate) fn new(base: Endpoint, credential: Credential) -> Result<Self> {
        let mut headers = HeaderMap::new();
        for (name, value) in &credential.headers {
            let (name, value) = header(name, value.expose_secret(), true)?;
            headers.insert(name, value);
        }
        let Endpoint { url, from_answer } = base;
        Ok(Self { origin: url, from_answer, headers, query: credential.query })
    }
}

/// A header name and value that have been checked.
pub(crate) fn header(name: &str, value: &str, secret: bool) -> Result<(HeaderName, HeaderValue)> {
    let parsed = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| Error::internal(format!("'{name}' is not a header name")))?;
    let mut value = HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| Error::validation(format!("the value of header '{name}' is not allowed")))?;
    value.set_sensitive(secret);
    Ok((parsed, value))
}
