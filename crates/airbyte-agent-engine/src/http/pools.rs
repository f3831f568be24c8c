//! Connection pools, one for each route to a host, and their settings.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::HeaderValue;
use rustls::pki_types::CertificateDer;

use super::HttpFailure;
use super::proxy::Proxies;
use super::resolve::PublicResolver;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// A function of the user that changes how reqwest's clients are set up.
#[cfg(feature = "reqwest")]
pub(super) type Configure = dyn Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync;

/// The settings of connection pools.
pub(super) struct Settings {
    pub(super) user_agent: HeaderValue,
    /// The proxy for all hosts but this machine; `None` for the proxies of the environment and the
    /// system.
    pub(super) proxy: Option<reqwest::Proxy>,
    /// Certificates of authorities that are trusted in addition to those of the system.
    pub(super) roots: Vec<CertificateDer<'static>>,
    #[cfg(feature = "reqwest")]
    pub(super) configure: Option<Arc<Configure>>,
}

impl Default for Settings {
    fn default() -> Self {
        let user_agent = concat!("airbyte-agent-connectors-rust/", env!("CARGO_PKG_VERSION"));
        Self {
            user_agent: HeaderValue::from_static(user_agent),
            proxy: None,
            roots: Vec::new(),
            #[cfg(feature = "reqwest")]
            configure: None,
        }
    }
}

/// A route to a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// Without a proxy, to any address of the name: for an address that the user configured.
    Direct,
    /// Without a proxy, to public addresses only: for an address that comes from a response.
    Public,
    /// Through a proxy.
    Proxy,
}

/// Connection pools, one for each route, which are made when they are first needed.
#[derive(Default)]
pub(super) struct Pools([OnceLock<Result<reqwest::Client, String>>; 3]);

impl Pools {
    pub(super) fn get(
        &self,
        route: Route,
        settings: &Settings,
        tls: &rustls::ClientConfig,
    ) -> Result<&reqwest::Client, HttpFailure> {
        self.0[route as usize]
            .get_or_init(|| build(route, settings, tls))
            .as_ref()
            .map_err(|message| HttpFailure::new(message.clone()))
    }
}

fn build(
    route: Route,
    settings: &Settings,
    tls: &rustls::ClientConfig,
) -> Result<reqwest::Client, String> {
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .user_agent(settings.user_agent.clone());
    builder = match (route, &settings.proxy) {
        (Route::Direct | Route::Public, _) => builder.no_proxy(),
        (Route::Proxy, Some(proxy)) => builder.no_proxy().proxy(proxy.clone()),
        (Route::Proxy, None) => builder,
    };
    #[cfg(feature = "reqwest")]
    if let Some(configure) = &settings.configure {
        builder = configure(builder);
    }
    // The settings on which the engine relies come last, so that no configuration changes them.
    if route == Route::Public {
        builder = builder.dns_resolver(Arc::new(PublicResolver));
    }
    let builder =
        builder.redirect(reqwest::redirect::Policy::none()).retry(reqwest::retry::never());
    builder.build().map_err(|error| format!("the HTTP client cannot be set up: {error}"))
}

/// TLS that trusts the authorities of the system and those of the settings.
pub(super) fn tls(settings: &Settings) -> Result<rustls::ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let wrong = |error: rustls::Error| format!("TLS cannot be set up: {error}");
    let verifier = verifier(&settings.roots, Arc::clone(&provider)).map_err(wrong)?;
    let builder = rustls::ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().map_err(wrong)?;
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    Ok(builder.with_no_client_auth())
}

#[cfg(not(target_os = "android"))]
fn verifier(
    roots: &[CertificateDer<'static>],
    provider: Arc<rustls::crypto::CryptoProvider>,
) -> Result<rustls_platform_verifier::Verifier, rustls::Error> {
    match roots {
        [] => rustls_platform_verifier::Verifier::new(provider),
        roots => rustls_platform_verifier::Verifier::new_with_extra_roots(
            roots.iter().cloned(),
            provider,
        ),
    }
}

/// On Android, only the system decides which certificates are trusted.
#[cfg(target_os = "android")]
fn verifier(
    roots: &[CertificateDer<'static>],
    provider: Arc<rustls::crypto::CryptoProvider>,
) -> Result<rustls_platform_verifier::Verifier, rustls::Error> {
    if roots.is_empty() {
        return rustls_platform_verifier::Verifier::new(provider);
    }
    Err(rustls::Error::General("certificates cannot be added on Android".to_owned()))
}

/// The proxies that requests with these settings go through.
pub(super) fn proxies(address: Option<&str>) -> Proxies {
    address.map_or_else(Proxies::of_system, |address| Proxies::all(address, ""))
}
