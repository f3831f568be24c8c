//! Replacing a file: whole or not at all, with a copy of what was there.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Most copies that are kept.
const COPIES: usize = 100;

/// Writes the file and gives back where the copy of the former one is, if there was one.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<Option<PathBuf>> {
    // Settings are often links into a folder under version control; what they lead to is replaced.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    std::fs::create_dir_all(folder)?;
    let copy = if path.exists() { Some(keep(&path)?) } else { None };
    let mut fresh = tempfile(folder, &path)?;
    let written = fresh.1.write_all(text.as_bytes()).and_then(|()| fresh.1.sync_all());
    let moved = written.and_then(|()| {
        if let Ok(former) = std::fs::metadata(&path) {
            std::fs::set_permissions(&fresh.0, former.permissions())?;
        }
        std::fs::rename(&fresh.0, &path)
    });
    if let Err(error) = moved {
        let _ = std::fs::remove_file(&fresh.0);
        return Err(error);
    }
    Ok(copy)
}

/// Copies the file to the first free of `.bak`, `.bak1` and so on.
fn keep(path: &Path) -> io::Result<PathBuf> {
    for number in 0..COPIES {
        let mut name = path.as_os_str().to_owned();
        name.push(if number == 0 { ".bak".to_owned() } else { format!(".bak{number}") });
        let copy = PathBuf::from(name);
        if !copy.exists() {
            std::fs::copy(path, &copy)?;
            return Ok(copy);
        }
    }
    Err(io::Error::other(format!("there are {COPIES} copies of {} already", path.display())))
}

/// A new file beside the one that is replaced, for its owner only: it may hold secrets.
fn tempfile(folder: &Path, path: &Path) -> io::Result<(PathBuf, std::fs::File)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let fresh = folder.join(format!(".{name}.{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let file = options.open(&fresh)?;
    Ok((fresh, file))
}
