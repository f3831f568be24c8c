//! A folder that somebody else made: its `.env` tries to obtain credentials of the user.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

use crate::home::Home;
use crate::run::{CANARY, Folder, Outcome, command, spec};
use crate::sandbox::Served;
use crate::vendor::{Answer, Vendor};

/// A server that answers every request, and records it.
fn server() -> Vendor {
    Vendor::new(|seen, _| {
        if seen.target.ends_with("/token") {
            Answer::json(200, &json!({"access_token": "t", "expires_in": 900}))
        } else if seen.target.contains("/connectors?") {
            Answer::json(200, &json!({"data": [{"id": "c"}]}))
        } else {
            let records = json!([{"id": "1"}]);
            let meta = json!({"has_next_page": false});
            let body = json!({
                "things": records, "status": "success", "result": records, "connector_metadata": meta,
            });
            Answer::json(200, &body)
        }
    })
}

/// All requests that a server has received, as one text.
fn told(server: &Vendor) -> String {
    server.seen().iter().map(|seen| seen.echo() + "\n").collect()
}

/// A folder that contains this `.env`.
struct Evil(Folder);

impl Evil {
    fn new(name: &str, env_file: &str) -> Self {
        let folder = Folder::new(&format!("folder-{name}"));
        std::fs::write(folder.file(".env"), env_file).unwrap();
        Self(folder)
    }

    fn path(&self) -> PathBuf {
        Path::new(&self.0.file(".env")).parent().unwrap().to_path_buf()
    }

    /// Runs the program in the folder with these variables.
    fn run(&self, args: &[&str], environment: &[(&str, &str)]) -> Outcome {
        self.finish(command(args), environment)
    }

    fn finish(&self, mut command: Command, environment: &[(&str, &str)]) -> Outcome {
        command.current_dir(self.path()).envs(environment.iter().copied());
        let outcome = Outcome::from(command.output().unwrap());
        assert!(!format!("{outcome:?}").contains(CANARY), "{outcome:?}");
        outcome
    }
}

/// Lists things of the invented vendor, whose requests are sent to `via`.
fn list<'a>(spec: &'a str, via: &'a str) -> [&'a str; 7] {
    ["exec", "--spec", spec, "things", "list", "--via", via]
}

const HOSTED: [&str; 9] =
    ["exec", "github", "issues", "list", "--hosted", "-p", "owner=a", "-p", "repo=b"];

#[test]
fn nothing_in_it_stands_for_a_variable_of_the_environment() {
    let (vendor, spec) = (server(), spec());
    let secret = [("GITHUB_TOKEN", CANARY), ("A", CANARY)];
    for value in ["${GITHUB_TOKEN}", "$GITHUB_TOKEN", "\"${GITHUB_TOKEN}\"", "${A}${A}", "x$A"] {
        let folder = Evil::new("substitution", &format!("AIRBYTE_AGENT_ACME_TOKEN={value}\n"));
        folder.run(&list(&spec, &vendor.url), &secret).succeeded();
        let seen = vendor.seen();
        let sent = seen.last().unwrap().header("authorization").unwrap();
        assert_eq!(sent, format!("Bearer {}", value.trim_matches('"')));
    }
    assert!(!told(&vendor).contains(CANARY));

    let (evil, good) = (server(), server());
    let env_file = format!(
        "SDK_DEV_ADP_API_HOST={}\nAIRBYTE_CLIENT_ID=${{GITHUB_TOKEN}}\n\
         AIRBYTE_CLIENT_SECRET=${{GITHUB_TOKEN}}\n",
        evil.url
    );
    let folder = Evil::new("substitution-hosted", &env_file);
    let host = ("SDK_DEV_ADP_API_HOST", good.url.as_str());
    folder.run(&HOSTED, &[secret[0], host]).succeeded();
    assert_eq!(evil.seen().len(), 0);
    assert!(good.seen()[0].body.contains("${GITHUB_TOKEN}"), "{}", told(&good));
    assert!(!told(&good).contains(CANARY));
}

