//! Search over operations, which finds the few among hundreds that answer a question.
//!
//! The search compares words and needs no model and no network. An [`Index`] is built once from
//! descriptions. It knows the words of every operation by the text in which they occur: entity,
//! summary, hints, description or parameters. A query may be a question, a request or a few words.
//! Endings, common synonyms and typing errors are understood, verbs point to actions, and the name of
//! a service leads to its operations. The index knows no vendor beside its descriptions.
//!
//! ```
//! use airbyte_agent_engine::description::Connector;
//! use airbyte_agent_tools::search::Index;
//!
//! fn print_matches(connectors: &[&'static Connector]) {
//!     let index = Index::new(connectors.iter().copied());
//!     for hit in index.search("open invoices of a customer", 5) {
//!         println!("{}: {}.{}", hit.connector, hit.entity, hit.action);
//!     }
//! }
//! ```

mod gather;
mod intent;
mod query;
mod query_word;
mod synonyms;
mod typo;
mod words;

use std::fmt;

use serde::Serialize;

use self::gather::{Gathered, Source, Vocabulary, gather};
use self::typo::Spelling;
use airbyte_agent_description::{Action, Connector, Text};

/// An operation that may answer a query.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Hit {
    /// The name of the connector.
    pub connector: Text,
    /// The name of the entity.
    pub entity: Text,
    /// The action of the operation.
    pub action: Action,
    /// How well the operation fits the query. Scores of different queries cannot be compared.
    pub score: f32,
}

/// The words of all operations, ready to be searched. It does not borrow from the descriptions.
///
/// To build it takes some milliseconds for hundreds of operations, and a query takes well below one.
/// Build it when it is first needed, for example in a [`LazyLock`](std::sync::LazyLock), and keep it.
pub struct Index {
    vocabulary: Vocabulary,
    spellings: Vec<Spelling>,
    postings: Vec<Vec<(u32, f32)>>,
    operations: Vec<Entry>,
    services: Vec<Service>,
    /// For each word, the services that use it far more than others do, each with the share of its uses.
    affinities: Vec<Vec<(usize, f32)>>,
}

/// One operation of the index.
struct Entry {
    service: usize,
    entity: Text,
    action: Action,
    /// The words in the name of the entity.
    name: Vec<gather::Term>,
}

/// One connector of the index.
struct Service {
    name: Text,
    /// The words of its name, each with its share in the name.
    words: Vec<(gather::Term, f32)>,
}

impl Index {
    /// An index of the operations of these connectors.
    pub fn new<'c>(connectors: impl IntoIterator<Item = &'c Connector>) -> Self {
        let connectors: Vec<&Connector> = connectors.into_iter().collect();
        let mut sources = Vec::new();
        for (service, connector) in connectors.iter().enumerate() {
            for entity in connector.entities.iter() {
                let operations = entity.operations.iter();
                sources.extend(operations.map(|operation| Source { service, entity, operation }));
            }
        }
        let Gathered { vocabulary, postings, entities, services } = gather(&connectors, &sources);
        let operations = sources.iter().zip(entities).map(|(source, name)| Entry {
            service: source.service,
            entity: source.entity.name.clone(),
            action: source.operation.action,
            name,
        });
        let spellings = vocabulary.words().iter().map(|word| Spelling::of(word)).collect();
        let operations: Vec<Entry> = operations.collect();
        let services = named(&connectors, &services);
        let affinities = affinities(&postings, &operations, services.len());
        Self { vocabulary, spellings, postings, operations, services, affinities }
    }

    /// The number of operations in the index.
    pub fn len(&self) -> usize {
        self.operations.len()
    }

    /// Whether the index has no operations.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// At most `limit` operations that fit the query, the best first. There are none when the index knows no
    /// word of the query.
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        self.search_where(query, limit, |_| true)
    }

    /// The same as [`search`](Self::search) among the operations for which `keep` is true, such as those
    /// that a policy permits, or those of some connectors.
    pub fn search_where(&self, query: &str, limit: usize, keep: impl Fn(&Hit) -> bool) -> Vec<Hit> {
        let mut ranked = self.rank(query);
        ranked.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let hits = ranked.into_iter().map(|(number, score)| {
            let Entry { service, entity, action, .. } = &self.operations[number];
            let connector = self.services[*service].name.clone();
            Hit { connector, entity: entity.clone(), action: *action, score }
        });
        hits.filter(|hit| keep(hit)).take(limit).collect()
    }
}

/// The connectors with the share that each word has in their name. A rare word has a larger share.
#[allow(clippy::cast_precision_loss)]
fn named(connectors: &[&Connector], names: &[Vec<gather::Term>]) -> Vec<Service> {
    let having = |term: &gather::Term| names.iter().filter(|name| name.contains(term)).count();
    let rarity = |term: &gather::Term| (1.0 + connectors.len() as f32 / having(term) as f32).ln();
    let services = connectors.iter().zip(names).map(|(connector, name)| {
        let whole: f32 = name.iter().map(rarity).sum();
        let words = name.iter().map(|term| (*term, rarity(term) / whole)).collect();
        Service { name: connector.name.clone(), words }
    });
    services.collect()
}

/// For every word, the services that use it far more than the others do.
#[allow(clippy::cast_precision_loss)]
fn affinities(
    postings: &[Vec<(u32, f32)>],
    operations: &[Entry],
    services: usize,
) -> Vec<Vec<(usize, f32)>> {
    let mut sizes = vec![0.0_f32; services];
    for operation in operations {
        sizes[operation.service] += 1.0;
    }
    let mut having = vec![0.0_f32; services];
    let affinity = |posting: &Vec<(u32, f32)>| {
        having.fill(0.0);
        for (number, _) in posting {
            let service = operations[*number as usize].service;
            having[service] += 1.0 / sizes[service];
        }
        let whole: f32 = having.iter().sum();
        let shares = having
            .iter()
            .enumerate()
            .map(|(service, share)| (service, share / whole * share.sqrt()));
        shares.filter(|(_, affinity)| *affinity > 0.15).collect()
    };
    postings.iter().map(affinity).collect()
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("operations", &self.operations.len())
            .field("words", &self.spellings.len())
            .finish_non_exhaustive()
    }
}
