//! What a spec becomes: the feature fixture, and oddities of published specs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use airbyte_agent_description::{
    Action, ApiKeyLocation, AuthKind, Body, Connector, ErrorCondition, FailureKind, FileArgument,
    Filter, Json, JsonPath, Kind, Location, MetaSource, Method, Next, Operation, Parameter, Piece,
    RefreshFormat, RefreshGrant, RefreshStyle, Source, Style, Template, UrlStep, Variable,
    VariableValue, WaitFormat,
};
use airbyte_agent_spec::Spec;
use serde_json::json;

const SMALL: &str = include_str!("fixtures/small.yaml");
const FEATURE: &str = include_str!("fixtures/feature.yaml");

fn lower(text: &str) -> Connector {
    match Spec::parse(text).and_then(|spec| spec.lower()) {
        Ok(connector) => connector,
        Err(problems) => panic!("{problems:#?}"),
    }
}

fn feature() -> Connector {
    lower(FEATURE)
}

/// The small spec with one text replaced.
fn small(from: &str, to: &str) -> Connector {
    assert_eq!(SMALL.matches(from).count(), 1, "{from:?} must occur once");
    lower(&SMALL.replace(from, to))
}

fn operation<'c>(connector: &'c Connector, entity: &str, action: Action) -> &'c Operation {
    connector.operation(entity, action).unwrap_or_else(|| panic!("{entity}.{action}"))
}

fn parameter<'o>(operation: &'o Operation, name: &str) -> &'o Parameter {
    operation.parameter(name).unwrap_or_else(|| panic!("{name}"))
}

fn show(template: &Template) -> String {
    template
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_string(),
            Piece::Name(name) => format!("<{name}>"),
        })
        .collect()
}

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
    assert_eq!(projects.phrases.len(), 2);
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
fn parameters_know_place_style_and_default() {
    let acme = feature();
    let list = operation(&acme, "projects", Action::List);
    for (name, location, style, send) in [
        ("page_token", Location::Query, Style::Repeat, false),
        ("limit", Location::Query, Style::Repeat, false),
        ("ids", Location::Query, Style::Comma, false),
        ("labels[]", Location::Query, Style::Repeat, false),
        ("tags", Location::Query, Style::Space, false),
        ("sort", Location::Query, Style::Pipe, false),
        ("created", Location::Query, Style::DeepObject, false),
        ("expand", Location::Query, Style::Repeat, true),
        ("view", Location::Query, Style::Repeat, true),
        ("X-Acme-Version", Location::Header, Style::Repeat, true),
        ("X-Trace", Location::Header, Style::Repeat, false),
    ] {
        let parameter = parameter(list, name);
        assert_eq!(
            (parameter.location, parameter.style, parameter.send_default),
            (location, style, send),
            "{name}"
        );
    }
    assert_eq!(parameter(list, "limit").default.as_ref().unwrap().value(), 50);
    assert_eq!(parameter(list, "limit").schema.maximum, Some(200.0));
    let inject = parameter(list, "market").config.as_ref().unwrap();
    assert_eq!((&*inject.source, inject.map.len()), ("market", 2));
    // A required default and every default of a download go out.
    assert!(parameter(operation(&acme, "tasks", Action::List), "since").send_default);
    assert!(parameter(operation(&acme, "files", Action::Download), "quality").send_default);
    let search = operation(&acme, "members", Action::Search);
    assert_eq!(parameter(search, "limit").probe_default.as_ref().unwrap().value(), 1);
}

/// A file in base64, with a parameter of its own for its media type.
fn file(content: &str, default_media_type: &str) -> FileArgument {
    FileArgument {
        content: content.to_owned().into(),
        is_base64: true,
        name: None,
        media_type: Some(format!("{content}_media_type").into()),
        default_media_type: default_media_type.to_owned().into(),
    }
}

