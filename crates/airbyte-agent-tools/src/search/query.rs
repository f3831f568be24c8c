//! Ranks the operations of an index by a query.

use super::query_word::{QueryWord, is_plain_verb, query_words};
use super::requests::OF_ENTITY;
use super::synonyms::synonyms;
use super::understand::Understood;
use super::words::{Term, is_form_of, is_stop_word, stem};
use super::{Entry, Index, Ranked, Service, typo};
use airbyte_agent_description::Action;

/// How much a synonym counts in comparison with the word itself.
const SYNONYM: f32 = 0.6;
/// The score of the full name of a service in the query.
const SERVICE: f32 = 8.0;
/// The score of a word that one service uses and the others do not.
const OWN_WORD: f32 = 1.4;
/// How much it counts which share of the query an operation covers.
const COVERAGE: f32 = 0.6;
/// How much it counts which share of the entity's name the query covers.
const NAME: f32 = 0.35;

/// How much each further word of a name of a service counts.
const LONGER_NAME: f32 = 0.1;
/// How much a request counts whose verb is not that of the query.
const OTHER_VERB: f32 = 0.6;
/// How much another name of an entity counts in comparison with its name.
const OTHER_NAME: f32 = 0.9;
/// How certain the words of a request must be.
const REQUEST: f32 = 0.75;
/// The share of its name from which on a service is named.
const NAMED: f32 = 0.9;
/// What the score of an operation is multiplied by when the query names another service.
const OTHER_SERVICE: f32 = 0.5;
/// What the exact name of an operation adds to its score.
const EXACT: f32 = 100.0;

/// The verb of a query.
struct Verb<'q> {
    stem: &'q str,
    term: Option<Term>,
    /// What it undoes, as "archive" in "unarchive".
    undone: Option<&'q str>,
    is_plain: bool,
}

