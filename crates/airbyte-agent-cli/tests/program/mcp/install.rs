//! Tests of `mcp install`: the entries for clients.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use super::folder;
use crate::run::{CANARY, Outcome, command};

fn install(home: &PathBuf, args: &[&str]) -> Outcome {
    let mut command: Command = command(&[&["mcp", "install"], args].concat());
    command.env("HOME", home).env("XDG_CONFIG_HOME", home.join(".config"));
    command.env("APPDATA", home.join(".config")).output().unwrap().into()
}

#[test]
#[cfg(target_os = "linux")]
fn entries_are_written_once_with_a_copy_of_the_former_file() {
    let home = folder("install");
    let settings = home.join(".config/zed/settings.json");
    std::fs::create_dir_all(settings.parent().unwrap()).unwrap();
    let before = "// my settings\n{\n  \"theme\": \"One\", // nice\n}\n";
    std::fs::write(&settings, before).unwrap();
    let all = [
        "claude-desktop",
        "claude-code",
        "cursor",
        "vscode",
        "windsurf",
        "zed",
        "codex",
        "gemini-cli",
        "lm-studio",
    ];
    let options = ["--write", "--connector", "github", "--read-only"];
    let first = install(&home, &[&all[..], &options].concat()).succeeded();
    assert_eq!(first.stdout.matches("wrote").count(), 9, "{first:?}");
    let zed = std::fs::read_to_string(&settings).unwrap();
    for part in ["// my settings", "\"One\", // nice", "\"source\": \"custom\"", "--read-only"] {
        assert!(zed.contains(part), "{zed}");
    }
    assert_eq!(
        std::fs::read_to_string(home.join(".config/zed/settings.json.bak")).unwrap(),
        before
    );
    let vscode = std::fs::read_to_string(home.join(".config/Code/User/mcp.json")).unwrap();
    let vscode: Value = serde_json::from_str(&vscode).unwrap();
    let entry = &vscode["servers"]["airbyte-agent"];
    assert_eq!(entry["args"], json!(["mcp", "--connector", "github", "--read-only"]));
    assert_eq!((&entry["type"], entry["command"].is_string()), (&json!("stdio"), true));
    let codex = std::fs::read_to_string(home.join(".codex/config.toml")).unwrap();
    assert!(codex.starts_with("[mcp_servers.airbyte-agent]\ncommand = "), "{codex}");

    let again = install(&home, &[&all[..], &options].concat()).succeeded();
    assert_eq!(again.stdout.matches("has the entry already").count(), 9, "{again:?}");
    assert!(!home.join(".config/zed/settings.json.bak1").exists());
    let other = install(&home, &["zed", "--write", "--connector", "stripe"]).succeeded();
    assert!(other.stdout.contains("settings.json.bak1"), "{other:?}");
}

#[test]
fn entries_are_printed_without_values_and_nothing_is_written() {
    let home = folder("print");
    let value = format!("TOKEN={CANARY}");
    let outcome =
        install(&home, &["claude-desktop", "--env", &value, "--config", "a.toml"]).succeeded();
    assert!(
        outcome.stdout.contains("<value of TOKEN>") && !outcome.stdout.contains(CANARY),
        "{outcome:?}"
    );
    assert!(!outcome.stdout.contains("\"a.toml\""), "paths are whole: {outcome:?}");
    assert_eq!(std::fs::read_dir(&home).unwrap().count(), 0);
    let outcome = install(&home, &["cursor", "--env", "TOKEN"]).succeeded();
    assert!(outcome.stdout.contains("${env:TOKEN}"), "{outcome:?}");
    let outcome = install(&home, &["zed", "--env", "TOKEN"]);
    assert!(outcome.code == 2 && outcome.message().contains("--env TOKEN=VALUE"), "{outcome:?}");
    let outcome = install(&home, &["windsurf", "--url", "http://127.0.0.1:8080/mcp"]).succeeded();
    assert!(outcome.stdout.contains("serverUrl"), "{outcome:?}");
    let outcome = install(&home, &[]).succeeded();
    assert!(outcome.stdout.contains("cursor") && outcome.stdout.contains(".cursor"), "{outcome:?}");
}
