//! Downloads: two steps, ranges, breaks, and addresses that must not be followed.

use crate::acme::{description, local, token};
use crate::server::{Answer, Server};
use airbyte_agent_engine::description::Action;
use airbyte_agent_engine::{Client, ErrorKind};
use serde_json::{Value, json};

const TEXT: &str = "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.";

/// Serves the text, whole or in part.
fn serve(range: Option<&str>) -> Answer {
    let bytes = TEXT.as_bytes();
    let mut answer = Answer::json(200, "");
    answer.body = bytes.to_vec();
    if let Some((first, last)) = range.and_then(|r| r.strip_prefix("bytes=")?.split_once('-')) {
        let first: usize = first.parse().unwrap();
        let last = last.parse::<usize>().unwrap().min(bytes.len() - 1);
        answer.status = 206;
        answer.body = bytes[first..=last].to_vec();
        answer = answer.header("content-range", format!("bytes {first}-{last}/{}", bytes.len()));
    }
    answer
}

#[tokio::test]
async fn a_file_is_found_by_the_address_in_the_answer_without_credentials() {
    let files = Server::start(|request, _| serve(request.header("range"))).await;
    let address = format!("{}/signed?sig=a%2Fb", files.url);
    let server = Server::script([Answer::json(200, json!({"file": {"url": address}}))]).await;
    let call = |options: airbyte_agent_engine::Local| {
        let mut call =
            Client::local(description(), options).unwrap().call("files", Action::Download);
        call.set("id", "7");
        call
    };
    let error = call(local(&server.url, token())).download().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network, "a private host: {error}");

    let options = local(&server.url, token()).allow_private_hosts();
    let file = call(options).download().await.unwrap();
    assert_eq!(file.text().await.unwrap(), TEXT);
    let arrived = &files.seen()[0];
    assert_eq!(
        (arrived.target.as_str(), arrived.header("authorization")),
        ("/signed?sig=a%2Fb", None)
    );
}

#[tokio::test]
async fn a_relative_address_stays_on_the_host() {
    let server = Server::start(|request, _| match request.target.as_str() {
        "/files/7" => Answer::json(200, json!({"file": {"url": "@evil.test/x"}})),
        "/files/8" => Answer::json(200, json!({"file": {}})),
        "/@evil.test/x" => serve(None),
        other => Answer::json(404, json!({"message": other})),
    })
    .await;
    let client = crate::acme::client(&server.url);
    let mut call = client.call("files", Action::Download);
    call.set("id", "7");
    assert_eq!(call.download().await.unwrap().bytes().await.unwrap(), TEXT.as_bytes());
    let mut call = client.call("files", Action::Download);
    call.set("id", "8");
    let error = call.download().await.unwrap_err();
    assert!(error.message().contains("file.url"), "{error}");
}

#[tokio::test]
async fn a_file_is_handed_out_in_parts_that_join() {
    for ignores_ranges in [false, true] {
        let server = Server::start(move |request, _| {
            serve(request.header("range").filter(|_| !ignores_ranges))
        })
        .await;
        let client = crate::acme::client(&server.url);
        let mut joined = String::new();
        let mut range = Some("bytes=0-9".to_owned());
        while let Some(wanted) = range {
            let arguments = json!({
                "id": "7",
                "range_header": wanted,
                "_airbyte_response_type": "json",
                "_airbyte_response_format": "text",
            });
            let part = client.execute("contents", "download", arguments).await.unwrap().data;
            joined.push_str(part["content"].as_str().unwrap());
            assert_eq!(part["has_more"], part["next_range_header"].is_string());
            range = part["next_range_header"].as_str().map(str::to_owned);
        }
        assert_eq!(joined, TEXT, "ignores ranges: {ignores_ranges}");
    }
    let client = crate::acme::client("http://127.0.0.1:9");
    let arguments =
        json!({"id": "7", "range_header": "bytes=5-1", "_airbyte_response_type": "json"});
    let error = client.execute("contents", "download", arguments).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Validation);
}

#[tokio::test]
async fn a_file_is_saved_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sub/file.txt");
    let mut broken = serve(None);
    broken.cut_after = Some(10);
    let server = Server::script([serve(None), broken, serve(None)]).await;
    let client = crate::acme::client(&server.url);
    let mut call = client.call("contents", Action::Download);
    call.set("id", Value::from("7"));
    let error = call.clone().download().await.unwrap().save(&path).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.message().contains("sub does not exist"), "{error}");
    let file = call.clone().download().await.unwrap();
    let error = file.save_with_folders(&path).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 0);
    let written = call.clone().download().await.unwrap().save(&path).await.unwrap();
    assert_eq!(
        (written, std::fs::read_to_string(&path).unwrap()),
        (TEXT.len() as u64, TEXT.into())
    );
    let error = call.clone().download().await.unwrap().save(&path).await.unwrap_err();
    assert!(error.message().contains("exists already"));

    // What the disk refuses keeps its cause.
    let file = call.download().await.unwrap();
    let below = path.join("below.txt");
    let error = file.save_with_folders(&below).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    let cause = std::error::Error::source(&error).unwrap();
    assert!(cause.is::<std::io::Error>(), "{cause:?}");
}

