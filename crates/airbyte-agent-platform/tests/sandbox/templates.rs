//! Templates and kinds of connectors.

use airbyte_agent_core::ErrorKind;
use airbyte_agent_github::GithubConnector;
use airbyte_agent_platform::api::types;
use airbyte_agent_stripe::StripeConnector;
use serde_json::json;

use crate::stage::stage;

#[tokio::test]
async fn registering_twice_makes_one_template() {
    let stage = stage().await;
    let id = StripeConnector::DEFINITION_ID;
    assert_eq!(stage.platform.templates().await.unwrap(), []);
    let first = stage.platform.register_template(id, "Stripe").await.unwrap();
    assert_eq!(
        stage.last_body("/templates/sources"),
        json!({
            "actor_definition_id": id,
            "name": "Stripe",
            "partial_default_config": {},
            "mode": "DIRECT",
        })
    );
    let second = stage.platform.register_template(id, "Stripe").await.unwrap();
    assert_eq!((first.existed, second.existed), (false, true));
    assert_eq!(first.value.id, second.value.id);
    assert!(second.value.runs_operations());
    assert_eq!(stage.platform.templates().await.unwrap().len(), 1);
    stage.platform.delete_template(&first.value.id).await.unwrap();
    assert_eq!(stage.platform.template_of(id).await.unwrap(), None);
}

#[tokio::test]
async fn a_name_taken_by_another_kind_gets_a_number() {
    let stage = stage().await;
    stage.platform.register_template(GithubConnector::DEFINITION_ID, "Ours").await.unwrap();
    let made = stage.platform.register_template(StripeConnector::DEFINITION_ID, "Ours").await;
    let made = made.unwrap();
    assert!(!made.existed);
    assert_eq!(made.value.name, "Ours 2");
}

#[tokio::test]
async fn a_template_for_copying_alone_runs_nothing() {
    let stage = stage().await;
    let id = StripeConnector::DEFINITION_ID;
    let body = types::CreateSourceTemplate::builder()
        .actor_definition_id(id.to_owned())
        .name("Stripe".to_owned())
        .partial_default_config(serde_json::Map::new())
        .mode(types::CreateSourceTemplateMode::Replication);
    let request = stage.platform.api().create_source_template().body_map(|_| body);
    request.send().await.unwrap();
    assert_eq!(stage.platform.template_of(id).await.unwrap(), None);
    // It has the name, and is of the kind: it is taken for what was asked.
    let ensured = stage.platform.register_template(id, "Stripe").await.unwrap();
    assert!(ensured.existed);
}

#[tokio::test]
async fn an_unknown_kind_is_refused() {
    let stage = stage().await;
    let made = stage.platform.register_template("00000000-0000-4000-8000-000000000000", "X").await;
    assert!(matches!(made.unwrap_err().kind(), ErrorKind::Validation | ErrorKind::NotFound));
}

#[tokio::test]
async fn kinds_are_found_by_display_name_and_by_slug() {
    let stage = stage().await;
    for name in ["Zendesk Support", "zendesk-support", "ZENDESK_SUPPORT"] {
        let found = stage.platform.definition(name).await.unwrap();
        assert_eq!(found.id, "79c1aa37-dae3-42ae-b333-d1c105477715");
        assert_eq!(found.name, "Zendesk Support");
    }
    let error = stage.platform.definition("strip").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.message().contains("Stripe"), "{error}");
    assert_eq!(stage.platform.definitions("").await.unwrap().len(), 3);
    assert_eq!(stage.platform.global_templates().await.unwrap().len(), 3);
}
