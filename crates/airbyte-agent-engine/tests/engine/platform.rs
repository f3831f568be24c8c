//! A platform with connectors of one workspace, and clients of it.

use crate::acme::impatient;
use crate::server::{Answer, Seen, Server};
use airbyte_agent_engine::{Client, Error, Hosted, Outcome};
use serde_json::{Value, json};

/// Appears in every platform credential; must appear in no message.
pub const SECRET: &str = "canary-platform-secret";

/// The kind of the connector that these tests describe.
pub const DEFINITION: &str = "00000000-0000-4000-8000-000000000001";

pub fn hosted(url: &str) -> Hosted {
    let hosted = Hosted::new("id", SECRET).workspace("w").organization("org-1");
    hosted.base_url(url).retry(impatient())
}

pub fn client(url: &str) -> Client {
    Client::hosted(crate::acme::description(), hosted(url)).unwrap()
}

/// A platform whose workspace has so many connectors; `execute` answers for the first of them.
/// Its tokens are called by the number of the request that asked for them.
pub async fn platform(
    connectors: usize,
    execute: impl Fn(&Seen, usize) -> Answer + Send + Sync + 'static,
) -> Server {
    Server::start(move |request, index| match path(request) {
        "/api/v1/account/applications/token" => token(request, index, 900),
        "/api/v1/integrations/connectors" => {
            let item = |n| json!({"id": format!("c{n}"), "name": format!("name {n}")});
            let data: Vec<Value> = (0..connectors).map(item).collect();
            Answer::json(200, json!({"data": data}))
        }
        "/api/v1/integrations/connectors/c0/execute" => execute(request, index),
        other => Answer::json(404, json!({"message": other})),
    })
    .await
}

pub fn path(request: &Seen) -> &str {
    request.target.split('?').next().unwrap_or_default()
}

/// The answer of the token endpoint.
pub fn token(request: &Seen, index: usize, lifetime: u64) -> Answer {
    if request.json() != json!({"client_id": "id", "client_secret": SECRET}) {
        return Answer::json(401, json!({"message": format!("no: {}", request.body)}));
    }
    let token = format!("canary-platform-token-{index}");
    let body = json!({"access_token": token, "token_type": "bearer", "expires_in": lifetime});
    Answer::json(200, body)
}

pub fn success(_: &Seen, _: usize) -> Answer {
    Answer::json(
        200,
        json!({
            "status": "success",
            "result": [{"id": "a"}],
            "connector_metadata": {"next": "n", "total": 1},
            "execution_metadata": {"connector_instance_id": "source_id:c0", "execution_time_ms": 1},
        }),
    )
}

pub async fn list(client: &Client) -> Result<Outcome, Error> {
    client.execute("things", "list", json!({"limit": 5})).await
}

pub async fn create(client: &Client) -> Result<Outcome, Error> {
    client.execute("things", "create", json!({"name": "x"})).await
}

/// How many requests went to a path that ends so.
pub fn count(server: &Server, end: &str) -> usize {
    server.seen().iter().filter(|request| path(request).ends_with(end)).count()
}

/// Nothing that an error tells is a secret.
pub fn is_silent(error: &Error) {
    let told = format!("{error} {error:?} {:?}", error.body());
    assert!(!told.contains("canary-platform"), "{told}");
}
