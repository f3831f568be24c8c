//! Files come in bounded parts, as text or base64.

use airbyte_agent_tools::{Exposure, ResultLimits};
use base64::Engine as _;
use serde_json::{Value, json};

use crate::library::{CANARY, EXPOSURES, call, tools};
use crate::server::{Answer, Server};

fn serve(content: &'static [u8], honest: bool) -> impl Fn(Option<&str>) -> Answer {
    move |range: Option<&str>| {
        let mut answer = Answer::json(200, "");
        "application/octet-stream".clone_into(&mut answer.headers[0].1);
        answer.body = content.to_vec();
        let range = range.filter(|_| honest);
        if let Some((first, last)) = range.and_then(|r| r.strip_prefix("bytes=")?.split_once('-')) {
            let first: usize = first.parse().unwrap();
            let last = last.parse::<usize>().unwrap().min(content.len() - 1);
            answer.status = 206;
            answer.body = content[first..=last].to_vec();
            answer =
                answer.header("content-range", format!("bytes {first}-{last}/{}", content.len()));
        }
        answer
    }
}

const TEXT: &str = "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.";
const BYTES: &[u8] = &[0x89, b'P', 0, 1, 2, 3, 250, 251, 252, 253, 254, 255, 0, 9, 8, 7];

#[tokio::test]
async fn a_file_is_put_together_from_its_parts() {
    for exposure in EXPOSURES {
        for (content, encoding, most, honest) in [
            (TEXT.as_bytes(), None, 7, true),
            (TEXT.as_bytes(), Some("text"), 10, true),
            (TEXT.as_bytes(), Some("base64"), 9, true),
            (TEXT.as_bytes(), None, 1_000, true),
            (TEXT.as_bytes(), None, 7, false),
            (BYTES, None, 5, true),
            (BYTES, Some("base64"), 5, false),
        ] {
            let file = serve(content, honest);
            let server = Server::start(move |request, _| file(request.header("range"))).await;
            let tools = tools(&server, exposure);
            let mut whole: Vec<u8> = Vec::new();
            let mut from = json!(0);
            while !from.is_null() {
                let mut controls = json!({"from_byte": from, "max_bytes": most});
                controls["encoding"] = json!(encoding);
                let (name, arguments) =
                    call(exposure, "covers", "download", json!({"id": 7}), controls);
                let output = tools.call(&name, arguments).await.unwrap();
                let data = &output.structured["data"];
                let text = data["content"].as_str().unwrap();
                whole.extend(match data["encoding"].as_str().unwrap() {
                    "text" => text.as_bytes().to_vec(),
                    _ => base64::engine::general_purpose::STANDARD.decode(text).unwrap(),
                });
                assert!(data["bytes"].as_u64().unwrap() <= most);
                assert_eq!(data["total_bytes"], content.len());
                from = data.get("next_from_byte").cloned().unwrap_or(Value::Null);
            }
            assert_eq!(whole, content, "{encoding:?} {most} {honest}");
        }
    }
}

/// A PDF of ten kilobytes, and the smallest picture.
fn binary(media_type: &'static str, length: usize) -> impl Fn(Option<&str>) -> Answer {
    let content: &'static [u8] = Box::leak((0..=255).cycle().take(length).collect());
    let file = serve(content, true);
    move |range| {
        let mut answer = file(range);
        media_type.clone_into(&mut answer.headers[0].1);
        answer
    }
}

#[tokio::test]
async fn what_fits_comes_whole_and_the_rest_in_equal_parts() {
    for (media_type, length, calls) in
        [("image/png", 70, 1), ("application/pdf", 10_000, 1), ("application/pdf", 40_000, 3)]
    {
        let file = binary(media_type, length);
        let server = Server::start(move |request, _| file(request.header("range"))).await;
        let tools = tools(&server, Exposure::PerOperation);
        let (mut from, mut made, mut bytes) = (json!(0), 0, 0);
        while !from.is_null() {
            let arguments = json!({"id": 7, "from_byte": from});
            let output = tools.call("library_covers_download", arguments).await.unwrap();
            bytes += output.structured["data"]["bytes"].as_u64().unwrap();
            from = output.structured["data"].get("next_from_byte").cloned().unwrap_or_default();
            made += 1;
        }
        assert_eq!((made, bytes), (calls, length as u64), "{media_type} {length}");
    }
}

#[tokio::test]
async fn images_come_as_such_where_they_are_taken() {
    for (media_type, length, is_image) in [
        ("image/png", 70, true),
        ("image/png; x=y", 60_000, true),
        ("image/png", 1_100_000, false),
        ("image/tiff", 70, false),
        ("application/pdf", 70, false),
    ] {
        let file = binary(media_type, length);
        let server = Server::start(move |request, _| file(request.header("range"))).await;
        let tools = tools(&server, Exposure::PerOperation).images(true);
        let output = tools.call("library_covers_download", json!({"id": 7})).await.unwrap();
        let image = output.image.as_ref();
        assert_eq!(image.is_some(), is_image, "{media_type} {length}");
        assert_eq!(output.structured["data"].get("content").is_none(), is_image);
        if let Some(image) = image {
            let bytes = base64::engine::general_purpose::STANDARD.decode(&image.base64).unwrap();
            assert_eq!((image.media_type.as_str(), bytes.len()), ("image/png", length));
        }
        // Who asks for an encoding gets it.
        let arguments = json!({"id": 7, "encoding": "base64"});
        let output = tools.call("library_covers_download", arguments).await.unwrap();
        assert!(output.image.is_none());
    }
}

