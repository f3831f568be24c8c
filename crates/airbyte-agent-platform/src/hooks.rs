//! What the generated client needs from us: requests go out through the session, which adds token
//! and organization and tries again; errors come back as ours.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use airbyte_agent_core::hosted::{PlatformRequest, Session};
use airbyte_agent_core::{Error, ErrorKind, Result};
use bytes::Bytes;
use progenitor_client::{ClientHooks, OperationInfo, ResponseValue};
use secrecy::SecretString;

use crate::api;

/// Status under which a failed request travels through the generated client. The API knows none
/// like it.
const FAILED: http::StatusCode = match http::StatusCode::from_u16(999) {
    Ok(status) => status,
    Err(_) => http::StatusCode::INTERNAL_SERVER_ERROR,
};

/// Stands in a path for a segment that would lead elsewhere, until the request is refused.
const NOWHERE: &str = "%00";

/// What is known of an operation besides its request.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its name.
    pub(crate) id: &'static str,
    /// Whether doing it twice is harmless.
    pub(crate) repeatable: bool,
    /// Whether it goes without a token.
    pub(crate) open: bool,
}

/// What the generated client carries along.
#[derive(Clone)]
pub struct Hooks {
    session: Session,
    /// Takes the place of the session's own token.
    token: Option<SecretString>,
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks").field("session", &self.session).finish_non_exhaustive()
    }
}

/// The error on its way through the generated client.
#[derive(Clone)]
struct Failure(Arc<Mutex<Option<Error>>>);

impl Hooks {
    pub(crate) fn new(session: Session, token: Option<SecretString>) -> Self {
        Self { session, token }
    }

    /// The session that requests go out through.
    pub fn session(&self) -> &Session {
        &self.session
    }

    async fn carry(&self, request: &reqwest::Request, id: &str) -> Result<http::Response<Bytes>> {
        let request = self.request(request, id)?;
        let (status, headers, body) = self.session.whole(&request).await?;
        let mut response = http::Response::new(body);
        *response.status_mut() = http::StatusCode::from_u16(status)
            .map_err(|_| Error::new(ErrorKind::Decode, format!("{status} is no HTTP status")))?;
        *response.headers_mut() = headers;
        Ok(response)
    }

    /// The request as the session takes it.
    fn request(&self, request: &reqwest::Request, id: &str) -> Result<PlatformRequest> {
        let what = id.replace('_', " ");
        let url = request.url();
        let base = self.session.base_url().path().trim_end_matches('/');
        let path = url.path();
        let path = path.strip_prefix(base).unwrap_or(path);
        if path.split('/').any(|segment| segment == NOWHERE) {
            let message = format!("{what}: an identifier is empty or made of dots");
            return Err(Error::new(ErrorKind::Validation, message));
        }
        let mut out = PlatformRequest::new(request.method().clone(), path).what(&what);
        for (name, value) in url.query_pairs() {
            out = out.query(name, value);
        }
        if let Some(bytes) = request.body().and_then(reqwest::Body::as_bytes) {
            let body = serde_json::from_slice(bytes).map_err(|error| {
                Error::new(ErrorKind::Internal, format!("{what}: the body is not JSON: {error}"))
            })?;
            out = out.body(body);
        }
        if let Some(known) = api::OPERATIONS.iter().find(|known| known.id == id) {
            out = out.repeatable(known.repeatable);
            if known.open {
                return Ok(out.without_token());
            }
        }
        Ok(match &self.token {
            Some(token) => out.bearer(token.clone()),
            None => out,
        })
    }
}

impl ClientHooks<Hooks> for api::Client {
    async fn exec(
        &self,
        request: reqwest::Request,
        info: &OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        let carried = self.inner.carry(&request, info.operation_id).await;
        let response = carried.unwrap_or_else(|error| {
            let mut response = http::Response::new(Bytes::new());
            *response.status_mut() = FAILED;
            response.extensions_mut().insert(Failure(Arc::new(Mutex::new(Some(error)))));
            response
        });
        Ok(response.into())
    }
}

/// A segment of a path, percent-encoded.
pub(crate) fn encode_path(segment: &str) -> String {
    // Servers and URL parsers resolve dots even when they are encoded.
    if matches!(segment, "" | "." | "..") {
        return NOWHERE.to_owned();
    }
    progenitor_client::encode_path(segment)
}

/// From what the generated client returns to what everything else here does.
///
/// ```no_run
/// # async fn example() -> airbyte_agent_core::Result<()> {
/// use airbyte_agent_platform::{Answer, Platform};
///
/// let platform = Platform::from_env()?;
/// let numbers = platform.api().get_workspace_stats().send().await.answer()?;
/// println!("{:?} workspaces", numbers.total_count);
/// # Ok(())
/// # }
/// ```
pub trait Answer<T> {
    /// The answer without status and headers.
    ///
    /// # Errors
    ///
    /// What the session reports: `Authentication` for 401 and 403, `Validation` for 400, 422 and
    /// requests that lack something, `NotFound` for 404, `RateLimited` for 429, `Vendor` for other
    /// statuses, `Network` without an answer, `Decode` for one that makes no sense.
    fn answer(self) -> Result<T>;
}

impl<T, E> Answer<T> for Result<ResponseValue<T>, progenitor_client::Error<E>> {
    fn answer(self) -> Result<T> {
        self.map(ResponseValue::into_inner).map_err(error)
    }
}

fn error<E>(error: progenitor_client::Error<E>) -> Error {
    use progenitor_client::Error as Theirs;

    let (kind, message) = match error {
        Theirs::UnexpectedResponse(mut response) => {
            let failure = response.extensions_mut().remove::<Failure>();
            if let Some(error) = failure.and_then(|Failure(slot)| {
                slot.lock().unwrap_or_else(PoisonError::into_inner).take()
            }) {
                return error;
            }
            let status = response.status().as_u16();
            (ErrorKind::Vendor, format!("the platform answered with status {status}"))
        }
        Theirs::InvalidRequest(message) => (ErrorKind::Validation, message),
        // The decoder's own words may repeat what it read.
        Theirs::InvalidResponsePayload(_, error) => (
            ErrorKind::Decode,
            format!(
                "the platform's answer does not have the expected form (line {}, column {})",
                error.line(),
                error.column()
            ),
        ),
        Theirs::ErrorResponse(response) => {
            let status = response.status().as_u16();
            (ErrorKind::Vendor, format!("the platform answered with status {status}"))
        }
        Theirs::CommunicationError(error)
        | Theirs::InvalidUpgrade(error)
        | Theirs::ResponseBodyError(error) => {
            (ErrorKind::Network, format!("the platform: {}", error.without_url()))
        }
        Theirs::Custom(message) => (ErrorKind::Internal, message),
    };
    Error::new(kind, message)
}

/// The reqwest client that requests are put together with; it never sends any.
pub(crate) fn drafts() -> Result<reqwest::Client> {
    let internal = |error: &dyn fmt::Display| {
        Error::new(ErrorKind::Internal, format!("requests cannot be put together: {error}"))
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| internal(&error))?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .build()
        .map_err(|error| internal(&error))
}
