//! The texts of the licences in every crate. A package holds only what lies in the folder of its crate, so
//! that each folder needs copies; git keeps their content once.

use std::fs;
use std::path::Path;

use crate::regen::{Error, Mode, State, attempt};

/// The files at the root of the workspace that every package has to hold.
pub const FILES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// Copies the licences into every folder in `crates/`, where they are missing or differ.
///
/// # Errors
///
/// When a file cannot be read or written.
pub fn write(root: &Path, mode: Mode) -> Result<State, Error> {
    let mut changed = Vec::new();
    let crates = root.join("crates");
    let mut folders = Vec::new();
    for entry in attempt(&crates, fs::read_dir(&crates))? {
        let folder = attempt(&crates, entry)?.path();
        if folder.join("Cargo.toml").is_file() {
            folders.push(folder);
        }
    }
    folders.sort();
    for name in FILES {
        let source = root.join(name);
        let text = attempt(&source, fs::read(&source))?;
        for folder in &folders {
            let target = folder.join(name);
            if fs::read(&target).ok().as_ref() == Some(&text) {
                continue;
            }
            if mode == Mode::Write {
                attempt(&target, fs::write(&target, &text))?;
            }
            changed.push(target.strip_prefix(root).unwrap_or(&target).display().to_string());
        }
    }
    Ok(match mode {
        _ if changed.is_empty() => State::Fresh,
        Mode::Check => State::Stale(changed),
        Mode::Write => State::Written(changed),
    })
}
