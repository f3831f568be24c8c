//! A response, and how it is delivered: whole, slowly, or cut off.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderName, HeaderValue, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use serde_json::Value;

/// The body type of the server's HTTP responses.
pub(crate) type ResponseBody = UnsyncBoxBody<Bytes, io::Error>;

/// A response before it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
    pub(crate) delivery: Delivery,
}

/// How the body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// At once.
    Whole,
    /// In eight pieces, each after this many milliseconds.
    Slow(u64),
    /// `Content-Length` announces all bytes; the connection breaks after half of them.
    Truncated,
    /// The connection breaks before the response begins.
    Closed,
}

impl Response {
    /// A response with a JSON body.
    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::bytes(status, "application/json", value.to_string())
    }

    /// A response without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Bytes::new(), delivery: Delivery::Whole }
    }

    /// A response whose body has this media type.
    pub(crate) fn bytes(status: u16, media_type: &str, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..Self::empty(status) }.header("content-type", media_type)
    }

    /// The same response with one more header.
    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The HTTP response. An error makes the server close the connection.
    pub(crate) fn into_http(self) -> Result<http::Response<ResponseBody>, io::Error> {
        if self.delivery == Delivery::Closed {
            return Err(connection_aborted());
        }
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let length = self.body.len();
        let body = match self.delivery {
            Delivery::Slow(ms) => slow_body(&self.body, ms),
            Delivery::Truncated => truncated_body(&self.body),
            Delivery::Whole | Delivery::Closed => {
                Full::new(self.body).map_err(|never: Infallible| match never {}).boxed_unsync()
            }
        };
        let mut response = http::Response::new(body);
        *response.status_mut() = status;
        for (name, value) in &self.headers {
            let pair = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str()));
            if let (Ok(name), Ok(value)) = pair {
                response.headers_mut().append(name, value);
            }
        }
        if status != StatusCode::NO_CONTENT && status != StatusCode::NOT_MODIFIED {
            response.headers_mut().insert(http::header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        Ok(response)
    }
}

fn connection_aborted() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "the connection is closed on purpose")
}

fn slow_body(body: &Bytes, ms: u64) -> ResponseBody {
    let size = (body.len() / 8).max(1);
    let pieces: Vec<Bytes> = body.chunks(size).map(Bytes::copy_from_slice).collect();
    let frames = stream::unfold(pieces.into_iter(), move |mut left| async move {
        let piece = left.next()?;
        tokio::time::sleep(Duration::from_millis(ms)).await;
        Some((Ok(Frame::data(piece)), left))
    });
    BodyExt::boxed_unsync(StreamBody::new(frames))
}

fn truncated_body(body: &Bytes) -> ResponseBody {
    let half = body.slice(..body.len() / 2);
    let frames = stream::unfold(Some(half), |state| async move {
        let piece = state?;
        if piece.is_empty() {
            // An error that follows at once would discard the half that is still in the buffer.
            tokio::time::sleep(Duration::from_millis(20)).await;
            return Some((Err(connection_aborted()), None));
        }
        Some((Ok(Frame::data(piece)), Some(Bytes::new())))
    });
    BodyExt::boxed_unsync(StreamBody::new(frames))
}
