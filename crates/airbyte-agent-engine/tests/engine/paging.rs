//! Lists whose vendors have rules of their own for the next page.

use airbyte_agent_engine::description::Action;
use airbyte_agent_engine::{Client, Hosted};
use serde_json::{Value, json};

use crate::acme::{client, description};
use crate::server::{Answer, Server};

fn records(name: &str, ids: &[i64], rest: Value) -> Answer {
    let ids: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
    let mut body = rest;
    body[name] = ids.into();
    Answer::json(200, body)
}

async fn all(client: &Client, entity: &str, arguments: Value) -> Vec<Value> {
    let call = client.execute(entity, "list", arguments).into_call().unwrap();
    let records: Vec<Value> = call.items().collect().await.unwrap();
    records.into_iter().map(|record| record["id"].clone()).collect()
}

/// A list in two styles: by token when a size is asked for in brackets, else by number of page.
async fn visits() -> Server {
    Server::start(|request, _| match request.target.as_str() {
        "/visits?page%5Bsize%5D=2" => {
            records("visits", &[1, 2], json!({"meta": {"after": "x", "more": "yes"}}))
        }
        "/visits?page%5Bafter%5D=x&page%5Bsize%5D=2" => {
            records("visits", &[3], json!({"meta": {"after": "y", "more": ""}, "next_page": null}))
        }
        "/visits" | "/visits?per_page=2" => {
            let next = json!({"next_page": "https://acme.test/visits?page=2&since=7"});
            records("visits", &[1, 2], next)
        }
        "/visits?page=2&since=7" | "/visits?page=2&since=7&per_page=2" => {
            records("visits", &[3], json!({"next_page": null}))
        }
        other => Answer::json(404, json!({"message": other})),
    })
    .await
}

#[tokio::test]
async fn who_follows_pages_asks_for_the_size_without_which_there_are_none() {
    let server = visits().await;
    let client = client(&server.url);
    assert_eq!(all(&client, "visits", json!({})).await, [1, 2, 3]);
    assert_eq!(server.seen()[0].target, "/visits?page%5Bsize%5D=2");

    // A single call is sent as it is, and goes on in its own way.
    let page = client.execute("visits", "list", json!({})).await.unwrap();
    assert_eq!(server.seen()[2].target, "/visits");
    let rest = client.execute("visits", "list", json!({})).resume(page.next.unwrap()).await;
    assert_eq!(rest.unwrap().data, json!([{"id": 3}]));
    assert_eq!(server.seen()[3].target, "/visits?page=2&since=7");

    // So does one that says by an argument how it wants to page.
    assert_eq!(all(&client, "visits", json!({"per_page": 2})).await, [1, 2, 3]);
    assert_eq!(server.seen()[4].target, "/visits?per_page=2");
}

#[tokio::test]
async fn a_cursor_remembers_the_size_that_was_asked_for() {
    let server = visits().await;
    let client = client(&server.url);
    let call = client.call("visits", Action::List);
    let mut pages = call.clone().pages::<Value, Value>();
    pages.try_next().await.unwrap();
    let cursor = pages.cursor().unwrap().to_string().parse().unwrap();
    let mut again = call;
    again.resume(cursor);
    assert_eq!(again.page::<Value, Value>().await.unwrap().data, [json!({"id": 3})]);
}

#[tokio::test]
async fn a_token_that_stands_for_the_other_arguments_goes_out_alone() {
    let server = Server::start(|request, _| match request.target.as_str() {
        "/logs?level=high&format=plain&limit=2" => records("logs", &[1, 2], json!({}))
            .header("link", "<https://acme.test/logs?token=t&limit=2>; rel=\"next\""),
        "/logs?limit=2&token=t" => records("logs", &[3], json!({})),
        other => Answer::json(400, json!({"message": other})),
    })
    .await;
    let client = client(&server.url);
    let arguments = json!({"level": "high", "limit": 2});
    assert_eq!(all(&client, "logs", arguments).await, [1, 2, 3]);
}

#[tokio::test]
async fn beside_such_a_token_nothing_is_required() {
    let server = Server::start(|_, _| records("trails", &[1], json!({}))).await;
    let client = client(&server.url);
    assert_eq!(all(&client, "trails", json!({"token": "t"})).await, [1]);
    assert_eq!(server.seen()[0].target, "/trails?token=t");
    let error = client.execute("trails", "list", json!({})).await.unwrap_err();
    assert!(error.message().contains("missing required argument 'subject'"), "{error}");
}

