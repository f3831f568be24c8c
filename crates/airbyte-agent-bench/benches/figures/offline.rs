//! Figures that need no network: loading specs, and searching operations.

use std::path::Path;
use std::time::Duration;

use airbyte_agent::registry;
use airbyte_agent_core::tools::search::Index;
use airbyte_agent_spec::Spec;
use saphyr_parser::{Event, Parser};

use crate::figures::Measured;
use crate::statistics::{pairs, time};

/// Ordinary words, a question that names a service, synonyms, and words with typing errors.
const QUERIES: [&str; 4] = [
    "open invoices of a customer",
    "which issues were assigned to me in Jira last week",
    "give the buyer his money back",
    "lsit teh brnaches of a repositry",
];

/// The time to parse and lower all specs.
pub(crate) fn load() -> Measured {
    let texts = specs();
    let lowered = || {
        time(|| {
            for text in &texts {
                let connector = Spec::parse(text).and_then(|spec| spec.lower()).unwrap();
                assert!(connector.operations().count() > 0);
            }
        })
    };
    let parsed = || {
        time(|| {
            for text in &texts {
                let scalars = Parser::new_from_str(text).filter(|event| {
                    event.as_ref().is_ok_and(|(event, _)| matches!(event, Event::Scalar(..)))
                });
                assert!(scalars.count() > 0);
            }
        })
    };
    let measured = pairs(11, ["loaded", "parsed"], lowered, parsed);
    Measured { parts: format!("{}, {} specs", measured.parts, texts.len()), ..measured }
}

fn specs() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs");
    let names: Vec<String> = registry().iter().map(|c| format!("{}.yaml", c.name)).collect();
    names.iter().map(|name| std::fs::read_to_string(folder.join(name)).unwrap()).collect()
}

/// The time to make the index of all operations.
pub(crate) fn index() -> Measured {
    let built = || time(|| assert!(!Index::new(registry().iter().copied()).is_empty()));
    let written = || time(|| assert!(!texts().is_empty()));
    pairs(31, ["index", "texts"], built, written)
}

/// The time of a search for each of the queries.
pub(crate) fn query() -> Measured {
    let index = Index::new(registry().iter().copied());
    let texts: Vec<String> = texts().iter().map(|text| text.to_lowercase()).collect();
    let searched = || -> Duration {
        time(|| QUERIES.iter().for_each(|query| assert!(!index.search(query, 5).is_empty())))
    };
    let scanned = || -> Duration {
        time(|| {
            let found = |query: &&str| {
                let words: Vec<&str> = query.split(' ').collect();
                let best =
                    texts.iter().map(|text| words.iter().filter(|w| text.contains(*w)).count());
                best.max()
            };
            assert!(QUERIES.iter().all(|query| found(query).is_some()));
        })
    };
    pairs(101, ["index", "scan"], searched, scanned)
}

/// The texts that describe each operation.
fn texts() -> Vec<String> {
    let entities = registry().iter().flat_map(|connector| connector.entities.iter());
    let operations = entities.flat_map(|entity| {
        entity.operations.iter().map(move |operation| format!("{} {operation:?}", entity.name))
    });
    operations.collect()
}
