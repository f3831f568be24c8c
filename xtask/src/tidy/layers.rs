//! Layers: the table "Crate | May depend on" in ARCHITECTURE.md lists the dependencies of each
//! crate, and it is exact in both directions. Dependencies that only tests need are not restricted.

use std::collections::{BTreeMap, BTreeSet};

use super::{Report, Workspace};

const RULE: &str = "layers";
const PATH: &str = "ARCHITECTURE.md";
const HEAD: &str = "| Crate | May depend on |";
/// The row of all connector crates, and the name of any of them.
const CONNECTORS: &str = "airbyte-agent-<slug>";

pub(super) fn check(workspace: &Workspace, report: &mut Report) {
    let Some(rows) = rows(&workspace.architecture) else {
        report.problem(RULE, PATH, 0, format!("the table `{HEAD}` is missing"));
        return;
    };
    let kind = |name: &str| -> String {
        let generated = |member: &&super::Crate| member.name == name && member.generated;
        let connector = workspace.crates.iter().any(|member| generated(&member));
        if connector { CONNECTORS.to_owned() } else { name.to_owned() }
    };
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for member in &workspace.crates {
        let row = kind(&member.name);
        let needs: BTreeSet<String> =
            member.dependencies(workspace).into_iter().map(kind).collect();
        let manifest = format!("{}/Cargo.toml", member.folder);
        match rows.get(&row) {
            None => {
                report.problem(RULE, PATH, 0, format!("the table has no row for `{row}`; add one"));
            }
            Some((_, allowed)) => {
                for need in needs.difference(allowed) {
                    let message = format!("`{row}` must not depend on `{need}` (see {PATH})");
                    report.problem(RULE, manifest.clone(), 0, message);
                }
            }
        }
        used.entry(row).or_default().extend(needs);
    }
    for (row, (line, allowed)) in &rows {
        match used.get(row) {
            None => report.problem(
                RULE,
                PATH,
                *line,
                format!("there is no crate `{row}`; remove the row"),
            ),
            Some(used) => {
                for unused in allowed.difference(used) {
                    let message =
                        format!("`{row}` does not depend on `{unused}`; remove it from the row");
                    report.problem(RULE, PATH, *line, message);
                }
            }
        }
    }
}

/// For each crate, the line of its row and the crates on which it may depend.
type Rows = BTreeMap<String, (usize, BTreeSet<String>)>;

fn rows(text: &str) -> Option<Rows> {
    let mut lines = text.lines().enumerate().skip_while(|(_, line)| *line != HEAD);
    lines.next()?;
    let mut rows = BTreeMap::new();
    for (n, line) in lines.skip(1).take_while(|(_, line)| line.starts_with('|')) {
        let mut names = line.split('`').skip(1).step_by(2).map(str::to_owned);
        if let Some(name) = names.next() {
            rows.insert(name, (n + 1, names.collect()));
        }
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_holds_a_crate_and_its_dependencies() {
        let text = format!(
            "prose\n\n{HEAD}\n| --- | --- |\n| `a` | `b`, `c` |\n| `b` | – |\n\nprose `d`\n"
        );
        let rows = rows(&text).unwrap();
        assert_eq!(rows["a"], (5, BTreeSet::from(["b".to_owned(), "c".to_owned()])));
        assert_eq!(rows["b"], (6, BTreeSet::new()));
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn a_missing_table_is_noticed() {
        assert!(super::rows("| Crate | Purpose |\n").is_none());
    }
}