/// A client of a platform that answers to these arguments of an execution with records and
/// metadata.
async fn hosted(answer: fn(&Value) -> Option<(Value, Value)>) -> (Server, Client) {
    let server = Server::start(move |request, _| {
        let params = serde_json::from_str::<Value>(&request.body).unwrap_or_default();
        match request.target.split('?').next().unwrap() {
            "/api/v1/account/applications/token" => {
                Answer::json(200, json!({"access_token": "t", "expires_in": 900}))
            }
            "/api/v1/integrations/connectors" => Answer::json(200, json!({"data": [{"id": "c"}]})),
            _ => match answer(&params["params"]) {
                Some((result, meta)) => {
                    Answer::json(200, json!({"result": result, "connector_metadata": meta}))
                }
                None => Answer::json(400, json!({"message": request.body})),
            },
        }
    })
    .await;
    let hosted = Hosted::new("id", "secret").workspace("w").base_url(&server.url);
    let client = Client::hosted(description(), hosted).unwrap();
    (server, client)
}

#[tokio::test]
async fn a_hosted_list_goes_on_by_such_a_token_too() {
    let (_server, client) = hosted(|params| {
        let next = json!({"next": "https://acme.test/logs?token=t&limit=2"});
        if *params == json!({"level": "high", "limit": 2}) {
            return Some((json!([{"id": 1}]), next));
        }
        (*params == json!({"limit": 2, "token": "t"})).then(|| (json!([{"id": 2}]), json!({})))
    })
    .await;
    assert_eq!(all(&client, "logs", json!({"level": "high", "limit": 2})).await, [1, 2]);
}

