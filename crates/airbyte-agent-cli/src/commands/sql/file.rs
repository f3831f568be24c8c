//! Rows as a file, which is written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use airbyte_agent_core::Error;
use airbyte_agent_store::{ParquetFile, Rows};

use crate::args::format::RowFormat;
use crate::args::sql::SqlArgs;
use crate::failure::{Stop, unwritable, usage_error};
use crate::{notes, records, terminal};

/// Refuses what cannot be written before anything is read.
pub(super) fn check(args: &SqlArgs) -> Result<(), Error> {
    let is_file = args.output == Some(RowFormat::Parquet);
    match target(args) {
        _ if !is_file && args.out.is_some() => Err(usage_error(
            "--out is for --output parquet; direct the output of other formats to a file by > FILE",
        )),
        _ if !is_file => Ok(()),
        _ if !ParquetFile::IS_POSSIBLE => Err(usage_error(
            "this program was built without Parquet; build it with the feature, as in cargo install --path \
             crates/airbyte-agent-cli --features parquet, or choose another format",
        )),
        None if args.out.is_none() && terminal::stdout_is_terminal() => Err(usage_error(
            "a Parquet file is not written to a terminal: give --out FILE, or --out - to write it anyway",
        )),
        Some(path) if path.is_dir() => {
            Err(usage_error(format!("{} is a folder; name a file in it", path.display())))
        }
        // A link that leads nowhere is something that exists, too.
        Some(path) if path.symlink_metadata().is_ok() && !args.force => Err(exists(path)),
        None | Some(_) => Ok(()),
    }
}

fn exists(path: &Path) -> Error {
    let advice = "choose another name, or overwrite it with --force";
    usage_error(format!("{} exists already; {advice}", path.display()))
}

/// The file that is named; `None` for standard output.
fn target(args: &SqlArgs) -> Option<&Path> {
    args.out.as_deref().filter(|path| *path != Path::new("-"))
}

/// Writes the rows as a Parquet file.
pub(super) fn write(args: &SqlArgs, rows: &Rows) -> Result<(), Stop> {
    let file = rows.parquet().map_err(records::error)?;
    match target(args) {
        Some(path) => save(path, &file.bytes, args.force)?,
        None => {
            let mut stdout = terminal::stdout();
            stdout.write_all(&file.bytes)?;
            stdout.flush()?;
        }
    }
    notes::print_warnings(&file.notes);
    Ok(())
}

/// Writes a file next to the one that is wanted, and gives it its name when it is complete.
fn save(path: &Path, bytes: &[u8], may_overwrite: bool) -> Result<(), Error> {
    let new = beside(path);
    let written = (|| {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::create_new(&new)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).inspect_err(|_| remove(&new))
    })();
    written.map_err(|error| unwritable(path, &error))?;
    if may_overwrite {
        return fs::rename(&new, path).map_err(|error| {
            remove(&new);
            unwritable(path, &error)
        });
    }
    // A link is not made where something has got the name in the meantime.
    let linked = fs::hard_link(&new, path);
    match linked {
        Ok(()) => {
            remove(&new);
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            remove(&new);
            Err(exists(path))
        }
        // Some file systems have no links.
        Err(_) => fs::rename(&new, path).map_err(|error| unwritable(path, &error)),
    }
}

fn remove(path: &Path) {
    // What cannot be removed does no harm under its name.
    let _ = fs::remove_file(path);
}

/// A name in the same folder that no other process uses.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    name.into()
}
