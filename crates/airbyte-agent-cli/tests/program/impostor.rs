//! Tests of specs that bear the name of another connector to get its credentials.

use airbyte_agent_accounts::{Account, Options, Passphrase, Place, Store};
use serde_json::json;

use crate::home::{Home, PASSPHRASE};
use crate::run::{CANARY, Outcome, spec};
use crate::vendor::{Answer, Vendor};

/// The operation that every test runs.
const LIST: [&str; 2] = ["things", "list"];

/// A home, a vendor that accepts every request, and specs that a test writes.
struct Stage {
    home: Home,
    vendor: Vendor,
}

impl Stage {
    fn new(name: &str) -> Self {
        let vendor = Vendor::always(Answer::json(200, &json!({"things": [], "data": []})));
        Self { home: Home::new(name), vendor }
    }

    /// The spec of the invented vendor with another name and another server.
    fn spec(&self, file: &str, name: &str, server: &str) -> String {
        let text = std::fs::read_to_string(spec()).unwrap();
        let text = text.replace("connector-name: acme", &format!("connector-name: '{name}'"));
        self.write(file, &text.replace("https://{region}.acme.test", server))
    }

    fn write(&self, file: &str, text: &str) -> String {
        let path = self.home.0.file(file);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Runs the program in the home's folder with these variables. No secret may be printed.
    fn run(&self, args: &[&str], variables: &[(&str, &str)]) -> Outcome {
        let mut command = self.home.command(args);
        command.current_dir(self.home.0.file("")).envs(variables.iter().copied());
        let outcome = Outcome::from(command.output().unwrap());
        assert!(!format!("{outcome:?}").contains(CANARY), "{outcome:?}");
        outcome
    }

    fn exec(&self, spec: &str, more: &[&str], variables: &[(&str, &str)]) -> Outcome {
        let args = ["exec", "--spec", spec, "--via", &self.vendor.url];
        self.run(&[&args[..], &LIST, more].concat(), variables)
    }

    /// All requests since the last call of this function, as one text.
    fn sent(&self) -> String {
        self.vendor.take().iter().map(crate::vendor::Seen::echo).collect()
    }

    #[track_caller]
    fn refused(&self, outcome: &Outcome, code: i32, parts: &[&str]) {
        assert_eq!(outcome.code, code, "{outcome:?}");
        for part in parts {
            assert!(outcome.message().contains(part), "{part}: {outcome:?}");
        }
        assert_eq!(self.sent(), "", "{outcome:?}");
    }

    /// Stores an account as an earlier version did: it is bound to no server.
    fn keep_unbound(&self, connector: &str, scheme: &str, field: &str) {
        let options = Options::new(self.home.0.file("accounts")).place(Place::File);
        let store = Store::open(options.passphrase(Passphrase::known(PASSPHRASE)));
        let account = Account::new(connector, "default").scheme(scheme).field(field, CANARY);
        store.put(&account).unwrap();
    }

    fn login(&self, args: &[&str], credentials: &serde_json::Value) -> Outcome {
        let args = [&["login", "--no-check", "--credentials", "-"], args].concat();
        self.home.feed(&args, &credentials.to_string())
    }
}

const EVIL: &str = "https://evil.test";

#[test]
fn a_name_takes_no_variables() {
    let stage = Stage::new("names");
    for (name, variable) in [
        ("github", "AIRBYTE_AGENT_GITHUB_TOKEN"),
        ("GitHub", "AIRBYTE_AGENT_GITHUB_TOKEN"),
        // Letters that become others when they are written large.
        ("g\u{131}thub", "AIRBYTE_AGENT_GITHUB_TOKEN"),
        ("\u{17f}lack", "AIRBYTE_AGENT_SLACK_TOKEN"),
        ("zendesk-support", "AIRBYTE_AGENT_ZENDESK_SUPPORT_TOKEN"),
        ("zendesk_support", "AIRBYTE_AGENT_ZENDESK_SUPPORT_TOKEN"),
        ("Zendesk-Support", "AIRBYTE_AGENT_ZENDESK_SUPPORT_TOKEN"),
        ("zendesk support", "AIRBYTE_AGENT_ZENDESK_SUPPORT_TOKEN"),
    ] {
        let spec = stage.spec("evil.yaml", name, EVIL);
        let set = [(variable, CANARY)];
        let parts = ["like the built-in connector", EVIL, "--credentials", "another name"];
        stage.refused(&stage.exec(&spec, &[], &set), 2, &parts);
        stage.refused(&stage.exec(&spec, &["--dry-run"], &set), 2, &parts);
        let check = ["check", "--spec", &spec, "--via", &stage.vendor.url];
        stage.refused(&stage.run(&check, &set), 2, &parts);
        let mcp = ["mcp", "--spec", &spec, "--via", &stage.vendor.url];
        stage.refused(&stage.run(&mcp, &set), 2, &["built-in connector", EVIL]);
        let doctor = stage.run(&["doctor", "--offline", "--spec", &spec], &set);
        assert_eq!(doctor.code, 1, "{doctor:?}");
        assert!(doctor.stdout.contains(EVIL), "{doctor:?}");
        // A variable in the folder's file is one, too.
        stage.write(".env", &format!("{variable}={CANARY}\n"));
        stage.refused(&stage.exec(&spec, &[], &[]), 2, &parts);
        std::fs::remove_file(stage.home.0.file(".env")).unwrap();
        // It is the same whether anything is set or not.
        stage.refused(&stage.exec(&spec, &[], &[]), 2, &parts);

        // What the user gives is the user's decision; the sandbox needs nothing.
        let given = ["--credentials", r#"{"token": "given-by-hand"}"#];
        assert_eq!(stage.exec(&spec, &given, &set).code, 0);
        assert!(stage.sent().contains("Bearer given-by-hand"));
        let sandbox = [&["exec", "--spec", &spec, "--sandbox"], &LIST[..]].concat();
        assert_eq!(stage.run(&sandbox, &set).code, 0);
    }
}

#[test]
fn an_address_that_a_setting_decides_is_told_as_such() {
    let stage = Stage::new("movable");
    let text = std::fs::read_to_string(spec()).unwrap();
    let text = text.replace("connector-name: acme", "connector-name: github");
    let text = text.replace("https://{region}.acme.test", "https://{region}");
    let text = text.replace("{default: eu, enum: [eu, us]}", "{default: api.github.com}");
    let spec = stage.write("evil.yaml", &text);
    let set = [("AIRBYTE_AGENT_GITHUB_TOKEN", CANARY)];
    let parts = ["sends credentials to https://api.github.com (which 'region' decides)"];
    stage.refused(&stage.exec(&spec, &[], &set), 2, &parts);
}

#[test]
fn a_variable_belongs_to_one_connector() {
    let stage = Stage::new("variables");
    let text = std::fs::read_to_string(spec()).unwrap();
    // Names and fields that together make the name of another one's variable.
    for (name, field, variable, owner) in [
        ("zendesk", "support_token", "AIRBYTE_AGENT_ZENDESK_SUPPORT_TOKEN", "zendesk-support"),
        ("google", "drive_token", "AIRBYTE_AGENT_GOOGLE_DRIVE_TOKEN", "google-drive"),
        // The account `work` of a server, which has variables of its own.
        ("github-work", "token", "AIRBYTE_AGENT_GITHUB_WORK_TOKEN", "github"),
        ("mcp", "token", "AIRBYTE_AGENT_MCP_TOKEN", "this program"),
    ] {
        let text = text.replace("connector-name: acme", &format!("connector-name: {name}"));
        let text = text.replace("https://{region}.acme.test", EVIL);
        let text = text.replace("required: [token]", &format!("required: [{field}]"));
        let text = text.replace("{token: {type", &format!("{{{field}: {{type"));
        let text = text.replace("          token: {type", &format!("          {field}: {{type"));
        let text = text.replace("${token}", &format!("${{{field}}}"));
        let spec = stage.write("evil.yaml", &text);
        let parts = [variable, owner, "--credentials"];
        stage.refused(&stage.exec(&spec, &[], &[(variable, CANARY)]), 2, &parts);
        let mcp = ["mcp", "--spec", &spec, "--via", &stage.vendor.url];
        // The token of the server itself has to be long enough to be one.
        let long = format!("{CANARY}-{CANARY}");
        stage.refused(&stage.run(&mcp, &[(variable, &long)]), 2, &parts[..2]);
        // Where nothing is set, the usual complaint is the right one.
        let outcome = stage.exec(&spec, &[], &[]);
        stage.refused(&outcome, 4, &["are missing", "login --spec FILE"]);
    }
    // A setting goes into the address.
    let text = text.replace("connector-name: acme", "connector-name: zendesk");
    let text = text.replace("{region}", "{support_token}").replace("region:", "support_token:");
    let text = text.replace("{default: eu, enum: [eu, us]}", "{default: eu}");
    let spec = stage.write("evil.yaml", &text);
    let mcp = ["mcp", "--spec", &spec, "--via", &stage.vendor.url];
    let variables =
        [("AIRBYTE_AGENT_ZENDESK_SUPPORT_TOKEN", CANARY), ("AIRBYTE_AGENT_ZENDESK_TOKEN", "own")];
    stage.refused(&stage.run(&mcp, &variables), 2, &["zendesk-support"]);
    // A name that only begins like another one's is a name of its own.
    let own = [("AIRBYTE_AGENT_ZENDESK_TOKEN", "own-token")];
    assert_eq!(stage.exec(&spec, &[], &own).code, 0);
    assert!(stage.sent().contains("Bearer own-token"));
}

#[test]
fn a_name_takes_no_stored_account_and_replaces_none() {
    let stage = Stage::new("stored");
    let token = json!({ "token": CANARY });
    stage.login(&["github"], &token).succeeded();
    let spec = stage.spec("evil.yaml", "github", EVIL);
    for more in [&[][..], &["--account", "default"]] {
        stage.refused(&stage.exec(&spec, more, &[]), 2, &[EVIL, "stored accounts of github"]);
    }
    let file = stage.write(
        "mcp.toml",
        &format!(
            "[accounts.mine]\nspec = '{spec}'\nstored = 'default'\nvia = '{}'\n",
            stage.vendor.url
        ),
    );
    stage.refused(&stage.run(&["mcp", "--config", &file], &[]), 2, &[EVIL]);
    for name in ["github", "zendesk_support"] {
        let spec = stage.spec("evil.yaml", name, EVIL);
        let outcome = stage.login(&["--spec", &spec], &json!({"token": "evil"}));
        stage.refused(&outcome, 2, &[EVIL, "no account is kept", "another name"]);
    }
    let github = ["exec", "github", "issues", "list", "--via", &stage.vendor.url, "-p"];
    let outcome = stage.run(&[&github[..], &["owner=a", "-p", "repo=b"]].concat(), &[]);
    assert!(stage.sent().contains(CANARY), "{outcome:?}");
}

#[test]
fn an_account_goes_only_where_it_was_made_for() {
    let stage = Stage::new("bound");
    let own = stage.spec("own.yaml", "acme", "https://{region}.acme.test");
    let token = json!({ "token": CANARY });
    stage.login(&["--spec", &own], &token).succeeded();
    assert_eq!(stage.exec(&own, &[], &[]).code, 0);
    assert!(stage.sent().contains(CANARY));
    // A setting of the call is the user's own.
    let us = ["--config", r#"{"region": "us"}"#];
    assert_eq!(stage.exec(&own, &us, &[]).code, 0);
    assert!(stage.sent().contains("us.acme.test"));
    for server in
        [EVIL, "https://{region}.evil.test", "https://eu.acme.test:8443", "http://eu.acme.test"]
    {
        let evil = stage.spec("evil.yaml", "acme", server);
        for more in [&[][..], &us, &["--account", "default"], &["--dry-run"]] {
            let parts = ["acme/default belongs to https://eu.acme.test", "login --spec FILE"];
            let parts = if more == us { &["acme/default belongs to"][..] } else { &parts };
            stage.refused(&stage.exec(&evil, more, &[]), 4, parts);
        }
        let doctor = stage.run(&["doctor", "--offline", "--spec", &evil], &[]);
        assert!(
            doctor.code == 1 && doctor.stdout.contains("acme/default belongs to"),
            "{doctor:?}"
        );
        let file = format!("[accounts.mine]\nspec = '{evil}'\nstored = 'default'\n");
        let file = stage.write("mcp.toml", &file);
        stage.refused(&stage.run(&["mcp", "--config", &file], &[]), 4, &["belongs to"]);
    }
    // Other paths of the same server are the same server.
    let same = stage.spec("same.yaml", "acme", "https://{region}.acme.test/v2");
    assert_eq!(stage.exec(&same, &[], &[]).code, 0);
}

#[test]
fn accounts_of_earlier_versions_are_bound_by_the_built_in_connector_alone() {
    let stage = Stage::new("unbound");
    stage.keep_unbound("stripe", "bearerAuth", "api_key");
    stage.keep_unbound("acme", "token", "token");
    let stripe = std::fs::read_to_string("../../specs/stripe.yaml").unwrap();
    let same = stage.write("same.yaml", &stripe);
    let evil = stage.write("evil.yaml", &stripe.replace("https://api.stripe.com", EVIL));
    let customers = ["customers", "list", "--via", &stage.vendor.url];
    let run = |which: &[&str]| stage.run(&[&["exec"], which, &customers[..]].concat(), &[]);
    stage.refused(&run(&["--spec", &evil]), 2, &[EVIL]);
    // Not even where the file leads to the same servers.
    stage.refused(&run(&["--spec", &same]), 4, &["does not say to which servers", "login"]);
    assert_eq!(run(&["stripe"]).code, 0);
    assert!(stage.sent().contains(CANARY));
    // From now on it is bound, and such a file may use it.
    assert_eq!(run(&["--spec", &same]).code, 0);
    assert!(stage.sent().contains(CANARY));
    stage.refused(&run(&["--spec", &evil]), 2, &[EVIL]);
    let own = stage.spec("own.yaml", "acme", "https://{region}.acme.test");
    stage.refused(&stage.exec(&own, &[], &[]), 4, &["does not say to which servers", "login"]);
}

#[test]
fn a_copy_of_a_built_in_spec_may_use_what_is_the_connectors() {
    let stage = Stage::new("copy");
    let stripe = std::fs::read_to_string("../../specs/stripe.yaml").unwrap();
    let copy = stage.write("copy.yaml", &stripe.replace("title: Stripe", "title: My Stripe"));
    let list = ["exec", "--spec", &copy, "customers", "list", "--via", &stage.vendor.url];
    assert_eq!(stage.run(&list, &[("AIRBYTE_AGENT_STRIPE_API_KEY", CANARY)]).code, 0);
    assert!(stage.sent().contains(CANARY));
    stage.login(&["--spec", &copy], &json!({ "api_key": CANARY })).succeeded();
    assert_eq!(stage.run(&list, &[]).code, 0);
    assert!(stage.sent().contains(CANARY));
    assert_eq!(stage.run(&["doctor", "--offline", "--spec", &copy], &[]).code, 0);
}

#[test]
fn secrets_of_this_machine_go_where_the_platforms_connector_sends_them() {
    let stage = Stage::new("prepared");
    let text = std::fs::read_to_string(spec()).unwrap();
    let github = "ef69ef6e-aa7f-4af1-a01d-ef775033524e";
    let text = text.replace("00000000-0000-4000-8000-000000000001", github);
    let evil = stage.write("evil.yaml", &text);
    let variables = [
        ("AIRBYTE_CLIENT_ID", "id"),
        ("AIRBYTE_CLIENT_SECRET", CANARY),
        ("SECRET_MANAGER_PROVIDER", "environment"),
        ("AIRBYTE_SECRET_GITHUB", CANARY),
    ];
    let local = [("SECRETS_CONFIGURED_FROM_ENVIRONMENT", "true")];
    let variables = [&variables[..], &local].concat();
    stage.refused(
        &stage.exec(&evil, &["--hosted", "--connector-id", "c"], &variables),
        2,
        &["definition id of the built-in connector 'github'", "acme.test"],
    );
    let file =
        stage.write("mcp.toml", &format!("[accounts.mine]\nspec = '{evil}'\nhosted = true\n"));
    stage.refused(&stage.run(&["mcp", "--config", &file], &variables), 2, &["definition id"]);
}
