//! Keys, required pieces, texts, entities and credentials.

use super::{check, problems};

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
            "  x-agent-entities:",
            "  x-agent-rate-limits: [{requests: 1, per_seconds: 1, scope: ip, wait_seconds: 0}]\n  x-agent-entities:",
            "error: `wait_seconds` must be a whole number above 0",
        ),
        (
            "  x-agent-entities:",
            "  x-agent-failures: [{equals: false}]\n  x-agent-entities:",
            "error: failure: `place` is missing",
        ),
        (
            "  x-agent-entities:",
            "  x-agent-failures: [{place: status.code}]\n  x-agent-entities:",
            "error: `status.code` is no path",
        ),
        (
            "          in: query",
            "          in: query\n          x-agent-path-prefix: act_",
            "error: only a path parameter has text of the path before it",
        ),
        (
            "  /users:\n    get:",
            "  /users/u_{id}:\n    get:\n      operationId: getUser\n      summary: Get a user\n      description: Returns a user.\n      x-airbyte-entity: users\n      x-airbyte-action: get\n      parameters: [{name: id, in: path, required: true, x-agent-path-prefix: user_, description: Id., schema: {type: string}}]\n      responses: {'204': {description: Nothing.}}\n  /users:\n    get:",
            "error: the path does not have `user_` before `{id}`",
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
        &["error: `small` is not a UUID"],
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
fn credentials_reach_the_request() {
    let token =
        "token: {type: string, title: Token, description: The token., airbyte_secret: true}";
    check(
        token,
        "tokn: {type: string, title: Token, description: The token., airbyte_secret: true}",
        &[
            "error: `${token}` names no property of this scheme; did you mean `tokn`?",
            "error: `tokn` is requested from the user but never sent",
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
fn accepted_differences_have_a_place_and_a_reason() {
    let info = |reasons: &str, expected: &[&str]| {
        check("  title: Small", &format!("  title: Small\n  x-agent-drift: {reasons}"), expected);
    };
    info("{'*/field-missing:*': They are of no use.}", &[]);
    info(
        "{'field-missing:*': They are of no use.}",
        &["error: `field-missing:*` names no operation"],
    );
    info("{'users.*/field-missing:*': ''}", &["error: say why the difference is right"]);
    info(
        "{'users.list/enum-own:role': [none]}",
        &["error: `users.list/enum-own:role` must be a text"],
    );
    let operation = |reasons: &str, expected: &[&str]| {
        let key = "      operationId: listUsers";
        check(key, &format!("{key}\n      x-agent-drift: {reasons}"), expected);
    };
    operation("{'argument-unknown:after': It works.}", &[]);
    operation(
        "{'*/argument-unknown:after': It works.}",
        &["error: `*/argument-unknown:after` names an"],
    );
}

#[test]
fn default_fields_are_fields_that_may_be_shown() {
    let place = "  x-agent-entities:\n";
    for (fields, expected) in [
        ("users: [id, role]", ""),
        ("user: [id]", "error: there is no entity `user`; did you mean `users`?"),
        ("users: [id, rol]", "error: no record of the entity has `rol`; did you mean `role`?"),
        ("users: [role.name]", "error: no record of the entity has `role.name`"),
        ("users: [client_secret]", "error: `client_secret` is a secret, which is never shown"),
        ("users: [role, role]", "error: `role` and `role` contain each other; keep one"),
        ("users: []", "error: the list must name at least one field"),
        ("users: id", "error: `users` must be a list, found a text"),
    ] {
        let to = format!("  x-agent-default-fields: {{{fields}}}\n{place}");
        let expected: &[&str] = if expected.is_empty() { &[] } else { &[expected] };
        check(place, &to, expected);
    }
}

#[test]
fn search_words_belong_to_an_entity_or_an_operation() {
    let place = "  x-agent-entities:\n";
    for (words, expected) in [
        ("users: [member], users.list: [everybody here]", ""),
        ("user: [member]", "error: there is no entity `user`; did you mean `users`?"),
        ("users.lists: [all]", "error: there is no operation `users.lists`"),
        ("users: [member, member]", "error: `member` stands here twice"),
        ("users: ['']", "error: the words to search for are empty"),
        ("users: member", "error: `users` must be a list, found a text"),
    ] {
        let to = format!("  x-agent-search-words: {{{words}}}\n{place}");
        let expected: &[&str] = if expected.is_empty() { &[] } else { &[expected] };
        check(place, &to, expected);
    }
    check(
        place,
        &format!("  x-agent-other-names: [acme, acme]\n{place}"),
        &["error: `acme` stands here twice"],
    );
}
