//! The sandbox's own endpoints: faults and the log.

use serde_json::json;

use crate::dispatch::World;
use crate::fault::Fault;
use crate::incoming::Incoming;
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
        _ => Reply::json(
            404,
            &json!({"error": "the sandbox has /_sandbox/faults (POST, DELETE), \
            /_sandbox/requests (GET, DELETE) and /_sandbox/connectors (GET)"}),
        ),
    }
}
