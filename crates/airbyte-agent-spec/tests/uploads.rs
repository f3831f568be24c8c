//! What files and addresses of a spec become.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use airbyte_agent_description::{Action, Location, VariableValue};
use airbyte_agent_spec::Spec;

#[test]
fn files_have_parameters_for_what_is_said_about_them() {
    let text = include_str!("fixtures/feature.yaml");
    let acme = Spec::parse(text).and_then(|spec| spec.lower()).unwrap();
    for (entity, name, location, is_addition) in [
        ("avatars", "picture", Location::Body, true),
        ("avatars", "file_name", Location::File, true),
        ("avatars", "picture_media_type", Location::File, true),
        ("imports", "filename", Location::Query, false),
        ("imports", "rows_media_type", Location::File, false),
        ("import_files", "content_media_type", Location::File, false),
        ("import_files", "upload_url", Location::Path, false),
    ] {
        let operation = acme.operation(entity, Action::Create).unwrap();
        let found = operation.parameter(name).unwrap();
        assert_eq!((found.location, found.is_addition), (location, is_addition), "{name}");
    }
    let address = acme.operation("import_files", Action::Create).unwrap().address.as_ref().unwrap();
    assert_eq!(address.argument, "upload_url");
    assert_eq!(address.hosts[..], ["uploads.acme.test", "*.store.acme.test"]);
    let issuer = address.issuer.as_ref().unwrap();
    assert_eq!((&*issuer.entity, issuer.action), ("imports", Action::Create));
    assert_eq!(issuer.place.to_string(), "$.upload_url");
}

#[test]
fn uploads_in_steps_have_the_arguments_of_their_operations() {
    let text = include_str!("fixtures/feature.yaml");
    let acme = Spec::parse(text).and_then(|spec| spec.lower()).unwrap();
    let operation = acme.operation("uploads", Action::Create).unwrap();
    let upload = operation.upload.as_ref().unwrap();
    let steps: Vec<_> = upload.steps().map(airbyte_agent_description::UploadStep::place).collect();
    assert_eq!(steps, ["upload_sessions.create", "upload_parts.create", "imports.create"]);
    assert_eq!((&*upload.file.content, upload.file.name.as_deref()), ("file", Some("name")));
    assert!(operation.is_base64("file"));
    assert_eq!(upload.part_bytes, Some(1024));
    assert_eq!(upload.received.as_ref().map(ToString::to_string).as_deref(), Some("$.received"));
    assert_eq!(upload.result.as_ref().map(ToString::to_string).as_deref(), Some("$.id"));
    let [name, size] = &upload.start.arguments[..] else { panic!("{:?}", upload.start) };
    assert!(matches!(&name.value, VariableValue::Text(text) if text.names().eq(["name"])));
    assert!(matches!(&size.value, VariableValue::Parameter(name) if name == "file.size"));
    let parts = acme.operation("upload_parts", Action::Create).unwrap();
    let address = parts.address.as_ref().unwrap();
    assert_eq!(address.fields.as_deref(), Some("handed"));
    let more = address.more.as_ref().unwrap();
    assert_eq!((more.status, &*more.header, &*more.member), (308, "Range", "received"));
    let session = acme.operation("upload_sessions", Action::Create).unwrap();
    assert_eq!(session.response.headers[..], [("address".into(), "Location".into())]);
}
