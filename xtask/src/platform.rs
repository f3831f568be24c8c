//! The client of the hosted platform, made from the document of its API. The rest of its crate is
//! written by hand.

use std::fs;
use std::path::Path;

use crate::regen::{Error, Mode, State, attempt};

/// Name of the document in `specs/`, and of the task.
pub const NAME: &str = "platform";

/// Where the client and its test stand.
const FILES: [&str; 2] = [
    "crates/airbyte-agent-platform/src/api.rs",
    "crates/airbyte-agent-platform/tests/contract/calls.rs",
];

/// Brings the client up to date.
///
/// # Errors
///
/// When the document cannot be read or used, or a file cannot be written.
pub fn write(root: &Path, mode: Mode) -> Result<State, Error> {
    let path = root.join("specs").join(format!("{NAME}.yaml"));
    let text = attempt(&path, fs::read_to_string(&path))?;
    let document = airbyte_agent_spec::read(&text).map_err(|problems| {
        let lines: Vec<String> =
            problems.iter().map(|problem| format!("specs/{NAME}.yaml:{problem}")).collect();
        Error::Spec(lines.join("\n"))
    })?;
    let output = airbyte_agent_codegen::platform(&document)?;
    let mut changed = Vec::new();
    for (name, text) in FILES.into_iter().zip([output.client, output.calls]) {
        let path = root.join(name);
        if fs::read_to_string(&path).ok().as_ref() == Some(&text) {
            continue;
        }
        changed.push(name.to_owned());
        if mode == Mode::Write {
            if let Some(folder) = path.parent() {
                attempt(folder, fs::create_dir_all(folder))?;
            }
            attempt(&path, fs::write(&path, text))?;
        }
    }
    Ok(match mode {
        _ if changed.is_empty() => State::Fresh,
        Mode::Check => State::Stale(changed),
        Mode::Write => State::Written(changed),
    })
}
