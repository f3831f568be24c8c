//! Schemes that are accepted at an address of their own.

use airbyte_agent_engine::{Client, Credentials, Error, Local};
use serde_json::json;

use crate::acme::description;
use crate::server::{Answer, Server};

async fn target(key: &str, settings: &[(&str, &str)]) -> Result<String, Error> {
    let server = Server::script([Answer::json(200, json!({"things": []}))]).await;
    let mut local =
        Local::new(Credentials::new().field(key, "k")).config("origin", server.url.as_str());
    for (name, value) in settings {
        local = local.config(*name, *value);
    }
    let client = Client::local(description(), local)?;
    let dry = client.execute("things", "list", json!({})).into_call()?.dry_run()?;
    client.execute("things", "list", json!({})).await?;
    assert_eq!(dry.url, format!("{}{}", server.url, server.seen()[0].target));
    Ok(server.seen()[0].target.clone())
}

#[tokio::test]
async fn requests_go_where_the_scheme_is_accepted() {
    assert_eq!(target("token", &[]).await.unwrap(), "/things");
    assert_eq!(
        target("region_key", &[("region", "north")]).await.unwrap(),
        "/regions/north/things"
    );
    assert_eq!(target("cloud_key", &[]).await.unwrap(), "/things");
    assert_eq!(target("cloud_key", &[("cloud", "c-17")]).await.unwrap(), "/clouds/c-17/things");
    // A setting of another scheme is known, and does nothing.
    assert_eq!(target("token", &[("cloud", "c-17")]).await.unwrap(), "/things");
    let error = target("region_key", &[]).await.unwrap_err();
    assert!(error.message().contains("needs the setting 'region', for example 'north'"), "{error}");
    let error = target("token", &[("clod", "x")]).await.unwrap_err();
    assert!(error.message().contains("did you mean 'cloud'"), "{error}");
}

#[test]
fn a_password_in_the_address_of_a_vendor_is_refused_and_not_repeated() {
    for origin in ["https://u:PASSWORD@host", "https://u:PASSWORD@host:port", "u:PASSWORD@host"] {
        let local = Local::new(Credentials::new().field("token", "t")).config("origin", origin);
        let error = Client::local(description(), local).unwrap_err();
        assert!(!format!("{error:?}").contains("PASSWORD"), "{error:?}");
    }
}