#[tokio::test]
async fn files_are_stored_in_the_folder_of_the_operator() {
    let folder = std::env::temp_dir().join(format!("airbyte-agent-files-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = binary("application/pdf", 100_000);
    let server = Server::start(move |request, _| file(request.header("range"))).await;
    let tools = tools(&server, Exposure::PerOperation).files(&folder);
    for name in ["library-covers-7.pdf", "library-covers-7-2.pdf"] {
        let output = tools.call("library_covers_download", json!({"id": 7})).await.unwrap();
        let path = folder.join(name);
        let expected = json!({"data": {
            "path": path, "bytes": 100_000, "content_type": "application/pdf",
        }});
        assert_eq!(output.structured, expected);
        let metadata = std::fs::metadata(&path).unwrap();
        assert_eq!(metadata.len(), 100_000);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
        }
    }
    // Who asks for a part gets it.
    let part = json!({"id": 7, "max_bytes": 9});
    let output = tools.call("library_covers_download", part).await.unwrap();
    assert_eq!(output.structured["data"]["bytes"], 9);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn no_more_comes_than_the_limits_leave_room_for() {
    let content: &'static [u8] = Box::leak(vec![b'a'; 200_000].into_boxed_slice());
    let file = serve(content, true);
    let server = Server::start(move |request, _| file(request.header("range"))).await;
    for (limits, encoding) in [
        (ResultLimits::STANDARD, "text"),
        (ResultLimits::STANDARD, "base64"),
        (ResultLimits::STANDARD.bytes(2_000), "text"),
        (ResultLimits::STANDARD.tokens(1_000), "base64"),
    ] {
        let tools = tools(&server, Exposure::PerOperation).limits(limits);
        let arguments = json!({"id": 7, "encoding": encoding, "max_bytes": 150_000});
        let output = tools.call("library_covers_download", arguments).await.unwrap();
        assert!(output.text.len() <= limits.max_bytes, "{}", output.text.len());
        assert!(output.text.contains("call again with from_byte"), "{}", output.text.len());
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused_as_text() {
    let file = serve(BYTES, true);
    let server = Server::start(move |request, _| file(request.header("range"))).await;
    let tools = tools(&server, Exposure::PerOperation);
    let arguments = json!({"id": 7, "encoding": "text"});
    let error = tools.call("library_covers_download", arguments).await.unwrap_err();
    assert!(error.to_string().contains("encoding base64"), "{error}");
    assert_eq!(error.to_json()["arguments"][0]["argument"], "encoding");
}

#[tokio::test]
async fn no_part_of_a_file_shows_a_secret_or_half_of_one() {
    let content: &'static [u8] = Box::leak(format!("xxxx{CANARY}yyyy").into_bytes().into());
    for (honest, controls, expected) in [
        (true, json!({}), "xxxx[redacted]yyyy"),
        (true, json!({"max_bytes": 8}), "xxxx[redacted]"),
        (true, json!({"from_byte": 8}), "[redacted]yyyy"),
        (true, json!({"from_byte": 6, "max_bytes": 1}), "[redacted]"),
        (false, json!({"from_byte": 8}), "[redacted]yyyy"),
    ] {
        for encoding in ["text", "base64"] {
            let file = serve(content, honest);
            let server = Server::start(move |request, _| file(request.header("range"))).await;
            let tools = tools(&server, Exposure::PerOperation);
            let mut arguments = controls.clone();
            arguments["id"] = json!(7);
            arguments["encoding"] = json!(encoding);
            let output = tools.call("library_covers_download", arguments).await.unwrap();
            let shown = output.structured["data"]["content"].as_str().unwrap();
            let shown = match encoding {
                "text" => shown.to_owned(),
                _ => {
                    let bytes = base64::engine::general_purpose::STANDARD.decode(shown).unwrap();
                    let text = String::from_utf8(bytes).unwrap();
                    let start = text.find('*').unwrap();
                    let end = text.rfind('*').unwrap();
                    text.replace(&text[start..=end], "[redacted]")
                }
            };
            assert_eq!(shown, expected, "{controls} {encoding} {honest}");
            assert!(output.text.contains("A credential was taken out"), "{}", output.text);
        }
    }
}

#[tokio::test]
async fn a_part_behind_the_end_is_refused_with_the_size() {
    let file = serve(TEXT.as_bytes(), true);
    let server = Server::start(move |request, _| file(request.header("range"))).await;
    let tools = tools(&server, Exposure::PerOperation);
    let size = TEXT.len();
    let arguments = json!({"id": 7, "from_byte": size});
    let error = tools.call("library_covers_download", arguments).await.unwrap_err();
    assert!(error.to_string().contains(&format!("{size} bytes")), "{error}");
}