#[test]
fn a_file_that_is_too_long_is_not_read_and_that_is_told() {
    let (vendor, spec) = (server(), spec());
    let mut text = "AIRBYTE_AGENT_ACME_TOKEN=folder\n".to_owned();
    for number in 0..4096 {
        text.push_str(&format!("V{}=${{V{number}}}${{V{number}}}\n", number + 1));
    }
    let folder = Evil::new("long", &text);
    let outcome = folder.run(&list(&spec, &vendor.url), &[]);
    assert_eq!((outcome.code, vendor.seen().len()), (4, 0), "{outcome:?}");
    assert!(outcome.stderr.starts_with("warning: .env of this folder is not read: it is larger"));
    assert_eq!(outcome.error()["kind"], "authentication");
    // A line of ours that cannot be read is told, too, by its name.
    let folder = Evil::new("broken", "X='\nexport AIRBYTE_AGENT_ACME_TOKEN=\"unclosed\nY\n");
    let outcome = folder.run(&list(&spec, &vendor.url), &[]);
    let warned = "warning: .env of this folder, line 2: AIRBYTE_AGENT_ACME_TOKEN has no value";
    assert!(outcome.stderr.starts_with(warned), "{outcome:?}");
    assert!(!outcome.stderr.contains("unclosed"), "{outcome:?}");
}

#[test]
fn it_does_not_say_where_the_platform_is() {
    let (evil, good) = (server(), server());
    let own = "AIRBYTE_CLIENT_ID=of-the-folder\nAIRBYTE_CLIENT_SECRET=of-the-folder\n";
    let address = format!("SDK_DEV_ADP_API_HOST={}\nAIRBYTE_WORKSPACE=w-folder\n", evil.url);
    let host = ("SDK_DEV_ADP_API_HOST", good.url.as_str());
    let account = [("AIRBYTE_CLIENT_ID", "user"), ("AIRBYTE_CLIENT_SECRET", CANARY)];
    let settings = json!({"credentials": {"client_id": "user", "client_secret": CANARY}});
    for (name, text, environment, file) in [
        ("own", format!("{own}{address}"), vec![], ""),
        ("env", address.clone(), account.to_vec(), ""),
        ("both", format!("{own}{address}"), account.to_vec(), ""),
        ("file", address.clone(), vec![], &*settings.to_string()),
        ("file-and-own", format!("{own}{address}"), vec![], &settings.to_string()),
    ] {
        let folder = Evil::new(&format!("address-{name}"), &text);
        let mut with_file = command(&HOSTED);
        if !file.is_empty() {
            std::fs::write(folder.0.file("settings.json"), file).unwrap();
            with_file.env("AIRBYTE_CONFIG_DIR", folder.path());
        }
        let outcome = folder.finish(with_file, &[&environment[..], &[host]].concat()).succeeded();
        let warning = outcome.stderr.lines().next().unwrap();
        assert!(
            warning.starts_with("warning: SDK_DEV_ADP_API_HOST in .env"),
            "{name}: {outcome:?}"
        );
        assert!(warning.ends_with("export SDK_DEV_ADP_API_HOST=…"), "{name}: {outcome:?}");
        assert_eq!(evil.seen().len(), 0, "{name}");
        let whose = good.seen()[good.seen().len() - 3].body.clone();
        let expected = if name == "own" { "of-the-folder" } else { CANARY };
        assert!(whose.contains(expected), "{name}: {whose}");
    }
    // What the environment says as well is no news.
    let folder = Evil::new("address-same", &format!("SDK_DEV_ADP_API_HOST={}\n", good.url));
    let outcome = folder.run(&HOSTED, &[&account[..], &[host]].concat()).succeeded();
    assert_eq!(outcome.stderr, "");
}

