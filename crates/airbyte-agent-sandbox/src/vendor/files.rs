//! Files: their content when nobody uploaded one, their addresses, and ranges of them.

use airbyte_agent_description::{Operation, Step, UrlStep};
use bytes::Bytes;
use serde_json::Value;

use super::json_path::set_at;
use crate::decode::{Arguments, Upload, scalar_text};
use crate::hash::{mix, stable};
use crate::request::Request;
use crate::response::Response;

/// What the paths of files begin with, on every host of a vendor.
pub(super) const FILES: &str = "/sandbox-files/";

/// Smallest size of a generated file, in bytes.
const SIZE: usize = 220_000;

/// A file for a record: text for even numbers, bytes for odd ones, unless the entity's name says what
/// it is.
pub(super) fn generate(connector: &str, entity: &str, index: u64) -> Upload {
    let media_type = if entity.contains("audio") {
        "audio/mpeg"
    } else if entity.contains("video") {
        "video/mp4"
    } else if index.is_multiple_of(2) {
        "text/plain; charset=utf-8"
    } else {
        "application/octet-stream"
    };
    let seed = stable(&[connector, entity, "file"]).wrapping_add(index);
    let bytes = if media_type.starts_with("text/") {
        let mut text = String::with_capacity(SIZE + 100);
        let mut line = 0;
        while text.len() < SIZE {
            line += 1;
            let number = mix(seed.wrapping_add(line));
            text.push_str(&format!("{line:05} {entity} {index} – line with number {number}\n"));
        }
        text.into_bytes()
    } else {
        let words = (0..SIZE / 8).map(|at| mix(seed.wrapping_add(u64::try_from(at).unwrap_or(0))));
        words.flat_map(u64::to_le_bytes).collect()
    };
    Upload { media_type: media_type.to_owned(), bytes: bytes.into() }
}

/// A response with the file, or with the range of it that the request asks for.
pub(super) fn serve(request: &Request, file: &Upload, name: &str) -> Response {
    range_response(request.header("range"), file)
        .header("accept-ranges", "bytes")
        .header("content-disposition", format!("attachment; filename=\"{name}\""))
}

fn range_response(range: Option<&str>, file: &Upload) -> Response {
    let total = file.bytes.len();
    let whole = || Response::bytes(200, &file.media_type, file.bytes.clone());
    let Some(range) = range.and_then(|range| range.strip_prefix("bytes=")) else { return whole() };
    let Some((first, last)) = range.split_once('-').filter(|_| !range.contains(',')) else {
        return whole();
    };
    let bounds = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => Some((first, last.min(total.saturating_sub(1)))),
        (Ok(first), Err(_)) if last.is_empty() => Some((first, total.saturating_sub(1))),
        (Err(_), Ok(length)) if first.is_empty() => {
            Some((total.saturating_sub(length), total.saturating_sub(1)))
        }
        _ => return whole(),
    };
    match bounds.filter(|(first, last)| first <= last && *first < total) {
        Some((first, last)) => {
            let part: Bytes = file.bytes.slice(first..=last);
            Response::bytes(206, &file.media_type, part)
                .header("content-range", format!("bytes {first}-{last}/{total}"))
        }
        None => Response::empty(416).header("content-range", format!("bytes */{total}")),
    }
}

/// The entity and the number of the record that a file's path names.
pub(super) fn parse_path(path: &str) -> Option<(&str, u64)> {
    let (entity, index) = path.strip_prefix(FILES)?.rsplit_once('-')?;
    Some((entity, index.parse().ok()?))
}

/// The address of the file of a record.
pub(super) fn address(host: &str, entity: &str, index: u64) -> String {
    format!("https://{host}{FILES}{entity}-{index}")
}

/// Writes the address of a file where a download in two steps looks for it. With `only_existing` it is
/// written only into an object that exists already.
pub(super) fn write_address(
    operation: &Operation,
    arguments: &Arguments,
    address: &str,
    body: &mut Value,
    only_existing: bool,
) {
    let steps = operation.download.as_ref().and_then(|download| download.file_url.as_ref());
    let Some(steps) = steps else { return };
    let steps: Vec<Step> = steps
        .iter()
        .filter_map(|step| match step {
            UrlStep::Key(key) => Some(Step::Key(key.clone())),
            UrlStep::Index(index) => Some(Step::Index(*index)),
            UrlStep::Argument(name) => {
                let text = scalar_text(arguments.values.get(name.as_ref())?)?;
                Some(text.parse().map_or(Step::Key(text.into()), Step::Index))
            }
        })
        .collect();
    let parent = steps.split_last().map_or(&[][..], |(_, parent)| parent);
    let known = airbyte_agent_description::JsonPath { steps: parent.to_vec().into() };
    if !only_existing || known.first(body).is_some_and(Value::is_object) {
        set_at(body, &steps, address.into());
    }
}
