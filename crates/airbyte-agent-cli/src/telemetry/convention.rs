//! Gives spans the names and attributes of OpenTelemetry's conventions for HTTP clients, tools and MCP, and makes the
//! metrics of these conventions of them.
//!
//! The spans of the workspace have short fields for the log; what is exported is decided here, attribute by attribute:
//! one that is not named is not exported.

use std::time::Duration;

use opentelemetry::metrics::{Histogram, Meter};
use opentelemetry::trace::{SpanKind, Status};
use opentelemetry::{Context, KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{BatchSpanProcessor, Span, SpanData, SpanProcessor};

/// Attributes of each kind of span: the field of the span, and the name under which it is exported.
const REQUEST: &[(&str, &str)] = &[
    ("method", "http.request.method"),
    ("host", "server.address"),
    ("status", "http.response.status_code"),
    ("error_kind", "error.type"),
    ("what", "airbyte_agent.operation"),
];
const CALL: &[(&str, &str)] = &[
    ("connector", "airbyte_agent.connector"),
    ("entity", "airbyte_agent.entity"),
    ("action", "airbyte_agent.action"),
    ("error_kind", "error.type"),
];
const PART: &[(&str, &str)] = &[("tool", "gen_ai.tool.name"), ("part", "airbyte_agent.part")];
const TOOL: &[(&str, &str)] = &[
    ("error.type", "error.type"),
    ("mcp.method.name", "mcp.method.name"),
    ("mcp.protocol.version", "mcp.protocol.version"),
    ("network.transport", "network.transport"),
    ("gen_ai.operation.name", "gen_ai.operation.name"),
    ("gen_ai.tool.name", "gen_ai.tool.name"),
];

/// The attributes of a span that its metric has, too: those with few values.
const MEASURED: [&str; 8] = [
    "http.request.method",
    "server.address",
    "http.response.status_code",
    "error.type",
    "mcp.method.name",
    "mcp.protocol.version",
    "network.transport",
    "gen_ai.tool.name",
];

/// Bounds of durations in seconds, as the conventions advise.
const SECONDS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
const MCP_SECONDS: [f64; 14] =
    [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0];

/// Hands spans on by the conventions, and measures them.
#[derive(Debug)]
pub(super) struct Conventional {
    next: Option<BatchSpanProcessor>,
    measures: Option<Measures>,
}

#[derive(Debug)]
struct Measures {
    requests: Histogram<f64>,
    tools: Histogram<f64>,
}

impl Conventional {
    pub(super) fn new(next: Option<BatchSpanProcessor>, meter: Option<&Meter>) -> Self {
        let histogram = |meter: &Meter, name: &'static str, bounds: &[f64]| {
            meter.f64_histogram(name).with_unit("s").with_boundaries(bounds.to_vec()).build()
        };
        let measures = meter.map(|meter| Measures {
            requests: histogram(meter, "http.client.request.duration", &SECONDS),
            tools: histogram(meter, "mcp.server.operation.duration", &MCP_SECONDS),
        });
        Self { next, measures }
    }
}

impl SpanProcessor for Conventional {
    fn on_start(&self, span: &mut Span, context: &Context) {
        if let Some(next) = &self.next {
            next.on_start(span, context);
        }
    }

    fn on_end(&self, span: SpanData) {
        let (span, measure) = conventional(span);
        if let (Some(measures), Some(measure)) = (&self.measures, measure) {
            let seconds = span.end_time.duration_since(span.start_time).unwrap_or_default();
            let attributes =
                span.attributes.iter().filter(|one| MEASURED.contains(&one.key.as_str()));
            let attributes: Vec<KeyValue> = attributes.cloned().collect();
            let histogram = match measure {
                Measure::Request => &measures.requests,
                Measure::Tool => &measures.tools,
            };
            histogram.record(seconds.as_secs_f64(), &attributes);
        }
        if let Some(next) = &self.next {
            next.on_end(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.next.as_ref().map_or(Ok(()), SpanProcessor::force_flush)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.next.as_ref().map_or(Ok(()), |next| next.shutdown_with_timeout(timeout))
    }

    fn set_resource(&mut self, resource: &Resource) {
        if let Some(next) = &mut self.next {
            next.set_resource(resource);
        }
    }
}

/// Which metric a span counts for.
enum Measure {
    Request,
    Tool,
}

/// The span as the conventions want it.
fn conventional(mut span: SpanData) -> (SpanData, Option<Measure>) {
    let text = |name: &str| {
        let attribute = span.attributes.iter().find(|one| one.key.as_str() == name);
        attribute.map(|one| one.value.to_string()).unwrap_or_default()
    };
    let (names, measure) = match span.name.as_ref() {
        "airbyte_agent.request" => {
            let attempts = text("attempts").parse::<i64>().unwrap_or(1);
            span.name = text("method").into();
            span.span_kind = SpanKind::Client;
            if attempts > 1 {
                span.attributes.push(KeyValue::new("http.request.resend_count", attempts - 1));
            }
            (REQUEST, Some(Measure::Request))
        }
        "airbyte_agent.call" => {
            span.name =
                format!("{} {}.{}", text("connector"), text("entity"), text("action")).into();
            (CALL, None)
        }
        "mcp_batch_call" | "mcp_program_call" => {
            span.name = format!("execute_tool {}", text("tool")).into();
            (PART, None)
        }
        _ => (TOOL, Some(Measure::Tool).filter(|_| span.span_kind == SpanKind::Server)),
    };
    let renamed = |mut one: KeyValue| {
        if one.key.as_str() == "http.request.resend_count" {
            return Some(one);
        }
        let (_, name) = names.iter().find(|(field, _)| *field == one.key.as_str())?;
        one.key = (*name).into();
        // A text such as "404" is a number by the conventions.
        if *name == "http.response.status_code"
            && let Ok(status) = one.value.to_string().parse::<i64>()
        {
            one.value = Value::I64(status);
        }
        Some(one)
    };
    span.attributes =
        std::mem::take(&mut span.attributes).into_iter().filter_map(renamed).collect();
    if span.attributes.iter().any(|one| one.key.as_str() == "error.type") {
        // Messages may quote vendors, and the kind says it.
        span.status = Status::error("");
    }
    (span, measure)
}
