//! The order of publishing: a registry accepts a crate only after everything that its manifest requires.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::Error;
use crate::tidy::{Crate, Workspace};

/// The crates that are published, each after those that it requires.
pub(super) fn order(workspace: &Workspace) -> Result<Vec<&Crate>, Error> {
    let mut open: Vec<&Crate> =
        workspace.crates.iter().filter(|member| is_published(member)).collect();
    let mut done = BTreeSet::new();
    let mut order = Vec::new();
    while !open.is_empty() {
        let (ready, waiting): (Vec<&Crate>, Vec<&Crate>) = open
            .into_iter()
            .partition(|member| requires(workspace, member).iter().all(|name| done.contains(name)));
        if ready.is_empty() {
            let names: Vec<&str> = waiting.iter().map(|member| member.name.as_str()).collect();
            return Err(Error::Circle(names.join(", ")));
        }
        done.extend(ready.iter().map(|member| member.name.as_str()));
        order.extend(ready);
        open = waiting;
    }
    Ok(order)
}

pub(super) fn is_published(member: &Crate) -> bool {
    member.manifest["package"].get("publish").and_then(Value::as_bool) != Some(false)
}

/// The crates that have to be in the registry first. Dependencies that only tests need, by their
/// path, are left out of a package.
fn requires<'a>(workspace: &'a Workspace, member: &'a Crate) -> BTreeSet<&'a str> {
    let mut names = member.dependencies(workspace);
    let tests = member.manifest.get("dev-dependencies").and_then(Value::as_table);
    let has_version = |requirement: &Value| {
        requirement.get("version").is_some() || requirement.get("workspace").is_some()
    };
    names.extend(
        tests
            .into_iter()
            .flat_map(Table::iter)
            .filter(|(name, requirement)| {
                workspace.crates.iter().any(|m| m.name == **name) && has_version(requirement)
            })
            .map(|(name, _)| name.as_str()),
    );
    // A crate may depend on itself to test its own features.
    names.remove(member.name.as_str());
    names
}