/// How surely the query asks for an operation with the words of its spec.
#[derive(Debug, Default, Clone, Copy)]
struct Demand {
    worth: f32,
    /// Whether the words are those of the operation, and not of its whole entity.
    is_own: bool,
}

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
    /// Every operation that has to do with the query, with its score.
    pub(super) fn rank(&self, query: &str) -> Vec<Ranked> {
        let Understood { words: whole, intent, .. } = self.understand(query);
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
        let mentioned = Mentioned::new(&concepts, self.spellings.len());
        let mut demand = vec![Demand::default(); count];
        let mut stemmed = String::new();
        stem(&intent.verb, &mut stemmed);
        let verb = Verb {
            term: self.vocabulary.get(&stemmed),
            undone: stemmed.strip_prefix("un"),
            is_plain: is_plain_verb(&intent.verb),
            stem: &stemmed,
        };
        let is_certain = |term| mentioned.certainty(term) >= REQUEST;
        let certain = mentioned.terms.iter().copied().filter(|term| is_certain(*term));
        for (worth, has_verb, request) in self.requests.within(certain, is_certain, verb.term) {
            for known in &mut demand[request.from..request.to] {
                let fits = has_verb || request.strength <= OF_ENTITY || !intent.changes();
                known.worth = known.worth.max(if fits { worth } else { OTHER_VERB * worth });
                known.is_own |= has_verb && request.strength > OF_ENTITY;
            }
        }
        let named = self.named(&mentioned);
        let is_any_named = named.iter().any(|share| *share >= NAMED);
        let affine = self.affine(&concepts);
        let exact = self.exact(&whole);
        let literal = Literal::of(query);
        let may_ask = !intent.verb.is_empty() && !intent.reads();
        let mut ranked = Vec::new();
        for (number, entry) in self.operations.iter().enumerate() {
            let service = SERVICE * named[entry.service] + OWN_WORD * affine[entry.service];
            let score = total[number] + service + demand[number].worth;
            if score <= 0.0 && literal.is_none() {
                continue;
            }
            let coverage = total[number] / possible.max(f32::EPSILON);
            let name = name_share(entry, &mentioned);
            let is_asked =
                may_ask && entry.action.is_change() && self.is_asked(entry, &verb, demand[number]);
            let is_other = is_any_named && named[entry.service] < NAMED;
            let score = score
                * (1.0 - COVERAGE + COVERAGE * coverage)
                * (1.0 - NAME + NAME * name)
                * intent.factor(entry.action, is_asked)
                * if is_other { OTHER_SERVICE } else { 1.0 };
            let is_literal = literal.is_some_and(|literal| self.is_literal(entry, literal));
            let is_exact =
                is_literal || exact.as_ref().is_some_and(|exact| self.is_exact(entry, exact));
            let may_lead =
                !entry.action.is_change() || is_asked || is_exact || intent.wants(entry.action);
            // Words may name several operations; as programs write it, a name means one.
            let exactness = f32::from(u8::from(is_exact) + u8::from(is_literal));
            let score = score + EXACT * exactness;
            if score <= 0.0 {
                continue;
            }
            ranked.push(Ranked { number, score, may_lead });
        }
        ranked
    }

    /// Whether the verb of the query names the operation: by a request of its spec, or because the entity is
    /// named after the verb, as those that are made by archiving, merging or sending.
    fn is_asked(&self, entry: &Entry, verb: &Verb<'_>, demand: Demand) -> bool {
        let named_after = |verb: &str| {
            let words = self.vocabulary.words();
            entry.name.iter().any(|term| is_form_of(&words[*term as usize], verb))
        };
        demand.is_own
            || match entry.action {
                // Every entity is updated, so that one with updates in its name is not asked for by that.
                Action::Create => !verb.is_plain && named_after(verb.stem),
                Action::Delete => verb.undone.is_some_and(named_after),
                _ => false,
            }
    }

    fn is_literal(&self, entry: &Entry, literal: Literal<'_>) -> bool {
        let connector = &self.services[entry.service].name;
        entry.action == literal.action
            && entry.entity == literal.entity
            && literal.connector.is_none_or(|name| connector == name)
    }

    /// The action that a query names and the numbers of its other words, if it may be the name of an operation.
    fn exact(&self, words: &[String]) -> Option<(Action, Vec<Term>)> {
        let action = |word: &String| Action::ALL.into_iter().find(|action| word == action.as_str());
        let (at, action) =
            words.iter().enumerate().find_map(|(at, word)| Some((at, action(word)?)))?;
        let others = words.iter().enumerate().filter(|(other, _)| *other != at);
        let others = others.filter(|(_, word)| !is_stop_word(word));
        let mut stemmed = String::new();
        let terms: Option<Vec<Term>> = others
            .map(|(_, word)| {
                stem(word, &mut stemmed);
                self.vocabulary.get(&stemmed)
            })
            .collect();
        Some((action, terms?))
    }

    /// Whether the query has the name of the operation, with or without that of its connector, and nothing else.
    fn is_exact(&self, entry: &Entry, (action, words): &(Action, Vec<Term>)) -> bool {
        let in_service = |word: &Term| {
            self.services[entry.service].names[0].iter().any(|(term, _)| term == word)
        };
        entry.action == *action
            && entry.name.iter().all(|term| words.contains(term))
            && words.iter().all(|word| entry.name.contains(word) || in_service(word))
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
    #[allow(clippy::cast_precision_loss)]
    fn named(&self, mentioned: &Mentioned) -> Vec<f32> {
        let certainty = |term: &Term| {
            let certainty = mentioned.certainty(*term);
            if certainty > SYNONYM { certainty } else { 0.0 }
        };
        let share = |service: &Service| {
            let shares = service.names.iter().map(|name| {
                let contained: f32 = name.iter().map(|(term, share)| share * certainty(term)).sum();
                // Of two names that are there, the longer one is meant.
                contained * contained.sqrt() * (1.0 + LONGER_NAME * (name.len() - 1) as f32)
            });
            shares.fold(0.0, f32::max)
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

/// A query that is the name of an operation as programs write it: `slack.messages.create`, `messages.create`.
#[derive(Clone, Copy)]
struct Literal<'q> {
    connector: Option<&'q str>,
    entity: &'q str,
    action: Action,
}

impl<'q> Literal<'q> {
    fn of(query: &'q str) -> Option<Self> {
        let (place, action) = query.trim().rsplit_once('.')?;
        let action = action.parse().ok()?;
        Some(match place.rsplit_once('.') {
            Some((connector, entity)) => Self { connector: Some(connector), entity, action },
            None => Self { connector: None, entity: place, action },
        })
    }
}

/// The words that a query mentions.
struct Mentioned {
    /// For every word of the index, the certainty that it is meant.
    certainties: Vec<f32>,
    /// The words that may be meant.
    terms: Vec<Term>,
}

impl Mentioned {
    /// The words of these concepts, of so many that the index has.
    fn new(concepts: &[Concept], words: usize) -> Self {
        let mut mentioned = Self { certainties: vec![0.0; words], terms: Vec::new() };
        for phrase in concepts.iter().flat_map(|concept| &concept.phrases) {
            for term in &phrase.terms {
                let certainty = &mut mentioned.certainties[*term as usize];
                if *certainty == 0.0 {
                    mentioned.terms.push(*term);
                }
                *certainty = certainty.max(phrase.certainty);
            }
        }
        mentioned
    }

    /// How certain it is that the word is meant, from 0 to 1.
    fn certainty(&self, term: Term) -> f32 {
        self.certainties[term as usize]
    }

    /// How much of a name is mentioned, from 0 to 1.
    #[allow(clippy::cast_precision_loss)]
    fn share_of(&self, name: &[Term]) -> f32 {
        let contained: f32 = name.iter().map(|term| self.certainty(*term)).sum();
        contained / name.len().max(1) as f32
    }
}

/// How much of a name of its entity the query mentions.
fn name_share(entry: &Entry, mentioned: &Mentioned) -> f32 {
    let others = entry.other_names.iter().map(|name| OTHER_NAME * mentioned.share_of(name));
    others.fold(mentioned.share_of(&entry.name), f32::max)
}
