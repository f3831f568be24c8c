//! The control endpoints, by which tests steer a sandbox over HTTP.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::platform::{Behaviour, Platform, Tenant};
use crate::request::Request;
use crate::response::Response;
use crate::services::Services;

/// What the paths of the control endpoints begin with.
pub(crate) const ROOT: &str = "/_sandbox/";

/// What a request to an unknown control endpoint is told.
const ENDPOINTS: &str = "the sandbox has /_sandbox/faults (POST, DELETE), \
    /_sandbox/requests (GET, DELETE), /_sandbox/connectors (GET), /_sandbox/clock (GET, POST), \
    /_sandbox/tenants (POST), /_sandbox/behaviour (GET, PATCH) and /_sandbox/context-store (POST)";

#[derive(Deserialize)]
struct ClockChange {
    advance_seconds: u64,
}

#[derive(Deserialize)]
struct ContextStoreChange {
    connector_id: Option<String>,
    status: String,
}

/// What the body of a new fault may be.
const FAULT_FORMS: &str = r#"Expected {"fault": KIND, "match"?: {"connector"?, "entity"?, "action"?, "path"?}, "times"?: N}, where KIND is {"status": 503, "headers"?: {…}, "body"?: …}, "truncate", "malformed", "close", "expire_tokens" or {"slow": {"ms": 50}}"#;

/// Responds to a request whose path is `endpoint` below [`ROOT`].
pub(crate) fn respond(services: &Services, request: &Request, endpoint: &str) -> Response {
    match (request.method.as_str(), endpoint) {
        ("POST", "faults") => match serde_json::from_slice::<Fault>(&request.body) {
            Ok(fault) => {
                services.inject(fault);
                Response::empty(204)
            }
            Err(error) => bad_request(&format!("the body is not a fault: {error}. {FAULT_FORMS}")),
        },
        ("DELETE", "faults") => {
            services.faults.clear();
            Response::empty(204)
        }
        ("GET", "requests") => Response::json(200, &json!({"requests": services.log.masked()})),
        ("DELETE", "requests") => {
            services.log.clear();
            Response::empty(204)
        }
        ("GET", "connectors") => {
            let names: Vec<&str> =
                services.vendors.iter().map(super::vendor::Vendor::slug).collect();
            Response::json(200, &json!({"connectors": names}))
        }
        (_, "clock" | "tenants" | "behaviour" | "context-store") => {
            respond_for_platform(&services.platform, request, endpoint)
        }
        _ => Response::json(404, &json!({"error": ENDPOINTS})),
    }
}

fn respond_for_platform(platform: &Platform, request: &Request, endpoint: &str) -> Response {
    match (request.method.as_str(), endpoint) {
        ("GET", "clock") => clock(platform),
        ("POST", "clock") => match serde_json::from_slice::<ClockChange>(&request.body) {
            Ok(change) => {
                platform.clock.advance(Duration::from_secs(change.advance_seconds));
                clock(platform)
            }
            Err(error) => bad_request(&format!("the body does not advance the clock: {error}")),
        },
        ("POST", "tenants") => match serde_json::from_slice::<Tenant>(&request.body) {
            Ok(tenant) => Response::json(200, &json!({"organizations": platform.admit(tenant)})),
            Err(error) => bad_request(&format!("the body is not a tenant: {error}")),
        },
        ("GET", "behaviour") => Response::json(200, &json!(platform.behaviour())),
        ("PATCH", "behaviour") => change_behaviour(platform, request),
        ("POST", "context-store") => {
            match serde_json::from_slice::<ContextStoreChange>(&request.body) {
                Ok(change) => change_context_stores(platform, &change),
                Err(error) => {
                    bad_request(&format!("the body is not a status of a context store: {error}"))
                }
            }
        }
        _ => Response::json(405, &json!({"error": "the endpoint does not have this method"})),
    }
}

fn clock(platform: &Platform) -> Response {
    let ahead = platform.clock.seconds_ahead();
    Response::json(200, &json!({"now": platform.clock.now(), "ahead_seconds": ahead}))
}

fn change_behaviour(platform: &Platform, request: &Request) -> Response {
    let mut whole = json!(platform.behaviour());
    let change = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
    if let (Value::Object(whole), Value::Object(change)) = (&mut whole, change) {
        whole.extend(change);
    }
    match serde_json::from_value::<Behaviour>(whole) {
        Ok(behaviour) => {
            platform.set_behaviour(behaviour.clone());
            Response::json(200, &json!(behaviour))
        }
        Err(error) => bad_request(&format!("the body does not describe a behaviour: {error}")),
    }
}

fn change_context_stores(platform: &Platform, change: &ContextStoreChange) -> Response {
    match platform.set_context_store(change.connector_id.as_deref(), &change.status) {
        Some(count) => Response::json(200, &json!({"connectors": count})),
        None => bad_request(&format!("`{}` is not a status of a context store", change.status)),
    }
}

fn bad_request(message: &str) -> Response {
    Response::json(400, &json!({"error": message}))
}
