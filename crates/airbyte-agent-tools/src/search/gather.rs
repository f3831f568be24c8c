//! Collects the words of every operation with a weight for each.
//!
//! Weights follow BM25 over fields. A word counts more the closer its text is to the name of the
//! operation, less in a long text than in a short one, and less the more operations have it.

use std::collections::HashMap;
use std::sync::Arc;

use super::requests::{OF_ENTITY, Request, Requests};
use super::rewrites::rewrite;
use super::words::{Term, each_word, is_stop_word, stem};
use airbyte_agent_description::{Action, Connector, Entity, Operation};

/// The text in which a word occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Entity,
    Summary,
    Phrases,
    WhenToUse,
    Description,
    EntityDescription,
    ParameterNames,
    ParameterTexts,
    Service,
}

/// The weight of each field, in the order of [`Field`].
const FIELDS: [f32; 9] = [3.0, 5.0, 1.2, 1.0, 1.0, 0.6, 0.5, 0.35, 0.3];

/// How much the length of a text reduces the weight of its words, from 0 for not at all to 1 for fully.
const LENGTH: f32 = 0.5;

/// The weight around which further occurrences of a word stop counting.
const SATURATION: f32 = 1.6;

/// How much the rarity of a word counts: less than 1 keeps a rare word from outweighing several usual ones.
const RARITY: f32 = 0.5;

/// The words of an index and their numbers.
#[derive(Default)]
pub(super) struct Vocabulary {
    numbers: HashMap<Box<str>, Term>,
    words: Vec<Box<str>>,
}

impl Vocabulary {
    /// The number of a word, `None` when no operation has the word.
    pub(super) fn get(&self, word: &str) -> Option<Term> {
        self.numbers.get(word).copied()
    }

    /// All words in the order of their numbers.
    pub(super) fn words(&self) -> &[Box<str>] {
        &self.words
    }

    /// The number of a word, which is added when it is new.
    fn number(&mut self, word: &str) -> Term {
        if let Some(known) = self.numbers.get(word) {
            return *known;
        }
        let number = Term::try_from(self.words.len()).unwrap_or(Term::MAX);
        self.words.push(word.into());
        self.numbers.insert(word.into(), number);
        number
    }
}

/// What is known about the words of all operations.
pub(super) struct Gathered {
    pub(super) vocabulary: Vocabulary,
    /// For each word, the operations that have it, each with the weight of the word.
    pub(super) postings: Vec<Vec<(u32, f32)>>,
    /// For each operation, the words in the name of its entity.
    pub(super) entities: Vec<Vec<Term>>,
    /// For each operation, the words of each other name of its entity.
    pub(super) other_names: Vec<Arc<[Vec<Term>]>>,
    /// For each service, the words of each of its names. The first are those of its name and title.
    pub(super) services: Vec<Vec<Vec<Term>>>,
    /// What people say to ask for an operation.
    pub(super) requests: Requests,
}

/// One operation with its entity and its service.
pub(super) struct Source<'c> {
    pub(super) service: usize,
    pub(super) entity: &'c Entity,
    pub(super) operation: &'c Operation,
}

