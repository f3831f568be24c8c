//! What people say to ask for an operation, as specs name it: "log work", "mark as done".

use std::collections::HashMap;

use super::words::Term;

/// How much a phrase of a whole entity counts in comparison with one of an operation.
pub(super) const OF_ENTITY: f32 = 0.5;

/// What the words of a request add to the score of its operations, by their number.
const WORTH: [f32; 4] = [0.0, 3.0, 6.5, 8.0];

/// The operations that a phrase asks for: those from `from` to before `to`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request {
    pub(super) from: usize,
    pub(super) to: usize,
    /// How surely it asks for them, from 0 to 1.
    pub(super) strength: f32,
}

/// All requests, each by one of its words.
#[derive(Debug, Default)]
pub(super) struct Requests {
    by_word: HashMap<Term, Vec<(Vec<Term>, Request)>>,
}

impl Requests {
    /// Adds a request with these words.
    pub(super) fn insert(&mut self, terms: &[Term], request: Request) {
        // The last word of the vocabulary is mostly the rarest.
        if let Some((last, rest)) = terms.split_last() {
            self.by_word.entry(*last).or_default().push((rest.to_vec(), request));
        }
    }

    /// The requests all of whose words are certain: the worth of each, and whether `verb` is one of the words.
    pub(super) fn within<'r>(
        &'r self,
        certain: impl Iterator<Item = Term> + 'r,
        is_certain: impl Fn(Term) -> bool + Copy + 'r,
        verb: Option<Term>,
    ) -> impl Iterator<Item = (f32, bool, Request)> + 'r {
        let begun = certain.filter_map(|word| Some((word, self.by_word.get(&word)?)));
        let all = begun.flat_map(|(word, requests)| requests.iter().map(move |own| (word, own)));
        let whole = all.filter(move |(_, (rest, _))| rest.iter().all(|term| is_certain(*term)));
        whole.map(move |(word, (rest, request))| {
            let has_verb = verb.is_some_and(|verb| verb == word || rest.contains(&verb));
            (WORTH[(rest.len() + 1).min(3)] * request.strength, has_verb, *request)
        })
    }
}
