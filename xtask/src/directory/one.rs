//! Reads one document, and measures time and memory.

use std::path::Path;
use std::time::{Duration, Instant};

use airbyte_agent_document::{self as vendor, Api, Definitions, Opener, Rest, Schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The result of reading a document.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// The reason why the document cannot be read; `None` if it can.
    pub refused: Option<String>,
    /// The number of its operations.
    pub operations: usize,
    /// The number of warnings.
    pub warnings: usize,
    /// The first of the warnings.
    pub first_warning: Option<String>,
    /// How much processor time reading took, in milliseconds.
    pub milliseconds: f64,
    /// The peak memory of the process when the document had been read, in KiB; zero where the
    /// system does not state it.
    pub peak: u64,
    /// How long it took to open every schema of every operation and to write it in the newest form, in milliseconds.
    pub opening: f64,
    /// The number of operations with a schema that could not be opened completely.
    pub exhausted: usize,
}

impl Outcome {
    /// A document that could not be read.
    pub fn failed(reason: String) -> Self {
        Self { refused: Some(reason), ..Self::default() }
    }
}

/// Reads one document and opens its schemas.
pub fn read(path: &Path) -> Outcome {
    let began = Clock::start();
    let documents = match vendor::read(path) {
        Ok(documents) => documents,
        Err(error) => {
            let mut outcome = Outcome::failed(error.to_string());
            outcome.milliseconds = began.milliseconds();
            outcome.peak = peak();
            return outcome;
        }
    };
    let milliseconds = began.milliseconds();
    let peak = peak();
    let mut outcome = Outcome { milliseconds, peak, ..Outcome::default() };
    let began = Clock::start();
    for document in &documents {
        outcome.warnings += document.warnings.len();
        let first = document.warnings.first().map(ToString::to_string);
        outcome.first_warning = outcome.first_warning.or(first);
        if let Api::Rest(rest) = &document.api {
            outcome.operations += rest.operations.len();
            outcome.exhausted += open(rest);
        }
    }
    outcome.opening = began.milliseconds();
    outcome
}

/// Makes a connector of one document in memory, as the program does for `--spec`.
pub fn import(path: &Path) -> Outcome {
    let began = Clock::start();
    let loaded = airbyte_agent_import::load(path);
    let (milliseconds, peak) = (began.milliseconds(), peak());
    match loaded {
        Ok(loaded) => Outcome {
            operations: loaded.connector.operations().count(),
            milliseconds,
            peak,
            ..Outcome::default()
        },
        Err(error) => Outcome { milliseconds, peak, ..Outcome::failed(error.to_string()) },
    }
}

/// Opens the schemas of every operation with the schemas of their members. Returns the number of
/// operations that have too many of them.
fn open(rest: &Rest) -> usize {
    let definitions = Definitions::new(&rest.root);
    let mut exhausted = 0;
    for operation in &rest.operations {
        let opener = Opener::new(&rest.root);
        let parameters = operation.parameters.iter().map(|parameter| &parameter.schema);
        let bodies = operation.body.iter().flat_map(|body| &body.contents);
        let responses = operation.responses.iter().chain(&operation.failures);
        let contents = bodies.chain(responses.flat_map(|response| &response.contents));
        let schemas = parameters.chain(contents.filter_map(|content| content.schema.as_ref()));
        for schema in schemas {
            members(&opener, schema);
            // The text is not used: writing it shows that the schema has an end.
            let _ = definitions.schema(schema);
        }
        exhausted += usize::from(opener.is_exhausted());
    }
    exhausted
}

fn members(opener: &Opener<'_>, schema: &Value) {
    let shape = opener.open(&Schema::One(schema));
    for inner in shape.members.values().chain(&shape.items) {
        opener.open(inner);
    }
}

/// Measures the processor time, which other programs do not lengthen, or the elapsed time where the
/// system does not state the processor time.
struct Clock {
    began: Instant,
    used: Option<Duration>,
}

impl Clock {
    fn start() -> Self {
        Self { began: Instant::now(), used: used() }
    }

    fn milliseconds(&self) -> f64 {
        let used = used().zip(self.used).map(|(now, then)| now.saturating_sub(then));
        used.unwrap_or_else(|| self.began.elapsed()).as_secs_f64() * 1000.0
    }
}

/// The processor time of this process, whose work is done by one thread.
fn used() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// The peak memory of this process, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or_default()
}
