//! Parameters, pagination, expressions and GraphQL.

use super::{check, problems};

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
        ("[]", "error: the list must hold at least one pagination style"),
        (
            "[{cursor: {from: $.cursor, into: after}}, {page: {into: after}}]",
            "warning: calls through the platform end after one page",
        ),
        (
            "[{page: {into: after}}, {cursor: {from: cursor, into: after}}]",
            "error: of several pagination styles all but the last must be `cursor` or `link`",
        ),
        (
            "{cursor: {from: $.cursor, into: after}, size: {parameter: after, needed: true}}",
            "error: a page size with `needed: true` is sent as `maximum` says",
        ),
        (
            "{link: {from: $.cursor, feed: {a: after}, into: after}}",
            "error: give either `feed` or `query` and `into`",
        ),
        (
            "{link: {from: $.cursor, into: after, keep: [aftr]}}",
            "error: `aftr` is no parameter of this operation; did you mean `after`?",
        ),
    ] {
        check(said, &format!("      x-agent-pagination: {to}\n"), &[expected]);
    }
    for (to, expected) in [
        ("size: {parameter: after, served: $.cursr}", "error: `$.cursr` leads nowhere"),
        ("size: {parameter: after, served: cursr}", "error: `cursr` is no field"),
        ("single_page: [aftr]", "error: `aftr` is no parameter of this operation"),
        ("single_pages: [after]", "error: x-agent-pagination has no key `single_pages`"),
    ] {
        let paging = format!("{{cursor: {{from: $.cursor, into: after}}, {to}}}");
        check(said, &format!("      x-agent-pagination: {paging}\n"), &[expected]);
    }
    for (to, expected) in [
        ("x-agent-total: $.totl", "error: `$.totl` leads nowhere"),
        (
            "x-agent-field-selection: {parameter: aftr}",
            "error: `aftr` is no parameter of this operation; did you mean `after`?",
        ),
        ("x-agent-field-selection: {parameter: after, wrap: x}", "error: `wrap` must be a text"),
        ("x-agent-field-selection: {parameter: after, depth: 0}", "error: `depth` must be a whole"),
        ("x-agent-total: '@link.next'", "error: `@link.next` is no place of a total"),
        ("x-agent-empty: [{status: 404}]", "error: a failure that means an empty list needs"),
        ("x-agent-empty: [{message: '*'}]", "error: the pattern in `message` fits every message"),
        ("x-agent-empty: [{text: x, code: y}]", "error: x-agent-empty has no key `text`"),
    ] {
        check(said, &format!("{said}      {to}\n"), &[expected]);
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
        &["error: a check cannot know `after`", "error: nothing says where `after` comes from"],
    );
    check(
        "        - name: after\n",
        "        - {name: X-Version, in: header, required: true, description: Version., schema: {type: string}}\n        - name: after\n",
        &[
            "error: a check cannot know `X-Version`",
            "warning: every caller has to know the header `X-Version`",
        ],
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
            "warning: the response has no schema",
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
        (
            "mutation($n: String) { a(n: $n) { id } }",
            "{n: '{{ name }}'}",
            ", x-agent-optional: [m]",
            vec!["error: `m` is no variable of this document, and no member of one"],
        ),
        (
            "mutation($n: String!) { a(n: $n) { id } }",
            "{n: '{{ name }}'}",
            ", x-agent-optional: [n]",
            vec!["error: the document needs `$n`, so it cannot be left out"],
        ),
        (
            "mutation($n: String) { a { id @include(if: $n) } }",
            "{n: '{{ name }}'}",
            ", x-agent-optional: [n]",
            vec!["error: `$n` decides a directive"],
        ),
        (
            "mutation($n: String) { a(n: $n) { {{ fields }} } }",
            "{n: '{{ name }}'}",
            ", default_fields: 'id } b { id'",
            vec![
                "warning: the document has `{{ fields }}` but no parameter declares `fields`",
                "error: `default_fields` is no selection of fields: unexpected '}'",
            ],
        ),
    ] {
        check("      requestBody:\n        content:", &body(query, variables, more), &expected);
    }
}

