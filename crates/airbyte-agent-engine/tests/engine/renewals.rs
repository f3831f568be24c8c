//! Renewed tokens: stored before they are used, and told when they cannot be.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use airbyte_agent_engine::{
    BoxFuture, Client, Error, ErrorKind, ExposeSecret, Local, Result, StoredTokens, TokenLock,
    TokenStore, renewals,
};
use serde_json::{Value, json};

use crate::acme::{CANARY, description, local, oauth};
use crate::server::{Answer, Server};

/// A vendor that rotates tokens: each refresh token works once, `refresh-1` follows `refresh-0`.
async fn rotating() -> Server {
    let issued = AtomicUsize::new(0);
    Server::start(move |request, _| {
        let current = issued.load(Ordering::SeqCst);
        if request.target == "/token" {
            if !request.body.contains(&format!("{CANARY}-refresh-{current}")) {
                return Answer::json(400, json!({"error": "invalid_grant", "said": request.body}));
            }
            let next = issued.fetch_add(1, Ordering::SeqCst) + 1;
            return Answer::json(
                200,
                json!({
                    "access_token": format!("{CANARY}-access-{next}"),
                    "refresh_token": format!("{CANARY}-refresh-{next}"),
                    "expires_in": 3600,
                }),
            );
        }
        let good = format!("Bearer {CANARY}-access-{current}");
        if current > 0 && request.header("authorization") == Some(&good) {
            Answer::json(200, json!({"things": [{"id": "a"}]}))
        } else {
            Answer::json(401, json!({"message": "expired"}))
        }
    })
    .await
}

/// A database that can break, and counts what happens in it.
#[derive(Clone, Default)]
struct Database {
    tokens: Arc<Mutex<StoredTokens>>,
    cannot_load: Arc<AtomicBool>,
    cannot_save: Arc<AtomicBool>,
    locked: Arc<AtomicUsize>,
}

impl Database {
    fn stored(&self) -> (Option<String>, Option<String>) {
        let tokens = self.tokens.lock().unwrap();
        let text = |token: &Option<_>| {
            token.as_ref().map(|token| ExposeSecret::<str>::expose_secret(token).to_owned())
        };
        (text(&tokens.access_token), text(&tokens.refresh_token))
    }

    fn put(&self, access: &str, refresh: &str) {
        let mut tokens = self.tokens.lock().unwrap();
        tokens.access_token = Some(access.into());
        tokens.refresh_token = Some(refresh.into());
    }

    fn broken(flag: &AtomicBool) -> Result<()> {
        if !flag.load(Ordering::SeqCst) {
            return Ok(());
        }
        let cause = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        Err(Error::storage(format!("the database is down ({CANARY}-access-1)"), cause))
    }
}

struct Guard(Arc<AtomicUsize>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl TokenStore for Database {
    fn load(&self) -> BoxFuture<'_, Result<StoredTokens>> {
        Box::pin(async {
            tokio::task::yield_now().await;
            Self::broken(&self.cannot_load)?;
            Ok(self.tokens.lock().unwrap().clone())
        })
    }

    fn save<'a>(&'a self, tokens: &'a StoredTokens) -> BoxFuture<'a, Result<()>> {
        Box::pin(async {
            tokio::task::yield_now().await;
            assert_eq!(self.locked.load(Ordering::SeqCst), 1, "saved under the lock");
            Self::broken(&self.cannot_save)?;
            *self.tokens.lock().unwrap() = tokens.clone();
            Ok(())
        })
    }

    fn lock(&self) -> BoxFuture<'_, Result<TokenLock>> {
        Box::pin(async {
            self.locked.fetch_add(1, Ordering::SeqCst);
            Ok(TokenLock::new(Guard(Arc::clone(&self.locked))))
        })
    }
}

async fn list(client: &Client) -> Result<Value> {
    client.execute("things", "list", json!({})).await.map(|outcome| outcome.data)
}