/// A command, its options, environment variables, and the name of the secret that is not sent.
type Attempt<'a> = (&'a [&'a str], &'a [&'a str], &'a [(&'a str, &'a str)], &'a str);

/// Client id and client secret of the served sandbox.
const SANDBOX: &str = "AIRBYTE_CLIENT_ID=sandbox-client\nAIRBYTE_CLIENT_SECRET=sandbox-secret\n";

#[test]
fn credentials_of_the_user_do_not_go_to_an_account_of_the_folder() {
    let (evil, served) = (server(), Served::start(&[]));
    let host = ("SDK_DEV_ADP_API_HOST", served.url.as_str());
    let token = ("AIRBYTE_AGENT_GITHUB_TOKEN", CANARY);
    let account =
        [("AIRBYTE_CLIENT_ID", "sandbox-client"), ("AIRBYTE_CLIENT_SECRET", "sandbox-secret")];
    let given = json!({ "token": CANARY }).to_string();
    let setup = ["platform", "setup", "github", "--config", r#"{"repositories": "a/b"}"#];
    let create =
        ["platform", "connectors", "create", "github", "--config", r#"{"repositories": "a/b"}"#];
    let address = format!("SDK_DEV_ADP_API_HOST={}\n", evil.url);
    let workspace = "AIRBYTE_WORKSPACE_NAME=tenant\n";
    let tenant = ("AIRBYTE_WORKSPACE_NAME", "tenant");
    for (text, mine, decided) in [
        (format!("{SANDBOX}{address}"), vec![tenant], "AIRBYTE_CLIENT_ID, AIRBYTE_CLIENT_SECRET"),
        (format!("{workspace}{address}"), account.to_vec(), "AIRBYTE_WORKSPACE_NAME"),
        (
            "AIRBYTE_ORGANIZATION_ID=6f1d0f0e-0000-4000-8000-000000000001\n".to_owned(),
            [&account[..], &[tenant]].concat(),
            "AIRBYTE_ORGANIZATION_ID",
        ),
        (
            // Even where the folder has a token of its own: whose is meant cannot be known.
            format!("{SANDBOX}{workspace}AIRBYTE_AGENT_GITHUB_TOKEN=of-the-folder\n"),
            vec![],
            "AIRBYTE_CLIENT_ID, AIRBYTE_CLIENT_SECRET",
        ),
    ] {
        let folder = Evil::new("vendor", &text);
        let attempts: [Attempt<'_>; 4] = [
            (&setup, &[], &[token], "AIRBYTE_AGENT_GITHUB_TOKEN (of the environment)"),
            (&create, &[], &[token], "AIRBYTE_AGENT_GITHUB_TOKEN (of the environment)"),
            (&setup, &["--credentials", &given], &[], "--credentials (said for this call)"),
            (&create, &["--credentials", &given], &[], "--credentials (said for this call)"),
        ];
        for (args, more, secret, what) in attempts {
            let environment = [&mine[..], &[host], secret].concat();
            let outcome = folder.run(&[args, more].concat(), &environment);
            assert_eq!(outcome.code, 2, "{outcome:?}");
            assert!(outcome.message().contains(&format!("{what} is not sent")), "{outcome:?}");
            assert!(outcome.message().contains(decided), "{outcome:?}");
        }
    }
    assert_eq!(evil.seen().len(), 0);
    let listed = ["platform", "connectors", "list", "--workspace", "tenant"];
    let folder = Evil::new("vendor-listed", "");
    let all = folder.run(&listed, &[&account[..], &[host]].concat()).succeeded().json();
    assert_eq!(all["data"], json!([]));
}

#[test]
fn a_folder_may_bring_an_account_with_credentials_and_the_user_may_say_what_is_meant() {
    let served = Served::start(&[]);
    let host = ("SDK_DEV_ADP_API_HOST", served.url.as_str());
    let account =
        [("AIRBYTE_CLIENT_ID", "sandbox-client"), ("AIRBYTE_CLIENT_SECRET", "sandbox-secret")];
    let create =
        ["platform", "connectors", "create", "github", "--config", r#"{"repositories": "a/b"}"#];
    let own = format!("{SANDBOX}AIRBYTE_WORKSPACE_NAME=own\nAIRBYTE_AGENT_GITHUB_TOKEN={CANARY}\n");
    let outcome = Evil::new("whole", &own).run(&create, &[host]).succeeded();
    assert_eq!(outcome.json()["data"]["workspace"], "own");
    for name in ["AIRBYTE_CLIENT_ID", "AIRBYTE_CLIENT_SECRET", "AIRBYTE_AGENT_GITHUB_TOKEN"] {
        assert!(outcome.stderr.contains(name), "{outcome:?}");
    }
    // Said in the environment or on the command line, the same values are the user's.
    let folder = Evil::new("said", &format!("{SANDBOX}AIRBYTE_WORKSPACE_NAME=own\n"));
    let token = ("AIRBYTE_AGENT_GITHUB_TOKEN", CANARY);
    let named = [&create[..], &["--workspace", "mine"]].concat();
    let environment = [&account[..], &[host, token]].concat();
    assert_eq!(folder.run(&named, &environment).succeeded().json()["data"]["workspace"], "mine");
    let workspace = [("AIRBYTE_WORKSPACE_NAME", "third")];
    let environment = [&environment[..], &workspace].concat();
    assert_eq!(folder.run(&create, &environment).succeeded().json()["data"]["workspace"], "third");
}

#[test]
fn secrets_of_this_machine_are_not_used_for_an_account_of_the_folder() {
    let good = server();
    let host = ("SDK_DEV_ADP_API_HOST", good.url.as_str());
    let secret = ("AIRBYTE_SECRET_GITHUB", CANARY);
    let on = ("SECRETS_CONFIGURED_FROM_ENVIRONMENT", "true");
    let account = [("AIRBYTE_CLIENT_ID", "user"), ("AIRBYTE_CLIENT_SECRET", "canary-user")];
    let own = "AIRBYTE_CLIENT_ID=folder\nAIRBYTE_CLIENT_SECRET=folder\n";
    for (name, text, environment) in [
        ("account", own, vec![host, secret, on]),
        ("workspace", "AIRBYTE_WORKSPACE=w\n", [&account[..], &[host, secret, on]].concat()),
    ] {
        let outcome = Evil::new(&format!("secrets-{name}"), text).run(&HOSTED, &environment);
        assert_eq!(outcome.code, 2, "{outcome:?}");
        assert!(outcome.message().contains("AIRBYTE_SECRET_… (of the environment) is not sent"));
        assert_eq!(good.seen().len(), 0);
    }
    // It does not switch them on, either.
    let text = format!("SECRETS_CONFIGURED_FROM_ENVIRONMENT=1\n{own}");
    let outcome = Evil::new("secrets-on", &text).run(&HOSTED, &[host, secret]).succeeded();
    assert!(
        outcome.stderr.contains("SECRETS_CONFIGURED_FROM_ENVIRONMENT in .env of this folder is")
    );
    assert!(told(&good).contains("/execute"), "{}", told(&good));
}

#[test]
fn its_values_are_not_put_beside_those_of_the_user() {
    let (good, spec) = (server(), spec());
    // A field of the folder could say where the user's secret goes.
    let folder = Evil::new("fields", "AIRBYTE_AGENT_ZENDESK_SUPPORT_EMAIL=evil@evil.test\n");
    let zendesk =
        ["exec", "zendesk-support", "tickets", "list", "--config", r#"{"subdomain": "acme"}"#];
    let zendesk = [&zendesk[..], &["--via", &good.url]].concat();
    let outcome = folder.run(&zendesk, &[("AIRBYTE_AGENT_ZENDESK_SUPPORT_API_TOKEN", CANARY)]);
    assert_eq!((outcome.code, good.seen().len()), (4, 0), "{outcome:?}");
    let note = "note: AIRBYTE_AGENT_ZENDESK_SUPPORT_EMAIL in .env of this folder is not used";
    assert!(outcome.stderr.starts_with(note), "{outcome:?}");
    assert!(outcome.message().contains("email"), "{outcome:?}");

    let halves = [("AIRBYTE_CLIENT_SECRET", CANARY), ("SDK_DEV_ADP_API_HOST", &*good.url)];
    let folder = Evil::new("halves", "AIRBYTE_CLIENT_ID=evil\nAIRBYTE_CLIENT_SECRET=evil\n");
    let outcome = folder.run(&HOSTED, &halves);
    assert_eq!((outcome.code, good.seen().len()), (4, 0), "{outcome:?}");

    // The environment goes first, and what it says as well is no news.
    let folder = Evil::new("first", "AIRBYTE_AGENT_ACME_TOKEN=of-the-folder\n");
    let outcome = folder.run(&list(&spec, &good.url), &[("AIRBYTE_AGENT_ACME_TOKEN", CANARY)]);
    assert!(told(&good).contains(CANARY) && !told(&good).contains("of-the-folder"));
    assert!(outcome.succeeded().stderr.contains("ACME_TOKEN in .env of this folder is not used"));
    let same = [("AIRBYTE_AGENT_ACME_TOKEN", "of-the-folder")];
    let stderr = folder.run(&list(&spec, &good.url), &same).succeeded().stderr;
    // A spec from a file says where they go.
    let note = "note: AIRBYTE_AGENT_ACME_TOKEN of the environment goes to https://eu.acme.test";
    assert!(stderr.starts_with(note) && stderr.lines().count() == 1, "{stderr}");
}

#[test]
fn a_stored_account_goes_before_it() {
    let (vendor, spec, home) = (server(), spec(), Home::new("folder-stored"));
    let login = ["login", "--spec", &spec, "--no-check", "--credentials", "-"];
    home.feed(&login, r#"{"token": "of-the-account"}"#).succeeded();
    let folder = Evil::new("stored", &format!("AIRBYTE_AGENT_ACME_TOKEN={CANARY}\n"));
    let outcome = folder.finish(home.command(&list(&spec, &vendor.url)), &[]).succeeded();
    assert!(told(&vendor).contains("of-the-account") && !told(&vendor).contains(CANARY));
    assert_eq!(
        outcome.stderr,
        "note: AIRBYTE_AGENT_ACME_TOKEN in .env of this folder is not used: the stored account \
         goes first\n"
    );
    // An account that cannot be opened is no reason to take what the folder brings.
    let before = vendor.seen().len();
    let wrong = [("AIRBYTE_AGENT_PASSPHRASE", "wrong")];
    let outcome = folder.finish(home.command(&list(&spec, &vendor.url)), &wrong);
    assert!(outcome.code != 0 && vendor.seen().len() == before, "{outcome:?}");

    home.run(&["accounts", "remove", "acme"]).succeeded();
    let outcome = folder.finish(home.command(&list(&spec, &vendor.url)), &[]).succeeded();
    assert!(told(&vendor).contains(CANARY));
    assert_eq!(outcome.stderr, "note: AIRBYTE_AGENT_ACME_TOKEN comes from .env of this folder\n");
}

#[test]
fn notes_stand_before_the_error_and_not_on_standard_output() {
    let vendor = Vendor::always(Answer::json(404, &json!({"message": "no such thing"})));
    let (folder, spec) = (Evil::new("notes", "AIRBYTE_AGENT_ACME_TOKEN=t0ken-of-it\n"), spec());
    let outcome = folder.run(&list(&spec, &vendor.url), &[]);
    assert_eq!(
        (outcome.code, outcome.stdout.as_str(), outcome.stderr.lines().count()),
        (5, "", 2),
        "{outcome:?}"
    );
    assert!(
        outcome.stderr.starts_with("note: ") && outcome.error()["kind"] == "not_found",
        "{outcome:?}"
    );
    assert!(!outcome.stderr.contains("t0ken-of-it"), "{outcome:?}");
}

#[test]
fn an_app_of_the_folder_is_taken_in_whole_or_not_at_all_when_signing_in() {
    let home = Home::new("folder-sign-in");
    let (id, secret) = ("AIRBYTE_AGENT_HUBSPOT_CLIENT_ID", "AIRBYTE_AGENT_HUBSPOT_CLIENT_SECRET");
    let login =
        ["login", "hubspot", "--scheme", "oauth2", "--no-browser", "--timeout", "1", "--via"];
    let vendor = server();
    let login = [&login[..], &[vendor.url.as_str()]].concat();
    let sign_in = |text: String, environment: &[(&str, &str)]| {
        let mut command = home.command(&login);
        command.stdin(Stdio::null());
        Evil::new("sign-in", &text).finish(command, environment)
    };
    let outcome = sign_in(format!("{id}=evil-app\n{secret}=evil\n"), &[]);
    let note = format!("note: {id}, {secret} come from .env of this folder");
    assert!(
        outcome.stderr.contains(&note) && outcome.stderr.contains("client_id=evil-app"),
        "{outcome:?}"
    );
    for environment in
        [&[(secret, CANARY)][..], &[(id, "my-app")], &[(id, "my-app"), (secret, CANARY)]]
    {
        let outcome = sign_in(format!("{id}=evil-app\n{secret}=evil\n"), environment);
        assert!(!outcome.stderr.contains("evil-app"), "{outcome:?}");
        let has_app = environment[0].0 == id;
        assert_eq!(outcome.stderr.contains("client_id=my-app"), has_app, "{outcome:?}");
    }
    assert_eq!(vendor.seen().len(), 0);
}

#[test]
fn doctor_tells_what_it_brings() {
    let served = Served::start(&[]);
    let doctor = |text: &str, args: &[&str], environment: &[(&str, &str)]| {
        let folder = Evil::new("doctor", text);
        let outcome = folder.run(&[&["doctor"], args].concat(), environment);
        assert_eq!(outcome.stderr, "", "{outcome:?}");
        outcome.json()["findings"].as_array().unwrap().clone()
    };
    let says = |findings: &[serde_json::Value], level: &str, part: &str| {
        let told = findings
            .iter()
            .any(|one| one["level"] == level && one["message"].as_str().unwrap().contains(part));
        assert!(told, "{level}: {part}: {findings:#?}");
    };
    let host = ("SDK_DEV_ADP_API_HOST", served.url.as_str());
    let found = doctor(SANDBOX, &[], &[host]);
    says(&found, "warning", &format!("{} (SDK_DEV_ADP_API_HOST of the environment)", served.url));
    says(&found, "note", "AIRBYTE_CLIENT_ID, AIRBYTE_CLIENT_SECRET come from .env");
    let found = doctor("", &["--offline"], &[host]);
    says(&found, "warning", "SDK_DEV_ADP_API_HOST of the environment");
    let usual = ("SDK_DEV_ADP_API_HOST", "https://api.airbyte.ai/");
    let found = doctor("", &["--offline"], &[usual]);
    assert!(found.iter().all(|one| one["level"] != "warning"), "{found:#?}");
    let found = doctor("SDK_DEV_ADP_API_HOST=https://evil.test", &["--offline"], &[]);
    says(&found, "warning", "SDK_DEV_ADP_API_HOST in .env of this folder is ignored");
    let plain = ("SDK_DEV_ADP_API_HOST", "http://evil.test");
    let found = doctor("", &["--offline"], &[plain]);
    says(&found, "problem", "plain http");
    let found = doctor(&"A=1\n".repeat(20_000), &["--offline"], &[]);
    says(&found, "warning", "larger than 64 KiB");

    let token = "AIRBYTE_AGENT_GITHUB_TOKEN=of-the-folder\n";
    let found = doctor(token, &["github"], &[]);
    says(&found, "ok", "calls use .env of this folder (AIRBYTE_AGENT_GITHUB_TOKEN)");
    let found = doctor(token, &["github"], &[("AIRBYTE_AGENT_GITHUB_TOKEN", CANARY)]);
    says(&found, "ok", "calls use the environment (AIRBYTE_AGENT_GITHUB_TOKEN)");
    says(&found, "note", "AIRBYTE_AGENT_GITHUB_TOKEN in .env of this folder is not used");
}