#[test]
fn bodies_that_are_one_argument_fit_their_type() {
    const FROM: &str = "          application/json:\n            schema:\n              type: object\n              required: [name]\n              properties:\n                name: {type: string, description: Name.}\n      responses:\n        '201'";
    let body = |text: &str| format!("          {text}\n      responses:\n        '201'");
    for (to, expected) in [
        (
            "application/json: {x-agent-argument: name, schema: {type: string, description: Name.}}",
            &[][..],
        ),
        (
            "image/png: {x-agent-argument: picture, schema: {type: string, format: binary, description: It.}}",
            &[],
        ),
        (
            "image/png: {schema: {type: string, format: binary, description: It.}}",
            &[
                "error: the body is a single value; name the argument that has it with `x-agent-argument`",
            ],
        ),
        (
            "multipart/form-data: {x-agent-argument: name, schema: {type: string, description: Name.}}",
            &["error: a body of the type `multipart/form-data` consists of members"],
        ),
        (
            "image/png: {x-agent-argument: picture, schema: {type: integer, description: It.}}",
            &[
                "error: a body of the type `image/png` is a file or a text",
                "error: the file `picture` must have",
            ],
        ),
        (
            "image/png: {x-agent-argument: picture, schema: {type: string, description: It., x-agent-file: {nam: a}}}",
            &["error: `x-agent-file` has no key `nam`; did you mean `name`?"],
        ),
    ] {
        check(FROM, &body(to), expected);
    }
}

#[test]
fn addresses_have_an_argument_hosts_and_an_issuer() {
    const FROM: &str = "    post:\n      operationId: createUser\n";
    let with = |settings: &str| {
        format!("    post:\n      operationId: createUser\n      x-agent-address: {settings}\n")
    };
    for (settings, expected) in [
        (
            "{argument: url, hosts: [files.acme.test]}",
            &["error: the path has no parameter `url`"][..],
        ),
        (
            "{argument: url, hosts: []}",
            &["error: the path has no parameter `url`", "error: `hosts` must name the hosts"],
        ),
        (
            "{argument: url, hosts: ['*.test']}",
            &["error: the path has no parameter `url`", "error: `*.test` is no host"],
        ),
        (
            "{argument: url, hosts: [a.test], issued_by: {operation: urls.create, place: $.url}}",
            &[
                "error: the path has no parameter `url`",
                "error: there is no operation `urls.create`",
            ],
        ),
    ] {
        check(FROM, &with(settings), expected);
    }
}

#[test]
fn what_the_vendor_requires_is_recommended() {
    let action = "      x-airbyte-action: list\n";
    let told = "description: Where to go on.\n          schema";
    let requires = "description: The vendor requires it.\n          schema";
    check(
        told,
        requires,
        &["warning: `after` says \"The vendor requires it\", but examples leave it out"],
    );
    for (names, expected) in [
        ("[after]", &[][..]),
        (
            "[aftr]",
            &["error: there is no parameter `aftr` to be recommended; did you mean `after`?"],
        ),
        ("after", &["error: `x-agent-recommended` must be a"]),
    ] {
        check(action, &format!("{action}      x-agent-recommended: {names}\n"), expected);
    }
}

#[test]
fn steps_of_uploads_take_what_they_get() {
    const FROM: &str = "    post:\n      operationId: createUser\n";
    let with = |settings: &str| {
        format!("    post:\n      operationId: createUser\n      x-agent-upload: {settings}\n")
    };
    let file = "file: {content: nothing}";
    for (settings, expected) in [
        (
            format!(
                "{{{file}, start: {{operation: users, arguments: {{}}}}, send: {{operation: users.create, arguments: {{}}}}}}"
            ),
            &["error: the operation has no argument `nothing`", "error: `users` is no operation"][..],
        ),
        (
            format!(
                "{{{file}, start: {{operation: tokens.create, arguments: {{a: '{{{{ b }}}}', c: '{{{{ start.x.0 }}}}', d: ['{{{{ x[0] }}}}']}}}}, send: {{operation: tokens.create, arguments: {{}}}}, part_bytes: 7}}"
            ),
            &[
                "error: `part_bytes` and `received` belong together",
                "error: there is no operation `tokens.create`",
                "error: `b` is no argument of the operation",
                "error: `{{ x[0] }}` has a placeholder that is no name",
                "error: `start.x.0` is not known before the first operation was called",
            ],
        ),
    ] {
        let text = with(&settings);
        let found = problems(FROM, &text).join("\n");
        for line in expected {
            assert!(found.contains(line), "{settings}: {line} is not in\n{found}");
        }
    }
}
