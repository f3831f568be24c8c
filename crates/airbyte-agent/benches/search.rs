//! Time to build the index over all connectors, and time of one query.

use airbyte_agent::registry;
use airbyte_agent_core::tools::search::Index;
use criterion::{Criterion, criterion_group, criterion_main};

/// Plain words, a question with a service, synonyms, and words that nobody knows.
const QUERIES: [&str; 4] = [
    "open invoices of a customer",
    "which issues were assigned to me in Jira last week",
    "give the buyer his money back",
    "lsit teh brnaches of a repositry",
];

fn search(criterion: &mut Criterion) {
    criterion.bench_function("search/build", |bencher| {
        bencher.iter(|| Index::new(registry().iter().copied()));
    });
    let index = Index::new(registry().iter().copied());
    for query in QUERIES {
        criterion.bench_function(&format!("search/query/{query}"), |bencher| {
            bencher.iter(|| index.search(query, 5));
        });
    }
}

criterion_group!(benches, search);
criterion_main!(benches);
