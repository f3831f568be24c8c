//! Shortens texts of a spec for the definition of a tool.

/// The text on one line: as many whole sentences as `limit` characters allow.
pub(super) fn short(text: &str, limit: usize) -> String {
    let text = one_line(text);
    if text.chars().count() <= limit {
        return text;
    }
    let mut shortened = String::new();
    for sentence in sentences(&text) {
        let longer = joined(&shortened, sentence);
        if longer.chars().count() > limit {
            break;
        }
        shortened = longer;
    }
    if !shortened.is_empty() {
        return shortened;
    }
    // Not even the first sentence is short enough, so it is cut between two words.
    let cut: String = text.chars().take(limit.saturating_sub(1)).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end_matches([',', ';', ':', ' ']))
}

/// The text without the sentences that contain one of these names in backticks.
pub(super) fn without(text: &str, names: &[&str]) -> String {
    if names.is_empty() {
        return one_line(text);
    }
    let marked: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let text = one_line(text);
    let others =
        sentences(&text).filter(|sentence| !marked.iter().any(|name| sentence.contains(name)));
    others.collect::<Vec<_>>().join(" ")
}

/// Two texts as consecutive sentences.
pub(super) fn joined(first: &str, second: &str) -> String {
    let first = first.trim_end();
    if first.is_empty() {
        return second.to_owned();
    }
    let stop = if first.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{first}{stop} {second}")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The sentences of a text on one line. A full stop ends a sentence only before a capital letter, a
/// backtick or a quotation mark.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut ends: Vec<usize> = Vec::new();
    let bytes = text.as_bytes();
    for (index, _) in text.match_indices(['.', '!', '?']) {
        let next = text[index + 1..].strip_prefix(' ').and_then(|rest| rest.chars().next());
        let before = text[..index].rsplit(' ').next().unwrap_or_default();
        let abbreviated = matches!(before, "e.g" | "i.e" | "etc" | "vs");
        if next.is_some_and(|c| c.is_uppercase() || c == '`' || c == '"')
            && !abbreviated
            && bytes.get(index + 1) == Some(&b' ')
        {
            ends.push(index + 1);
        }
    }
    ends.push(text.len());
    let mut start = 0;
    ends.into_iter().map(move |end| {
        let sentence = text[start..end].trim();
        start = end;
        sentence
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_sentences() {
        for (text, limit, expected) in [
            ("One. Two.", 40, "One. Two."),
            ("One is here. Two is longer than that.", 20, "One is here."),
            ("Made e.g. by A. Then more of it.", 20, "Made e.g. by A."),
            ("a word that never ends anywhere", 12, "a word…"),
            ("see\n  `a.b` there. `c` too", 100, "see `a.b` there. `c` too"),
        ] {
            assert_eq!(short(text, limit), expected);
        }
    }

    #[test]
    fn sentences_about_hidden_arguments_go() {
        let text = "Newest first. Pages: pass `end` as `after`. Use it well.";
        assert_eq!(without(text, &["after"]), "Newest first. Use it well.");
    }
}
