//! The folder of the store: it is private, files in it are replaced as a whole, and locks keep other processes
//! from changing them at the same time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use airbyte_agent_core::{Error, ErrorKind, Result};

/// The longest time that a lock of another process is waited for: its renewal of a token may have to wait for a
/// slow response.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// The delay between two attempts to get a lock.
const PAUSE: Duration = Duration::from_millis(25);

/// With this begin the names of files that are being written.
const NEW: &str = ".new-";

/// A folder for files of this user only.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

/// A lock that is held while something changes. It is released when it is dropped or the process ends.
#[derive(Debug)]
pub(crate) struct Lock(#[allow(dead_code, reason = "closing it unlocks")] File);

impl Folder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The content of a file; `None` when there is no such file.
    pub(crate) fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        self.check()?;
        let path = self.0.join(name);
        match fs::read(&path) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("read", &path, error)),
        }
    }

    /// Replaces a file as a whole.
    pub(crate) fn write(&self, name: &str, content: &[u8]) -> Result<()> {
        self.make()?;
        let path = self.0.join(name);
        self.replace(&path, content).map_err(|error| failed("write", &path, error))
    }

    fn replace(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.remove_leftovers();
        // The new file has the mode 0600, and is removed when something fails.
        let mut file = tempfile::Builder::new().prefix(NEW).tempfile_in(&self.0)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        #[cfg(unix)]
        File::open(&self.0)?.sync_all()?;
        Ok(())
    }

    /// Removes what a process left that was ended while it wrote a file. Whatever fails is left for the next
    /// time.
    fn remove_leftovers(&self) {
        let files = fs::read_dir(&self.0).into_iter().flatten().flatten();
        for file in files.filter(|file| file.file_name().to_string_lossy().starts_with(NEW)) {
            let changed = file.metadata().and_then(|metadata| metadata.modified());
            let age = changed.ok().and_then(|changed| changed.elapsed().ok());
            // A younger one may be written by another process.
            if age.is_some_and(|age| age > LONGEST_WAIT) {
                let _ = fs::remove_file(file.path());
            }
        }
    }

    /// Removes a file; nothing happens when there is none.
    pub(crate) fn remove(&self, name: &str) -> Result<()> {
        self.check()?;
        let path = self.0.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(failed("remove", &path, error))
            }
            _ => Ok(()),
        }
    }

    /// Waits for the lock of this name.
    pub(crate) fn lock(&self, name: &str) -> Result<Lock> {
        self.make()?;
        let path = self.0.join(format!("{name}.lock"));
        let failed = |error: io::Error| failed("lock", &path, error);
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(failed)?;
        let began = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock(file)),
                Err(TryLockError::WouldBlock) if began.elapsed() < LONGEST_WAIT => {
                    thread::sleep(PAUSE);
                }
                Err(TryLockError::WouldBlock) => {
                    let seconds = LONGEST_WAIT.as_secs();
                    // It passes, as a vendor that does not respond does.
                    return Err(Error::network(format!(
                        "another process has kept {} locked for {seconds} s, perhaps while it renews a \
                         token; try again",
                        path.display()
                    )));
                }
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
    }

    fn make(&self) -> Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.0).map_err(|error| failed("make", &self.0, error))?;
        self.check()
    }

    /// Refuses a folder that other users may open, because they could have put files into it.
    #[cfg(unix)]
    fn check(&self) -> Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = match fs::metadata(&self.0) {
            Ok(metadata) => metadata.permissions().mode() & 0o777,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed("read", &self.0, error)),
        };
        let is_open = mode & 0o077 != 0;
        if !is_open {
            return Ok(());
        }
        let folder = self.0.display();
        Err(Error::new(
            ErrorKind::Usage,
            format!(
                "the folder of the accounts is open to other users of this machine (mode \
                 {mode:03o}) and is not used: look whether its content is your own, then run \
                 chmod 700 '{folder}'"
            ),
        ))
    }

    /// Nothing to check: other systems keep other users out of a user's folders by themselves.
    #[cfg(not(unix))]
    #[allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "as on Unix")]
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

fn failed(what: &str, path: &Path, error: io::Error) -> Error {
    Error::storage(format!("cannot {what} {}: {error}", path.display()), error)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn files_are_private_and_replaced_as_a_whole() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::new(home.path().join("a/b"));
        assert_eq!(folder.read("x").unwrap(), None);
        folder.write("x", b"one").unwrap();
        folder.write("x", b"two").unwrap();
        assert_eq!(folder.read("x").unwrap().as_deref(), Some(&b"two"[..]));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&folder.path().join("x")), 0o600);
            assert_eq!(mode(folder.path()), 0o700);
        }
        folder.remove("x").unwrap();
        folder.remove("x").unwrap();
        assert_eq!(folder.read("x").unwrap(), None);
    }

    #[test]
    fn what_a_process_left_that_was_ended_is_removed() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::new(home.path().join("a"));
        folder.write("x", b"one").unwrap();
        let old = std::time::SystemTime::now() - LONGEST_WAIT * 2;
        for (name, is_old) in [(".new-1", true), (".new-2", false), ("other", true)] {
            let file = File::create(folder.path().join(name)).unwrap();
            if is_old {
                file.set_modified(old).unwrap();
            }
        }
        folder.write("x", b"two").unwrap();
        let left = |name: &str| folder.path().join(name).exists();
        let found = [".new-1", ".new-2", "other", "x"].map(left);
        assert_eq!(found, [false, true, true, true]);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_is_open_to_others_is_not_used() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::new(home.path().join("a"));
        folder.write("x", b"one").unwrap();
        for mode in [0o701, 0o704, 0o710, 0o720, 0o755, 0o777, 0o1777] {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
            for error in [
                folder.read("x").unwrap_err(),
                folder.write("x", b"two").unwrap_err(),
                folder.remove("x").unwrap_err(),
                folder.lock("x").unwrap_err(),
            ] {
                let command = format!("chmod 700 '{}'", folder.path().display());
                assert!(error.to_string().contains(&command), "{mode:o}: {error}");
            }
        }
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(folder.read("x").unwrap().as_deref(), Some(&b"one"[..]));
    }

    #[test]
    fn a_lock_has_one_holder() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::new(home.path().join("a"));
        let lock = folder.lock("x").unwrap();
        let entered = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                let _lock = folder.lock("x").unwrap();
                entered.store(true, Ordering::SeqCst);
            });
            thread::sleep(PAUSE * 4);
            assert!(!entered.load(Ordering::SeqCst));
            drop(lock);
        });
        assert!(entered.load(Ordering::SeqCst));
    }
}
