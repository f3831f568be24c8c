//! What a model reads: chosen fields, short texts, clean characters, tables.

use airbyte_agent_description::Text;
use airbyte_agent_tools::{ClientTools as _, Exposure, ResultLimits, Toolset};
use serde_json::{Value, json};

use crate::library::{EXPOSURES, book, call, client_of, description, library, tools};
use crate::server::{Answer, Server};

#[tokio::test]
async fn lists_show_what_tells_and_say_what_is_missing() {
    let server = library().await;
    let tools = tools(&server, Exposure::PerConnector);
    let output = tools.call("library", json!({"entity": "books", "action": "list"})).await.unwrap();
    let first = &output.structured["data"][0];
    let names: Vec<&String> = first.as_object().unwrap().keys().collect();
    assert_eq!(names, ["id", "title", "state", "text", "author", "added_at", "history"]);
    assert_eq!(first["history"], json!({"moves": {"first": {"from": "a", "to": "b"}}}));
    assert_eq!(first["author"], json!({"id": 1, "name": "Writer 1"}));
    assert_eq!(output.structured["meta"], json!({"total": 100}));
    assert_eq!(output.records, Some(5));
    let notes = output.structured["notes"].to_string();
    for said in ["cover_url", "history.*", "author.*", "fields", "Long texts are cut: text"] {
        assert!(notes.contains(said), "{said}: {notes}");
    }
    let raw: usize = (1..=5).map(|id| book(id).to_string().len()).sum();
    assert!(output.text.len() * 3 < raw, "{} of {raw}", output.text.len());
}

/// The library whose description says which fields of books are shown.
fn tools_with_defaults(server: &Server, fields: &[&str]) -> Toolset {
    let mut description = description();
    let books = description.entities.to_mut().iter_mut().find(|entity| entity.name == "books");
    let fields: Vec<Text> = fields.iter().map(|field| Text::Owned((*field).to_owned())).collect();
    books.unwrap().default_fields = fields.into();
    client_of(&server.url, description).tools().exposure(Exposure::PerOperation)
}

#[tokio::test]
async fn default_fields_of_the_description_are_shown_on_every_page_whatever_the_data() {
    let record = |id: u64| {
        let mut book = book(id);
        book["copies"] = json!([{"place": "A", "bar_code": 1}, {"place": "B", "bar_code": 2}]);
        if id > 1 {
            book.as_object_mut().unwrap().retain(|name, _| name == "id" || name == "copies");
        }
        book["client_secret"] = json!("s");
        book
    };
    let server = Server::start(move |request, _| {
        let id = if request.target.contains("after") { 2 } else { 1 };
        Answer::json(200, json!({"books": [record(id)], "next": (id < 2).then_some("tok-2")}))
    })
    .await;
    let fields = ["id", "author.name", "copies.place", "history"];
    let tools = tools_with_defaults(&server, &fields);
    let first = tools.call("library_books_list", json!({})).await.unwrap();
    let places = json!([{"place": "A"}, {"place": "B"}]);
    assert_eq!(
        first.structured["data"],
        json!([{
            "id": 1, "author": {"name": "Writer 1"}, "copies": places,
            "history": {"moves": {"first": {"from": "a", "to": "b"}}},
        }])
    );
    let notes = first.structured["notes"].to_string();
    for said in
        ["title", "author.biography", "copies.bar_code", "Secrets are not shown: client_secret"]
    {
        assert!(notes.contains(said), "{said}: {notes}");
    }
    let cursor = first.next.unwrap().to_string();
    let second = tools.call("library_books_list", json!({"cursor": cursor})).await.unwrap();
    // What was explained is not explained again.
    assert_eq!(second.structured, json!({"data": [{"id": 2, "copies": places}]}));
    // Who names fields gets those, but no secret.
    let named = json!({"fields": ["title", "client_secret"]});
    let named = tools.call("library_books_list", named).await.unwrap();
    assert_eq!(named.structured["data"], json!([{"title": "Book 1"}]));
}

#[tokio::test]
async fn guessed_fields_are_the_same_on_every_page_of_a_list() {
    let record =
        |id: u64| if id == 1 { json!({"id": 1, "a": "x"}) } else { json!({"id": 2, "b": 1}) };
    let server = Server::start(move |request, _| {
        let id = if request.target.contains("after") { 2 } else { 1 };
        Answer::json(200, json!({"books": [record(id)], "next": (id < 2).then_some("tok-2")}))
    })
    .await;
    let tools = tools(&server, Exposure::PerOperation);
    let first = tools.call("library_books_list", json!({})).await.unwrap();
    assert_eq!(first.structured["data"], json!([{"id": 1, "a": "x"}]));
    let next = json!({"cursor": first.next.unwrap().to_string()});
    let second = tools.call("library_books_list", next).await.unwrap();
    assert_eq!(second.structured["data"], json!([{"id": 2}]));
    assert!(second.text.contains("Fields not shown: b."), "{}", second.text);
}

