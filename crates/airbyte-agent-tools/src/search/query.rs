//! From a query to ranked operations.

use std::collections::HashMap;

use super::gather::Term;
use super::intent::Intent;
use super::synonyms::alike;
use super::words::{each_word, is_stop_word, stem};
use super::{Entry, Index, Service, typo};

/// Words of a query that are looked at; more than anybody asks with.
const LONGEST: usize = 48;
/// How far a synonym stands for the word itself.
const SYNONYM: f32 = 0.6;
/// What the full name of a service in the query is worth.
const SERVICE: f32 = 16.0;
/// What a word is worth that one service uses and the others do not.
const OWN_WORD: f32 = 1.8;
/// How much the share of the query that an operation covers counts.
const COVERAGE: f32 = 0.5;
/// How much the share of the entity's name that the query covers counts.
const NAME: f32 = 0.25;
/// How much the wanted action counts.
const ACTION: f32 = 0.45;

/// A word of the query.
pub(super) struct Word {
    pub(super) stem: String,
    /// Whether it says nothing by itself; it may be part of a phrase.
    pub(super) silent: bool,
}

/// One thing that the query speaks of, and the ways to say it.
struct Concept {
    ways: Vec<Way>,
}

/// Words that mean a concept together, with how surely.
struct Way {
    terms: Vec<Term>,
    surely: f32,
}

/// The words of a query, brought to the form of the index.
fn read(whole: &[String]) -> Vec<Word> {
    let mut after_how = false;
    let words = whole.iter().map(|word| {
        let mut stemmed = String::new();
        stem(word, &mut stemmed);
        // "How many" asks; "many" alone tells.
        let asks = after_how && matches!(word.as_str(), "many" | "much");
        after_how = word == "how";
        Word { stem: stemmed, silent: asks || word.len() < 2 || is_stop_word(word) }
    });
    words.collect()
}

impl Index {
    /// Every operation that has something to do with the query, with its score.
    pub(super) fn rank(&self, query: &str) -> Vec<(usize, f32)> {
        let mut whole = Vec::new();
        each_word(query, false, |word| {
            if whole.len() < LONGEST {
                whole.push(word.to_owned());
            }
        });
        let intent = Intent::of(&whole);
        let words = read(&whole);
        let concepts = self.concepts(&words);
        let count = self.operations.len();
        let mut total = vec![0.0_f32; count];
        let mut asked = 0.0_f32;
        let mut best = vec![0.0_f32; count];
        for concept in &concepts {
            best.fill(0.0);
            for way in &concept.ways {
                self.apply(way, &mut best);
            }
            let most = best.iter().copied().fold(0.0, f32::max);
            if most == 0.0 {
                continue;
            }
            asked += most;
            for (number, score) in best.iter().enumerate() {
                total[number] += score;
            }
        }
        let spoken = spoken(&concepts);
        let named = self.named(&spoken);
        let affine = self.affine(&concepts);
        let mut ranked = Vec::new();
        for (number, entry) in self.operations.iter().enumerate() {
            let service = SERVICE * named[entry.service] + OWN_WORD * affine[entry.service];
            let score = total[number] + service;
            if score <= 0.0 {
                continue;
            }
            let coverage = total[number] / asked.max(f32::EPSILON);
            let name = name_share(entry, &spoken);
            let score = score
                * (1.0 - COVERAGE + COVERAGE * coverage)
                * (1.0 - NAME + NAME * name)
                * (1.0 - ACTION + ACTION * intent.wants(entry.action));
            ranked.push((number, score));
        }
        ranked
    }

    /// What the words of the query may stand for.
    fn concepts(&self, words: &[Word]) -> Vec<Concept> {
        let mut concepts = Vec::new();
        for (place, word) in words.iter().enumerate() {
            let mut ways = Vec::new();
            if !word.silent {
                match self.vocabulary.get(&word.stem) {
                    Some(term) => ways.push(Way { terms: vec![term], surely: 1.0 }),
                    None => ways.extend(self.misspelt(&word.stem)),
                }
            }
            for (phrase, others) in alike(words, place) {
                if phrase == 1 {
                    ways.extend(others.filter_map(|other| self.way(other)));
                } else {
                    // A phrase is a thing of its own beside its words.
                    let ways: Vec<Way> = others.filter_map(|other| self.way(other)).collect();
                    concepts.push(Concept { ways });
                }
            }
            if !ways.is_empty() {
                concepts.push(Concept { ways });
            }
        }
        concepts
    }

