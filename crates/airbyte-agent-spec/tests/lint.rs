//! What the linter says: one changed line of a clean spec, and the problems it must give.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use airbyte_agent_spec::Spec;

const SMALL: &str = include_str!("fixtures/small.yaml");
const FEATURE: &str = include_str!("fixtures/feature.yaml");

/// The problems of the small spec after `from` became `to`, as `LINE severity: message`.
fn problems(from: &str, to: &str) -> Vec<String> {
    assert_eq!(SMALL.matches(from).count(), 1, "{from:?} must occur once");
    let text = SMALL.replace(from, to);
    let found = match Spec::parse(&text) {
        Ok(spec) => spec.lint(),
        Err(problems) => problems,
    };
    found.iter().map(|p| format!("{} {}: {}", p.line, p.severity, p.message)).collect()
}

/// Exactly the problems that start like `expected` (without the line) are found.
#[track_caller]
fn check(from: &str, to: &str, expected: &[&str]) {
    let found = problems(from, to);
    let fits = found.len() == expected.len()
        && expected.iter().all(|start| {
            found.iter().any(|f| f.split_once(' ').is_some_and(|(_, rest)| rest.starts_with(start)))
        });
    assert!(fits, "{to}\nexpected {expected:#?}\nfound {found:#?}");
}

#[test]
fn the_fixtures_are_clean() {
    for text in [SMALL, FEATURE] {
        let found: Vec<_> =
            Spec::parse(text).unwrap().lint().iter().map(ToString::to_string).collect();
        assert_eq!(found, [""; 0]);
    }
}

#[test]
fn problems_stand_where_the_mistake_is() {
    let text =
        SMALL.replace("x-airbyte-record-extractor: $.users", "x-airbyte-record-extractor: $.user");
    let found = Spec::parse(&text).unwrap().lint();
    let shown = found.first().map(ToString::to_string).unwrap_or_default();
    assert_eq!(
        shown,
        "42:7: error: `$.user` leads nowhere in the schema of the answer, which has users, cursor \
         at `$` (at /paths/~1users/get/x-airbyte-record-extractor)"
    );
}

#[test]
fn keys_are_known() {
    for (from, to, expected) in [
        (
            "  title: Small",
            "  titel: Small\n  title: Small",
            "error: info has no key `titel`; did you mean `title`?",
        ),
        (
            "  version: 1.0.0",
            "  version: 1.0.0\n  x-airbyte-scopping: []",
            "warning: unknown key `x-airbyte-scopping` on info; did you mean `x-airbyte-scoping`?",
        ),
        (
            "openapi: 3.1.0",
            "openapi: 3.1.0\nx-internal: true",
            "error: the document has no key `x-internal`",
        ),
        (
            "          in: query",
            "          in: query\n          x-agent-send-defaults: true",
            "warning: unknown key `x-agent-send-defaults` on parameter; did you mean `x-agent-send-default`?",
        ),
        (
            "      requestBody:",
            "      requestBody:\n        x-body: 1",
            "error: request body has no key `x-body`",
        ),
        (
            "      scheme: bearer",
            "      scheme: bearer\n      x-airbyte-token-refesh: {}",
            "warning: unknown key `x-airbyte-token-refesh` on security scheme; did you mean `x-airbyte-token-refresh`?",
        ),
        ("      scheme: bearer", "      scheme: bearer\n      note: 1", ""),
        (
            "      summary: Create a user",
            "      summary: [Create]",
            "error: `summary` must be a text, found a list",
        ),
        (
            "      x-airbyte-preferred-for-check: true",
            "      x-airbyte-preferred-for-check: 'true'",
            "error: `x-airbyte-preferred-for-check` must be true or false",
        ),
        (
            "description: Region of the account.",
            "summary: Region of the account.",
            "error: server variable has no key `summary`",
        ),
    ] {
        let found = problems(from, to);
        let fits = if expected.is_empty() {
            found.is_empty()
        } else {
            found
                .iter()
                .any(|f| f.split_once(' ').is_some_and(|(_, rest)| rest.starts_with(expected)))
        };
        assert!(fits, "{to}: {found:#?}");
    }
}

