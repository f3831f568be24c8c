//! Ranks the operations of an index by a query.

use std::collections::HashMap;

use super::gather::Term;
use super::intent::Intent;
use super::query_word::{QueryWord, query_words};
use super::synonyms::synonyms;
use super::words::{each_word, is_stop_word};
use super::{Entry, Index, Service, typo};

/// The most words of a query that are considered, which is more than anybody writes.
const MOST_WORDS: usize = 48;
/// How much a synonym counts in comparison with the word itself.
const SYNONYM: f32 = 0.6;
/// The score of the full name of a service in the query.
const SERVICE: f32 = 8.0;
/// The score of a word that one service uses and the others do not.
const OWN_WORD: f32 = 1.4;
/// How much it counts which share of the query an operation covers.
const COVERAGE: f32 = 0.6;
/// How much it counts which share of the entity's name the query covers.
const NAME: f32 = 0.2;

/// One thing that the query is about, with everything that may mean it.
struct Concept {
    phrases: Vec<Phrase>,
    /// How much the concept counts, from 0 to 1.
    weight: f32,
}

/// Words that together may mean a concept.
struct Phrase {
    terms: Vec<Term>,
    /// How certain it is that they mean it, from 0 to 1.
    certainty: f32,
}

impl Index {
    /// Every operation that has to do with the query, by its position, with its score.
    pub(super) fn rank(&self, query: &str) -> Vec<(usize, f32)> {
        let mut whole = Vec::new();
        each_word(query, false, |word| {
            if whole.len() < MOST_WORDS {
                whole.push(word.to_owned());
            }
        });
        let intent = Intent::of(&whole);
        let words = query_words(&whole);
        let concepts = self.concepts(&words);
        let count = self.operations.len();
        let mut total = vec![0.0_f32; count];
        let mut possible = 0.0_f32;
        let mut best = vec![0.0_f32; count];
        for concept in &concepts {
            best.fill(0.0);
            for phrase in &concept.phrases {
                self.apply(phrase, &mut best);
            }
            let most = best.iter().copied().fold(0.0, f32::max);
            if most == 0.0 {
                continue;
            }
            possible += concept.weight * most;
            for (sum, score) in total.iter_mut().zip(&best) {
                *sum += concept.weight * score;
            }
        }
        let mentioned = mentioned(&concepts);
        let named = self.named(&mentioned);
        let affine = self.affine(&concepts);
        let mut ranked = Vec::new();
        for (number, entry) in self.operations.iter().enumerate() {
            let service = SERVICE * named[entry.service] + OWN_WORD * affine[entry.service];
            let score = total[number] + service;
            if score <= 0.0 {
                continue;
            }
            let coverage = total[number] / possible.max(f32::EPSILON);
            let name = name_share(entry, &mentioned);
            let score = score
                * (1.0 - COVERAGE + COVERAGE * coverage)
                * (1.0 - NAME + NAME * name)
                * intent.factor(entry.action);
            ranked.push((number, score));
        }
        ranked
    }

    /// The concepts that the words of the query stand for.
    fn concepts(&self, words: &[QueryWord]) -> Vec<Concept> {
        let mut concepts = Vec::new();
        for (position, word) in words.iter().enumerate() {
            let weight = word.weight;
            let mut phrases = Vec::new();
            if !word.is_silent {
                match self.vocabulary.get(&word.stem) {
                    Some(term) => phrases.push(Phrase { terms: vec![term], certainty: 1.0 }),
                    None => phrases.extend(self.corrections(&word.stem)),
                }
            }
            for (length, others) in synonyms(words, position) {
                let others = others.filter_map(|other| self.phrase(other));
                if length == 1 {
                    phrases.extend(others);
                } else {
                    // A phrase is a concept of its own beside its words.
                    concepts.push(Concept { phrases: others.collect(), weight });
                }
            }
            if !phrases.is_empty() {
                concepts.push(Concept { phrases, weight });
            }
        }
        concepts
    }

