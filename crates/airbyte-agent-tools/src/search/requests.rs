//! What people say to ask for an operation, as specs name it: "log work", "mark as done".

use std::collections::HashMap;

use super::gather::Term;

/// How much a phrase of a whole entity counts in comparison with one of an operation.
pub(super) const OF_ENTITY: f32 = 0.5;

/// What the words of a request add to the score of its operations, by their number.
const WORTH: [f32; 4] = [0.0, 3.0, 5.5, 7.0];

/// The operations that a phrase asks for: those from `from` to before `to`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request {
    pub(super) from: usize,
    pub(super) to: usize,
    /// How surely it asks for them, from 0 to 1.
    pub(super) strength: f32,
}

/// All requests by their first word.
#[derive(Debug, Default)]
pub(super) struct Requests {
    by_first: HashMap<Term, Vec<(Vec<Term>, Request)>>,
}

impl Requests {
    /// Adds a request with these words, which are sorted.
    pub(super) fn insert(&mut self, terms: Vec<Term>, request: Request) {
        if let Some((first, rest)) = terms.split_first() {
            self.by_first.entry(*first).or_default().push((rest.to_vec(), request));
        }
    }

    /// The requests all of whose words are among `terms`: the worth of each, and whether `verb` is one of the
    /// words.
    pub(super) fn within<'r>(
        &'r self,
        terms: &'r HashMap<Term, f32>,
        least: f32,
        verb: Option<Term>,
    ) -> impl Iterator<Item = (f32, bool, Request)> + 'r {
        let certain = move |term: &Term| terms.get(term).is_some_and(|certainty| *certainty >= least);
        let begun = terms.keys().filter(move |term| certain(term));
        let begun = begun.filter_map(|first| Some((*first, self.by_first.get(first)?)));
        let all = begun.flat_map(|(first, requests)| requests.iter().map(move |own| (first, own)));
        let whole = all.filter(move |(_, (rest, _))| rest.iter().all(certain));
        whole.map(move |(first, (rest, request))| {
            let has_verb = verb.is_some_and(|verb| verb == first || rest.contains(&verb));
            (WORTH[(rest.len() + 1).min(3)] * request.strength, has_verb, *request)
        })
    }
}
