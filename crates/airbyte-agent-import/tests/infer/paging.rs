//! How lists continue: one habit in each line of the tables.

use airbyte_agent_import::decision::{PageSize, Paging};
use serde_json::{Value, json};

use super::{decide, line, number, object, one, query, read, records, text, truth, url};

/// Checks the paging of lists: parameters, members of the response beside `data`, and what is expected of kind,
/// parameter, source and size.
fn check(table: &[(&str, Value, Value, [&str; 4])]) {
    for (habit, parameters, members, [kind, parameter, from, size]) in table {
        let mut members = members.clone();
        members["data"] = records();
        let line = line("get", "/issues", &read(parameters, &object(&members)));
        let value = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
        let expected = json!({"kind": kind, "parameter": value(parameter), "from": value(from), "size": value(size)});
        assert_eq!(line["paging"], expected, "{habit}: {}", line["evidence"]);
        assert_eq!(line["list"], true, "{habit}");
    }
}

fn meta(members: &Value) -> Value {
    json!({"meta": object(members)})
}

#[test]
fn tokens_of_the_response_go_into_a_parameter() {
    let cursor = json!({"cursor": text(), "limit": number()});
    let nothing = "";
    check(&[
        (
            "page token",
            json!({"pageToken": text(), "pageSize": number()}),
            json!({"nextPageToken": text()}),
            ["token", "pageToken", "$.nextPageToken", "pageSize"],
        ),
        (
            "cursor in a frame",
            cursor.clone(),
            meta(&json!({"next_cursor": text()})),
            ["token", "cursor", "$.meta.next_cursor", "limit"],
        ),
        (
            "the same name",
            cursor.clone(),
            json!({"cursor": text()}),
            ["token", "cursor", "$.cursor", "limit"],
        ),
        (
            "after in next",
            json!({"after": text(), "limit": number()}),
            json!({"paging": object(&json!({"next": object(&json!({"after": text(), "link": text()}))}))}),
            ["token", "after", "$.paging.next.after", "limit"],
        ),
        (
            "cursors with after and before",
            json!({"after": text(), "before": text(), "first": number()}),
            json!({"cursors": object(&json!({"before": text(), "after": text()}))}),
            ["token", "after", "$.cursors.after", "first"],
        ),
        (
            "marker",
            json!({"marker": text()}),
            json!({"next_marker": text()}),
            ["token", "marker", "$.next_marker", nothing],
        ),
        (
            "member of an object as parameter",
            json!({"page": object(&json!({"after": text(), "size": number()}))}),
            meta(&json!({"after_cursor": text()})),
            ["token", "page[after]", "$.meta.after_cursor", "page[size]"],
        ),
        (
            "iterator",
            json!({"iterator": text(), "limit": number()}),
            json!({"iterator": text(), "done": truth()}),
            ["token", "iterator", "$.iterator", "limit"],
        ),
        (
            "last evaluated key",
            json!({"ExclusiveStartKey": text(), "Limit": number()}),
            json!({"LastEvaluatedKey": text()}),
            ["token", "ExclusiveStartKey", "$.LastEvaluatedKey", "Limit"],
        ),
        (
            "connection of a graph",
            json!({"after": text(), "first": number()}),
            json!({"pageInfo": object(&json!({"endCursor": text(), "hasNextPage": truth()}))}),
            ["token", "after", "$.pageInfo.endCursor", "first"],
        ),
        (
            "a token beside a number of a page, which the response continues by",
            json!({"page": number(), "cursor": text()}),
            json!({"next_cursor": text()}),
            ["token", "cursor", "$.next_cursor", nothing],
        ),
        (
            "a token beside the keys of the caller",
            json!({
                "key": {"type": "string", "description": "API key."}, "token": text(), "maxResults": number(),
            }),
            json!({"pagination": object(&json!({"nextPageToken": text()}))}),
            ["token", "token", "$.pagination.nextPageToken", "maxResults"],
        ),
        (
            "a member that the text of the parameter names",
            json!({"continueFrom": {"type": "string", "description": "Returned by a previous query, see lastId."}}),
            json!({"lastId": text()}),
            ["token", "continueFrom", "$.lastId", nothing],
        ),
        (
            "scroll",
            json!({"scroll_id": text()}),
            json!({"scroll_id": text(), "total": number()}),
            ["token", "scroll_id", "$.scroll_id", nothing],
        ),
    ]);
}

