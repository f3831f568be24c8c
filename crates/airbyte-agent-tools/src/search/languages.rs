//! Queries in other languages: their words become the English words that search knows.
//!
//! The table is `languages.txt`. A word is looked up as it is written, then by its beginning. In
//! Japanese and Chinese, which have no spaces, the longest known part of the text is a word.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::words::is_wide;

const TABLE: &str = include_str!("languages.txt");

/// The number of languages that have spaces between words. They come first in the table.
const SPACED: usize = 6;

/// The fewest letters of a beginning by which a word is understood in an English query.
const LEAST: usize = 5;

/// The most letters behind the beginning of a word.
const MOST_BEHIND: usize = 7;

/// The English words with which a question begins.
const QUESTIONS: [&str; 6] = ["which", "what", "who", "how", "where", "when"];

/// Endings of words that say what has been done with something, in Spanish, Portuguese and Italian.
const PARTICIPLES: [&str; 12] =
    ["ado", "ados", "ada", "adas", "ido", "idos", "ida", "idas", "ato", "ati", "ata", "ate"];

/// One line of the table.
struct Row {
    english: Vec<&'static str>,
    is_verb: bool,
    /// Whether the word only shows which language it is.
    is_marker: bool,
}

/// What a word or a beginning of one means in one language.
#[derive(Clone, Copy)]
struct Meaning {
    language: usize,
    row: usize,
}

#[derive(Default)]
struct Table {
    rows: Vec<Row>,
    words: HashMap<&'static str, Vec<Meaning>>,
    beginnings: HashMap<&'static str, Vec<Meaning>>,
    /// Words of the languages without spaces.
    parts: HashMap<&'static str, usize>,
    /// The most letters of such a word.
    longest_part: usize,
}

static LANGUAGES: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::default();
    for line in TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (english, words) = line.split_once('|').unwrap_or((line, ""));
        let row = table.rows.len();
        let text = english.trim_start_matches(['!', '=']);
        table.rows.push(Row {
            english: text.split(' ').filter(|word| !word.is_empty()).collect(),
            is_verb: english.starts_with('!'),
            is_marker: english.starts_with('='),
        });
        for (language, words) in words.split('|').enumerate() {
            for word in words.split(' ').filter(|word| !word.is_empty()) {
                table.insert(word, Meaning { language, row });
            }
        }
    }
    table
});

impl Table {
    fn insert(&mut self, word: &'static str, meaning: Meaning) {
        if meaning.language >= SPACED {
            self.longest_part = self.longest_part.max(word.chars().count());
            self.parts.entry(word).or_insert(meaning.row);
        } else if let Some(beginning) = word.strip_suffix('-') {
            self.beginnings.entry(beginning).or_default().push(meaning);
        } else {
            self.words.entry(word).or_default().push(meaning);
        }
    }

    /// What a word may mean, the surest first: each meaning with the length of what is known of the word.
    fn meanings(&self, word: &str) -> Vec<(usize, Meaning)> {
        let mut found: Vec<(usize, Meaning)> = Vec::new();
        let whole = self.words.get(word).into_iter().flatten();
        found.extend(whole.map(|meaning| (usize::MAX, *meaning)));
        for length in (3.max(word.len().saturating_sub(MOST_BEHIND))..=word.len()).rev() {
            let beginning = word.get(..length).and_then(|part| self.beginnings.get(part));
            found.extend(beginning.into_iter().flatten().map(|meaning| (length, *meaning)));
        }
        found
    }
}

/// The words of a query in English, and whether they begin with a verb of another language; such verbs are put
/// first. `is_known` says whether the index or English has a word.
pub(super) fn to_english(
    words: Vec<String>,
    is_known: impl Fn(&str) -> Known,
) -> (Vec<String>, bool) {
    let has_wide = words.iter().any(|word| word.contains(is_wide));
    let known: Vec<Known> = words.iter().map(|word| is_known(word)).collect();
    if !has_wide && known.iter().all(|known| *known != Known::No && *known != Known::Text) {
        return (words, false);
    }
    let folded: Vec<String> = words.iter().map(|word| fold(word)).collect();
    let meanings: Vec<_> = folded.iter().map(|word| LANGUAGES.meanings(word)).collect();
    let language = language(&meanings, &known);
    let (mut verbs, mut others) = (Vec::new(), Vec::new());
    for (((word, folded), meanings), known) in
        words.into_iter().zip(folded).zip(meanings).zip(known)
    {
        if word.contains(is_wide) {
            segment(&word, &mut verbs, &mut others);
            continue;
        }
        let meaning = match language {
            // What is the name of a service is no other word.
            Some(_) | None if known == Known::Name => None,
            Some(language) => meanings.iter().find(|(_, meaning)| meaning.language == language),
            None => None,
        };
        let foreign = |(length, _): &&(usize, Meaning)| known == Known::No && *length >= LEAST;
        let meaning = meaning.or_else(|| meanings.iter().find(foreign));
        match meaning.map(|(_, meaning)| &LANGUAGES.rows[meaning.row]) {
            Some(row) if row.is_verb && !is_participle(&word, &folded) => {
                verbs.extend(row.english.iter().map(ToString::to_string));
            }
            Some(row) => {
                let mut english: Vec<String> =
                    row.english.iter().map(ToString::to_string).collect();
                if let Some(last) = english.last_mut()
                    && folded.ends_with('s')
                    // An adjective behind its noun stays as it is.
                    && !others.last().is_some_and(|before: &String| before.ends_with('s'))
                    && !last.ends_with('s')
                    && last.len() > 3
                {
                    last.push('s');
                }
                others.append(&mut english);
            }
            None => others.push(word),
        }
    }
    // A question is answered by reading, whatever its verbs.
    if others.first().is_some_and(|first| QUESTIONS.contains(&first.as_str())) {
        others.append(&mut verbs);
        return (others, false);
    }
    let has_verb = !verbs.is_empty();
    verbs.append(&mut others);
    (verbs, has_verb)
}