    /// The known words that a misspelt word may mean.
    fn corrections(&self, word: &str) -> Vec<Phrase> {
        let known = self.vocabulary.words().iter().zip(&self.spellings).enumerate();
        let found = typo::corrections(
            word,
            known.map(|(index, (word, spelling))| (index, word.as_ref(), spelling)),
        );
        let phrase = |(index, certainty)| Phrase {
            terms: Term::try_from(index).into_iter().collect(),
            certainty,
        };
        found.into_iter().map(phrase).collect()
    }

    /// A synonym as words of the index, `None` when the index does not know all of them.
    fn phrase(&self, synonym: &[String]) -> Option<Phrase> {
        let meaningful = synonym.iter().filter(|word| !is_stop_word(word));
        let terms: Option<Vec<Term>> = meaningful.map(|word| self.vocabulary.get(word)).collect();
        let terms = terms.filter(|terms| !terms.is_empty())?;
        Some(Phrase { terms, certainty: SYNONYM })
    }

    /// Raises the best score of each operation to the score of a phrase.
    #[allow(clippy::cast_precision_loss)]
    fn apply(&self, phrase: &Phrase, best: &mut [f32]) {
        let raise = |best: &mut [f32], number: u32, score: f32| {
            if let Some(known) = best.get_mut(number as usize) {
                *known = known.max(score);
            }
        };
        match phrase.terms.as_slice() {
            [] => {}
            [one] => {
                for (number, weight) in &self.postings[*one as usize] {
                    raise(best, *number, phrase.certainty * weight);
                }
            }
            [first, rest @ ..] => {
                for (number, weight) in &self.postings[*first as usize] {
                    let mut sum = *weight;
                    let has_all = rest.iter().all(|term| {
                        let weight = self.weight(*term, *number);
                        sum += weight;
                        weight > 0.0
                    });
                    if has_all {
                        let score = 1.3 * sum / phrase.terms.len() as f32;
                        raise(best, *number, phrase.certainty * score);
                    }
                }
            }
        }
    }

    /// The weight of a word for the operation with this number.
    fn weight(&self, term: Term, number: u32) -> f32 {
        let posting = &self.postings[term as usize];
        posting.binary_search_by_key(&number, |(known, _)| *known).map_or(0.0, |at| posting[at].1)
    }

    /// For each service, how much of its name the query contains. Synonyms do not count.
    fn named(&self, mentioned: &HashMap<Term, f32>) -> Vec<f32> {
        let certainty = |term: &Term| {
            let certainty = mentioned.get(term).copied().unwrap_or_default();
            if certainty > SYNONYM { certainty } else { 0.0 }
        };
        let share = |service: &Service| {
            let contained: f32 =
                service.words.iter().map(|(term, share)| share * certainty(term)).sum();
            contained * contained.sqrt()
        };
        self.services.iter().map(share).collect()
    }

    /// For each service, how much it uses the words of the query in comparison with others.
    fn affine(&self, concepts: &[Concept]) -> Vec<f32> {
        let mut all = vec![0.0; self.services.len()];
        let mut best = vec![0.0_f32; self.services.len()];
        for concept in concepts {
            best.fill(0.0);
            for phrase in &concept.phrases {
                let [term] = phrase.terms.as_slice() else { continue };
                for (service, affinity) in &self.affinities[*term as usize] {
                    best[*service] = best[*service].max(phrase.certainty * affinity);
                }
            }
            for (sum, best) in all.iter_mut().zip(&best) {
                *sum += best;
            }
        }
        all
    }
}

/// The words that the query mentions, each with the certainty that it is meant.
fn mentioned(concepts: &[Concept]) -> HashMap<Term, f32> {
    let mut mentioned: HashMap<Term, f32> = HashMap::new();
    for phrase in concepts.iter().flat_map(|concept| &concept.phrases) {
        for term in &phrase.terms {
            let certainty = mentioned.entry(*term).or_default();
            *certainty = certainty.max(phrase.certainty);
        }
    }
    mentioned
}

/// How much of the name of its entity the query mentions.
#[allow(clippy::cast_precision_loss)]
fn name_share(entry: &Entry, mentioned: &HashMap<Term, f32>) -> f32 {
    let certainty = |term| mentioned.get(term).copied().unwrap_or_default();
    let contained: f32 = entry.name.iter().map(certainty).sum();
    contained / entry.name.len().max(1) as f32
}
