//! Divides text into words as the index knows them: in small letters, without endings, and without words
//! that have no meaning of their own. Descriptions and queries are treated alike.

/// The number of a word in the vocabulary of an index.
pub(super) type Term = u32;

/// Words that occur in every text, sorted.
const STOP_WORDS: &[&str] = &[
    "a",
    "about",
    "all",
    "also",
    "am",
    "an",
    "and",
    "any",
    "are",
    "as",
    "at",
    "be",
    "been",
    "being",
    "but",
    "by",
    "can",
    "could",
    "did",
    "do",
    "does",
    "each",
    "every",
    "everything",
    "for",
    "from",
    "had",
    "has",
    "have",
    "her",
    "here",
    "him",
    "his",
    "how",
    "i",
    "if",
    "in",
    "into",
    "is",
    "it",
    "its",
    "just",
    "let",
    "may",
    "me",
    "might",
    "mine",
    "must",
    "my",
    "need",
    "no",
    "not",
    "now",
    "of",
    "on",
    "or",
    "our",
    "ours",
    "per",
    "please",
    "shall",
    "she",
    "should",
    "so",
    "some",
    "such",
    "than",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "through",
    "to",
    "too",
    "until",
    "us",
    "very",
    "via",
    "want",
    "was",
    "we",
    "were",
    "what",
    "when",
    "where",
    "which",
    "whose",
    "why",
    "will",
    "with",
    "would",
    "you",
    "your",
];

/// Irregular forms with their basic forms, sorted.
const IRREGULAR: &[(&str, &str)] = &[
    ("bought", "buy"),
    ("children", "child"),
    ("chosen", "choose"),
    ("gave", "give"),
    ("given", "give"),
    ("held", "hold"),
    ("kept", "keep"),
    ("made", "make"),
    ("paid", "pay"),
    ("people", "person"),
    ("persons", "person"),
    ("said", "say"),
    ("sent", "send"),
    ("sold", "sell"),
    ("spent", "spend"),
    ("spoken", "speak"),
    ("took", "take"),
    ("went", "go"),
    ("written", "write"),
    ("wrote", "write"),
];

/// Whether a word has no meaning for a search.
pub(super) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

/// Whether a letter belongs to a script that has no spaces between words.
pub(super) fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{3005}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}')
}

/// Calls `take` with every word of `text`, whole and in small letters, in their order. With `names` a capital
/// letter behind a small one begins a new word, as in `fromDateTime`.
pub(super) fn each_word(text: &str, names: bool, mut take: impl FnMut(&str)) {
    let mut word = String::with_capacity(24);
    let mut was_lower = false;
    let letter_of = |letter: char, word: &mut String| {
        if letter.is_ascii() {
            word.push(letter.to_ascii_lowercase());
        } else {
            word.extend(letter.to_lowercase());
        }
    };
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() || (!letter.is_ascii() && letter.is_alphanumeric()) {
            if names && was_lower && letter.is_uppercase() {
                take(&word);
                word.clear();
            }
            was_lower = names && letter.is_lowercase();
            letter_of(letter, &mut word);
            continue;
        }
        was_lower = false;
        // The words e-mail and to-do stay whole.
        let joins = letter == '-' && matches!(word.as_str(), "e" | "to");
        if !joins && !word.is_empty() {
            take(&word);
            word.clear();
        }
    }
    if !word.is_empty() {
        take(&word);
    }
}