#[test]
fn tokens_stand_in_headers_too() {
    let mut operation = read(&json!({"cursor": text()}), &records());
    operation["responses"]["200"]["headers"] = json!({"X-Next-Cursor": {"schema": text()}});
    let line = line("get", "/issues", &operation);
    assert_eq!(line["paging"]["kind"], "token");
    assert_eq!(line["paging"]["from"], "@header.x-next-cursor");
}

#[test]
fn headers_that_only_a_text_names_are_found() {
    let said = |text: &str| json!({"cursor": {"type": "string", "description": text}});
    for (text, kind, from) in [
        ("The cursor of the response header `X-Acme-Cursor`.", "token", "@header.x-acme-cursor"),
        ("A cursor; the next page is in the `Link` header.", "link", "@link.next"),
    ] {
        let line = line("get", "/issues", &read(&said(text), &records()));
        let paging = &line["paging"];
        assert_eq!((&paging["kind"], &paging["from"]), (&json!(kind), &json!(from)), "{text}");
    }
}

#[test]
fn addresses_of_the_next_page_are_followed() {
    let links = |member: Value| json!({"links": object(&json!({"self": url(), "next": member}))});
    check(&[
        (
            "next link",
            json!({"$top": number()}),
            json!({"nextLink": text()}),
            ["link", "", "$.nextLink", "$top"],
        ),
        (
            "next link beside skip",
            json!({"$top": number(), "$skip": number()}),
            json!({"@odata.nextLink": text()}),
            ["link", "", "$['@odata.nextLink']", "$top"],
        ),
        ("links of JSON:API", json!({}), links(text()), ["link", "", "$.links.next", ""]),
        (
            "an object with href",
            json!({}),
            links(object(&json!({"href": text()}))),
            ["link", "", "$.links.next.href", ""],
        ),
        (
            "underscored links of HAL",
            json!({}),
            json!({"_links": object(&json!({"next": object(&json!({"href": text()}))}))}),
            ["link", "", "$._links.next.href", ""],
        ),
        (
            "addresses with relations",
            json!({"limit": number()}),
            json!({"links": {"type": "array", "items": object(&json!({"rel": text(), "href": text()}))}}),
            ["link", "", "$.links", "limit"],
        ),
        (
            "next with a format",
            json!({}),
            json!({"next": url(), "previous": url()}),
            ["link", "", "$.next", ""],
        ),
        (
            "an address beside a parameter for a token",
            json!({"Page": number(), "PageToken": text(), "PageSize": number()}),
            json!({"next_page_uri": url(), "page": number()}),
            ["link", "", "$.next_page_uri", "PageSize"],
        ),
    ]);
}

#[test]
fn the_header_link_is_followed_where_nothing_is_counted() {
    let mut operation = read(&json!({"per_page": number()}), &records());
    operation["responses"]["200"]["headers"] = json!({"Link": {"schema": text()}});
    assert_eq!(line("get", "/issues", &operation)["paging"]["from"], "@link.next");
    operation["parameters"] = query(&json!({"per_page": number(), "page": number()}));
    let counted = line("get", "/issues", &operation);
    assert_eq!(
        (&counted["paging"]["kind"], &counted["paging"]["parameter"]),
        (&json!("page"), &json!("page"))
    );
}