/// Collects the words of the operations of these connectors.
pub(super) fn gather(connectors: &[&Connector], sources: &[Source<'_>]) -> Gathered {
    let mut collector = Collector::default();
    let mut services = Vec::with_capacity(connectors.len());
    let mut of_services = Vec::with_capacity(connectors.len());
    for connector in connectors {
        let mut names = vec![collector.terms(&[&connector.name, &connector.title])];
        names.extend(connector.other_names.iter().map(|name| collector.terms(&[name])));
        services.push(names);
        let mut found = Vec::new();
        collector.add(&mut found, Field::Service, &connector.description, false);
        of_services.push(found);
    }
    let mut entities = Vec::with_capacity(sources.len());
    let mut occurrences = Vec::with_capacity(sources.len());
    let mut other_names = Vec::with_capacity(sources.len());
    let mut requests = Requests::default();
    for same in sources.chunk_by(|a, b| std::ptr::eq(a.entity, b.entity)) {
        let mut shared = collector.entity(same[0].entity);
        let is_name = |(_, field): &&(Term, Field)| *field == Field::Entity;
        let name: Vec<Term> = shared.iter().filter(is_name).map(|(term, _)| *term).collect();
        shared.extend_from_slice(&of_services[same[0].service]);
        let phrases = same[0].entity.phrases.iter();
        let others: Arc<[Vec<Term>]> = phrases.map(|phrase| collector.phrase(phrase)).collect();
        let first = occurrences.len();
        let entity = Request { from: first, to: first + same.len(), strength: OF_ENTITY };
        for phrase in same[0].entity.phrases.iter().filter(|phrase| phrase.contains(' ')) {
            requests.insert(&collector.phrase(phrase), entity);
        }
        for source in same {
            let from = occurrences.len();
            for phrase in source.operation.phrases.iter() {
                let own = Request { from, to: from + 1, strength: 1.0 };
                requests.insert(&collector.request(phrase), own);
            }
            let mut found = collector.operation(source.operation);
            found.extend_from_slice(&shared);
            occurrences.push(found);
            entities.push(name.clone());
            other_names.push(Arc::clone(&others));
        }
    }
    let postings = weigh(collector.vocabulary.words.len(), &occurrences);
    Gathered {
        vocabulary: collector.vocabulary,
        postings,
        entities,
        other_names,
        services,
        requests,
    }
}

/// Collects the words of texts and gives them numbers.
#[derive(Default)]
struct Collector {
    vocabulary: Vocabulary,
    /// The words as they are written, each with the number of its stem. `None` stands for a word that is
    /// left out.
    seen: HashMap<Box<str>, Option<Term>>,
    stem: String,
}

impl Collector {
    /// The words of a request, in the form in which those of a query are.
    fn request(&mut self, phrase: &str) -> Vec<Term> {
        let mut words = Vec::new();
        each_word(phrase, false, |word| words.push(word.to_owned()));
        self.terms(&[&rewrite(words).join(" ")])
    }

    /// The words of a phrase; none if only one of several has a meaning, as in "my tasks".
    fn phrase(&mut self, phrase: &str) -> Vec<Term> {
        let terms = self.terms(&[phrase]);
        if terms.len() == 1 && phrase.contains(' ') { Vec::new() } else { terms }
    }

    /// The words of texts, each once.
    fn terms(&mut self, texts: &[&str]) -> Vec<Term> {
        let mut found = Vec::new();
        for text in texts {
            self.add(&mut found, Field::Phrases, text, false);
        }
        let mut terms: Vec<Term> = found.into_iter().map(|(term, _)| term).collect();
        terms.sort_unstable();
        terms.dedup();
        terms
    }

    /// The words of an entity.
    fn entity(&mut self, entity: &Entity) -> Vec<(Term, Field)> {
        let mut found = Vec::new();
        self.add(&mut found, Field::Entity, &entity.name, true);
        for phrase in entity.phrases.iter() {
            self.add(&mut found, Field::Phrases, phrase, false);
        }
        self.add(&mut found, Field::WhenToUse, &entity.when_to_use, false);
        self.add(&mut found, Field::EntityDescription, &entity.description, false);
        found
    }

    /// The words of an operation and its parameters.
    fn operation(&mut self, operation: &Operation) -> Vec<(Term, Field)> {
        let mut found = Vec::with_capacity(256);
        self.add(&mut found, Field::Summary, without_verb(operation), false);
        self.add(&mut found, Field::Description, &operation.description, false);
        for phrase in operation.phrases.iter() {
            self.add(&mut found, Field::Phrases, phrase, false);
        }
        for parameter in operation.parameters.iter() {
            self.add(&mut found, Field::ParameterNames, &parameter.name, true);
            self.add(&mut found, Field::ParameterTexts, &parameter.description, false);
        }
        found
    }

    /// Adds the words of a text. With `names`, a capital letter inside begins a new word.
    fn add(&mut self, found: &mut Vec<(Term, Field)>, field: Field, text: &str, names: bool) {
        each_word(text, names, |word| {
            let term = self.seen.get(word).copied().unwrap_or_else(|| {
                let term = (word.len() > 1 && !is_stop_word(word)).then(|| {
                    stem(word, &mut self.stem);
                    self.vocabulary.number(&self.stem)
                });
                self.seen.insert(word.into(), term);
                term
            });
            found.extend(term.map(|term| (term, field)));
        });
    }
}

/// The summary without a verb at its beginning that is the name of an action.
fn without_verb(operation: &Operation) -> &str {
    let summary = operation.summary.as_ref();
    let Some((first, rest)) = summary.split_once(' ') else { return summary };
    let verb = Action::ALL.iter().any(|action| first.eq_ignore_ascii_case(action.as_str()));
    if verb { rest } else { summary }
}

/// Turns occurrences into the weight of each word for each operation.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
fn weigh(words: usize, occurrences: &[Vec<(Term, Field)>]) -> Vec<Vec<(u32, f32)>> {
    let mut lengths: Vec<[f32; FIELDS.len()]> = Vec::with_capacity(occurrences.len());
    let mut average = [0.0_f32; FIELDS.len()];
    for found in occurrences {
        let mut length = [0.0; FIELDS.len()];
        for (_, field) in found {
            length[*field as usize] += 1.0;
        }
        for (sum, length) in average.iter_mut().zip(length) {
            *sum += length;
        }
        lengths.push(length);
    }
    let count = occurrences.len().max(1) as f32;
    let mut postings: Vec<Vec<(u32, f32)>> = vec![Vec::new(); words];
    for (number, (found, length)) in occurrences.iter().zip(&lengths).enumerate() {
        let mut weights = [0.0_f32; FIELDS.len()];
        for (index, weight) in FIELDS.iter().enumerate() {
            let average = (average[index] / count).max(1.0);
            weights[index] = weight / (1.0 - LENGTH + LENGTH * length[index] / average);
        }
        for (term, field) in found {
            let posting = &mut postings[*term as usize];
            let weight = weights[*field as usize];
            match posting.last_mut() {
                Some((known, sum)) if *known == number as u32 => *sum += weight,
                _ => posting.push((number as u32, weight)),
            }
        }
    }
    for posting in &mut postings {
        let having = posting.len() as f32;
        let rarity = (1.0 + (count - having + 0.5) / (having + 0.5)).ln().powf(RARITY);
        for (_, weight) in posting {
            *weight = rarity * *weight * (SATURATION + 1.0) / (SATURATION + *weight);
        }
    }
    postings
}
