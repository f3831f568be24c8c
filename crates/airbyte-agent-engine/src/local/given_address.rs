//! Operations that are requested at an address from an earlier response of the vendor, such as the
//! upload of a file. The address is an argument, so it is checked like any other, and no credential
//! is sent there.

use bytes::Bytes;
use http::HeaderMap;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};
use url::Url;

use super::LocalTransport;
use crate::description::{MoreExpected, UploadAddress};
use crate::dry_run::DryRun;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{has_user_info, is_public_host};
use crate::layout::Layout;
use crate::transport::{CheckedCall, Reply};
use crate::wire::{Answer, Outgoing, Recipient};

/// Sends the request to the address among the arguments.
pub(super) async fn send(
    transport: &LocalTransport,
    call: &CheckedCall<'_>,
    address: &UploadAddress,
) -> Result<Reply> {
    let outgoing = outgoing(transport, call, address)?;
    let recipient = Recipient {
        origin: outgoing.url.clone(),
        from_answer: true,
        headers: HeaderMap::new(),
        query: Vec::new(),
    };
    let response = match transport.wire.send(&outgoing, &recipient).await? {
        Answer::Response(response) => response,
        Answer::Refused(refused) => return Err(transport.wire.refusal(&refused, &outgoing)),
    };
    let (status, headers) = (response.status, response.headers.clone());
    let body = response.bytes(transport.max_answer_bytes).await?;
    let body = match address.more.as_ref().filter(|more| more.status == status) {
        Some(more) => arrived(call, more, &headers)?,
        None => readable(call, body),
    };
    Ok(Reply::new(status, headers, body, Layout::described()))
}

/// The record of a response that expects more of a file: the number of bytes that have arrived.
fn arrived(call: &CheckedCall<'_>, more: &MoreExpected, headers: &HeaderMap) -> Result<Bytes> {
    let count = match headers.get(more.header.as_ref()) {
        None => Some(0),
        Some(range) => range.to_str().ok().and_then(|range| {
            let last = range.trim().trim_start_matches("bytes=").strip_prefix("0-")?;
            last.parse::<u64>().ok()?.checked_add(1)
        }),
    };
    let count = count.ok_or_else(|| {
        let (name, header) = (call.name, &more.header);
        let message =
            format!("{name}: the header `{header}` does not say which bytes have arrived");
        Error::decode(message).with_status(more.status)
    })?;
    Ok(Value::Object(Map::from_iter([(more.member.to_string(), count.into())])).to_string().into())
}

/// The body of a response as JSON. Storage services often respond with a plain text. It becomes a
/// JSON text if the description expects nothing else.
fn readable(call: &CheckedCall<'_>, body: Bytes) -> Bytes {
    let response = &call.operation.response;
    let expects_json = response.schema.is_some() || response.records.is_some();
    if expects_json || body.is_empty() || serde_json::from_slice::<IgnoredAny>(&body).is_ok() {
        return body;
    }
    Value::String(String::from_utf8_lossy(&body).into_owned()).to_string().into()
}

/// The request that `send` would send.
pub(super) fn preview(
    transport: &LocalTransport,
    call: &CheckedCall<'_>,
    address: &UploadAddress,
) -> Result<DryRun> {
    let outgoing = outgoing(transport, call, address)?;
    let clean = |text: &str| transport.wire.redactor.clean(text);
    let body = clean(&String::from_utf8_lossy(&outgoing.body));
    let headers = transport.shown_headers(&outgoing);
    Ok(DryRun::new(outgoing.method.as_str(), clean(outgoing.url.as_str()), headers, &body))
}

fn outgoing(
    transport: &LocalTransport,
    call: &CheckedCall<'_>,
    address: &UploadAddress,
) -> Result<Outgoing> {
    let url = checked(call, address)?;
    if !transport.wire.network.private_hosts && !is_public_host(&url) {
        let message = format!("{}: the address leads to no public host", call.name);
        return Err(Error::new(ErrorKind::Network, message));
    }
    let request = LocalTransport::request(call)?;
    let outgoing = transport.outgoing(call, &request, &url)?;
    let no_redirect = address.more.as_ref().map(|more| more.status);
    Ok(Outgoing { url, no_redirect, ..outgoing })
}

/// The address among the arguments, if it leads to a host that the description allows.
fn checked(call: &CheckedCall<'_>, address: &UploadAddress) -> Result<Url> {
    let name = address.argument.as_ref();
    let refused = |why: &str| {
        let hosts = address.hosts.join(", ");
        Error::validation(format!(
            "{}: '{name}' {why}; it must be an https address at {hosts}, as the vendor gave it out",
            call.name
        ))
    };
    let text = call.arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut url = Url::parse(text).map_err(|_| refused("is no address"))?;
    if url.scheme() != "https" {
        return Err(refused("has no TLS"));
    }
    if has_user_info(&url) {
        return Err(refused("has a user name or a password"));
    }
    let host = url.host_str().unwrap_or_default();
    if url.port().is_some() || !address.allows(host) {
        return Err(refused(&format!("leads to {host}, which is not allowed")));
    }
    url.set_fragment(None);
    Ok(url)
}
