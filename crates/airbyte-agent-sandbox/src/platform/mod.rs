//! The hosted platform: tokens, connectors of workspaces, execution of operations.

mod connectors;
mod execute;
mod selection;
mod window;

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use airbyte_agent_core::description::Connector;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::dispatch::World;
use crate::fault::{FaultKind, Target};
use crate::incoming::Incoming;
use crate::reply::Reply;
use connectors::Installed;

/// Client id that the platform knows.
pub const CLIENT_ID: &str = "sandbox-client";
/// Secret that goes with [`CLIENT_ID`].
pub const CLIENT_SECRET: &str = "sandbox-secret";
/// Organization that the client belongs to.
const ORGANIZATION: &str = "6f1d0f0e-0000-4000-8000-000000000001";
/// How long a token is good.
const LIFETIME: Duration = Duration::from_secs(900);

/// What an operation gave.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Executed {
    /// Records and metadata, as the platform puts them into its envelope.
    Json {
        /// An array for list and search, else the record.
        result: Value,
        /// Metadata, `null` when the operation has none.
        metadata: Value,
    },
    /// A file.
    Bytes {
        /// Its bytes.
        bytes: Bytes,
        /// Its media type.
        media_type: String,
    },
}

/// Why an operation failed.
#[derive(Debug, Clone)]
pub struct ExecuteError {
    /// HTTP status of the platform's answer.
    pub status: u16,
    /// What went wrong.
    pub message: String,
    /// Seconds to wait, for a rate limit.
    pub retry_after: Option<u64>,
}

/// An operation under way.
pub type Execution = Pin<Box<dyn Future<Output = Result<Executed, ExecuteError>> + Send>>;

/// How the platform runs an operation. It is given by the caller, so that this crate does not
/// depend on the engine it is there to test.
pub trait Executor: Send + Sync {
    /// Runs an operation of a connector against the vendors at `vendor_origin`.
    fn execute(
        &self,
        connector: &str,
        entity: &str,
        action: &str,
        params: Value,
        vendor_origin: &str,
    ) -> Execution;
}

impl fmt::Debug for dyn Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Executor")
    }
}

/// The platform's state.
#[derive(Debug)]
pub(crate) struct Platform {
    installed: Vec<Installed>,
    executor: Option<Box<dyn Executor>>,
    origin: String,
    tokens: Mutex<Tokens>,
}

#[derive(Debug, Default)]
struct Tokens {
    issued: u64,
    good: HashMap<String, Instant>,
}

impl Platform {
    pub(crate) fn new(
        connectors: &[Arc<Connector>],
        crowded: Option<&str>,
        executor: Option<Box<dyn Executor>>,
        origin: String,
    ) -> Self {
        Self {
            installed: connectors::install(connectors, crowded),
            executor,
            origin,
            tokens: Mutex::default(),
        }
    }

