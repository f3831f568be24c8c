//! The keys of the authorization server: fetched when they are needed, and again when they are old or a token
//! names one that is not known.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use airbyte_agent_core::{HttpClient, HttpRequest};
use futures_util::StreamExt as _;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::OAuth;
use super::token::{Header, Key, Problem};

/// How long keys are used before they are fetched again.
const FRESH: Duration = Duration::from_secs(60 * 60);

/// How long keys are used at most when they cannot be fetched again.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// The least time between two requests, so that nobody makes the server ask all the time.
const PAUSE: Duration = Duration::from_secs(30);

/// The longest wait for the authorization server.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Most bytes of metadata and of keys.
const MOST_BYTES: usize = 512 * 1024;

/// The keys of the authorization server.
pub(super) struct Keys {
    issuer: String,
    address: Option<String>,
    client: Arc<dyn HttpClient>,
    known: RwLock<Known>,
    /// When keys were fetched last, with or without success. Whoever holds it fetches keys; those whose key is
    /// known do not wait for that.
    tried: Mutex<Option<Instant>>,
}

#[derive(Default)]
struct Known {
    keys: Vec<Key>,
    fetched: Option<Instant>,
}

impl Known {
    /// The key that a token names, and how long ago it was fetched.
    fn find(&self, header: &Header) -> Option<(Key, Duration)> {
        let key = self.keys.iter().find(|key| key.fits(header))?;
        Some((key.clone(), self.fetched?.elapsed()))
    }
}

impl Keys {
    pub(super) fn new(oauth: &OAuth, client: Arc<dyn HttpClient>) -> Self {
        let (issuer, address) = (oauth.issuer.clone(), oauth.jwks.clone());
        let (known, tried) = (RwLock::default(), Mutex::default());
        Self { issuer, address, client, known, tried }
    }

    /// The key that a token names.
    pub(super) async fn find(&self, header: &Header) -> Result<Key, Problem> {
        let find = || self.known.read().unwrap_or_else(PoisonError::into_inner).find(header);
        let fresh = || find().filter(|(_, age)| *age < FRESH).map(|(key, _)| key);
        if let Some(key) = fresh() {
            return Ok(key);
        }
        let mut tried = self.tried.lock().await;
        // Somebody else may have fetched it meanwhile.
        if let Some(key) = fresh() {
            return Ok(key);
        }
        if tried.is_none_or(|tried| tried.elapsed() >= PAUSE) {
            *tried = Some(Instant::now());
            match self.fetch().await {
                Ok(keys) => {
                    let fetched = Some(Instant::now());
                    *self.known.write().unwrap_or_else(PoisonError::into_inner) =
                        Known { keys, fetched };
                }
                Err(why) => {
                    tracing::warn!(issuer = self.issuer, why, "keys cannot be fetched");
                }
            }
        }
        drop(tried);
        match find() {
            Some((key, age)) if age < STALE => Ok(key),
            Some(_) => Err(Problem::NoKeys),
            None => {
                let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
                Err(if known.fetched.is_some() {
                    Problem::Invalid("its key is not known")
                } else {
                    Problem::NoKeys
                })
            }
        }
    }

    async fn fetch(&self) -> Result<Vec<Key>, String> {
        let address = match &self.address {
            Some(address) => Url::parse(address).map_err(|error| error.to_string())?,
            None => self.discover().await?,
        };
        let found = self.get(address).await?;
        let all = found.get("keys").and_then(Value::as_array);
        let all = all.ok_or("the document has no keys")?;
        Ok(all.iter().filter_map(Key::read).collect())
    }

    /// Where the keys stand, by the metadata of the authorization server (RFC 8414 and `OpenID` Connect).
    async fn discover(&self) -> Result<Url, String> {
        let issuer = Url::parse(&self.issuer).map_err(|error| error.to_string())?;
        let path = issuer.path().trim_end_matches('/');
        let mut last = String::new();
        for place in [
            format!("/.well-known/oauth-authorization-server{path}"),
            format!("/.well-known/openid-configuration{path}"),
            format!("{path}/.well-known/openid-configuration"),
        ] {
            let mut address = issuer.clone();
            address.set_path(&place);
            match self.get(address).await {
                // Metadata that names another issuer is of somebody else.
                Ok(found) if found["issuer"] == self.issuer => {
                    let text = found["jwks_uri"].as_str().ok_or("the metadata has no jwks_uri")?;
                    return super::address("jwks_uri", text).map_err(|e| e.message().to_owned());
                }
                Ok(_) => "the metadata is of another issuer".clone_into(&mut last),
                Err(why) => last = why,
            }
        }
        Err(last)
    }

    async fn get(&self, address: Url) -> Result<Value, String> {
        let getting = async {
            let request = HttpRequest::get(address, LONGEST_WAIT);
            let response = self.client.send(request).await.map_err(|failure| failure.message)?;
            if response.status != 200 {
                return Err(format!("HTTP {}", response.status));
            }
            let mut body = response.body;
            let mut all = Vec::new();
            while let Some(piece) = body.next().await {
                let piece = piece.map_err(|error| error.to_string())?;
                if all.len() + piece.len() > MOST_BYTES {
                    return Err("the document is too long".to_owned());
                }
                all.extend_from_slice(&piece);
            }
            serde_json::from_slice(&all).map_err(|_| "the document is no JSON".to_owned())
        };
        let ended = tokio::time::timeout(LONGEST_WAIT, getting).await;
        ended.unwrap_or_else(|_| Err("no response in time".to_owned()))
    }
}
