//! `cargo xtask labels FOLDER`: compares what the importer infers with labels that the documents of
//! a folder contain, and with labels that were written by hand. The documents are not in the
//! repository.

mod carried;
mod hand;
mod table;

use std::path::{Path, PathBuf};

use airbyte_agent_document::{Api, Document, read};
use airbyte_agent_import::infer;

pub use hand::Label;
pub use table::{Outcome, Table};

/// The reason why the comparison is not possible.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A folder or file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The path.
        path: PathBuf,
        /// The message of the operating system.
        source: std::io::Error,
    },
    /// A line of the labels is not understood.
    #[error("line {line} of the labels: {reason}")]
    Label {
        /// The number of the line, counted from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// Compares the documents of a folder with their labels.
///
/// # Errors
///
/// When the folder or the file of labels cannot be read. Documents that cannot be read are counted.
pub fn labels(folder: &Path, labels: &Path) -> Result<Table, Error> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    let labels = hand::read(labels)?;
    let mut table = Table::default();
    for file in &files {
        let name = file.strip_prefix(folder).unwrap_or(file).to_string_lossy().into_owned();
        let Ok(documents) = read(file) else {
            table.unread += 1;
            continue;
        };
        for document in documents {
            compare(&name, document, &labels, &mut table);
        }
    }
    Ok(table)
}

fn compare(name: &str, document: Document, labels: &[Label], table: &mut Table) {
    let Api::Rest(mut rest) = document.api else { return };
    let carried = carried::labels(&rest);
    let own: Vec<&Label> = labels.iter().filter(|label| label.document == name).collect();
    if carried.is_empty() && own.is_empty() {
        return;
    }
    let visible = infer(&rest);
    hand::compare(name, &own, &visible, table);
    carried::compare(name, "visible", &carried, &visible, table);
    for operation in &mut rest.operations {
        operation.extensions.clear();
    }
    carried::compare(name, "hidden", &carried, &infer(&rest), table);
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let fail = |source| Error::Read { path: folder.to_owned(), source };
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "json" || ending == "yaml") {
            files.push(path);
        }
    }
    Ok(())
}
