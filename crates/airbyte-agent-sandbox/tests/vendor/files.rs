//! Files: downloads, ranges and uploads.

use crate::support::{builder, get, vendor};

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
