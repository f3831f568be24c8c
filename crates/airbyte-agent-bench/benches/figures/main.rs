//! Measures the figures that `cargo xtask bench` shows. Every figure is measured by a separate run
//! of this program, because memory that one measurement leaves behind would change the next.
//!
//! | Command | What it does |
//! | --- | --- |
//! | `list` | prints the figures, one a line, separated by tabs: name, unit, meaning, and `program` if it needs PROGRAM |
//! | `measure NAME PROGRAM` | prints the value of a figure and its parts; PROGRAM is the path of `airbyte-agent`, or empty |
//! | `serve RECORDS PAGES` | serves a list of users until it is stopped, and prints its address |
//! | `calls SIDE ADDRESS THREADS IN_FLIGHT BATCHES` | lists users; run under a profiler |
//! | `stream ADDRESS`, `answer ADDRESS` | read a list and print the peak of resident memory in bytes |
#![allow(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a program for maintainers"
)]

mod calls;
mod figures;
mod hand;
mod instructions;
mod memory;
mod offline;
mod process;
mod program;
mod server;
mod statistics;

use calls::{Shape, Side};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["list", ..] => figures::list(),
        ["measure", name, program, ..] => figures::measure(name, program),
        ["serve", records, pages, ..] => {
            println!("{}", server::start(records.parse().unwrap(), pages.parse().unwrap()));
            std::thread::park();
        }
        ["calls", side, address, threads, in_flight, batches, ..] => {
            let shape = Shape::new(threads.parse().unwrap(), in_flight.parse().unwrap());
            calls::repeat(&Side::new(side, address), shape, batches.parse().unwrap());
        }
        ["stream", address, ..] => memory::stream(address),
        ["answer", address, ..] => memory::answer(address),
        // `cargo bench` passes `--bench`.
        _ => println!("run `cargo xtask bench`; this program is a part of it"),
    }
}
