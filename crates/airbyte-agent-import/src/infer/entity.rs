//! The names of entities: nouns out of paths, in the plural, made different where one noun means several things.

use std::collections::{HashMap, HashSet};

use super::evidence::decided;
use super::facts::{Facts, Step};
use super::verbs;
use super::words::{plural, singular, words};
use crate::decision::Decided;

/// How many nouns above an entity may go into its name.
const MOST_PARENTS: usize = 3;

/// Words that name no entity of their own, and are part of the noun before them.
const NO_NOUNS: [&str; 8] = ["all", "me", "self", "current", "latest", "default", "by", "id"];

/// Endings of names of files.
const FILE_ENDINGS: [&str; 10] =
    ["png", "jpg", "gif", "svg", "pdf", "csv", "zip", "ics", "txt", "html"];

/// Words behind a noun that choose some of its records.
const CHOICES: [&str; 40] = [
    "available",
    "active",
    "running",
    "upcoming",
    "past",
    "recent",
    "popular",
    "trending",
    "featured",
    "top",
    "new",
    "archived",
    "pending",
    "starred",
    "public",
    "private",
    "closed",
    "own",
    "owned",
    "mine",
    "random",
    "nearby",
    "deleted",
    "inactive",
    "enabled",
    "disabled",
    "completed",
    "paged",
    "historic",
    "suggested",
    "computed",
    "visible",
    "hidden",
    "unread",
    "published",
    "expired",
    "scheduled",
    "assigned",
    "joined",
    "list",
];

/// Whether a name chooses some records of the noun before it: `available`, `by-slug`, `in_theaters`.
fn is_choice(name: &str) -> bool {
    let all = words(name);
    match all.as_slice() {
        [only] => CHOICES.contains(&only.as_str()),
        [first, ..] => {
            ["by", "in", "for", "with", "without", "from", "top"].contains(&first.as_str())
        }
        [] => false,
    }
}

/// The nouns of an operation, the entity last, and where they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Nouns {
    names: Vec<String>,
    from: &'static str,
}

/// The nouns of one operation.
pub(crate) fn nouns(facts: &Facts<'_>) -> Nouns {
    let mut names: Vec<String> = Vec::new();
    for (index, step) in facts.steps.iter().enumerate() {
        let Step::Name(name) = step else { continue };
        let is_last = !facts.steps.iter().skip(index + 1).any(|step| step.name().is_some());
        if index > 0 && !names.is_empty() && is_choice(name) {
            continue;
        }
        names.extend(of_name(name, is_last, facts.method));
    }
    if !names.is_empty() {
        return Nouns { names, from: "the path" };
    }
    let mut names = of_id(facts.id);
    if !names.is_empty() {
        return Nouns { names, from: "the name of the operation" };
    }
    names.extend(facts.tags.first().map(|tag| snake(&words(tag))).filter(|name| !name.is_empty()));
    if names.is_empty() {
        names.extend(
            facts
                .steps
                .iter()
                .filter_map(Step::name)
                .map(|name| snake(&words(name)))
                .filter(|name| !name.is_empty()),
        );
    }
    if names.is_empty() {
        names.push("root".to_owned());
    }
    Nouns { names, from: "the group or the whole path" }
}

/// The nouns of a step: none if it is a verb, several if it is written as `admin.users.list`.
fn of_name(name: &str, is_last: bool, method: &str) -> Vec<String> {
    if name.starts_with(':') {
        return Vec::new();
    }
    let pieces: Vec<&str> = name.split('.').filter(|piece| !piece.is_empty()).collect();
    let count = pieces.len();
    let mut names = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let all = words(piece);
        let is_ending = index > 0 && index + 1 == count && FILE_ENDINGS.contains(piece);
        if is_ending || piece.chars().all(|c| c.is_ascii_digit()) {
            continue;
        }
        let (verb, rest) = verbs::split(piece);
        let may_be_verb = index + 1 == count && (is_last || count > 1);
        let single = all.len() == 1;
        let is_plural = single && all.first().is_some_and(|word| singular(word) != *word);
        // `/search/users` has a verb before its noun, `/users/search` behind it.
        let is_verb = verb.is_some()
            && !is_plural
            && (single && (may_be_verb || all.first().is_some_and(|word| word == "search"))
                || !single && (count > 1 || piece.contains(char::is_uppercase) && may_be_verb));
        if is_verb
            && !(single
                && method == "GET"
                && count == 1
                && ["test", "count", "export", "index", "query"].contains(piece)
                && !is_last)
        {
            if !rest.is_empty() && !single {
                names.push(snake(&rest));
            }
            continue;
        }
        if single && NO_NOUNS.contains(&all.first().map_or("", String::as_str)) {
            continue;
        }
        if !all.is_empty() {
            names.push(snake(&all));
        }
    }
    names
}

