//! Programs over the tools: what their calls give, what is told of them, and what they may not do.

use std::sync::Arc;

use airbyte_agent_engine::BoxFuture;
use airbyte_agent_tools::{
    Answer, ApprovalRequest, Approver, Effect, Exposure, Policy, ResultLimits, ToolError,
    ToolErrorKind, ToolOutput, Toolset, estimate_tokens,
};
use serde_json::{Value, json};

use crate::library::{BOOKS, EXPOSURES, book, call, library, tools};
use crate::script::Script;
use crate::server::Server;

fn programming(server: &Server) -> Toolset {
    tools(server, Exposure::PerConnector).programs(Arc::new(Script))
}

async fn run(tools: &Toolset, script: Value) -> Result<ToolOutput, ToolError> {
    tools.call("program", json!({"code": script.to_string()})).await
}

/// A call of an operation of the library, as a pair.
fn part(place: &str, params: Value, controls: Value) -> Value {
    let (entity, action) = place.split_once('.').unwrap();
    let (tool, arguments) = call(Exposure::PerConnector, entity, action, params, controls);
    json!([tool, arguments])
}

#[tokio::test]
async fn the_tool_is_there_where_it_is_wanted() {
    let server = library().await;
    for exposure in EXPOSURES {
        let plain = tools(&server, exposure);
        assert!(plain.definition("program").is_none() && !plain.has_programs());
        let tools = plain.clone().batches(true).programs(Arc::new(Script)).prefix("acme").unwrap();
        let definition = tools.definition("acme_program").unwrap();
        assert!(definition.hints.destructive && !definition.hints.read_only);
        let size = json!([definition.name, definition.description, definition.input_schema]);
        assert!(estimate_tokens(&size.to_string()) <= 170, "{size}");
        // The program can call what a model can, without the tools that make calls themselves.
        let script = json!({"return": "functions"}).to_string();
        let output = tools.call("acme_program", json!({"code": script})).await.unwrap();
        let names: Vec<String> = tools.definitions().into_iter().map(|tool| tool.name).collect();
        let names: Vec<String> = names
            .into_iter()
            .filter(|name| !["acme_program", "acme_batch"].contains(&name.as_str()))
            .collect();
        assert_eq!(output.structured["data"], json!(names), "{exposure:?}");
        let reading = tools.policy(Policy::default().read_only());
        assert!(reading.definition("acme_program").unwrap().hints.read_only);
    }
}

#[tokio::test]
async fn a_program_gets_whole_records_and_long_lists() {
    let server = library().await;
    let tools = programming(&server);
    let output = run(&tools, json!({"calls": [part("books.list", json!({}), json!({}))]})).await;
    // The answer is for a model, and too long for one.
    assert_eq!(output.unwrap_err().kind(), ToolErrorKind::TooLarge);
    let wide = tools.limits(ResultLimits::NONE);
    let output =
        run(&wide, json!({"calls": [part("books.list", json!({}), json!({}))]})).await.unwrap();
    let books = output.structured["data"][0]["data"].as_array().unwrap();
    assert_eq!(books.len() as u64, BOOKS);
    assert_eq!(books[0]["text"], book(1)["text"]);
    assert_eq!(books[0]["author"]["biography"], book(1)["author"]["biography"]);
    assert_eq!(books[99], book(100));
    let alone = wide.plan("program", json!({"code": "{}"})).unwrap();
    assert_eq!(
        (alone.effect(), alone.is_program(), alone.needs_approval()),
        (Effect::Nothing, true, false)
    );
}