    fn misspelt(&self, word: &str) -> Vec<Way> {
        let known = self.vocabulary.words().iter().zip(&self.spellings).enumerate();
        let found = typo::meant(
            word,
            known.map(|(index, (word, spelling))| (index, word.as_ref(), spelling)),
        );
        let way =
            |(index, surely)| Way { terms: Term::try_from(index).into_iter().collect(), surely };
        found.into_iter().map(way).collect()
    }

    fn way(&self, phrase: &[String]) -> Option<Way> {
        let loud = phrase.iter().filter(|word| !is_stop_word(word));
        let terms: Option<Vec<Term>> = loud.map(|word| self.vocabulary.get(word)).collect();
        terms.filter(|terms| !terms.is_empty()).map(|terms| Way { terms, surely: SYNONYM })
    }

    /// Raises `best` to what the way is worth for each operation.
    #[allow(clippy::cast_precision_loss)]
    fn apply(&self, way: &Way, best: &mut [f32]) {
        let raise = |best: &mut [f32], number: u32, score: f32| {
            if let Some(slot) = best.get_mut(number as usize) {
                *slot = slot.max(score);
            }
        };
        match way.terms.as_slice() {
            [] => {}
            [one] => {
                for (number, weight) in &self.postings[*one as usize] {
                    raise(best, *number, way.surely * weight);
                }
            }
            several => {
                let [first, rest @ ..] = several else { return };
                for (number, weight) in &self.postings[*first as usize] {
                    let mut sum = *weight;
                    let all = rest.iter().all(|term| {
                        let weight = self.weight(*term, *number);
                        sum += weight;
                        weight > 0.0
                    });
                    if all {
                        let share = 1.3 * sum / several.len() as f32;
                        raise(best, *number, way.surely * share);
                    }
                }
            }
        }
    }

    fn weight(&self, term: Term, number: u32) -> f32 {
        let posting = &self.postings[term as usize];
        posting.binary_search_by_key(&number, |(known, _)| *known).map_or(0.0, |at| posting[at].1)
    }

    /// By service: how much of its name the query holds. Synonyms name no service.
    fn named(&self, spoken: &HashMap<Term, f32>) -> Vec<f32> {
        let surely = |term: &Term| {
            let surely = spoken.get(term).copied().unwrap_or_default();
            if surely > SYNONYM { surely } else { 0.0 }
        };
        let share = |service: &Service| {
            let held: f32 = service.words.iter().map(|(term, share)| share * surely(term)).sum();
            held * held.sqrt()
        };
        self.services.iter().map(share).collect()
    }

    /// By service: how much the words of the query are its own.
    fn affine(&self, concepts: &[Concept]) -> Vec<f32> {
        let mut all = vec![0.0; self.services.len()];
        let mut best = vec![0.0_f32; self.services.len()];
        for concept in concepts {
            best.fill(0.0);
            for way in &concept.ways {
                let [term] = way.terms.as_slice() else { continue };
                for (service, affinity) in &self.affinities[*term as usize] {
                    best[*service] = best[*service].max(way.surely * affinity);
                }
            }
            for (sum, best) in all.iter_mut().zip(&best) {
                *sum += best;
            }
        }
        all
    }
}

/// The words that the query speaks of, with how surely.
fn spoken(concepts: &[Concept]) -> HashMap<Term, f32> {
    let mut spoken: HashMap<Term, f32> = HashMap::new();
    for way in concepts.iter().flat_map(|concept| &concept.ways) {
        for term in &way.terms {
            let surely = spoken.entry(*term).or_default();
            *surely = surely.max(way.surely);
        }
    }
    spoken
}

/// How much of the entity's name the query speaks of.
#[allow(clippy::cast_precision_loss)]
fn name_share(entry: &Entry, spoken: &HashMap<Term, f32>) -> f32 {
    let surely = |term| spoken.get(term).copied().unwrap_or_default();
    let held: f32 = entry.name.iter().map(surely).sum();
    held / entry.name.len().max(1) as f32
}
