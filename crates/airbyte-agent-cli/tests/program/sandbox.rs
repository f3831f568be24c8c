//! Tests of the sandbox that a call starts for itself, and of the sandbox that is served.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::run::{Outcome, command, run};

const ISSUES: [&str; 9] = [
    "exec",
    "github",
    "issues",
    "list",
    "--sandbox",
    "-p",
    "owner=airbytehq",
    "-p",
    "repo=airbyte",
];

#[test]
fn the_first_command_of_the_readme_works() {
    let outcome = run(&ISSUES).succeeded().json();
    assert_eq!(outcome["data"].as_array().unwrap().len(), 30);
    let all = run(&[&ISSUES[..], &["--all", "--max", "120"]].concat()).succeeded().json();
    assert_eq!(all["data"].as_array().unwrap().len(), 120);
}

#[test]
fn hosted_calls_give_what_local_ones_give() {
    let local = run(&ISSUES).succeeded().json();
    let hosted = run(&[&ISSUES[..], &["--hosted"]].concat()).succeeded().json();
    assert_eq!(hosted, local);
    let select = ["--hosted", "--select", "number,author.login"];
    let hosted = run(&[&ISSUES[..], &select].concat()).succeeded().json();
    assert_eq!(hosted["data"][0].as_object().unwrap().len(), 2);
}

#[test]
fn files_come_over_both_transports() {
    let args = ["exec", "gong", "call_audio", "download", "--sandbox", "--params"];
    let params = run(&["describe", "gong", "call_audio", "download", "--output", "json"]);
    let params = params.succeeded().json();
    let mut given = serde_json::Map::new();
    for parameter in params["parameters"].as_array().unwrap() {
        if parameter["required"] == true && parameter.get("default").is_none() {
            let name = parameter["name"].as_str().unwrap();
            given.insert(name.to_owned(), "7782342274025937895".into());
        }
    }
    let given = serde_json::Value::Object(given).to_string();
    let local = run(&[&args[..], &[&given]].concat()).succeeded();
    let hosted = run(&[&args[..], &[&given, "--hosted"]].concat()).succeeded();
    assert!(!local.stdout.is_empty());
    assert_eq!(local.stdout, hosted.stdout);
}

#[test]
fn a_file_is_uploaded_in_parts_over_both_transports() {
    let path = std::env::temp_dir().join(format!("airbyte-agent-{}.bin", std::process::id()));
    std::fs::write(&path, vec![b'x'; 9 * 1024 * 1024]).unwrap();
    let content = format!("file_content=@{}", path.display());
    let args = ["exec", "google-drive", "uploaded_files", "create", "--sandbox", "-p", &content];
    let local = run(&args);
    let hosted = run(&[&args[..], &["--hosted"]].concat());
    let preview = run(&[&args[..], &["--dry-run"]].concat());
    std::fs::remove_file(&path).unwrap();
    for outcome in [local, hosted] {
        let file = outcome.succeeded().json();
        assert!(file["data"]["id"].is_string(), "{file}");
        assert!(file["data"]["received"].is_null(), "{file}");
    }
    let preview = preview.succeeded().json();
    let own_name = path.file_name().unwrap().to_str().unwrap();
    assert_eq!(preview["body"], serde_json::json!({"name": own_name}));
    assert_eq!(preview["then"], serde_json::json!(["upload_session_contents.create"]));
}