fn client(local: Local) -> Client {
    Client::local(description(), local).unwrap()
}

fn requested(server: &Server) -> usize {
    server.seen().iter().filter(|request| request.target == "/token").count()
}

fn is_silent(error: &Error) {
    let mut told = format!("{error} {error:?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        told.push_str(&format!("{cause} {cause:?}"));
        source = cause.source();
    }
    assert!(!told.contains(CANARY), "{told}");
}

#[tokio::test]
async fn a_token_that_cannot_be_stored_fails_the_call_and_is_stored_by_the_next_one() {
    let (server, database) = (rotating().await, Database::default());
    let client = client(local(&server.url, oauth()).token_store(database.clone()));
    database.cannot_save.store(true, Ordering::SeqCst);
    for _ in 0..2 {
        let error = list(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Storage, "{error}");
        assert!(error.is_retryable() && !error.needs_reauth());
        for part in [
            "things.list: the new token could not be stored: the database is down",
            "Acme has issued a new refresh token",
            "keeps it in memory",
        ] {
            assert!(error.message().contains(part), "{error}");
        }
        let cause = std::error::Error::source(&error).and_then(std::error::Error::source);
        assert!(
            cause.is_some_and(<dyn std::error::Error + 'static>::is::<std::io::Error>),
            "{error:?}"
        );
        is_silent(&error);
    }
    assert_eq!((requested(&server), database.stored()), (1, (None, None)));
    assert_eq!(database.locked.load(Ordering::SeqCst), 0, "the lock is given back");
    // The token that the vendor has issued is not asked for once more: it would refuse.
    database.cannot_save.store(false, Ordering::SeqCst);
    list(&client).await.unwrap();
    assert_eq!(requested(&server), 1);
    let stored = (Some(format!("{CANARY}-access-1")), Some(format!("{CANARY}-refresh-1")));
    assert_eq!(database.stored(), stored);
}

#[tokio::test]
async fn tokens_that_somebody_else_stored_replace_what_could_not_be_stored() {
    let (server, database) = (rotating().await, Database::default());
    let client = client(local(&server.url, oauth()).token_store(database.clone()));
    database.cannot_save.store(true, Ordering::SeqCst);
    list(&client).await.unwrap_err();
    // Somebody signs in anew.
    database.put(&format!("{CANARY}-access-1"), &format!("{CANARY}-refresh-1"));
    list(&client).await.unwrap();
    assert_eq!(requested(&server), 1);
}

#[tokio::test]
async fn a_store_that_cannot_be_loaded_fails_the_call_before_anything_is_sent() {
    let (server, database) = (rotating().await, Database::default());
    database.put(&format!("{CANARY}-access-9"), &format!("{CANARY}-refresh-0"));
    let client = client(local(&server.url, oauth()).token_store(database.clone()));
    database.cannot_load.store(true, Ordering::SeqCst);
    let error = list(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(error.message().starts_with("things.list: the stored tokens of Acme cannot be loaded"));
    assert!(server.seen().is_empty());
    // Loaded by the next call, and what is stored goes before the credentials.
    database.cannot_load.store(false, Ordering::SeqCst);
    list(&client).await.unwrap();
    let first = &server.seen()[0];
    assert_eq!(first.header("authorization"), Some(&*format!("Bearer {CANARY}-access-9")));
    // A renewal reads the store again, so it fails as well.
    database.cannot_load.store(true, Ordering::SeqCst);
    list(&client).await.unwrap();
}

#[tokio::test]
async fn a_callback_that_fails_fails_the_call_and_is_called_again() {
    let server = rotating().await;
    let (calls, told) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
    let (count, tell) = (Arc::clone(&calls), Arc::clone(&told));
    let options = local(&server.url, oauth()).on_token_refresh(move |update| {
        let (count, tell) = (Arc::clone(&count), Arc::clone(&tell));
        async move {
            if count.fetch_add(1, Ordering::SeqCst) == 0 {
                return Err(Error::new(ErrorKind::Internal, "no connection to the database"));
            }
            let token = update.refresh_token.unwrap();
            tell.lock().unwrap().push(token.expose_secret().to_owned());
            Ok(())
        }
    });
    // The store has the tokens already when the callback fails; it is called again all the same.
    let client = client(options.token_store(Database::default()));
    let error = list(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(error.message().contains("no connection to the database"), "{error}");
    list(&client).await.unwrap();
    assert_eq!(*told.lock().unwrap(), [format!("{CANARY}-refresh-1")]);
    assert_eq!((calls.load(Ordering::SeqCst), requested(&server)), (2, 1));
}

#[tokio::test]
async fn a_refusal_of_the_token_endpoint_names_vendor_and_call() {
    let server = rotating().await;
    let credentials = oauth().field("refresh_token", format!("{CANARY}-refresh-8"));
    let error = list(&client(local(&server.url, credentials))).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Authentication, Some(400)));
    let begin = "things.list: the token endpoint of Acme refused to renew the token (HTTP 400)";
    assert!(error.message().starts_with(begin), "{error}");
    is_silent(&error);
}

#[tokio::test]
async fn a_renewal_outlives_the_call_and_is_waited_for() {
    let issued = AtomicUsize::new(0);
    let server = Server::start(move |request, _| {
        if request.target != "/token" {
            return Answer::json(401, json!({}));
        }
        let next = issued.fetch_add(1, Ordering::SeqCst) + 1;
        let refresh_token = format!("{CANARY}-refresh-{next}");
        let body = json!({"access_token": "access-of-the-renewal", "refresh_token": refresh_token});
        Answer::json(200, body).pause(Duration::from_millis(600))
    })
    .await;
    let database = Database::default();
    let local = local(&server.url, oauth()).token_store(database.clone());
    let client = client(local.timeout(Duration::from_millis(200)));
    let error = list(&client).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert_eq!(database.stored(), (None, None));
    assert!(renewals::is_running());
    renewals::ended().await;
    assert_eq!(database.stored().1, Some(format!("{CANARY}-refresh-1")));
}

/// A store on a disk that is full until it is not.
#[derive(Clone, Default)]
struct FullDisk(Arc<AtomicBool>);

impl TokenStore for FullDisk {
    fn load(&self) -> BoxFuture<'_, Result<StoredTokens>> {
        Box::pin(async { Ok(StoredTokens::default()) })
    }

    fn save<'a>(&'a self, _: &'a StoredTokens) -> BoxFuture<'a, Result<()>> {
        Box::pin(async {
            if self.0.load(Ordering::SeqCst) {
                return Ok(());
            }
            Err(Error::storage(FULL, std::io::Error::from(std::io::ErrorKind::StorageFull)))
        })
    }
}

const FULL: &str = "the disk of this test is full";

#[tokio::test]
async fn tokens_that_are_in_memory_only_are_told() {
    let (server, disk) = (rotating().await, FullDisk::default());
    let client = client(local(&server.url, oauth()).token_store(disk.clone()));
    list(&client).await.unwrap_err();
    let told = || {
        let unsaved = renewals::unsaved();
        unsaved.iter().filter(|error| error.message().contains(FULL)).count()
    };
    assert_eq!(told(), 1);
    list(&client).await.unwrap_err();
    assert_eq!(told(), 1);
    disk.0.store(true, Ordering::SeqCst);
    list(&client).await.unwrap();
    assert_eq!(told(), 0);
}

#[tokio::test]
async fn a_rotated_token_without_a_store_is_told() {
    let server = rotating().await;
    let client = client(local(&server.url, oauth()));
    list(&client).await.unwrap();
    let unsaved = renewals::unsaved();
    let told = unsaved.iter().find(|error| error.message().contains("no store for the new one"));
    is_silent(told.expect("told"));
}
