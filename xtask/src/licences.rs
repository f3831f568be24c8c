//! The texts of the licences in every crate. A package contains only files of the folder of its
//! crate, so each folder needs copies; git stores their content once.

use std::fs;
use std::path::Path;

use crate::output::{Error, Mode, Output, State, attempt};

/// The names of the files at the root of the workspace that every package has to contain.
pub const FILES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// Copies the licences into every crate in `crates/`, where they are missing or differ.
///
/// # Errors
///
/// When a file cannot be read or written.
pub fn write(root: &Path, mode: Mode) -> Result<State, Error> {
    let crates = root.join("crates");
    let mut folders = Vec::new();
    for entry in attempt(&crates, fs::read_dir(&crates))? {
        let entry = attempt(&crates, entry)?;
        if entry.path().join("Cargo.toml").is_file() {
            folders.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    let mut output = Output::new(root, mode);
    for name in FILES {
        let source = root.join(name);
        let text = attempt(&source, fs::read(&source))?;
        for folder in &folders {
            output.file(&format!("crates/{folder}/{name}"), &text)?;
        }
    }
    Ok(output.state())
}
