//! Compiles the packages in a separate workspace, where every crate finds the packaged crates and
//! no others.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::{Error, attempt, cargo, run};
use crate::tidy::Crate;

/// Unpacks all packages into one folder and makes them a workspace.
pub(super) fn unpack(
    target: &Path,
    folder: &Path,
    crates: &[&Crate],
    version: &str,
) -> Result<(), Error> {
    if folder.exists() {
        attempt(folder, fs::remove_dir_all(folder))?;
    }
    attempt(folder, fs::create_dir_all(folder))?;
    let mut members = String::new();
    let mut patches = String::new();
    for member in crates {
        let name = format!("{}-{version}", member.name);
        let archive = target.join("package").join(format!("{name}.crate"));
        let mut tar = Command::new("tar");
        tar.arg("-xzf").arg(&archive).arg("-C").arg(folder);
        run(&mut tar, &format!("tar -xzf {}", archive.display()))?;
        let _ = writeln!(members, "    \"{name}\",");
        let _ = writeln!(patches, "{} = {{ path = \"{name}\" }}", member.name);
    }
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [\n{members}]\n\n[patch.crates-io]\n{patches}"
    );
    let path = folder.join("Cargo.toml");
    attempt(&path, fs::write(&path, manifest))
}

/// Compiles all packages with their default features.
pub(super) fn compile(folder: &Path, target: &Path) -> Result<(), Error> {
    let mut command = cargo();
    command.current_dir(folder).args(["check", "--workspace", "--quiet"]);
    command.arg("--target-dir").arg(target);
    run(&mut command, "cargo check --workspace, in target/release-packages")
}
