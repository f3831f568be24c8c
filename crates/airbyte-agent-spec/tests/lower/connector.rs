//! What is said of a connector as a whole, and its records.

use airbyte_agent_description::{
    Action, ApiKeyLocation, AuthKind, ErrorCondition, FailureKind, Json, JsonPath, RefreshFormat,
    RefreshGrant, RefreshStyle, WaitFormat,
};
use serde_json::json;

use super::{feature, operation, parameter, show};

#[test]
fn the_connector_is_described() {
    let acme = feature();
    assert_eq!((&*acme.name, &*acme.title, &*acme.version), ("acme", "Acme Work", "1.2.3"));
    assert_eq!(acme.links.len(), 2);
    assert_eq!(show(&acme.server.url), "https://<subdomain>.<shard>.acme.test/<edition>");
    let variables: Vec<_> = acme
        .server
        .variables
        .iter()
        .map(|v| (v.name.as_ref(), v.default.as_deref(), v.from_token, v.derived_from.is_some()))
        .collect();
    assert_eq!(
        variables,
        [
            ("subdomain", None, false, false),
            ("shard", Some("s1"), true, true),
            ("edition", Some("v2"), false, false)
        ]
    );
    let shard = acme.server.variables[1].derived_from.as_ref().unwrap();
    assert_eq!((&*shard.field, &*shard.delimiter), ("api_key", "-"));
    assert_eq!(acme.scoping.len(), 2);
    assert_eq!(acme.scoping[1].config_key, "workspace_id");
    assert_eq!(acme.retry.max_attempts, 4);
    assert_eq!(acme.retry.initial_delay_ms, 500);
    assert_eq!(acme.retry.wait_header, "x-retry-in");
    assert_eq!(acme.retry.wait_format, WaitFormat::Milliseconds);
    let limits: Vec<_> = acme.rate_limits.iter().map(|l| (l.requests, l.per_seconds)).collect();
    assert_eq!(limits, [(Some(100), 60), (Some(5), 1), (None, 30)]);
    let headers = acme.rate_limit_headers.as_ref().unwrap();
    assert_eq!(headers.used_of, "X-RateLimit-Used");
    assert_eq!(acme.rate_limit_cost.as_ref().unwrap().available.to_string(), "$.cost.left");
    assert_eq!(acme.error_codes[0].to_string(), "$.error.code");
    let kind = |code: &str| {
        acme.error_kinds.iter().find(|meaning| meaning.code.fits(code)).map(|found| found.kind)
    };
    assert_eq!(kind("gone"), Some(FailureKind::NotFound));
    assert_eq!(kind("bad_color"), Some(FailureKind::Validation));
    assert_eq!(kind("locked"), Some(FailureKind::Permission));
    assert_eq!(acme.published_wait(), Some(30));
    let failures: Vec<_> = acme.errors.iter().map(|c| (c.path.to_string(), &c.when)).collect();
    let bad = |json: serde_json::Value| ErrorCondition::Equals(Json::new(&json));
    assert_eq!(
        failures,
        [
            ("$.ok".to_owned(), &bad(json!(false))),
            ("$.failure".to_owned(), &ErrorCondition::NotEmpty),
            ("$.status".to_owned(), &bad(json!("error"))),
        ]
    );
    let log = operation(&acme, "audit_entries", Action::List);
    assert_eq!(log.response.errors[0].path.to_string(), "$.denied");
    let done = JsonPath::parse("$.lines").unwrap();
    assert_eq!(log.response.errors[1].when, ErrorCondition::Unless(done));
    let words = Some("Some lines are missing.".into());
    assert_eq!(log.response.errors[2].when, ErrorCondition::Remark(words));
    assert_eq!(log.response.errors[3].when, ErrorCondition::Remark(None));
    assert_eq!(parameter(log, "workspace_id").prefix.as_deref(), Some("ws_"));
    assert_eq!((kind("80007"), kind("80015")), (Some(FailureKind::RateLimited), None));
    let scheme = |name: &str| acme.auth.iter().find(|scheme| scheme.name == name).unwrap();
    let server = |name: &str, given: bool| show(&acme.server_of(scheme(name), |_| given).url);
    let own = "https://<site>.sites.acme.test/<edition>";
    assert_eq!(server("acmePassword", true), own);
    assert_eq!(server("acmePassword", false), show(&acme.server.url));
    assert_eq!(server("acmeToken", true), show(&acme.server.url));
    let names: Vec<_> = acme.variables().iter().map(|variable| variable.name.to_string()).collect();
    assert_eq!(names, ["subdomain", "shard", "edition", "site"]);
    assert!(acme.schemes_with("site").is_empty());
    assert_eq!(headers.reset_format, WaitFormat::UnixTimestamp);
    assert_eq!(acme.errors[0].path.to_string(), "$.ok");
    assert_eq!(acme.relationships[1].target_key, "id");
    assert_eq!(acme.questions.search.len(), 1);
    let names: Vec<_> = acme.entities.iter().map(|entity| entity.name.as_ref()).collect();
    assert_eq!(names[..4], ["projects", "tasks", "events", "audit_entries"]);
    let projects = acme.entity("projects").unwrap();
    assert_eq!(projects.description, "A piece of work with an owner and an end.");
    assert_eq!(projects.phrases.len(), 3);
    assert_eq!(projects.store[1].kind, "object");
    let actions: Vec<_> = projects.operations.iter().map(|o| o.action.as_str()).collect();
    assert_eq!(actions, ["list", "create", "get", "delete", "update"]);
}

