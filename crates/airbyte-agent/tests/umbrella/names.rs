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
    Download, DryRun, Execute, ExposeSecret, Extra, GongConnector, Hosted, HttpClient, HttpFailure,
    HttpRequest, HttpResponse, Items, Local, Outcome, Page, Pages, Result, RetryPolicy,
    SecretString, StoredTokens, TokenRenewal, TokenStore, TokenUpdate, TypedConnector, types,
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

/// Tokens in memory, as somebody's database would keep them.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Option<SecretString>>>);

impl TokenStore for Kept {
    fn known(&self) -> StoredTokens {
        let mut tokens = StoredTokens::default();
        tokens.access_token.clone_from(&self.0.lock().unwrap());
        tokens
    }

    fn begin(&self) -> Result<Box<dyn TokenRenewal>> {
        Ok(Box::new(self.clone()))
    }
}

impl TokenRenewal for Kept {
    fn stored(&self) -> StoredTokens {
        self.known()
    }

    fn store(&mut self, update: &TokenUpdate) -> Result<()> {
        *self.0.lock().unwrap() = Some(update.access_token.clone());
        Ok(())
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
    let kept = Kept::default();
    let told = kept.clone();
    let auth = OAuth2::new("access", "refresh").client_id("app").client_secret("secret");
    let options = Local::new(auth)
        .retry(RetryPolicy { max_attempts: 1, ..RetryPolicy::STANDARD })
        .token_store(kept.clone())
        .on_token_refresh(move |update| {
            let token = update.access_token.expose_secret();
            *told.0.lock().unwrap() = Some(SecretString::from(token));
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
    assert_eq!(kept.known().access_token.map(|token| token.expose_secret().to_owned()), None);

    let hosted = Service::hosted(Hosted::new("id", "secret").workspace("acme")).unwrap();
    assert!(hosted.client().session().is_some());
    let by_name = Client::local(&DESCRIPTION, Credentials::new().field("access_key", "key"));
    assert_eq!(by_name.unwrap_err().kind(), one::ErrorKind::Authentication);
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
