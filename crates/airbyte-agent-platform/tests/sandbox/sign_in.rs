//! Sign-in of a person, end to end.

use airbyte_agent_core::{ErrorKind, TypedConnector as _};
use airbyte_agent_github::GithubConnector;
use airbyte_agent_platform::{CreateOptions, SignedIn};
use url::Url;

use crate::browser::open;
use crate::stage::stage;

const BACK: &str = "https://app.acme.test/done?state=s%201";

fn options() -> CreateOptions {
    CreateOptions::new().setting("repositories", ["acme/web"])
}

#[tokio::test]
async fn a_sign_in_leaves_a_connector() {
    let stage = stage().await;
    let github = GithubConnector::description();
    let workspace = stage.platform.workspace("tenant-42");

    // Without a template of the organization the platform refuses.
    let error = workspace.start_sign_in(github, BACK, &options()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Validation);
    assert!(error.message().contains("template"), "{error}");
    stage.platform.register_template(&github.definition_id, "GitHub").await.unwrap();

    for leaves_secret in [false, true] {
        stage.sandbox.set_behaviour(|behaviour| behaviour.oauth_secret_ids = leaves_secret);
        let consent = workspace.start_sign_in(github, BACK, &options()).await.unwrap();
        let back = open(&consent).await;
        // What the redirect address had is still there.
        let url = Url::parse(&back).unwrap();
        assert!(url.query_pairs().any(|pair| pair == ("state".into(), "s 1".into())), "{back}");
        let ended = SignedIn::read(&back).unwrap();
        assert_eq!(matches!(ended, SignedIn::Secret(_)), leaves_secret);
        let id = workspace.finish_sign_in(github, ended, &options()).await.unwrap();
        let details = workspace.connector(&id).await.unwrap();
        assert_eq!(details.info.definition_id.as_deref(), Some(GithubConnector::DEFINITION_ID));
        let github: GithubConnector = workspace.connect_typed_to(&id);
        assert!(github.check().await.error.is_none());
    }
    assert_eq!(workspace.connectors().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_refusal_is_told() {
    let stage = stage().await;
    let github = GithubConnector::description();
    let workspace = stage.platform.workspace("tenant-42");
    stage.platform.register_template(&github.definition_id, "GitHub").await.unwrap();
    for (decision, expected) in [("deny", "access_denied"), ("fail", "creation_failed")] {
        let mut consent = workspace.start_sign_in(github, BACK, &options()).await.unwrap();
        consent.query_pairs_mut().append_pair("decision", decision);
        let error = SignedIn::read(&open(&consent).await).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.message().contains(expected), "{error}");
    }
    assert_eq!(workspace.connectors().await.unwrap(), []);
}

#[tokio::test]
async fn an_id_from_the_browser_counts_only_in_its_workspace() {
    let stage = stage().await;
    let github = GithubConnector::description();
    let theirs = stage.platform.default_workspace().connectors().await.unwrap();
    let forged = SignedIn::read(&format!("{BACK}&connector_id={}", theirs[0].id)).unwrap();
    let workspace = stage.platform.workspace("tenant-42");
    let error = workspace.finish_sign_in(github, forged, &options()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn addresses_that_cannot_be_right_are_refused_at_once() {
    let stage = stage().await;
    let github = GithubConnector::description();
    let workspace = stage.platform.workspace("tenant-42");
    let error = workspace.start_sign_in(github, "not a url", &options()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Validation);
    assert_eq!(stage.count(), 0);
    let error = SignedIn::read("https://app.acme.test/done?state=1").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Validation);
}

#[tokio::test]
async fn an_application_of_one_s_own_is_set_and_reset() {
    let stage = stage().await;
    let github = GithubConnector::description();
    let app = serde_json::json!({"client_id": "mine", "client_secret": "hush"});
    let app = app.as_object().unwrap().clone();
    stage.platform.set_oauth_app(&github.definition_id, app).await.unwrap();
    stage.platform.register_template(&github.definition_id, "GitHub").await.unwrap();
    let workspace = stage.platform.workspace("tenant-42");
    let client = |url: &Url| {
        url.query_pairs().find(|(name, _)| name == "client_id").map(|(_, id)| id.into_owned())
    };
    let consent = workspace.start_sign_in(github, BACK, &options()).await.unwrap();
    assert_eq!(client(&consent).as_deref(), Some("mine"));
    for _ in 0..2 {
        stage.platform.reset_oauth_app("GitHub").await.unwrap();
    }
    let consent = workspace.start_sign_in(github, BACK, &options()).await.unwrap();
    assert_ne!(client(&consent).as_deref(), Some("mine"));
}
