//! Claims: who copies an entity of an account into a store right now. Two runs at once would each give up the pass of
//! the other, so that the second one waits. The operating system releases the claim of a process that was killed.

use std::collections::HashSet;
use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use airbyte_agent_store::{Store, Table, is_address};

use crate::error::{Error, Result};
use crate::private::{make_private_folder, private_file};

/// How often somebody who waits looks again.
const PAUSE: Duration = Duration::from_millis(50);

/// Most bytes of a claim's file that are read. It holds the number of a process.
const MOST_BYTES: u64 = 64;

/// The claims on stores that are no files. Other processes do not know of them.
static CLAIMED: Mutex<Option<HashSet<String>>> = Mutex::new(None);

/// The right to copy an entity of an account. It ends when it is dropped.
#[derive(Debug)]
pub(super) struct Claim {
    _held: Held,
}

#[derive(Debug)]
#[expect(dead_code, reason = "what is held ends when it is dropped")]
enum Held {
    /// A file that is locked as long as it is open.
    File(File),
    /// A name in [`CLAIMED`].
    Name(Name),
}

#[derive(Debug)]
struct Name(String);

impl Drop for Name {
    fn drop(&mut self) {
        let mut claimed = CLAIMED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(claimed) = claimed.as_mut() {
            claimed.remove(&self.0);
        }
    }
}

/// Somebody else who copies the entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Holder {
    /// The number of the process, if it is known.
    pub(super) process: Option<u32>,
}

impl Claim {
    /// Claims an entity of an account, or says who has it.
    fn try_take(store: &Store, table: &Table, account: &str) -> io::Result<Result<Self, Holder>> {
        let path = store.path();
        if !is_file(path) {
            // Every store in memory is one of its own.
            let which = match path.to_str() {
                None | Some(":memory:") => format!("{store:p}"),
                Some(address) => address.to_owned(),
            };
            let name = format!("{which} {} {account}", table.name());
            let mut claimed = CLAIMED.lock().unwrap_or_else(PoisonError::into_inner);
            let is_free = claimed.get_or_insert_default().insert(name.clone());
            let own = Holder { process: Some(std::process::id()) };
            return Ok(if is_free { Ok(Self { _held: Held::Name(Name(name)) }) } else { Err(own) });
        }
        let path = file_of(path, table.name(), account);
        let mut file = match private_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make_private_folder(path.parent().unwrap_or(Path::new(".")))?;
                private_file(&path)?
            }
            file => file?,
        };
        match file.try_lock() {
            Ok(()) => {
                // For whoever waits; a full disk does no harm.
                let _ = file.set_len(0);
                let _ = file.write_all(std::process::id().to_string().as_bytes());
                Ok(Ok(Self { _held: Held::File(file) }))
            }
            Err(TryLockError::WouldBlock) => Ok(Err(Holder { process: process_in(file) })),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Claims an entity of an account, and waits for whoever has it, at most so long. `tell` is called once if there
    /// is somebody. Where files cannot be locked, nobody is waited for.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] if the other one is not done in time.
    pub(super) async fn take(
        store: &Store,
        table: &Table,
        account: &str,
        patience: Option<Duration>,
        tell: impl Fn(Holder),
    ) -> Result<Option<Self>> {
        let started = Instant::now();
        let mut is_told = false;
        loop {
            let holder = match Self::try_take(store, table, account) {
                Ok(Ok(claim)) => return Ok(Some(claim)),
                Ok(Err(holder)) => holder,
                Err(error) => {
                    tracing::warn!(%error, "nobody can be told that an entity is being copied");
                    return Ok(None);
                }
            };
            if patience.is_some_and(|patience| started.elapsed() >= patience) {
                return Err(Error::Busy(format!(
                    "{} of the account {account} is being copied by {}; try again when it has ended",
                    table.name(),
                    holder.words(),
                )));
            }
            if !std::mem::replace(&mut is_told, true) {
                tell(holder);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

impl Holder {
    fn words(self) -> String {
        match self.process {
            Some(process) if process == std::process::id() => "this process".to_owned(),
            Some(process) => format!("the process {process}"),
            None => "another process".to_owned(),
        }
    }
}

fn is_file(path: &Path) -> bool {
    path != Path::new(":memory:") && !path.to_str().is_some_and(is_address)
}

/// The file that stands for an entity of an account: in a folder beside the store.
fn file_of(store: &Path, table: &str, account: &str) -> PathBuf {
    let mut folder = store.file_name().unwrap_or_default().to_owned();
    folder.push(".claims");
    let plain = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02x}"),
            })
            .collect()
    };
    store.with_file_name(folder).join(format!("{}.{}", plain(table), plain(account)))
}

/// The number of the process that has claimed what this file stands for.
fn process_in(file: File) -> Option<u32> {
    let mut text = String::new();
    file.take(MOST_BYTES).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
