//! Cursors that somebody else wrote, changed or took from elsewhere are refused before anything is
//! sent.

use airbyte_agent_engine::{
    BoxFuture, Client, Credentials, Cursor, CursorKey, Error, ErrorKind, Local, Result,
    StoredTokens, TokenStore,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::acme::{client, description, local, oauth};
use crate::server::{Answer, Server};

/// A list whose next page is asked for by an address with a key that the vendor repeats.
async fn walks() -> Server {
    Server::start(|request, _| {
        let next = match request.target.as_str() {
            "/walks" | "/walks?per_page=2" => json!("/walks?page=2&since=7&k=canary-3f9a-token"),
            // Whose token it is not, for them it is part of the address.
            "/walks?page=2&since=7" | "/walks?page=2&since=7&k=canary-3f9a-token" => Value::Null,
            other => return Answer::json(404, json!({"message": other})),
        };
        Answer::json(200, json!({"walks": [{"id": 1}], "next_page": next}))
    })
    .await
}

async fn first(client: &Client, arguments: Value) -> Cursor {
    client.execute("walks", "list", arguments).await.unwrap().next.unwrap()
}

async fn refusal(client: &Client, entity: &str, arguments: Value, cursor: Cursor) -> String {
    let error = client.execute(entity, "list", arguments).resume(cursor).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Validation, "{error}");
    error.to_string()
}

fn forged(payload: &Value, seal: &[u8]) -> String {
    let mut bytes = payload.to_string().into_bytes();
    bytes.extend(seal);
    URL_SAFE_NO_PAD.encode(bytes)
}

#[tokio::test]
async fn nobody_else_can_write_a_cursor() {
    let server = walks().await;
    let client = client(&server.url);
    let good = first(&client, json!({})).await;
    let whole = URL_SAFE_NO_PAD.decode(good.to_string()).unwrap();
    let (payload, seal) = whole.split_at(whole.len() - 16);
    let said: Value = serde_json::from_slice(payload).unwrap();
    let changed = |name: &str, value: Value| {
        let mut said = said.clone();
        said[name] = value;
        said
    };
    let elsewhere = json!(format!("{}/secrets", server.url));
    for (payload, seal) in [
        (changed("u", elsewhere.clone()), seal),
        (changed("u", elsewhere), &[0; 16]),
        (changed("s", json!({"owner": "somebody"})), seal),
        (changed("s", json!({"page": 9})), seal),
        (changed("k", json!(["page"])), seal),
        (changed("b", json!([1, 2])), seal),
        (said.clone(), &[0; 16]),
        (said.clone(), &seal[..8]),
    ] {
        // As a text that a model might pass, and as one that a program stored.
        let text = forged(&payload, seal);
        let Ok(cursor) = text.parse::<Cursor>() else { continue };
        refusal(&client, "walks", json!({}), cursor).await;
        let stored: Cursor = serde_json::from_value(json!(text)).unwrap();
        refusal(&client, "walks", json!({}), stored).await;
    }
    // The form of older releases had no seal.
    let unsealed = URL_SAFE_NO_PAD.encode(said.to_string());
    assert!(unsealed.parse::<Cursor>().is_err());
    assert_eq!(server.seen().len(), 1, "nothing is sent for a refused cursor");

    let rest = client.execute("walks", "list", json!({})).resume(good).await.unwrap();
    assert_eq!(rest.data, json!([{"id": 1}]));
}

#[tokio::test]
async fn a_cursor_belongs_to_one_call_of_one_account() {
    let server = walks().await;
    let client = client(&server.url);
    let cursor = first(&client, json!({"per_page": 2})).await;
    let told = refusal(&client, "logs", json!({}), cursor.clone()).await;
    assert!(told.contains("belongs to walks.list, not to logs.list"), "{told}");
    let told = refusal(&client, "walks", json!({"color": "red"}), cursor.clone()).await;
    assert!(told.contains("other arguments"), "{told}");
    let other = Credentials::new().field("token", "another-account");
    let other = Client::local(description(), local(&server.url, other)).unwrap();
    let told = refusal(&other, "walks", json!({"per_page": 2}), cursor.clone()).await;
    assert!(told.contains("another account"), "{told}");
    let restarted = client.clone().with_cursor_key(CursorKey::new(&[7; 32]));
    let told = refusal(&restarted, "walks", json!({"per_page": 2}), cursor.clone()).await;
    assert!(told.contains("another installation"), "{told}");
    assert_eq!(server.seen().len(), 1);

    // The size of a page may change, and another client of the same account may go on.
    let again = crate::acme::client(&server.url);
    let rest = again.execute("walks", "list", json!({})).resume(cursor).await;
    assert_eq!(rest.unwrap().next, None);
}

