//! All crates have one version and require each other in exactly this version: generated code
//! constructs the structs of the description, which may change with any release.

use toml::{Table, Value};

use super::{Report, Workspace};

const RULE: &str = "versions";

pub(super) fn check(workspace: &Workspace, report: &mut Report) {
    let shared = &workspace.manifest["workspace"];
    let version = shared["package"]["version"].as_str().unwrap_or_default();
    let exact = format!("={version}");
    if let Some(dependencies) = shared["dependencies"].as_table() {
        requirements(workspace, "Cargo.toml", dependencies, &exact, report);
    }
    for member in &workspace.crates {
        let path = format!("{}/Cargo.toml", member.folder);
        let own = member.manifest["package"].get("version");
        let inherited = own.and_then(|own| own.get("workspace")).and_then(Value::as_bool);
        if inherited != Some(true) {
            report.problem(RULE, path.clone(), 0, "write `version.workspace = true`");
        }
        if let Some(dependencies) = member.manifest.get("dependencies").and_then(Value::as_table) {
            requirements(workspace, &path, dependencies, &exact, report);
        }
    }
}

fn requirements(
    workspace: &Workspace,
    path: &str,
    dependencies: &Table,
    exact: &str,
    report: &mut Report,
) {
    for (name, requirement) in dependencies.iter().filter(|(name, _)| workspace.has(name)) {
        if requirement.get("workspace").is_some() {
            continue;
        }
        let found = requirement.get("version").or(Some(requirement)).and_then(Value::as_str);
        if found != Some(exact) {
            let message =
                format!("`{name}` has to be required in exactly one version: \"{exact}\"");
            report.problem(RULE, path, 0, message);
        }
    }
}
