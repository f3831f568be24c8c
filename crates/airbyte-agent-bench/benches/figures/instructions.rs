//! Counts instructions with callgrind. The load of the machine does not change this number.

use std::process::Stdio;

use crate::calls::Shape;
use crate::figures::Measured;
use crate::process::{Server, own};
use crate::server::RECORDS;

/// The instructions of a call on the typed side, divided by those on the other side.
pub(crate) fn measure(shape: Shape, batches: usize) -> Measured {
    let server = Server::start(RECORDS, 1);
    let [typed, hand] = ["typed", "hand"].map(|side| {
        // The difference of two runs does not contain the instructions of the start.
        let few = count(side, &server.address, shape, batches);
        let many = count(side, &server.address, shape, 3 * batches);
        (many - few) / (2 * batches * shape.in_flight()) as f64
    });
    let parts = format!("typed {:.0} k, by hand {:.0} k", typed / 1e3, hand / 1e3);
    Measured { value: typed / hand, parts }
}

/// All instructions of one run.
fn count(side: &str, address: &str, shape: Shape, batches: usize) -> f64 {
    let program = own().get_program().to_owned();
    let run = std::process::Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["calls", side, address])
        .args(shape.arguments())
        .arg(batches.to_string())
        .stdout(Stdio::null())
        .output()
        .expect("valgrind must be installed");
    let told = String::from_utf8_lossy(&run.stderr);
    let line = told.lines().find_map(|line| line.split("Collected :").nth(1));
    line.unwrap_or_else(|| panic!("valgrind counted nothing:\n{told}")).trim().parse().unwrap()
}