#[test]
fn required_pieces_are_missed() {
    check("  title: Small\n", "", &["error: `info.title` is missing"]);
    check(
        "  x-airbyte-connector-definition-id: 00000000-1111-4222-8333-555555555555\n",
        "",
        &["error: `info.x-airbyte-connector-definition-id` (a UUID) is missing"],
    );
    check(
        "definition-id: 00000000-1111-4222-8333-555555555555",
        "definition-id: small",
        &["error: `small` is no UUID"],
    );
    check("connector-name: small", "connector-name: Small One", &["error: `Small One` is no slug"]);
    check(
        "  x-airbyte-skip-context-store: Nothing is copied.\n",
        "",
        &["error: describe `x-airbyte-context-store`"],
    );
    check(
        "      x-airbyte-action: create\n",
        "",
        &["error: the operation needs `x-airbyte-action`"],
    );
    check(
        "x-airbyte-action: create",
        "x-airbyte-action: creat",
        &["error: unknown action `creat`; did you mean `create`?"],
    );
    check(
        "'201': {description: The user.}",
        "'201': {}",
        &["error: the response 201 needs a `description`"],
    );
    check(
        "'201': {description: The user.}",
        "'404': {description: No.}",
        &["error: no successful response is declared"],
    );
}

#[test]
fn everything_is_explained() {
    check("    users: Somebody.", "    {}", &["error: the entity `users` has no description"]);
    check("      summary: Create a user\n", "", &["error: the operation has no `summary`"]);
    check(
        "      description: Creates a user.\n",
        "",
        &["error: the operation has no `description`"],
    );
    check(
        "          description: Where to go on.\n",
        "",
        &["error: the parameter `after` has no `description`"],
    );
    check(
        "name: {type: string, description: Name.}",
        "name: {type: string}",
        &["error: the input `name` has no `description`"],
    );
    check(
        "name: {type: string, description: Name.}",
        "name: {type: object, description: Name., properties: {first: {type: string}}}",
        &["error: the input `first` has no `description`"],
    );
    check(
        "    users: Somebody.",
        "    users: Somebody.\n    user: Twice.",
        &["error: there is no entity `user`; did you mean `users`?"],
    );
}

#[test]
fn schemas_are_sound() {
    let role = "role: {type: string, description: Role., enum: [admin, guest], default: guest}";
    for (to, expected) in [
        (
            "role: {type: string, enum: [admin], default: gest}",
            "error: the default \"gest\" is none of the enum",
        ),
        ("role: {type: string, enum: [admin, 1]}", "error: 1 is not of the type string"),
        ("role: {type: string, enum: [a, a]}", "error: \"a\" stands twice in the enum"),
        (
            "role: {type: integer, default: '1'}",
            "error: the default \"1\" is not of the type integer",
        ),
        ("role: {type: text}", "error: there is no type `text`"),
        ("role: {type: [string, null]}", "error: write `'null'` in quotes"),
        (
            "role: {type: string, descripton: Role.}",
            "error: `descripton` is no keyword of a schema; did you mean `description`?",
        ),
        (
            "role: {type: string, name: {type: string}}",
            "error: `name` is no keyword of a schema; as a property it belongs under `properties`",
        ),
        ("role: {type: {type: string}}", "error: `type` holds a schema here"),
        (
            "role: {type: string, properties: {}}",
            "error: `properties` needs `type: object`, found string",
        ),
        ("role: {properties: {x: {type: string}}}", "warning: `properties` without `type: object`"),
        ("role: {type: array}", "warning: an array without `items`"),
        (
            "role: {type: object, required: [x], properties: {y: {type: string}}}",
            "error: `x` is required but is no property",
        ),
        ("role: {type: string, required: true}", "error: `required` of a schema is a list"),
        (
            "role: {$ref: '#/components/schemas/Rolle'}",
            "error: there is no component schema `Rolle`",
        ),
        (
            "role: {$ref: '#/components/parameters/X'}",
            "error: `#/components/parameters/X` is no reference",
        ),
        (
            "role: {$ref: '#/components/schemas/User', type: string}",
            "warning: `type` beside `$ref` is not read",
        ),
        ("role: {type: integer, minimum: 3, maximum: 1}", "error: `minimum` is above `maximum`"),
        (
            "role: {type: string, x-airbyte-ai-hints: {}}",
            "warning: `x-airbyte-ai-hints` is only read on component schemas",
        ),
        ("role: string", "error: `role` stands under `properties`, where every entry is a schema"),
    ] {
        check(role, to, &[expected]);
    }
    check(
        "    User:\n",
        "    Lost: {type: object}\n    User:\n",
        &["warning: nothing refers to the schema `Lost`"],
    );
}

