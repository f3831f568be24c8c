//! Bodies that are files or single values, addresses that a response gave out, and optional variables.

use airbyte_agent_engine::{Client, Credentials, ErrorKind, HttpRequest, Local};
use airbyte_agent_spec::Spec;
use serde_json::{Value, json};

use crate::acme::impatient;
use crate::wire::Wire;

const SECRET: &str = "canary-88e1";

const SPEC: &str = r"
openapi: 3.1.0
info: {title: Depot, version: '1'}
servers: [{url: 'https://depot.test/api'}]
security: [{key: []}]
components:
  securitySchemes:
    key: {type: http, scheme: bearer}
paths:
  /pictures:
    post:
      x-airbyte-entity: pictures
      x-airbyte-action: create
      requestBody:
        content:
          multipart/form-data:
            schema:
              type: object
              properties:
                picture: {type: string, format: binary}
                album: {type: object, properties: {id: {type: integer}}}
                second: {type: string, contentEncoding: base64, x-agent-file: {name: title, media_type: kind}}
                title: {type: string}
            encoding: {second: {contentType: text/plain}}
      responses: {'200': {description: Done.}}
  /blobs:
    post:
      x-airbyte-entity: blobs
      x-airbyte-action: create
      parameters: [{name: filename, in: query, schema: {type: string}}]
      requestBody:
        content:
          application/binary: {x-agent-argument: file, schema: {type: string, format: binary}}
      responses: {'200': {description: Done.}}
  /rows:
    put:
      x-airbyte-entity: rows
      x-airbyte-action: update
      requestBody:
        content:
          text/csv: {x-agent-argument: rows, schema: {type: string}}
      responses: {'200': {description: Done.}}
  /watchers:
    post:
      x-airbyte-entity: watchers
      x-airbyte-action: create
      requestBody:
        content:
          application/json: {x-agent-argument: user, schema: {type: string}}
      responses: {'200': {description: Done.}}
  /links:
    post:
      x-airbyte-entity: links
      x-airbyte-action: create
      requestBody:
        content:
          application/json:
            x-agent-argument: links
            schema: {type: array, items: {type: object, properties: {to: {type: integer}}}}
      responses: {'200': {description: Done.}}
  /store/{address}:
    post:
      x-airbyte-entity: stored_files
      x-airbyte-action: create
      x-agent-address: {argument: address, hosts: [files.depot.test, '*.store.test', '127.0.0.1.nip.test']}
      parameters:
        - {name: address, in: path, required: true, schema: {type: string}}
        - {name: X-Part, in: header, schema: {type: integer}}
      requestBody:
        content:
          application/octet-stream: {x-agent-argument: file, schema: {type: string, format: binary}}
      responses: {'200': {description: Done.}}
  /graphql:
    post:
      x-airbyte-entity: notes
      x-airbyte-action: create
      requestBody:
        x-airbyte-body-type:
          type: graphql
          query: 'mutation M($text: String!, $input: In, $label: ID) { make(text: $text, input: $input, by: {label: {eq: $label}}) { id } }'
          variables: {text: '{{ text }}', input: {due: '{{ due }}', owner: '{{ owner }}'}, label: '{{ label }}'}
          x-agent-optional: [input, input.due, label]
        content:
          application/json:
            schema:
              type: object
              required: [text]
              properties:
                text: {type: string}
                due: {type: string}
                owner: {type: string}
                label: {type: string}
      responses: {'200': {description: Done.}}
";

fn client(wire: &Wire) -> Client {
    let description = Spec::parse(SPEC).and_then(|spec| spec.lower()).unwrap();
    let local = Local::new(Credentials::new().field("token", SECRET)).retry(impatient());
    Client::local(description, local.http_client(wire.clone())).unwrap()
}

fn vendor() -> Wire {
    Wire::new(|_| (200, vec![], json!({"ok": true})))
}

async fn sent(entity: &str, action: &str, arguments: Value) -> HttpRequest {
    let wire = vendor();
    client(&wire).execute(entity, action, arguments).await.unwrap();
    wire.sent().remove(0)
}

