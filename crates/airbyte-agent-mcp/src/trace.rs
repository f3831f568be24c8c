//! The span of a call, and the trace that it belongs to, as the client gives it in the metadata of the request.
//!
//! The span has the name and the attributes that the semantic conventions of OpenTelemetry have for tools and for this
//! protocol. A program that exports spans gets them by its subscriber. Arguments and results are not among them.

use rmcp::RoleServer;
use rmcp::service::RequestContext;
use tracing::Span;
use tracing::field::Empty;

/// The `traceparent` of the request, if it has the form that W3C Trace Context describes.
pub(crate) fn parent(context: &RequestContext<RoleServer>) -> Option<&str> {
    context.meta.get_traceparent().filter(|text| is_valid(text))
}

/// The span of a call of a tool.
pub(crate) fn span(tool: &str, context: &RequestContext<RoleServer>) -> Span {
    let traceparent = parent(context);
    let (trace, parent) = traceparent.map(identifiers).unwrap_or_default();
    let version = context.protocol_version();
    let is_http = context.extensions.get::<http::request::Parts>().is_some();
    let span = tracing::info_span!(
        "mcp_call",
        otel.name = %format_args!("tools/call {tool}"),
        otel.kind = "server",
        otel.status_code = Empty,
        error.type = Empty,
        mcp.method.name = "tools/call",
        mcp.protocol.version = version.as_ref().map(rmcp::model::ProtocolVersion::as_str),
        network.transport = if is_http { "tcp" } else { "pipe" },
        gen_ai.operation.name = "execute_tool",
        gen_ai.tool.name = tool,
        trace_id = trace,
        parent_id = parent,
    );
    #[cfg(feature = "otel")]
    continue_trace(&span, traceparent);
    span
}

/// Makes the span part of the trace of the client. Without a subscriber for OpenTelemetry nothing happens.
#[cfg(feature = "otel")]
fn continue_trace(span: &Span, traceparent: Option<&str>) {
    use opentelemetry::trace::{
        SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState,
    };
    use tracing_opentelemetry::OpenTelemetrySpanExt as _;

    let Some(text) = traceparent else { return };
    let (trace, parent) = identifiers(text);
    let flags = text.split('-').nth(3).and_then(|flags| u8::from_str_radix(flags, 16).ok());
    let (Ok(trace), Ok(parent)) = (TraceId::from_hex(trace), SpanId::from_hex(parent)) else {
        return;
    };
    let flags = TraceFlags::new(flags.unwrap_or_default());
    let remote = SpanContext::new(trace, parent, flags, true, TraceState::default());
    // It fails where nobody collects spans.
    let _ = span.set_parent(opentelemetry::Context::new().with_remote_span_context(remote));
}

/// Notes in the span of a call what kind of error it ended with.
pub(crate) fn fail(span: &Span, kind: &str) {
    span.record("otel.status_code", "error");
    span.record("error.type", kind);
}

/// The identifiers of the trace and of the span in it that makes the call.
fn identifiers(parent: &str) -> (&str, &str) {
    let mut parts = parent.split('-').skip(1);
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

fn is_valid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [version, trace, span, flags, rest @ ..] = &parts[..] else { return false };
    let is_hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_zero = |part: &str| part.bytes().all(|b| b == b'0');
    // A later version may have more parts.
    let has_length = if *version == "00" { rest.is_empty() } else { *version != "ff" };
    has_length
        && text.len() <= 256
        && text.is_ascii()
        && is_hex(version, 2)
        && is_hex(trace, 32)
        && is_hex(span, 16)
        && is_hex(flags, 2)
        && !is_zero(trace)
        && !is_zero(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_the_form_of_a_trace_is_taken() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        for (text, expected) in [
            (good.to_owned(), true),
            (format!("{good}-x"), false),
            (format!("01{}-x", &good[2..]), true),
            (format!("ff{}", &good[2..]), false),
            (good.to_uppercase(), false),
            (good.replace('7', "g"), false),
            (good.replace("b7ad6b7169203331", "0000000000000000"), false),
            (good[1..].to_owned(), false),
            (format!("01{}-{}", &good[2..], "x".repeat(300)), false),
            (String::new(), false),
        ] {
            assert_eq!(is_valid(&text), expected, "{text}");
        }
        assert_eq!(identifiers(good), ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"));
    }
}
