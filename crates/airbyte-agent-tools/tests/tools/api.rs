//! The tools in the formats of model APIs: definitions, calls, results.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use airbyte_agent_tools::{
    ApiTools, ClientTools as _, Exposure, ModelApi, Policy, ToolAnswer, ToolAnswers, ToolErrorKind,
};
use serde_json::{Value, json};

use crate::library::{BOOKS, answer, client, library, tools};
use crate::server::{Answer, Server};

const APIS: [ModelApi; 3] =
    [ModelApi::OpenAiChat, ModelApi::OpenAiResponses, ModelApi::AnthropicMessages];

/// What a model answers that wants these calls made: the whole body of a response.
fn wanting(api: ModelApi, calls: &[(&str, Value)]) -> Value {
    let text = |arguments: &Value| match arguments {
        // What a model writes is not always JSON.
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let calls = calls.iter().enumerate();
    match api {
        ModelApi::OpenAiChat => {
            let calls: Vec<Value> = calls
                .map(|(n, (name, arguments))| {
                    let function = json!({"name": name, "arguments": text(arguments)});
                    json!({"id": format!("call_{n}"), "type": "function", "function": function})
                })
                .collect();
            let message = json!({"role": "assistant", "content": null, "tool_calls": calls});
            json!({"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]})
        }
        ModelApi::OpenAiResponses => {
            let mut items = vec![json!({"type": "reasoning", "id": "rs_1", "summary": []})];
            items.extend(calls.map(|(n, (name, arguments))| {
                json!({
                    "type": "function_call", "id": format!("fc_{n}"),
                    "call_id": format!("call_{n}"), "name": name, "arguments": text(arguments),
                    "status": "completed",
                })
            }));
            json!({"status": "completed", "output": items})
        }
        _ => {
            let mut blocks = vec![json!({"type": "text", "text": "Let me look."})];
            blocks.extend(calls.map(|(n, (name, arguments))| {
                let id = format!("call_{n}");
                json!({"type": "tool_use", "id": id, "name": name, "input": arguments})
            }));
            json!({"role": "assistant", "content": blocks, "stop_reason": "tool_use"})
        }
    }
}

/// The results by identifier of the call, and whether each is marked as a failure.
fn results(api: ModelApi, answers: &ToolAnswers) -> Vec<(String, String, bool)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let failed = |value: &Value| {
        serde_json::from_str::<Value>(value.as_str().unwrap())
            .is_ok_and(|value| value.get("error").is_some())
    };
    match api {
        ModelApi::OpenAiChat => answers
            .messages
            .iter()
            .map(|message| {
                assert_eq!(message["role"], "tool");
                let content = &message["content"];
                (text(&message["tool_call_id"]), text(content), failed(content))
            })
            .collect(),
        ModelApi::OpenAiResponses => answers
            .messages
            .iter()
            .map(|item| {
                assert_eq!(item["type"], "function_call_output");
                (text(&item["call_id"]), text(&item["output"]), failed(&item["output"]))
            })
            .collect(),
        _ => {
            assert!(answers.messages.len() <= 1, "results belong into one message");
            let blocks = answers.messages.iter().flat_map(|message| {
                assert_eq!(message["role"], "user");
                message["content"].as_array().unwrap()
            });
            blocks
                .map(|block| {
                    assert_eq!(block["type"], "tool_result");
                    let failed = block.get("is_error") == Some(&Value::Bool(true));
                    (text(&block["tool_use_id"]), text(&block["content"]), failed)
                })
                .collect()
        }
    }
}

fn of(server: &Server, exposure: Exposure, api: ModelApi) -> ApiTools {
    tools(server, exposure).for_api(api)
}

#[tokio::test]
async fn definitions_have_the_form_of_the_api() {
    let server = library().await;
    let plain = |api| of(&server, Exposure::PerConnector, api).definitions();
    let strict = |api| of(&server, Exposure::PerConnector, api).strict().definitions();
    let tool = &tools(&server, Exposure::PerConnector).definitions()[0];
    let (name, said) = (&tool.name, &tool.description);
    assert_eq!(
        plain(ModelApi::AnthropicMessages),
        json!([{"name": name, "description": said, "input_schema": tool.input_schema}])
    );
    assert_eq!(strict(ModelApi::AnthropicMessages), plain(ModelApi::AnthropicMessages));
    for (is_strict, parameters) in
        [(false, tool.input_schema.clone()), (true, tool.openai_strict_schema())]
    {
        let define = |api| if is_strict { strict(api) } else { plain(api) };
        assert_eq!(
            define(ModelApi::OpenAiChat),
            json!([{"type": "function", "function": {
                "name": name, "description": said, "parameters": parameters, "strict": is_strict,
            }}])
        );
        assert_eq!(
            define(ModelApi::OpenAiResponses),
            json!([{
                "type": "function", "name": name, "description": said, "parameters": parameters,
                "strict": is_strict,
            }])
        );
    }
}

#[tokio::test]
async fn every_call_gets_its_answer_in_order() {
    let server = library().await;
    for api in APIS {
        let tools = of(&server, Exposure::PerOperation, api);
        let answer = wanting(
            api,
            &[
                ("library_books_get", json!({"id": 7})),
                ("library_books_get", json!({"id": "seven"})),
                ("library_boks_get", json!({"id": 7})),
                ("", json!({})),
                ("library_books_get", json!({"id": 404})),
                ("library_loans_list", json!({})),
                ("library_loans_list", json!(null)),
                ("library_books_get", json!("{\"id\": 7")),
                ("library_books_get", json!("[7]")),
                ("library_books_get", json!("")),
            ],
        );
        let answers = tools.answer(&answer).await;
        let results = results(api, &answers);
        for (n, (failed, said)) in [
            (false, "Book 7"),
            (true, "'id' must be an integer"),
            (true, "did you mean 'library_books_get'"),
            (true, "there is no tool ''"),
            (true, "list or search to find the right ones"),
            (false, "L0"),
            (false, "L0"),
            (true, "the arguments are no valid JSON: EOF while parsing"),
            (true, "the arguments must be a JSON object"),
            (true, "'id'"),
        ]
        .into_iter()
        .enumerate()
        {
            let (id, text, is_error) = &results[n];
            assert_eq!((id, *is_error), (&format!("call_{n}"), failed), "{api:?}: {text}");
            assert!(text.contains(said), "{api:?} {said}: {text}");
        }
        assert_eq!(results.len(), 10);
        assert!(answers.operator_problem().is_none());
    }
}

#[tokio::test]
async fn a_model_that_calls_nothing_is_done() {
    let server = library().await;
    for (api, answers) in [
        (
            ModelApi::OpenAiChat,
            [
                json!({"choices": [{"message": {"role": "assistant", "content": "Done."}}]}),
                json!({"role": "assistant", "content": "Done.", "tool_calls": null}),
            ],
        ),
        (
            ModelApi::OpenAiResponses,
            [json!({"output": [{"type": "message", "content": []}]}), json!([])],
        ),
        (
            ModelApi::AnthropicMessages,
            [json!({"content": [{"type": "text", "text": "Done."}]}), json!({"content": "Done."})],
        ),
    ] {
        for answer in answers {
            let answers = of(&server, Exposure::PerConnector, api).answer(&answer).await;
            assert!(answers.is_empty() && answers.messages.is_empty(), "{api:?} {answer}");
        }
    }
}

#[tokio::test]
async fn the_message_alone_will_do() {
    let server = library().await;
    for api in APIS {
        let whole = wanting(api, &[("library_loans_list", json!({}))]);
        let inner = match api {
            ModelApi::OpenAiChat => &whole["choices"][0]["message"],
            ModelApi::OpenAiResponses => &whole["output"],
            _ => &whole["content"],
        };
        let tools = of(&server, Exposure::PerOperation, api);
        assert_eq!(tools.calls(&whole), tools.calls(inner), "{api:?}");
        assert_eq!(tools.calls(inner).len(), 1);
    }
}

#[tokio::test]
async fn a_call_that_was_cut_off_is_not_made() {
    let server = library().await;
    for (api, path, said) in [
        (ModelApi::OpenAiChat, "/choices/0/finish_reason", json!("length")),
        (ModelApi::OpenAiResponses, "/output/2/status", json!("incomplete")),
        (ModelApi::AnthropicMessages, "/stop_reason", json!("max_tokens")),
    ] {
        let create = ("library_books_create", json!({"title": "Half a tit"}));
        let mut answer = wanting(api, &[("library_books_get", json!({"id": 7})), create]);
        *answer.pointer_mut(path).unwrap() = said;
        let answers = of(&server, Exposure::PerOperation, api).answer(&answer).await;
        let results = results(api, &answers);
        assert!(!results[0].2 && results[1].2, "{api:?} {results:?}");
        assert!(results[1].1.contains("cut off"), "{api:?} {results:?}");
    }
    assert!(server.seen().iter().all(|request| request.method == "GET"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_reads_goes_together_and_what_writes_alone_and_in_order() {
    let inside = Arc::new(AtomicUsize::new(0));
    let log: Arc<Mutex<Vec<String>>> = Arc::default();
    let server = {
        let (inside, log) = (Arc::clone(&inside), Arc::clone(&log));
        Server::start(move |request, _| {
            let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
            // Long enough for neighbours to arrive.
            std::thread::sleep(Duration::from_millis(60));
            log.lock().unwrap().push(format!("{} {now}", request.method));
            inside.fetch_sub(1, Ordering::SeqCst);
            answer(request)
        })
        .await
    };
    let api = ModelApi::AnthropicMessages;
    let get = |id: u64| ("library_books_get", json!({"id": id}));
    let update = |id: u64| ("library_books_update", json!({"id": id, "note": "x"}));
    let calls = [get(1), get(2), get(3), update(4), update(5), get(6), get(7)];
    let answers = of(&server, Exposure::PerOperation, api).answer(&wanting(api, &calls)).await;
    assert!(answers.answers.iter().all(|answer| !answer.is_error));
    let log = log.lock().unwrap().clone();
    let methods: Vec<&str> = log.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(methods[..3], ["GET"; 3], "{log:?}");
    assert!(methods[3..5].iter().all(|method| *method != "GET"), "{log:?}");
    assert!(log[3].ends_with(" 1") && log[4].ends_with(" 1"), "{log:?}");
    let reads = || log[..3].iter().chain(&log[5..]);
    assert!(reads().any(|line| !line.ends_with(" 1")), "nothing went together: {log:?}");
}

#[tokio::test]
async fn lists_are_read_to_their_end_by_the_cursor_in_the_text() {
    let server = library().await;
    for api in APIS {
        for strict in [false, true] {
            let tools = of(&server, Exposure::PerConnector, api);
            let tools = if strict { tools.strict() } else { tools };
            let mut found = 0;
            let mut cursor = Value::Null;
            for _ in 0..BOOKS {
                // In strict form everything is there, and objects are text.
                let params = if strict { json!("{\"limit\": 10}") } else { json!({"limit": 10}) };
                let arguments = json!({
                    "entity": "books", "action": "list", "params": params, "cursor": cursor,
                    "fields": ["id"], "exclude_fields": null, "format": null, "clear": null,
                });
                let answers = tools.answer(&wanting(api, &[("library", arguments)])).await;
                let (_, text, failed) = results(api, &answers).remove(0);
                assert!(!failed, "{text}");
                let read: Value = serde_json::from_str(&text).unwrap();
                found += read["data"].as_array().unwrap().len() as u64;
                cursor = read["next_cursor"].clone();
                if cursor.is_null() {
                    break;
                }
            }
            assert_eq!(found, BOOKS, "{api:?} {strict}");
        }
    }
}

#[tokio::test]
async fn problems_of_the_operator_are_told_to_the_program_too() {
    let server = library().await;
    for api in APIS {
        let tools = of(&server, Exposure::PerOperation, api);
        let get = |id: u64| ("library_books_get", json!({"id": id}));
        let answers = tools.answer(&wanting(api, &[get(7), get(401)])).await;
        let problem = answers.operator_problem().unwrap();
        assert!(problem.to_string().contains("account 'library'"), "{problem}");
        let (_, text, failed) = &results(api, &answers)[1];
        assert!(*failed && text.contains("do not call again"), "{api:?} {text}");
    }
}

#[tokio::test]
async fn read_only_holds_in_every_format() {
    let server = library().await;
    for api in APIS {
        let tools = client(&server.url)
            .tools()
            .policy(Policy::default().read_only())
            .exposure(Exposure::PerOperation)
            .for_api(api);
        let create = ("library_books_create", json!({"title": "x", "read_only": false}));
        let answers = tools.answer(&wanting(api, &[create])).await;
        let error = answers.answers[0].error.as_ref().unwrap();
        assert_eq!(error.kind(), ToolErrorKind::NotPermitted);
        assert!(!tools.definitions().to_string().contains("create"));
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn tools_of_the_program_stand_beside() {
    let server = library().await;
    for api in APIS {
        let tools = of(&server, Exposure::PerOperation, api);
        let get = ("library_books_get", json!({"id": 7}));
        let calls = tools.calls(&wanting(api, &[("clock", json!({})), get, ("lamp", json!({}))]));
        let (own, ours): (Vec<_>, Vec<_>) =
            calls.into_iter().partition(|call| ["clock", "lamp"].contains(&call.name.as_str()));
        let mut answers = tools.run(ours).await;
        for call in own {
            answers.push(match call.name.as_str() {
                "clock" => ToolAnswer::done(call, "noon"),
                _ => ToolAnswer::failed(call, "no lamp"),
            });
        }
        let messages = tools.messages(&answers);
        let mut told = ToolAnswers::default();
        (told.messages, told.answers) = (messages, answers);
        let results = results(api, &told);
        assert_eq!(results.len(), 3, "{api:?}");
        assert_eq!((results[1].1.as_str(), results[1].2), ("noon", false));
        assert!(results[2].1.contains("no lamp") && results[2].2, "{api:?}");
    }
}

/// Futures can be moved between threads.
#[tokio::test]
async fn a_turn_can_be_spawned() {
    let server = Server::script([Answer::json(200, json!({"id": 7, "title": "x"}))]).await;
    let api = ModelApi::OpenAiChat;
    let tools = of(&server, Exposure::PerOperation, api);
    let answer = wanting(api, &[("library_books_get", json!({"id": 7}))]);
    let answers = tokio::spawn(async move { tools.answer(&answer).await }).await.unwrap();
    assert!(!answers.answers[0].is_error);
}
