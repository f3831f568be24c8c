//! A partial download: the file `NAME.part`, and next to it `NAME.part.json` with what is needed to
//! continue it.
//!
//! The second file is locked as long as a process writes the first one. A file of the user that has one
//! of these names is left alone: another name is used then.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use airbyte_agent_core::{Download, Error};
use serde_json::{Value, json};

use crate::failure::{unwritable, usage_error};

/// Marks the file with the information as one of this program.
const MADE_BY: &str = "airbyte-agent download";
/// The number of names that are tried before the program gives up.
const MOST_NAMES: usize = 100;
/// The largest file that is read as information.
const LARGEST_INFO: u64 = 64 * 1024;

/// A partial download that this process alone may write.
pub(super) struct Part {
    target: PathBuf,
    bytes: PathBuf,
    info: PathBuf,
    /// The open file `info`, which is locked.
    lock: File,
}

/// What is known about the file of which a partial download is a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PartInfo {
    /// The fingerprint of the call.
    pub(super) call: String,
    /// The entity tag or date by which the server identifies this version of the file.
    pub(super) validator: String,
    /// The size of the whole file in bytes.
    pub(super) total: Option<u64>,
}

impl PartInfo {
    /// What is to be stored about a download. `None` if it cannot be continued, because the server
    /// gives nothing by which this version of the file can be recognized.
    pub(super) fn of(file: &Download, fingerprint: Option<&str>) -> Option<Self> {
        let (call, validator) = (fingerprint?.to_owned(), file.validator()?.to_owned());
        Some(Self { call, validator, total: file.total_size() })
    }
}

impl Part {
    /// The partial download of the file with this name. It is locked until it is dropped.
    ///
    /// # Errors
    ///
    /// An error of the kind `usage` if another process is saving to the same name.
    pub(super) fn open(target: &Path) -> Result<Self, Error> {
        let unwritable = |error| unwritable(target, &error);
        if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(unwritable)?;
        }
        for number in 1..=MOST_NAMES {
            let with_ending = |ending: &str| {
                let mut name = target.as_os_str().to_owned();
                if number > 1 {
                    name.push(format!(".{number}"));
                }
                name.push(ending);
                PathBuf::from(name)
            };
            let (bytes, info) = (with_ending(".part"), with_ending(".part.json"));
            match open_info(&info, &bytes).map_err(unwritable)? {
                Info::Own(lock) => {
                    return Ok(Self { target: target.to_owned(), bytes, info, lock });
                }
                Info::OfSomebodyElse => {}
                Info::Locked => {
                    return Err(usage_error(format!(
                        "another process is saving to {}; wait for it, or choose another name",
                        target.display()
                    )));
                }
            }
        }
        let name = target.display();
        Err(usage_error(format!("there are too many files with names such as {name}.part")))
    }

    /// The path of the bytes that have arrived.
    pub(super) fn path(&self) -> &Path {
        &self.bytes
    }

    /// The length in bytes of what an earlier run of the same call has stored, with what is known
    /// about the file. `None` if there is nothing to continue.
    pub(super) fn resumable(&self, fingerprint: &str) -> Option<(u64, PartInfo)> {
        let length = fs::metadata(&self.bytes).ok()?.len();
        let info = read_info(&self.lock)?;
        let text = |name: &str| info.get(name).and_then(Value::as_str).map(str::to_owned);
        let total = info.get("total").and_then(Value::as_u64);
        let info = PartInfo { call: text("call")?, validator: text("validator")?, total };
        let is_incomplete = info.total.is_none_or(|total| length < total);
        (info.call == fingerprint && length > 0 && is_incomplete).then_some((length, info))
    }

    /// Starts a new file, and stores the information if the download can be continued.
    pub(super) fn start(&self, info: Option<&PartInfo>) -> Result<File, Error> {
        let file = File::create(&self.bytes).map_err(|error| self.unwritable(&error))?;
        let info = match info {
            Some(PartInfo { call, validator, total }) => {
                json!({"made_by": MADE_BY, "call": call, "validator": validator, "total": total})
            }
            None => json!({"made_by": MADE_BY}),
        };
        write_info(&self.lock, &info).map_err(|error| self.unwritable(&error))?;
        Ok(file)
    }

    /// Opens the file so that bytes are appended to it.
    pub(super) fn append(&self) -> Result<File, Error> {
        File::options().append(true).open(&self.bytes).map_err(|error| self.unwritable(&error))
    }

    /// The number of bytes that are stored.
    pub(super) fn length(&self) -> u64 {
        fs::metadata(&self.bytes).map_or(0, |metadata| metadata.len())
    }

    /// Gives the complete file its name. Unless it may be overwritten, a file that has got the name in
    /// the meantime is left alone.
    pub(super) fn finish(self, may_overwrite: bool) -> Result<(), Error> {
        let named = if may_overwrite {
            fs::rename(&self.bytes, &self.target)
        } else {
            match fs::hard_link(&self.bytes, &self.target) {
                Ok(()) => fs::remove_file(&self.bytes),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
                // Some file systems have no links.
                Err(_) => fs::rename(&self.bytes, &self.target),
            }
        };
        named.map_err(|error| self.unwritable(&error))?;
        self.remove_info();
        Ok(())
    }

    /// Removes the bytes; the next request starts anew.
    pub(super) fn restart(&self) {
        let _ = fs::remove_file(&self.bytes);
        let _ = write_info(&self.lock, &json!({"made_by": MADE_BY}));
    }

    /// Removes the bytes and the information.
    pub(super) fn remove(self) {
        let _ = fs::remove_file(&self.bytes);
        self.remove_info();
    }

    /// Removes the information. The lock is held until then, so that nobody else has opened it to use
    /// it.
    fn remove_info(self) {
        let _ = fs::remove_file(&self.info);
        drop(self.lock);
    }

    /// The error that the file cannot be written.
    pub(super) fn unwritable(&self, error: &io::Error) -> Error {
        unwritable(&self.target, error)
    }
}

