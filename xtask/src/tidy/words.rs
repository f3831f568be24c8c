//! One word, one meaning: words that only their author understands are refused in the crates of the
//! list `clean`. The words to use instead are in the glossary of ARCHITECTURE.md.

use super::source::{Kind, words};
use super::{Report, Workspace};

const RULE: &str = "words";

pub(super) fn check(workspace: &Workspace, report: &mut Report) {
    let banned = &workspace.rules.words;
    let clean = |name: &String| workspace.rules.clean.contains(name);
    for (_, file) in workspace.files().filter(|(member, _)| clean(&member.name)) {
        for token in &file.tokens {
            match token.kind {
                Kind::Ident => {
                    let name = words(&token.text).join("_");
                    if let Some(instead) = banned.identifiers.get(&name) {
                        let message = format!(
                            "the name `{}` does not say what is meant; instead: {instead}",
                            token.text
                        );
                        report.problem(RULE, file.path.clone(), token.line, message);
                    }
                }
                Kind::OuterDoc | Kind::InnerDoc => {
                    let text = token.text.to_lowercase();
                    for word in text.split(|c: char| !c.is_alphanumeric() && c != '_') {
                        if let Some(instead) = banned.docs.get(word) {
                            let message = format!(
                                "the word \"{word}\" does not say what is meant; instead: {instead}"
                            );
                            report.problem(RULE, file.path.clone(), token.line, message);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}
