//! Bodies of responses.

use std::convert::Infallible;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};

pub(super) type Body = BoxBody<Bytes, Infallible>;

/// A response with a text.
pub(super) fn text(status: StatusCode, text: &'static str) -> Response<Body> {
    of_type(status, "text/plain; charset=utf-8", text.to_owned())
}

/// A response with a JSON text.
pub(super) fn json(status: StatusCode, text: String) -> Response<Body> {
    of_type(status, "application/json", text)
}

fn of_type(status: StatusCode, media_type: &'static str, text: String) -> Response<Body> {
    let mut response = Response::new(Full::new(Bytes::from(text)).boxed());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// Whether a response has a body of this media type.
pub(super) fn is_of_type(response: &Response<Body>, media_type: &str) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| {
        let essence = kind.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case(media_type)
    })
}
