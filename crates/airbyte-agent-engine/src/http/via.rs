//! Another origin in the place of the intended one: a recording proxy, a gateway, the sandbox.

use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::error::{Error, Result};

/// Reads an origin, `http://host:port` or `https://host`.
pub(crate) fn origin(text: &str) -> Result<Url> {
    let invalid = || {
        Error::usage(format!("'{text}' is not an origin: give http://host:port or https://host"))
    };
    let url = Url::parse(text).map_err(|_| invalid())?;
    let plain = matches!(url.scheme(), "http" | "https") && url.host().is_some();
    if plain && url.path() == "/" && url.query().is_none() { Ok(url) } else { Err(invalid()) }
}

/// The address at `via` with path and query of `url`; the intended host goes into
/// `X-Forwarded-Host`.
pub(crate) fn through(via: &Url, url: &Url, headers: &mut HeaderMap) -> Result<Url> {
    let host = match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_owned(),
    };
    let host = HeaderValue::from_str(&host)
        .map_err(|_| Error::internal("the intended host cannot be written as a header"))?;
    headers.insert(HeaderName::from_static("x-forwarded-host"), host);
    let mut routed = via.clone();
    routed.set_path(url.path());
    routed.set_query(url.query());
    Ok(routed)
}

/// The address that a request is meant for, wherever it is routed.
#[cfg(feature = "testing")]
pub(crate) fn intended(request: &super::HttpRequest) -> Url {
    let host = request.headers.get("x-forwarded-host").and_then(|host| host.to_str().ok());
    // Vendors are reached by TLS; only what is routed is plain.
    let intended = host.and_then(|host| Url::parse(&format!("https://{host}")).ok());
    let Some(mut intended) = intended else { return request.url.clone() };
    intended.set_path(request.url.path());
    intended.set_query(request.url.query());
    intended
}
