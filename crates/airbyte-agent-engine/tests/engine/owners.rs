//! Credentials and tokens go to no connector but their own.

use airbyte_agent_engine::{
    BoxFuture, Client, Credentials, Error, ErrorKind, Local, Result, StoredShape, StoredTokens,
    TokenStore,
};

use crate::acme::{CANARY, description, local, oauth, token};
use crate::server::{Answer, Server};

/// The refusal of what is another connector's: both are named, no value is.
fn check(error: &Error, whose: &str) {
    assert_eq!(error.kind(), ErrorKind::Authentication, "{error}");
    assert!(error.message().contains(whose) && error.message().contains("acme"), "{error}");
    assert!(!format!("{error} {error:?}").contains(CANARY), "{error}");
}

#[tokio::test]
async fn credentials_of_another_connector_are_refused_before_anything_is_sent() {
    let server = Server::start(|_, _| Answer::json(200, "[]")).await;
    // They would fit: names of fields and schemes are much the same everywhere.
    for credentials in [token(), oauth(), oauth().scheme("oauth2")] {
        let foreign = credentials.for_connector("bravo");
        check(&foreign.check_connector(&description()).unwrap_err(), "bravo");
        let error = Client::local(description(), local(&server.url, foreign.clone())).unwrap_err();
        check(&error, "bravo");
        check(&Client::local(description(), foreign.clone()).unwrap_err(), "bravo");
        for shape in [StoredShape::Direct, StoredShape::Replication] {
            check(&foreign.stored(&description(), shape).unwrap_err(), "bravo");
        }
    }
    assert!(server.seen().is_empty());

    let own = token().for_connector("acme");
    Client::local(description(), local(&server.url, own)).unwrap();
}

#[test]
fn credentials_out_of_variables_know_their_connector() {
    let mut bravo = description();
    bravo.name = "bravo".into();
    let found = Credentials::from_variables(&bravo, |name| {
        (name == "AIRBYTE_AGENT_BRAVO_TOKEN").then(|| format!("{CANARY}-token"))
    });
    assert!(!found.is_empty());
    found.check_connector(&bravo).unwrap();
    check(&Client::local(description(), found).unwrap_err(), "bravo");
}

#[test]
fn options_show_whose_their_credentials_are_and_no_value() {
    let shown = format!("{:?}", Local::new(token().for_connector("acme")));
    assert!(shown.contains("acme") && !shown.contains(CANARY), "{shown}");
}

/// Holds tokens of the connector `bravo`, or of nobody knows which.
struct Tokens(Option<&'static str>);

impl TokenStore for Tokens {
    fn load(&self) -> BoxFuture<'_, Result<StoredTokens>> {
        let mut tokens = StoredTokens::default();
        tokens.refresh_token = Some(format!("{CANARY}-refresh-1").into());
        Box::pin(async { Ok(tokens) })
    }

    fn save<'a>(&'a self, _: &'a StoredTokens) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Err(Error::new(ErrorKind::Internal, "nothing is renewed here")) })
    }

    fn connector(&self) -> Option<&str> {
        self.0
    }
}

#[test]
fn a_token_store_of_another_connector_is_refused() {
    let client = |owner| {
        let options = local("https://acme.test", oauth()).token_store(Tokens(owner));
        Client::local(description(), options)
    };
    check(&client(Some("bravo")).unwrap_err(), "bravo");
    client(Some("acme")).unwrap();
    client(None).unwrap();
}
