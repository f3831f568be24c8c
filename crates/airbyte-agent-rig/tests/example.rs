//! The example as a program, against a sandbox.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where they fail")]

use std::path::PathBuf;

use airbyte_agent_sandbox::Sandbox;
use tokio::process::Command;

/// Cargo builds examples beside the tests.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().unwrap().parent().unwrap().join("examples").join(name);
    assert!(path.exists(), "{} is missing: cargo build --examples", path.display());
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_runs() {
    let sandbox =
        Sandbox::builder().connector(&airbyte_agent_github::DESCRIPTION).start().await.unwrap();
    let output = Command::new(example("rig_agent"))
        .env("AIRBYTE_AGENT_VIA", sandbox.url())
        .env("GITHUB_TOKEN", "token")
        .output()
        .await
        .unwrap();
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    for said in [
        "8 issues",
        "missing required",
        "there is no tool 'githob_issues'",
        "comments.create is not permitted",
    ] {
        assert!(output.status.success() && out.contains(said), "{said}: {out}{err}");
    }
    sandbox.shutdown().await;
}