#[tokio::test]
async fn a_hosted_list_goes_on_by_its_last_record() {
    let (_server, client) = hosted(|params| match params["since_id"].as_i64() {
        None => Some((json!([{"id": 1}, {"id": 2}, {"id": 3}]), Value::Null)),
        Some(4) => Some((json!([{"id": 4}]), Value::Null)),
        Some(_) => None,
    })
    .await;
    assert_eq!(all(&client, "agents", json!({})).await, [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_flag_that_the_platform_does_not_hand_on_ends_a_list_with_an_empty_page() {
    let (server, client) = hosted(|params| match params["page[after]"].as_str() {
        None => Some((json!([{"id": 1}, {"id": 2}]), json!({"after": "x"}))),
        Some("x") => Some((json!([{"id": 3}]), json!({"after": "y"}))),
        Some(_) => Some((json!([]), json!({"after": "y"}))),
    })
    .await;
    assert_eq!(all(&client, "visits", json!({})).await, [1, 2, 3]);
    assert_eq!(server.seen().len(), 5);
}

#[tokio::test]
async fn choosing_fields_does_not_end_a_hosted_list() {
    let (server, client) = hosted(|params| match params["since_id"].as_i64() {
        None => Some((json!([{"name": "a"}, {"name": "b"}, {"name": "c", "id": 3}]), Value::Null)),
        Some(4) => Some((json!([{"name": "d", "id": 4}]), Value::Null)),
        Some(_) => None,
    })
    .await;
    for (select, exclude, sent) in [
        (vec!["name"], vec![], json!({"select_fields": ["name", "id"]})),
        (vec!["id", "name"], vec![], json!({"select_fields": ["id", "name"]})),
        (vec![], vec!["id", "size"], json!({"exclude_fields": ["size"]})),
    ] {
        let mut call = client.execute("agents", "list", json!({})).into_call().unwrap();
        let options = call.options().clone();
        *call.options() = options.select(select.clone()).exclude(exclude);
        let first = call.clone().outcome().await.unwrap();
        let shows_id = select.contains(&"id");
        assert_eq!(first.data[2].get("id").is_some(), shows_id, "{select:?}");
        call.resume(first.next.unwrap());
        assert_eq!(call.outcome().await.unwrap().data[0]["name"], "d");
        let seen = server.seen();
        let body: Value = serde_json::from_str(&seen[seen.len() - 1].body).unwrap();
        for (name, value) in sent.as_object().unwrap() {
            assert_eq!(body[name], *value);
        }
    }
}

#[tokio::test]
async fn a_hosted_list_whose_token_is_lost_says_so() {
    let (_server, client) = hosted(|_| Some((json!([{"id": 1}]), json!({"more": true})))).await;
    let mut pages = client.call("finds", Action::List).pages::<Value, Value>();
    assert_eq!(pages.try_next().await.unwrap().unwrap().data.len(), 1);
    let error = pages.try_next().await.unwrap_err();
    assert!(error.message().contains("does not hand on"), "{error}");
    let (_server, client) = hosted(|_| Some((json!([{"id": 1}]), json!({"more": false})))).await;
    assert_eq!(all(&client, "finds", json!({})).await, [1]);
    // A platform that hands it on although the spec does not name it is believed.
    let (_server, client) = hosted(|params| match params["page"].as_str() {
        None => Some((json!([{"id": 1}]), json!({"more": true, "next": "b"}))),
        Some("b") => Some((json!([{"id": 2}]), json!({"more": false, "next": null}))),
        Some(_) => None,
    })
    .await;
    assert_eq!(all(&client, "finds", json!({})).await, [1, 2]);
}

#[tokio::test]
async fn a_hosted_list_of_which_nobody_says_whether_it_goes_on_says_so() {
    type Answers = fn(&Value) -> Option<(Value, Value)>;
    let two: Answers = |_| Some((json!([{"id": 1}, {"id": 2}]), json!({"next_page": null})));
    let one: Answers = |_| Some((json!([{"id": 1}]), Value::Null));
    for (entity, arguments, answers, is_open) in [
        // The request pages in the style whose way on is lost, or in the other.
        ("tracks", json!({"page[size]": 2}), two, true),
        ("tracks", json!({"page[after]": "x"}), two, true),
        ("tracks", json!({"page[size]": 2}), one, false),
        ("tracks", json!({"page": 2}), two, false),
        ("tracks", json!({}), two, false),
        ("traces", json!({}), two, true),
        ("traces", json!({"limit": 1}), one, true),
        ("traces", json!({}), one, false),
    ] {
        let (_server, client) = hosted(answers).await;
        let call = client.execute(entity, "list", arguments.clone()).into_call().unwrap();
        let mut pages = call.pages::<Value, Value>();
        assert!(pages.try_next().await.unwrap().is_some());
        match pages.try_next().await {
            Ok(page) => assert!(!is_open && page.is_none(), "{entity} {arguments}"),
            Err(error) => {
                assert!(is_open && error.message().contains("may go on"), "{arguments}: {error}");
            }
        }
    }
}

/// A search that takes the token of a page inside an object of the body, at the vendor or on a platform.
async fn notes(is_hosted: bool) -> (Server, Client) {
    let server = Server::start(move |request, _| match request.target.split('?').next().unwrap() {
        "/api/v1/account/applications/token" => {
            Answer::json(200, json!({"access_token": "t", "expires_in": 900}))
        }
        "/api/v1/integrations/connectors" => Answer::json(200, json!({"data": [{"id": "c"}]})),
        _ => {
            let body = request.json();
            let arguments = if is_hosted { &body["params"] } else { &body };
            let (ids, next) = match arguments["page"]["after"].as_str() {
                None => (vec![1, 2], json!("t")),
                Some(_) => (vec![3], Value::Null),
            };
            let notes: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
            Answer::json(
                200,
                match is_hosted {
                    true => json!({"result": notes, "connector_metadata": {"next": next}}),
                    false => json!({"notes": notes, "next": next}),
                },
            )
        }
    })
    .await;
    let client = if is_hosted {
        let hosted = Hosted::new("id", "secret").workspace("w").base_url(&server.url);
        Client::hosted(description(), hosted).unwrap()
    } else {
        client(&server.url)
    };
    (server, client)
}

#[tokio::test]
async fn a_token_inside_an_object_goes_where_the_object_is() {
    for is_hosted in [false, true] {
        for (arguments, second) in [
            // The size that the object must have goes along.
            (json!({"query": "a"}), json!({"query": "a", "page": {"after": "t", "size": 2}})),
            (json!({"page": {"size": 1}}), json!({"page": {"after": "t", "size": 1}})),
        ] {
            let (server, client) = notes(is_hosted).await;
            let call = client.execute("notes", "search", arguments.clone()).into_call().unwrap();
            let records: Vec<Value> = call.clone().items().collect().await.unwrap();
            assert_eq!(records.len(), 3, "{arguments}");
            // A cursor that is given out belongs to the same arguments, the token apart.
            let first = client.execute("notes", "search", arguments.clone()).await.unwrap();
            let again = client.execute("notes", "search", second.clone());
            let rest = again.resume(first.next.clone().unwrap()).await.unwrap();
            assert_eq!(rest.data, json!([{"id": 3}]), "{arguments}");
            let other = client.execute("notes", "search", json!({"query": "other"}));
            assert!(other.resume(first.next.unwrap()).await.is_err(), "{arguments}");
            let sent: Vec<Value> = server
                .seen()
                .iter()
                .filter(|seen| seen.body.starts_with('{') && !seen.target.contains("token"))
                .map(|seen| if is_hosted { seen.json()["params"].clone() } else { seen.json() })
                .collect();
            assert_eq!(sent, [&arguments, &second, &arguments, &second].map(Clone::clone));
        }
    }
}