#[test]
fn bodies_are_made_from_parameters() {
    let acme = feature();
    for (entity, action, body) in [
        ("projects", Action::Create, Body::Json { open: false, in_array: false }),
        ("projects", Action::Update, Body::Json { open: false, in_array: false }),
        ("objects", Action::Create, Body::Json { open: true, in_array: false }),
        ("links", Action::Create, Body::Json { open: false, in_array: true }),
        ("customers", Action::Create, Body::Form),
        (
            "avatars",
            Action::Create,
            Body::Multipart {
                files: vec![FileArgument {
                    name: Some("file_name".into()),
                    ..file("picture", "image/png")
                }]
                .into(),
            },
        ),
        ("watchers", Action::Create, Body::Value { argument: "user_id".into() }),
        (
            "imports",
            Action::Create,
            Body::Raw(FileArgument {
                is_base64: false,
                name: Some("filename".into()),
                ..file("rows", "text/csv")
            }),
        ),
        ("import_files", Action::Create, Body::Raw(file("content", "application/octet-stream"))),
        ("files", Action::Create, Body::Related { file: "content".into() }),
        ("settings", Action::Delete, Body::None),
    ] {
        assert_eq!(operation(&acme, entity, action).body, body, "{entity}.{action}");
    }
    let create = operation(&acme, "projects", Action::Create);
    let state = parameter(create, "state");
    assert_eq!((state.location, state.send_default), (Location::Body, true));
    assert!(parameter(create, "name").required && !state.required);
    let owner = parameter(create, "owner");
    assert_eq!(owner.schema.kinds[..], [Kind::Object]);
    assert!(!owner.schema.open && owner.schema.property("email").unwrap().required);
    assert!(owner.schema.property("name").unwrap().schema.nullable);
    let labels = &parameter(create, "labels").schema;
    assert_eq!(labels.items[0].choices.len(), 2);
    let update = operation(&acme, "projects", Action::Update);
    assert!(parameter(update, "owner_id").schema.nullable);
    let estimate = parameter(operation(&acme, "tasks", Action::Update), "estimate");
    assert_eq!(estimate.schema.kinds[..], [Kind::Integer, Kind::String]);
    assert_eq!(estimate.description, "Hours or a word.");
}

#[test]
fn graphql_bodies_keep_document_and_variables() {
    let acme = feature();
    let list = operation(&acme, "notes", Action::List);
    let Body::GraphQl(body) = &list.body else { panic!("{:?}", list.body) };
    assert_eq!(show(&list.path), "/graphql");
    assert_eq!(body.default_fields.as_deref(), Some("id text author { name }"));
    assert_eq!(body.operation_name.as_deref(), Some("Notes"));
    assert_eq!(body.variables[0].value, VariableValue::Parameter("team".into()));
    assert!(matches!(&body.variables[3].value, VariableValue::Constant(_)));
    assert_eq!(parameter(list, "first").location, Location::GraphQl);
    assert!(parameter(list, "first").send_default);
    assert_eq!(parameter(list, "X-Acme-Operation").location, Location::Header);

    let update = operation(&acme, "notes", Action::Update);
    let Body::GraphQl(body) = &update.body else { panic!("{:?}", update.body) };
    let VariableValue::Object(input) = &body.variables[1].value else { panic!("{body:?}") };
    assert_eq!(
        input[0],
        Variable { name: "text".into(), value: VariableValue::Parameter("text".into()) }
    );
    assert!(matches!(&input[1].value, VariableValue::Array(items) if items.len() == 2));
    assert_eq!(body.nullable[..], ["assignee"]);
    assert_eq!(body.optional[..], ["assignee", "input.text"]);
    assert!(
        parameter(update, "assignee").schema.nullable && !parameter(update, "text").schema.nullable
    );
    assert!(parameter(update, "id").required);
    let check = &update.response.errors[0];
    assert_eq!(check.path.to_string(), "$.data.noteUpdate.userErrors");
    assert_eq!(check.when, ErrorCondition::Alone);
    assert_eq!(update.response.errors[1].path.to_string(), "$.data.noteUpdate.noteUserErrors");
    assert_eq!(
        check.message.as_ref().unwrap().to_string(),
        "$.data.noteUpdate.userErrors[0].message"
    );

    let get = operation(&acme, "documents", Action::Get);
    let Body::GraphQl(body) = &get.body else { panic!("{:?}", get.body) };
    let VariableValue::Text(template) = &body.variables[0].value else { panic!("{body:?}") };
    assert_eq!(show(template), "<ref>:<path>");
    // GraphQL tells an empty text from none: the root of the repository.
    assert!(parameter(get, "path").send_default);
}

#[test]
fn answers_and_hints_are_lowered() {
    let acme = feature();
    let audit = operation(&acme, "audit_entries", Action::List);
    let Some(Filter::Unless(path)) = &audit.response.filter else { panic!("{audit:?}") };
    assert_eq!(path.to_string(), "$.access.is_private");
    assert_eq!(operation(&acme, "events", Action::List).response.transform.len(), 2);
    let files = operation(&acme, "files", Action::List);
    assert_eq!(files.response.meta[0].source, MetaSource::Link("next".into()));
    let projects = operation(&acme, "projects", Action::List);
    assert_eq!(projects.response.meta[2].source, MetaSource::Header("X-Quota".into()));
    assert!(projects.hints.preferred_for_check && projects.hints.read_only);
    let download = operation(&acme, "recordings", Action::Download);
    let steps = download.download.as_ref().unwrap().file_url.as_ref().unwrap();
    assert_eq!(
        steps[..],
        [
            UrlStep::Key("items".into()),
            UrlStep::Index(0),
            UrlStep::Key("media".into()),
            UrlStep::Argument("form".into())
        ]
    );
    assert_eq!(download.method, Method::Post);
    let direct = operation(&acme, "files", Action::Download);
    assert_eq!(direct.download.as_ref().unwrap().file_url, None);
    let header = |entity, action| operation(&acme, entity, action).idempotency_header.as_deref();
    assert_eq!(header("projects", Action::Create), Some("Idempotency-Key"));
    assert_eq!(header("avatars", Action::Create), Some("X-Acme-Once"));
    assert_eq!(header("tasks", Action::Search), None);
    assert_eq!(header("tasks", Action::Update), None);
    let update = operation(&acme, "tasks", Action::Update).hints;
    assert!(!update.read_only && !update.idempotent);
    assert!(operation(&acme, "projects", Action::Delete).hints.destructive);
}

