//! Signing in at a vendor: the authorization-code flow with PKCE (RFC 6749, 7636, 8252, 9207).
//!
//! This module makes the address at which the user grants access, checks the answer that the
//! browser brings back, and exchanges the code for tokens. It starts no browser and listens on no
//! port: the caller does both.
//!
//! ```no_run
//! use airbyte_agent_engine::authorization::{Authorization, SignIn};
//! # use airbyte_agent_engine::description::Connector;
//!
//! # async fn example(connector: &Connector, query: &str) -> airbyte_agent_engine::Result<()> {
//! let app = SignIn::new("client-id", "http://127.0.0.1:8765/callback").client_secret("…");
//! let authorization = Authorization::new(connector, "oauth2", app)?;
//! println!("open {}", authorization.url());
//! // … the browser comes back to the redirect address …
//! if let Some(code) = authorization.code(query)? {
//!     let tokens = authorization.exchange(code).await?;
//! }
//! # Ok(())
//! # }
//! ```

mod exchange;

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use url::{Host, Url};

use crate::description::{
    AuthScheme, Connector, OAuthEndpoints, RefreshFormat, RefreshStyle, Template, Text,
};
use crate::endpoint::{self, Source};
use crate::error::{Error, Result};
use crate::http::{HttpClient, origin};
use crate::local::configuration;
use crate::reply::cut;
use crate::secret::Redactor;

/// The application that asks for access, and its settings for the sign-in.
#[derive(Clone)]
pub struct SignIn {
    client_id: String,
    client_secret: Option<SecretString>,
    redirect_uri: String,
    scopes: Vec<String>,
    config: Map<String, Value>,
    via: Option<String>,
    http: Option<Arc<dyn HttpClient>>,
}

impl SignIn {
    /// An application with its id, and the address to which the vendor sends the browser back.
    pub fn new(client_id: impl Into<String>, redirect_uri: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: None,
            redirect_uri: redirect_uri.into(),
            scopes: Vec::new(),
            config: Map::new(),
            via: None,
            http: None,
        }
    }

    /// Sets the application's secret; public applications have none.
    #[must_use]
    pub fn client_secret(mut self, secret: impl Into<String>) -> Self {
        self.client_secret = Some(SecretString::from(secret.into()));
        self
    }

    /// Asks for these scopes instead of those of the description.
    #[must_use]
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Sets a server variable or another setting of the connector, for example a subdomain.
    #[must_use]
    pub fn config(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.config.insert(key.into(), value.into());
        self
    }

    /// Sends the request for tokens to this origin instead, as [`Local::via`](crate::Local::via)
    /// does.
    #[must_use]
    pub fn via(mut self, origin: impl Into<String>) -> Self {
        self.via = Some(origin.into());
        self
    }

    /// Sends the request for tokens with a client of your own.
    #[must_use]
    pub fn http_client(mut self, client: impl HttpClient + 'static) -> Self {
        self.http = Some(Arc::new(client));
        self
    }
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn")
            .field("client_id", &self.client_id)
            .field("redirect_uri", &self.redirect_uri)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// One attempt to sign in, with a state and a verifier of its own, which are never used again.
pub struct Authorization {
    title: String,
    app: SignIn,
    url: Url,
    token_url: Url,
    style: RefreshStyle,
    format: RefreshFormat,
    extract: Vec<Text>,
    via: Option<Url>,
    state: SecretString,
    verifier: SecretString,
    redactor: Redactor,
}

/// A code that belongs to one attempt to sign in. It can be exchanged once.
pub struct Code(SecretString);

