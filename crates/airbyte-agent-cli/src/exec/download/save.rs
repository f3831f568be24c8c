//! A download into a file: whole or not at all under its own name, gone on with after a break.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use airbyte_agent_core::{Call, Download, Error, ErrorKind};

use super::part::{Note, Part};
use crate::failure::{Stop, usage};
use crate::interrupt::Interrupt;
use crate::progress::Bytes;

/// Breaks in a row without a byte between them before giving up.
const PATIENCE: u32 = 3;
/// Wait after a break.
const WAIT: Duration = Duration::from_millis(500);

/// How one request for the file ended.
enum Ending {
    Whole,
    Interrupted,
    /// What is here belongs to a file that has changed.
    Stale,
    /// The connection broke behind so many new bytes.
    Broken(Error, u64),
}

/// Saves the file that the call gives.
pub(super) async fn save(
    call: &Call,
    path: &Path,
    force: bool,
    fingerprint: Option<String>,
) -> Result<(), Stop> {
    check(path, force)?;
    let part = Part::of(path);
    let mut interrupt = Interrupt::new()?;
    let bar = Bytes::new(None);
    let mut breaks = 0;
    loop {
        let kept = fingerprint.as_deref().and_then(|call| part.kept(call));
        let ending = request(call, &part, kept, fingerprint.as_deref(), &mut interrupt, &bar).await;
        let is_kept = fingerprint.as_deref().is_some_and(|call| part.kept(call).is_some());
        match ending? {
            Ending::Whole => break,
            Ending::Stale => part.remove(),
            Ending::Interrupted if is_kept => {
                return Err(Stop::interrupted(kept_text(&part), None));
            }
            Ending::Interrupted => {
                part.remove();
                return Err(Stop::interrupted("interrupted; nothing is kept", None));
            }
            Ending::Broken(error, _) if !is_kept => {
                part.remove();
                return Err(error.into());
            }
            Ending::Broken(error, gained) => {
                breaks = if gained > 0 { 1 } else { breaks + 1 };
                if breaks >= PATIENCE {
                    return Err(Stop::from(error).with_hint(|_| Some(kept_text(&part))));
                }
                bar.say("going on after a break");
                if interrupt.or(tokio::time::sleep(WAIT)).await.is_none() {
                    return Err(Stop::interrupted(kept_text(&part), None));
                }
            }
        }
    }
    // Somebody may have put a file there meanwhile.
    check(path, force)?;
    part.finish()?;
    bar.finish(path);
    Ok(())
}

/// Told before anything is fetched.
fn check(path: &Path, force: bool) -> Result<(), Error> {
    let name = path.display();
    if path.is_dir() {
        return Err(usage(format!("{name} is a folder; name a file in it")));
    }
    if path.exists() && !force {
        let advice = "choose another name, or overwrite it with --force";
        return Err(usage(format!("{name} exists already; {advice}")));
    }
    Ok(())
}

fn kept_text(part: &Part) -> String {
    let bytes = std::fs::metadata(part.path()).map_or(0, |about| about.len());
    let name = part.path().display();
    format!("{bytes} bytes are kept in {name}; the same command goes on behind them")
}

/// One request: the whole file, or what is missing of it.
async fn request(
    call: &Call,
    part: &Part,
    kept: Option<(u64, Note)>,
    fingerprint: Option<&str>,
    interrupt: &mut Interrupt,
    bar: &Bytes,
) -> Result<Ending, Error> {
    let mut call = call.clone();
    if let Some((length, note)) = &kept {
        call.set("range_header", format!("bytes={length}-"));
        if let Some(validator) = &note.validator {
            let options = std::mem::take(call.options());
            *call.options() = options.if_range(validator);
        }
    }
    let mut file = match interrupt.or(call.download()).await {
        None => return Ok(Ending::Interrupted),
        Some(Ok(file)) => file,
        Some(Err(error)) if kept.is_some() && error.status() == Some(416) => {
            return Ok(Ending::Stale);
        }
        Some(Err(error)) if kept.is_some() && error.kind() == ErrorKind::Network => {
            return Ok(Ending::Broken(error, 0));
        }
        Some(Err(error)) => return Err(error),
    };
    let (out, from) = match &kept {
        Some((length, note)) if file.is_partial() => {
            if !continues(&file, *length, note) {
                return Ok(Ending::Stale);
            }
            (part.go_on()?, *length)
        }
        // The server sends all of it: ranges are not its way, or the file has changed.
        _ => (part.start(Note::of(&file, fingerprint).as_ref())?, 0),
    };
    bar.start(from, file.total_size());
    receive(&mut file, out, part, interrupt, bar).await
}

/// Whether what comes belongs behind what is here.
fn continues(file: &Download, length: u64, note: &Note) -> bool {
    let same = |known: Option<&str>, given: Option<&str>| match (known, given) {
        (Some(known), Some(given)) => known == given,
        _ => true,
    };
    file.first_byte() == Some(length)
        && same(note.validator.as_deref(), file.validator())
        && note.total.is_none_or(|total| file.total_size().is_none_or(|now| now == total))
}

async fn receive(
    file: &mut Download,
    mut out: File,
    part: &Part,
    interrupt: &mut Interrupt,
    bar: &Bytes,
) -> Result<Ending, Error> {
    let mut gained = 0;
    loop {
        let chunk = match interrupt.or(file.chunk()).await {
            None => return Ok(Ending::Interrupted),
            Some(Ok(None)) => break,
            Some(Ok(Some(chunk))) => chunk,
            Some(Err(error)) => return Ok(Ending::Broken(error, gained)),
        };
        out.write_all(&chunk).map_err(|error| part.unwritable(&error))?;
        gained += chunk.len() as u64;
        bar.more(chunk.len());
    }
    out.sync_all().map_err(|error| part.unwritable(&error))?;
    Ok(Ending::Whole)
}