#[test]
fn answers_are_held_against_their_schema() {
    check("{cursor: $.cursor}", "{cursor: $.cursr}", &["error: `$.cursr` leads nowhere"]);
    check(
        "{cursor: $.cursor}",
        "{cursor: $.cursor, again: $.cursor}",
        &["warning: `again` is the same as `cursor`"],
    );
    check(
        "{cursor: $.cursor}",
        "{cursor: $..cursor}",
        &["error: `$..cursor` is no source of metadata", "error: `cursor` is no field of"],
    );
    check("record-extractor: $.users", "record-extractor: users", &["error: `users` is no path"]);
    check(
        "record-extractor: $.users",
        "record-extractor: $.cursor",
        &["warning: a list needs a list of records"],
    );
}

#[test]
fn lists_say_how_they_continue() {
    let said = "      x-agent-pagination: {cursor: {from: cursor, into: after}}\n";
    // The names alone are enough here.
    check(said, "", &[]);
    for (to, expected) in [
        (
            "{cursor: {from: cursr, into: after}}",
            "error: `cursr` is no field of `x-airbyte-meta-extractor`; did you mean `cursor`?",
        ),
        (
            "{cursor: {from: $.cursor, into: aftr}}",
            "error: `aftr` is no parameter of this operation; did you mean `after`?",
        ),
        ("{cursor: {from: $.cursor, into: after}, page: {into: after}}", "error: exactly one of"),
        ("{more: cursor}", "error: exactly one of"),
        ("{none: ''}", "error: say in `none` why"),
    ] {
        check(said, &format!("      x-agent-pagination: {to}\n"), &[expected]);
    }
    check(
        &format!(
            "      x-airbyte-meta-extractor: {{cursor: $.cursor}}\n{said}      parameters:\n        - name: after"
        ),
        "      parameters:\n        - name: afterwards",
        &["error: nothing says how the list continues"],
    );
}

#[test]
fn credentials_reach_the_request() {
    let token =
        "token: {type: string, title: Token, description: The token., airbyte_secret: true}";
    check(
        token,
        "tokn: {type: string, title: Token, description: The token., airbyte_secret: true}",
        &[
            "error: `${token}` names no property of this scheme; did you mean `tokn`?",
            "error: `tokn` is asked for but never sent",
        ],
    );
    check(
        token,
        "token: {type: string, title: Token, description: The token.}",
        &["warning: `token` looks like a secret"],
    );
    check(
        "auth_mapping: {token: '${token}'}",
        "auth_mapping: {token: '${token}', user: x}",
        &["error: `user` is no secret of this kind"],
    );
    check(
        "scheme: bearer",
        "scheme: digest",
        &["error: HTTP authentication `digest` is not supported"],
    );
    check(
        "      region: {",
        "      zone: {",
        &["error: the URL uses `{region}`", "warning: the URL does not use the variable `zone`"],
    );
}

