//! What a fault does to a request and to its response.

use bytes::Bytes;
use serde_json::Value;

use super::FaultKind;
use crate::response::{Delivery, Response};

impl FaultKind {
    /// The response of a request that is not executed; `None` when the request is executed.
    pub(crate) fn replacement(&self) -> Option<Response> {
        match self {
            Self::Close => Some(Response { delivery: Delivery::Closed, ..Response::empty(500) }),
            Self::Status { status, headers, body } => {
                let mut response = match body {
                    Value::Null => Response::empty(*status),
                    Value::String(text) => Response::bytes(*status, "text/plain", text.clone()),
                    body => Response::json(*status, body),
                };
                for (name, value) in headers {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    response.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
                    response = response.header(name, text);
                }
                Some(response)
            }
            _ => None,
        }
    }

    /// Damages the response of a request that was executed.
    pub(crate) fn damage(&self, mut response: Response) -> Response {
        match self {
            Self::Truncate => response.delivery = Delivery::Truncated,
            Self::Slow { ms } => response.delivery = Delivery::Slow(*ms),
            Self::Malformed => {
                let end = response.body.len().saturating_sub(2).max(1);
                let mut body = response.body.slice(..end.min(response.body.len())).to_vec();
                body.extend_from_slice(b"\x22<oops");
                response.body = Bytes::from(body);
            }
            _ => {}
        }
        response
    }
}
