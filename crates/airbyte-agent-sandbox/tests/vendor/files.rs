//! Files: downloads, ranges and uploads.

use crate::support::{KEY, builder, get, send, vendor};

#[tokio::test]
async fn files_are_served_in_one_or_two_steps_and_by_range() {
    let sandbox = builder().start().await.unwrap();
    let whole = get(&sandbox, "/api/v1/places/p1/photo").await;
    assert!(whole.body.len() >= 200_000 && whole.status == 200);
    for (range, status, expected) in [
        ("bytes=0-9", 206, &whole.body[..10]),
        ("bytes=100-", 206, &whole.body[100..]),
        ("bytes=-5", 206, &whole.body[whole.body.len() - 5..]),
        ("bytes=99999999-", 416, &[][..]),
    ] {
        let header = format!("Range: {range}\r\n");
        let part = vendor(&sandbox, "GET", "/api/v1/places/p1/photo", &header, "").await;
        assert_eq!((part.status, part.body.as_slice()), (status, expected), "{range}");
    }
    let step = get(&sandbox, "/api/v1/recordings/r1").await.json();
    let url = step["media"][0]["url"].as_str().unwrap();
    let path = url.strip_prefix("https://east.acme.test").unwrap();
    let file = vendor(&sandbox, "GET", path, "Range: bytes=5-9\r\n", "").await;
    assert_eq!((file.status, file.body.len()), (206, 5));
    assert!(file.header("content-range").unwrap().starts_with("bytes 5-9/"));
}

#[tokio::test]
async fn an_uploaded_file_can_be_downloaded() {
    let sandbox = builder().start().await.unwrap();
    let headers = "Content-Type: multipart/related; boundary=b\r\n";
    let body = "--b\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{\"name\":\"n.txt\"}\r\n\
        --b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n";
    let made = vendor(&sandbox, "POST", "/api/v1/upload", headers, body).await;
    assert_eq!(made.json()["name"], "n.txt", "{}", made.text());
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let file = get(&sandbox, &format!("/api/v1/places/{id}/photo")).await;
    assert_eq!((file.text().as_str(), file.header("content-type")), ("hello", Some("text/plain")));
    let base64 =
        body.replace("text/plain\r\n", "text/plain\r\nContent-Transfer-Encoding: base64\r\n");
    assert_eq!(vendor(&sandbox, "POST", "/api/v1/upload", headers, &base64).await.status, 400);
}

#[tokio::test]
async fn a_form_has_its_files_as_parts_with_names() {
    let sandbox = builder().start().await.unwrap();
    let headers = "Content-Type: multipart/form-data; boundary=b\r\n";
    let form =
        |head: &str| format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\nx\r\n--b--\r\n");
    for (head, status, part) in [
        ("name=\"picture\"; filename=\"a.png\"\r\nContent-Type: image/png", 200, "a.png"),
        ("name=\"picture\"\r\nContent-Type: image/png", 400, "has no `filename`"),
        ("name=\"picture\"; filename=\"a.png\"", 400, "has no content type"),
        (
            "name=\"other\"; filename=\"a.png\"\r\nContent-Type: image/png",
            400,
            "has no file `other`",
        ),
        ("name=\"caption\"", 400, "`picture` is missing"),
    ] {
        let answer = vendor(&sandbox, "POST", "/api/v1/portraits", headers, &form(head)).await;
        assert_eq!(answer.status, status, "{head}: {}", answer.text());
        assert!(answer.text().contains(part), "{head}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_whole_body_is_checked_by_its_schema() {
    let sandbox = builder().start().await.unwrap();
    let json = "Content-Type: application/json\r\n";
    for (headers, body, status) in [
        (json, "[{\"to\": 1}, {\"to\": 2}]", 200),
        (json, "{\"links\": []}", 400),
        (json, "[{\"to\": \"x\"}]", 400),
        (json, "", 400),
        ("Content-Type: text/plain\r\n", "[]", 400),
    ] {
        let answer = vendor(&sandbox, "PUT", "/api/v1/portraits", headers, body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
    }
}

#[tokio::test]
async fn an_address_that_was_given_out_takes_a_file_and_no_credential() {
    let sandbox = builder().start().await.unwrap();
    let form = "--b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a\"\r\n\
        Content-Type: image/png\r\n\r\nx\r\n--b--\r\n";
    let headers = "Content-Type: multipart/form-data; boundary=b\r\n";
    let made = vendor(&sandbox, "POST", "/api/v1/portraits", headers, form).await.json();
    let address = made["address"].as_str().unwrap();
    let path = address.strip_prefix("https://vault.acme.test").unwrap();
    let host = "X-Forwarded-Host: vault.acme.test\r\nContent-Type: application/octet-stream\r\n";
    for (path, headers, status) in [
        (path.to_owned(), host.to_owned(), 200),
        (format!("{path}?signature=1"), host.to_owned(), 200),
        (path.to_owned(), format!("{host}{KEY}"), 400),
        (path.to_owned(), "X-Forwarded-Host: vault.acme.test\r\n".to_owned(), 400),
    ] {
        let answer = send(&sandbox, "PUT", &path, &headers, b"hello").await.unwrap();
        assert_eq!(answer.status, status, "{path} {headers}: {}", answer.text());
        assert!(status != 200 || answer.text() == "OK - 5", "{}", answer.text());
    }
}
