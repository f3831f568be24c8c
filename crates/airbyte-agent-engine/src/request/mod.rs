//! Builds an HTTP request from complete arguments, without credentials.
//!
//! All functions are pure: they perform no I/O and know neither secrets nor vendors.

mod body;
mod form;
mod graphql;
mod multipart;
mod optional;
#[cfg(test)]
mod properties;
mod query;

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::arguments::Arguments;
use crate::description::{Location, Operation, Piece, Template};
use crate::endpoint::has_dot_segment;
use crate::error::{Error, Result};

pub(crate) use form::form_pairs;
pub(crate) use query::encode_pairs;

/// Characters that are not escaped in a path segment or a query: RFC 3986's unreserved characters.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// An HTTP request below the base URL of a connector.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    /// Path and query, encoded.
    pub(crate) target: String,
    /// Headers in the order of the spec.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Bytes>,
}

/// Builds the request of an operation.
pub(crate) fn build(operation: &Operation, arguments: &Arguments) -> Result<Request> {
    let mut headers = headers(operation, arguments)?;
    let path = match operation.address {
        Some(_) => String::new(),
        None => path(&operation.path, arguments)?,
    };
    let query = query::query(operation, arguments, &headers);
    let body = body::body(operation, arguments)?;
    let has = |headers: &[(String, String)], wanted: &str| {
        headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted))
    };
    if !has(&headers, "accept") {
        // A file may have any media type; according to the dialect, everything else is JSON.
        let accept =
            if operation.download.is_some() { "*/*" } else { "application/json, */*;q=0.8" };
        headers.push(("accept".to_owned(), accept.to_owned()));
    }
    let body = body.map(|body| {
        if !has(&headers, "content-type") {
            headers.push(("content-type".to_owned(), body.content_type));
        }
        body.bytes
    });
    let target = if query.is_empty() { path } else { format!("{path}?{query}") };
    Ok(Request { method: operation.method.as_str(), target, headers, body })
}

fn path(template: &Template, arguments: &Arguments) -> Result<String> {
    let mut out = String::new();
    for piece in template.pieces.iter() {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Name(name) => {
                let value = arguments.get(name.as_ref()).ok_or_else(|| {
                    Error::validation(format!("missing required argument '{name}'"))
                })?;
                out.extend(utf8_percent_encode(&text(name, value)?, UNRESERVED));
            }
        }
    }
    // Single values were checked before. Here several values, or a value and a text, form one
    // segment.
    if has_dot_segment(&out) {
        let names: Vec<&str> = template.names().collect();
        let names = names.join("', '");
        return Err(Error::validation(format!("'{names}' must not make a dot segment")));
    }
    Ok(out)
}

fn headers(operation: &Operation, arguments: &Arguments) -> Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    for parameter in operation.parameters.iter().filter(|p| p.location == Location::Header) {
        let Some(value) = arguments.get(parameter.name.as_ref()).filter(|v| !v.is_null()) else {
            continue;
        };
        let value = text(&parameter.name, value)?;
        if value.chars().any(char::is_control) {
            let name = &parameter.name;
            return Err(Error::validation(format!("'{name}' must not hold control characters")));
        }
        headers.push((parameter.wire_name().to_owned(), value));
    }
    Ok(headers)
}

/// A scalar as a text.
fn text(name: &str, value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(Error::validation(format!("'{name}' must be a single value")))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn path_values_are_encoded_and_never_change_the_path() {
        let template = Template::parse("/v0/{base}/{table}:run", "{", "}");
        for (base, table, expected) in [
            (json!("app1"), json!("My Table/2"), "/v0/app1/My%20Table%2F2:run"),
            (json!(7), json!(true), "/v0/7/true:run"),
            (json!("a.b~c-d_e"), json!("ü?#%"), "/v0/a.b~c-d_e/%C3%BC%3F%23%25:run"),
        ] {
            let arguments = [("base".to_owned(), base), ("table".to_owned(), table)];
            let arguments = arguments.into_iter().collect();
            assert_eq!(path(&template, &arguments).unwrap(), expected);
        }
    }

    #[test]
    fn values_never_make_up_a_dot_segment() {
        for (template, a, b, is_let_in) in [
            ("/v0/{a}{b}", ".", ".", false),
            ("/v0/{a}/x{b}", "..", "", false),
            ("/v0/.{a}/{b}", ".", "x", false),
            ("/v0/{a}/{b}", "a/..", "..%2f", true),
            ("/v0/{a}/{b}", "%2e%2e", "...", true),
        ] {
            let arguments = [("a".to_owned(), json!(a)), ("b".to_owned(), json!(b))];
            let built =
                path(&Template::parse(template, "{", "}"), &arguments.into_iter().collect());
            assert_eq!(built.is_ok(), is_let_in, "{template} {a} {b} {built:?}");
        }
    }
}
