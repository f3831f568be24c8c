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
mod languages;
mod query;
mod query_word;
mod requests;
mod rewrites;
mod synonyms;
mod typo;
mod understand;
mod unserved;
mod verbs;
mod words;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use self::gather::{Gathered, Source, Vocabulary, gather};
use self::requests::Requests;
use self::typo::Spelling;
use self::words::{Term, each_word};
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

/// A service that a query names and that no connector of the index serves.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unserved {
    /// The name of the service.
    pub name: String,
    /// The names of connectors for the same purpose, the nearest first. May be empty.
    pub nearest: Vec<Text>,
}

impl fmt::Display for Unserved {
    /// A sentence that says so.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "There is no connector named {}", self.name)?;
        if self.nearest.is_empty() {
            return write!(f, ".");
        }
        write!(f, "; nearest: {}.", self.nearest.join(", "))
    }
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
    /// Every word of a name of a service, in small letters.
    names: HashSet<Box<str>>,
    requests: Requests,
    /// For each word, the services that use it far more than others do, each with the share of its uses.
    affinities: Vec<Vec<(usize, f32)>>,
}

/// One operation of the index.
struct Entry {
    service: usize,
    entity: Text,
    action: Action,
    /// The words in the name of the entity.
    name: Vec<Term>,
    /// The words of each other name of the entity.
    other_names: Arc<[Vec<Term>]>,
}

/// An operation with the score that it has for a query.
struct Ranked {
    /// Its position in the index.
    number: usize,
    score: f32,
    /// Whether it may be the first: it only reads, or the query asks for such a change.
    may_lead: bool,
}

/// One connector of the index.
struct Service {
    name: Text,
    /// The words of each of its names, each with its share in the name.
    names: Vec<Vec<(Term, f32)>>,
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
        let Gathered { vocabulary, postings, entities, other_names, services, requests } =
            gather(&connectors, &sources);
        let operations =
            sources.iter().zip(entities).zip(other_names).map(|((source, name), other_names)| {
                Entry {
                    service: source.service,
                    entity: source.entity.name.clone(),
                    action: source.operation.action,
                    name,
                    other_names,
                }
            });
        let spellings = vocabulary.words().iter().map(|word| Spelling::of(word)).collect();
        let operations: Vec<Entry> = operations.collect();
        let services = named(&connectors, &services);
        let affinities = affinities(&postings, &operations, services.len());
        let names = words_of_names(&connectors);
        Self { vocabulary, spellings, postings, operations, services, names, requests, affinities }
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

    /// The service that a query names although none of the connectors serves it, and the connectors that come
    /// nearest to it; `None` if the query names no such service. Only well-known services are noticed.
    ///
    /// Searches leave the name out, so that what they find is for other services.
    pub fn unserved(&self, query: &str) -> Option<Unserved> {
        let found = self.understand(query).unserved?;
        let mut nearest: Vec<Text> = Vec::new();
        for hit in self.search(found.purpose, 12) {
            if nearest.len() < 3 && !nearest.contains(&hit.connector) {
                nearest.push(hit.connector);
            }
        }
        Some(Unserved { name: found.name.clone(), nearest })
    }

    /// The same as [`search`](Self::search) among the operations for which `keep` is true, such as those
    /// that a policy permits, or those of some connectors.
    pub fn search_where(&self, query: &str, limit: usize, keep: impl Fn(&Hit) -> bool) -> Vec<Hit> {
        let mut ranked = self.rank(query);
        ranked.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.number.cmp(&b.number)));
        let hit = |place: &Ranked| {
            let Entry { service, entity, action, .. } = &self.operations[place.number];
            let connector = self.services[*service].name.clone();
            Hit { connector, entity: entity.clone(), action: *action, score: place.score }
        };
        let mut fitting = ranked.iter().map(|place| (place.may_lead, hit(place)));
        let mut fitting = fitting.by_ref().filter(|(_, hit)| keep(hit));
        let mut hits: Vec<Hit> = Vec::new();
        // A change that was not asked for is never the first.
        let mut waiting: Vec<Hit> = Vec::new();
        for (may_lead, hit) in fitting.by_ref() {
            if may_lead {
                let best = waiting.first().map_or(hit.score, |first| first.score);
                hits.push(Hit { score: best, ..hit });
                break;
            }
            waiting.push(hit);
        }
        hits.append(&mut waiting);
        hits.extend(fitting.map(|(_, hit)| hit).take(limit.saturating_sub(hits.len())));
        hits.truncate(limit);
        hits
    }
}

/// The connectors with the share that each word has in a name. A rare word has a larger share.
#[allow(clippy::cast_precision_loss)]
fn named(connectors: &[&Connector], names: &[Vec<Vec<Term>>]) -> Vec<Service> {
    let having = |term: &Term| names.iter().filter(|name| name.concat().contains(term)).count();
    let rarity = |term: &Term| (1.0 + connectors.len() as f32 / having(term) as f32).ln();
    let shares = |name: &Vec<Term>| {
        let whole: f32 = name.iter().map(rarity).sum();
        name.iter().map(|term| (*term, rarity(term) / whole)).collect()
    };
    let services = connectors.iter().zip(names).map(|(connector, names)| Service {
        name: connector.name.clone(),
        names: names.iter().map(shares).collect(),
    });
    services.collect()
}

/// Every word in a name of these connectors, whole and in small letters.
fn words_of_names(connectors: &[&Connector]) -> HashSet<Box<str>> {
    let mut words = HashSet::new();
    for connector in connectors {
        for name in
            [&connector.name, &connector.title].into_iter().chain(connector.other_names.iter())
        {
            each_word(name, false, |word| {
                words.insert(word.into());
            });
        }
    }
    words
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
