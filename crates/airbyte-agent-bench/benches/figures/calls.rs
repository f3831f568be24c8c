//! A list of users by the typed builder and by hand, in every shape in which they are compared.

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

/// How calls are made.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// Threads of the runtime; 1 means one that runs on the caller's thread.
    threads: usize,
    /// Calls at once.
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

/// One of the two things that are compared.
#[derive(Clone)]
pub(crate) enum Side {
    Typed(GongConnector),
    Hand(Arc<hand::Client>),
}

impl Side {
    /// `typed` or `hand`.
    pub(crate) fn new(name: &str, address: &str) -> Self {
        match name {
            "typed" => Self::Typed(typed(address)),
            _ => Self::Hand(Arc::new(hand::Client::new(address))),
        }
    }

    /// Makes one call and lets go of what it returns.
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

/// As many calls at once as the shape says, once.
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

/// Batches of one side, for a profiler.
pub(crate) fn repeat(side: &Side, shape: Shape, batches: usize) {
    let runtime = shape.runtime();
    for _ in 0..batches {
        batch(&runtime, side, shape);
    }
}

/// The time of the typed side beside the other's, by batches in turn.
pub(crate) fn time(shape: Shape, rounds: usize) -> Measured {
    let server = Server::start(RECORDS, 1);
    let runtime = shape.runtime();
    let sides = ["typed", "hand"].map(|name| Side::new(name, &server.address));
    let run = |side: &Side| -> Duration { statistics::time(|| batch(&runtime, side, shape)) };
    // Connections are made and buffers grow before anything counts.
    for side in &sides {
        (0..rounds.div_ceil(10)).for_each(|_| batch(&runtime, side, shape));
    }
    statistics::pairs(rounds, ["typed", "by hand"], || run(&sides[0]), || run(&sides[1]))
}
