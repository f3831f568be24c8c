//! What spans tell of a call that failed.

use tracing::Span;

use crate::error::Error;

/// Records an error in the fields `error_kind`, `status` and `request_id` of a span that has them.
pub(crate) fn note(span: &Span, error: &Error) {
    span.record("error_kind", error.kind().as_str());
    span.record("status", error.status());
    span.record("request_id", error.request_id());
}
