//! Uploads in steps against the sandbox, over connections that break, typed and through a server of one's own.

use airbyte_agent::google_drive::GoogleDriveConnector;
use airbyte_agent::shopify::{ShopifyConnector, types};
use airbyte_agent::slack::SlackConnector;
use airbyte_agent_cli::engine::LocalEngine;
use airbyte_agent_core::{FileBytes, TypedConnector};
use airbyte_agent_sandbox::{Fault, FaultKind, Sandbox};
use serde_json::json;

/// A sandbox of the connector, and the connector.
async fn sandbox<C: TypedConnector>() -> (Sandbox, C) {
    let engine = LocalEngine::new([C::description()]);
    let sandbox = Sandbox::builder().connector(C::description().clone()).start().await.unwrap();
    let client = engine.client(C::NAME, &sandbox.url()).unwrap();
    (sandbox, C::from_client(client))
}

/// The operations of the requests so far, each with its status.
fn requests(sandbox: &Sandbox) -> Vec<(String, u16)> {
    sandbox.requests().iter().map(|seen| (seen.entity.clone(), seen.status)).collect()
}

/// A file of more than one part.
fn large() -> FileBytes {
    FileBytes::new(vec![b'x'; 9 * 1024 * 1024])
}

#[tokio::test]
async fn large_files_survive_broken_connections() {
    const PART: &str = "upload_session_contents";
    let gone = Fault::status(404, json!({"error": {"code": 404, "message": "gone"}}));
    for (fault, expected) in [
        (None, vec![("upload_sessions", 200), (PART, 308), (PART, 200)]),
        (
            Some(Fault::new(FaultKind::Close)),
            vec![("upload_sessions", 200), (PART, 0), (PART, 308), (PART, 308), (PART, 200)],
        ),
        (
            Some(gone),
            vec![
                ("upload_sessions", 200),
                (PART, 404),
                ("upload_sessions", 200),
                (PART, 308),
                (PART, 200),
            ],
        ),
    ] {
        let (sandbox, drive) = sandbox::<GoogleDriveConnector>().await;
        if let Some(fault) = fault {
            sandbox.inject(fault.operation(PART, "create"));
        }
        let call = drive.uploaded_files().create().name("film.mp4").file_content(large());
        let told = call.send_with_remarks().await.unwrap();
        assert!(told.record.id.is_some());
        assert_eq!(told.record.name.as_deref(), Some("film.mp4"));
        assert_eq!(told.remarks, Vec::<serde_json::Value>::new());
        let seen = requests(&sandbox);
        let shown: Vec<(&str, u16)> =
            seen.iter().map(|(name, status)| (&**name, *status)).collect();
        assert_eq!(shown, expected);
        sandbox.shutdown().await;
    }
}

#[tokio::test]
async fn steps_of_an_upload_can_be_taken_one_by_one() {
    let (sandbox, drive) = sandbox::<GoogleDriveConnector>().await;
    let session = drive.upload_sessions().create().name("a.txt").await.unwrap();
    let address = session.upload_url.unwrap();
    let part = || drive.upload_session_contents().create(&address);
    let before = part().content_range("bytes */10").await.unwrap();
    assert_eq!(before.received, Some(0));
    let first = part().content_range("bytes 0-3/10").file_content(FileBytes::new(*b"0123"));
    assert_eq!(first.await.unwrap().received, Some(4));
    // Bytes that do not follow change nothing.
    let skipping = part().content_range("bytes 8-9/10").file_content(FileBytes::new(*b"89"));
    assert_eq!(skipping.await.unwrap().received, Some(4));
    let last = part().content_range("bytes 4-9/10").file_content(FileBytes::new(*b"456789"));
    let file = last.await.unwrap();
    assert!(file.received.is_none() && file.id.is_some());
    // Who asks again gets the same file.
    assert_eq!(part().content_range("bytes */10").await.unwrap().id, file.id);
    sandbox.shutdown().await;
}

#[tokio::test]
async fn slack_and_shopify_take_a_file_in_one_call() {
    let (sandbox, slack) = sandbox::<SlackConnector>().await;
    let upload =
        slack.uploaded_files().create().filename("a.txt").file_content(FileBytes::new(*b"hi"));
    assert!(upload.channel_id("C012AB3CD").await.unwrap().id.is_some());
    let expected = ["file_uploads", "file_upload_contents", "file_upload_completions"];
    let seen: Vec<String> = requests(&sandbox).into_iter().map(|(name, _)| name).collect();
    assert_eq!(seen, expected);
    sandbox.shutdown().await;
    let (sandbox, shopify) = self::sandbox::<ShopifyConnector>().await;
    let upload = shopify.uploaded_files().create();
    let upload = upload.file(FileBytes::new(*b"hi")).filename("a.png").mime_type("image/png");
    let file = upload.resource(types::UploadedFileResource::Image).await.unwrap();
    assert!(file.id.is_some());
    let expected = ["staged_uploads", "staged_upload_contents", "files"];
    let seen: Vec<String> = requests(&sandbox).into_iter().map(|(name, _)| name).collect();
    assert_eq!(seen, expected);
    sandbox.shutdown().await;
}
