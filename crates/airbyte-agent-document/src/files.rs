//! Reads files as texts: documents, compressed documents, and archives of documents.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

use crate::document::Document;
use crate::form;
use crate::text::{LARGEST, text};

/// The extensions of documents. Archives may contain other files, such as licences.
pub(crate) const ENDINGS: [&str; 6] = ["json", "yaml", "yml", "graphql", "graphqls", "gql"];

/// The reason why a document could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be opened, decompressed or read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The path of the file.
        path: PathBuf,
        /// The message of the operating system or of the decompressor.
        source: io::Error,
    },
    /// A file was read, but is not a document that describes an API.
    #[error("{name}: {reason}")]
    Form {
        /// The file; for a file in an archive, the archive and the name in it.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// The documents in a file, with the other files to which they refer: one document, or several in
/// an archive (`.tar`, `.tar.gz` or `.tgz`). A single document may be compressed (`.gz`), too.
///
/// # Errors
///
/// When the file or a document in it cannot be read, or when an archive is empty.
pub fn read(path: &Path) -> Result<Vec<Document>, Error> {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let folder = match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => Path::new("/"),
    };
    let texts = texts(path)?.into_iter().map(|(name, text)| (name, text.into())).collect();
    form::documents(&file, texts, Some(folder))
        .map_err(|(name, reason)| Error::Form { name, reason })
}

/// The document in a text. References to other files lead nowhere; `name` is used in messages.
///
/// # Errors
///
/// When the text is not a document that describes an API.
pub fn parse(name: &str, text: &str) -> Result<Document, Error> {
    let fail = |(name, reason)| Error::Form { name, reason };
    let mut documents =
        form::documents(name, vec![(name.to_owned(), text.into())], None).map_err(fail)?;
    documents.pop().ok_or_else(|| fail((name.to_owned(), "the text is empty".to_owned())))
}

/// The document in `text`, the text of the file `path`. References to other files in its folder are
/// followed.
///
/// # Errors
///
/// When the text is not a document that describes an API.
pub fn open(path: &Path, text: &str) -> Result<Document, Error> {
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => Path::new("/"),
    };
    let fail = |(name, reason)| Error::Form { name, reason };
    let mut documents =
        form::documents(&file, vec![(file.clone(), text.into())], Some(folder)).map_err(fail)?;
    documents.pop().ok_or_else(|| fail((file, "the file is empty".to_owned())))
}

/// Names and texts of the documents in a file.
fn texts(path: &Path) -> Result<Vec<(String, String)>, Error> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let fail = |source| Error::Read { path: path.to_owned(), source };
    let file = File::open(path).map_err(fail)?;
    let endings: Vec<&str> = name.rsplit('.').take(2).collect();
    let is_packed = matches!(endings.first(), Some(&"gz" | &"tgz"));
    let is_archive = matches!(endings[..], ["tar" | "tgz", ..] | ["gz", "tar"]);
    let bytes: Box<dyn Read> =
        if is_packed { Box::new(GzDecoder::new(file)) } else { Box::new(file) };
    if !is_archive {
        return Ok(vec![(name, text(bytes, LARGEST).map_err(fail)?)]);
    }
    let mut found = Vec::new();
    let mut left = LARGEST;
    for entry in tar::Archive::new(bytes).entries().map_err(fail)? {
        let entry = entry.map_err(fail)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let inner = entry.path().map_err(fail)?.to_string_lossy().into_owned();
        if !ENDINGS.contains(&inner.rsplit('.').next().unwrap_or_default()) {
            continue;
        }
        let text = text(entry, left).map_err(fail)?;
        left = left.saturating_sub(text.len() as u64);
        found.push((format!("{name}:{}", inner.trim_start_matches("./")), text));
    }
    if found.is_empty() {
        return Err(Error::Form { name, reason: "the archive has no documents".to_owned() });
    }
    found.sort();
    Ok(found)
}
