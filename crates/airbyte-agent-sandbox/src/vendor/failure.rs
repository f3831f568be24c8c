//! Why a vendor does not do what a request asks for, and how it reports that. Every failure of an
//! operation becomes a response in this file and nowhere else.

use airbyte_agent_description::{Connector, ErrorCondition, Step};
use serde_json::{Value, json};

use super::json_path::set_at;
use crate::response::Response;

/// Why a vendor does not do what a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// The credential is missing, malformed or refused.
    Unauthenticated(String),
    /// The credential has used up its requests for a second.
    RateLimited,
    /// No operation has this path.
    NoPath(String),
    /// Operations have this path, but none of them has this method.
    NoMethod { method: String, path: String },
    /// The arguments are wrong, each for its own reason.
    InvalidArguments(Vec<String>),
    /// There is no record of this name. `what` is the singular of the entity.
    NoRecord { what: String, name: String },
    /// There is no file at this address.
    NoFile,
    /// The sandbox keeps no more records.
    Full,
}

impl Failure {
    fn status(&self) -> u16 {
        match self {
            Self::InvalidArguments(_) => 400,
            Self::Unauthenticated(_) => 401,
            Self::NoPath(_) | Self::NoRecord { .. } | Self::NoFile => 404,
            Self::NoMethod { .. } => 405,
            Self::RateLimited => 429,
            Self::Full => 507,
        }
    }

    /// The word for this kind of failure in a response that is not GraphQL.
    fn kind(&self) -> &'static str {
        match self {
            Self::InvalidArguments(_) => "invalid_request",
            Self::Unauthenticated(_) => "unauthorized",
            Self::NoPath(_) | Self::NoRecord { .. } | Self::NoFile => "not_found",
            Self::NoMethod { .. } => "method_not_allowed",
            Self::RateLimited => "rate_limited",
            Self::Full => "sandbox_full",
        }
    }

    fn messages(&self) -> Vec<String> {
        let message = match self {
            Self::InvalidArguments(problems) => return problems.clone(),
            Self::Unauthenticated(reason) => reason.clone(),
            Self::NoPath(path) => format!("There is nothing at {path}"),
            Self::NoMethod { method, path } => format!("{method} is not allowed on {path}"),
            Self::NoRecord { what, name } => format!("There is no {what} `{name}`"),
            Self::NoFile => "There is no such file".to_owned(),
            Self::Full => {
                "The sandbox keeps no more than 20,000 writes and 64 MiB of written data \
                           for each vendor; start it anew"
                    .to_owned()
            }
            Self::RateLimited => "Too many requests; wait a second".to_owned(),
        };
        vec![message]
    }

    /// The response by which the vendor reports the failure with an HTTP status.
    pub(super) fn response(&self, description: &Connector) -> Response {
        let message = self.messages().join("; ");
        let mut body = json!({"error": {"type": self.kind(), "message": message}});
        if let Some(check) = description.errors.first()
            && let ErrorCondition::Equals(bad) = &check.when
        {
            // This vendor's bodies say whether the request succeeded.
            body = Value::Null;
            set_at(&mut body, &check.path.steps, bad.value());
            if let Some(path) = &check.message {
                set_at(&mut body, &path.steps, self.kind().into());
            }
            set_at(&mut body, &[Step::Key("detail".into())], message.into());
        }
        let response = Response::json(self.status(), &body);
        match self {
            Self::Unauthenticated(_) => response.header("www-authenticate", "Bearer"),
            Self::RateLimited => response.header("retry-after", "1"),
            _ => response,
        }
    }

    /// The response by which a GraphQL server reports the failure: status 200 and `errors`.
    pub(super) fn graphql_response(&self) -> Response {
        let code = match self {
            Self::InvalidArguments(_) => "BAD_USER_INPUT",
            Self::NoRecord { .. } => "NOT_FOUND",
            _ => "INTERNAL_SERVER_ERROR",
        };
        let messages = self.messages();
        let errors = messages
            .iter()
            .map(|message| json!({"message": message, "extensions": {"code": code}}))
            .collect::<Vec<_>>();
        Response::json(200, &json!({"data": null, "errors": errors}))
    }
}
