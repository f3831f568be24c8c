//! Peaks of resident memory, each measured in a process of its own.

use crate::calls::typed;
use crate::figures::Measured;
use crate::process::{self, Server, own};
use crate::server::{self, RECORDS};

/// Size of the large answer in bytes.
const LARGE: usize = 200_000_000;

/// The peak of a stream of 1,000 pages, divided by that of a stream of 10 pages.
pub(crate) fn of_stream() -> Measured {
    let [many, few] = [1_000, 10].map(|pages| {
        let server = Server::start(RECORDS, pages);
        peak("stream", &server.address)
    });
    Measured { value: many / few, parts: format!("{}, {}", shown(many), shown(few)) }
}

/// The peak of one large answer, divided by the size of the answer.
#[allow(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
pub(crate) fn of_answer() -> Measured {
    let records = LARGE / (server::page(RECORDS, None).len() / RECORDS);
    let size = server::page(records, None).len() as f64;
    let server = Server::start(records, 1);
    let peak = peak("answer", &server.address);
    Measured { value: peak / size, parts: format!("{} for {}", shown(peak), shown(size)) }
}

/// Reads every record of a list in pages, and prints the peak of memory.
pub(crate) fn stream(address: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let records = runtime.block_on(async {
        let mut records = typed(address).users().list().items();
        let mut count = 0;
        while let Some(record) = records.try_next().await.unwrap() {
            count += usize::from(record.id.is_some());
        }
        count
    });
    assert_eq!(records % RECORDS, 0);
    println!("{}", process::memory("self", "VmHWM"));
}

/// Reads one page, and prints the peak of memory.
pub(crate) fn answer(address: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let page = runtime.block_on(async { typed(address).users().list().await }).unwrap();
    assert!(page.data.len() > RECORDS);
    println!("{}", process::memory("self", "VmHWM"));
}

/// The peak of memory that a run of this program prints, in bytes.
fn peak(command: &str, address: &str) -> f64 {
    let run = own().args([command, address]).output().unwrap();
    let told = String::from_utf8_lossy(&run.stdout);
    told.trim().parse().unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&run.stderr)))
}

fn shown(bytes: f64) -> String {
    format!("{:.1} MiB", bytes / 1024.0 / 1024.0)
}
