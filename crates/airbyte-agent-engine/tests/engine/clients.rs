//! HTTP clients: the one that all share, and those that users bring.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use airbyte_agent_engine::description::Action;
use airbyte_agent_engine::{
    BoxFuture, Client, Credentials, ErrorKind, Http, HttpClient, HttpFailure, HttpRequest,
    HttpResponse, Local,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::acme::{client, description, local, token};
use crate::wire::Wire;

/// Answers every request of a connection with an empty list, and gives back the first head.
async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> String {
    let mut first = String::new();
    let mut head = Vec::new();
    while let Ok(byte) = stream.read_u8().await {
        head.push(byte);
        if head.ends_with(b"\r\n\r\n") {
            if first.is_empty() {
                first = String::from_utf8_lossy(&head).into_owned();
            }
            head.clear();
            let answer = b"HTTP/1.1 200 X\r\ncontent-length: 13\r\n\r\n{\"things\":[]}";
            if stream.write_all(answer).await.is_err() {
                break;
            }
        }
    }
    first
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

async fn list(client: &Client) -> Result<(), airbyte_agent_engine::Error> {
    let call = client.execute("things", "list", json!({}));
    call.options(|options| options.max_attempts(1)).await.map(drop)
}

#[tokio::test]
async fn a_hundred_clients_share_their_connections() {
    let (listener, address) = listen().await;
    let accepted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&accepted);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(answer(stream));
        }
    });
    for _ in 0..100 {
        list(&client(&format!("http://{address}"))).await.unwrap();
    }
    assert_eq!(accepted.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_root_certificate_is_trusted_by_the_client_that_has_it_only() {
    let chain = CertificateDer::pem_slice_iter(include_bytes!("tls/localhost.pem"));
    let chain = chain.collect::<Result<Vec<_>, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/localhost.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let (listener, address) = listen().await;
    let accepted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&accepted);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    answer(stream).await;
                }
            });
        }
    });
    let origin = format!("https://{address}");
    let trusting = Http::builder().root_certificate(*include_bytes!("tls/authority.pem")).build();
    let trusting = local(&origin, token()).http_client(trusting.unwrap());
    list(&Client::local(description(), trusting).unwrap()).await.unwrap();
    let error = list(&client(&origin)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(error.message().contains("certificate"), "{error}");
    // The certificate would be the same the next time.
    assert!(!error.is_retryable());
    assert_eq!(accepted.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_proxy_gets_the_requests_with_its_password_and_the_user_agent() {
    let (listener, address) = listen().await;
    let proxy = tokio::spawn(async move { answer(listener.accept().await.unwrap().0).await });
    let http = Http::builder()
        .proxy(format!("http://{address}"))
        .proxy_auth("user", "password")
        .user_agent("acme/1.0")
        .build()
        .unwrap();
    let options = local("http://api.acme.test", token()).http_client(http.clone());
    list(&Client::local(description(), options).unwrap()).await.unwrap();
    drop(http);
    let head = proxy.await.unwrap().to_ascii_lowercase();
    assert!(head.starts_with("get http://api.acme.test/things"), "{head}");
    assert!(head.contains("proxy-authorization: basic dxnlcjpwyxnzd29yza=="), "{head}");
    assert!(head.contains("user-agent: acme/1.0"), "{head}");
}

/// A client that goes wherever it is sent: it neither looks at `public_only` nor at addresses.
#[derive(Clone)]
struct Careless(Wire);

impl HttpClient for Careless {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, HttpFailure>> {
        self.0.send(request)
    }
}

fn fabric(local: Local) -> Client {
    let description = airbyte_agent_spec::Spec::parse(include_str!("fabric.yaml"))
        .and_then(|spec| spec.lower())
        .unwrap_or_else(|problems| panic!("{problems:?}"));
    Client::local(description, local).unwrap()
}

#[tokio::test]
async fn a_careless_client_is_led_to_no_private_host() {
    let elsewhere = [
        // Not public by their text, or by the address that they are.
        "https://127.0.0.1:8443/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/x",
        "https://2130706433/x",
        "https://localhost/x",
        "https://metadata.google.internal/x",
        // Not public by what their names stand for, as far as can be seen here.
        "https://rebound.invalid/x",
    ];
    let credentials =
        || Credentials::new().field("client_id", "app").field("client_secret", "canary-61d2");
    let get = |client: Client| async move {
        client.execute("bolts", "get", json!({"roll": "r", "length": 3})).await
    };
    let options = |wire: &Wire| {
        let careless = Careless(wire.clone());
        let local = Local::new(credentials()).config("tenant", "acme").max_attempts(1);
        // The base is the user's own, so that it is trusted; what it leads to is not.
        local.config("instance_url", "http://10.0.0.7").http_client(careless)
    };
    for target in elsewhere {
        let wire = Wire::new(move |request| match request.url.host_str() {
            _ if request.asks_for_token => (200, vec![], json!({"access_token": "t"})),
            Some("10.0.0.7") => (302, vec![("location", target.to_owned())], json!({})),
            _ => (200, vec![], json!({"id": "1"})),
        });
        // From plain HTTP a redirect to TLS is allowed, so that only the host counts.
        let error = get(fabric(options(&wire))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Network, "{target}: {error}");
        let hosts = wire.hosts();
        assert_eq!(hosts.last().map(String::as_str), Some("10.0.0.7"), "{target}: {hosts:?}");
        // Unless the user says so.
        get(fabric(options(&wire).allow_private_hosts())).await.unwrap();
    }
    // A base out of a token answer is looked at in the same way.
    let wire = Wire::new(|request| {
        if request.asks_for_token {
            let instance = "https://rebound.invalid";
            (200, vec![], json!({"access_token": "t", "instance_url": instance}))
        } else {
            (200, vec![], json!({"id": "1"}))
        }
    });
    let local = Local::new(credentials()).config("tenant", "acme").max_attempts(1);
    let client = fabric(local.http_client(Careless(wire.clone())));
    assert_eq!(get(client).await.unwrap_err().kind(), ErrorKind::Network);
    assert_eq!(wire.hosts(), ["acme.login.fabric.test"]);
}

/// Whatever is configured, redirects are the engine's: nothing follows them on its own.
#[cfg(feature = "reqwest")]
#[tokio::test]
async fn a_configured_client_follows_no_redirect_on_its_own() {
    use crate::server::{Answer, Server};
    use airbyte_agent_engine::reqwest::redirect::Policy;

    let private = Server::script([Answer::json(200, json!({"things": []}))]).await;
    let target = format!("{}/things", private.url.replace("127.0.0.1", "localhost"));
    let moved = Answer::json(302, json!({})).header("location", &target);
    let server = Server::script([moved]).await;
    let configured = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&configured);
    let http = Http::builder().configure(move |builder| {
        count.fetch_add(1, Ordering::SeqCst);
        builder.redirect(Policy::limited(10)).http1_only()
    });
    let options = local(&server.url, token()).http_client(http.build().unwrap());
    let error = list(&Client::local(description(), options).unwrap()).await.unwrap_err();
    assert!(error.message().contains("not a public host"), "{error}");
    assert_eq!((server.seen().len(), private.seen().len()), (1, 0));
    assert_eq!(configured.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_credentials_of_a_client_and_its_copies_are_replaced() {
    let wire = Wire::new(|_| (200, vec![], json!({"things": []})));
    let with = |secret: &str| {
        let credentials = Credentials::new().field("token", secret);
        let local = local("https://api.acme.test", credentials).http_client(wire.clone());
        Client::local(description(), local).unwrap()
    };
    let last = || {
        let sent = wire.sent().pop().unwrap();
        sent.headers["authorization"].to_str().unwrap().to_owned()
    };
    let client = with("first-secret").exchangeable();
    let copy = client.clone();
    let running = copy.call("things", Action::List);
    let sealed = |client: &Client| {
        let operation = client.description().operations().next().unwrap();
        client.seal(operation, &serde_json::Map::new()).unwrap().fingerprint("test")
    };
    let before = sealed(&copy);
    for secret in ["second-secret", "third-secret"] {
        client.replace(with(secret)).unwrap();
        list(&copy).await.unwrap();
        assert!(last().contains(secret), "{}", last());
        assert!(!copy.redactor().clean(&format!("a {secret} here")).contains(secret));
        assert_ne!(sealed(&copy), before);
    }
    // A call keeps the client with which it began.
    running.outcome().await.unwrap();
    assert!(last().contains("first-secret"), "{}", last());
    let error = with("fourth-secret").replace(with("fifth-secret")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
}
