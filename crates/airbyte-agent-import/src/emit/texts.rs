//! The vendor's texts, cut to what a model needs, and texts for what the vendor does not describe. A text of the
//! vendor is data: it is shortened and never interpreted.

/// The most characters of the description of an operation.
pub(crate) const LONG: usize = 400;
/// The most characters of the description of a parameter or of a field.
pub(crate) const SHORT: usize = 200;

/// The longest text between `<` and `>` that is taken for a mark of HTML.
const LONGEST_TAG: usize = 400;

/// Words before a full stop that does not end a sentence.
const ABBREVIATIONS: [&str; 8] = ["e.g", "i.e", "etc", "vs", "cf", "no", "approx", "incl"];

/// The first two sentences of a text, without HTML and Markdown, on one line and of at most `limit` characters.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    let plain = plain(text);
    let mut end = 0;
    for _ in 0..2 {
        let next = sentence_end(&plain, end);
        if end > 0 && plain[..next].chars().count() > limit {
            break;
        }
        end = next;
    }
    shorten(plain[..end].trim(), limit)
}

/// The first sentence of a text, without its full stop.
pub(crate) fn headline(text: &str, limit: usize) -> String {
    let plain = plain(text);
    let end = sentence_end(&plain, 0);
    shorten(plain[..end].trim().trim_end_matches(['.', ':']), limit)
}

/// The text as a whole sentence.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>());
    let mut text = first.unwrap_or_default() + letters.as_str();
    if !text.is_empty() && !text.ends_with(['.', '!', '?', '…', ':']) {
        text.push('.');
    }
    text
}

/// A name in words: `created_at`, `createdAt` and `created-at` become `created at`.
pub(crate) fn words(name: &str) -> String {
    snake(name).replace('_', " ")
}

/// A name in `snake_case`, which begins with a letter; empty if the name has no letter and no digit.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (place, letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            if !out.ends_with('_') && !out.is_empty() {
                out.push('_');
            }
            continue;
        }
        let before = place.checked_sub(1).and_then(|place| letters.get(place));
        let after = letters.get(place + 1);
        let starts_word = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if starts_word && !out.ends_with('_') {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    let out = out.trim_matches('_');
    if out.starts_with(|letter: char| letter.is_ascii_digit()) {
        format!("n{out}")
    } else {
        out.to_owned()
    }
}

/// The text on one line, without marks of HTML and Markdown.
fn plain(text: &str) -> String {
    let text = without_blocks(text);
    let text = without_tags(&text);
    let text = without_links(&text);
    let text = text.replace("**", "").replace("__", "");
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        let is_mark = word.chars().all(|c| matches!(c, '#' | '*' | '=' | '|'));
        let is_line = word.len() >= 2 && word.chars().all(|c| c == '-');
        if !is_mark && !is_line {
            words.push(word);
        }
    }
    let text: String = words.join(" ").chars().filter(|c| !c.is_control()).collect();
    // A template of ours is never made of a text of the vendor.
    text.replace("{{", "{ {")
}

/// The text without blocks of code, tables and what follows the first of them.
fn without_blocks(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") || trimmed.starts_with('|') {
            if lines.iter().any(|line: &&str| !line.trim().is_empty()) {
                break;
            }
            continue;
        }
        // A heading before the text says less than the text.
        if trimmed.starts_with('#') {
            continue;
        }
        lines.push(line);
    }
    if lines.iter().all(|line| line.trim().is_empty()) {
        return text.replace("```", " ");
    }
    lines.join("\n")
}

fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tail) = rest.split_at(start);
        out.push_str(before);
        let is_tag =
            tail[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match tail.find('>').filter(|end| is_tag && *end <= LONGEST_TAG) {
            Some(end) => {
                // Words that only a mark divides stay divided; a mark for emphasis divides nothing.
                let name = tail[1..end].trim_start_matches('/').to_ascii_lowercase();
                if ["p", "br", "li", "ul", "ol", "div", "td", "tr", "h"]
                    .iter()
                    .any(|tag| name.starts_with(tag))
                {
                    out.push(' ');
                }
                rest = &tail[end + 1..];
            }
            None => {
                out.push('<');
                rest = &tail[1..];
            }
        }
    }
    out.push_str(rest);
    for (entity, letter) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ] {
        out = out.replace(entity, letter);
    }
    out
}

/// `[text](address)` becomes the text, and a picture disappears.
fn without_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(middle) = rest.find("](") {
        let Some(start) = rest[..middle].rfind('[') else {
            out.push_str(&rest[..middle + 2]);
            rest = &rest[middle + 2..];
            continue;
        };
        let Some(end) = rest[middle..].find(')') else { break };
        let is_picture = rest[..start].ends_with('!');
        out.push_str(&rest[..start - usize::from(is_picture)]);
        if !is_picture {
            out.push_str(&rest[start + 1..middle]);
        }
        rest = &rest[middle + end + 1..];
    }
    out.push_str(rest);
    out
}

/// Where the sentence that begins at `from` ends.
fn sentence_end(text: &str, from: usize) -> usize {
    let mut search = from;
    while let Some(at) = text[search..].find(['.', '!', '?']) {
        let end = search + at + 1;
        let word = text[from..end - 1].rsplit([' ', '(']).next().unwrap_or_default();
        let rest = &text[end..];
        let ends = rest.is_empty()
            || (rest.starts_with(' ') && !rest.trim_start().starts_with(char::is_lowercase));
        if ends && !ABBREVIATIONS.contains(&word.to_ascii_lowercase().as_str()) {
            return end;
        }
        search = end;
    }
    text.len()
}

/// The text up to a number of characters, cut between words and marked.
fn shorten(text: &str, limit: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(limit) else { return text.to_owned() };
    let end = text[..end].rfind(' ').filter(|space| *space > 0).unwrap_or(end);
    format!("{}…", text[..end].trim_end_matches([',', ';', ':', ' ', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_to_two_sentences_without_marks() {
        for (text, expected) in [
            ("<p>Returns a list.  It is sorted.</p> More of it.", "Returns a list. It is sorted."),
            ("See [the guide](https://a.test/x).", "See the guide."),
            ("See [the guide](https://a.test) for **all**.", "See the guide for all."),
            ("# Title\n\nText here.\n\n```json\n{}\n```\nrest", "Text here."),
            ("Use e.g. a name. Then stop. No.", "Use e.g. a name. Then stop."),
            ("a < b and c > d", "a < b and c > d"),
            ("Version 1.2 of `x`", "Version 1.2 of `x`"),
            ("![logo](x.png) Hello", "Hello"),
            ("say {{ secret }}", "say { { secret }}"),
            ("", ""),
        ] {
            assert_eq!(cut(text, LONG), expected, "{text}");
        }
        let long = "word ".repeat(200);
        assert_eq!(cut(&long, 20), "word word word word…");
        assert_eq!(cut(&"ä".repeat(30), 20), format!("{}…", "ä".repeat(20)));
    }

    #[test]
    fn names_become_snake_case() {
        for (name, expected) in [
            ("createdAt", "created_at"),
            ("HTTPServer", "http_server"),
            ("a-b.c", "a_b_c"),
            ("page[cursor]", "page_cursor"),
            ("2fa", "n2fa"),
            ("OAuth2Token", "o_auth2_token"),
            ("$filter", "filter"),
            ("äö", ""),
        ] {
            assert_eq!(snake(name), expected, "{name}");
        }
    }
}
