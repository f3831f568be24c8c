//! An HTTP client with a proxy, certificates or a user agent of its own.

use std::fmt;
#[cfg(feature = "reqwest")]
use std::sync::Arc;

use http::HeaderValue;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use url::Url;

use super::Http;
use super::address::has_user_info;
use super::pools::Settings;
use crate::error::{Error, Result};

/// Builds an [`Http`] client; [`Http::builder`] returns it.
///
/// ```
/// use airbyte_agent_engine::{Credentials, Http, Local};
///
/// # fn example() -> airbyte_agent_engine::Result<()> {
/// let http = Http::builder().proxy("http://proxy.acme.test:3128").user_agent("acme/1.0").build()?;
/// let local = Local::new(Credentials::new()).http_client(http);
/// # Ok(())
/// # }
/// # example().unwrap();
/// ```
#[must_use = "a builder does nothing unless it is built"]
pub struct HttpBuilder {
    settings: Settings,
    user_agent: Option<String>,
    proxy: Option<String>,
    proxy_auth: Option<(String, String)>,
    pem: Vec<Vec<u8>>,
}

impl Http {
    /// Begins to build a client with its own settings and connections. Make one and clone it for
    /// all connectors that share the settings.
    pub fn builder() -> HttpBuilder {
        HttpBuilder {
            settings: Settings::default(),
            user_agent: None,
            proxy: None,
            proxy_auth: None,
            pem: Vec::new(),
        }
    }
}

impl HttpBuilder {
    /// Sends all requests through this proxy, `http://host:port` or `https://host:port`, instead of
    /// those of the environment and the system. This machine is still reached directly.
    pub fn proxy(mut self, address: impl Into<String>) -> Self {
        self.proxy = Some(address.into());
        self
    }

    /// Sets user name and password for the proxy.
    pub fn proxy_auth(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.proxy_auth = Some((user.into(), password.into()));
        self
    }

    /// Trusts the certificates in this PEM text in addition to those of the system, for a proxy or
    /// a gateway that has a certificate authority of its own.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.pem.push(pem.into());
        self
    }

    /// Sets the header `User-Agent` of all requests, instead of this library's name and version.
    pub fn user_agent(mut self, text: impl Into<String>) -> Self {
        self.user_agent = Some(text.into());
        self
    }

    /// Changes the builder of reqwest's clients, for example for a client certificate, the local
    /// address, or the sizes of pools. `change` is called once for each route (direct, direct to
    /// public hosts, through a proxy).
    ///
    /// The engine follows redirects and repeats requests itself, so both are switched off in any
    /// case. A resolver that is set here is not used for addresses out of responses, because these
    /// may lead to public hosts only. TLS is set up already; to use another set-up, call
    /// `tls_backend_preconfigured`. Cookies must stay off, because all accounts share the client.
    #[cfg(feature = "reqwest")]
    pub fn configure(
        mut self,
        change: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.settings.configure = Some(Arc::new(change));
        self
    }

    /// Makes the client. It connects to nothing yet.
    ///
    /// # Errors
    ///
    /// `Usage` when the proxy's address, a certificate or the user agent is not valid; `Network`
    /// when TLS cannot be set up.
    pub fn build(self) -> Result<Http> {
        let Self { mut settings, user_agent, proxy, proxy_auth, pem } = self;
        if let Some(text) = user_agent {
            settings.user_agent = HeaderValue::from_str(&text)
                .map_err(|_| Error::usage("the user agent cannot be written as a header"))?;
        }
        for pem in &pem {
            settings.roots.extend(certificates(pem)?);
        }
        if proxy_auth.is_some() && proxy.is_none() {
            return Err(Error::usage("there are a user and a password for a proxy, but no proxy"));
        }
        if let Some(address) = &proxy {
            settings.proxy = Some(reqwest_proxy(address, proxy_auth)?);
        }
        let client = Http::new(settings, proxy);
        client.tls().map_err(|message| Error::network(message).with_retryable(false))?;
        Ok(client)
    }
}

/// The certificates in a PEM text.
fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(Error::usage("a root certificate is no PEM text: it has no CERTIFICATE part")),
        Err(error) => Err(Error::usage(format!("a root certificate is no PEM text: {error}"))),
    }
}

/// The proxy at an address. Errors do not repeat the address, because it may contain a password.
fn reqwest_proxy(address: &str, auth: Option<(String, String)>) -> Result<reqwest::Proxy> {
    let wrong = |why: &str| {
        Error::usage(format!(
            "the proxy's address {why}: give http://host:port, and a password by proxy_auth"
        ))
    };
    let url = Url::parse(address).map_err(|_| wrong("is not a URL"))?;
    if has_user_info(&url) {
        return Err(wrong("must not hold a user name or a password"));
    }
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong("is neither http nor https"));
    }
    let proxy = reqwest::Proxy::all(url).map_err(|_| wrong("cannot be used"))?;
    Ok(match auth {
        Some((user, password)) => proxy.basic_auth(&user, &password),
        None => proxy,
    })
}

impl fmt::Debug for HttpBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpBuilder")
            .field("user_agent", &self.user_agent)
            .field("proxy", &self.proxy.as_deref().map(super::shown))
            .field("root_certificates", &self.pem.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn what_cannot_be_right_is_refused_and_a_password_never_shown() {
        for (builder, part) in [
            (Http::builder().proxy("http://u:PASSWORD@proxy.test"), "proxy_auth"),
            (Http::builder().proxy("u:PASSWORD@proxy.test"), "neither http"),
            (Http::builder().proxy("socks5://proxy.test"), "neither http"),
            (Http::builder().proxy("proxy.test"), "not a URL"),
            (Http::builder().proxy_auth("u", "PASSWORD"), "no proxy"),
            (Http::builder().root_certificate("PASSWORD"), "no PEM text"),
            (Http::builder().user_agent("two\nlines"), "header"),
        ] {
            assert!(!format!("{builder:?}").contains("PASSWORD"), "{builder:?}");
            let error = builder.build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
            assert!(error.message().contains(part), "{part}: {error}");
            assert!(!format!("{error:?}").contains("PASSWORD"), "{error:?}");
        }
    }
}