/// What is known about a word of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// It is part of the name of a service.
    Name,
    /// It is an English word without which sentences cannot be made, or an English verb.
    English,
    /// It occurs in the texts of the index.
    Text,
    /// It is unknown.
    No,
}

/// The language of most words, `None` for English. At least one word must be unknown in English.
fn language(meanings: &[Vec<(usize, Meaning)>], known: &[Known]) -> Option<usize> {
    let english = known.iter().filter(|known| **known == Known::English).count();
    let votes = |language: usize| {
        let speaks = |(_, meaning): &(usize, Meaning)| meaning.language == language;
        let pairs = || meanings.iter().zip(known).filter(|(all, _)| all.iter().any(speaks));
        let is_sure = pairs().any(|(_, known)| *known == Known::No);
        if is_sure { pairs().filter(|(_, known)| **known != Known::Name).count() } else { 0 }
    };
    let best =
        (0..SPACED).map(|language| (votes(language), language)).rev().max_by_key(|best| best.0);
    best.filter(|(votes, _)| *votes > english).map(|(_, language)| language)
}

/// Divides a text without spaces into known words. What lies between them is left out.
fn segment(text: &str, verbs: &mut Vec<String>, others: &mut Vec<String>) {
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let end = |at: usize| letters.get(at).map_or(text.len(), |(index, _)| *index);
    let (mut at, mut narrow) = (0, String::new());
    let flush = |narrow: &mut String, others: &mut Vec<String>| {
        if !narrow.is_empty() {
            others.push(std::mem::take(narrow));
        }
    };
    while let Some((start, letter)) = letters.get(at).copied() {
        if !is_wide(letter) {
            narrow.push(letter);
            at += 1;
            continue;
        }
        flush(&mut narrow, others);
        let longest = LANGUAGES.longest_part.min(letters.len() - at);
        let found = (1..=longest).rev().find_map(|length| {
            let row =
                text.get(start..end(at + length)).and_then(|part| LANGUAGES.parts.get(part))?;
            Some((length, &LANGUAGES.rows[*row]))
        });
        at += found.map_or(1, |(length, _)| length);
        if let Some((_, row)) = found.filter(|(_, row)| !row.is_marker) {
            let words = row.english.iter().map(ToString::to_string);
            if row.is_verb { verbs.extend(words) } else { others.extend(words) }
        }
    }
    flush(&mut narrow, others);
}

/// Whether a word, as it is written and without accents, says what has been done and does not ask for it.
fn is_participle(word: &str, folded: &str) -> bool {
    let french = ["é", "és", "ée", "ées"].into_iter().any(|ending| word.ends_with(ending));
    french || word.len() > 5 && PARTICIPLES.into_iter().any(|ending| folded.ends_with(ending))
}

/// A word without accents.
fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for letter in word.chars() {
        match letter {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => out.push('a'),
            'è' | 'é' | 'ê' | 'ë' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' => out.push('i'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => out.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => out.push('u'),
            'ç' => out.push('c'),
            'ñ' => out.push('n'),
            'ß' => out.push_str("ss"),
            'œ' => out.push_str("oe"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english(text: &str) -> String {
        let known = |word: &str| match word {
            "slack" | "stripe" => Known::Name,
            "the" | "a" | "in" | "send" | "to" => Known::English,
            "message" | "canal" => Known::Text,
            _ => Known::No,
        };
        to_english(text.split(' ').map(str::to_owned).collect(), known).0.join(" ")
    }

    #[test]
    fn words_of_other_languages_become_english_verbs_first() {
        for (text, expected) in [
            ("envía un mensaje al canal de slack", "send message channel of slack"),
            ("nachricht in slack schicken", "send message in slack"),
            ("facturas vencidas stripe", "invoices overdue stripe"),
            ("slackにメッセージを送信", "send slack message"),
            ("appels enregistrés dans slack", "calls log in slack"),
            ("welche nachricht schicken", "which message send"),
            ("在slack发送消息", "send slack message"),
            ("send a message to raj in slack", "send a message to raj in slack"),
        ] {
            assert_eq!(english(text), expected, "{text}");
        }
    }

    #[test]
    fn every_line_of_the_table_has_all_languages() {
        for line in TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            assert_eq!(line.split('|').count(), SPACED + 3, "{line}");
            let spaced = line.split('|').take(SPACED + 1).collect::<String>();
            assert!(spaced.is_ascii(), "accents are left out: {line}");
        }
    }
}