#[tokio::test]
async fn a_part_that_nobody_requested_is_no_file() {
    for (range, taken) in [
        (None, false),
        (Some("bytes 40-63/64"), false),
        (Some("bytes 0-23/*"), false),
        (Some("bytes 0-23/64"), false),
        (Some("bytes 0-23/24"), true),
    ] {
        let mut answer = Answer::json(206, "x".repeat(24));
        answer.headers.extend(range.map(|range| ("content-range".to_owned(), range.to_owned())));
        let server = Server::script([answer]).await;
        let mut call = crate::acme::client(&server.url).call("contents", Action::Download);
        call.set("id", "7");
        let opened = call.download().await;
        assert_eq!(opened.is_ok(), taken, "{range:?}");
        if let Err(error) = opened {
            assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
            assert!(error.message().contains("a part of the file"), "{error}");
        }
    }
}

#[tokio::test]
async fn what_is_no_file_is_refused_with_its_reason() {
    let page = || {
        let mut answer = Answer::json(200, "<html>sign in</html>");
        answer.headers = vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())];
        answer
    };
    let part = |length: usize| {
        Answer::json(206, "x".repeat(length)).header("content-range", "bytes 10-19/20")
    };
    for (answer, arguments, expected) in [
        (
            Answer::json(202, json!({"status": "pending"})),
            json!({}),
            Some("does not have the file ready"),
        ),
        (Answer::json(204, ""), json!({}), Some("sent no file")),
        (Answer::json(201, "x"), json!({}), Some("something other")),
        (page(), json!({}), Some("sent a page")),
        (page().header("content-disposition", "attachment"), json!({}), None),
        (page().header("etag", "\"1\""), json!({}), None),
        (
            Answer::json(200, json!({"error": {"message": "no such version"}})),
            json!({}),
            Some("no such version"),
        ),
        (Answer::json(200, json!({"error": "x", "rows": []})), json!({}), None),
        (Answer::json(200, "[1]"), json!({}), None),
        (Answer::json(200, ""), json!({}), None),
        // The range is that of the rest, and the body that of the whole file.
        (
            part(20),
            json!({"range_header": "bytes=10-"}),
            Some("10 bytes of the file, and sends 20"),
        ),
        (part(10), json!({"range_header": "bytes=10-"}), None),
    ] {
        let shown = format!("{} {:?} {arguments}", answer.status, answer.headers);
        let server = Server::script([answer.clone()]).await;
        let mut call = crate::acme::client(&server.url).call("contents", Action::Download);
        call.set_all(arguments.as_object().unwrap().clone());
        call.set("id", "7");
        let bytes = match call.download().await {
            Ok(file) => file.bytes().await,
            Err(error) => Err(error),
        };
        match (bytes, expected) {
            (Ok(bytes), None) => assert_eq!(bytes, answer.body, "{shown}"),
            (Err(error), Some(text)) => assert!(error.message().contains(text), "{shown}: {error}"),
            (bytes, _) => panic!("{shown}: {bytes:?}"),
        }
    }
}

#[tokio::test]
async fn what_is_said_about_a_file_is_compared_with_what_comes() {
    for (stated, is_taken) in [
        (json!({}), false),
        (json!({"content_type": "image/png", "size": 8}), false),
        (json!({"content_type": "text/html"}), true),
        (json!({"mimeType": "text/html; charset=utf-8"}), true),
        (json!({"size": 8}), true),
        (json!({"size": 9}), false),
    ] {
        let server = Server::start(move |request, _| match request.target.as_str() {
            "/files/7" => {
                let mut file = stated.clone();
                file["url"] = json!("content");
                Answer::json(200, json!({"file": file}))
            }
            _ => {
                let headers = vec![("content-type".to_owned(), "text/html".to_owned())];
                Answer { headers, ..Answer::json(200, "<p>a</p>") }
            }
        })
        .await;
        let mut call = crate::acme::client(&server.url).call("files", Action::Download);
        call.set("id", "7");
        let opened = call.download().await;
        assert_eq!(opened.is_ok(), is_taken, "{opened:?} {:?}", server.seen());
    }
}

#[tokio::test]
async fn an_empty_address_of_a_file_is_not_requested() {
    for address in [json!(""), json!(" "), json!(null)] {
        let server = Server::script([Answer::json(200, json!({"file": {"url": address}}))]).await;
        let mut call = crate::acme::client(&server.url).call("files", Action::Download);
        call.set("id", "7");
        let error = call.download().await.unwrap_err();
        assert!(error.message().contains("no file address at file.url"), "{error}");
        assert_eq!(server.seen().len(), 1);
    }
}
