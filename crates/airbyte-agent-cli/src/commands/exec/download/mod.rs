//! `exec … download`: writes the bytes of a file to standard output or to a file.

mod device;
mod part;
mod save;

use std::io::Write as _;
use std::path::Path;

use airbyte_agent_core::description::Operation;
use airbyte_agent_core::{Call, Client};
use serde_json::{Map, Value, json};

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

/// What distinguishes this call from others, so that the partial file of one call is not continued by
/// another: operation, arguments, account and the server that is asked. `None` if it cannot be told.
pub(super) fn fingerprint(
    args: &ExecArgs,
    client: &Client,
    operation: &Operation,
    arguments: &Map<String, Value>,
) -> Option<String> {
    let platform = client.session().map(|session| session.base_url().to_string());
    let server = format!("{:?}", client.description().server.url);
    let via =
        if args.connection.sandbox { Some("sandbox") } else { args.connection.via.as_deref() };
    let purpose = json!(["download", platform, server, via]).to_string();
    let seal = client.seal(operation, &arguments.clone()).ok()?;
    Some(seal.fingerprint(&purpose))
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
        Some(path) if is_device(path) => device::write(call, path).await,
        Some(path) => {
            save::save(&call, path, args.force, fingerprint, args.connection.timeout).await
        }
        None if out.is_none() && terminal::stdout_is_terminal() => Err(usage_error(
            "a file is not written to a terminal: give --out FILE, or --out - to write it anyway",
        )
        .into()),
        None => write_to_stdout(call).await,
    }
}

/// Whether something exists at the path that is neither a file nor a folder, such as a pipe.
fn is_device(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

async fn write_to_stdout(call: Call) -> Result<(), Stop> {
    let mut file = call.download().await?;
    // A bar between bytes that are written to the same terminal would garble both.
    let bar = (!terminal::stdout_is_terminal()).then(|| ByteProgress::new(file.content_length()));
    let mut stdout = terminal::stdout();
    while let Some(chunk) = file.chunk().await? {
        stdout.write_all(&chunk)?;
        if let Some(bar) = &bar {
            bar.add_bytes(chunk.len());
        }
    }
    stdout.flush()?;
    Ok(())
}
