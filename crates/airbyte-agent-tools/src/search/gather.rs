//! Gathers the words of every operation, weighed by where they stand.
//!
//! Weights follow BM25 over fields: a word counts more the nearer it stands to the name of the
//! operation, less in a long text than in a short one, and less the more operations have it.

use std::collections::HashMap;

use super::words::{each_word, is_stop_word, stem};
use airbyte_agent_description::{Action, Connector, Entity, Operation};

/// Number of a word.
pub(super) type Term = u32;

/// Where a word stands.
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

/// Weight of each field.
const FIELDS: [f32; 9] = [3.0, 5.0, 1.2, 1.0, 1.0, 0.6, 0.5, 0.35, 0.3];

/// How much the length of a text counts against its words: 0 not at all, 1 fully.
const LENGTH: f32 = 0.5;

/// Where more occurrences of a word stop counting.
const SATURATION: f32 = 1.6;

/// Words and their numbers.
#[derive(Default)]
pub(super) struct Vocabulary {
    numbers: HashMap<Box<str>, Term>,
    words: Vec<Box<str>>,
}

impl Vocabulary {
    pub(super) fn get(&self, word: &str) -> Option<Term> {
        self.numbers.get(word).copied()
    }

    pub(super) fn words(&self) -> &[Box<str>] {
        &self.words
    }

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

/// What is known of the words of all operations.
pub(super) struct Gathered {
    pub(super) vocabulary: Vocabulary,
    /// By word: the operations that have it, each with how much it tells.
    pub(super) postings: Vec<Vec<(u32, f32)>>,
    /// By operation: the words of its entity's name.
    pub(super) entities: Vec<Vec<Term>>,
    /// By service: the words of its name and title.
    pub(super) services: Vec<Vec<Term>>,
}

/// One operation with the things around it.
pub(super) struct Source<'c> {
    pub(super) service: usize,
    pub(super) entity: &'c Entity,
    pub(super) operation: &'c Operation,
}

pub(super) fn gather(connectors: &[&Connector], sources: &[Source<'_>]) -> Gathered {
    let mut reader = Reader::default();
    let mut services = Vec::with_capacity(connectors.len());
    let mut around = Vec::with_capacity(connectors.len());
    for connector in connectors {
        services.push(reader.name(connector));
        let mut found = Vec::new();
        reader.add(&mut found, Field::Service, &connector.description, false);
        around.push(found);
    }
    let mut entities = Vec::with_capacity(sources.len());
    let mut occurrences = Vec::with_capacity(sources.len());
    for same in sources.chunk_by(|a, b| std::ptr::eq(a.entity, b.entity)) {
        let mut shared = reader.entity(same[0].entity);
        let is_name = |(_, field): &&(Term, Field)| *field == Field::Entity;
        let name: Vec<Term> = shared.iter().filter(is_name).map(|(term, _)| *term).collect();
        shared.extend_from_slice(&around[same[0].service]);
        for source in same {
            let mut found = reader.operation(source.operation);
            found.extend_from_slice(&shared);
            occurrences.push(found);
            entities.push(name.clone());
        }
    }
    let postings = weigh(reader.vocabulary.words.len(), &occurrences);
    Gathered { vocabulary: reader.vocabulary, postings, entities, services }
}

/// Numbers the words of texts.
#[derive(Default)]
struct Reader {
    vocabulary: Vocabulary,
    /// Words as they are written, with the number of their stem; `None` for those left out.
    seen: HashMap<Box<str>, Option<Term>>,
    stem: String,
}

impl Reader {
    fn name(&mut self, connector: &Connector) -> Vec<Term> {
        let mut found = Vec::new();
        self.add(&mut found, Field::Service, &connector.name, false);
        self.add(&mut found, Field::Service, &connector.title, false);
        let mut terms: Vec<Term> = found.into_iter().map(|(term, _)| term).collect();
        terms.sort_unstable();
        terms.dedup();
        terms
    }

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

    fn operation(&mut self, operation: &Operation) -> Vec<(Term, Field)> {
        let mut found = Vec::with_capacity(256);
        self.add(&mut found, Field::Summary, said(operation), false);
        self.add(&mut found, Field::Description, &operation.description, false);
        for parameter in operation.parameters.iter() {
            self.add(&mut found, Field::ParameterNames, &parameter.name, true);
            self.add(&mut found, Field::ParameterTexts, &parameter.description, false);
        }
        found
    }

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

/// The summary without a verb that the action says already.
fn said(operation: &Operation) -> &str {
    let summary = operation.summary.as_ref();
    let Some((first, rest)) = summary.split_once(' ') else { return summary };
    let verb = Action::ALL.iter().any(|action| first.eq_ignore_ascii_case(action.as_str()));
    if verb { rest } else { summary }
}

/// From occurrences to how much each word tells about each operation.
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
            let usual = (average[index] / count).max(1.0);
            weights[index] = weight / (1.0 - LENGTH + LENGTH * length[index] / usual);
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
        let rarity = (1.0 + (count - having + 0.5) / (having + 0.5)).ln();
        for (_, weight) in posting {
            *weight = rarity * *weight * (SATURATION + 1.0) / (SATURATION + *weight);
        }
    }
    postings
}
