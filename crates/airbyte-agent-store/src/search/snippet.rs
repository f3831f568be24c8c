//! The part of a record's texts that a search has found.

use serde_json::Value;

use crate::spec::is_address;
use crate::words::{fold, is_meant};

/// Words of a snippet.
const LENGTH: usize = 24;

/// Longest snippet, in characters.
const MOST_CHARACTERS: usize = 300;

/// The field and the part of it with most of the words, which stand between `**`; `None` if no text has any.
pub(super) fn snippet(record: &Value, searched: &[&str]) -> Option<(String, String)> {
    let mut best: Option<(usize, String, &str)> = None;
    visit(record, "", &mut |path, text| {
        let count = searched
            .iter()
            .filter(|searched| pieces(text).any(|(_, piece)| fits(piece, searched)))
            .count();
        if count > 0 && best.as_ref().is_none_or(|(most, _, _)| count > *most) {
            best = Some((count, path.to_owned(), text));
        }
    });
    best.map(|(_, path, text)| (path, part(text, searched)))
}

/// Calls back with the path of every text and the text.
fn visit<'v>(value: &'v Value, path: &str, found: &mut impl FnMut(&str, &'v str)) {
    match value {
        Value::String(text) => found(path, text),
        Value::Array(items) => items.iter().for_each(|item| visit(item, path, found)),
        Value::Object(members) => {
            for (name, member) in members.iter().filter(|(name, _)| !is_address(name)) {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                visit(member, &path, found);
            }
        }
        _ => {}
    }
}

/// The parts between spaces, and where they begin.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().map(|piece| (piece.as_ptr() as usize - text.as_ptr() as usize, piece))
}

fn fits(piece: &str, searched: &str) -> bool {
    let folded = fold(piece);
    crate::words::words(&folded).any(|word| is_meant(word, searched))
}

fn part(text: &str, searched: &[&str]) -> String {
    let pieces: Vec<&str> = text.split_whitespace().collect();
    let is_found = |piece: &&str| searched.iter().any(|searched| fits(piece, searched));
    let first = pieces.iter().position(is_found).unwrap_or_default();
    let start = first.saturating_sub(LENGTH / 3);
    let end = (start + LENGTH).min(pieces.len());
    let mut snippet = String::new();
    if start > 0 {
        snippet.push_str("… ");
    }
    let mut is_cut = end < pieces.len();
    for (index, piece) in pieces.get(start..end).unwrap_or_default().iter().enumerate() {
        if snippet.chars().count() + piece.chars().count() > MOST_CHARACTERS && index > 0 {
            is_cut = true;
            break;
        }
        if index > 0 {
            snippet.push(' ');
        }
        let piece: String = piece.chars().take(MOST_CHARACTERS).collect();
        if is_found(&piece.as_str()) {
            snippet.push_str(&format!("**{piece}**"));
        } else {
            snippet.push_str(&piece);
        }
    }
    if is_cut {
        snippet.push_str(" …");
    }
    snippet
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_snippet_is_the_text_with_most_words() {
        let record = json!({
            "id": 1, "url": "https://example.com/crash",
            "title": "Crash report",
            "detail": {"body": format!("{}the app crashed while the window was résized {}", "a ".repeat(30), "z ".repeat(30))},
        });
        let (field, text) = snippet(&record, &["crash", "resized"]).unwrap_or_default();
        assert_eq!(field, "detail.body");
        assert!(text.starts_with("… a a"), "{text}");
        assert!(text.contains("app **crashed** while the window was **résized** z"), "{text}");
        assert!(text.ends_with("z …"), "{text}");
        assert_eq!(snippet(&record, &["nothing"]), None);
    }
}
