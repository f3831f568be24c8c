//! Where client id, secret and the rest come from.

use std::collections::HashMap;

use airbyte_agent_engine::hosted::{Session, Settings};
use airbyte_agent_engine::{Client, Credentials, ErrorKind, Hosted, Local};
use serde_json::json;

use crate::acme::description;

const SECRET: &str = "canary-platform-secret";

fn variables(pairs: &[(&str, &str)]) -> Settings {
    let map: HashMap<String, String> =
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Settings::from_variables(|name| map.get(name).cloned())
}

fn whole() -> [(&'static str, &'static str); 2] {
    [("AIRBYTE_CLIENT_ID", "id"), ("AIRBYTE_CLIENT_SECRET", SECRET)]
}

/// Workspace, organization and address of a session with these settings.
fn reached(settings: Settings) -> (String, Option<String>, String) {
    let session = Session::new(settings.into_hosted().unwrap()).unwrap();
    let organization = session.organization().map(str::to_owned);
    (session.workspace().to_owned(), organization, session.base_url().to_string())
}

#[test]
fn variables_are_read_and_blank_ones_are_not_set() {
    let home = "https://api.airbyte.ai/";
    for (more, expected) in [
        (vec![], ("default", None, home)),
        (vec![("AIRBYTE_WORKSPACE_NAME", "a"), ("AIRBYTE_WORKSPACE", "b")], ("a", None, home)),
        (vec![("AIRBYTE_WORKSPACE_NAME", " "), ("AIRBYTE_WORKSPACE", "b")], ("b", None, home)),
        (vec![("AIRBYTE_CUSTOMER_NAME", "c")], ("c", None, home)),
        (vec![("AIRBYTE_EXTERNAL_USER_ID", "d")], ("d", None, home)),
        (vec![("AIRBYTE_ORGANIZATION_ID", " o ")], ("default", Some("o"), home)),
        (
            vec![("SDK_DEV_ADP_API_HOST", "http://localhost:1/")],
            ("default", None, "http://localhost:1/"),
        ),
        (vec![("SDK_DEV_ADP_API_HOST", "")], ("default", None, home)),
    ] {
        let (workspace, organization, url) = reached(variables(&[&whole()[..], &more].concat()));
        assert_eq!((workspace.as_str(), organization.as_deref(), url.as_str()), expected);
    }
}

#[test]
fn stronger_sources_win_and_another_account_counts_for_nothing() {
    let file = || {
        Settings::new()
            .client_id("id")
            .client_secret(SECRET)
            .organization("o-file")
            .workspace("w-file")
    };
    let env = variables(&[("AIRBYTE_WORKSPACE", "w-env")]);
    assert_eq!(reached(env.or(file())).0, "w-env");
    let same = variables(&whole());
    assert_eq!(reached(same.or(file())).1.as_deref(), Some("o-file"));
    let other = variables(&[("AIRBYTE_CLIENT_ID", "other"), ("AIRBYTE_CLIENT_SECRET", "s")]);
    let (workspace, organization, _) = reached(other.or(file()));
    assert_eq!((workspace.as_str(), organization), ("default", None));
    let half = variables(&[("AIRBYTE_CLIENT_ID", "other")]);
    let error = half.or(file()).into_hosted().unwrap_err();
    assert!(error.message().contains("AIRBYTE_CLIENT_SECRET is not set"), "{error}");
    let arguments = Settings::new().client_id("id").organization("o-argument");
    assert_eq!(reached(arguments.or(file())).1.as_deref(), Some("o-argument"));
    assert!(Settings::new().has_no_credentials());
    assert!(!format!("{:?}", file()).contains(SECRET));
}

fn folder(pairs: &[(&str, &str)]) -> Settings {
    let map: HashMap<String, String> =
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Settings::from_folder(|name| map.get(name).cloned())
}

#[test]
fn a_folder_never_says_where_the_platform_is() {
    let home = "https://api.airbyte.ai/";
    let evil = [
        ("SDK_DEV_ADP_API_HOST", "https://evil.test"),
        ("AIRBYTE_CLIENT_ID", "id"),
        ("AIRBYTE_CLIENT_SECRET", "of-the-folder"),
    ];
    let file = || Settings::new().client_id("id").client_secret(SECRET);
    for (settings, whose) in [
        // Even for a secret of its own.
        (Settings::new().or(folder(&evil)), "of-the-folder"),
        (folder(&evil).or(file()), "of-the-folder"),
        (variables(&whole()).or(folder(&evil)), SECRET),
        (variables(&whole()).or(folder(&evil[..1])), SECRET),
        (Settings::new().or(folder(&evil[..1])).or(file()), SECRET),
        (file().or(folder(&evil)), SECRET),
    ] {
        assert_eq!(settings.exposed_client_secret(), Some(whose));
        assert_eq!(settings.address(), None);
        assert_eq!(reached(settings).2, home);
    }
}

