//! Names of accounts. They are parts of file names, so that few characters are allowed.

use airbyte_agent_core::{Error, ErrorKind, Result};

/// The name of the account that is meant when none is given.
pub const DEFAULT: &str = "default";

/// The most characters of the name of a connector or an account.
const LONGEST: usize = 64;

/// Checks the names of a connector and an account of it.
pub(crate) fn check(connector: &str, account: &str) -> Result<()> {
    if !fits(connector) {
        let message = format!("'{connector}' cannot have accounts: its name is no file name");
        return Err(Error::new(ErrorKind::Usage, message));
    }
    if !fits(account) {
        return Err(Error::new(
            ErrorKind::Usage,
            format!(
                "'{account}' is no name for an account: use at most {LONGEST} lower-case letters, \
                 digits and any of - _ @ + ."
            ),
        ));
    }
    Ok(())
}

/// The part of file names that belongs to one account. No two accounts share it, because no name has a `~`.
pub(crate) fn key(connector: &str, account: &str) -> String {
    format!("{connector}~{account}")
}

/// Whether a connector or an account can have this name.
pub(crate) fn fits(name: &str) -> bool {
    let allowed = |c: char| {
        c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '@' | '+' | '.')
    };
    !name.is_empty()
        && name.len() <= LONGEST
        && name.chars().all(allowed)
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_accounts_share_a_key() {
        let names = ["a", "b", "a.b", "a-b", "a+b", "a_b", "a@b", "b.a", "a.a", "a.b.a", "a..b"];
        let mut keys: Vec<String> =
            names.iter().flat_map(|one| names.iter().map(|other| key(one, other))).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), names.len() * names.len());
        assert!(!fits("a~b"));
    }

    #[test]
    fn names_are_file_names() {
        for name in ["default", "me@acme.com", "a", "2nd", "work-eu_1"] {
            assert!(check("github", name).is_ok(), "{name}");
        }
        for name in ["", "Work", "../up", "a/b", ".hidden", "-x", "a b", "ü", &"a".repeat(65)] {
            assert!(check("github", name).is_err(), "{name}");
            assert!(check(name, "default").is_err(), "{name}");
        }
    }
}
