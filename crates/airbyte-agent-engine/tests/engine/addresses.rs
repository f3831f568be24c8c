//! Addresses that settings, credentials and answers make: none leads where it must not.

use airbyte_agent_engine::{Client, Credentials, Error, ErrorKind, HttpRequest, Local, Outcome};
use serde_json::{Value, json};

use crate::acme::impatient;
use crate::wire::{Reply, Wire};

const SECRET: &str = "canary-61d2";

fn options(wire: &Wire, tenant: &str) -> Local {
    let credentials = Credentials::new().field("client_id", "app").field("client_secret", SECRET);
    let local = Local::new(credentials).config("tenant", tenant).retry(impatient());
    local.http_client(wire.clone())
}

fn client(local: Local) -> Result<Client, Error> {
    let description = airbyte_agent_spec::Spec::parse(include_str!("fabric.yaml"))
        .and_then(|spec| spec.lower())
        .unwrap_or_else(|problems| panic!("{problems:?}"));
    Client::local(description, local)
}

async fn bolt(local: Local) -> Result<Outcome, Error> {
    let arguments = json!({"roll": "r", "length": 3, "X-Api-Client": SECRET});
    client(local)?.execute("bolts", "get", arguments).await
}

/// A vendor whose tokens say where its API is, and whose API answers by `api`.
fn vendor(instance: &str, api: impl Fn(&HttpRequest) -> Reply + Send + Sync + 'static) -> Wire {
    let instance = instance.to_owned();
    Wire::new(move |request| {
        if request.asks_for_token {
            let answer = json!({"access_token": "canary-token", "instance_url": instance});
            return (200, vec![], answer);
        }
        api(request)
    })
}

fn found(_: &HttpRequest) -> Reply {
    (200, vec![], json!({"id": "1"}))
}

#[tokio::test]
async fn settings_stay_in_their_place_in_a_token_address() {
    let wire = vendor("https://eu.fabric.test", found);
    bolt(options(&wire, "acme-1")).await.unwrap();
    assert_eq!(wire.sent()[0].url.as_str(), "https://acme-1.login.fabric.test/app/token");
    for tenant in [
        "x@127.0.0.1:1/evil?",
        "evil.test/",
        "evil.test#",
        "evil.test?x=",
        "evil.test\\",
        "u:p@evil.test",
        "evil.test:443/a",
        "..",
        ".",
        "",
        "-x",
        "a b",
        "a\nb",
        "https://evil.test",
    ] {
        let wire = vendor("https://eu.fabric.test", found);
        let error = bolt(options(&wire, tenant)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation, "{tenant}: {error}");
        assert!(error.message().contains("'tenant'"), "{error}");
        assert!(wire.sent().is_empty(), "{tenant}");
    }
}

#[tokio::test]
async fn credentials_stay_in_their_place_too_and_are_not_shown() {
    for id in ["canary-id/../x", "canary-id?", "canary-id#", "../canary-id", ".", "canary id"] {
        let wire = vendor("https://eu.fabric.test", found);
        let credentials = Credentials::new().field("client_id", id).field("client_secret", SECRET);
        let error = bolt(options(&wire, "acme").credentials(credentials)).await.unwrap_err();
        assert!(error.message().contains("the credential 'client_id' must be"), "{error}");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        assert!(wire.sent().is_empty(), "{id}");
    }
}

#[test]
fn a_part_of_a_key_that_makes_no_host_is_not_shown() {
    let key = |key: &str| client(Local::new(Credentials::new().field("key", key)));
    assert!(key("canary-north").is_ok());
    for wrong in ["x-canary@evil.test", "x-canary/", "x-canary:a:b"] {
        let error = key(wrong).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation, "{error}");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
}

#[tokio::test]
async fn settings_are_checked_like_the_arguments_they_stand_for() {
    let read = |roll: Value, length: Value| {
        let wire = vendor("https://eu.fabric.test", found);
        let local = options(&wire, "acme").config("roll", roll).config("length", length);
        async move {
            let outcome = client(local).unwrap().execute("bolts", "get", json!({})).await;
            outcome.map(|_| wire.sent().last().unwrap().url.path().to_owned())
        }
    };
    assert_eq!(read(json!("a/b"), json!(3)).await.unwrap(), "/v1/bolts/a%2Fb/3");
    assert_eq!(read(json!("a"), json!("3")).await.unwrap(), "/v1/bolts/a/3");
    for (roll, length, part) in [
        (json!(".."), json!(3), "'roll' must not be a dot segment (from the setting 'roll')"),
        (json!("."), json!(3), "dot segment"),
        (json!(" "), json!(3), "'roll' must not be empty (from the setting 'roll')"),
        (json!(["a"]), json!(3), "'roll' must be"),
        (json!("a"), json!("3/../.."), "'length' must be"),
        (json!("a"), json!(0), "'length' must be at least 1, got 0 (from the setting 'length')"),
    ] {
        let error = read(roll, length).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation);
        assert!(error.message().contains(part), "{error}");
    }
}

