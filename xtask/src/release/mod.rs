//! `release --dry-run`: checks whether every crate could be published. All of them are packaged,
//! unpacked into a separate workspace, and compiled there, where nothing outside of the packages
//! can be found.

mod compile;
mod contents;
mod order;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tidy::{self, Crate, Workspace};

/// A package as it would be published.
#[derive(Debug)]
pub struct Package {
    /// The name of the crate.
    pub name: String,
    /// The size of the `.crate` file in bytes.
    pub size: u64,
    /// The number of files in the package.
    pub files: usize,
    /// What the package lacks; empty when it may be published.
    pub missing: Vec<String>,
}

/// The reason why the packages could not be examined.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The workspace cannot be read.
    #[error(transparent)]
    Workspace(#[from] tidy::Error),
    /// Crates need each other in a circle to be published.
    #[error("these crates need each other, so that none can be published first: {0}")]
    Circle(String),
    /// A command failed, and has printed the reason.
    #[error("`{0}` failed")]
    Command(String),
    /// A file or directory cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The path of the file or directory.
        path: PathBuf,
        /// The message of the operating system.
        source: std::io::Error,
    },
}

/// Packages all publishable crates and examines them. They are returned in an order in which they
/// can be published.
///
/// # Errors
///
/// When a crate cannot be packaged or the packages do not compile.
pub fn dry_run(root: &Path) -> Result<Vec<Package>, Error> {
    let workspace = Workspace::read(root)?;
    let crates = order::order(&workspace)?;
    let target = root.join("target");
    package(root, &target, &crates)?;
    let unpacked = target.join("release-packages");
    compile::unpack(&target, &unpacked, &crates, version(&workspace))?;
    let packages = crates
        .iter()
        .map(|member| contents::examine(&target, &unpacked, member, version(&workspace)))
        .collect::<Result<Vec<_>, _>>()?;
    compile::compile(&unpacked, &target.join("release-check"))?;
    Ok(packages)
}

fn version(workspace: &Workspace) -> &str {
    workspace.manifest["workspace"]["package"]["version"].as_str().unwrap_or_default()
}

fn package(root: &Path, target: &Path, crates: &[&Crate]) -> Result<(), Error> {
    let mut command = cargo();
    command.current_dir(root).args(["package", "--no-verify", "--allow-dirty", "--quiet"]);
    command.arg("--target-dir").arg(target);
    for member in crates {
        command.args(["--package", &member.name]);
    }
    run(&mut command, "cargo package --no-verify")
}

/// The cargo that runs this program.
fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn run(command: &mut Command, shown: &str) -> Result<(), Error> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        _ => Err(Error::Command(shown.to_owned())),
    }
}

fn attempt<T>(path: &Path, result: std::io::Result<T>) -> Result<T, Error> {
    result.map_err(|source| Error::File { path: path.to_owned(), source })
}