/// Tokens that are kept under this name.
struct FixedStore(&'static str);

impl TokenStore for FixedStore {
    fn load(&self) -> BoxFuture<'_, Result<StoredTokens>> {
        Box::pin(async { Ok(StoredTokens::default()) })
    }

    fn save<'a>(&'a self, _: &'a StoredTokens) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Err(Error::usage("nothing is renewed here")) })
    }

    fn account(&self) -> Option<&str> {
        Some(self.0)
    }
}

#[tokio::test]
async fn accounts_of_one_app_are_told_apart() {
    let server = walks().await;
    let client = |local: Local| Client::local(description(), local).unwrap();
    let app = |token: &str| {
        let tokens = oauth().field("access_token", format!("{token}-access"));
        local(&server.url, tokens.field("refresh_token", format!("{token}-refresh")))
    };
    // Renewed tokens change, so what stays is the name under which they are kept.
    let cursor = first(&client(app("one").token_store(FixedStore("one"))), json!({})).await;
    for other in [app("two").token_store(FixedStore("two")), app("two"), app("one")] {
        let told = refusal(&client(other), "walks", json!({}), cursor.clone()).await;
        assert!(told.contains("another account"), "{told}");
    }
    let renewed = client(app("renewed").token_store(FixedStore("one")));
    assert!(renewed.execute("walks", "list", json!({})).resume(cursor).await.is_ok());

    // Tokens that nobody renews do not change.
    let fixed = |token: &str| {
        let machine = Credentials::new().scheme("keyless").field("access_token", token);
        client(local(&server.url, machine))
    };
    let cursor = first(&fixed("canary-3f9a-one"), json!({})).await;
    refusal(&fixed("canary-3f9a-two"), "walks", json!({}), cursor.clone()).await;
    let again = fixed("canary-3f9a-one").execute("walks", "list", json!({})).resume(cursor).await;
    assert!(again.is_ok());
}

#[tokio::test]
async fn a_key_of_ones_own_outlives_the_process() {
    let server = walks().await;
    let key = || CursorKey::new(&[7; 32]);
    let cursor = first(&client(&server.url).with_cursor_key(key()), json!({})).await;
    let later = client(&server.url).with_cursor_key(key());
    assert!(later.execute("walks", "list", json!({})).resume(cursor).await.is_ok());
}

#[tokio::test]
async fn a_credential_that_the_vendor_repeats_is_not_in_the_cursor() {
    let server = walks().await;
    let cursor = first(&client(&server.url), json!({})).await;
    let address = cursor.unverified().unwrap()["address"].clone();
    assert_eq!(address, "/walks?page=2&since=7");
}

#[tokio::test]
async fn neither_are_user_name_and_password_nor_the_fragment() {
    let server = Server::start(|request, _| {
        let host = request.header("host").unwrap();
        let next = match request.target.as_str() {
            "/walks" => format!(
                "http://app:canary-3f9a@{host}/walks?page=2&k=canary-3f9a-token#canary-3f9a-token"
            ),
            "/walks?page=2" => {
                format!("http:\\\\canary-3f9a@{host}/walks?page=3#k=canary-3f9a-token")
            }
            "/walks?page=3" => String::new(),
            other => return Answer::json(404, json!({"message": other})),
        };
        Answer::json(200, json!({"walks": [{"id": request.target}], "next_page": next}))
    })
    .await;
    let mut page = client(&server.url).execute("walks", "list", json!({})).await.unwrap();
    for number in [2, 3] {
        let cursor = page.next.unwrap();
        let address = cursor.unverified().unwrap()["address"].clone();
        assert_eq!(address, format!("{}/walks?page={number}", server.url));
        let going_on = client(&server.url).execute("walks", "list", json!({})).resume(cursor);
        page = going_on.await.unwrap();
    }
    assert_eq!(page.next, None);
}

/// A token in the path of the next page, and one as the vendor's cursor.
#[tokio::test]
async fn no_cursor_holds_a_credential() {
    let token = "canary-3f9a-token";
    for (entity, body) in [
        ("walks", json!({"walks": [{"id": 1}], "next_page": format!("/{token}/walks?page=2")})),
        ("things", json!({"things": [{"id": "1"}], "next": format!("v1.{token}.x")})),
    ] {
        let server = Server::script([Answer::json(200, body)]).await;
        let client = client(&server.url);
        let page = client.execute(entity, "list", json!({})).await.unwrap();
        let cursor = page.next.unwrap();
        let text = URL_SAFE_NO_PAD.decode(cursor.to_string()).unwrap();
        assert!(!String::from_utf8_lossy(&text).contains(token));
        assert!(cursor.dead_end().unwrap().contains("repeats a credential"), "{cursor:?}");
        let call = client.execute(entity, "list", json!({}));
        let error = call.resume(cursor).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Vendor, "{error}");
        assert_eq!(server.seen().len(), 1);
    }
}
