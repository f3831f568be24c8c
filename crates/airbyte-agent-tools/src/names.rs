//! Names of tools, which are valid for every client and the same in every run.

use std::collections::BTreeSet;

/// The longest name, in bytes. Clients put a prefix before it and limit the whole to 64.
const LONGEST: usize = 50;

/// The name that consists of these parts, such as `github_issues_list`.
pub(super) fn join(parts: &[&str]) -> String {
    let plain = parts.iter().map(|part| plain(part)).collect::<Vec<_>>().join("_");
    if plain.len() <= LONGEST && plain.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return plain;
    }
    let plain = if plain.starts_with(|c: char| c.is_ascii_alphabetic()) {
        plain
    } else {
        format!("tool_{plain}")
    };
    if plain.len() <= LONGEST { plain } else { with_hash(&plain, parts) }
}

/// The name that consists of these parts, or one with a hash when another tool has that name.
pub(super) fn unique(parts: &[&str], taken: &mut BTreeSet<String>) -> String {
    let name = join(parts);
    let name = if taken.contains(&name) { with_hash(&name, parts) } else { name };
    taken.insert(name.clone());
    name
}

/// A name without case and punctuation, so that different spellings of a name are equal.
pub(super) fn folded(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// A part of a name in the characters that every client accepts.
fn plain(part: &str) -> String {
    part.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// The name with a hash of its parts, shortened before the hash. The last part, which is the action, stays.
fn with_hash(name: &str, parts: &[&str]) -> String {
    // FNV-1a is the same on every machine and in every release.
    let mut hash: u32 = 0x811c_9dc5;
    for byte in parts.join("\0").bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    let last = parts.last().filter(|_| parts.len() > 1).map(|part| plain(part));
    let last = last.filter(|last| last.len() <= 16).map(|last| format!("_{last}"));
    let last = last.unwrap_or_default();
    let head = name.strip_suffix(&last).unwrap_or(name);
    let cut: String = head.chars().take(LONGEST - 9 - last.len()).collect();
    format!("{}_{hash:08x}{last}", cut.trim_end_matches('_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid_short_and_stable() {
        let long = "a_very_long_entity_name_that_goes_on_and_on";
        for (parts, expected) in [
            (vec!["github", "issues", "list"], "github_issues_list"),
            (vec!["zendesk-support", "ticket_forms", "get"], "zendesk_support_ticket_forms_get"),
            (vec!["2fa", "käse", "list"], "tool_2fa_k_se_list"),
            (vec!["acme", long, "list"], "acme_a_very_long_entity_name_that_go"),
        ] {
            let name = join(&parts);
            assert!(name.starts_with(expected) && name.ends_with(parts[2]), "{name}");
            assert!(name.len() <= LONGEST && name == join(&parts), "{name}");
        }
    }

    #[test]
    fn two_tools_never_share_a_name() {
        let mut taken = BTreeSet::new();
        let first = unique(&["a", "b_c", "list"], &mut taken);
        let second = unique(&["a_b", "c", "list"], &mut taken);
        assert_eq!(first, "a_b_c_list");
        assert!(second != first && second.starts_with("a_b_c_"), "{second}");
    }
}
