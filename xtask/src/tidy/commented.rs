//! No commented-out code: version control keeps old code.

use super::source::Kind;
use super::{Report, Workspace};

const RULE: &str = "commented-out code";

pub(super) fn check(workspace: &Workspace, report: &mut Report) {
    for (_, file) in workspace.files() {
        for token in file.tokens.iter().filter(|token| token.kind == Kind::Comment) {
            let lines = token.text.trim_start_matches("/*").trim_end_matches("*/").lines();
            for (n, line) in lines.enumerate() {
                if is_code(line.trim_start_matches('/').trim()) {
                    let message = format!("this comment is code; remove `{}`", line.trim());
                    report.problem(RULE, file.path.clone(), token.line + n, message);
                }
            }
        }
    }
}

/// Whether the text of a comment reads as Rust rather than as prose.
fn is_code(text: &str) -> bool {
    // Words of Rust with which no sentence begins, and words with which one may begin.
    const ITEMS: [&str; 10] =
        ["let ", "fn ", "pub ", "pub(", "impl ", "struct ", "enum ", "mod ", "return ", "self."];
    const BLOCKS: [&str; 5] = ["if ", "for ", "while ", "match ", "loop "];
    let starts = |words: &[&str]| words.iter().any(|word| text.starts_with(word));
    let ends = |marks: &[&str]| marks.iter().any(|mark| text.ends_with(mark));
    let brackets_only = !text.is_empty() && text.chars().all(|c| "{}();,".contains(c));
    starts(&ITEMS) && ends(&[";", "{", "}"])
        || starts(&BLOCKS) && ends(&["{"])
        || text.starts_with("let ") && text.contains(" = ")
        || text.starts_with("use ") && text.contains("::") && ends(&[";"])
        || text.starts_with("#[") && ends(&["]"])
        || brackets_only
        || ends(&[");", "?;", "};", "];", "\";"])
}

#[cfg(test)]
mod tests {
    use super::is_code;

    #[test]
    fn code_is_told_from_prose() {
        for code in [
            "let page = first;",
            "let page = first",
            "fn read() {",
            "}",
            "});",
            "self.send(request)?;",
            "call(a, b);",
            "#[must_use]",
            "if done {",
            "use crate::page::Page;",
        ] {
            assert!(is_code(code), "{code}");
        }
        for prose in [
            "for a reader who knows the rest;",
            "let the caller decide",
            "if there is none, the vendor's own is taken.",
            "The body is `{}`",
            "use of the token ends here",
            "match the longest first",
        ] {
            assert!(!is_code(prose), "{prose}");
        }
    }
}
