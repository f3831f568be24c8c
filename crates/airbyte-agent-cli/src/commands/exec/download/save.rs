//! Saves a download to a file. The file gets its name when it is complete, and a download that
//! breaks off is continued.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use airbyte_agent_core::{Call, Download, Error, ErrorKind};

use super::part::{Part, PartInfo};
use crate::failure::{Stop, usage_error};
use crate::progress::ByteProgress;
use crate::signals::Interrupt;

/// Number of successive attempts that bring no new byte after which the download fails.
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
    /// The connection failed.
    Failed(Error),
    /// The bytes cannot be written.
    Unwritable(Error),
}

/// When the whole download has to be complete, however many requests it takes.
struct Deadline {
    limit: Duration,
    at: Instant,
}

impl Deadline {
    fn left(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// The failure of a request, or that the time is over.
    fn explain(deadline: Option<&Self>, error: Error) -> Error {
        match deadline.filter(|deadline| deadline.left().is_zero()) {
            Some(Self { limit, .. }) => Error::timeout(format!(
                "the file did not arrive whole within {} s: {error}",
                limit.as_secs_f64()
            )),
            None => error,
        }
    }
}

/// Saves the file that the call returns, within this time if it is limited.
pub(super) async fn save(
    call: &Call,
    path: &Path,
    force: bool,
    fingerprint: Option<String>,
    limit: Option<Duration>,
) -> Result<(), Stop> {
    check_target(path, force)?;
    let deadline =
        limit.and_then(|limit| Some(Deadline { limit, at: Instant::now().checked_add(limit)? }));
    let fingerprint = fingerprint.as_deref();
    let part = Part::open(path)?;
    let mut interrupt = Interrupt::new()?;
    let bar = ByteProgress::new(None);
    let mut failures = 0;
    let mut call = call.clone();
    // The most bytes that were stored at any time. A server that sends the same bytes again and again
    // brings nothing new, and must not be asked for ever.
    let mut most = part.length();
    loop {
        let stored = fingerprint.and_then(|call| part.resumable(call));
        if let Some(deadline) = &deadline {
            let options = std::mem::take(call.options());
            *call.options() = options.timeout(deadline.left());
        }
        let ending = match request(&call, &part, stored, fingerprint, &mut interrupt, &bar).await {
            Ok(Ending::Failed(error)) => {
                Ending::Failed(Deadline::explain(deadline.as_ref(), error))
            }
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
            Ending::Interrupted => return Err(interrupted(part, is_resumable)),
            Ending::Unwritable(error) if is_resumable => {
                return Err(Stop::from(error).with_hint(|_| Some(resumable_text(&part))));
            }
            Ending::Unwritable(error) => {
                part.remove();
                return Err(error.into());
            }
            // Another request would bring the same.
            Ending::Failed(error) if error.kind() != ErrorKind::Network => {
                return Err(give_up(error, part, is_resumable));
            }
            Ending::Failed(error) => {
                let stored = part.length();
                failures = if stored > most { 1 } else { failures + 1 };
                most = most.max(stored);
                let is_late = deadline.as_ref().is_some_and(|deadline| deadline.left() <= DELAY);
                if failures >= MOST_FAILURES || is_late {
                    return Err(give_up(error, part, is_resumable));
                }
                bar.set_message("continuing after a failure");
                let pause = interrupt.race(tokio::time::sleep(DELAY)).await;
                if !is_resumable {
                    // Only the whole file can be requested again.
                    part.restart();
                }
                if pause.is_none() {
                    return Err(interrupted(part, is_resumable));
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

/// The failure of a download, and what is kept of the file.
fn give_up(error: Error, part: Part, is_resumable: bool) -> Stop {
    if is_resumable {
        return Stop::from(error).with_hint(|_| Some(resumable_text(&part)));
    }
    part.remove();
    error.into()
}

/// What is said after Ctrl-C.
fn interrupted(part: Part, is_resumable: bool) -> Stop {
    if is_resumable {
        return Stop::interrupted(resumable_text(&part), None);
    }
    part.remove();
    Stop::interrupted("interrupted; nothing has been saved", None)
}

/// Refuses a folder, and an existing file unless it may be overwritten.
fn check_target(path: &Path, force: bool) -> Result<(), Error> {
    let name = path.display();
    if path.is_dir() {
        return Err(usage_error(format!("{name} is a folder; name a file in it")));
    }
    // A link that leads nowhere is something that exists, too.
    if path.symlink_metadata().is_ok() && !force {
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
            return Ok(Ending::Failed(error));
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
    // The caller wants a part: what it announces is all that has to arrive.
    let total = file.total_size().filter(|_| stored.is_some() || !file.is_partial());
    match out {
        Ok(out) => Ok(receive(&mut file, (out, from, total), part, interrupt, bar).await),
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
    (mut out, from, total): (File, u64, Option<u64>),
    part: &Part,
    interrupt: &mut Interrupt,
    bar: &ByteProgress,
) -> Ending {
    loop {
        let chunk = match interrupt.race(file.chunk()).await {
            None => return Ending::Interrupted,
            Some(Ok(None)) => break,
            Some(Ok(Some(chunk))) => chunk,
            Some(Err(error)) => {
                // They are not the part of the file that they seemed to be.
                if file.has_excess()
                    && let Err(error) = out.set_len(from)
                {
                    return Ending::Unwritable(part.unwritable(&error));
                }
                return Ending::Failed(error);
            }
        };
        if let Err(error) = out.write_all(&chunk) {
            return Ending::Unwritable(part.unwritable(&error));
        }
        bar.add_bytes(chunk.len());
    }
    if let Err(error) = out.sync_all() {
        return Ending::Unwritable(part.unwritable(&error));
    }
    match total {
        Some(total) if part.length() < total => {
            let stored = part.length();
            let message = format!("the server sent {stored} of the {total} bytes of the file");
            Ending::Failed(Error::new(ErrorKind::Network, message))
        }
        Some(total) if part.length() > total => Ending::Stale,
        _ => Ending::Complete,
    }
}
