//! The platform's answers to queries of the context store, in the forms that they have had over
//! time.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};

use super::envelope;
use crate::context_store::StoreMeta;
use crate::cursor::NextPage;
use crate::error::{Error, Result};
use crate::json;
use crate::transport::Reply;

/// The response to a query of `name`, in the one form that its operation describes.
///
/// # Errors
///
/// `Vendor` when the platform reports a failure, `Decode` when the response contains no records.
pub(super) fn reply(
    (status, headers): (u16, HeaderMap),
    body: &Bytes,
    name: &str,
    redact: impl Fn(&str) -> String,
) -> Result<Reply> {
    // The platform's text may repeat what was sent to it.
    let clean = |error: Error| error.with_status(status).cleaned(&redact);
    let (rows, meta) = read(body, name).map_err(clean)?;
    let token = meta.cursor.clone().filter(|_| meta.has_more);
    let next = token
        .map(|token| NextPage::with(Map::from_iter([("cursor".to_owned(), Value::String(token))])));
    let body = json!({"data": rows, "meta": meta.to_json()});
    let reply = Reply::new(status, headers, body.to_string().into(), envelope::store());
    Ok(reply.with_next(next))
}

/// The rows of a response and their metadata. A row that is `null` is left out; a bare list is a
/// valid response, too.
fn read(body: &[u8], name: &str) -> Result<(Vec<Map<String, Value>>, StoreMeta)> {
    let answer = json::parse(&String::from_utf8_lossy(body)).map_err(|error| {
        Error::decode(format!("{name}: the platform's response is no JSON")).with_source(error)
    })?;
    if let Some(error) = envelope::failure(&answer, name, str::to_owned) {
        return Err(error);
    }
    let result = match answer {
        Value::Object(mut answer) if answer.contains_key("result") => {
            answer.remove("result").unwrap_or_default()
        }
        other => other,
    };
    let (rows, meta) = match result {
        Value::Array(rows) => (rows, Map::new()),
        Value::Object(mut result) => {
            let rows = match (result.remove("data"), result.remove("hits")) {
                (Some(Value::Array(rows)), _) => rows,
                (None, Some(Value::Array(hits))) => hits.into_iter().map(hit).collect(),
                _ => return Err(Error::decode(format!("{name}: the response has no records"))),
            };
            let meta = match result.remove("meta") {
                Some(Value::Object(meta)) => meta,
                _ => result,
            };
            (rows, meta)
        }
        _ => return Err(Error::decode(format!("{name}: the response has no records"))),
    };
    let rows = rows.into_iter().filter(|row| !row.is_null()).map(|row| match row {
        Value::Object(row) => row,
        // As in other responses, a record has to be an object.
        plain => Map::from_iter([("value".to_owned(), plain)]),
    });
    Ok((rows.collect(), metadata(meta)))
}

/// The record inside a hit of the oldest servers.
fn hit(hit: Value) -> Value {
    match hit {
        Value::Object(mut members) if members.get("data").is_some_and(Value::is_object) => {
            members.remove("data").unwrap_or_default()
        }
        other => other,
    }
}

fn metadata(mut meta: Map<String, Value>) -> StoreMeta {
    let names = ["cursor", "next_cursor", "next"];
    let cursor = names.iter().filter_map(|name| meta.remove(*name)).find_map(|value| match value {
        Value::String(text) if !text.is_empty() => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    // Some servers say only by a cursor that there are more records.
    let has_more = match meta.remove("has_more") {
        Some(Value::Bool(more)) => more,
        _ => cursor.is_some(),
    };
    let took_ms = meta.remove("took_ms").and_then(|took| took.as_f64());
    StoreMeta::new(has_more, cursor, took_ms, meta)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn a_failure_inside_a_success_is_the_platforms() {
        for (body, kind, part) in [
            (
                json!({"status": "error", "result": {"error": "no table"}}),
                ErrorKind::Vendor,
                "no table",
            ),
            (json!({"status": "failed"}), ErrorKind::Vendor, "no reason"),
            (json!({"status": "failed", "result": {"data": []}}), ErrorKind::Vendor, "no reason"),
            (json!({"status": "success", "result": null}), ErrorKind::Decode, "no records"),
        ] {
            let error = read(body.to_string().as_bytes(), "things.search").unwrap_err();
            assert_eq!(error.kind(), kind, "{body}");
            assert!(error.message().contains(part), "{error}");
        }
    }

    #[test]
    fn answers_of_all_times_are_read() {
        let cursor = |text: &str| Some(text.to_owned());
        for (answer, rows, has_more, expected) in [
            (
                json!({"result": {"data": [{"id": 1}], "meta": {"has_more": true, "cursor": "a", "took_ms": 3}}}),
                1,
                true,
                cursor("a"),
            ),
            (json!({"result": {"data": [{"id": 1}, 7, null]}}), 2, false, None),
            (json!({"result": [{"id": 1}, {"id": 2}]}), 2, false, None),
            (
                json!({"hits": [{"id": "x", "score": 1, "data": {"id": 1}}], "next_cursor": "b"}),
                1,
                true,
                cursor("b"),
            ),
            (json!({"result": {"data": [], "meta": {"cursor": null}}}), 0, false, None),
        ] {
            let (records, meta) = read(answer.to_string().as_bytes(), "things").unwrap();
            assert_eq!(
                (records.len(), meta.has_more, meta.cursor),
                (rows, has_more, expected),
                "{answer}"
            );
            assert!(records.first().is_none_or(|row| row["id"] == 1));
        }
        for answer in ["{", "7", r#"{"result": {"data": 7}}"#, r#"{"result": "no"}"#] {
            assert!(read(answer.as_bytes(), "things").is_err(), "{answer}");
        }
    }
}
