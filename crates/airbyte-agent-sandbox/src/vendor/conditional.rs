//! Lists that the vendor does not send again to those who know them: an entity tag of the whole response, and the status
//! 304 for whoever has it.

use airbyte_agent_description::Operation;

use crate::hash;
use crate::request::Request;
use crate::response::Response;

/// The response with its entity tag, or "not modified" if the request has the same tag.
pub(super) fn answer(operation: &Operation, request: &Request, response: Response) -> Response {
    if !operation.is_conditional() || request.method != "GET" || response.status != 200 {
        return response;
    }
    let body = String::from_utf8_lossy(&response.body);
    let tag = format!("\"{}\"", hash::hex(hash::stable(&[&body]), 40));
    let known = request.header("if-none-match").unwrap_or_default();
    if known.split(',').any(|known| known.trim() == tag) {
        return Response::empty(304).header("etag", tag);
    }
    response.header("etag", tag)
}
