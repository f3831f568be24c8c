//! Turns texts of a spec into documentation comments and Markdown. Knows no connector and no type.

/// The lines of a documentation comment, without `///`. A line is wider than `width` columns only if it is
/// one word.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for block in text.trim().lines() {
        let block = block.trim_end();
        if block.is_empty() {
            if lines.last().is_some_and(|line: &String| !line.is_empty()) {
                lines.push(String::new());
            }
            continue;
        }
        let indent = if block.trim_start().starts_with("* ") { "  " } else { "" };
        let mut line = String::new();
        for word in block.split_whitespace() {
            let fits = line.chars().count() + 1 + word.chars().count() <= width;
            if line.is_empty() {
                line.push_str(word);
            } else if fits || starts_a_block(word) {
                line.push(' ');
                line.push_str(word);
            } else {
                lines.push(std::mem::replace(&mut line, format!("{indent}{word}")));
            }
        }
        lines.push(line);
    }
    lines
}

/// Whether Markdown would read `word` at the start of a line as the start of a list or heading.
fn starts_a_block(word: &str) -> bool {
    matches!(word, "-" | "+" | "*" | "=" | "#" | "##" | "###")
        || word.starts_with(['>', '|', '~'])
        || word.strip_suffix(['.', ')']).is_some_and(|n| n.chars().all(|c| c.is_ascii_digit()))
}

/// The text with each paragraph on one line. Line breaks of the spec have no meaning, except before
/// list items and at blank lines.
pub(crate) fn paragraphs(text: &str) -> String {
    let mut out = String::new();
    for line in text.trim().lines() {
        let line = line.trim();
        let item = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
        if line.is_empty() {
            out.push_str("\n\n");
        } else if let Some(item) = item {
            if !out.is_empty() && !out.ends_with('\n') {
                out.push('\n');
            }
            out.push_str("* ");
            out.push_str(item);
        } else {
            if !out.is_empty() && !out.ends_with('\n') {
                out.push(' ');
            }
            out.push_str(line);
        }
    }
    while out.contains("\n\n\n") {
        out = out.replace("\n\n\n", "\n\n");
    }
    out
}

/// Markdown that every renderer shows in the way the spec was written: brackets, asterisks and
/// angle brackets outside code are escaped, and bare addresses become links.
pub(crate) fn markdown(text: &str) -> String {
    let text = paragraphs(text);
    if text.matches('`').count() % 2 == 1 {
        return escape(&text.replace('`', "'"));
    }
    text.split('`')
        .enumerate()
        .map(|(n, part)| if n % 2 == 0 { escape(part) } else { format!("`{part}`") })
        .collect()
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if rest.starts_with("https://") || rest.starts_with("http://") {
            let end = rest
                .find(|c: char| {
                    c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '(' | ')' | ',')
                })
                .unwrap_or(rest.len());
            let url = rest[..end].trim_end_matches(['.', ';', ':', '!', '?']);
            // An address with a placeholder in it is an example, not a link.
            if url.contains(['{', '}', '[', ']', '*'])
                || !url.contains("://")
                || url.ends_with("//")
            {
                out.push_str(&format!("`{url}`"));
            } else {
                out.push_str(&format!("<{url}>"));
            }
            rest = &rest[url.len()..];
            continue;
        }
        let item = next == '*' && (out.is_empty() || out.ends_with('\n')) && rest.starts_with("* ");
        let quote = next == '>' && (out.is_empty() || out.ends_with('\n'));
        if matches!(next, '<' | '[' | ']' | '\\') || quote || (next == '*' && !item) {
            out.push('\\');
        }
        out.push(next);
        rest = &rest[next.len_utf8()..];
    }
    out
}

/// The text as one line, for a table cell or a list item.
pub(crate) fn cell(text: &str) -> String {
    let text = markdown(text).replace("\n* ", "; ").replace('\n', " ");
    // In a table, `|` ends a cell even inside code.
    text.replace('|', "\\|").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text with a full stop at its end, unless it ends with another mark.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty()
        || text.ends_with(['.', '!', '?', ':', ';', ')', '`']) && !text.ends_with('`')
    {
        return text.to_owned();
    }
    format!("{text}.")
}

/// A code span. The text may contain back quotes.
pub(crate) fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_shows_what_was_written() {
        for (text, expected) in [
            ("a <b> [c]", r"a \<b> \[c\]"),
            ("`a <b>` c", "`a <b>` c"),
            ("see https://x.io/a.", "see <https://x.io/a>."),
            ("at https://{shop}.x.io", "at `https://{shop}.x.io`"),
            ("one ` tick", "one ' tick"),
            ("a * b", r"a \* b"),
            ("One\ntwo\n\nthree\n- x\n- y", "One two\n\nthree\n* x\n* y"),
        ] {
            assert_eq!(markdown(text), expected, "{text}");
        }
    }

    #[test]
    fn a_cell_is_one_line_without_bars() {
        assert_eq!(cell("`a|b` or\nc|d\n\ne"), r"`a\|b` or c\|d e");
    }

    #[test]
    fn wrapping_makes_no_lists() {
        assert_eq!(wrap("aaa - bbb 1. cc", 4), ["aaa -", "bbb 1.", "cc"]);
    }

    #[test]
    fn sentences_end() {
        for (text, expected) in [("A", "A."), ("A.", "A."), ("Use `a`", "Use `a`."), ("", "")] {
            assert_eq!(sentence(text), expected);
        }
    }
}