/// The nouns in the name of an operation: what stands before the verb, or behind it.
fn of_id(id: &str) -> Vec<String> {
    let pieces: Vec<&str> =
        id.split(['.', '/', '_', ':']).filter(|piece| !piece.is_empty()).collect();
    if pieces.len() > 1 {
        return pieces
            .iter()
            .filter_map(|piece| {
                let (verb, rest) = verbs::split(piece);
                let name = if verb.is_some() { rest } else { words(piece) };
                (!name.is_empty()).then(|| snake(&name))
            })
            .collect();
    }
    let (_, rest) = verbs::split(id);
    if rest.is_empty() { Vec::new() } else { vec![snake(&rest)] }
}

/// The words as a name with the last one in the plural.
fn snake(words: &[String]) -> String {
    let Some((last, before)) = words.split_last() else { return String::new() };
    let mut all = before.to_vec();
    all.push(plural(last));
    all.join("_")
}

/// The name of the last noun in the singular.
fn one(name: &str) -> String {
    let (before, last) = name.rsplit_once('_').map_or(("", name), |(before, last)| (before, last));
    if before.is_empty() { singular(last) } else { format!("{before}_{}", singular(last)) }
}

/// What is known about all chains of nouns that end with one noun, each of them once.
#[derive(Debug, Default)]
struct Chains<'a> {
    known: HashSet<&'a [String]>,
    /// The length of the shortest ones, and how many have it.
    shortest: (usize, usize),
    /// How many chains have the same nouns at their end, by how many above the last one are compared.
    tails: HashMap<(usize, &'a [String]), usize>,
}

impl<'a> Chains<'a> {
    fn add(&mut self, names: &'a [String]) {
        if !self.known.insert(names) {
            return;
        }
        match self.shortest {
            (length, count) if length == names.len() && count > 0 => self.shortest.1 += 1,
            (length, count) if length < names.len() && count > 0 => {}
            _ => self.shortest = (names.len(), 1),
        }
        for count in 1..=MOST_PARENTS {
            *self.tails.entry((count, tail(names, count))).or_default() += 1;
        }
    }

    /// How many nouns above the last one a name needs to be told from the others.
    fn parents(&self, names: &[String]) -> usize {
        if self.known.len() < 2 || self.shortest == (names.len(), 1) {
            return 0;
        }
        let is_only = |count: &usize| self.tails.get(&(*count, tail(names, *count))) == Some(&1);
        (1..=MOST_PARENTS).find(is_only).unwrap_or(1).min(names.len().saturating_sub(1))
    }
}

/// The last noun with as many above it, or all nouns if there are fewer.
fn tail(names: &[String], count: usize) -> &[String] {
    names.get(names.len().saturating_sub(count + 1)..).unwrap_or_default()
}

/// The names of entities of all operations. A noun that stands in different places of the document gets the noun
/// above it, unless it stands there alone; the shortest path keeps the plain name.
pub(crate) fn entities(all: &[Nouns]) -> Vec<Decided<String>> {
    let mut chains: HashMap<&str, Chains<'_>> = HashMap::new();
    for nouns in all {
        let Some(last) = nouns.names.last() else { continue };
        chains.entry(last).or_default().add(&nouns.names);
    }
    all.iter()
        .map(|nouns| {
            let last = nouns.names.last().map_or("", String::as_str);
            let parents = chains.get(last).map_or(0, |chains| chains.parents(&nouns.names));
            let mut name = String::new();
            let from = nouns.names.len().saturating_sub(parents + 1);
            for above in
                nouns.names.get(from..nouns.names.len().saturating_sub(1)).unwrap_or_default()
            {
                let above = one(above);
                // `user_user_groups` says nothing more than `user_groups`.
                if !last.starts_with(&format!("{above}_")) {
                    name.push_str(&above);
                    name.push('_');
                }
            }
            name.push_str(last);
            let confidence = if nouns.from == "the path" { 0.9 } else { 0.7 };
            decided(name, confidence, format!("the noun {last} is from {}", nouns.from))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::path::steps;

    #[test]
    fn entities_are_nouns_of_the_path_told_apart_by_those_above() {
        let table = [
            ("GET", "/v1/projects", "projects"),
            ("GET", "/v1/projects/{id}/issues", "project_issues"),
            ("GET", "/v1/issues", "issues"),
            ("POST", "/v1/issues/{id}/close", "issues"),
            ("GET", "/search/commits", "commits"),
            ("GET", "/users/{id}/company", "companies"),
            ("POST", "/admin.conversations.archive", "admin_conversations"),
            ("GET", "/conversations.list", "conversations"),
        ];
        let all: Vec<Nouns> = table
            .iter()
            .map(|(method, path, _)| {
                let steps = steps(path);
                let count = steps.len();
                let names = steps.iter().enumerate().filter_map(|(index, step)| {
                    Some(of_name(step.name()?, index + 1 == count, method))
                });
                Nouns { names: names.flatten().collect(), from: "the path" }
            })
            .collect();
        let named = entities(&all);
        for ((_, path, expected), entity) in table.iter().zip(named) {
            assert_eq!(entity.value, *expected, "{path}");
        }
    }
}