/// What a file with the name of an information is.
enum Info {
    /// One of this program, which is locked now.
    Own(File),
    /// One of another process that is at work.
    Locked,
    /// A file of somebody else, or bytes of somebody else.
    OfSomebodyElse,
}

/// Opens the information next to these bytes, and creates it if neither of the two exists.
fn open_info(info: &Path, bytes: &Path) -> io::Result<Info> {
    loop {
        let mut options = File::options();
        options.read(true).write(true);
        let file = match options.open(info) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if fs::symlink_metadata(bytes).is_ok() {
                    return Ok(Info::OfSomebodyElse);
                }
                match options.create_new(true).open(info) {
                    // Another process was faster.
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                    created => {
                        let file = created?;
                        match file.try_lock() {
                            Ok(()) => {}
                            Err(TryLockError::WouldBlock) => return Ok(Info::Locked),
                            Err(TryLockError::Error(error)) => return Err(error),
                        }
                        write_info(&file, &json!({"made_by": MADE_BY}))?;
                        return Ok(Info::Own(file));
                    }
                }
            }
            Err(_) => return Ok(Info::OfSomebodyElse),
        };
        if !file.metadata()?.is_file() {
            return Ok(Info::OfSomebodyElse);
        }
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Info::Locked),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // The process that had it before may have removed it.
        if !is_at(&file, info) {
            continue;
        }
        let is_own = read_info(&file)
            .is_some_and(|info| info.get("made_by").and_then(Value::as_str) == Some(MADE_BY));
        return Ok(if is_own { Info::Own(file) } else { Info::OfSomebodyElse });
    }
}

/// Whether the open file still has this name.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let (open, named) = (file.metadata(), fs::symlink_metadata(path));
    match (open, named) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

/// Other systems do not remove the name of an open file.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

fn read_info(mut file: &File) -> Option<Value> {
    file.rewind().ok()?;
    let mut text = String::new();
    file.take(LARGEST_INFO).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn write_info(mut file: &File, info: &Value) -> io::Result<()> {
    file.rewind()?;
    file.set_len(0)?;
    file.write_all(info.to_string().as_bytes())
}
