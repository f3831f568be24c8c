//! What the processes of a machine have sent in the name of an account, in a file that each locks for a moment. Whatever
//! is wrong with the file is an error, and the caller goes on with what it has sent itself: nobody waits for ever.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::window::{Limit, Window};
use crate::private::{make_private_folder, private_file};

/// How long the lock of the file is waited for. It is held for less than a millisecond, unless its holder was stopped.
const PATIENCE: Duration = Duration::from_secs(2);

/// Largest file that is read.
const MOST_BYTES: u64 = 1 << 20;

/// The file of an account.
#[derive(Debug)]
pub(super) struct Shared {
    path: PathBuf,
}

impl Shared {
    /// The file of an account in a folder. Neither is made before a request is counted.
    pub(super) fn new(folder: &Path, account: &str) -> Self {
        Self { path: folder.join(format!("{account}.json")) }
    }

    /// Counts a request under all limits at once, or says how long it has to wait.
    pub(super) fn take(&self, limits: &[Limit], now: Duration) -> io::Result<Duration> {
        let mut file = self.file()?;
        lock(&file)?;
        let mut windows = read(&mut file)?;
        let mut wait = Duration::ZERO;
        for limit in limits {
            wait = wait.max(windows.entry(limit.name.clone()).or_default().wait(limit, now));
        }
        if wait.is_zero() {
            for limit in limits {
                windows.entry(limit.name.clone()).or_default().take();
            }
            // The bytes take the place of those before them, so that a full disk has room for them. What is left behind
            // a shorter text is not read.
            let text = serde_json::to_vec(&windows)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&text)?;
        }
        // Closing the file, also by the end of the process, releases the lock.
        Ok(wait)
    }

    /// One of the files whose locks stand for requests that are under way, if one is free. The lock is held as long as the
    /// value lives, and the operating system releases those of a process that was killed.
    pub(super) fn slot(&self, slots: usize) -> io::Result<Option<File>> {
        self.file()?;
        for number in 0..slots {
            let file = private_file(&self.path.with_extension(format!("slot{number}")))?;
            match file.try_lock() {
                Ok(()) => return Ok(Some(file)),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Ok(None)
    }

    /// The file, which is made if it does not exist, with its folder.
    pub(super) fn file(&self) -> io::Result<File> {
        match private_file(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make_private_folder(self.path.parent().unwrap_or(Path::new(".")))?;
                private_file(&self.path)
            }
            file => file,
        }
    }
}

fn lock(file: &File) -> io::Result<()> {
    let started = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if started.elapsed() > PATIENCE => {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "another process holds the lock",
                ));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(2)),
        }
    }
}

/// What the file says. One that was damaged says nothing: the vendor refuses what is too much.
fn read(file: &mut File) -> io::Result<BTreeMap<String, Window>> {
    let mut bytes = Vec::new();
    io::Read::take(file, MOST_BYTES).read_to_end(&mut bytes)?;
    let first = serde_json::Deserializer::from_slice(&bytes).into_iter().next();
    Ok(first.and_then(Result::ok).unwrap_or_default())
}
