//! `exec … download`: writes the bytes of a file to standard output or to a file.

mod part;
mod save;

use std::io::Write as _;
use std::path::Path;

use airbyte_agent_core::Call;
use airbyte_agent_core::description::Operation;
use serde_json::{Map, Value};

use crate::args::exec::ExecArgs;
use crate::failure::{Stop, usage_error};
use crate::progress::ByteProgress;
use crate::terminal;

/// Whether the call returns the bytes of a file, and not a JSON object that contains some of them.
pub(super) fn returns_bytes(operation: &Operation, arguments: &Map<String, Value>) -> bool {
    let requests_json =
        arguments.get("_airbyte_response_type").and_then(Value::as_str) == Some("json");
    operation.download.is_some() && !requests_json
}

/// A hash that distinguishes this call from others, so that the partial file of one call is not
/// continued by another.
pub(super) fn fingerprint(connector: &str, place: &str, arguments: &Map<String, Value>) -> String {
    let text = format!("{connector} {place} {}", Value::Object(arguments.clone()));
    // FNV-1a, which gives the same value in every release of this program and of Rust.
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// Saves the file, or writes it to standard output. A call without a fingerprint requests a part of
/// the file itself, and its partial file is never continued.
pub(super) async fn run_download(
    args: &ExecArgs,
    call: Call,
    fingerprint: Option<String>,
) -> Result<(), Stop> {
    let out = args.out.as_deref();
    match out.filter(|path| *path != Path::new("-")) {
        Some(path) => save::save(&call, path, args.force, fingerprint).await,
        None if out.is_none() && terminal::stdout_is_terminal() => Err(usage_error(
            "a file is not written to a terminal: give --out FILE, or --out - to write it anyway",
        )
        .into()),
        None => write_to_stdout(call).await,
    }
}

async fn write_to_stdout(call: Call) -> Result<(), Stop> {
    let mut file = call.download().await?;
    // A bar between bytes that are written to the same terminal would garble both.
    let bar = (!terminal::stdout_is_terminal()).then(|| ByteProgress::new(file.content_length()));
    let mut stdout = std::io::stdout().lock();
    while let Some(chunk) = file.chunk().await? {
        stdout.write_all(&chunk)?;
        if let Some(bar) = &bar {
            bar.add_bytes(chunk.len());
        }
    }
    stdout.flush()?;
    Ok(())
}
