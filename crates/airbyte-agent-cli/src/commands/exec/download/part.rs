//! A partial download: the file `NAME.part`, and next to it `NAME.part.json` with what is needed to
//! continue it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use airbyte_agent_core::{Download, Error};
use serde_json::{Value, json};

use crate::failure::unwritable;

/// The paths of a partial download.
pub(super) struct Part {
    target: PathBuf,
    bytes: PathBuf,
    info: PathBuf,
}

/// What is known about the file of which a partial download is a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PartInfo {
    /// The fingerprint of the call.
    pub(super) call: String,
    /// The entity tag or date by which the server identifies this version of the file.
    pub(super) validator: Option<String>,
    /// The size of the whole file in bytes.
    pub(super) total: Option<u64>,
}

impl PartInfo {
    /// What is to be stored about a download. `None` if it cannot be continued, because the server
    /// gives nothing by which this version of the file can be recognized.
    pub(super) fn of(file: &Download, fingerprint: Option<&str>) -> Option<Self> {
        let validator = file.validator().map(str::to_owned);
        let total = file.total_size();
        let is_resumable = validator.is_some() || file.has_parts() && total.is_some();
        let call = fingerprint?.to_owned();
        is_resumable.then_some(Self { call, validator, total })
    }
}

impl Part {
    /// The partial download of the file with this name.
    pub(super) fn of(target: &Path) -> Self {
        let with_ending = |ending: &str| {
            let mut name = target.as_os_str().to_owned();
            name.push(ending);
            PathBuf::from(name)
        };
        Self {
            target: target.to_owned(),
            bytes: with_ending(".part"),
            info: with_ending(".part.json"),
        }
    }

    /// The path of the bytes that have arrived.
    pub(super) fn path(&self) -> &Path {
        &self.bytes
    }

    /// The length in bytes of what an earlier run of the same call has stored, with what is known
    /// about the file. `None` if there is nothing to continue.
    pub(super) fn resumable(&self, fingerprint: &str) -> Option<(u64, PartInfo)> {
        let length = fs::metadata(&self.bytes).ok()?.len();
        let info: Value = serde_json::from_str(&fs::read_to_string(&self.info).ok()?).ok()?;
        let text = |name: &str| info.get(name).and_then(Value::as_str).map(str::to_owned);
        let total = info.get("total").and_then(Value::as_u64);
        let info = PartInfo { call: text("call")?, validator: text("validator"), total };
        let is_incomplete = info.total.is_none_or(|total| length < total);
        (info.call == fingerprint && length > 0 && is_incomplete).then_some((length, info))
    }

    /// Starts a new file, and stores the information if the download can be continued.
    pub(super) fn start(&self, info: Option<&PartInfo>) -> Result<File, Error> {
        let unwritable = |error| self.unwritable(&error);
        self.remove();
        if let Some(folder) = self.bytes.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(unwritable)?;
        }
        if let Some(PartInfo { call, validator, total }) = info {
            let text = json!({"call": call, "validator": validator, "total": total}).to_string();
            fs::write(&self.info, text).map_err(unwritable)?;
        }
        File::create(&self.bytes).map_err(unwritable)
    }

    /// Opens the file so that bytes are appended to it.
    pub(super) fn append(&self) -> Result<File, Error> {
        File::options().append(true).open(&self.bytes).map_err(|error| self.unwritable(&error))
    }

    /// Gives the complete file its name.
    pub(super) fn finish(&self) -> Result<(), Error> {
        fs::rename(&self.bytes, &self.target).map_err(|error| self.unwritable(&error))?;
        let _ = fs::remove_file(&self.info);
        Ok(())
    }

    /// Removes the bytes and the information.
    pub(super) fn remove(&self) {
        let _ = fs::remove_file(&self.bytes);
        let _ = fs::remove_file(&self.info);
    }

    /// The error that the file cannot be written.
    pub(super) fn unwritable(&self, error: &io::Error) -> Error {
        let error =
            error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error);
        unwritable(&self.target, error)
    }
}