#[test]
fn records_and_pages_are_counted() {
    let total = json!({"total": number()});
    check(&[
        (
            "offset",
            json!({"offset": number(), "limit": number()}),
            total.clone(),
            ["offset", "offset", "", "limit"],
        ),
        (
            "skip and top",
            json!({"$skip": number(), "$top": number()}),
            json!({}),
            ["offset", "$skip", "", "$top"],
        ),
        (
            "start of rows",
            json!({"start": number(), "rows": number()}),
            json!({"numFound": number()}),
            ["offset", "start", "", "rows"],
        ),
        (
            "start at",
            json!({"startAt": number(), "maxResults": number()}),
            total.clone(),
            ["offset", "startAt", "", "maxResults"],
        ),
        (
            "page",
            json!({"page": number(), "per_page": number()}),
            json!({}),
            ["page", "page", "", "per_page"],
        ),
        (
            "page number",
            json!({"page[number]": number(), "page[size]": number()}),
            json!({}),
            ["page", "page[number]", "", "page[size]"],
        ),
        (
            "from and size",
            json!({"from": number(), "size": number()}),
            total.clone(),
            ["offset", "from", "", "size"],
        ),
        (
            "members of criteria",
            json!({"searchCriteria[currentPage]": number(), "searchCriteria[pageSize]": number()}),
            json!({}),
            ["page", "searchCriteria[currentPage]", "", "searchCriteria[pageSize]"],
        ),
        (
            "page as text",
            json!({"page": text(), "per_page": text()}),
            json!({}),
            ["page", "page", "", "per_page"],
        ),
        (
            "page and next page",
            json!({"page": number()}),
            json!({"next_page": number()}),
            ["page", "page", "", ""],
        ),
        (
            "an address beside a page number",
            json!({"page": number(), "limit": number()}),
            json!({"next": url(), "count": number()}),
            ["page", "page", "", "limit"],
        ),
    ]);
}

#[test]
fn first_pages_sizes_totals_and_ends_are_found() {
    let page = json!({"type": "integer", "default": 0, "description": "The page, starting at 0."});
    let size =
        json!({"type": "integer", "default": 20, "description": "Results on a page (max 100)."});
    let response = object(&json!({"items": records(), "total": number(), "hasMore": truth()}));
    let paging = one("get", "/issues", &read(&json!({"page": page, "size": size}), &response))
        .paging
        .unwrap()
        .value;
    let size = PageSize { parameter: "size".to_owned(), default: Some(20), maximum: Some(100) };
    let expected = Paging::Page {
        parameter: "page".to_owned(),
        start: 0,
        more: Some("$.hasMore".to_owned()),
        total: Some("$.total".to_owned()),
        size: Some(size),
    };
    assert_eq!(paging, expected);
}

#[test]
fn offsets_of_identity_directories_begin_with_one() {
    let response = object(
        &json!({"Resources": records(), "totalResults": number(), "itemsPerPage": number(), "startIndex": number()}),
    );
    let operation = read(&json!({"startIndex": number(), "count": number()}), &response);
    let paging = one("get", "/Users", &operation).paging.unwrap().value;
    let Paging::Offset { parameter, start, .. } = paging else { unreachable!("{paging:?}") };
    assert_eq!((parameter.as_str(), start), ("startIndex", 1));
}

#[test]
fn ids_of_last_records_go_into_a_parameter() {
    check(&[
        (
            "starting after",
            json!({"starting_after": text(), "ending_before": text(), "limit": number()}),
            json!({"has_more": truth()}),
            ["last_record", "starting_after", "id", "limit"],
        ),
        (
            "since id",
            json!({"since_id": {"type": "integer", "description": "Only records after this ID."}, "limit": number()}),
            json!({}),
            ["last_record", "since_id", "id", "limit"],
        ),
    ]);
}

