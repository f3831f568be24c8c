//! What files and addresses of a spec become.

#![allow(clippy::unwrap_used, missing_docs)]

use airbyte_agent_description::{Action, Location};
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
