//! Turns a query as people write it into plain English words, and finds what it asks for.

use super::Index;
use super::intent::{Intent, is_verb};
use super::languages::{Known, to_english};
use super::query_word::is_preposition;
use super::rewrites::rewrite;
use super::unserved::{self, Unserved};
use super::words::{each_word, is_stop_word, stem};

/// The most words of a query that are considered, which is more than anybody writes.
const MOST_WORDS: usize = 48;

/// A query in plain words.
pub(super) struct Understood {
    /// The words, whole and in small letters.
    pub(super) words: Vec<String>,
    pub(super) intent: Intent,
    /// A service that the query names and no connector serves.
    pub(super) unserved: Option<&'static Unserved>,
}

impl Index {
    /// The words of a query, and what it asks for.
    pub(super) fn understand(&self, query: &str) -> Understood {
        let mut words = self.joined(self.divided(query));
        let unserved = unserved::take(&mut words, |word| self.names.contains(word));
        let (words, has_verb) = to_english(words, |word| self.known(word));
        let words = rewrite(words);
        let intent = Intent::of(&words, has_verb, |word| self.has(word));
        Understood { words, intent, unserved }
    }

    /// What the index and English know about a word.
    fn known(&self, word: &str) -> Known {
        if self.names.contains(word) {
            Known::Name
        } else if is_stop_word(word) || is_preposition(word) || is_verb(word) {
            Known::English
        } else if self.has(word) {
            Known::Text
        } else {
            Known::No
        }
    }

    /// Whether the texts of the index have a word.
    fn has(&self, word: &str) -> bool {
        let mut stemmed = String::new();
        stem(word, &mut stemmed);
        self.vocabulary.get(&stemmed).is_some()
    }

    /// The words of a query. An unknown word such as `listIssues` is divided at its capital letters.
    fn divided(&self, query: &str) -> Vec<String> {
        let (mut whole, mut parts) = (Vec::new(), Vec::new());
        // What is not looked at is not read either.
        let most = query.char_indices().nth(40 * MOST_WORDS).map_or(query.len(), |(at, _)| at);
        each_word(&query[..most], false, |word| whole.push(word.to_owned()));
        each_word(&query[..most], true, |word| parts.push(word.to_owned()));
        whole.truncate(MOST_WORDS);
        if whole.len() == parts.len() {
            return whole;
        }
        let mut parts = parts.into_iter();
        let mut words = Vec::with_capacity(whole.len());
        for word in whole {
            let (mut length, mut own) = (0, Vec::new());
            while length < word.len() {
                let Some(part) = parts.next() else { break };
                length += part.len();
                own.push(part);
            }
            if own.len() > 1 && self.known(&word) == Known::No {
                words.append(&mut own);
            } else {
                words.push(word);
            }
        }
        words
    }

    /// The words with the names of services in one word, as in "hub spot".
    fn joined(&self, words: Vec<String>) -> Vec<String> {
        let mut joined: Vec<String> = Vec::with_capacity(words.len());
        for word in words {
            if let Some(last) = joined.last_mut()
                && (!self.names.contains(word.as_str()) || !self.names.contains(last.as_str()))
                && self.names.contains(format!("{last}{word}").as_str())
            {
                last.push_str(&word);
            } else {
                joined.push(word);
            }
        }
        joined
    }
}
