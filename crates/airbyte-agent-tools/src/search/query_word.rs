//! The words of a query.

use super::words::{is_stop_word, stem};

/// A word of a query.
pub(super) struct QueryWord {
    /// The word without its ending.
    pub(super) stem: String,
    /// Whether the word has no meaning alone. It may still be part of a phrase.
    pub(super) is_silent: bool,
}

/// The words of a query in the form of the index, from words that are whole and in small letters.
pub(super) fn query_words(whole: &[String]) -> Vec<QueryWord> {
    let mut after_how = false;
    let words = whole.iter().map(|word| {
        let mut stemmed = String::new();
        stem(word, &mut stemmed);
        // "How many" asks for a number, while "many" alone has a meaning.
        let asks = after_how && matches!(word.as_str(), "many" | "much");
        after_how = word == "how";
        QueryWord { stem: stemmed, is_silent: asks || word.len() < 2 || is_stop_word(word) }
    });
    words.collect()
}
