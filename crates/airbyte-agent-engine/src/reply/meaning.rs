//! The meaning of a failure by its code: first according to the description, then by the codes that
//! GraphQL servers have in common. This module does not know the status of the response; its
//! callers do.

use std::time::Duration;

use serde_json::Value;

use crate::description::{Connector, FailureKind, JsonPath};
use crate::error::ErrorKind;
use crate::json::scalar_text;

/// The meaning of a failure; `message` may consist of a code only.
pub(crate) fn meaning(
    connector: &Connector,
    body: &Value,
    message: Option<&str>,
) -> Option<FailureKind> {
    let declared = connector.error_codes.iter().flat_map(|path| path.find(body));
    let mut codes = declared.filter_map(scalar_text).chain(message.map(str::to_owned));
    codes
        .find_map(|code| connector.error_kinds.iter().find(|meaning| meaning.code.fits(&code)))
        .map(|meaning| meaning.kind)
        .or_else(|| graphql(body.get("errors")?))
}

/// The meaning of GraphQL errors, by the codes that servers have in common.
fn graphql(errors: &Value) -> Option<FailureKind> {
    let first = errors.get(0)?;
    let extension = |name: &str| first.get("extensions")?.get(name);
    let code = first.get("type").or_else(|| extension("code")).or_else(|| extension("type"));
    let code = code.and_then(Value::as_str).unwrap_or_default().to_ascii_uppercase();
    let says = |words: &str| {
        let message = first.get("message").and_then(Value::as_str).unwrap_or_default();
        message.to_ascii_lowercase().contains(words)
    };
    match code.as_str() {
        "NOT_FOUND" => Some(FailureKind::NotFound),
        "FORBIDDEN" | "ACCESS_DENIED" | "INSUFFICIENT_SCOPES" => Some(FailureKind::Permission),
        "UNAUTHENTICATED" | "UNAUTHORIZED" | "AUTHENTICATION_ERROR" => {
            Some(FailureKind::Authentication)
        }
        "RATE_LIMITED" | "RATELIMITED" | "THROTTLED" | "RATE_LIMIT" => {
            Some(FailureKind::RateLimited)
        }
        "BAD_USER_INPUT" | "GRAPHQL_VALIDATION_FAILED" | "INVALID_INPUT" | "INPUT_ERROR" => {
            let missing = says("entity not found");
            Some(if missing { FailureKind::NotFound } else { FailureKind::Validation })
        }
        _ => None,
    }
}

/// The kind of error for a meaning.
pub(super) fn kind(meaning: FailureKind) -> ErrorKind {
    match meaning {
        FailureKind::Authentication => ErrorKind::Authentication,
        FailureKind::Permission => ErrorKind::Permission,
        FailureKind::NotFound => ErrorKind::NotFound,
        FailureKind::RateLimited => ErrorKind::RateLimited,
        FailureKind::Validation => ErrorKind::Validation,
        FailureKind::Unavailable | FailureKind::Vendor => ErrorKind::Vendor,
    }
}

/// How long it takes until the vendor has restored the cost of a refused request.
pub(crate) fn cost_wait(connector: &Connector, body: &Value) -> Option<Duration> {
    let cost = connector.rate_limit_cost.as_ref()?;
    let number = |path: &JsonPath| path.first(body)?.as_f64();
    let (needed, available) = (number(&cost.needed)?, number(&cost.available)?);
    let per_second = number(&cost.per_second).filter(|rate| *rate > 0.0)?;
    Duration::try_from_secs_f64(((needed - available).max(0.0) / per_second).ceil()).ok()
}