#[tokio::test]
async fn forms_carry_files() {
    const FIRST: &str = "--airbyte_boundary_00000000000000000000000000000000";
    for (arguments, expected) in [
        (
            json!({"picture": "AP8=", "picture_name": "a \"b\".png", "picture_media_type": "image/png"}),
            "Content-Disposition: form-data; name=\"picture\"; filename=\"a %22b%22.png\"\r\n\
             Content-Type: image/png\r\n\r\n\0\u{fffd}\r\n",
        ),
        (
            json!({"picture": "AP8="}),
            "Content-Disposition: form-data; name=\"picture\"; filename=\"file\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n\0\u{fffd}\r\n",
        ),
        (
            json!({"second": "aGk=", "title": "hi.txt", "album": {"id": 7}}),
            "Content-Disposition: form-data; name=\"album[id]\"\r\n\r\n7\r\n\
             --BOUNDARY\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nhi.txt\r\n\
             --BOUNDARY\r\nContent-Disposition: form-data; name=\"second\"; filename=\"hi.txt\"\r\n\
             Content-Type: text/plain\r\n\r\nhi\r\n",
        ),
    ] {
        let request = sent("pictures", "create", arguments.clone()).await;
        let body = String::from_utf8_lossy(&request.body);
        let expected = format!("{FIRST}\r\n{}{FIRST}--\r\n", expected.replace("--BOUNDARY", FIRST));
        assert_eq!(body, expected, "{arguments}");
        let kind = request.headers["content-type"].to_str().unwrap();
        assert_eq!(kind, format!("multipart/form-data; boundary={}", &FIRST[2..]));
    }
}

#[tokio::test]
async fn whole_bodies_are_files_texts_and_values() {
    for ((entity, action), arguments, kind, body) in [
        (
            ("blobs", "create"),
            json!({"file": "AP8=", "filename": "x"}),
            "application/binary",
            &b"\0\xff"[..],
        ),
        (
            ("blobs", "create"),
            json!({"file": "AP8=", "file_media_type": "image/png"}),
            "image/png",
            b"\0\xff",
        ),
        (("rows", "update"), json!({"rows": "a,b\n1,2\n"}), "text/csv", b"a,b\n1,2\n"),
        (("watchers", "create"), json!({"user": "u-1"}), "application/json", b"\"u-1\""),
        (
            ("links", "create"),
            json!({"links": [{"to": 1}, {"to": 2}]}),
            "application/json",
            b"[{\"to\":1},{\"to\":2}]",
        ),
    ] {
        let request = sent(entity, action, arguments.clone()).await;
        assert_eq!(request.body, body, "{arguments}");
        assert_eq!(request.headers["content-type"], kind, "{arguments}");
    }
}

#[tokio::test]
async fn bad_files_are_refused_before_anything_is_sent() {
    for (entity, arguments, part) in [
        (
            "pictures",
            json!({"picture": "no base64"}),
            "'picture' must be the file's content as base64",
        ),
        (
            "pictures",
            json!({"picture": "AP8=", "picture_name": "a\r\nX: y"}),
            "'picture_name' must not hold control",
        ),
        (
            "pictures",
            json!({"picture": "AP8=", "picture_media_type": "a\nb"}),
            "'picture_media_type' must not",
        ),
        ("blobs", json!({"file": "?"}), "'file' must be the file's content as base64"),
        ("blobs", json!({}), "missing required body field 'file'"),
        ("watchers", json!({"user": 5}), "'user'"),
        ("links", json!({"links": [{"to": "x"}]}), "to"),
    ] {
        let wire = vendor();
        let error = client(&wire).execute(entity, "create", arguments.clone()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation, "{arguments}: {error}");
        assert!(error.message().contains(part), "{error}");
        assert!(wire.sent().is_empty(), "{arguments}");
    }
}

