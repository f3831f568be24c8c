//! Tests of the sources of client id, client secret and credentials: options, environment, settings
//! file and `.env`. The tests in `folder` try what a folder must not do.

use serde_json::json;

use crate::run::{CANARY, Folder, Outcome, command, run};
use crate::vendor::{Answer, Vendor};

/// A platform that accepts every secret and has one connector; it echoes the requests.
fn platform() -> Vendor {
    Vendor::new(|seen, _| {
        if seen.target.ends_with("/token") {
            Answer::json(200, &json!({"access_token": "t", "expires_in": 900}))
        } else if seen.target.contains("/connectors?") {
            Answer::json(200, &json!({"data": [{"id": "c"}]}))
        } else {
            let result = json!([{"id": "1", "echo": seen.echo(), "secret": CANARY}]);
            let meta = json!({"has_next_page": false});
            Answer::json(
                200,
                &json!({"status": "success", "result": result, "connector_metadata": meta}),
            )
        }
    })
}

const LIST: [&str; 7] = ["exec", "github", "issues", "list", "--hosted", "-p", "owner=a"];

/// Runs a hosted list in a folder whose `.env` and settings file have these contents.
fn hosted(name: &str, env_file: &str, settings: &str, environment: &[(&str, &str)]) -> Outcome {
    let folder = Folder::new(name);
    std::fs::write(folder.file(".env"), env_file).unwrap();
    let settings_file = folder.file("settings.json");
    if !settings.is_empty() {
        std::fs::write(&settings_file, settings).unwrap();
    }
    let path = std::path::Path::new(&settings_file).parent().unwrap();
    let mut command = command(&[&LIST[..], &["-p", "repo=b"]].concat());
    command.current_dir(path).env("AIRBYTE_CONFIG_DIR", path);
    command.envs(environment.iter().copied()).output().unwrap().into()
}

#[test]
fn a_folder_may_bring_its_own_account() {
    let platform = platform();
    let host = ("SDK_DEV_ADP_API_HOST", platform.url.as_str());
    let env_file = format!(
        "# of this folder\nAIRBYTE_CLIENT_ID=folder\nAIRBYTE_CLIENT_SECRET='{CANARY}'\n\
         AIRBYTE_WORKSPACE_NAME=w-folder\nnonsense in between\n"
    );
    let outcome = hosted("own", &env_file, "", &[host]).succeeded();
    assert!(!format!("{outcome:?}").contains(CANARY), "{outcome:?}");
    assert_eq!(
        outcome.stderr,
        "note: AIRBYTE_CLIENT_ID, AIRBYTE_CLIENT_SECRET, AIRBYTE_WORKSPACE_NAME come from .env of \
         this folder\n"
    );
    let seen = platform.seen();
    assert!(seen[0].body.contains("folder") && seen[0].body.contains(CANARY));
    assert!(seen[1].target.contains("workspace_name=w-folder"), "{}", seen[1].target);

    // The environment is stronger.
    let outcome = hosted("own", &env_file, "", &[host, ("AIRBYTE_WORKSPACE", "w-env")]).succeeded();
    assert!(!format!("{outcome:?}").contains(CANARY), "{outcome:?}");
    assert!(platform.seen()[4].target.contains("workspace_name=w-env"));
    assert!(outcome.stderr.contains("AIRBYTE_WORKSPACE_NAME in .env of this folder is not used"));
}

#[test]
fn a_settings_file_that_is_broken_is_told_without_its_content() {
    let outcome = hosted("broken-settings", "", &format!("{{\"client_secret\": \"{CANARY}\""), &[]);
    assert_eq!(outcome.error()["kind"], "validation", "{outcome:?}");
    assert!(outcome.message().contains("settings.json"), "{outcome:?}");
    assert!(!format!("{outcome:?}").contains(CANARY), "{outcome:?}");
}

#[test]
fn credentials_of_a_vendor_may_stand_in_the_folder() {
    let vendor = Vendor::new(|seen, _| {
        Answer::json(200, &json!({"things": [{"id": "1", "echo": seen.echo()}]}))
    });
    let folder = Folder::new("dotenv");
    std::fs::write(folder.file(".env"), format!("AIRBYTE_AGENT_ACME_TOKEN={CANARY}\n")).unwrap();
    let spec = crate::run::spec();
    let args = ["exec", "--spec", &spec, "things", "list", "--via", &vendor.url];
    let file = folder.file(".env");
    let path = std::path::Path::new(&file).parent().unwrap();
    let outcome = Outcome::from(command(&args).current_dir(path).output().unwrap());
    assert_eq!(vendor.seen().len(), 1, "{outcome:?}");
    assert!(!format!("{outcome:?}").contains(CANARY), "{outcome:?}");
    assert_eq!(outcome.stderr, "note: AIRBYTE_AGENT_ACME_TOKEN comes from .env of this folder\n");
}

#[test]
fn settings_of_the_vendor_come_from_the_environment_and_the_command_line_goes_first() {
    let call = ["exec", "jira", "issues", "get", "-p", "issueIdOrKey=A-1", "--dry-run"];
    let credentials = r#"{"username": "ada@example.com", "password": "1234567890"}"#;
    for (config, host) in [(None, "env.atlassian.net"), (Some("line"), "line.atlassian.net")] {
        let mut command = command(&[&call[..], &["--credentials", credentials]].concat());
        if let Some(name) = config {
            command.args(["--config", &format!(r#"{{"subdomain": "{name}"}}"#)]);
        }
        let outcome: Outcome =
            command.env("AIRBYTE_AGENT_JIRA_SUBDOMAIN", "env").output().unwrap().into();
        let url = outcome.succeeded().json()["url"].as_str().unwrap_or_default().to_owned();
        assert!(url.contains(host), "{url}");
    }
}

#[test]
fn a_misspelt_key_of_a_spec_is_told() {
    let folder = Folder::new("misspelt");
    let text = std::fs::read_to_string(crate::run::spec()).unwrap();
    let (right, wrong) = ("x-airbyte-record-extractor", "x-airbyte-record-extracter");
    let file = folder.file("api.yaml");
    std::fs::write(&file, text.replacen(right, wrong, 1)).unwrap();
    let outcome = run(&["describe", "--spec", &file]).succeeded();
    assert!(outcome.stderr.contains(wrong) && outcome.stderr.contains(right), "{outcome:?}");
    let outcome = run(&["describe", "--spec", &crate::run::spec()]).succeeded();
    assert_eq!(outcome.stderr, "");
}
