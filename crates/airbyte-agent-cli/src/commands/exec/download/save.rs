//! Saves a download to a file. The file gets its name when it is complete, and a download that
//! breaks off is continued.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use airbyte_agent_core::{Call, Download, Error, ErrorKind};

use super::part::{Part, PartInfo};
use crate::failure::{Stop, usage_error};
use crate::progress::ByteProgress;
use crate::signals::Interrupt;

/// Number of successive failures without a new byte after which the download fails.
const MOST_FAILURES: u32 = 3;
/// Time to wait after a failure.
const DELAY: Duration = Duration::from_millis(500);

/// How one request for the file ended.
enum Ending {
    /// The file is complete.
    Complete,
    /// The user pressed Ctrl-C.
    Interrupted,
    /// The stored part belongs to another version of the file.
    Stale,
    /// The connection failed after this number of new bytes.
    Failed(Error, u64),
    /// The bytes cannot be written.
    Unwritable(Error),
}

/// Saves the file that the call returns.
pub(super) async fn save(
    call: &Call,
    path: &Path,
    force: bool,
    fingerprint: Option<String>,
) -> Result<(), Stop> {
    check_target(path, force)?;
    let fingerprint = fingerprint.as_deref();
    let part = Part::open(path)?;
    let mut interrupt = Interrupt::new()?;
    let bar = ByteProgress::new(None);
    let mut failures = 0;
    loop {
        let stored = fingerprint.and_then(|call| part.resumable(call));
        let ending = match request(call, &part, stored, fingerprint, &mut interrupt, &bar).await {
            Ok(ending) => ending,
            // What an earlier run has stored is still good.
            Err(error) if fingerprint.is_some_and(|call| part.resumable(call).is_some()) => {
                return Err(Stop::from(error).with_hint(|_| Some(resumable_text(&part))));
            }
            Err(error) => {
                part.remove();
                return Err(error.into());
            }
        };
        let is_resumable = fingerprint.is_some_and(|call| part.resumable(call).is_some());
        match ending {
            Ending::Complete => break,
            Ending::Stale => {
                part.restart();
                failures += 1;
                if failures >= MOST_FAILURES {
                    part.remove();
                    let message = "the server sends other parts of the file than requested";
                    return Err(Error::new(ErrorKind::Network, message).into());
                }
            }
            Ending::Interrupted if is_resumable => {
                return Err(Stop::interrupted(resumable_text(&part), None));
            }
            Ending::Interrupted => {
                part.remove();
                return Err(Stop::interrupted("interrupted; nothing has been saved", None));
            }
            Ending::Unwritable(error) if is_resumable => {
                return Err(Stop::from(error).with_hint(|_| Some(resumable_text(&part))));
            }
            Ending::Failed(error, _) | Ending::Unwritable(error) if !is_resumable => {
                part.remove();
                return Err(error.into());
            }
            Ending::Unwritable(error) => return Err(error.into()),
            Ending::Failed(error, received) => {
                failures = if received > 0 { 1 } else { failures + 1 };
                if failures >= MOST_FAILURES {
                    return Err(Stop::from(error).with_hint(|_| Some(resumable_text(&part))));
                }
                bar.set_message("continuing after a failure");
                if interrupt.race(tokio::time::sleep(DELAY)).await.is_none() {
                    return Err(Stop::interrupted(resumable_text(&part), None));
                }
            }
        }
    }
    // Another program may have created the file in the meantime.
    if let Err(error) = check_target(path, force) {
        part.remove();
        return Err(error.into());
    }
    part.finish(force)?;
    bar.finish(path);
    Ok(())
}

/// Refuses a folder, and an existing file unless it may be overwritten.
fn check_target(path: &Path, force: bool) -> Result<(), Error> {
    let name = path.display();
    if path.is_dir() {
        return Err(usage_error(format!("{name} is a folder; name a file in it")));
    }
    if path.exists() && !force {
        let advice = "choose another name, or overwrite it with --force";
        return Err(usage_error(format!("{name} exists already; {advice}")));
    }
    Ok(())
}

fn resumable_text(part: &Part) -> String {
    let (bytes, name) = (part.length(), part.path().display());
    format!("{bytes} bytes are kept in {name}; the same command continues after them")
}

/// Sends one request, for the whole file or for what is missing of it.
async fn request(
    call: &Call,
    part: &Part,
    stored: Option<(u64, PartInfo)>,
    fingerprint: Option<&str>,
    interrupt: &mut Interrupt,
    bar: &ByteProgress,
) -> Result<Ending, Error> {
    let mut call = call.clone();
    if let Some((length, info)) = &stored {
        call.set("range_header", format!("bytes={length}-"));
        let options = std::mem::take(call.options());
        *call.options() = options.if_range(&info.validator);
    }
    let mut file = match interrupt.race(call.download()).await {
        None => return Ok(Ending::Interrupted),
        Some(Ok(file)) => file,
        Some(Err(error)) if stored.is_some() && error.status() == Some(416) => {
            return Ok(Ending::Stale);
        }
        Some(Err(error)) if stored.is_some() && error.kind() == ErrorKind::Network => {
            return Ok(Ending::Failed(error, 0));
        }
        Some(Err(error)) => return Err(error),
    };
    let (out, from) = match &stored {
        Some((length, info)) if file.is_partial() => {
            if !continues_part(&file, *length, info) {
                return Ok(Ending::Stale);
            }
            (part.append(), *length)
        }
        // The server sends the whole file, because it has changed or ranges are not supported.
        _ => (part.start(PartInfo::of(&file, fingerprint).as_ref()), 0),
    };
    bar.restart(from, file.total_size());
    match out {
        Ok(out) => Ok(receive(&mut file, out, part, interrupt, bar).await),
        Err(error) => Ok(Ending::Unwritable(error)),
    }
}

/// Whether the bytes of the response follow those that are stored, of the same version of the file.
fn continues_part(file: &Download, length: u64, info: &PartInfo) -> bool {
    file.first_byte() == Some(length)
        && file.validator() == Some(&info.validator)
        && info.total.is_none_or(|total| file.total_size().is_none_or(|size| size == total))
}

async fn receive(
    file: &mut Download,
    mut out: File,
    part: &Part,
    interrupt: &mut Interrupt,
    bar: &ByteProgress,
) -> Ending {
    let mut received = 0;
    loop {
        let chunk = match interrupt.race(file.chunk()).await {
            None => return Ending::Interrupted,
            Some(Ok(None)) => break,
            Some(Ok(Some(chunk))) => chunk,
            Some(Err(error)) => return Ending::Failed(error, received),
        };
        if let Err(error) = out.write_all(&chunk) {
            return Ending::Unwritable(part.unwritable(&error));
        }
        received += chunk.len() as u64;
        bar.add_bytes(chunk.len());
    }
    if let Err(error) = out.sync_all() {
        return Ending::Unwritable(part.unwritable(&error));
    }
    match file.total_size() {
        Some(total) if part.length() < total => {
            let stored = part.length();
            let message = format!("the server sent {stored} of the {total} bytes of the file");
            Ending::Failed(Error::new(ErrorKind::Network, message), received)
        }
        Some(total) if part.length() > total => Ending::Stale,
        _ => Ending::Complete,
    }
}