#[test]
fn id_and_secret_of_a_folder_count_together_or_not_at_all() {
    let (id, secret) = (("AIRBYTE_CLIENT_ID", "id"), ("AIRBYTE_CLIENT_SECRET", "of-the-folder"));
    let other = ("AIRBYTE_CLIENT_ID", "other");
    let workspace = ("AIRBYTE_WORKSPACE", "w-folder");
    let lacks = |settings: Settings, name: &str| {
        let error = settings.into_hosted().unwrap_err();
        assert!(error.message().contains(&format!("{name} is not set")), "{error}");
        assert!(!format!("{error:?}").contains("of-the-folder"), "{error:?}");
    };
    // The user's half is not completed by the folder's.
    lacks(variables(&[id]).or(folder(&[id, secret])), "AIRBYTE_CLIENT_SECRET");
    lacks(variables(&[id]).or(folder(&[secret])), "AIRBYTE_CLIENT_SECRET");
    lacks(variables(&[secret]).or(folder(&[id])), "AIRBYTE_CLIENT_ID");
    lacks(variables(&[secret]).or(folder(&[id, secret])), "AIRBYTE_CLIENT_ID");
    // Nor is the folder's half by the user's, in whatever order they are asked.
    let error = folder(&[id]).or(variables(&[secret])).into_hosted().unwrap_err();
    assert!(error.message().contains("AIRBYTE_CLIENT_ID where it would go"), "{error}");
    // What else it says belongs to its account.
    let both = variables(&whole()).or(folder(&[other, secret, workspace]));
    assert_eq!(reached(both).0, "default");
    let same = variables(&whole()).or(folder(&[id, secret, workspace]));
    assert_eq!(same.exposed_client_secret(), Some(SECRET));
    assert_eq!(reached(same).0, "w-folder");
}

#[test]
fn secrets_of_this_machine_are_not_for_a_receiver_that_a_folder_chose() {
    let on = ("SECRETS_CONFIGURED_FROM_ENVIRONMENT", "1");
    let account = [("AIRBYTE_CLIENT_ID", "id"), ("AIRBYTE_CLIENT_SECRET", "s")];
    let (workspace, organization) = (("AIRBYTE_WORKSPACE", "w"), ("AIRBYTE_ORGANIZATION_ID", "o"));
    for (user, of_folder, named) in [
        (vec![on], account.to_vec(), "AIRBYTE_CLIENT_ID"),
        (vec![on, account[0], account[1]], vec![workspace], "AIRBYTE_WORKSPACE"),
        (vec![on, account[0], account[1]], vec![organization], "AIRBYTE_ORGANIZATION_ID"),
    ] {
        let settings = variables(&user).or(folder(&of_folder));
        assert!(settings.receiver().is_of_folder());
        let error = settings.into_hosted().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
        assert!(error.message().contains("AIRBYTE_SECRET_"), "{error}");
        assert!(error.message().contains(named), "{error}");
    }
    // What the user says as well decides.
    let said = Settings::new().workspace("w").or(variables(&[on, account[0], account[1]]));
    let settings = said.or(folder(&[workspace]));
    assert!(!settings.receiver().is_of_folder());
    settings.into_hosted().unwrap();
    // A folder does not hand them out.
    let settings = variables(&whole()).or(folder(&[on, ("SECRET_MANAGER_PROVIDER", "gcp")]));
    settings.into_hosted().unwrap();
}

