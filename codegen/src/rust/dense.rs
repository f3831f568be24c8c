//! Denser Rust: `Borrowed(` and the list or text behind it on one line, and whatever fits on one
//! line there, as rustfmt would have it if it did not give up at long texts. Knows prettyplease's
//! layout, no connector.

/// Widest line.
const WIDTH: usize = 100;

/// The text with fewer lines and levels; texts that span lines stay as they are.
pub(crate) fn dense(text: &str) -> String {
    collapse(&lift(text))
}

/// Every bracket whose content fits behind it on one line.
fn collapse(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let inside = inside_texts(&lines);
    // Lines written so far; `false` for those that may not be moved.
    let mut out: Vec<(String, bool)> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let movable = !inside[at] && !inside.get(at + 1).copied().unwrap_or(false);
        let (margin, body) = (indent(line), line.trim_start());
        let closes = movable && body.starts_with(['}', ']', ')']);
        let group = open.last().copied().filter(|group| closes && indent(&out[*group].0) == margin);
        if let Some(group) = group {
            open.pop();
            if let Some(joined) = one_line(&out[group..], body, margin) {
                out.truncate(group);
                out.push((joined, true));
                continue;
            }
        }
        if movable && body.ends_with(['{', '[', '(']) {
            open.push(out.len());
        }
        out.push(((*line).to_owned(), movable));
    }
    let mut text = String::with_capacity(text.len());
    for (line, _) in out {
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// A group as one line, if it is simple and short enough.
fn one_line(group: &[(String, bool)], closing: &str, margin: usize) -> Option<String> {
    let ((head, _), content) = group.split_first()?;
    let simple = |(line, movable): &(String, bool)| *movable && indent(line) == margin + 4;
    if content.is_empty() || !content.iter().all(simple) {
        return None;
    }
    let content: Vec<&str> = content.iter().map(|(line, _)| line.trim_start()).collect();
    let content = content.join(" ");
    let content = content.trim_end_matches(',');
    let space = if head.ends_with('{') { " " } else { "" };
    let joined = format!("{head}{space}{content}{space}{closing}");
    let documented = content.contains("//");
    (!documented && joined.chars().count() <= WIDTH).then_some(joined)
}

/// `Borrowed(` with the list or text behind it.
fn lift(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let inside = inside_texts(&lines);
    let mut out = String::with_capacity(text.len());
    // Indentation of the lines whose list moved up; everything in the list moves left.
    let mut lists: Vec<usize> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        if inside[at] {
            push(&mut out, 0, line);
            at += 1;
            continue;
        }
        let (margin, body) = (indent(line), line.trim_start());
        let left = margin.saturating_sub(4 * lists.len());
        let next = lines.get(at + 1).copied().unwrap_or_default();
        let after = lines.get(at + 2).copied().unwrap_or_default();
        if body.ends_with("Borrowed(") && next.trim_start() == "&[" && indent(next) == margin + 4 {
            push(&mut out, left, &format!("{body}&["));
            lists.push(margin);
            at += 2;
        } else if lists.last().is_some_and(|list| {
            body == "],"
                && margin == list + 4
                && indent(next) == *list
                && next.trim_start().starts_with(')')
        }) {
            lists.pop();
            push(&mut out, left, &format!("]{}", next.trim_start()));
            at += 2;
        } else if let Some(joined) = join(left, body, next, after, inside.get(at + 2)) {
            push(&mut out, left, &joined);
            at += 3;
        } else {
            push(&mut out, left, body);
            at += 1;
        }
    }
    out
}

/// `Borrowed(`, a text, `)` in one line, if it fits.
fn join(left: usize, body: &str, next: &str, after: &str, inside: Option<&bool>) -> Option<String> {
    let text = next.trim_start().strip_suffix(',')?;
    let closing = after.trim_start();
    let plain = text.ends_with(['"', '#']) && (text.starts_with('"') || text.starts_with('r'));
    if !body.ends_with("Borrowed(") || !plain || !closing.starts_with(')') || inside == Some(&true)
    {
        return None;
    }
    let joined = format!("{body}{text}{closing}");
    (left + joined.chars().count() <= WIDTH).then_some(joined)
}

fn push(out: &mut String, left: usize, line: &str) {
    if !line.is_empty() {
        out.push_str(&" ".repeat(left));
        out.push_str(line);
    }
    out.push('\n');
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// For every line, whether it begins inside a text.
fn inside_texts(lines: &[&str]) -> Vec<bool> {
    let mut flags = Vec::with_capacity(lines.len());
    // The end of the text that is open, and whether a backslash escapes in it.
    let mut open: Option<(String, bool)> = None;
    for line in lines {
        flags.push(open.is_some());
        let mut rest = *line;
        while !rest.is_empty() {
            rest = match &open {
                Some((_, true)) if rest.starts_with('\\') => rest.get(2..).unwrap_or_default(),
                Some((end, _)) if rest.starts_with(end.as_str()) => {
                    let rest = &rest[end.len()..];
                    open = None;
                    rest
                }
                Some(_) => skip(rest),
                None if rest.starts_with("//") => "",
                None if rest.starts_with('"') => {
                    open = Some(("\"".to_owned(), true));
                    &rest[1..]
                }
                None => match raw_start(rest) {
                    Some(marks) => {
                        open = Some((format!("\"{}", "#".repeat(marks)), false));
                        &rest[marks + 2..]
                    }
                    None => skip(rest),
                },
            };
        }
    }
    flags
}

/// Number of marks of a raw text that begins here.
fn raw_start(rest: &str) -> Option<usize> {
    let behind = rest.strip_prefix('r')?;
    let marks = behind.len() - behind.trim_start_matches('#').len();
    behind[marks..].starts_with('"').then_some(marks)
}

fn skip(rest: &str) -> &str {
    let width = rest.chars().next().map_or(0, char::len_utf8);
    &rest[width..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_texts_move_up_and_texts_stay_whole() {
        let text = r##"static A: B = B {
    list: Borrowed(
        &[
            C {
                text: Borrowed(
                    "short \" text",
                ),
                raw: Borrowed(
                    r#"first
        second "),
"#,
                ),
                inner: Some(
                    Borrowed(
                        &[
                            D,
                        ],
                    ),
                ),
            },
        ],
    ),
    empty: Borrowed(&[]),
};
"##;
        let expected = r##"static A: B = B {
    list: Borrowed(&[
        C {
            text: Borrowed("short \" text"),
            raw: Borrowed(
                r#"first
        second "),
"#,
            ),
            inner: Some(Borrowed(&[D])),
        },
    ]),
    empty: Borrowed(&[]),
};
"##;
        assert_eq!(dense(text), expected);
        assert_eq!(dense(expected), expected);
    }
}