#[tokio::test]
async fn records_of_another_form_show_what_tells_instead_of_nothing() {
    let server = library().await;
    let tools = tools_with_defaults(&server, &["gone.at"]);
    let output = tools.call("library_books_list", json!({})).await.unwrap();
    assert_eq!(output.structured["data"][0]["title"], "Book 1");
}

#[tokio::test]
async fn fields_are_chosen_on_every_call() {
    let text = book(7)["text"].as_str().unwrap().to_owned();
    for exposure in EXPOSURES {
        for (entity, action, params, controls, expected) in [
            (
                "books",
                "list",
                json!({}),
                json!({"fields": ["id", "author.name"], "max_records": 1}),
                json!([{"id": 1, "author": {"name": "Writer 1"}}]),
            ),
            (
                "books",
                "get",
                json!({"id": 7}),
                json!({"fields": "id,isbn"}),
                json!({"id": 7, "isbn": null}),
            ),
            ("books", "get", json!({"id": 7}), json!({"fields": ["text"]}), json!({"text": text})),
            (
                "books",
                "get",
                json!({"id": 7}),
                json!({"fields": ["text[5:9]"]}),
                json!({"text": "upon… [characters 5 to 9 of 760]"}),
            ),
            (
                "books",
                "update",
                json!({"id": 7, "title": "x"}),
                json!({"fields": ["state"]}),
                json!({"state": "out"}),
            ),
            (
                "books",
                "search",
                json!({"query": "x"}),
                json!({"fields": ["id"], "max_records": 2}),
                json!([{"id": 1}, {"id": 2}]),
            ),
            (
                "loans",
                "list",
                json!({}),
                json!({"exclude_fields": ["book"], "max_records": 1}),
                json!([{"loan": "L0"}]),
            ),
        ] {
            let server = library().await;
            let (name, arguments) = call(exposure, entity, action, params, controls);
            let output = tools(&server, exposure).call(&name, arguments.clone()).await.unwrap();
            assert_eq!(output.structured["data"], expected, "{exposure:?} {name} {arguments}");
        }
    }
}

#[tokio::test]
async fn a_single_record_comes_whole_without_what_is_empty() {
    let server = library().await;
    let tools = tools(&server, Exposure::PerOperation);
    let output = tools.call("library_books_get", json!({"id": 7})).await.unwrap();
    let mut expected = book(7);
    expected.as_object_mut().unwrap().retain(|name, _| !["isbn", "tags"].contains(&name.as_str()));
    assert_eq!(output.structured, json!({"data": expected}));
    let all = tools.call("library_books_get", json!({"id": 7, "fields": ["*"]})).await.unwrap();
    assert_eq!(all.structured["data"], book(7));
}

#[tokio::test]
async fn a_field_that_no_record_has_is_named_with_a_close_one() {
    let server = library().await;
    let tools = tools(&server, Exposure::PerOperation);
    let arguments = json!({"id": 7, "fields": ["id", "titel"]});
    let output = tools.call("library_books_get", arguments).await.unwrap();
    assert_eq!(output.structured["notes"], json!(["No record has 'titel', did you mean 'title'?"]));
}

#[tokio::test]
async fn hidden_characters_are_taken_out_of_everything() {
    let trap = "Nice book\u{200B}\u{E0049}\u{E0047}\u{202E} \u{1B}[2Jreally";
    let record = json!({"id": 1, "title": trap, "na\u{2066}me": trap});
    let server = Server::start(move |_, _| Answer::json(200, record.clone())).await;
    for exposure in EXPOSURES {
        let (name, arguments) = call(exposure, "books", "get", json!({"id": 1}), json!({}));
        let output = tools(&server, exposure).call(&name, arguments).await.unwrap();
        assert_eq!(output.structured["data"]["title"], "Nice book [2Jreally");
        assert_eq!(output.structured["data"]["name"], "Nice book [2Jreally");
        assert!(output.text.contains("11 invisible characters"), "{}", output.text);
    }
}

