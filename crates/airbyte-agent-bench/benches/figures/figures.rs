//! The figures: their names, their meaning, and the functions that measure them.

use self::Measure::{Alone, Program};
use crate::calls::{self, Shape};
use crate::{instructions, memory, offline, program};

/// One number that is compared with that of the last accepted run. Smaller values are better for
/// all figures.
struct Figure {
    name: &'static str,
    unit: &'static str,
    what: &'static str,
    measure: Measure,
}

/// The function that measures a figure.
enum Measure {
    /// A function that needs this program only.
    Alone(fn() -> Measured),
    /// A function that runs the program `airbyte-agent`, whose path it gets.
    Program(fn(&str) -> Measured),
}

/// The value of a figure.
pub(crate) struct Measured {
    pub(crate) value: f64,
    /// The values from which it was computed.
    pub(crate) parts: String,
}

const ALONE: Shape = Shape::new(1, 1);
const ALONE_ON_TWO: Shape = Shape::new(2, 1);
const SIXTEEN: Shape = Shape::new(1, 16);
const SIXTEEN_ON_TWO: Shape = Shape::new(2, 16);
const THOUSAND: Shape = Shape::new(2, 1_000);

/// `list` means a typed list of 100 records, compared with one written by hand with reqwest and
/// serde.
const FIGURES: &[Figure] = &[
    Figure {
        name: "list/time/1-thread",
        unit: "ratio",
        what: "time of a typed list beside one written by hand, one call after the other",
        measure: Alone(|| calls::time(ALONE, 600)),
    },
    Figure {
        name: "list/time/2-threads",
        unit: "ratio",
        what: "time of a typed list beside one written by hand, on a runtime of two threads",
        measure: Alone(|| calls::time(ALONE_ON_TWO, 600)),
    },
    Figure {
        name: "list/time/1-thread/16-in-flight",
        unit: "ratio",
        what: "time of a typed list beside one written by hand, with 16 calls at once",
        measure: Alone(|| calls::time(SIXTEEN, 60)),
    },
    Figure {
        name: "list/time/2-threads/16-in-flight",
        unit: "ratio",
        what: "time of a typed list beside one written by hand, with 16 calls at once on two threads",
        measure: Alone(|| calls::time(SIXTEEN_ON_TWO, 60)),
    },
    Figure {
        name: "list/time/1000-in-flight",
        unit: "ratio",
        what: "time of 1,000 typed lists at once on one client beside those written by hand",
        measure: Alone(|| calls::time(THOUSAND, 5)),
    },
    Figure {
        name: "list/instructions/1-thread",
        unit: "ratio",
        what: "instructions of a typed list beside one written by hand",
        measure: Alone(|| instructions::measure(ALONE, 40)),
    },
    Figure {
        name: "list/instructions/2-threads",
        unit: "ratio",
        what: "instructions of a typed list beside one written by hand, on a runtime of two threads",
        measure: Alone(|| instructions::measure(ALONE_ON_TWO, 40)),
    },
    Figure {
        name: "list/instructions/1-thread/16-in-flight",
        unit: "ratio",
        what: "instructions of a typed list beside one written by hand, with 16 calls at once",
        measure: Alone(|| instructions::measure(SIXTEEN, 4)),
    },
    Figure {
        name: "list/instructions/2-threads/16-in-flight",
        unit: "ratio",
        what: "instructions of a typed list beside one written by hand, with 16 calls at once on two threads",
        measure: Alone(|| instructions::measure(SIXTEEN_ON_TWO, 4)),
    },
    Figure {
        name: "memory/stream",
        unit: "ratio",
        what: "peak memory of a stream of 100,000 records beside one of 1,000, in pages of 100",
        measure: Alone(memory::of_stream),
    },
    Figure {
        name: "memory/answer",
        unit: "ratio",
        what: "peak memory of one typed answer of 200 MB beside its size",
        measure: Alone(memory::of_answer),
    },
    Figure {
        name: "specs/load",
        unit: "ratio",
        what: "time to load all specs beside parsing their YAML alone",
        measure: Alone(offline::load),
    },
    Figure {
        name: "search/index",
        unit: "ratio",
        what: "time to index all operations beside writing their descriptions as JSON",
        measure: Alone(offline::index),
    },
    Figure {
        name: "search/query",
        unit: "ratio",
        what: "time of a search over all operations beside one scan of their texts for its words",
        measure: Alone(offline::query),
    },
    Figure {
        name: "program/start",
        unit: "ratio",
        what: "time from the start of `airbyte-agent` to its first request beside a program written by hand",
        measure: Program(program::start),
    },
    Figure {
        name: "mcp/initialize/time",
        unit: "ms",
        what: "time from the start of the MCP server to its response to `initialize`",
        measure: Program(program::initialize),
    },
    Figure {
        name: "mcp/initialize/memory",
        unit: "MiB",
        what: "resident memory of the MCP server after `initialize`",
        measure: Program(program::resident),
    },
];

pub(crate) fn list() {
    for Figure { name, unit, what, measure } in FIGURES {
        let needs = if matches!(measure, Program(_)) { "program" } else { "" };
        println!("{name}\t{unit}\t{what}\t{needs}");
    }
}

/// Prints the value and, after a tab, the values from which it was computed.
pub(crate) fn measure(name: &str, program: &str) {
    let figure = FIGURES.iter().find(|figure| figure.name == name).unwrap();
    let Measured { value, parts } = match figure.measure {
        Alone(measure) => measure(),
        Program(measure) => measure(program),
    };
    println!("{value}\t{parts}");
}
