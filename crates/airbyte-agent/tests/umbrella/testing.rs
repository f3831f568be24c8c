//! A typed connector on a mock of its vendor, as a user's test would have it.

use airbyte_agent::ErrorKind;
use airbyte_agent::core::testing::Mock;
use airbyte_agent::gong::GongConnector;
use serde_json::json;

use airbyte_agent::serde_json;

/// Code under test: the names of everybody at Gong.
async fn names(gong: &GongConnector) -> airbyte_agent::Result<Vec<String>> {
    let mut names = Vec::new();
    let mut users = gong.users().list().items();
    while let Some(user) = users.try_next().await? {
        names.extend(user.first_name);
    }
    Ok(names)
}

#[tokio::test]
async fn a_typed_connector_pages_through_a_mock() {
    let mock = Mock::new();
    mock.on("users", "list")
        .fail(ErrorKind::RateLimited)
        .page(json!([{"id": "1", "firstName": "Ada"}, {"id": "2", "firstName": "Grace"}]))
        .page(json!([{"id": "3", "firstName": "Edsger"}]));
    let gong: GongConnector = mock.connector();

    assert!(names(&gong).await.is_err_and(|error| error.is_rate_limited()));
    assert!(names(&gong).await.is_ok_and(|names| names == ["Ada", "Grace", "Edsger"]));
    assert_eq!(mock.calls_of("users", "list").len(), 3);
    assert!(mock.verify().is_ok());
}

#[tokio::test]
async fn a_typed_connector_downloads_from_a_mock() {
    let mock = Mock::new();
    mock.on("call_audio", "download").file(&b"ID3"[..]).content_type("audio/mpeg");
    let gong: GongConnector = mock.connector();
    let audio = gong.call_audio().download().await;
    assert!(audio.is_ok_and(|audio| audio.content_type() == Some("audio/mpeg")));
}
