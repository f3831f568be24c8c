//! Another origin instead of the intended one: a recording proxy, a gateway, or the sandbox.

use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::address::has_user_info;
use crate::error::{Error, Result};

/// Reads an origin as [`Local::via`](crate::Local::via) and [`Hosted::via`](crate::Hosted::via)
/// take it: `http://host:port` or `https://host`.
///
/// # Errors
///
/// [`Usage`](crate::ErrorKind::Usage). The message does not repeat the text, because it may contain
/// a password.
pub fn origin(text: &str) -> Result<Url> {
    let wrong = |why: &str| {
        Error::usage(format!(
            "the origin that requests are sent to {why}: give http://host:port or https://host"
        ))
    };
    let url = Url::parse(text).map_err(|_| wrong("is not a URL"))?;
    if has_user_info(&url) {
        return Err(wrong("must not hold a user name or a password"));
    }
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong("is neither http nor https"));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("has a path, a query or a fragment"));
    }
    Ok(url)
}

/// The address at `via`, with path and query of `url`. The intended host is put into the header
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

/// The address for which a request is intended, even if it is sent to another origin.
#[cfg(feature = "testing")]
pub(crate) fn intended(request: &super::HttpRequest) -> Url {
    let host = request.headers.get("x-forwarded-host").and_then(|host| host.to_str().ok());
    // Vendors are reached by TLS. Only a request that is sent to another origin may use plain http.
    let intended = host.and_then(|host| Url::parse(&format!("https://{host}")).ok());
    let Some(mut intended) = intended else { return request.url.clone() };
    intended.set_path(request.url.path());
    intended.set_query(request.url.query());
    intended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for text in ["http://localhost:8080", "https://proxy.test/", "http://10.0.0.7:3128"] {
            origin(text).unwrap();
        }
        for (text, why) in [
            ("http://u:PASSWORD@host", "password"),
            ("http://u:PASSWORD@host/", "password"),
            ("http://u:PASSWORD@host/x", "password"),
            ("http://u:PASSWORD@host/?q#f", "password"),
            ("http://PASSWORD@host", "password"),
            ("http://:PASSWORD@host", "password"),
            ("ftp://u:PASSWORD@host", "password"),
            ("http:\\\\u:PASSWORD@host", "password"),
            ("u:PASSWORD@host", "neither http"),
            ("//u:PASSWORD@host", "not a URL"),
            ("http://u:PASSWORD@host:port", "not a URL"),
            ("http://host/PASSWORD", "a path"),
            ("http://host/?key=PASSWORD", "a query"),
            ("http://host/#PASSWORD", "a fragment"),
            ("ftp://host", "neither http"),
            ("host:8080", "neither http"),
            ("", "not a URL"),
        ] {
            let error = origin(text).unwrap_err();
            assert!(error.message().contains(why), "{text}: {error}");
            assert!(!format!("{error:?}").contains("PASSWORD"), "{text}: {error:?}");
        }
    }
}
