//! Services that people name and that no connector of an index serves.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::query_word::is_preposition;
use super::words::each_word;

const TABLE: &str = include_str!("unserved.txt");

/// A name in the table.
pub(super) struct Unserved {
    /// The name, as it is written usually.
    pub(super) name: String,
    /// Words that find what the service is for.
    pub(super) purpose: &'static str,
    words: Vec<String>,
    /// Whether the name is also a usual word.
    is_usual: bool,
}

/// All names by their first word, those of more words first.
static NAMES: LazyLock<HashMap<String, Vec<Unserved>>> = LazyLock::new(|| {
    let mut names: HashMap<String, Vec<Unserved>> = HashMap::new();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let Some((purpose, services)) = line.split_once(':') else { continue };
        for service in services.split_whitespace() {
            let name = service.trim_end_matches('?').replace('_', " ");
            let mut words = Vec::new();
            each_word(&name, false, |word| words.push(word.to_owned()));
            let is_usual = service.ends_with('?');
            let first = words.first().cloned().unwrap_or_default();
            names.entry(first).or_default().push(Unserved { name, purpose, words, is_usual });
        }
    }
    for same in names.values_mut() {
        same.sort_by_key(|unserved| std::cmp::Reverse(unserved.words.len()));
    }
    names
});

/// Takes the name of a service out of the words of a query, if one stands there that `is_served` does not know.
pub(super) fn take(
    words: &mut Vec<String>,
    is_served: impl Fn(&str) -> bool,
) -> Option<&'static Unserved> {
    let found = (0..words.len()).find_map(|at| {
        let fits = |unserved: &&Unserved| {
            words[at..].starts_with(&unserved.words)
                && !unserved.words.iter().all(|word| is_served(word))
                && (!unserved.is_usual || at > 0 && is_preposition(&words[at - 1]))
        };
        Some((at, NAMES.get(&words[at])?.iter().find(fits)?))
    });
    let (at, unserved) = found?;
    words.drain(at..at + unserved.words.len());
    Some(unserved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_services_are_taken_out() {
        for (query, name, rest) in [
            ("create a page in notion", Some("notion"), "create a page in"),
            ("my google ads campaigns", Some("google ads"), "my campaigns"),
            ("post in teams", Some("teams"), "post in"),
            ("teams of a project", None, "teams of a project"),
            ("tasks in asana", None, "tasks in asana"),
        ] {
            let mut words: Vec<String> = query.split(' ').map(str::to_owned).collect();
            let found = take(&mut words, |word| word == "asana");
            assert_eq!(found.map(|found| found.name.as_str()), name, "{query}");
            assert_eq!(words.join(" "), rest);
        }
        let mut served = vec!["notion".to_owned()];
        assert!(take(&mut served, |word| word == "notion").is_none());
    }
}
