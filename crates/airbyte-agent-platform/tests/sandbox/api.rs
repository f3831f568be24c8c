//! Parts of the API that have no layer of their own.

use airbyte_agent_core::ErrorKind;
use airbyte_agent_platform::api::types;

use crate::stage::stage;

#[tokio::test]
async fn documents_of_a_connector_are_read_section_by_section() {
    let stage = stage().await;
    let api = stage.platform.api();
    let connectors = stage.platform.default_workspace().connectors().await.unwrap();
    let inspection = api.inspect_connector().connector_id(&connectors[0].id).send().await;
    let inspection = inspection.unwrap();
    assert_eq!(inspection.connector_id.as_deref(), Some(connectors[0].id.as_str()));
    let id = inspection.docs_skill_id.unwrap();
    let document = api.get_skill_docs().id(&id).send().await.unwrap();
    let outline = document.outline.unwrap();
    let section = outline.iter().find_map(|entry| entry.id.clone()).unwrap();
    let part = api.get_skill_docs().id(&id).section(&section).send().await.unwrap();
    assert_eq!(part.section_id.as_deref(), Some(section.as_str()));
    let missing = api.get_skill_docs().id("nothing").send().await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    assert!(!api.list_skills().limit(5_u64).send().await.unwrap().data.unwrap().is_empty());
}

#[tokio::test]
async fn workflows_and_their_automations_live_and_go() {
    let stage = stage().await;
    let api = stage.platform.api();
    let workspace = stage.platform.default_workspace();
    let home = workspace.info().await.unwrap().id.as_str();
    let body = types::CreateWorkflow::builder().workspace_id(home).name("Nightly");
    let made = api.create_workflow().body_map(|_| body).send().await.unwrap();
    let id = made.id.unwrap();
    let body = types::CreateAutomation::builder()
        .workspace_id(home)
        .trigger_type("schedule")
        .enabled(true)
        .cron_expression("0 0 3 * * ?".to_owned());
    let request = api.create_automation().workflow_id(&id).workspace_id(home);
    let automation = request.body_map(|_| body).send().await.unwrap();
    let automation = automation.id.unwrap();
    let listed = api.list_automations().workflow_id(&id).workspace_id(home).send().await;
    assert_eq!(listed.unwrap().data.unwrap().len(), 1);
    let change = types::UpdateAutomation { enabled: Some(false), ..Default::default() };
    let request = api.update_automation().workflow_id(&id).automation_id(&automation);
    let changed = request.workspace_id(home).body(change).send().await.unwrap();
    assert_eq!(changed.enabled, Some(false));
    let request = api.delete_automation().workflow_id(&id).automation_id(&automation);
    request.workspace_id(home).send().await.unwrap();
    let change = types::UpdateWorkflow { name: Some("Weekly".to_owned()) };
    let request = api.update_workflow().workflow_id(&id).workspace_id(home).body(change);
    assert_eq!(request.send().await.unwrap().name.as_deref(), Some("Weekly"));
    api.delete_workflow().workflow_id(&id).workspace_id(home).send().await.unwrap();
    let listed = api.list_workflows().workspace_id(home).send().await.unwrap();
    assert!(listed.data.unwrap().is_empty());
}

#[tokio::test]
async fn a_schedule_is_told_in_words() {
    let stage = stage().await;
    for (cron, valid) in [("0 0 3 * * ?", true), ("soon", false)] {
        let body = types::CronRequest { cron_expression: cron.to_owned() };
        let request = stage.platform.api().describe_cron().body(body);
        assert_eq!(request.send().await.unwrap().is_valid, Some(valid), "{cron}");
    }
}
