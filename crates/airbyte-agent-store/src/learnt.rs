//! What a connection that writes has learnt about its database.

use std::collections::{HashMap, HashSet};

/// What has been written and never changes, so that it need not be looked up for each record.
#[derive(Debug, Default)]
pub(crate) struct Learnt {
    shapes: HashMap<String, i64>,
    words: HashSet<String>,
}

impl Learnt {
    /// Most entries of each kind that are remembered.
    const MOST: usize = 100_000;

    pub(crate) fn shape(&self, shape: &str) -> Option<i64> {
        self.shapes.get(shape).copied()
    }

    pub(crate) fn remember_shape(&mut self, shape: &str, id: i64) {
        if self.shapes.len() >= Self::MOST / 10 {
            self.shapes.clear();
        }
        self.shapes.insert(shape.to_owned(), id);
    }

    /// Remembers a word, and says whether it is new.
    pub(crate) fn remember_word(&mut self, word: &str) -> bool {
        if self.words.contains(word) {
            return false;
        }
        if self.words.len() >= Self::MOST {
            self.words.clear();
        }
        self.words.insert(word.to_owned())
    }
}
