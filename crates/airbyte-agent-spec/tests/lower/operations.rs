//! What the operations of the feature fixture become.

use airbyte_agent_description::{
    Action, Body, ErrorCondition, FileArgument, Filter, JsonPath, Kind, Location, MetaSource,
    Method, Next, Source, Style, UrlStep, Variable, VariableValue,
};

use super::{feature, operation, parameter, show};

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
