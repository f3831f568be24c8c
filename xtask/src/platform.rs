//! The client of the hosted platform, generated from the document of its API. The rest of its crate is
//! written by hand.

use std::fs;
use std::path::Path;

use crate::output::{Error, Mode, Output, State, attempt};

/// The name of the document in `specs/`, by which `cargo xtask regen` names this task, too.
pub const NAME: &str = "platform";

/// The crate that contains the client.
const CRATE: &str = "crates/airbyte-agent-platform";

/// Brings the client of the platform and the test of its operations up to date.
///
/// # Errors
///
/// When the document cannot be read or used, or a file cannot be written or removed.
pub fn write(root: &Path, mode: Mode) -> Result<State, Error> {
    let path = root.join("specs").join(format!("{NAME}.yaml"));
    let text = attempt(&path, fs::read_to_string(&path))?;
    let document = airbyte_agent_spec::read(&text).map_err(|problems| {
        let lines: Vec<String> =
            problems.iter().map(|problem| format!("specs/{NAME}.yaml:{problem}")).collect();
        Error::Spec(lines.join("\n"))
    })?;
    let files = airbyte_agent_codegen::platform(&document)?.files;
    let mut output = Output::new(root, mode);
    for (name, text) in &files {
        output.file(&format!("{CRATE}/{name}"), text.as_bytes())?;
    }
    let prefix = format!("{CRATE}/");
    let keep = |name: &str| name.strip_prefix(&prefix).is_some_and(|name| files.contains_key(name));
    output.prune(&format!("{CRATE}/src"), &keep)?;
    Ok(output.state())
}
