//! A page of 100 Gong users: the typed builder beside hand-written reqwest and serde, on loopback.
//!
//! `cargo bench -p airbyte-agent-cli` compares them in one run. Instruction counts, which noise
//! does not touch, come from callgrind:
//!
//! ```sh
//! cargo bench -p airbyte-agent-cli --no-run   # prints the path of the binary
//! BINARY --serve &                         # prints the server's address
//! valgrind --tool=callgrind BINARY --once typed ADDRESS 20
//! valgrind --tool=callgrind BINARY --once hand ADDRESS 20
//! ```
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod hand;
mod server;

use airbyte_agent::gong::GongConnector;
use airbyte_agent::gong::auth::ApiKey;
use airbyte_agent_core::Local;
use criterion::Criterion;

fn typed(address: &str) -> GongConnector {
    GongConnector::local(Local::new(ApiKey::new("key", "secret")).via(address)).unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn compare(criterion: &mut Criterion) {
    let address = server::start();
    let runtime = runtime();
    let (typed, hand) = (typed(&address), hand::Client::new(&address));
    let mut group = criterion.benchmark_group("users.list of 100 records");
    group.bench_function("typed builder", |bencher| {
        bencher.iter(|| {
            let page = runtime.block_on(async { typed.users().list().await }).unwrap();
            assert_eq!(page.data.len(), server::RECORDS);
            page
        });
    });
    group.bench_function("hand-written", |bencher| {
        bencher.iter(|| {
            let page = runtime.block_on(hand.users());
            assert_eq!(page.users.len(), server::RECORDS);
            page
        });
    });
    group.finish();
}

fn once(which: &str, address: &str, times: usize) {
    runtime().block_on(async {
        let (typed, hand) = (typed(address), hand::Client::new(address));
        for _ in 0..times {
            let records = match which {
                "typed" => typed.users().list().await.unwrap().data.len(),
                _ => hand.users().await.users.len(),
            };
            assert_eq!(records, server::RECORDS);
        }
    });
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["--serve", ..] => {
            println!("{}", server::start());
            std::thread::park();
        }
        ["--once", which, address, times, ..] => once(which, address, times.parse().unwrap()),
        _ => {
            let mut criterion = Criterion::default().configure_from_args();
            compare(&mut criterion);
            criterion.final_summary();
        }
    }
}
