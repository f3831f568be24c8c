//! The server as a resource of an OAuth authorization server: it says where tokens come from (RFC 9728), and
//! checks those that clients present. It never issues any, and hands none on.

mod keys;
mod token;

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use airbyte_agent_core::{Error, ErrorKind, HttpClient, Result};
use serde_json::{Map, Value, json};
use url::Url;

use self::keys::Keys;
pub(super) use self::token::Problem;
use crate::config::file::Table;

/// The beginning of the paths at which the metadata of resources stands.
const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// The authorization server whose tokens clients present.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct OAuth {
    /// The authorization server, exactly as its tokens and its metadata name it: `iss`.
    pub issuer: String,
    /// The address of this server as clients know it, such as `https://mcp.example.com/mcp`. Tokens have to be
    /// made for it: it is one of their `aud`.
    pub resource: String,
    /// Where the keys of the authorization server stand. Unless it is set, its metadata says that.
    pub jwks: Option<String>,
    /// The scopes that a token must have.
    pub scopes: Vec<String>,
}

/// Checks tokens.
pub(super) struct Verifier {
    oauth: OAuth,
    keys: Keys,
    metadata: String,
    /// The address of the metadata.
    address: String,
    /// The paths at which the metadata stands.
    paths: Vec<String>,
}

impl OAuth {
    /// Tokens of this issuer for this resource.
    pub fn new(issuer: impl Into<String>, resource: impl Into<String>) -> Self {
        Self { issuer: issuer.into(), resource: resource.into(), ..Self::default() }
    }

    /// Sets where the keys of the authorization server stand.
    #[must_use]
    pub fn jwks(mut self, address: impl Into<String>) -> Self {
        self.jwks = Some(address.into());
        self
    }

    /// Adds a scope that a token must have.
    #[must_use]
    pub fn scope(mut self, name: impl Into<String>) -> Self {
        self.scopes.push(name.into());
        self
    }

    /// Reads the settings of a table.
    pub(crate) fn read(mut table: Table<'_>) -> Result<Self> {
        let needed = |value: Option<String>, table: &Table<'_>, name: &str| {
            value.ok_or_else(|| table.error(format!("'http.oauth' needs '{name}'")))
        };
        let issuer = table.text("issuer")?;
        let issuer = needed(issuer, &table, "issuer")?;
        let resource = table.text("resource")?;
        let resource = needed(resource, &table, "resource")?;
        let oauth =
            Self { issuer, resource, jwks: table.text("jwks")?, scopes: table.texts("scopes")? };
        oauth.check().map_err(|error| table.error(error.message()))?;
        table.end();
        Ok(oauth)
    }

    /// Whether the addresses can be used.
    fn check(&self) -> Result<()> {
        for (name, text) in [("issuer", &self.issuer), ("resource", &self.resource)] {
            address(name, text)?;
        }
        if let Some(text) = &self.jwks {
            address("jwks", text)?;
        }
        let is_token = |scope: &String| {
            !scope.is_empty()
                && scope.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\'))
        };
        match self.scopes.iter().find(|scope| !is_token(scope)) {
            Some(wrong) => Err(Error::usage(format!("'{wrong}' is no scope"))),
            None => Ok(()),
        }
    }
}

/// An address to which or for which secrets are sent: it has TLS, unless it is one of this machine.
fn address(name: &str, text: &str) -> Result<Url> {
    let wrong = |why: &str| Error::new(ErrorKind::Usage, format!("'{name}' {why}"));
    let url = Url::parse(text).map_err(|_| wrong("is no address; write https://…"))?;
    let is_local = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => return Err(wrong("has no host")),
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && is_local) {
        return Err(wrong("must begin with https://"));
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(wrong("may have no user name, password or fragment"));
    }
    Ok(url)
}

impl Verifier {
    /// Checks tokens by these settings, with keys that `client` fetches when they are first needed.
    pub(super) fn new(oauth: OAuth, client: Arc<dyn HttpClient>) -> Result<Self> {
        oauth.check()?;
        let resource = address("resource", &oauth.resource)?;
        let path = resource.path().trim_end_matches('/').to_owned();
        let mut own = resource;
        own.set_query(None);
        own.set_path(&format!("{WELL_KNOWN}{path}"));
        let mut metadata = Map::new();
        let mut put = |name: &str, value: Value| metadata.insert(name.to_owned(), value);
        put("resource", oauth.resource.clone().into());
        put("authorization_servers", json!([oauth.issuer]));
        if !oauth.scopes.is_empty() {
            put("scopes_supported", json!(oauth.scopes));
        }
        put("bearer_methods_supported", json!(["header"]));
        put("resource_name", "Airbyte agent connectors".into());
        let paths = vec![format!("{WELL_KNOWN}{path}"), WELL_KNOWN.to_owned()];
        let keys = Keys::new(&oauth, client);
        let metadata = Value::Object(metadata).to_string();
        Ok(Self { oauth, keys, metadata, address: own.to_string(), paths })
    }

    /// The metadata of the resource, if it stands at this path.
    pub(super) fn metadata_at(&self, path: &str) -> Option<&str> {
        self.paths.iter().any(|known| known == path).then_some(self.metadata.as_str())
    }

    /// The challenge to a client whose token is missing or was refused.
    pub(super) fn challenge(&self, problem: Option<&Problem>) -> String {
        let mut text = format!("Bearer resource_metadata=\"{}\"", self.address);
        if let Some(problem) = problem {
            text.push_str(&format!(", error=\"{}\"", problem.code()));
        }
        if !self.oauth.scopes.is_empty() {
            text.push_str(&format!(", scope=\"{}\"", self.oauth.scopes.join(" ")));
        }
        text
    }

    /// Whose token this is.
    pub(super) async fn subject(&self, token: &str) -> Result<String, Problem> {
        let token = token::Token::parse(token)?;
        let key = self.keys.find(&token.header).await?;
        token.verified(&key, &self.oauth, SystemTime::now())
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("oauth", &self.oauth).finish_non_exhaustive()
    }
}
