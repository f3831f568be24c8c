//! Oddities of published specs.

use airbyte_agent_description::{Action, AuthKind, Method};
use airbyte_agent_spec::Spec;

use super::{SMALL, lower, operation, parameter, small};

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
