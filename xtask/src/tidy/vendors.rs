//! No vendor in engine code, neither in a text nor in a name. Comments and tests may use vendors as
//! examples.

use super::source::{Kind, Token, words};
use super::workspace::File;
use super::{Error, Report, Workspace};
use crate::specs;

const RULE: &str = "vendor in code";

pub(super) fn check(workspace: &Workspace, report: &mut Report) -> Result<(), Error> {
    let rules = &workspace.rules.vendors;
    let vendors: Vec<Vendor> = specs::slugs(&workspace.root, &[])?
        .into_iter()
        .map(|slug| Vendor::new(rules.ordinary.contains(&slug), slug))
        .collect();
    let mut used = vec![false; rules.allow.len()];
    let strict = |name: &str| rules.crates.iter().any(|strict| strict == name);
    for (_, file) in workspace.files().filter(|(member, file)| strict(&member.name) && !file.test) {
        for (token, vendor) in found(file, &vendors) {
            let allowed = rules
                .allow
                .iter()
                .position(|allowed| allowed.path == file.path && allowed.vendor == vendor.slug);
            if let Some(n) = allowed {
                used[n] = true;
            } else {
                let message = format!(
                    "`{}` names the vendor {}; what is special about it belongs in a key of specs/{}.yaml",
                    token.text, vendor.slug, vendor.slug
                );
                report.problem(RULE, file.path.clone(), token.line, message);
            }
        }
    }
    for (allowed, used) in rules.allow.iter().zip(used) {
        if !used || allowed.reason.is_empty() {
            let message = "the exception in xtask/tidy.toml is not needed or has no reason";
            report.problem(RULE, allowed.path.clone(), 0, message);
        }
    }
    Ok(())
}

/// A vendor, by the name of its connector.
struct Vendor {
    slug: String,
    /// The slug without separators, as names contain it: `googledrive`.
    joined: String,
    /// Whether the slug is also an ordinary word, which code may use in its own meaning.
    ordinary: bool,
}

impl Vendor {
    fn new(ordinary: bool, slug: String) -> Self {
        Self { joined: slug.replace('-', ""), slug, ordinary }
    }

    fn is_in(&self, token: &Token) -> bool {
        match token.kind {
            Kind::Text => self.is_in_text(&token.text),
            Kind::Ident => self.is_in_name(&token.text),
            _ => false,
        }
    }

    /// Whether a text contains the vendor as consecutive words; an ordinary word counts only if it
    /// is the whole text.
    fn is_in_text(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        let words: Vec<&str> =
            lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        if self.ordinary {
            let inner = lower.trim_start_matches(['b', 'c', 'r']).trim_matches(['"', '#']);
            return inner == self.slug;
        }
        self.is_in_words(&words)
    }

    /// Whether an identifier contains the vendor as words; an ordinary word counts only in the name
    /// of a type.
    fn is_in_name(&self, name: &str) -> bool {
        if self.ordinary && !name.starts_with(|c: char| c.is_uppercase()) {
            return false;
        }
        let words = words(name);
        self.is_in_words(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn is_in_words(&self, words: &[&str]) -> bool {
        (0..words.len()).any(|start| {
            (start + 1..=words.len().min(start + 3))
                .any(|end| words.get(start..end).is_some_and(|run| run.concat() == self.joined))
        })
    }
}

fn found<'a>(
    file: &'a File,
    vendors: &'a [Vendor],
) -> impl Iterator<Item = (&'a Token, &'a Vendor)> {
    file.tokens.iter().filter(|token| !token.test && !token.is_comment()).flat_map(move |token| {
        vendors.iter().filter(|vendor| vendor.is_in(token)).map(move |vendor| (token, vendor))
    })
}

#[cfg(test)]
mod tests {
    use super::Vendor;

    #[test]
    fn a_vendor_is_found_however_it_is_written() {
        let drive = Vendor::new(false, "google-drive".to_owned());
        assert!(drive.is_in_text("\"google-drive\""));
        assert!(drive.is_in_text("\"of Google Drive, too\""));
        assert!(drive.is_in_name("GoogleDriveClient"));
        assert!(drive.is_in_name("is_google_drive"));
        assert!(!drive.is_in_text("\"drive\""));
        assert!(Vendor::new(false, "hubspot".to_owned()).is_in_name("HubSpot"));
    }

    #[test]
    fn an_ordinary_word_counts_as_a_type_or_a_whole_text_only() {
        let linear = Vendor::new(true, "linear".to_owned());
        assert!(linear.is_in_text("\"linear\""));
        assert!(linear.is_in_name("LinearPages"));
        assert!(!linear.is_in_text("\"takes linear time\""));
        assert!(!linear.is_in_name("linear_search"));
    }
}
