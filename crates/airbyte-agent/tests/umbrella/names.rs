//! A program that uses one connector names everything by that connector's crate.
#![cfg(all(feature = "typed", feature = "gong"))]
#![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use airbyte_agent::gong as one;
use one::auth::OAuth2;
use one::serde_json::{Value, json};
use one::{
    AuthFor, BoxFuture, CallOptions, CheckReport, Client, Credentials, Cursor, DESCRIPTION,
    Download, DryRun, Execute, ExposeSecret, Extra, GongConnector, Hosted, Http, HttpBuilder,
    HttpClient, HttpFailure, HttpRequest, HttpResponse, Items, Local, Outcome, Page, Pages, Result,
    RetryPolicy, SecretString, StoredTokens, TokenLock, TokenStore, TokenUpdate, TypedConnector,
    types,
};

/// What a service keeps beside a connector.
struct Service {
    gong: GongConnector,
    place: Option<Cursor>,
    rest: Option<Extra>,
}

impl Service {
    fn connect<C: TypedConnector>(auth: impl AuthFor<C>) -> Result<C> {
        Client::local(C::description(), auth).map(C::from_client)
    }

    fn hosted(options: Hosted) -> Result<GongConnector> {
        GongConnector::hosted(options)
    }

    async fn page(&mut self) -> Result<Page<types::User, types::UsersListMeta>> {
        let call = self.gong.users().list().options(patient);
        let page = match self.place.take() {
            Some(cursor) => call.resume(cursor).await?,
            None => call.await?,
        };
        self.place.clone_from(&page.next);
        self.rest = page.data.first().map(|user| user.extra.clone());
        Ok(page)
    }

    fn users(&self) -> Items<types::User> {
        self.gong.users().list().items()
    }

    fn pages(&self) -> Pages<Page<types::User, types::UsersListMeta>> {
        self.gong.users().list().pages()
    }

    async fn audio(&self) -> Result<Download> {
        self.gong.call_audio().download().await
    }

    fn by_name(&self, params: Value) -> Execute {
        self.gong.execute("users", "list", params)
    }

    async fn first(&self) -> Result<Outcome> {
        self.by_name(json!({})).await
    }

    fn preview(&self) -> Result<DryRun> {
        self.gong.users().list().dry_run()
    }

    async fn check(&self) -> CheckReport {
        self.gong.check().await
    }
}

fn patient(options: CallOptions) -> CallOptions {
    options.timeout(Duration::from_secs(60))
}

/// Tokens in memory, as the database of a service would hold them.
#[derive(Clone, Default)]
struct MemoryTokens(Arc<Mutex<Option<SecretString>>>);

impl TokenStore for MemoryTokens {
    fn load(&self) -> BoxFuture<'_, Result<StoredTokens>> {
        let mut stored = StoredTokens::default();
        stored.access_token.clone_from(&self.0.lock().unwrap());
        Box::pin(async { Ok(stored) })
    }

    fn save<'a>(&'a self, tokens: &'a StoredTokens) -> BoxFuture<'a, Result<()>> {
        self.0.lock().unwrap().clone_from(&tokens.access_token);
        Box::pin(async { Ok(()) })
    }

    fn lock(&self) -> BoxFuture<'_, Result<TokenLock>> {
        Box::pin(async { Ok(TokenLock::none()) })
    }
}

/// A network that is not there.
struct Nowhere;

impl HttpClient for Nowhere {
    fn send(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, HttpFailure>> {
        Box::pin(async { Err(HttpFailure::new("nobody is there")) })
    }
}

#[tokio::test]
async fn one_crate_names_all_that_its_users_need() {
    let tokens = MemoryTokens::default();
    let told = tokens.clone();
    let auth = OAuth2::new("access", "refresh").client_id("app").client_secret("secret");
    let options = Local::new(auth)
        .retry(RetryPolicy { max_attempts: 1, ..RetryPolicy::STANDARD })
        .token_store(tokens.clone())
        .on_token_refresh(move |update: TokenUpdate| {
            let token = update.access_token.expose_secret();
            *told.0.lock().unwrap() = Some(SecretString::from(token));
            async { Ok(()) }
        })
        .http_client(Nowhere);
    let mut service = Service { gong: Service::connect(options).unwrap(), place: None, rest: None };

    assert!(service.preview().unwrap().url.contains("/users"));
    for failed in [
        service.page().await.err(),
        service.users().try_next().await.err(),
        service.pages().try_next().await.err(),
        service.audio().await.err(),
        service.first().await.err(),
        service.check().await.error,
    ] {
        assert_eq!(failed.unwrap().kind(), one::ErrorKind::Network);
    }
    assert_eq!(
        tokens.load().await.unwrap().access_token.map(|token| token.expose_secret().to_owned()),
        None
    );

    let hosted = Service::hosted(Hosted::new("id", "secret").workspace("acme")).unwrap();
    assert!(hosted.client().session().is_some());
    let by_name = Client::local(&DESCRIPTION, Credentials::new().field("access_key", "key"));
    assert_eq!(by_name.unwrap_err().kind(), one::ErrorKind::Authentication);
}

#[tokio::test]
async fn one_crate_brings_its_http_client() {
    let builder: HttpBuilder = Http::builder().user_agent("acme/1.0");
    let http: Http = builder.build().unwrap();
    let auth = one::auth::ApiKey::new("key", "secret");
    let options = Local::new(auth).via("http://127.0.0.1:9").http_client(http).max_attempts(1);
    let users = GongConnector::local(options).unwrap().users().list();
    // A builder is no future by itself; what sends it is.
    let failed = tokio::spawn(users.send()).await.unwrap().unwrap_err();
    assert_eq!(failed.kind(), one::ErrorKind::Network);
}

#[test]
fn records_are_built_from_some_of_their_members() {
    let user = types::User {
        id: Some("7".to_owned()),
        email_address: Some("ada@example.com".to_owned()),
        ..Default::default()
    };
    let json = json!({"id": "7", "emailAddress": "ada@example.com"});
    assert_eq!(one::serde_json::to_value(user).unwrap(), json);
}

#[cfg(feature = "testing")]
#[tokio::test]
async fn one_crate_brings_its_mock() {
    let mock = one::testing::Mock::new();
    mock.on("users", "list").page(json!([{"id": "1"}]));
    let mut service = Service { gong: mock.connector(), place: None, rest: None };
    assert_eq!(service.page().await.unwrap().data.len(), 1);
}

#[cfg(feature = "tools")]
#[test]
fn one_crate_brings_its_tools() {
    let policy = one::tools::Policy::default().read_only();
    let gong = GongConnector::local(one::auth::ApiKey::new("key", "secret")).unwrap();
    let tools: one::tools::Toolset = gong.tools().policy(policy);
    assert_ne!(tools.definitions().len(), 0);
}