#[test]
fn extensions_come_before_names() {
    let parameters = json!({"page": number(), "cursor": text()});
    let response = object(&json!({"data": records(), "nextLink": text(), "next_cursor": text()}));
    for (extension, expected) in [
        (
            json!({"x-ms-pageable": {"nextLinkName": "nextLink"}}),
            json!(["link", null, "$.nextLink"]),
        ),
        (json!({"x-ms-pageable": {"nextLinkName": null}}), json!(["none", null, null])),
        (
            json!({"x-speakeasy-pagination": {
                "type": "cursor",
                "inputs": [{"name": "cursor", "in": "parameters", "type": "cursor"}],
                "outputs": {"nextCursor": "$.next_cursor"},
            }}),
            json!(["token", "cursor", "$.next_cursor"]),
        ),
        (
            json!({"x-fern-pagination": {"offset": "$request.page", "results": "$response.data"}}),
            json!(["page", "page", null]),
        ),
    ] {
        let mut operation = read(&parameters, &response);
        operation.as_object_mut().unwrap().extend(extension.as_object().unwrap().clone());
        let line = line("get", "/issues", &operation);
        let paging = &line["paging"];
        assert_eq!(
            json!([paging["kind"], paging["parameter"], paging["from"]]),
            expected,
            "{extension}"
        );
    }
    let mut whole = read(&json!({"$skip": number()}), &object(&json!({"value": records()})));
    whole["x-ms-pageable"] = json!({"nextLinkName": null});
    assert_eq!(line("get", "/issues", &whole)["paging"]["kind"], "none");
}

#[test]
fn lists_come_whole_only_if_nothing_speaks_of_pages() {
    let lists =
        |response: Value| line("get", "/issues", &read(&json!({"state": text()}), &response));
    assert_eq!(lists(records())["paging"]["kind"], "none");
    assert_eq!(lists(object(&json!({"issues": records()})))["paging"]["kind"], "none");
    for sign in ["total_count", "has_more", "next_cursor"] {
        let member = if sign == "has_more" { truth() } else { number() };
        let line = lists(object(&json!({"issues": records(), sign: member})));
        assert_eq!(line["paging"]["kind"], "unknown", "{sign}");
    }
}

#[test]
fn searches_by_post_take_the_next_page_in_the_body() {
    for (body, members, expected) in [
        (
            json!({"cursor": text(), "query": text()}),
            json!({"cursor": text()}),
            json!(["token", "cursor", "$.cursor"]),
        ),
        (
            json!({"pagination": object(&json!({"starting_after": text(), "per_page": number()}))}),
            json!({"pages": object(&json!({"next": object(&json!({"starting_after": text()}))}))}),
            json!(["token", "pagination.starting_after", "$.pages.next.starting_after"]),
        ),
        (
            json!({"startAt": number(), "maxResults": number()}),
            json!({"total": number()}),
            json!(["offset", "startAt", null]),
        ),
    ] {
        let mut members = members.clone();
        members["data"] = records();
        let mut operation = read(&json!({}), &object(&members));
        operation["requestBody"] =
            json!({"content": {"application/json": {"schema": object(&body)}}});
        let line = line("post", "/issues/search", &operation);
        let paging = &line["paging"];
        assert_eq!(line["action"], "search");
        assert_eq!(
            json!([paging["kind"], paging["parameter"], paging["from"]]),
            expected,
            "{body}"
        );
    }
}

#[test]
fn a_list_with_an_unclear_response_continues_as_nearly_all_others() {
    let list = |response: &Value| json!({"get": read(&json!({"offset": {"type": "string", "description": "Offset token."}}), response)});
    let clear =
        object(&json!({"data": records(), "next_page": object(&json!({"offset": text()}))}));
    let unclear = json!({"get": {"parameters": query(&json!({"offset": {"type": "string", "description": "Offset token."}})),
        "responses": {"200": {"description": ""}}}});
    let paths = json!({"/a_things": list(&clear), "/b_things": list(&clear), "/c_things": list(&clear), "/d_things": unclear});
    let decision = decide(&paths);
    let last = decision.operations.last().unwrap();
    let paging = &last.paging.as_ref().unwrap().value;
    let Paging::Token { parameter, from, .. } = paging else { unreachable!("{paging:?}") };
    assert_eq!((parameter.as_str(), from.as_str()), ("offset", "$.next_page.offset"));
    assert!(
        last.open_questions.is_empty() || !last.open_questions[0].contains("parameter offset"),
        "{:?}",
        last.open_questions
    );
    // Two lists are no majority.
    let few = decide(
        &json!({"/a_things": list(&clear), "/b_things": list(&clear), "/d_things": unclear}),
    );
    let last = few.operations.last().unwrap();
    assert_eq!(last.paging.as_ref().unwrap().value, Paging::Unknown);
    assert!(!last.open_questions.is_empty());
}