#[tokio::test]
async fn addresses_get_the_file_and_no_credential() {
    for address in [
        "https://files.depot.test/up/1?sig=a%2Fb/",
        "https://eu.store.test/x/../y",
        "https://FILES.depot.test/",
    ] {
        let request = sent(
            "stored_files",
            "create",
            json!({"address": address, "file": "AP8=", "X-Part": 3}),
        )
        .await;
        assert_eq!(request.url, url::Url::parse(address).unwrap());
        assert_eq!(request.body, &b"\0\xff"[..]);
        assert_eq!(request.headers["x-part"], "3");
        assert!(request.public_only, "{address}");
        let said = format!("{request:?} {:?}", request.headers);
        assert!(!said.contains(SECRET) && !request.headers.contains_key("authorization"), "{said}");
    }
}

#[tokio::test]
async fn addresses_lead_to_no_other_host() {
    for address in [
        "http://files.depot.test/up",
        "https://evil.test/up",
        "https://files.depot.test.evil.test/up",
        "https://evil.test/files.depot.test",
        "https://files.depot.test@evil.test/up",
        "https://user@files.depot.test/up",
        "https://files.depot.test:8443/up",
        "https://store.test/up",
        "https://evilstore.test/up",
        "https://depot.test/api/blobs",
        "https://127.0.0.1/up",
        "https://[::1]/up",
        "//files.depot.test/up",
        "/up",
        "files.depot.test",
        "file:///etc/passwd",
    ] {
        let wire = vendor();
        let client = client(&wire);
        let call =
            || client.execute("stored_files", "create", json!({"address": address, "file": ""}));
        let dry = call().into_call().unwrap().dry_run().unwrap_err();
        let error = call().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation, "{address}: {error}");
        assert!(error.message().contains("'address'"), "{error}");
        assert_eq!(dry.message(), error.message());
        assert!(wire.sent().is_empty(), "{address}");
    }
}

#[tokio::test]
async fn a_file_does_not_follow_a_redirect_to_another_host() {
    let wire = Wire::new(|_| (307, vec![("location", "https://evil.test/".to_owned())], json!({})));
    let arguments = json!({"address": "https://files.depot.test/up", "file": "AP8="});
    let error = client(&wire).execute("stored_files", "create", arguments).await.unwrap_err();
    assert!(error.message().contains("another host"), "{error}");
    assert_eq!(wire.hosts(), ["files.depot.test"]);
}

#[tokio::test]
async fn a_preview_shows_the_address_without_a_credential() {
    let wire = vendor();
    let arguments = json!({"address": "https://files.depot.test/up?x=1", "file": "aGk="});
    let call = client(&wire).execute("stored_files", "create", arguments).into_call().unwrap();
    let shown = serde_json::to_value(call.dry_run().unwrap()).unwrap();
    assert_eq!(shown["url"], "https://files.depot.test/up?x=1");
    assert!(!shown.to_string().to_lowercase().contains("authorization"), "{shown}");
    assert!(wire.sent().is_empty());
}

#[tokio::test]
async fn optional_variables_leave_the_document() {
    const ALL: &str = "mutation M($text: String!, $input: In, $label: ID) { make(text: $text, input: $input, by: {label: {eq: $label}}) { id } }";
    for (arguments, document, variables) in [
        (
            json!({"text": "x"}),
            "mutation M($text: String!, $input: In) { make(text: $text, input: $input) { id } }",
            json!({"text": "x", "input": {"owner": null}}),
        ),
        (
            json!({"text": "x", "label": "l", "due": "d"}),
            ALL,
            json!({"text": "x", "label": "l", "input": {"due": "d", "owner": null}}),
        ),
        (
            json!({"text": "x", "label": "l", "owner": "o"}),
            ALL,
            json!({"text": "x", "label": "l", "input": {"owner": "o"}}),
        ),
    ] {
        let request = sent("notes", "create", arguments.clone()).await;
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body["query"], document, "{arguments}");
        assert_eq!(body["variables"], variables, "{arguments}");
    }
}
