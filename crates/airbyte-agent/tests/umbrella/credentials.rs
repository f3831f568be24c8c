//! The credentials of one connector go to no other: where types are used it does not compile, and
//! where names are known at run time only it is refused.
#![cfg(all(feature = "typed", feature = "gong", feature = "hubspot"))]
#![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use airbyte_agent::gong::{self, GongConnector};
use airbyte_agent::hubspot::{self, HubspotConnector};
use airbyte_agent::{AuthFor, Client, Credentials, ErrorKind, IntoLocal, Local, RetryPolicy};

/// Asks whether `A` authenticates with `C`, without demanding it: the constant of the type wins
/// over that of the trait where the bound holds.
struct TakenBy<A, C>(PhantomData<(A, C)>);

trait Otherwise {
    const TAKEN: bool = false;
}

impl<A, C> Otherwise for TakenBy<A, C> {}

macro_rules! taken_by {
    ($connector:ty) => {
        impl<A: AuthFor<$connector>> TakenBy<A, $connector> {
            const TAKEN: bool = true;
        }
    };
}

taken_by!(GongConnector);
taken_by!(HubspotConnector);

macro_rules! table {
    ($($auth:ty: $gong:literal $hubspot:literal;)*) => {
        [$((
            stringify!($auth),
            [<TakenBy<$auth, GongConnector>>::TAKEN, <TakenBy<$auth, HubspotConnector>>::TAKEN],
            [$gong, $hubspot],
        )),*]
    };
}

#[test]
fn a_connector_takes_its_own_types_only() {
    for (auth, taken, expected) in table! {
        gong::auth::OAuth2: true false;
        gong::auth::ApiKey: true false;
        Local<gong::auth::OAuth2>: true false;
        Local<gong::auth::ApiKey>: true false;
        hubspot::auth::OAuth2: false true;
        hubspot::auth::PrivateAppOrServiceKey: false true;
        Local<hubspot::auth::OAuth2>: false true;
        Credentials: true true;
        Local: true true;
        Local<Credentials>: true true;
        String: false false;
        (): false false;
    } {
        assert_eq!(taken, expected, "{auth} with [Gong, HubSpot]");
    }
}

#[test]
fn replaced_credentials_bring_their_type() {
    let gong = Local::new(gong::auth::ApiKey::new("key", "secret"));
    let hubspot = gong.clone().credentials(hubspot::auth::PrivateAppOrServiceKey::new("token"));
    GongConnector::local(gong).unwrap();
    HubspotConnector::local(hubspot).unwrap();
}

const CANARY: &str = "canary-7c21";

fn gong_tokens() -> gong::auth::OAuth2 {
    gong::auth::OAuth2::new(format!("{CANARY}-access"), format!("{CANARY}-refresh"))
        .client_id("app")
        .client_secret(format!("{CANARY}-secret"))
}

/// Counts requests and answers none.
struct Counted(Arc<AtomicUsize>);

impl airbyte_agent::HttpClient for Counted {
    fn send(
        &self,
        _: hubspot::HttpRequest,
    ) -> hubspot::BoxFuture<'_, Result<hubspot::HttpResponse, hubspot::HttpFailure>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Err(hubspot::HttpFailure::new("nobody is there")) })
    }
}

/// What every way to a client of `HubSpot` says to Gong's credentials, whose type is lost.
#[tokio::test]
async fn a_foreign_connector_is_told_at_run_time_and_nothing_is_sent() {
    let sent = Arc::new(AtomicUsize::new(0));
    let options = || {
        let counted = Counted(Arc::clone(&sent));
        Local::new(Credentials::from(gong_tokens()))
            .retry(RetryPolicy { max_attempts: 1, ..RetryPolicy::STANDARD })
            .http_client(counted)
    };
    let environment = Credentials::from_variables(&gong::DESCRIPTION, |_| Some(CANARY.to_owned()));
    for refused in [
        HubspotConnector::local(options()).map(|_| ()),
        HubspotConnector::local(environment.scheme("oauth2")).map(|_| ()),
        Client::local(&hubspot::DESCRIPTION, options()).map(|_| ()),
        Client::local(&hubspot::DESCRIPTION, gong_tokens()).map(|_| ()),
        Client::local(&hubspot::DESCRIPTION, Local::new(gong_tokens())).map(|_| ()),
        Client::local(&hubspot::DESCRIPTION, Local::new(gong_tokens()).into_local()).map(|_| ()),
    ] {
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.message().contains("gong") && error.message().contains("hubspot"), "{error}");
        assert!(!format!("{error} {error:?}").contains(CANARY), "{error}");
    }
    assert_eq!(sent.load(Ordering::SeqCst), 0);

    // Its own connector takes them, by type or not.
    let gong = GongConnector::local(options()).unwrap();
    assert!(gong.users().list().await.is_err());
    assert_ne!(sent.load(Ordering::SeqCst), 0);
}
