//! The words of a query.

use super::words::{is_stop_word, stem};

/// A word of a query.
pub(super) struct QueryWord {
    /// The word without its ending.
    pub(super) stem: String,
    /// Whether the word has no meaning alone. It may still be part of a phrase.
    pub(super) is_silent: bool,
    /// How much the word counts, from 0 to 1.
    pub(super) weight: f32,
}

/// How much a word counts behind a preposition. In "subscribers of an audience" the subscribers are asked for.
const BEHIND: f32 = 0.6;

/// How much a verb counts as a word of a text. It says which action is meant, not of what.
const VERB: f32 = 0.7;

/// The same of a verb that asks to read.
const READING_VERB: f32 = 0.15;

/// Verbs with which a query begins and that ask to read.
const READING_VERBS: &[&str] = &[
    "browse", "check", "count", "display", "fetch", "find", "get", "give", "know", "list", "look",
    "read", "retrieve", "search", "see", "show", "view",
];

/// Verbs with which a query begins and that every service uses.
const PLAIN_VERBS: &[&str] = &[
    "add", "change", "create", "delete", "edit", "insert", "make", "modify", "put", "remove",
    "set", "start", "take", "update", "write",
];

/// Words that begin what says more about the words before them.
const PREPOSITIONS: &[&str] = &[
    "among", "at", "behind", "below", "by", "for", "from", "in", "inside", "into", "of", "on",
    "to", "under", "with", "within",
];

/// Whether a word is a verb that every service uses.
pub(super) fn is_plain_verb(word: &str) -> bool {
    PLAIN_VERBS.contains(&word)
}

/// Whether a word begins what says more about the words before it.
pub(super) fn is_preposition(word: &str) -> bool {
    PREPOSITIONS.contains(&word)
}

/// The words of a query in the form of the index, from words that are whole and in small letters.
pub(super) fn query_words(whole: &[String]) -> Vec<QueryWord> {
    let mut after_how = false;
    // Whether something meaningful stands before, and a preposition behind that.
    let (mut begun, mut behind) = (false, false);
    let words = whole.iter().map(|word| {
        let mut stemmed = String::new();
        stem(word, &mut stemmed);
        // "How many" asks for a number, while "many" alone has a meaning.
        let asks = after_how && matches!(word.as_str(), "many" | "much");
        after_how = word == "how";
        behind |= begun && PREPOSITIONS.contains(&word.as_str());
        let is_silent = asks || word.len() < 2 || is_stop_word(word);
        let reads = !begun && READING_VERBS.contains(&word.as_str());
        let is_verb = !begun && PLAIN_VERBS.contains(&word.as_str()) || word == "new";
        begun |= !is_silent && !is_verb;
        let place = if behind { BEHIND } else { 1.0 };
        let kind = match (reads, is_verb) {
            (true, _) => READING_VERB,
            (false, true) => VERB,
            (false, false) => 1.0,
        };
        QueryWord { stem: stemmed, is_silent, weight: place * kind }
    });
    words.collect()
}