#[tokio::test]
async fn lists_that_were_not_read_to_their_end_are_told() {
    let server = library().await;
    let tools = programming(&server);
    let first = part("books.list", json!({}), json!({"max_records": 5, "fields": ["id"]}));
    let output = run(&tools, json!({"calls": [first], "return": 5})).await.unwrap();
    let note = output.structured["notes"][0].as_str().unwrap();
    assert!(note.contains("Not read to the end") && note.contains("library books.list"), "{note}");
    // A list that was read on is not.
    let cursor = run(&tools, json!({"calls": [first]})).await.unwrap();
    let cursor = cursor.structured["data"][0]["next_cursor"].clone();
    let rest = part(
        "books.list",
        json!({}),
        json!({"max_records": 1000, "fields": ["id"], "cursor": cursor}),
    );
    let output = run(&tools, json!({"calls": [first, rest], "return": 5})).await.unwrap();
    assert_eq!(output.structured, json!({"data": 5}));
}

#[tokio::test]
async fn changes_are_told_also_where_the_program_fails() {
    let server = library().await;
    let tools = programming(&server);
    let delete = part("books.delete", json!({"id": 7}), json!({}));
    let gone = part("books.delete", json!({"id": 404}), json!({}));
    let dry = part("books.delete", json!({"id": 8}), json!({"dry_run": true}));
    let output =
        run(&tools, json!({"calls": [delete, delete, gone, dry], "return": true})).await.unwrap();
    let notes = output.structured["notes"].as_array().unwrap();
    assert_eq!(notes[0], "It changed data: library books.delete (2 times).");
    assert!(
        notes.len() == 2 && notes[1].as_str().unwrap().contains("Nothing was sent"),
        "{notes:?}"
    );
    let script =
        json!({"calls": [delete], "fail": "Error: no «more»", "line": 3, "print": "so far"});
    let error = run(&tools, script).await.unwrap_err();
    assert_eq!(error.kind(), ToolErrorKind::ProgramFailed);
    assert_eq!(
        error.to_string(),
        "the program failed on line 3: «Error: no ‹more›», after it had printed «so far». It changed data: \
         library books.delete."
    );
    // Where nobody answered, it is not known.
    let lost = programming(&Server::start(|_, _| crate::server::Answer::hang_up()).await);
    let error = run(&lost, json!({"calls": [delete], "fail": "Error"})).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("It is not known whether it changed data by library books.delete"),
        "{error}"
    );
}

/// A person who approves calls of books with even numbers.
struct Even;

impl Approver for Even {
    fn ask<'a>(&'a self, request: &'a ApprovalRequest) -> BoxFuture<'a, Answer> {
        let is_even = request.text().contains("\"id\": 8") || request.text().contains("\"id\":8");
        let answer = if is_even { Answer::Approved(request.approve()) } else { Answer::Refused };
        Box::pin(std::future::ready(answer))
    }
}

#[tokio::test]
async fn every_call_is_permitted_and_approved_by_itself() {
    let server = library().await;
    let delete = |id: u64| part("books.delete", json!({"id": id}), json!({}));
    let both = json!({"calls": [delete(7), delete(8)]});
    let errors = |output: ToolOutput| -> Vec<Value> {
        let results = output.structured["data"].as_array().unwrap().clone();
        results.into_iter().map(|result| result["error"].clone()).collect()
    };
    let deleted = || server.seen().iter().filter(|seen| seen.method == "DELETE").count();
    let plain = programming(&server);
    let denied = plain.clone().policy(Policy::default().read_only());
    assert_eq!(
        errors(run(&denied, both.clone()).await.unwrap()),
        ["not_permitted", "not_permitted"]
    );
    let asks = plain.policy(Policy::default().ask("writes").unwrap());
    assert_eq!(errors(run(&asks, both.clone()).await.unwrap()), ["not_approved", "not_approved"]);
    assert_eq!(deleted(), 0);
    let approved = asks.approver(Even);
    assert_eq!(errors(run(&approved, both).await.unwrap()), [json!("not_approved"), Value::Null]);
    assert_eq!(deleted(), 1);
}