#[test]
fn secrets_do_not_go_out_in_the_open_or_beside_a_password() {
    let session = |url: &str| Session::new(Hosted::new("id", SECRET).base_url(url));
    for url in [
        "https://gateway.test",
        "https://gateway.test/prefix/",
        "http://localhost:8080",
        "http://127.0.0.1:1",
        "http://[::1]:1",
    ] {
        session(url).unwrap();
    }
    for (url, why) in [
        ("http://evil.test", "plain http"),
        ("http://api.airbyte.ai", "plain http"),
        ("http://10.0.0.1", "plain http"),
        ("http://0.0.0.0:1", "plain http"),
        ("http://localhost.evil.test", "plain http"),
        ("http://localhost@evil.test", "user name"),
        ("http://u:PASSWORD@localhost", "user name"),
        ("https://u:PASSWORD@gateway.test", "user name"),
        ("https://u:PASSWORD@gateway.test/x", "user name"),
        ("https://PASSWORD@gateway.test", "user name"),
        ("https://u:PASSWORD@gateway.test:port", "not a URL"),
        ("u:PASSWORD@gateway.test", "form"),
        ("ftp://gateway.test", "form"),
        ("https://gateway.test/?key=PASSWORD", "form"),
        ("https://gateway.test/#PASSWORD", "form"),
    ] {
        let error = session(url).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation, "{url}");
        assert!(error.message().contains(why), "{url}: {error}");
        assert!(!format!("{error:?}").contains("PASSWORD"), "{url}: {error:?}");
        // A proxy does not make it right.
        let hosted = Hosted::new("id", SECRET).base_url(url).via("http://127.0.0.1:1");
        assert!(!format!("{hosted:?}").contains("u:PASSWORD"), "{hosted:?}");
        assert!(Session::new(hosted).is_err(), "{url}");
        let settings = Settings::new().base_url(url);
        assert!(!format!("{settings:?}").contains("u:PASSWORD"), "{settings:?}");
    }
}

#[test]
fn a_password_in_the_origin_of_a_proxy_is_refused_and_not_repeated() {
    for origin in ["http://u:PASSWORD@host", "http://u:PASSWORD@host/x", "//u:PASSWORD@host"] {
        let hosted = Hosted::new("id", SECRET).base_url("https://gateway.test").via(origin);
        let local = Local::new(Credentials::new().field("token", "t"))
            .config("origin", "https://vendor.test")
            .via(origin);
        for shown in [format!("{hosted:?}"), format!("{local:?}")] {
            assert!(!shown.contains("PASSWORD"), "{shown}");
        }
        let errors =
            [Session::new(hosted).unwrap_err(), Client::local(description(), local).unwrap_err()];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Usage);
            assert!(!format!("{error:?}").contains("PASSWORD"), "{error:?}");
        }
    }
}

#[test]
fn a_settings_file_is_read_and_a_broken_one_is_told_without_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.json");
    let write = |text: &str| std::fs::write(&path, text).unwrap();
    let good = json!({
        "settings": {
            "credentials": {"client_id": "id", "client_secret": SECRET},
            "organization_id": "o", "workspace": "w", "telemetry_enabled": false,
        },
    });
    for text in [good.to_string(), good["settings"].to_string()] {
        write(&text);
        let (workspace, organization, _) = reached(Settings::from_file(&path).unwrap());
        assert_eq!((workspace.as_str(), organization.as_deref()), ("w", Some("o")));
    }
    write(r#"{"settings": {"credentials": null, "workspace": null}}"#);
    assert!(Settings::from_file(&path).unwrap().has_no_credentials());
    for text in [
        format!(r#"{{"settings": {{"credentials": {{"client_secret": ["{SECRET}"]}}}}}}"#),
        format!(r#"{{"settings": {{"credentials": {{"client_secret": "{SECRET}"}}"#),
        format!(r#"{{"client_secret": {SECRET}}}"#),
    ] {
        write(&text);
        let error = Settings::from_file(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation);
        assert!(error.message().contains("settings.json"), "{error}");
        assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
    }
    let error = Settings::from_file(folder.path().join("none.json")).unwrap_err();
    assert!(error.message().contains("none.json"), "{error}");
}

#[test]
fn what_is_missing_is_named() {
    let error = variables(&[]).into_hosted().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.message().contains("AIRBYTE_CLIENT_ID"), "{error}");
}

#[test]
fn secrets_on_this_machine_are_switched_on_by_a_variable() {
    let with = |pairs: &[(&str, &str)]| variables(&[&whole()[..], pairs].concat()).into_hosted();
    let switch = |value| ("SECRETS_CONFIGURED_FROM_ENVIRONMENT", value);
    for value in ["1", "TRUE", "t", "yes", "y", "On", "0", "no", ""] {
        with(&[switch(value)]).unwrap();
    }
    with(&[("SECRET_MANAGER_PROVIDER", "gcp")]).unwrap();
    with(&[switch("1"), ("SECRET_MANAGER_PROVIDER", "environment")]).unwrap();
    let error = with(&[switch("1"), ("SECRET_MANAGER_PROVIDER", "gcp")]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.message().contains("gcp"), "{error}");
}