#[test]
fn oddities_of_published_specs_are_borne() {
    // No scheme at all: a bearer token.
    let at = SMALL.find("  securitySchemes:").unwrap();
    let end = SMALL.find("  schemas:").unwrap();
    let open = lower(&format!("{}{}", &SMALL[..at], &SMALL[end..]));
    assert_eq!((&open.auth[0].kind, &*open.auth[0].fields[0].name), (&AuthKind::Bearer, "token"));

    // Two operations of one name: the later stays.
    let both = small("x-airbyte-action: create", "x-airbyte-action: list");
    assert_eq!(operation(&both, "users", Action::List).method, Method::Post);

    // A scheme that cannot work is left out where there is another.
    let spare = "    spare: {type: openIdConnect}\n    token:\n";
    assert_eq!(small("    token:\n", spare).auth.len(), 1);

    // A path parameter that nobody declared.
    let path = small("  /users:\n", "  /{team}/users:\n");
    assert!(parameter(operation(&path, "users", Action::List), "team").required);

    // An empty default of a required query parameter says only that empty is allowed.
    let empty = small(
        "          in: query\n          description: Where to go on.\n          schema: {type: string}",
        "          in: query\n          description: Where to go on.\n          required: true\n          schema: {type: string, default: ''}",
    );
    let after = parameter(operation(&empty, "users", Action::List), "after");
    assert!(after.default.is_some() && !after.send_default);

    // The name comes from the title when nothing else names the connector.
    let unnamed = small("  x-airbyte-connector-name: small\n", "").name;
    assert_eq!(unnamed, "small");

    // Unknown keys and missing texts do not matter.
    let bare = small("      summary: Create a user\n", "      x-next-year: {a: 1}\n");
    assert_eq!(bare.operations().count(), 2);
}

#[test]
fn only_what_cannot_run_is_refused() {
    for (from, to, expected) in [
        ("x-airbyte-action: create", "x-airbyte-action: make", "unknown action `make`"),
        (
            "      x-airbyte-entity: users\n      x-airbyte-action: create\n",
            "      x-airbyte-action: create\n",
            "the operation needs `x-airbyte-entity`",
        ),
        ("scheme: bearer", "scheme: digest", "HTTP authentication `digest`"),
        ("https://{region}.small.test", "small.test", "must start with https://"),
        ("$.users", "..users", "is no path"),
        (
            "application/json:\n            schema:\n              type: object\n              required",
            "text/csv:\n            schema:\n              type: object\n              required",
            "bodies of the type `text/csv`",
        ),
        ("into: after", "into: before", "`before` is no parameter"),
    ] {
        assert_eq!(SMALL.matches(from).count(), 1, "{from:?} must occur once");
        let problems = Spec::parse(&SMALL.replace(from, to)).unwrap().lower().unwrap_err();
        assert!(
            matches!(&problems[..], [one] if one.message.contains(expected)),
            "{to}: {problems:#?}"
        );
    }
}

#[test]
fn lists_say_what_their_responses_tell_of_them() {
    let acme = feature();
    let events = operation(&acme, "events", Action::List);
    let source = |path: &str| JsonPath::parse(path).unwrap();
    assert_eq!(events.response.total, Some(MetaSource::Body(source("$.page.total"))));
    assert!(events.response.records_optional);
    let empty: Vec<_> = events
        .response
        .empty
        .iter()
        .map(|failure| (failure.status, failure.code.as_deref(), failure.message.as_deref()))
        .collect();
    assert_eq!(empty, [(Some(404), None, Some("No * found*")), (None, Some("80000"), None)]);
    let size = events.paging.others[0].size.as_ref().unwrap();
    assert_eq!(size.served, Some(Source::Body(source("$.page.limit"))));
    let customers = operation(&acme, "customers", Action::List);
    let Next::LastRecord { backwards, .. } = &customers.paging.next else {
        panic!("another style")
    };
    assert_eq!(backwards.as_deref(), Some("ending_before"));
    assert_eq!(customers.paging.confined_by(|name| name == "around"), Some("around"));
    assert_eq!(customers.paging.confined_by(|name| name == "limit"), None);
    let parameters: Vec<&str> = customers.paging.parameters().collect();
    assert_eq!(parameters, ["starting_after", "ending_before", "limit"]);
    assert!(!customers.response.records_optional && customers.response.total.is_none());
}