#[tokio::test]
async fn lists_come_as_tables_on_request() {
    let server = library().await;
    let tools = tools(&server, Exposure::PerConnector);
    for (format, expected) in [
        (
            "tsv",
            "id\ttitle\tauthor.name\n1\tBook 1\tWriter 1\n2\tBook 2\tWriter 2\n\nmeta: {\"total\":100}\nnext_cursor: ",
        ),
        (
            "csv",
            "id,title,author.name\n1,Book 1,Writer 1\n2,Book 2,Writer 2\n\nmeta: {\"total\":100}\nnext_cursor: ",
        ),
        ("json", "{\"data\":[{\"id\":1,\"title\":\"Book 1\",\"author\":{\"name\":\"Writer 1\"}},"),
    ] {
        let arguments = json!({
            "entity": "books", "action": "list", "format": format, "max_records": 2,
            "fields": ["id", "title", "author.name"],
        });
        let output = tools.call("library", arguments).await.unwrap();
        assert!(output.text.starts_with(expected), "{}", output.text);
        assert_eq!(output.structured["data"][1]["title"], "Book 2");
    }
}

#[tokio::test]
async fn what_is_too_long_is_refused_with_a_way_out() {
    let server = library().await;
    for limits in [ResultLimits::STANDARD.bytes(900), ResultLimits::STANDARD.tokens(250)] {
        let tools = tools(&server, Exposure::PerOperation).limits(limits);
        // The record whole is too long, its usual form is not.
        let output = tools.call("library_books_get", json!({"id": 7})).await;
        if let Ok(output) = output {
            assert!(output.text.len() <= limits.max_bytes);
            assert!(output.text.contains("too long to be shown whole"), "{}", output.text);
        }
        let error = tools
            .call("library_books_get", json!({"id": 7, "fields": ["text", "author"]}))
            .await
            .unwrap_err();
        assert_eq!(error.kind().as_str(), "too_large");
        let text = error.to_string();
        for said in ["books.get", "fields", "Largest fields: author", "[\"text[0:4000]\"]"] {
            assert!(text.contains(said), "{said}: {text}");
        }
        let error = tools.call("library_books_list", json!({"fields": ["*"]})).await.unwrap_err();
        assert_eq!(error.kind().as_str(), "too_large");
        // What was done is never told as a failure.
        let done = tools
            .call(
                "library_books_update",
                json!({"id": 7, "title": "x", "fields": ["text", "author"]}),
            )
            .await
            .unwrap();
        assert!(done.text.contains("Done: books.update"), "{}", done.text);
    }
}

#[tokio::test]
async fn a_removal_says_that_it_is_done() {
    let mut empty = Answer::json(204, "");
    empty.body = Vec::new();
    let server = Server::script([empty]).await;
    let tools = tools(&server, Exposure::PerOperation);
    let output = tools.call("library_books_delete", json!({"id": 7})).await.unwrap();
    assert!(output.text.contains("Done: books.delete"), "{}", output.text);
}

#[tokio::test]
async fn an_empty_list_says_so() {
    let server = Server::script([Answer::json(200, json!({"books": []}))]).await;
    let tools = tools(&server, Exposure::PerOperation);
    let output = tools.call("library_books_list", Value::Null).await.unwrap();
    assert_eq!(output.structured, json!({"data": [], "notes": ["No records match."]}));
}

#[tokio::test]
async fn a_record_that_is_null_does_not_end_the_list() {
    let books = json!([null, {"id": 1}, null, {"id": 2}]);
    let server = Server::start(move |_, _| Answer::json(200, json!({"books": books}))).await;
    let tools = tools(&server, Exposure::PerOperation);
    let output = tools.call("library_books_list", Value::Null).await.unwrap();
    assert_eq!(output.structured["data"], json!([{"id": 1}, {"id": 2}]));
    assert_eq!(output.records, Some(2));
}

#[tokio::test]
async fn a_table_holds_more_records_than_json_within_the_same_limits() {
    let server = library().await;
    let limits = ResultLimits::STANDARD.bytes(1_000).lists(100, 3_000);
    let tools = tools(&server, Exposure::PerOperation).limits(limits);
    let mut records = Vec::new();
    for format in ["json", "tsv", "csv"] {
        let arguments = json!({
            "query": "x", "result_format": format, "fields": ["id", "title", "author.name"],
        });
        let output = tools.call("library_books_search", arguments).await.unwrap();
        assert!(output.text.len() <= 1_000 && output.next.is_some(), "{}", output.text);
        records.push(output.records.unwrap());
    }
    assert!(records[1] > 2 * records[0] && records[2] > 2 * records[0], "{records:?}");
}
