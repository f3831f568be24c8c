//! Downloads: with one request, or from an address that the response to a first request contains.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::Value;
use url::Url;

use super::LocalTransport;
use crate::arguments::Arguments;
use crate::call_options::CallOptions;
use crate::cursor::NextPage;
use crate::description::{List, UrlStep};
use crate::download::Download;
use crate::error::{Error, Result};
use crate::file_check::{Stated, checked};
use crate::layout::Layout;
use crate::ranged::range;
use crate::reply::{self, Answer, ReadPlan};
use crate::transport::{CheckedCall, Reply, Transport as _};
use crate::wire::Outgoing;

/// Opens the file of a call.
pub(super) async fn download(
    transport: &LocalTransport,
    call: CheckedCall<'_>,
) -> Result<Download> {
    let part = part(&call)?;
    let what = call.name.to_owned();
    let steps = call.operation.download.as_ref().and_then(|download| download.file_url.as_ref());
    let request = LocalTransport::request(&call)?;
    let make = |base: &Url| {
        let mut outgoing = transport.outgoing(&call, &request, base)?;
        if steps.is_none() {
            outgoing.headers.extend(part.clone());
        } else {
            outgoing.whole = Some(transport.max_answer_bytes);
        }
        Ok(outgoing)
    };
    let response = transport.authorized(&what, call.deadline, make).await?;
    let redact = |text: &str| transport.redact(text);
    let redactor = || transport.redactor();
    let peer = &call.connector.title;
    let Some(steps) = steps else {
        return checked(&call, Download::new(response), &Stated::default(), peer, redactor());
    };

    let (status, headers) = (response.status, response.headers.clone());
    let body = response.bytes(transport.max_answer_bytes).await?;
    let reply = Reply::new(status, headers, body, Layout::described());
    let plan = ReadPlan::new(call.connector, call.operation, &reply.layout);
    let answer = Answer {
        connector: call.connector,
        operation: call.operation,
        name: call.name,
        arguments: call.arguments,
        options: &CallOptions::default(),
        settings: &transport.config,
        reply: &reply,
        plan: &plan,
        redact: &redact,
        seal: None,
        at: &NextPage::default(),
        behind: None,
        most: None,
        earlier: &[],
    };
    let metadata = reply::outcome(answer)?.data;
    let (address, stated) = address(&what, &metadata, steps, call.arguments)?;
    let make = |base: &Url| {
        let url = absolute(base, &address)?;
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
        headers.extend(part.clone());
        Ok(Outgoing {
            method: Method::GET,
            url,
            headers,
            body: Bytes::new(),
            reads: true,
            repeatable: true,
            what: what.clone(),
            read_timeout: transport.read_timeout,
            max_attempts: call.options.attempts(),
            deadline: call.deadline,
            whole: None,
            asks_for_token: false,
            no_redirect: None,
        })
    };
    let response = transport.authorized(&what, call.deadline, make).await?;
    checked(&call, Download::new(response), &stated, peer, redactor())
}

/// The headers that request a part of the file, without any encoding of its bytes: the positions of
/// a part are counted in bytes, and so are the bytes that have arrived.
fn part(call: &CheckedCall<'_>) -> Result<HeaderMap> {
    let identity = HeaderValue::from_static("identity");
    let mut headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, identity)]);
    if let Some(range) = range(call.arguments)? {
        headers.insert(header::RANGE, range);
        if let Some(validator) = call.options.unchanged() {
            let value = HeaderValue::from_str(validator)
                .map_err(|_| Error::validation("what the file is known by cannot be a header"))?;
            headers.insert(header::IF_RANGE, value);
        }
    }
    Ok(headers)
}

/// The address of the file; a relative one is joined to the base URL.
fn absolute(base: &Url, address: &str) -> Result<Url> {
    let lower = address.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return Url::parse(address).map_err(|_| Error::decode("the file's address is not a URL"));
    }
    // The address is joined as a path, so that `@host` or `//host` cannot change the host.
    let text =
        format!("{}/{}", base.as_str().trim_end_matches('/'), address.trim_start_matches('/'));
    Url::parse(&text).map_err(|_| Error::decode("the file's address is not a URL"))
}

/// Finds the address in the response, and reads what the response states about the file. The error
/// names the step that is missing.
fn address(
    what: &str,
    metadata: &Value,
    steps: &List<UrlStep>,
    arguments: &Arguments,
) -> Result<(String, Stated)> {
    let mut value = metadata;
    let mut holder = metadata;
    let mut walked = String::new();
    for step in steps.iter() {
        let next = match step {
            UrlStep::Key(key) => {
                walked.push_str(&format!(".{key}"));
                value.get(key.as_ref())
            }
            UrlStep::Index(index) => {
                walked.push_str(&format!("[{index}]"));
                value.get(*index)
            }
            UrlStep::Argument(name) => {
                let argument = arguments.get(name.as_ref()).ok_or_else(|| {
                    Error::validation(format!("{what}: missing required argument '{name}'"))
                })?;
                let text = argument.as_str().map_or_else(|| argument.to_string(), str::to_owned);
                walked.push_str(&format!(".{text}"));
                match text.parse::<usize>() {
                    Ok(index) if value.is_array() => value.get(index),
                    _ => value.get(&text),
                }
            }
        };
        let is_there = |value: &&Value| {
            !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty())
        };
        holder = value;
        value = next.filter(is_there).ok_or_else(|| {
            let walked = walked.trim_start_matches('.');
            Error::new(
                crate::error::ErrorKind::NotFound,
                format!("{what}: the response holds no file address at {walked}"),
            )
        })?;
    }
    let address = value.as_str().map(str::to_owned);
    address
        .map(|address| (address, Stated::of(holder)))
        .ok_or_else(|| Error::decode(format!("{what}: the file's address is not a text")))
}
