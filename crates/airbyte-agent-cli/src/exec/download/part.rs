//! A file that is not whole yet: `NAME.part`, and beside it what has to be known to go on with it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use airbyte_agent_core::{Download, Error};
use serde_json::{Value, json};

use crate::failure::usage;

/// The place of a partial file.
pub(super) struct Part {
    target: PathBuf,
    bytes: PathBuf,
    note: PathBuf,
}

/// What is known of the file that a part belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    /// What tells the call from others.
    pub(super) call: String,
    /// By what the server knows this state of the file.
    pub(super) validator: Option<String>,
    /// Size of the whole file.
    pub(super) total: Option<u64>,
}

impl Note {
    /// What to keep of a download; `None` when the server gives nothing to go on by.
    pub(super) fn of(file: &Download, call: Option<&str>) -> Option<Self> {
        let validator = file.validator().map(str::to_owned);
        let total = file.total_size();
        let can_go_on = validator.is_some() || file.has_parts() && total.is_some();
        let call = call?.to_owned();
        can_go_on.then_some(Self { call, validator, total })
    }
}

impl Part {
    /// The part of the file of this name.
    pub(super) fn of(target: &Path) -> Self {
        let beside = |ending: &str| {
            let mut name = target.as_os_str().to_owned();
            name.push(ending);
            PathBuf::from(name)
        };
        Self { target: target.to_owned(), bytes: beside(".part"), note: beside(".part.json") }
    }

    pub(super) fn path(&self) -> &Path {
        &self.bytes
    }

    /// How much is here of the file of this call.
    pub(super) fn kept(&self, call: &str) -> Option<(u64, Note)> {
        let length = fs::metadata(&self.bytes).ok()?.len();
        let note: Value = serde_json::from_str(&fs::read_to_string(&self.note).ok()?).ok()?;
        let text = |name: &str| note.get(name).and_then(Value::as_str).map(str::to_owned);
        let total = note.get("total").and_then(Value::as_u64);
        let note = Note { call: text("call")?, validator: text("validator"), total };
        let is_less = note.total.is_none_or(|total| length < total);
        (note.call == call && length > 0 && is_less).then_some((length, note))
    }

    /// Starts the file, with a note where it can be gone on with.
    pub(super) fn start(&self, note: Option<&Note>) -> Result<File, Error> {
        let unwritable = |error| self.unwritable(&error);
        self.remove();
        if let Some(folder) = self.bytes.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(unwritable)?;
        }
        if let Some(Note { call, validator, total }) = note {
            let text = json!({"call": call, "validator": validator, "total": total}).to_string();
            fs::write(&self.note, text).map_err(unwritable)?;
        }
        File::create(&self.bytes).map_err(unwritable)
    }

    /// Goes on at its end.
    pub(super) fn go_on(&self) -> Result<File, Error> {
        File::options().append(true).open(&self.bytes).map_err(|error| self.unwritable(&error))
    }

    /// The file is whole.
    pub(super) fn finish(&self) -> Result<(), Error> {
        fs::rename(&self.bytes, &self.target).map_err(|error| self.unwritable(&error))?;
        let _ = fs::remove_file(&self.note);
        Ok(())
    }

    /// Takes away what is here.
    pub(super) fn remove(&self) {
        let _ = fs::remove_file(&self.bytes);
        let _ = fs::remove_file(&self.note);
    }

    pub(super) fn unwritable(&self, error: &io::Error) -> Error {
        usage(format!("{} cannot be written: {error}", self.target.display()))
    }
}