#[test]
fn parameters_belong_somewhere() {
    check(
        "  /users:\n",
        "  /{team}/users:\n",
        &["error: the path uses `{team}`", "error: the path uses `{team}`"],
    );
    check(
        "          in: query",
        "          in: cookie",
        &["error: `in: cookie` is not supported", "error: `after` is no parameter"],
    );
    check(
        "          in: query",
        "          in: query\n          required: true",
        &["error: nothing says where `after` comes from"],
    );
    check(
        "        - name: after\n",
        "        - {name: X-Version, in: header, required: true, description: Version., schema: {type: string}}\n        - name: after\n",
        &["warning: every caller has to know the header `X-Version`"],
    );
    check(
        "      x-airbyte-action: create\n",
        "      x-airbyte-action: create\n      parameters: [{name: name, in: query, description: Name., schema: {type: string}}]\n",
        &["error: `name` is both a parameter and a member of the body"],
    );
    check(
        "x-airbyte-action: create",
        "x-airbyte-action: list",
        &[
            "error: `users.list` is declared twice, first in line 35",
            "error: nothing says how the list continues",
            "warning: the answer has no schema",
        ],
    );
}

#[test]
fn expressions_use_what_exists() {
    let place = "      x-airbyte-record-extractor: $.users\n";
    for (filter, expected) in [
        ("{{ not record.private }}", None),
        ("{{ not row.private }}", Some("error: unknown variable `row`")),
        ("{{ record.name | shout }}", Some("error: unknown filter `shout`")),
        ("{{ record.name.shout() }}", Some("error: unknown method `shout`")),
        ("{{ now_utc() }}", Some("error: unknown function `now_utc`")),
        ("{{ not record. }}", Some("error: the expression does not compile")),
    ] {
        let to = format!("{place}      x-airbyte-record-filter: '{filter}'\n");
        check(place, &to, &expected.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn mentions_of_entities_are_known() {
    let place = "  x-agent-entities:\n";
    check(
        place,
        "  x-airbyte-entity-relationships: [{source_entity: users, target_entity: user, foreign_key: id}]\n  x-agent-entities:\n",
        &["error: there is no entity `user`; did you mean `users`?"],
    );
    check(
        place,
        "  x-airbyte-scoping: [{param: aftr}]\n  x-agent-entities:\n",
        &["error: no operation has the parameter `aftr`"],
    );
}

#[test]
fn graphql_documents_and_variables_belong_together() {
    let body = |query: &str, variables: &str, more: &str| {
        format!(
            "      requestBody:\n        x-airbyte-body-type: {{type: graphql, query: '{query}', variables: {variables}{more}}}\n        content:"
        )
    };
    for (query, variables, more, expected) in [
        ("mutation($n: String!) { a(n: $n) { id } }", "{n: '{{ name }}'}", "", vec![]),
        (
            "mutation($n: String!) { a(n: $n) { id }",
            "{n: '{{ name }}'}",
            "",
            vec!["error: `{` in line 1 of the document is never closed"],
        ),
        (
            "mutation($n: String!) { a(n: $n) { id } }",
            "{m: '{{ name }}'}",
            "",
            vec!["error: the document declares no variable `$m`", "error: the document needs `$n`"],
        ),
        (
            "mutation($n: String) { a(n: $n) { id } }",
            "{n: x}",
            "",
            vec!["warning: no variable uses `name`"],
        ),
        (
            "mutation($n: String, $o: ID) { a(n: $n) { id } }",
            "{n: '{{ name }}', o: '{{ org }}'}",
            "",
            vec!["warning: no parameter declares `org`"],
        ),
        (
            "mutation($n: String) { a(n: $n) { id } }",
            "{n: '{{ name }}'}",
            ", x-airbyte-nullable-variables: [m]",
            vec!["error: `m` is no variable of this document"],
        ),
    ] {
        check("      requestBody:\n        content:", &body(query, variables, more), &expected);
    }
}
