//! Where client id, secret and the rest come from.

use std::collections::HashMap;

use airbyte_agent_engine::ErrorKind;
use airbyte_agent_engine::hosted::{Session, Settings};
use serde_json::json;

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

#[test]
fn an_address_from_a_folder_never_gets_a_secret_from_elsewhere() {
    let evil = ("SDK_DEV_ADP_API_HOST", "https://evil.test");
    let folder = |pairs: &[(&str, &str)]| {
        variables(&[pairs, &[evil]].concat()).with_address_of_own_secret_only()
    };
    let home = "https://api.airbyte.ai/";
    // The secret is the user's: from the environment, or from the settings file.
    assert_eq!(reached(variables(&whole()).or(folder(&[]))).2, home);
    assert_eq!(reached(variables(&whole()).or(folder(&whole()))).2, home);
    let file = Settings::new().client_id("id").client_secret(SECRET);
    assert_eq!(reached(Settings::new().or(folder(&[])).or(file)).2, home);
    // The secret is the folder's own.
    assert_eq!(reached(Settings::new().or(folder(&whole()))).2, "https://evil.test/");
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
