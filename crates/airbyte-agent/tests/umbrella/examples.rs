//! The examples as programs, against a sandbox.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where they fail")]

use std::path::PathBuf;

use airbyte_agent_cli::engine::LocalEngine;
use airbyte_agent_sandbox::{CLIENT_ID, CLIENT_SECRET, Sandbox};
use tokio::process::Command;

/// Cargo builds examples beside the tests.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().unwrap().parent().unwrap().join("examples").join(name);
    assert!(path.exists(), "{} is missing: cargo build --examples", path.display());
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_runs() {
    let connectors = airbyte_agent::registry().iter().copied();
    let engine = LocalEngine::new(connectors.clone());
    let mut sandbox = Sandbox::builder().executor(engine);
    for connector in connectors {
        sandbox = sandbox.connector(connector);
    }
    let sandbox = sandbox.start().await.unwrap();
    let mut examples = vec![
        ("gong_users", &[][..], "in all"),
        ("gong_hosted", &[], "users in workspace default"),
        ("gong_hosted", &["nobody"], "nobody has connected Gong"),
        ("gong_calls", &["2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"], "calls"),
        ("github_issues", &["airbytehq", "airbyte"], "more to come: true"),
        ("github_search", &[], "20 repositories"),
        ("stripe_customers", &[], ": Jane Doe"),
        ("fetch_all", &["stripe", "customers", r#"{"limit": 100}"#], "records of stripe"),
    ];
    if cfg!(feature = "tools") {
        examples.extend([
            (
                "openai_tools",
                &[][..],
                "8 issues; mended: \"validation\", \"unknown_tool\"; I may not thank anybody: \
                 \"not_permitted\"",
            ),
            ("anthropic_tools", &[], "6 customers; misspelled once: true"),
        ]);
    }
    for (name, arguments, said) in examples {
        let output = Command::new(example(name))
            .args(arguments)
            .env("AIRBYTE_AGENT_VIA", sandbox.url())
            .env("AIRBYTE_CLIENT_ID", CLIENT_ID)
            .env("AIRBYTE_CLIENT_SECRET", CLIENT_SECRET)
            .env("AIRBYTE_AGENT_STRIPE_API_KEY", "sk_test")
            .env("STRIPE_API_KEY", "sk_test")
            .env("GITHUB_TOKEN", "token")
            .env("GONG_ACCESS_KEY", "key")
            .env("GONG_ACCESS_KEY_SECRET", "secret")
            .output()
            .await
            .unwrap();
        let out = String::from_utf8_lossy(&output.stdout);
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && out.contains(said), "{name}: {out}{err}");
    }
    sandbox.shutdown().await;
}
