//! Measures how long builds take, in a separate folder that is removed afterwards.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Instant, SystemTime};

use super::Figure;
use super::figures::cargo;

/// A build that is measured.
pub(super) struct Build {
    pub(super) name: &'static str,
    what: &'static str,
    /// The package that is built.
    package: &'static str,
    /// The file that has changed since the last build; without one, nothing has been built before.
    changed: Option<&'static str>,
}

pub(super) const BUILDS: &[Build] = &[
    Build {
        name: "build/connector",
        what: "time to build a connector crate and everything it needs",
        package: "airbyte-agent-gong",
        changed: None,
    },
    Build {
        name: "build/engine-changed",
        what: "time to build the same crate again after a change in the engine",
        package: "airbyte-agent-gong",
        changed: Some("crates/airbyte-agent-engine/src/lib.rs"),
    },
];

const FOLDER: &str = "target/bench-build";

/// Builds and measures.
pub(super) fn measure(root: &Path, build: &Build) -> Figure {
    let value = seconds(root, build);
    Figure {
        name: build.name.to_owned(),
        unit: "s".to_owned(),
        what: build.what.to_owned(),
        value,
        parts: format!("cargo build -p {}", build.package),
    }
}

fn seconds(root: &Path, build: &Build) -> Result<f64, String> {
    let folder = root.join(FOLDER);
    let told = |error: std::io::Error| error.to_string();
    match build.changed {
        None if folder.exists() => fs::remove_dir_all(&folder).map_err(told)?,
        None => {}
        Some(file) => {
            run(root, build.package)?;
            let file = fs::File::options().append(true).open(root.join(file)).map_err(told)?;
            file.set_modified(SystemTime::now()).map_err(told)?;
        }
    }
    let started = Instant::now();
    run(root, build.package)?;
    let elapsed = started.elapsed().as_secs_f64();
    if build.changed.is_some() {
        fs::remove_dir_all(&folder).map_err(told)?;
    }
    Ok(elapsed)
}

fn run(root: &Path, package: &str) -> Result<(), String> {
    let mut cargo = cargo(root);
    cargo.args(["build", "--quiet", "-p", package]).env("CARGO_TARGET_DIR", root.join(FOLDER));
    let ended = cargo.stdout(Stdio::null()).status().map_err(|error| error.to_string())?;
    if ended.success() { Ok(()) } else { Err(format!("cargo ended with {ended}")) }
}