impl Authorization {
    /// Begins an attempt to sign in with a scheme of the connector. Sends nothing.
    ///
    /// # Errors
    ///
    /// `Usage` when the scheme does not exist or is not one with which users sign in, `Validation`
    /// when a setting is missing or the redirect address is not valid.
    pub fn new(connector: &Connector, scheme: &str, app: SignIn) -> Result<Self> {
        let (scheme, flow) = flow(connector, scheme)?;
        let config = configuration(connector, scheme, &app.config, |_| None)?;
        let mut url = address(connector, &flow.authorization_url, &config)?;
        let token_url = address(connector, &flow.token_url, &config)?;
        let redirect = Url::parse(&app.redirect_uri).map_err(|error| {
            Error::validation(format!("the redirect address is not a URL: {error}"))
        })?;
        if redirect.fragment().is_some() {
            return Err(Error::validation("the redirect address must not have a fragment"));
        }
        let via = app.via.as_deref().map(origin).transpose()?;
        let (state, verifier) = (random()?, random()?);
        let challenge = digest(&SHA256, verifier.expose_secret().as_bytes());
        let scopes = if app.scopes.is_empty() {
            flow.scopes.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(&flow.separator)
        } else {
            app.scopes.join(&flow.separator)
        };
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &app.client_id)
            .append_pair("redirect_uri", &app.redirect_uri)
            .append_pair("state", state.expose_secret())
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(challenge))
            .append_pair("code_challenge_method", "S256");
        if !scopes.is_empty() {
            query.append_pair("scope", &scopes);
        }
        for parameter in flow.parameters.iter() {
            query.append_pair(&parameter.target, &value(connector, &parameter.value, &config)?);
        }
        drop(query);
        let redactor = Redactor::default();
        let secrets = [&state, &verifier].into_iter().chain(&app.client_secret);
        for secret in secrets {
            redactor.add(secret.expose_secret());
        }
        Ok(Self {
            title: connector.title.to_string(),
            url,
            token_url,
            style: flow.style,
            format: flow.format,
            extract: scheme.refresh.iter().flat_map(|refresh| refresh.extract.to_vec()).collect(),
            via,
            state,
            verifier,
            redactor,
            app,
        })
    }

    /// The address at which the user grants access.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Reads the query with which the browser came back. Returns `None` when it does not belong to
    /// this attempt, because its state is missing or is another one; the caller should then wait
    /// for the next request.
    ///
    /// # Errors
    ///
    /// `Authentication` when access was denied, the vendor reports a failure, the response names
    /// another issuer, or the response contains no code.
    pub fn code(&self, query: &str) -> Result<Option<Code>> {
        let find = |wanted: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
        };
        if find("state").as_deref() != Some(self.state.expose_secret()) {
            return Ok(None);
        }
        let title = &self.title;
        if find("iss").is_some_and(|issuer| !self.is_issuer(&issuer)) {
            return Err(Error::authentication(format!(
                "the response to the sign-in comes from another server than that of {title}; \
                 it was not used"
            )));
        }
        if let Some(error) = find("error") {
            let why = find("error_description").or_else(|| find("error_reason"));
            return Err(self.refused(&error, why.as_deref()));
        }
        let code = find("code").filter(|code| !code.is_empty());
        let code = code.ok_or_else(|| {
            Error::authentication(format!("the response of {title} to the sign-in holds no code"))
        })?;
        self.redactor.add(&code);
        Ok(Some(Code(code.into())))
    }

    /// Whether an issuer (RFC 9207) may be this vendor: on a host of the endpoints' own domain.
    fn is_issuer(&self, issuer: &str) -> bool {
        let Ok(issuer) = Url::parse(issuer) else { return false };
        [&self.url, &self.token_url]
            .iter()
            .any(|own| own.host() == issuer.host() || domain(own) == domain(&issuer))
    }

    fn refused(&self, error: &str, why: Option<&str>) -> Error {
        let title = &self.title;
        if error == "access_denied" {
            return Error::authentication(format!("access to {title} was denied"));
        }
        let why = why.map(|why| format!(" ({})", self.tidy(why))).unwrap_or_default();
        Error::authentication(format!("{title} refused the sign-in: {}{why}", self.tidy(error)))
    }

    /// A text of the vendor in a form that is fit for a message.
    fn tidy(&self, text: &str) -> String {
        let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        cut(&self.redactor.clean(&plain), 300)
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("app", &self.app)
            .field("host", &self.url.host_str())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code")
    }
}

fn flow<'c>(
    connector: &'c Connector,
    scheme: &str,
) -> Result<(&'c AuthScheme, &'c OAuthEndpoints)> {
    let known = connector.auth.iter().find(|known| known.name == scheme);
    let known = known
        .ok_or_else(|| Error::usage(format!("{} has no auth scheme '{scheme}'", connector.name)))?;
    let flow = known.oauth.as_ref().filter(|flow| flow.has_sign_in());
    flow.map(|flow| (known, flow))
        .ok_or_else(|| Error::usage(format!("nobody signs in at {} with {scheme}", connector.name)))
}

/// The address of an endpoint, with the settings filled in.
fn address(connector: &Connector, url: &Template, config: &Map<String, Value>) -> Result<Url> {
    let what = format!("the address of {} for signing in", connector.name);
    let endpoint = endpoint::fill(&what, url, |name| setting(connector, config, name))?;
    endpoint::with_tls(&what, &endpoint.url)?;
    Ok(endpoint.url)
}

/// The value of a template, filled in with settings. It contains only characters that an address
/// may contain.
fn value(connector: &Connector, text: &Template, config: &Map<String, Value>) -> Result<String> {
    text.render(|name| {
        let value = setting(connector, config, name)?;
        endpoint::label(name, &value).map(str::to_owned)
    })
}

fn setting(
    connector: &Connector,
    config: &Map<String, Value>,
    name: &str,
) -> Result<endpoint::Value> {
    let text = config.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| {
        let connector = &connector.name;
        Error::validation(format!("{connector} needs the setting '{name}' to sign in"))
    })?;
    Ok(endpoint::Value { text: text.to_owned(), source: Source::Setting })
}

/// Suffixes of domains below a country's suffix under which anybody may register a domain, such as
/// `co.uk`.
const SHARED: [&str; 14] =
    ["ac", "co", "com", "edu", "go", "gob", "gov", "ltd", "mil", "ne", "net", "nom", "or", "org"];

/// The part of the host that belongs to one owner: its last two labels, or the last three where the
/// second label from the end is such a shared suffix.
fn domain(url: &Url) -> Option<String> {
    let Host::Domain(name) = url.host()? else { return None };
    let mut labels = name.rsplit('.');
    let (country, second) = (labels.next()?, labels.next()?);
    let is_shared = country.len() == 2 && SHARED.contains(&second);
    if !is_shared {
        return Some(format!("{second}.{country}"));
    }
    labels.next().map(|third| format!("{third}.{second}.{country}"))
}

fn random() -> Result<SecretString> {
    let mut bytes = [0; 32];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Error::internal("the system gives no random numbers"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_has_one_owner() {
        for (address, expected) in [
            ("https://login.acme.test/x", Some("acme.test")),
            ("https://acme.test", Some("acme.test")),
            ("https://login.acme.co.uk", Some("acme.co.uk")),
            ("https://evil.co.uk", Some("evil.co.uk")),
            ("https://co.uk", None),
            ("https://auth.x.io", Some("x.io")),
            ("https://localhost", None),
            ("https://127.0.0.1", None),
        ] {
            assert_eq!(domain(&Url::parse(address).unwrap()).as_deref(), expected, "{address}");
        }
    }
}
