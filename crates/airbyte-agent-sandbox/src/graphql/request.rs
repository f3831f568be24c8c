//! The body of a GraphQL request.

use serde_json::{Map, Value};

use super::document::Document;
use crate::request::Request;

/// A GraphQL request with its document parsed.
#[derive(Debug, Clone, Default)]
pub(crate) struct GraphqlRequest {
    pub(crate) document: Document,
    /// The document as it was sent.
    pub(crate) source: String,
    pub(crate) operation_name: Option<String>,
    pub(crate) variables: Map<String, Value>,
}

/// Why a body is not a GraphQL request.
#[derive(Debug, Clone)]
pub(crate) enum RequestError {
    /// The body does not have the form of a GraphQL request, so that the vendor reports an HTTP
    /// failure.
    Body(String),
    /// The document has a syntax error, which the vendor reports in a GraphQL response.
    Document(String),
}

impl GraphqlRequest {
    /// Parses the body of a request.
    pub(crate) fn parse(request: &Request) -> Result<Self, RequestError> {
        if request.media_type() != "application/json" {
            let sent = request.header("content-type").unwrap_or_default();
            let message = format!("the content type is `{sent}`, expected `application/json`");
            return Err(RequestError::Body(message));
        }
        let body: Value = serde_json::from_slice(&request.body)
            .map_err(|error| RequestError::Body(format!("the body is not valid JSON: {error}")))?;
        let source = body.get("query").and_then(Value::as_str);
        let source = source.ok_or_else(|| RequestError::Body("the body has no `query`".into()))?;
        let variables = match body.get("variables") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(map)) => map.clone(),
            Some(_) => return Err(RequestError::Body("`variables` must be an object".into())),
        };
        Ok(Self {
            document: Document::parse(source).map_err(RequestError::Document)?,
            source: source.to_owned(),
            operation_name: body.get("operationName").and_then(Value::as_str).map(str::to_owned),
            variables,
        })
    }
}
