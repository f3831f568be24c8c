//! Documentation of public items has to say something: three words or fewer only repeat the name. A
//! notation in one code span, such as `a=1&a=2`, is enough. Short documentation is an error in the
//! crates of the list `clean`, and a figure for the others.

use super::source::{Kind, Token};
use super::{Report, Workspace};

const RULE: &str = "documentation";
const WORDS: usize = 3;

pub(super) fn check(workspace: &Workspace, report: &mut Report) {
    let mut others = 0;
    for (member, file) in workspace.files().filter(|(_, file)| !file.test) {
        let clean = workspace.rules.clean.contains(&member.name);
        for (line, text) in short(&file.tokens) {
            if clean {
                let message = format!(
                    "\"{text}\" says no more than the name; describe the item in a sentence"
                );
                report.problem(RULE, file.path.clone(), line, message);
            } else {
                others += 1;
            }
        }
    }
    report.notes.push(format!(
        "{others} public items in crates that are not yet clean are documented in three words or fewer"
    ));
}

/// The documentation of public items that is too short, with its line.
fn short(tokens: &[Token]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    // For every open bracket: whether all items in it are public, as in an enum.
    let mut open = Vec::new();
    let mut docs: Option<(usize, String)> = None;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        if token.test || matches!(token.kind, Kind::Comment | Kind::InnerDoc) {
            continue;
        }
        if token.kind == Kind::OuterDoc {
            let text = token.text.trim_start_matches('/').trim_start_matches("**").trim();
            let (_, all) = docs.get_or_insert_with(|| (token.line, String::new()));
            all.push(' ');
            all.push_str(text);
            continue;
        }
        if token.is("#") {
            at = attribute_end(tokens, at);
            continue;
        }
        let follows = tokens.get(at);
        let is_public = token.is("pub") && follows.is_some_and(|next| !next.is("("));
        if let Some((line, text)) = docs.take()
            && (is_public || open.last() == Some(&true))
            && text.split_whitespace().count() <= WORDS
            && !is_notation(text.trim())
        {
            found.push((line, text.trim().to_owned()));
        }
        if token.is("{") || token.is("(") || token.is("[") {
            open.push(false);
        } else if token.is("}") || token.is(")") || token.is("]") {
            open.pop();
        }
        let opens = follows.is_some_and(|next| next.is("enum") || next.is("trait"));
        if is_public && opens {
            let body = tokens.iter().skip(at).position(|token| token.is("{"));
            at = body.map_or(tokens.len(), |body| at + body + 1);
            open.push(true);
        }
    }
    found
}

fn is_notation(text: &str) -> bool {
    let inner = text.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
    inner.is_some_and(|inner| !inner.contains('`'))
}

/// The position behind the attribute whose `#` is before `at`.
fn attribute_end(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0_usize;
    for (n, token) in tokens.iter().enumerate().skip(at) {
        if token.is("[") {
            depth += 1;
        } else if token.is("]") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return n + 1;
            }
        }
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use super::super::source::tokens;
    use super::*;

    #[test]
    fn short_documentation_of_public_items_is_found() {
        let text = "
            /// The name.
            #[must_use]
            pub fn name() {}
            /// Private.
            fn private() {}
            /// What went wrong, by kind.
            pub enum Kind {
                /// `408`
                TimedOut,
                /// Too late.
                Timeout { 
                    /// Nothing.
                    after: u32 },
                /// The request could not be sent.
                Network,
            }
            /// A
            /// page of records.
            pub struct Page;
            /// In here.
            pub(crate) struct Inner;";
        let found: Vec<_> = short(&tokens(text)).into_iter().map(|(_, text)| text).collect();
        assert_eq!(found, ["The name.", "Too late."]);
    }
}