#[test]
fn schemas_of_records_are_whole_and_finite() {
    let acme = feature();
    let schema = acme.entity("projects").unwrap().schema.as_ref().unwrap().value();
    assert_eq!(
        schema.pointer("/properties/owner/oneOf/0/properties/email/type"),
        Some(&json!("string"))
    );
    assert_eq!(
        schema.pointer("/properties/parent"),
        Some(&json!({"type": "object", "description": "The project it is part of."}))
    );
    assert!(schema.get("x-airbyte-entity-name").is_none());
    for (entity, action, expected) in [
        ("projects", Action::List, Some("/properties/name")),
        ("tasks", Action::List, Some("/properties/title")),
        ("audit_entries", Action::List, Some("/properties/access")),
        ("bans", Action::List, Some("/properties/address")),
        ("settings", Action::Get, Some("/properties/key")),
        ("notes", Action::List, Some("/properties/author")),
        ("projects", Action::Update, None),
        ("files", Action::Download, None),
    ] {
        let schema = operation(&acme, entity, action).response.schema.as_ref().map(Json::value);
        let found = schema.as_ref().and_then(|schema| schema.pointer(expected?));
        assert_eq!(found.is_some(), expected.is_some(), "{entity}.{action}: {schema:?}");
    }
}

#[test]
fn every_way_to_authenticate_is_lowered() {
    let acme = feature();
    let kinds: Vec<_> = acme.auth.iter().map(|scheme| scheme.kind.clone()).collect();
    let key = |location, name: &'static str| AuthKind::ApiKey { location, name: name.into() };
    let oauth = |header: &'static str, prefix: &'static str| AuthKind::OAuth2 {
        header: header.into(),
        prefix: prefix.into(),
    };
    assert_eq!(
        kinds,
        [
            oauth("Authorization", "Bearer"),
            oauth("X-Acme-Token", ""),
            AuthKind::Bearer,
            AuthKind::Basic,
            key(ApiKeyLocation::Header, "Authorization"),
            key(ApiKeyLocation::Query, "key"),
            key(ApiKeyLocation::Cookie, "session"),
        ]
    );
    let refresh = acme.auth[0].refresh.as_ref().unwrap();
    assert_eq!(show(&refresh.url), "https://<subdomain>.acme.test/oauth/token");
    assert_eq!((refresh.style, refresh.format), (RefreshStyle::Basic, RefreshFormat::Json));
    assert_eq!(refresh.extract[..], ["shard"]);
    let oauth = acme.auth[0].oauth.as_ref().unwrap();
    assert_eq!(oauth.scopes[..], ["read", "write"]);
    let required: Vec<_> =
        acme.auth[0].fields.iter().filter(|f| f.required).map(|f| f.name.as_ref()).collect();
    assert_eq!(required, ["refresh_token"]);
    let service = acme.auth[1].refresh.as_ref().unwrap();
    assert_eq!((service.grant, service.style), (RefreshGrant::JwtBearer, RefreshStyle::Body));
    assert_eq!(service.scopes[..], ["read"]);
    let token = &acme.auth[2];
    assert_eq!(token.field("token").map(|field| field.name.as_ref()), Some("api_key"));
    assert!(token.fields[0].required && token.fields[0].secret);
    assert_eq!(show(&acme.auth[3].mapping[0].value), "<email>/token");
    assert_eq!(show(&acme.auth[4].mapping[0].value), "Acme-Key <header_key>");
    assert_eq!(show(&acme.auth[4].headers[0].value), "<account_id>");
    assert_eq!(show(&acme.auth[4].headers[1].value), "2024-01-01");
}

#[test]
fn texts_have_formats_patterns_and_languages() {
    let acme = feature();
    let log = operation(&acme, "audit_entries", Action::List);
    for (name, good, bad, example) in [
        ("since", "now", "yesterday", None),
        ("since", "2025-03-01T00:00:00Z", "1740787200", None),
        ("code", "B2", "b2", Some(json!("A1"))),
        ("match", "time>5", "tim>5", Some(json!("level:\"warn\""))),
        ("jql", "project = A", "ORDER BY created", None),
    ] {
        let parameter = parameter(log, name);
        assert_eq!(parameter.schema.misfit(&json!(good)), None, "{name}");
        assert!(parameter.schema.misfit(&json!(bad)).is_some(), "{name}");
        assert_eq!(parameter.example.as_ref().map(Json::value), example, "{name}");
    }
}