#[test]
fn the_context_store_is_asked() {
    let store = |action: &str, args: &[&str]| {
        let base = ["exec", "stripe", "customers", action, "--hosted", "--sandbox"];
        run(&[&base[..], args].concat())
    };
    let search = "context_store_search";
    let page = store(search, &["-p", "query={}", "-p", "limit=7", "--cursor"]).succeeded().json();
    assert_eq!(page["data"].as_array().unwrap().len(), 7);
    assert!(page["next"].is_string(), "{page}");
    let id = page["data"][3]["id"].as_str().unwrap().to_owned();
    let filter = format!(r#"query.filter={{"eq": {{"id": "{id}"}}}}"#);
    let found = store(search, &["-p", &filter]).succeeded().json();
    assert_eq!(
        (found["data"].as_array().unwrap().len(), &found["data"][0]["id"]),
        (1, &page["data"][3]["id"])
    );
    let all = store(search, &["-p", "query:={}", "-p", "limit=100", "--all", "--max", "230"])
        .succeeded()
        .json();
    assert_eq!(all["data"].as_array().unwrap().len(), 230);
    let sql = "sql=SELECT count(*) AS n FROM customers";
    let counted = store("context_store_sql_query", &["-p", sql]).succeeded().json();
    assert!(counted["data"][0]["n"].as_u64().unwrap() >= 250, "{counted}");
    assert_eq!(store(search, &["-p", r#"query.filter={"eq": {"idd": "x"}}"#]).code, 3);
    assert_eq!(store(search, &["-p", "query={}", "--dry-run"]).code, 2);
    let local = run(&["exec", "stripe", "customers", search, "--sandbox"]);
    assert_eq!(local.code, 2, "{local:?}");
    assert!(local.message().contains("airbyte-agent sync"), "{local:?}");
}

#[test]
fn credentials_are_checked() {
    let outcome = run(&["check", "stripe", "--sandbox"]).succeeded();
    assert_eq!(outcome.json()["status"], "healthy");
    let bad = ["check", "stripe", "--sandbox", "--credentials", r#"{"api_key": "invalid"}"#];
    let outcome = run(&bad);
    assert_eq!((outcome.code, outcome.error()["status"].as_u64()), (4, Some(401)), "{outcome:?}");
}

#[test]
fn unknown_workspaces_and_crowded_ones_are_told() {
    let served = Served::start(&[]);
    for (workspace, code) in [("nobody", 5), ("crowded", 2)] {
        let args = ["exec", "stripe", "customers", "list", "--hosted", "--workspace", workspace];
        let outcome = command(&args)
            .env("AIRBYTE_CLIENT_ID", "sandbox-client")
            .env("AIRBYTE_CLIENT_SECRET", "sandbox-secret")
            .env("SDK_DEV_ADP_API_HOST", &served.url)
            .output()
            .unwrap();
        let outcome = Outcome::from(outcome);
        assert_eq!(outcome.code, code, "{workspace}: {outcome:?}");
    }
}

#[test]
fn the_platform_is_reached_through_a_proxy() {
    let served = Served::start(&[]);
    let args = ["exec", "stripe", "customers", "list", "--hosted", "--via", &served.url];
    let outcome = command(&args)
        .env("AIRBYTE_CLIENT_ID", "sandbox-client")
        .env("AIRBYTE_CLIENT_SECRET", "sandbox-secret")
        .output()
        .unwrap();
    let outcome = Outcome::from(outcome).succeeded();
    assert!(!outcome.json()["data"].as_array().unwrap().is_empty());
}

/// A sandbox that the program serves.
pub(crate) struct Served {
    child: Child,
    pub(crate) url: String,
}

impl Served {
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut child = command(&[&["sandbox"], args].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let url = line.strip_prefix("sandbox listening on ").unwrap().trim_end().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{line}");
        Self { child, url }
    }

    fn stop(mut self, signal: &str) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_served_sandbox_answers_until_it_is_told_to_stop() {
    let spec = crate::run::spec();
    for signal in ["-INT", "-TERM"] {
        let served = Served::start(&["--spec", &spec]);
        let credentials = r#"{"token": "anything"}"#;
        let args = ["things", "list", "--via", &served.url, "--credentials", credentials];
        let own = run(&[&["exec", "--spec", &spec], &args[..]].concat()).succeeded().json();
        assert!(!own["data"].as_array().unwrap().is_empty());
        let args = ["exec", "stripe", "customers", "list", "--via", &served.url];
        let built_in = [&args[..], &["--credentials", r#"{"api_key": "x"}"#]].concat();
        run(&built_in).succeeded();
        assert_eq!(served.stop(signal), Some(0), "{signal}");
    }
}

/// Runs a hosted list with these environment variables.
fn hosted_list<'a>(variables: impl Iterator<Item = (&'a str, &'a str)>) -> Outcome {
    let args = ["exec", "stripe", "customers", "list", "--hosted"];
    command(&args).envs(variables).output().unwrap().into()
}

#[test]
fn a_served_sandbox_prints_what_a_program_has_to_export() {
    let mut served = Served::start(&[]);
    let lines = BufReader::new(served.child.stderr.take().unwrap()).lines();
    let mut script = Vec::new();
    for line in lines.map(Result::unwrap) {
        script.push(line);
        if script.last().is_some_and(|line| line.contains("sandbox --json")) {
            break;
        }
    }
    assert!(script.iter().any(|line| line.contains(&format!("--via {}", served.url))));
    let exports = script.iter().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
    let listed = hosted_list(exports).succeeded();
    assert!(!listed.json()["data"].as_array().unwrap().is_empty());
    // Every other line is a comment, so that a shell can read the whole text.
    assert!(script.iter().all(|line| line.starts_with("export ") || line.starts_with("# ")));
}

#[test]
fn a_served_sandbox_prints_json_for_programs() {
    let mut child = command(&["sandbox", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let access: serde_json::Value = serde_json::from_str(&line).unwrap();
    let url = access["url"].as_str().unwrap().to_owned();
    let _served = Served { child, url: url.clone() };
    let variables = |value: &serde_json::Value| -> Vec<(String, String)> {
        let members = value["environment"].as_object().unwrap().iter();
        members.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
    };
    let platform = variables(&access);
    hosted_list(platform.iter().map(|(name, value)| (name.as_str(), value.as_str()))).succeeded();
    for (name, connector) in access["connectors"].as_object().unwrap() {
        let outcome = command(&["check", name, "--via", &url])
            .args(["--config", &connector["settings"].to_string()])
            .envs(variables(connector))
            .output()
            .unwrap();
        Outcome::from(outcome).succeeded();
    }
    let github = &access["connectors"]["github"];
    assert!(github["vendor_url"].as_str().unwrap().starts_with(&url), "{github}");
    assert_eq!(access["client_id"], "sandbox-client");
}

#[test]
fn an_address_that_is_taken_is_told() {
    let served = Served::start(&[]);
    let address = served.url.strip_prefix("http://").unwrap();
    let outcome = run(&["sandbox", "--listen", address]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{outcome:?}");
    assert!(outcome.message().contains(address), "{outcome:?}");
}
