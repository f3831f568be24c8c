//! Calls of a list of users, with the typed builder and with code written by hand, in all forms
//! that are compared.

use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_core::Local;
use airbyte_agent_gong::GongConnector;
use airbyte_agent_gong::auth::ApiKey;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::figures::Measured;
use crate::process::Server;
use crate::server::RECORDS;
use crate::{hand, statistics};

/// The number of threads and of concurrent calls.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// Threads of the runtime; 1 means a runtime on the caller's thread.
    threads: usize,
    /// Number of calls at the same time.
    in_flight: usize,
}

impl Shape {
    pub(crate) const fn new(threads: usize, in_flight: usize) -> Self {
        Self { threads, in_flight }
    }

    pub(crate) fn arguments(self) -> [String; 2] {
        [self.threads.to_string(), self.in_flight.to_string()]
    }

    pub(crate) const fn in_flight(self) -> usize {
        self.in_flight
    }

    fn runtime(self) -> Runtime {
        let mut builder = match self.threads {
            1 => tokio::runtime::Builder::new_current_thread(),
            threads => {
                let mut builder = tokio::runtime::Builder::new_multi_thread();
                builder.worker_threads(threads);
                builder
            }
        };
        builder.enable_all().build().unwrap()
    }
}

/// One of the two sides of a comparison.
#[derive(Clone)]
pub(crate) enum Side {
    Typed(GongConnector),
    Hand(Arc<hand::Client>),
}

impl Side {
    /// The side with this name, `typed` or `hand`, for the server at this address.
    pub(crate) fn new(name: &str, address: &str) -> Self {
        match name {
            "typed" => Self::Typed(typed(address)),
            _ => Self::Hand(Arc::new(hand::Client::new(address))),
        }
    }

    /// Makes one call and drops its result.
    async fn call(self) {
        let records = match self {
            Self::Typed(gong) => gong.users().list().await.unwrap().data.len(),
            Self::Hand(client) => client.users().await.users.len(),
        };
        assert_eq!(records, RECORDS);
    }
}

/// The typed connector for the server at this address.
pub(crate) fn typed(address: &str) -> GongConnector {
    let local = Local::new(ApiKey::new("key", "secret")).via(address).max_answer_bytes(1 << 30);
    GongConnector::local(local).unwrap()
}

/// Makes as many calls at the same time as the shape says, once.
fn batch(runtime: &Runtime, side: &Side, shape: Shape) {
    runtime.block_on(async {
        let mut calls = JoinSet::new();
        for _ in 0..shape.in_flight {
            calls.spawn(side.clone().call());
        }
        while let Some(ended) = calls.join_next().await {
            ended.unwrap();
        }
    });
}

/// Makes batches of calls of one side, for a profiler.
pub(crate) fn repeat(side: &Side, shape: Shape, batches: usize) {
    let runtime = shape.runtime();
    for _ in 0..batches {
        batch(&runtime, side, shape);
    }
}

/// The time of the typed side divided by that of the other side, measured by batches of both sides
/// in turn.
pub(crate) fn time(shape: Shape, rounds: usize) -> Measured {
    let server = Server::start(RECORDS, 1);
    let runtime = shape.runtime();
    let sides = ["typed", "hand"].map(|name| Side::new(name, &server.address));
    let run = |side: &Side| -> Duration { statistics::time(|| batch(&runtime, side, shape)) };
    // Connections are opened and buffers grow before the measurement begins.
    for side in &sides {
        (0..rounds.div_ceil(10)).for_each(|_| batch(&runtime, side, shape));
    }
    statistics::pairs(rounds, ["typed", "by hand"], || run(&sides[0]), || run(&sides[1]))
}
