//! Replaces a file completely or not at all, and keeps a copy of the former content.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Number of copies that may exist of a file.
const MOST_COPIES: usize = 100;

/// Writes the file. Returns the path of the copy of the former file, if there was one.
pub(super) fn replace_file(path: &Path, text: &str) -> io::Result<Option<PathBuf>> {
    // Settings are often links into a folder under version control. The target of the link is
    // replaced, not the link.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    std::fs::create_dir_all(folder)?;
    let copy = if path.exists() { Some(copy_file(&path)?) } else { None };
    let (new_path, mut file) = create_new_file(folder, &path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let moved = written.and_then(|()| {
        if let Ok(former) = std::fs::metadata(&path) {
            std::fs::set_permissions(&new_path, former.permissions())?;
        }
        std::fs::rename(&new_path, &path)
    });
    if let Err(error) = moved {
        let _ = std::fs::remove_file(&new_path);
        return Err(error);
    }
    Ok(copy)
}

/// Copies the file to the first name that is free: `.bak`, `.bak1` and so on.
fn copy_file(path: &Path) -> io::Result<PathBuf> {
    for number in 0..MOST_COPIES {
        let mut name = path.as_os_str().to_owned();
        name.push(if number == 0 { ".bak".to_owned() } else { format!(".bak{number}") });
        let copy = PathBuf::from(name);
        if !copy.exists() {
            std::fs::copy(path, &copy)?;
            return Ok(copy);
        }
    }
    Err(io::Error::other(format!("there are {MOST_COPIES} copies of {} already", path.display())))
}

/// Creates a file next to the one that is replaced. Only its owner can read it, because it may
/// contain secrets.
fn create_new_file(folder: &Path, path: &Path) -> io::Result<(PathBuf, std::fs::File)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let new_path = folder.join(format!(".{name}.{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let file = options.open(&new_path)?;
    Ok((new_path, file))
}
