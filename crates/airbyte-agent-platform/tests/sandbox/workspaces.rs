//! Lives of workspaces.

use airbyte_agent_core::ErrorKind;

use crate::stage::stage;

#[tokio::test]
async fn a_workspace_is_created_once_found_and_removed() {
    let stage = stage().await;
    let first = stage.platform.create_workspace("tenant-42").await.unwrap();
    let second = stage.platform.create_workspace("tenant-42").await.unwrap();
    assert_eq!(first, second);
    assert!(first.is_active());
    let workspace = stage.platform.workspace("tenant-42");
    assert_eq!(workspace.info().await.unwrap().id, first.id);
    workspace.delete().await.unwrap();
    let error = stage.platform.find_workspace("tenant-42").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn lists_are_read_to_their_end_and_names_are_exact() {
    let stage = stage().await;
    for number in 0..130 {
        stage.platform.scoped_token(&format!("Tenant {number}")).await.unwrap();
    }
    // With the one that is there from the start.
    assert_eq!(stage.platform.workspaces().await.unwrap().len(), 131);
    assert_eq!(stage.platform.workspaces_with("tenant 1").await.unwrap().len(), 41);
    assert_eq!(stage.platform.find_workspace("Tenant 1").await.unwrap().name, "Tenant 1");
    let error = stage.platform.find_workspace("tenant 1").await.unwrap_err();
    assert!(error.message().contains("Tenant 1"), "{error}");
}

#[tokio::test]
async fn the_only_workspace_need_not_be_named() {
    let stage = stage().await;
    let only = stage.platform.resolve_workspace(None).await.unwrap();
    assert_eq!(only.name, "default");
    stage.platform.create_workspace("tenant-42").await.unwrap();
    let error = stage.platform.resolve_workspace(None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.message().contains("default, tenant-42"), "{error}");
    let named = stage.platform.resolve_workspace(Some("tenant-42")).await.unwrap();
    assert_eq!(named.name, "tenant-42");
}

#[tokio::test]
async fn many_calls_share_one_token() {
    let stage = stage().await;
    let calls = (0..200).map(|number| {
        let workspace = stage.platform.workspace(format!("tenant-{number}"));
        tokio::spawn(async move { workspace.connectors().await.unwrap().len() })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap(), 0);
    }
    let requests = stage.sandbox.requests();
    let tokens = requests.iter().filter(|r| r.path.ends_with("/applications/token"));
    assert_eq!(tokens.count(), 1);
}
