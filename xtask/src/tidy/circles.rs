//! No circles of files: when files of a crate need each other in a circle, none of them can be
//! understood alone. Dependencies between a parent module and its children do not count. The
//! circles that exist are listed with their sizes in `xtask/tidy.toml`, and may only shrink.

use std::collections::{BTreeMap, BTreeSet};

use super::source::Token;
use super::workspace::{Crate, File, module_folder};
use super::{Report, Workspace};

const RULE: &str = "circle of files";

pub(super) fn check(workspace: &Workspace, report: &mut Report) {
    let none = Vec::new();
    for member in &workspace.crates {
        let circles = circles(member);
        let allowed = workspace.rules.circles.get(&member.name).unwrap_or(&none);
        for (n, circle) in circles.iter().enumerate() {
            let limit = allowed.get(n).copied().unwrap_or(1);
            if circle.len() > limit {
                let allowed = match limit {
                    1 => "none is allowed".to_owned(),
                    limit => format!("no more than {limit} are allowed"),
                };
                let message = format!(
                    "these {} files need each other, where {allowed}; move what several of them need into \
                     a file of its own: {}",
                    circle.len(),
                    circle.join(", ")
                );
                report.problem(RULE, member.folder.clone(), 0, message);
            }
        }
        let sizes: Vec<usize> = circles.iter().map(Vec::len).collect();
        if sizes != *allowed {
            report.notes.push(format!(
                "the circles of {} have {sizes:?} files, and xtask/tidy.toml allows {allowed:?}; lower its \
                 numbers",
                member.name
            ));
        }
    }
}

/// The circles among the files of a crate, the largest first.
pub(super) fn circles(member: &Crate) -> Vec<Vec<String>> {
    let source = format!("{}/src", member.folder);
    let files: BTreeMap<String, &File> = member
        .files
        .iter()
        .filter(|file| file.path.starts_with(&source) && !file.test)
        .map(|file| (module(&source, &file.path), file))
        .collect();
    let edges: BTreeMap<&str, BTreeSet<&str>> = files
        .iter()
        .map(|(name, file)| {
            let needs = paths(&file.tokens)
                .iter()
                .filter_map(|path| resolve(&files, name, path))
                .filter(|other| !is_within(other, name) && !is_within(name, other))
                .collect();
            (name.as_str(), needs)
        })
        .collect();
    components(&edges)
        .into_iter()
        .map(|circle| circle.iter().map(|name| files[*name].path.clone()).collect())
        .collect()
}

/// The module path of a file, as `a::b`; empty for the root of the crate.
fn module(source: &str, path: &str) -> String {
    let folder = module_folder(path);
    folder.trim_start_matches(source).trim_start_matches('/').replace('/', "::")
}

/// Whether `inner` is `outer` or one of its descendants.
fn is_within(inner: &str, outer: &str) -> bool {
    outer.is_empty()
        || inner == outer
        || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with("::"))
}

/// The file to which a path in the module `from` leads.
fn resolve<'a>(files: &'a BTreeMap<String, &File>, from: &str, path: &[String]) -> Option<&'a str> {
    let mut module: Vec<&str> = Vec::new();
    let mut rest = path.iter().map(String::as_str).peekable();
    if rest.next()? == "super" {
        module = from.split("::").collect();
        module.pop();
        while rest.next_if_eq(&"super").is_some() {
            module.pop();
        }
    }
    for name in rest {
        let mut deeper = module.clone();
        deeper.push(name);
        if !files.contains_key(&deeper.join("::")) {
            break;
        }
        module = deeper;
    }
    files.get_key_value(&module.join("::")).map(|(name, _)| name.as_str())
}

/// All paths that begin with `crate` or `super`, with trees of `use` expanded; paths in tests are
/// left out.
fn paths(tokens: &[Token]) -> Vec<Vec<String>> {
    let tokens: Vec<&Token> =
        tokens.iter().filter(|token| !token.test && !token.is_comment()).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let starts = (token.is("crate") || token.is("super"))
            && !at.checked_sub(1).and_then(|n| tokens.get(n)).is_some_and(|t| t.is(":"))
            && tokens.get(at + 1).is_some_and(|next| next.is(":"));
        // `pub(crate)` and `pub(in super::…)` do not use anything.
        at = if starts { unfold(&tokens, at, &[], &mut found) } else { at + 1 };
    }
    found
}

/// Reads one path or tree of paths from `at` on, and returns the position behind it.
fn unfold(
    tokens: &[&Token],
    mut at: usize,
    prefix: &[String],
    found: &mut Vec<Vec<String>>,
) -> usize {
    let mut path = prefix.to_vec();
    while let Some(token) = tokens.get(at) {
        if token.is("{") {
            at += 1;
            while tokens.get(at).is_some_and(|token| !token.is("}")) {
                let end = unfold(tokens, at, &path, found);
                // A comma, or another token that is not part of a path.
                at = if tokens.get(end).is_some_and(|token| token.is("}")) { end } else { end + 1 };
            }
            return at + 1;
        }
        path.push(token.text.clone());
        at += 1;
        let goes_on = tokens.get(at).is_some_and(|token| token.is(":"))
            && tokens.get(at + 1).is_some_and(|token| token.is(":"));
        if !goes_on {
            break;
        }
        at += 2;
    }
    found.push(path);
    at
}

/// Strongly connected components of more than one node, the largest first.
fn components<'a>(edges: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<Vec<&'a str>> {
    let reach: BTreeMap<&str, BTreeSet<&str>> =
        edges.keys().map(|name| (*name, reachable(edges, name))).collect();
    let mut done = BTreeSet::new();
    let mut components = Vec::new();
    for name in edges.keys() {
        if done.contains(name) {
            continue;
        }
        let together: Vec<&str> =
            reach[name].iter().copied().filter(|other| reach[other].contains(name)).collect();
        if together.len() > 1 {
            done.extend(together.iter().copied());
            components.push(together);
        }
    }
    components.sort_by_key(|component| std::cmp::Reverse(component.len()));
    components
}

fn reachable<'a>(edges: &BTreeMap<&'a str, BTreeSet<&'a str>>, from: &str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&str> = edges[from].iter().copied().collect();
    while let Some(name) = open.pop() {
        if seen.insert(name) {
            open.extend(edges[name].iter().copied());
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::super::source::tokens;
    use super::*;

    #[test]
    fn trees_of_uses_are_expanded() {
        let text =
            "use crate::a::{B, c::{D, self}};\nuse super::e;\npub(crate) fn f() { crate::g::h() }";
        let found: Vec<String> = paths(&tokens(text)).iter().map(|path| path.join("::")).collect();
        assert_eq!(
            found,
            ["crate::a::B", "crate::a::c::D", "crate::a::c::self", "super::e", "crate::g::h"]
        );
    }

    #[test]
    fn a_circle_is_found_and_a_chain_is_not() {
        let edges = BTreeMap::from([
            ("a", BTreeSet::from(["b"])),
            ("b", BTreeSet::from(["c"])),
            ("c", BTreeSet::from(["b", "d"])),
            ("d", BTreeSet::new()),
        ]);
        assert_eq!(components(&edges), [["b", "c"]]);
    }

    #[test]
    fn parents_and_children_are_told() {
        assert!(is_within("a::b", "a"));
        assert!(is_within("a", ""));
        assert!(!is_within("ab", "a"));
    }
}
