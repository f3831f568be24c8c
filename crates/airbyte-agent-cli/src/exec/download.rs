//! `exec … download`: the bytes of a file.

use std::io::Write as _;
use std::path::Path;

use airbyte_agent_core::Call;
use airbyte_agent_core::description::Operation;
use serde_json::{Map, Value};

use crate::failure::{Stop, usage};
use crate::terminal;

/// Whether the call gives the bytes themselves rather than a JSON object with a part of them.
pub(super) fn gives_bytes(operation: &Operation, arguments: &Map<String, Value>) -> bool {
    let wants_json =
        arguments.get("_airbyte_response_type").and_then(Value::as_str) == Some("json");
    operation.download.is_some() && !wants_json
}

/// Saves the file, or writes it to standard output.
pub(super) async fn download(call: Call, out: Option<&Path>) -> Result<(), Stop> {
    match out.filter(|path| *path != Path::new("-")) {
        Some(path) => save(call, path).await,
        None if out.is_none() && terminal::shows_output() => Err(usage(
            "a file does not belong on a terminal: give --out FILE, or --out - to insist",
        )
        .into()),
        None => write(call).await,
    }
}

async fn save(call: Call, path: &Path) -> Result<(), Stop> {
    // Told before anything is fetched; saving checks it again.
    if path.exists() {
        return Err(usage(format!("{} exists already; choose another name", path.display())).into());
    }
    let bytes = call.download().await?.save(path).await?;
    if terminal::shows_errors() {
        let _ = writeln!(std::io::stderr(), "{}: {bytes} bytes", path.display());
    }
    Ok(())
}

async fn write(call: Call) -> Result<(), Stop> {
    let mut file = call.download().await?;
    let mut stdout = std::io::stdout().lock();
    while let Some(chunk) = file.chunk().await? {
        stdout.write_all(&chunk)?;
    }
    stdout.flush()?;
    Ok(())
}
