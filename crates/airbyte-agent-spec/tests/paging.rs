//! How published specs continue their lists, guessed from names.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use airbyte_agent_description::{Action, Next, Paging, Source};
use airbyte_agent_spec::Spec;

/// The pagination of a list with these metadata fields, parameters (`name:type`) and response.
fn paging(meta: &str, parameters: &str, response: &str) -> Paging {
    let list: Vec<_> = parameters
        .split_whitespace()
        .map(|word| {
            let (name, kind) = word.rsplit_once(':').unwrap_or((word, "string"));
            format!("{{name: '{name}', in: query, schema: {{type: {kind}}}}}")
        })
        .collect();
    let text = format!(
        "openapi: 3.1.0
info: {{title: T, version: '1', x-airbyte-connector-definition-id: x}}
servers: [{{url: 'https://t.test'}}]
paths:
  /items:
    get:
      x-airbyte-entity: items
      x-airbyte-action: list
      x-airbyte-record-extractor: $.items
      x-airbyte-meta-extractor: {{{meta}}}
      parameters: [{}]
      responses:
        '200': {{description: Items., content: {{application/json: {{schema: {{type: object, properties: {{items: {{type: array}}, {response}}}}}}}}}}}
",
        list.join(", ")
    );
    let connector = match Spec::parse(&text).and_then(|spec| spec.lower()) {
        Ok(connector) => connector,
        Err(problems) => panic!("{text}\n{problems:#?}"),
    };
    connector.operation("items", Action::List).unwrap().paging.clone()
}

fn place(source: &Source) -> String {
    match source {
        Source::Meta { name, inside } => {
            format!("{name}{}", inside.to_string().trim_start_matches('$'))
        }
        Source::Body(path) => path.to_string(),
    }
}

fn show(paging: &Paging) -> String {
    let mut text = match &paging.next {
        Next::None { .. } => "none".to_owned(),
        Next::Unknown { reason } => format!("unknown: {reason}"),
        Next::Cursor { from, into } => format!("cursor {} > {into}", place(from)),
        Next::Link { from, feed, .. } => {
            let feed: Vec<_> = feed.iter().map(|(query, into)| format!("{query}>{into}")).collect();
            format!("link {} [{}]", place(from), feed.join(" "))
        }
        Next::LastRecord { field, into, .. } => format!("last {field} > {into}"),
        Next::Offset { into, start } => format!("offset {into} {start}"),
        Next::Page { into, start } => format!("page {into} {start}"),
    };
    if let Some(more) = &paging.more {
        text += &format!(", more {}", place(more));
    }
    if let Some(done) = &paging.done {
        text += &format!(", done {}", place(done));
    }
    if let Some(size) = &paging.size {
        text += &format!(", size {}", size.parameter);
    }
    text
}

