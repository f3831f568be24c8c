//! Names as words: how they are divided, and their singular and plural.

/// The words of a name in lower case: `pageToken`, `page_token` and `page[token]` are all `page`, `token`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before: Option<char> = None;
    let mut rest = name.chars();
    while let Some(character) = rest.next() {
        if character.is_alphanumeric() {
            if character.is_uppercase() && begins(before, rest.as_str()) {
                flush(&mut words, &mut word);
            }
            push(&mut word, character);
        } else {
            flush(&mut words, &mut word);
        }
        before = Some(character);
    }
    flush(&mut words, &mut word);
    words
}

/// Whether a capital begins a word: behind a small letter or a digit, or as the last one of several, as in `URLPath`,
/// unless the plural's `s` stands behind them, and then a new word or nothing, as in `IDs`.
fn begins(before: Option<char>, behind: &str) -> bool {
    let mut behind = behind.chars();
    let (after, second) = (behind.next(), behind.next());
    let is_plural = after == Some('s') && second.is_none_or(|c| !c.is_lowercase());
    before.is_some_and(|c| c.is_lowercase() || c.is_ascii_digit())
        || before.is_some_and(char::is_uppercase)
            && after.is_some_and(char::is_lowercase)
            && !is_plural
}

/// Adds a letter in lower case.
fn push(text: &mut String, letter: char) {
    if letter.is_ascii() {
        text.push(letter.to_ascii_lowercase());
    } else {
        text.extend(letter.to_lowercase());
    }
}

fn flush(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// The name in lower case with nothing but letters and digits: names that differ in style only have the same key.
pub(crate) fn key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    name.chars().filter(|c| c.is_alphanumeric()).for_each(|letter| push(&mut key, letter));
    key
}

/// Words whose plural has no rule, singular first.
const IRREGULAR: [(&str, &str); 18] = [
    ("api", "apis"),
    ("sku", "skus"),
    ("gi", "gis"),
    ("emoji", "emojis"),
    ("person", "people"),
    ("child", "children"),
    ("man", "men"),
    ("woman", "women"),
    ("index", "indices"),
    ("matrix", "matrices"),
    ("criterion", "criteria"),
    ("analysis", "analyses"),
    ("basis", "bases"),
    ("movie", "movies"),
    ("cookie", "cookies"),
    ("cache", "caches"),
    ("canvas", "canvases"),
    ("alias", "aliases"),
];

/// Words that have no plural of their own, or that are one already.
const UNCOUNTED: [&str; 31] = [
    "contents",
    "data",
    "media",
    "metadata",
    "info",
    "information",
    "news",
    "series",
    "software",
    "equipment",
    "feedback",
    "history",
    "activity",
    "usage",
    "inventory",
    "access",
    "analytics",
    "statistics",
    "stats",
    "metrics",
    "sms",
    "dns",
    "settings",
    "preferences",
    "details",
    "weather",
    "content",
    "staff",
    "progress",
    "health",
    "search",
];

/// The singular of a word in lower case.
pub(crate) fn singular(word: &str) -> String {
    if let Some((one, _)) = IRREGULAR.iter().find(|(one, many)| word == *many || word == *one) {
        return (*one).to_owned();
    }
    let ends = |ending: &str| word.len() > ending.len() + 1 && word.ends_with(ending);
    let cut = |count: usize| word.get(..word.len() - count).unwrap_or(word).to_owned();
    if !word.ends_with('s') || ["ss", "us", "is"].iter().any(|ending| word.ends_with(ending)) {
        return word.to_owned();
    }
    if ends("ies") && word.len() > 4 {
        return cut(3) + "y";
    }
    if ["sses", "ches", "shes", "xes", "zes"].iter().any(|ending| ends(ending))
        || word == "statuses"
    {
        return cut(2);
    }
    if word.len() > 2 { cut(1) } else { word.to_owned() }
}

/// The plural of a word in lower case.
pub(crate) fn plural(word: &str) -> String {
    if let Some((_, many)) = IRREGULAR.iter().find(|(one, many)| word == *one || word == *many) {
        return (*many).to_owned();
    }
    if UNCOUNTED.contains(&word) && word != "activity" && word != "inventory" && word != "history" {
        return word.to_owned();
    }
    let one = singular(word);
    if one != word {
        return word.to_owned();
    }
    let mut letters = word.chars().rev();
    match (letters.next(), letters.next()) {
        (Some('y'), Some(before)) if !"aeiou".contains(before) => {
            format!("{}ies", word.get(..word.len() - 1).unwrap_or(word))
        }
        (Some('s' | 'x' | 'z'), _) | (Some('h'), Some('c' | 's')) => format!("{word}es"),
        _ => format!("{word}s"),
    }
}

/// Whether a word in lower case is in the plural and has a singular, so that it means several of something.
pub(crate) fn is_counted(word: &str) -> bool {
    singular(word) != word && !UNCOUNTED.contains(&word)
}

/// Whether a word in lower case is in the plural.
pub(crate) fn is_plural(word: &str) -> bool {
    singular(word) != word || UNCOUNTED.contains(&word)
}

/// A name as a noun, to be compared with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Noun {
    /// The last word in the singular; empty if the name has no words.
    last: String,
    /// The name without what differs between styles.
    key: String,
}

impl Noun {
    /// The noun that a name ends with.
    pub(crate) fn of(name: &str) -> Self {
        let last = words(name).last().map(|word| singular(word)).unwrap_or_default();
        Self { last, key: key(name) }
    }

    /// Whether both mean the same: their last words have the same singular, or they differ in style only, as
    /// `channeltypes` and `channel_types` do.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        !self.last.is_empty()
            && (self.last == other.last || self.key.len() > 5 && self.key == other.key)
    }
}

/// Whether two names mean the same noun.
pub(crate) fn same_noun(a: &str, b: &str) -> bool {
    Noun::of(a).is_same(&Noun::of(b))
}

/// Whether one of these phrases, in lower case, is in a text.
pub(crate) fn says(text: &str, phrases: &[&str]) -> bool {
    // Most texts that are asked are in lower case already.
    if text.chars().any(char::is_uppercase) {
        let text = text.to_lowercase();
        return phrases.iter().any(|phrase| text.contains(phrase));
    }
    phrases.iter().any(|phrase| text.contains(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_divided_into_words() {
        for (name, expected) in [
            ("pageToken", "page token"),
            ("page[token]", "page token"),
            ("$skip", "skip"),
            ("X-Next-Page", "x next page"),
            ("URLPath", "url path"),
            ("recordIDs", "record ids"),
            ("@odata.nextLink", "odata next link"),
            ("", ""),
        ] {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn singular_and_plural_lead_to_each_other() {
        for (one, many) in [
            ("issue", "issues"),
            ("company", "companies"),
            ("address", "addresses"),
            ("person", "people"),
            ("box", "boxes"),
            ("branch", "branches"),
            ("day", "days"),
            ("status", "statuses"),
        ] {
            assert_eq!((singular(many).as_str(), plural(one).as_str()), (one, many));
            assert_eq!((singular(one).as_str(), plural(many).as_str()), (one, many));
        }
        assert_eq!(plural("news"), "news");
    }
}