/// Writes the stem of a word in small letters to `out`: the part that all its forms share.
pub(super) fn stem(word: &str, out: &mut String) {
    out.clear();
    if let Ok(found) = IRREGULAR.binary_search_by_key(&word, |(form, _)| form) {
        out.push_str(IRREGULAR[found].1);
    } else {
        out.push_str(word);
    }
    if out.len() < 3 || !out.is_ascii() {
        return;
    }
    plural(out);
    let verb = ["ing", "ed"].into_iter().any(|ending| cut(out, ending, 3));
    if !verb {
        let _ = cut(out, "ation", 4)
            || cut(out, "ment", if out.ends_with("mment") { usize::MAX } else { 3 });
    }
    cut(out, "e", 3);
    let twice = out.as_bytes().last_chunk::<2>().is_some_and(|[a, b]| a == b && *b != b's');
    if twice && out.len() > 3 {
        out.pop();
    }
    // British and American spellings get the same stem.
    if out.len() >= 6 && out.ends_with("is") {
        out.truncate(out.len() - 1);
        out.push('z');
    } else if out.len() >= 5 && out.ends_with("our") {
        out.truncate(out.len() - 2);
        out.push('r');
    }
}

/// Whether a stem is that of a verb or of a noun made from it, as "approval" from "approve".
pub(super) fn is_form_of(stem: &str, verb: &str) -> bool {
    let common = stem.bytes().zip(verb.bytes()).take_while(|(a, b)| a == b).count();
    stem == verb || common >= 4.max(verb.len().saturating_sub(1))
}

/// Removes the ending of a plural.
fn plural(word: &mut String) {
    let length = word.len();
    if word.ends_with("ies") && length > 4 {
        word.truncate(length - 3);
        word.push('y');
    } else if ["sses", "xes", "ches", "shes", "zes"].iter().any(|ending| word.ends_with(ending)) {
        word.truncate(length - 2);
    } else if word.ends_with('s') && !["ss", "us", "is", "as"].iter().any(|end| word.ends_with(end))
    {
        word.truncate(length - 1);
    }
}

/// Removes `ending` if at least `least` letters are left and one of them is a vowel, and says whether it
/// did.
fn cut(word: &mut String, ending: &str, least: usize) -> bool {
    let Some(rest) = word.strip_suffix(ending) else { return false };
    let has_vowel = rest.bytes().any(|letter| b"aeiouy".contains(&letter));
    if rest.len() < least || !has_vowel {
        return false;
    }
    word.truncate(rest.len());
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stemmed(word: &str) -> String {
        let mut out = String::new();
        stem(word, &mut out);
        out
    }

    #[test]
    fn tables_are_sorted() {
        assert!(STOP_WORDS.is_sorted() && IRREGULAR.is_sorted());
    }

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for forms in [
            &["invoice", "invoices", "invoiced", "invoicing"][..],
            &["company", "companies"],
            &["cancel", "cancels", "cancelled", "canceling", "cancellation"],
            &["ad", "ads"],
            &["branch", "branches"],
            &["pay", "paid", "paying", "payment", "payments"],
            &["person", "people"],
            &["finalize", "finalise", "finalised", "finalization"],
            &["color", "colour", "colours"],
            &["archive", "archived", "archiving"],
            &["plan", "planned", "plans"],
            &["comment", "comments", "commented"],
            &["address", "addresses"],
            &["call", "calls", "called"],
        ] {
            let stems: Vec<String> = forms.iter().map(|form| stemmed(form)).collect();
            assert!(stems.iter().all(|stem| *stem == stems[0]), "{forms:?} became {stems:?}");
        }
    }

    #[test]
    fn different_words_stay_apart() {
        for (one, other) in [
            ("status", "state"),
            ("task", "tag"),
            ("comment", "com"),
            ("bus", "bu"),
            ("list", "lit"),
        ] {
            assert_ne!(stemmed(one), stemmed(other));
        }
    }

    #[test]
    fn texts_fall_into_words() {
        for (text, names, expected) in [
            ("Customer's E-mail, please!", false, "customer s email please"),
            ("fromDateTime", true, "from date time"),
            ("HubSpot", false, "hubspot"),
            ("pull_requests.list", false, "pull requests list"),
            ("a to-do für Anna", false, "a todo für anna"),
        ] {
            let mut words = Vec::new();
            each_word(text, names, |word| words.push(word.to_owned()));
            assert_eq!(words.join(" "), expected);
        }
    }
}