    /// Refuses every token issued so far.
    pub(crate) fn expire_tokens(&self) {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).good.clear();
    }

    /// Answers a request to the platform.
    pub(crate) async fn answer(&self, request: &Incoming, world: &World) -> (Reply, Target) {
        let mut target = Target { connector: "platform".to_owned(), ..Target::default() };
        if let Some(body) = execute::named(request) {
            (target.entity, target.action) = body;
        }
        let fault = world.faults.take(&target, &request.path);
        if fault == Some(FaultKind::ExpireTokens) {
            self.expire_tokens();
        }
        if let Some(reply) = fault.as_ref().and_then(FaultKind::instead) {
            return (reply, target);
        }
        let reply = self.reply(request, world).await;
        (fault.map_or_else(|| reply.clone(), |fault| fault.spoil(reply.clone())), target)
    }

    async fn reply(&self, request: &Incoming, world: &World) -> Reply {
        const CONNECTORS: &str = "/api/v1/integrations/connectors";
        let method = request.method.as_str();
        let path = request.path.as_str();
        if path == "/api/v1/account/applications/token" {
            return if method == "POST" { self.token(request) } else { not_allowed() };
        }
        if !path.starts_with("/api/v1/") {
            return Reply::json(404, &json!({"detail": "Not Found"}));
        }
        if let Err(refusal) = self.authorize(request) {
            return refusal;
        }
        if path == CONNECTORS {
            return if method == "GET" { self.list_connectors(request) } else { not_allowed() };
        }
        let rest = path.strip_prefix(CONNECTORS).and_then(|rest| rest.strip_prefix('/'));
        let Some((id, below)) = rest.map(|rest| rest.split_once('/').unwrap_or((rest, ""))) else {
            return Reply::json(404, &json!({"detail": "Not Found"}));
        };
        let Some(installed) = self.installed.iter().find(|installed| installed.id == id) else {
            return error(404, &format!("Connector {id} not found"), None);
        };
        match (method, below) {
            ("GET", "") => Reply::json(200, &installed.summary()),
            ("POST", "execute") => execute::answer(self, installed, request, world).await,
            (_, "" | "execute") => not_allowed(),
            _ => Reply::json(404, &json!({"detail": "Not Found"})),
        }
    }

    fn token(&self, request: &Incoming) -> Reply {
        let Ok(Value::Object(body)) = serde_json::from_slice(&request.body) else {
            return error(422, "The body is to be a JSON object", Some("body"));
        };
        for name in ["client_id", "client_secret"] {
            if body.get(name).and_then(Value::as_str).is_none() {
                return error(422, &format!("{name} is required"), Some(name));
            }
        }
        if body["client_id"] != CLIENT_ID || body["client_secret"] != CLIENT_SECRET {
            return error(401, "Invalid client credentials", None);
        }
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.issued += 1;
        let token = format!("sandbox-platform-token-{}", tokens.issued);
        tokens.good.insert(token.clone(), Instant::now());
        let answer = json!({
            "access_token": token,
            "token_type": "bearer",
            "expires_in": LIFETIME.as_secs(),
            "organization_id": ORGANIZATION,
        });
        Reply::json(200, &answer)
    }

    fn authorize(&self, request: &Incoming) -> Result<(), Reply> {
        let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let good = token.is_some_and(|token| {
            let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
            tokens.good.get(token).is_some_and(|issued| issued.elapsed() < LIFETIME)
        });
        if !good {
            return Err(error(401, "The access token is missing, invalid or expired", None));
        }
        match request.header("x-organization-id") {
            Some(id) if id.len() != 36 => {
                Err(error(422, "X-Organization-Id is no UUID", Some("x-organization-id")))
            }
            Some(id) if id != ORGANIZATION => {
                Err(error(403, "The token does not belong to this organization", None))
            }
            _ => Ok(()),
        }
    }

    fn list_connectors(&self, request: &Incoming) -> Reply {
        let named = ["workspace_name", "customer_name", "external_user_id"];
        let workspace = named.iter().find_map(|name| request.query_value(name));
        let id = request.query_value("workspace_id");
        if workspace.is_none() && id.is_none() {
            return error(
                422,
                "workspace_name or workspace_id is required",
                Some("workspace_name"),
            );
        }
        let definition = request.query_value("definition_id");
        let data: Vec<Value> = self
            .installed
            .iter()
            .filter(|installed| workspace.as_ref().is_none_or(|name| installed.workspace == *name))
            .filter(|installed| id.as_ref().is_none_or(|id| installed.workspace_id() == *id))
            .filter(|installed| definition.as_ref().is_none_or(|id| installed.definition_id == *id))
            .map(Installed::summary)
            .collect();
        Reply::json(200, &json!({"data": data}))
    }
}

fn not_allowed() -> Reply {
    Reply::json(405, &json!({"detail": "Method Not Allowed"}))
}

/// A failure with the platform's canonical body.
fn error(status: u16, message: &str, field: Option<&str>) -> Reply {
    let code = match status {
        400 | 422 => "value_error",
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not_found",
        429 => "rate_limited",
        501 => "not_implemented",
        _ => "error",
    };
    let mut item = json!({"message": message, "error_code": code});
    if let Some(field) = field {
        item["field"] = field.into();
    }
    Reply::json(status, &json!({"message": message, "errors": [item]}))
}
