//! Questions to the index of words.

use super::test::Operator;
use crate::db::{Db, Dialect, cells};
use crate::error::Result;
use crate::text::LONGEST_WORD;
use crate::words::{beginning, fold, is_meant, tolerance, words};

/// Most words of a search that are looked at.
pub(super) const MOST_WORDS: usize = 32;

/// Most similar words that a question names.
const MOST_SIMILAR: usize = 200;

/// A question that finds every row whose field may meet the condition; `None` if the index cannot narrow it.
pub(super) fn superset(db: &dyn Db, operator: Operator, text: &str) -> Result<Option<String>> {
    let folded = fold(text);
    let searched: Vec<&str> = words(&folded).collect();
    if searched.is_empty() || searched.len() > MOST_WORDS {
        return Ok(None);
    }
    let dialect = db.dialect();
    let mut parts = Vec::new();
    for word in searched {
        match operator {
            Operator::Keyword => parts.push(quoted(dialect, None, word)),
            Operator::Fuzzy => match similar(db, word)? {
                Some(similar) => {
                    parts.push(alternatives(dialect, None, &[word.to_owned()], &similar));
                }
                None => return Ok(None),
            },
            _ => return Ok(None),
        }
    }
    Ok(Some(parts.join(and(dialect))))
}

/// A word as the index understands it, perhaps with the mark of names.
fn quoted(dialect: Dialect, mark: Option<char>, word: &str) -> String {
    match dialect {
        Dialect::Sqlite => {
            let mark = mark.map(String::from).unwrap_or_default();
            format!("\"{mark}{}\"", word.replace('"', "\"\""))
        }
        // What is behind this length is not in the index.
        Dialect::Postgres => format!("'{}'", beginning(word, LONGEST_WORD).replace('\'', "''")),
    }
}

/// What stands between parts that must all be met.
pub(super) fn and(dialect: Dialect) -> &'static str {
    if dialect.is_postgres() { " & " } else { " AND " }
}

/// What stands between parts of which one must be met.
pub(super) fn or(dialect: Dialect) -> &'static str {
    if dialect.is_postgres() { " | " } else { " OR " }
}

/// Words that begin like one of the first, or are one of the second; with the mark of names, only words of names.
pub(super) fn alternatives(
    dialect: Dialect,
    mark: Option<char>,
    beginnings: &[String],
    exact: &[String],
) -> String {
    let any = if dialect.is_postgres() { ":*" } else { "*" };
    let beginnings = beginnings.iter().map(|word| format!("{}{any}", quoted(dialect, mark, word)));
    let exact = exact.iter().map(|word| quoted(dialect, mark, word));
    format!("({})", beginnings.chain(exact).collect::<Vec<_>>().join(or(dialect)))
}

/// The words of the store that a word may mean if some of its letters are wrong; `None` if there are too many.
pub(super) fn similar(db: &dyn Db, word: &str) -> Result<Option<Vec<String>>> {
    let tolerance = tolerance(word);
    if tolerance == 0 {
        return Ok(Some(Vec::new()));
    }
    let length = word.chars().count();
    let sql = "SELECT word FROM _words WHERE length BETWEEN ? AND ?";
    let lengths = cells![length.saturating_sub(tolerance), length + tolerance];
    let mut found = Vec::new();
    db.each(sql, &lengths, &mut |row| {
        let known = row.text(0);
        // What begins with the word is found anyway.
        if !known.starts_with(word)
            && may_be_similar(&known, word, tolerance)
            && is_meant(&known, word)
        {
            found.push(known);
        }
        Ok(found.len() <= MOST_SIMILAR)
    })?;
    Ok((found.len() <= MOST_SIMILAR).then_some(found))
}

/// Whether the letters of two words are so alike that they are worth a comparison.
fn may_be_similar(a: &str, b: &str, tolerance: usize) -> bool {
    let letters = |word: &str| word.bytes().fold(0_u64, |all, byte| all | 1 << (byte & 63));
    let different = (letters(a) ^ letters(b)).count_ones() as usize;
    // Each wrong letter adds at most the bits of one character and takes those of another.
    different <= tolerance * 8
}

/// The word, and what is left without an ending that English adds to it.
pub(super) fn forms(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    if let Some(stem) = word.strip_suffix('y').filter(|stem| stem.len() >= 3) {
        forms.push(format!("{stem}ie"));
    }
    for (ending, most_left) in [("ies", 3), ("ing", 4), ("ed", 4), ("es", 4), ("s", 3)] {
        if let Some(stem) = word.strip_suffix(ending)
            && stem.is_ascii()
            && stem.len() >= most_left
        {
            forms.push(stem.to_owned());
            break;
        }
    }
    forms
}