#[test]
fn names_tell_how_a_list_continues() {
    let string = |path: &str| format!("{path}: {{type: string}}");
    for (meta, parameters, response, expected) in [
        // tokens
        (
            "end_cursor: $.end, has_next_page: $.more",
            "after per_page:integer",
            "",
            "cursor end_cursor > after, more has_next_page, size per_page",
        ),
        (
            "endCursor: $.c, hasNextPage: $.m",
            "after first:integer",
            "",
            "cursor endCursor > after, more hasNextPage, size first",
        ),
        (
            "next_cursor: $.meta.c",
            "cursor limit:integer",
            "",
            "cursor next_cursor > cursor, size limit",
        ),
        (
            "nextPageToken: $.t",
            "pageToken pageSize:integer",
            "",
            "cursor nextPageToken > pageToken, size pageSize",
        ),
        (
            "nextPageToken: $.t, isLast: $.l",
            "nextPageToken maxResults:integer",
            "",
            "cursor nextPageToken > nextPageToken, done isLast, size maxResults",
        ),
        ("next_token: $.t", "nextToken", "", "cursor next_token > nextToken"),
        ("cursor: $.c", "cursor", "", "cursor cursor > cursor"),
        (
            "after: $.paging.cursors.after",
            "after limit:integer",
            "",
            "cursor after > after, size limit",
        ),
        (
            "offset: $.offset",
            "offset pageSize:integer",
            &string("offset"),
            "cursor offset > offset, size pageSize",
        ),
        (
            "next_page: $.pages.next.starting_after",
            "starting_after per_page:integer",
            "",
            "cursor next_page > starting_after, size per_page",
        ),
        (
            "",
            "page limit:integer",
            "next_page: {type: string}, has_more: {type: boolean}",
            "cursor $.next_page > page, more $.has_more, size limit",
        ),
        (
            "next_page: $.next_page",
            "page:integer",
            "next_page: {type: integer}",
            "cursor next_page > page",
        ),
        (
            "",
            "cursor",
            "response_metadata: {type: object, properties: {next_cursor: {type: string}}}",
            "cursor $.response_metadata.next_cursor > cursor",
        ),
        (
            "next_page: $.next_page",
            "offset limit:integer",
            "next_page: {type: object, properties: {offset: {type: string}, uri: {type: string}}}",
            "cursor next_page.offset > offset, size limit",
        ),
        // addresses
        (
            "next: '@link.next'",
            "cursor per_page:integer",
            "",
            "link next [cursor>cursor], size per_page",
        ),
        (
            "next_page_url: '@link.next'",
            "since_id limit:integer",
            "",
            "link next_page_url [], size limit",
        ),
        (
            "next: $.links.next",
            "page[cursor] page[size]:integer",
            "",
            "link next [page[cursor]>page[cursor]], size page[size]",
        ),
        (
            "next_page: $.next_page",
            "page:integer per_page:integer",
            &string("next_page"),
            "link next_page [page>page], size per_page",
        ),
        (
            "next_page: $.next_page",
            "start_time:integer limit:integer",
            &string("next_page"),
            "link next_page [start_time>start_time], size limit",
        ),
        ("nextRecordsUrl: $.n, done: $.done", "q", "", "link nextRecordsUrl [], done done"),
        ("next_link: $.n", "", "", "link next_link []"),
        // counters
        (
            "has_more: $.has_more",
            "starting_after ending_before limit:integer",
            "",
            "last $.id > starting_after, more has_more, size limit",
        ),
        (
            "next_offset: $.startAt, total: $.total",
            "startAt:integer maxResults:integer",
            "startAt: {type: integer}",
            "offset startAt 0, size maxResults",
        ),
        ("", "offset:integer count:integer", "", "offset offset 0, size count"),
        ("", "page:integer per_page:integer", "", "page page 1, size per_page"),
        (
            "total: $.total",
            "page[number]:integer page[size]:integer",
            "",
            "page page[number] 1, size page[size]",
        ),
        // nothing
        ("total: $.total", "query", "", "none"),
        ("", "limit:integer", "", "none, size limit"),
    ] {
        assert_eq!(
            show(&paging(meta, parameters, response)),
            expected,
            "{{{meta}}} {parameters} {response}"
        );
    }
}

#[test]
fn the_token_of_a_page_may_stand_inside_an_object() {
    for (into, size, told) in [
        ("page.after", "page.size", None),
        ("page.inner.after", "page.size", None),
        ("plain.name", "page.size", None),
        ("page.aftr", "page.size", Some("`page.aftr` is no parameter")),
        ("page.after", "page.size.more", Some("`page.size.more` is no parameter")),
        ("pag.after", "page.size", Some("`pag.after` is no parameter")),
    ] {
        let text = format!(
            "openapi: 3.1.0
info: {{title: T, version: '1', x-airbyte-connector-definition-id: x}}
servers: [{{url: 'https://t.test'}}]
paths:
  /items:
    post:
      x-airbyte-entity: items
      x-airbyte-action: search
      x-airbyte-record-extractor: $.items
      x-agent-pagination: {{cursor: {{from: $.next, into: {into}}}, size: {{parameter: {size}}}}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                plain.name: {{type: string}}
                page:
                  type: object
                  properties:
                    after: {{type: string}}
                    size: {{type: integer}}
                    inner: {{type: object, properties: {{after: {{type: string}}}}}}
      responses:
        '200': {{description: Items., content: {{application/json: {{schema: {{type: object, properties: {{items: {{type: array}}}}}}}}}}}}
"
        );
        match (Spec::parse(&text).and_then(|spec| spec.lower()), told) {
            (Ok(connector), None) => {
                let items = connector.operation("items", Action::Search).unwrap();
                let parameters: Vec<&str> = items.paging.parameters().collect();
                assert_eq!(parameters, [into, size]);
            }
            (Err(problems), Some(told)) => {
                assert!(
                    problems.iter().any(|problem| problem.message.contains(told)),
                    "{problems:?}"
                );
            }
            (lowered, told) => panic!("{into} {size}: {told:?} {:?}", lowered.err()),
        }
    }
}