#[tokio::test]
async fn a_base_out_of_a_token_answer_is_public_and_has_tls() {
    let wire = vendor("https://eu.fabric.test", found);
    bolt(options(&wire, "acme")).await.unwrap();
    let request = &wire.sent()[1];
    assert_eq!(request.url.as_str(), "https://eu.fabric.test/v1/bolts/r/3");
    assert!(request.public_only, "its name may still lead to a private network");
    for instance in [
        "http://eu.fabric.test",
        "https://127.0.0.1",
        "https://10.0.0.1:8443",
        "https://[::ffff:10.0.0.1]",
        "https://[::127.0.0.1]",
        "https://169.254.169.254/latest",
        "https://localhost",
        "https://db.internal",
        "https://u:p@eu.fabric.test",
        "https://eu.fabric.test?x=",
        "file:///etc/passwd",
        "",
    ] {
        let wire = vendor(instance, found);
        let error = bolt(options(&wire, "acme")).await.unwrap_err();
        assert!(error.message().contains("the token endpoint"), "{instance}: {error}");
        assert_eq!(wire.hosts(), ["acme.login.fabric.test"], "{instance}");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
    // Unless the user says so: in general, by the very setting, or by sending all elsewhere.
    let private = "http://10.0.0.1:8080";
    for change in [
        (|local: Local| local.allow_private_hosts()) as fn(Local) -> Local,
        |local| local.config("instance_url", "http://10.0.0.1:8080"),
        |local| local.via("http://127.0.0.1:1"),
    ] {
        let wire = vendor(private, found);
        bolt(change(options(&wire, "acme"))).await.unwrap();
        assert!(!wire.sent().last().unwrap().public_only);
    }
}

/// Names of the headers of a request, but for those that belong to the client.
fn names(request: &HttpRequest) -> Vec<&str> {
    let mut names: Vec<&str> = request.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn other_hosts_see_no_argument_and_no_credential() {
    let elsewhere = "https://cdn.other.test/x";
    let wire = vendor("https://eu.fabric.test", move |request| {
        match (request.url.host_str(), request.url.path()) {
            (Some("eu.fabric.test"), "/v1/bolts/r/3") => {
                (302, vec![("location", "/v1/moved".to_owned())], json!({}))
            }
            (Some("eu.fabric.test"), "/v1/moved") => {
                (307, vec![("location", elsewhere.to_owned())], json!({}))
            }
            _ => found(request),
        }
    });
    let arguments = json!({
        "roll": "r", "length": 3, "X-Api-Client": SECRET, "Accept-Language": "canary-language",
    });
    let client = client(options(&wire, "acme")).unwrap();
    client.execute("bolts", "get", arguments).await.unwrap();
    let sent = wire.sent();
    let own = ["accept", "accept-language", "authorization", "x-api-client"];
    assert_eq!(names(&sent[1]), own);
    assert_eq!(names(&sent[2]), own);
    assert_eq!(names(&sent[3]), ["accept"]);
    assert!(sent[3].public_only);
}

#[tokio::test]
async fn another_host_cannot_send_a_request_back_with_credentials() {
    let wire = vendor("https://eu.fabric.test", |request| match request.url.host_str() {
        Some("eu.fabric.test") if request.url.path() == "/v1/files/f" => {
            (200, vec![], json!({"url": "https://cdn.other.test/a"}))
        }
        Some("cdn.other.test") => {
            (302, vec![("location", "https://eu.fabric.test/v1/burn?x=1".to_owned())], json!({}))
        }
        _ => found(request),
    });
    let mut call = client(options(&wire, "acme"))
        .unwrap()
        .call("files", airbyte_agent_engine::description::Action::Download);
    call.set("id", "f");
    call.download().await.unwrap();
    let sent = wire.sent();
    assert_eq!(sent[3].url.path(), "/v1/burn");
    assert_eq!(names(&sent[3]), ["accept", "accept-encoding"]);
    assert!(sent[3].public_only);
}

#[tokio::test]
async fn a_file_elsewhere_is_asked_for_by_what_it_takes() {
    let wire = vendor("https://eu.fabric.test", |request| match request.url.host_str() {
        Some("eu.fabric.test") => (200, vec![], json!({"url": "https://cdn.other.test/a"})),
        Some("cdn.other.test") => {
            (302, vec![("location", "https://store.other.test/b".to_owned())], json!({}))
        }
        _ => (206, vec![], json!("bytes")),
    });
    let mut call = client(options(&wire, "acme"))
        .unwrap()
        .call("files", airbyte_agent_engine::description::Action::Download);
    call.set("id", "f");
    call.set("X-Api-Client", SECRET);
    call.set("range_header", "bytes=0-9");
    *call.options() = std::mem::take(call.options()).if_range("\"etag\"");
    call.download().await.unwrap();
    let sent = wire.sent();
    assert_eq!(wire.hosts()[1..], ["eu.fabric.test", "cdn.other.test", "store.other.test"]);
    for request in &sent[2..] {
        assert_eq!(names(request), ["accept", "accept-encoding", "if-range", "range"]);
        assert!(!format!("{:?} {}", request.headers, request.url).contains("canary"));
    }
}
