//! The tracing span of a call, and what it records of a failure.

use tracing::Span;
use tracing::field::Empty;

use crate::description::Connector;
use crate::error::Error;
use crate::operation::OperationRef;

/// Records an error in the fields `error_kind`, `status` and `request_id` of a span that has them.
pub(crate) fn note(span: &Span, error: &Error) {
    span.record("error_kind", error.kind().as_str());
    span.record("status", error.status());
    span.record("request_id", error.request_id());
}

/// The span of a call. The requests of the call have child spans of their own.
pub(crate) fn call_span(connector: &Connector, operation: &OperationRef) -> Span {
    tracing::debug_span!(
        "airbyte_agent.call",
        connector = %connector.name,
        entity = %operation.entity,
        action = %operation.action_name(),
        status = Empty,
        request_id = Empty,
        error_kind = Empty,
    )
}
