//! Spans and metrics for a collector of OpenTelemetry, as the standard variables `OTEL_*` say.
//!
//! Nothing is sent unless one of the variables `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` and
//! `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT` is set. The spans are those that the crates of this workspace make of calls and
//! requests. They have no arguments, no results, no texts of vendors and no addresses beyond the name of a host.

mod collector;
mod convention;

use std::env;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{MetricExporter, SpanExporter, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::{BatchSpanProcessor, SdkTracerProvider};
use tracing::Metadata;
use tracing_subscriber::filter::{FilterFn, LevelFilter};
use tracing_subscriber::{Layer, Registry};

use self::collector::Collector;
use self::convention::Conventional;
use crate::notes;

/// The longest time that the end of the program waits for the collector.
const LONGEST: Duration = Duration::from_secs(5);

/// Modules whose events say how a request was delayed. Those of others may quote vendors.
const EVENTS: [&str; 2] =
    ["airbyte_agent_engine::wire::attempts", "airbyte_agent_sync::pace::http"];

/// What is sent to a collector until the program ends.
#[derive(Default)]
pub(crate) struct Telemetry {
    spans: Option<SdkTracerProvider>,
    metrics: Option<SdkMeterProvider>,
}

/// The telemetry that the environment wants, with the layer that collects it; nothing where it wants none.
pub(crate) fn start() -> (Telemetry, Option<impl Layer<Registry>>) {
    if !is_wanted() {
        return (Telemetry::default(), None);
    }
    match Telemetry::start() {
        Ok(telemetry) => {
            let layer = telemetry.spans.as_ref().map(|spans| {
                tracing_opentelemetry::layer()
                    .with_tracer(spans.tracer("airbyte-agent"))
                    .with_location(false)
                    .with_threads(false)
                    .with_tracked_inactivity(false)
                    .with_target(false)
                    .with_filter(ours())
            });
            (telemetry, layer)
        }
        Err(problem) => {
            notes::print_warnings([format!(
                "nothing is sent to the collector of OTEL_*: {problem}"
            )]);
            (Telemetry::default(), None)
        }
    }
}

impl Telemetry {
    fn start() -> Result<Self, String> {
        let text = |error: &dyn std::fmt::Display| error.to_string();
        let collector = Collector::start().map_err(|error| text(&error))?;
        let mut telemetry = Self::default();
        if exports("OTEL_METRICS_EXPORTER") {
            let exporter =
                MetricExporter::builder().with_http().with_http_client(collector.clone());
            let exporter = exporter.build().map_err(|error| text(&error))?;
            let provider = SdkMeterProvider::builder()
                .with_periodic_exporter(exporter)
                .with_resource(resource());
            telemetry.metrics = Some(provider.build());
        }
        // Metrics are made of spans, which are therefore collected in any case.
        let mut spans = SdkTracerProvider::builder().with_resource(resource());
        let meter = telemetry.metrics.as_ref().map(|metrics| metrics.meter("airbyte-agent"));
        let next = if exports("OTEL_TRACES_EXPORTER") {
            let exporter = SpanExporter::builder().with_http().with_http_client(collector);
            let exporter = exporter.build().map_err(|error| text(&error))?;
            Some(BatchSpanProcessor::builder(exporter).build())
        } else {
            None
        };
        spans = spans.with_span_processor(Conventional::new(next, meter.as_ref()));
        telemetry.spans = Some(spans.build());
        Ok(telemetry)
    }

    /// Sends what has not been sent yet, and ends.
    pub(crate) fn end(self) {
        let spans = self.spans.map(|spans| spans.shutdown_with_timeout(LONGEST));
        let metrics = self.metrics.map(|metrics| metrics.shutdown_with_timeout(LONGEST));
        for ended in [spans, metrics].into_iter().flatten() {
            if let Err(error) = ended {
                notes::print_warnings([format!(
                    "the collector of OTEL_* did not get everything: {error}"
                )]);
            }
        }
    }
}

/// The spans of calls and requests of this workspace, and the events that say how they were delayed.
fn ours() -> FilterFn {
    FilterFn::new(is_ours as fn(&Metadata<'_>) -> bool)
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("airbyte_agent")
        && *metadata.level() <= LevelFilter::DEBUG
        && (metadata.is_span() || EVENTS.contains(&metadata.target()))
}

fn is_set(name: &str) -> bool {
    env::var(name).is_ok_and(|value| !value.trim().is_empty())
}

fn is_wanted() -> bool {
    let is_disabled =
        env::var("OTEL_SDK_DISABLED").is_ok_and(|value| value.eq_ignore_ascii_case("true"));
    let endpoints =
        ["", "TRACES_", "METRICS_"].map(|what| format!("OTEL_EXPORTER_OTLP_{what}ENDPOINT"));
    !is_disabled && endpoints.iter().any(|name| is_set(name))
}

/// Whether the variable leaves the usual exporter in place.
fn exports(variable: &str) -> bool {
    !env::var(variable).is_ok_and(|value| value.eq_ignore_ascii_case("none"))
}

/// What the spans and metrics are of: `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`, or else this program.
fn resource() -> Resource {
    let attributes = env::var("OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default();
    let builder = Resource::builder();
    let builder = if is_set("OTEL_SERVICE_NAME") || attributes.contains("service.name=") {
        builder
    } else {
        builder.with_service_name("airbyte-agent")
    };
    builder.with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))).build()
}
