//! The sandbox's own endpoints: faults, the log, and what tests choose about the platform.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::dispatch::World;
use crate::fault::Fault;
use crate::incoming::Incoming;
use crate::platform::{Conduct, Platform, Tenant};
use crate::reply::Reply;

/// Path of the sandbox's own endpoints.
pub(crate) const ROOT: &str = "/_sandbox/";

/// Answers a request to `rest` below [`ROOT`].
pub(crate) fn answer(world: &World, request: &Incoming, rest: &str) -> Reply {
    match (request.method.as_str(), rest) {
        ("POST", "faults") => match serde_json::from_slice::<Fault>(&request.body) {
            Ok(fault) => {
                world.inject(fault);
                Reply::empty(204)
            }
            Err(why) => Reply::json(400, &json!({"error": format!("not a fault: {why}")})),
        },
        ("DELETE", "faults") => {
            world.faults.clear();
            Reply::empty(204)
        }
        ("GET", "requests") => Reply::json(200, &json!({"requests": world.log.masked()})),
        ("DELETE", "requests") => {
            world.log.clear();
            Reply::empty(204)
        }
        ("GET", "connectors") => {
            let names: Vec<&str> =
                world.vendors.iter().map(|vendor| vendor.description.name.as_ref()).collect();
            Reply::json(200, &json!({"connectors": names}))
        }
        (_, "clock" | "tenants" | "conduct" | "context-store") => {
            platform(&world.platform, request, rest)
        }
        _ => Reply::json(
            404,
            &json!({"error": "the sandbox has /_sandbox/faults (POST, DELETE), \
            /_sandbox/requests (GET, DELETE), /_sandbox/connectors (GET), \
            /_sandbox/clock (GET, POST), /_sandbox/tenants (POST), /_sandbox/conduct (GET, PATCH) \
            and /_sandbox/context-store (POST)"}),
        ),
    }
}

/// Answers what concerns the platform.
fn platform(platform: &Platform, request: &Incoming, rest: &str) -> Reply {
    let refuse = |why: String| Reply::json(400, &json!({"error": why}));
    let clock = || {
        let ahead = platform.clock.ahead();
        Reply::json(200, &json!({"now": platform.clock.now(), "ahead_seconds": ahead}))
    };
    match (request.method.as_str(), rest) {
        ("GET", "clock") => clock(),
        ("POST", "clock") => match serde_json::from_slice::<Advance>(&request.body) {
            Ok(advance) => {
                platform.clock.advance(Duration::from_secs(advance.advance_seconds));
                clock()
            }
            Err(why) => refuse(format!("not an advance: {why}")),
        },
        ("POST", "tenants") => match serde_json::from_slice::<Tenant>(&request.body) {
            Ok(tenant) => Reply::json(200, &json!({"organizations": platform.admit(tenant)})),
            Err(why) => refuse(format!("not a tenant: {why}")),
        },
        ("GET", "conduct") => Reply::json(200, &json!(platform.conduct())),
        ("PATCH", "conduct") => {
            let mut whole = json!(platform.conduct());
            let change = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
            if let (Value::Object(whole), Value::Object(change)) = (&mut whole, change) {
                whole.extend(change);
            }
            match serde_json::from_value::<Conduct>(whole) {
                Ok(conduct) => {
                    platform.set_conduct(conduct.clone());
                    Reply::json(200, &json!(conduct))
                }
                Err(why) => refuse(format!("not a conduct: {why}")),
            }
        }
        ("POST", "context-store") => match serde_json::from_slice::<Store>(&request.body) {
            Ok(store) => match platform.set_store(store.connector_id.as_deref(), &store.status) {
                Some(count) => Reply::json(200, &json!({"connectors": count})),
                None => refuse(format!("`{}` is no status of a context store", store.status)),
            },
            Err(why) => refuse(format!("not a state of a context store: {why}")),
        },
        _ => Reply::json(405, &json!({"error": "this endpoint has another method"})),
    }
}

#[derive(Deserialize)]
struct Advance {
    advance_seconds: u64,
}

#[derive(Deserialize)]
struct Store {
    connector_id: Option<String>,
    status: String,
}
