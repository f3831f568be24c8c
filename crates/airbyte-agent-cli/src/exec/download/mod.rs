//! `exec … download`: the bytes of a file.

mod part;
mod save;

use std::io::Write as _;
use std::path::Path;

use airbyte_agent_core::Call;
use airbyte_agent_core::description::Operation;
use serde_json::{Map, Value};

use crate::args::ExecArgs;
use crate::failure::{Stop, usage};
use crate::progress::Bytes;
use crate::terminal;

/// Whether the call gives the bytes themselves rather than a JSON object with a part of them.
pub(super) fn gives_bytes(operation: &Operation, arguments: &Map<String, Value>) -> bool {
    let wants_json =
        arguments.get("_airbyte_response_type").and_then(Value::as_str) == Some("json");
    operation.download.is_some() && !wants_json
}

/// What tells the call from others: half a file of one must not be gone on with by another.
pub(super) fn fingerprint(connector: &str, place: &str, arguments: &Map<String, Value>) -> String {
    let text = format!("{connector} {place} {}", Value::Object(arguments.clone()));
    // FNV-1a: the same in every release.
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// Saves the file, or writes it to standard output. Without a fingerprint the call asks for a part
/// itself, and nothing is gone on with.
pub(super) async fn download(
    args: &ExecArgs,
    call: Call,
    fingerprint: Option<String>,
) -> Result<(), Stop> {
    let out = args.out.as_deref();
    match out.filter(|path| *path != Path::new("-")) {
        Some(path) => save::save(&call, path, args.force, fingerprint).await,
        None if out.is_none() && terminal::shows_output() => Err(usage(
            "a file does not belong on a terminal: give --out FILE, or --out - to insist",
        )
        .into()),
        None => write(call).await,
    }
}

async fn write(call: Call) -> Result<(), Stop> {
    let mut file = call.download().await?;
    // Bytes and a bar on the same terminal would garble both.
    let bar = (!terminal::shows_output()).then(|| Bytes::new(file.content_length()));
    let mut stdout = std::io::stdout().lock();
    while let Some(chunk) = file.chunk().await? {
        stdout.write_all(&chunk)?;
        if let Some(bar) = &bar {
            bar.more(chunk.len());
        }
    }
    stdout.flush()?;
    Ok(())
}
