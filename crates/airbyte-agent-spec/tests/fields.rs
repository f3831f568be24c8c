//! Which fields of records are shown, and how vendors are asked for them.
#![allow(clippy::unwrap_used, missing_docs)]

use airbyte_agent_description::{Action, Connector};
use airbyte_agent_spec::Spec;

fn feature() -> Connector {
    Spec::parse(include_str!("fixtures/feature.yaml")).unwrap().lower().unwrap()
}

#[test]
fn entities_have_the_default_fields_that_the_spec_names() {
    let acme = feature();
    let fields = ["id", "name", "state", "owner.email", "budget", "created_at"];
    assert_eq!(acme.entity("projects").unwrap().default_fields.as_ref(), fields);
    assert!(acme.entity("tasks").unwrap().default_fields.is_empty());
}

#[test]
fn operations_know_how_the_vendor_is_asked_for_fields() {
    let acme = feature();
    let selection =
        |entity, action| acme.operation(entity, action).unwrap().field_selection.clone();
    let events = selection("events", Action::List).unwrap();
    assert_eq!((events.parameter.as_ref(), events.inside.as_ref()), ("fields", "data"));
    assert_eq!((events.depth, events.separator.as_ref()), (Some(1), "/"));
    assert_eq!((events.prefix.as_ref(), events.add.as_ref()), ("data/", &["page".into()][..]));
    assert_eq!((events.all.as_ref(), events.wrap.as_ref()), ("*", "events({fields})"));
    // The entry in `info` is for operations that have its parameter.
    assert_eq!(selection("tasks", Action::List), None);
}