#[tokio::test]
async fn calls_of_many_calls_and_too_many_calls_are_refused() {
    let server = library().await;
    let tools = programming(&server).batches(true);
    let script = json!({"calls": [["program", {"code": "return 1"}], ["batch", {"calls": []}], ["nothing", {}]]});
    let output = run(&tools, script).await.unwrap().structured;
    assert_eq!(output["data"][0]["error"], "not_permitted", "{output}");
    assert_eq!(output["data"][2]["error"], "unknown_tool", "{output}");
    let get = part("books.get", json!({"id": 7}), json!({"fields": ["id"]}));
    let before = server.seen().len();
    let script = json!({"calls": vec![get; 203], "together": true});
    let output = run(&tools.limits(ResultLimits::NONE), script).await.unwrap().structured;
    let refused: Vec<&Value> = output["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one.get("error").is_some())
        .collect();
    assert_eq!((refused.len(), server.seen().len() - before), (3, 200));
    assert!(refused[0]["message"].as_str().unwrap().contains("at most 200 calls"));
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_cut_where_it_can_be_and_says_so() {
    let server = library().await;
    let tools = programming(&server).limits(ResultLimits::STANDARD.tokens(300).bytes(2_000));
    let list: Vec<u64> = (1_000..2_000).collect();
    let output = run(&tools, json!({"return": list})).await.unwrap();
    let shown = output.structured["data"].as_array().unwrap();
    let note = output.structured["notes"][0].as_str().unwrap();
    assert!(shown.len() > 50 && shown[..] == json!(list).as_array().unwrap()[..shown.len()]);
    assert_eq!(
        note,
        format!("The list is cut: {} of its 1000 elements. Return less.", shown.len())
    );
    assert!(output.text.len() <= 2_000 && estimate_tokens(&output.text) <= 300);
    let output = run(&tools, json!({"return": "wörter ".repeat(500)})).await.unwrap();
    assert!(output.structured["notes"][0].as_str().unwrap().starts_with("The text is cut: "));
    assert!(estimate_tokens(&output.text) <= 300);
    let error = run(&tools, json!({"return": {"all": list}})).await.unwrap_err();
    assert_eq!(error.kind(), ToolErrorKind::TooLarge);
    assert!(error.to_string().contains("300 tokens and 2000 bytes"), "{error}");
    // What was printed gives way first.
    let output = run(&tools, json!({"return": 7, "print": "line\n".repeat(1_000)})).await.unwrap();
    assert_eq!(output.structured["data"], 7);
    let printed = output.structured["meta"]["printed"].as_str().unwrap();
    assert!(printed.len() > 100, "{printed}");
    let left = 4_999 - printed.len();
    assert_eq!(
        output.structured["notes"],
        json!([format!("It printed {left} characters more. Print less.")])
    );
}

#[tokio::test]
async fn hidden_characters_and_secrets_are_in_no_answer() {
    let server = library().await;
    let tools = programming(&server);
    let script = json!({"return": [format!("a\u{200b}b {}", crate::library::CANARY)], "print": "c\u{202e}d"});
    let output = run(&tools, script).await.unwrap();
    assert_eq!(output.structured["meta"]["printed"], "cd");
    assert!(
        output.text.contains("ab ") && !output.text.contains(crate::library::CANARY),
        "{}",
        output.text
    );
    let output = run(&tools, json!({"return": null})).await.unwrap();
    assert!(output.text.contains("end it with return"), "{}", output.text);
}

#[tokio::test]
async fn what_is_no_program_is_refused() {
    let server = library().await;
    let tools = programming(&server);
    for (arguments, part) in [
        (json!({}), "'code' is missing"),
        (json!({"code": "  "}), "'code' is missing"),
        (json!({"code": 7}), "must be a text"),
        (json!({"code": "1", "timeout": 7}), "'timeout' is no argument of a program"),
        (json!({"code": " ".repeat(70_000) + "1"}), "at most 65536"),
    ] {
        let error = tools.call("program", arguments).await.unwrap_err();
        assert!(error.to_string().contains(part), "{part}: {error}");
    }
    let fenced = "```js\n{\"return\": 7}\n```";
    let output = tools.call("program", json!({"code": fenced})).await.unwrap();
    assert_eq!(output.structured, json!({"data": 7}));
}
