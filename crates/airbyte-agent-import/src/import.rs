//! An import from end to end: a document becomes a spec, corrected by the overlay, with what is remembered for
//! the next import and what is different since the last one.

use airbyte_agent_description::fits_pattern;
use airbyte_agent_document::{Api, Document, Rest};
use airbyte_agent_yaml::{Style, write};
use serde_json::Value;

use crate::changes::{Change, changes};
use crate::decision::DocumentDecision;
use crate::emit::{self, EmittedOperation, Name};
use crate::lock::{Lock, LockedDocument, sha256};
use crate::{infer, overlay};

/// What an import takes besides the document.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The name of the connector; without it that of the lock file, or else one made of the title.
    pub slug: Option<String>,
    /// Only operations that fit this pattern, in which `*` stands for any text: `/users*`, `GET *` or
    /// `users.*`.
    pub only: Option<String>,
    /// What an earlier import remembers.
    pub lock: Option<Lock>,
    /// The text of the overlay.
    pub overlay: Option<String>,
}

/// A document that was imported.
#[derive(Debug)]
pub struct Imported {
    /// The name of the connector.
    pub slug: String,
    /// The spec, corrected by the overlay.
    pub spec: Value,
    /// What was decided about the document.
    pub decided: DocumentDecision,
    /// The operations that the spec has.
    pub operations: Vec<EmittedOperation>,
    /// What concerns the document as a whole and was not taken over or not decided, one sentence each.
    pub notes: Vec<String>,
    /// The decisions and names that the next import of the document begins with.
    pub lock: Lock,
    /// What is different from what was remembered, those that break calls first.
    pub changes: Vec<Change>,
}

/// Why a document cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The document describes no operations with methods and paths.
    #[error(
        "{file} is a GraphQL schema, from which no operations can be made; write a spec with the documents that callers need"
    )]
    NotRest {
        /// The name of the file.
        file: String,
    },
    /// The document has no operations, or none that fits.
    #[error("{0}")]
    Nothing(String),
    /// The overlay is wrong.
    #[error("the overlay cannot be applied:\n{}", .0.join("\n"))]
    Overlay(Vec<String>),
}

/// Imports a document. `text` is the content of its file, which is remembered as a hash.
///
/// # Errors
///
/// When the document has no operations that fit, or the overlay is wrong.
pub fn import(document: &Document, text: &[u8], options: &Options) -> Result<Imported, Error> {
    #[allow(irrefutable_let_patterns, reason = "there are other kinds with the feature `graphql`")]
    let Api::Rest(rest) = &document.api else {
        return Err(Error::NotRest { file: document.name.clone() });
    };
    let decided = infer(rest);
    let locked = options.lock.as_ref();
    let slug = options.slug.clone().or_else(|| locked.map(|lock| lock.slug.clone()));
    let slug = slug.unwrap_or_else(|| decided.slug.value.clone());
    let present = || -> Vec<(String, String)> {
        let all = rest.operations.iter();
        all.map(|one| (emit::key(&one.method, &one.path), one.id.clone())).collect()
    };
    let names = locked.map(|lock| lock.names_in(&present())).unwrap_or_default();
    let wanted = |method: &str, path: &str, name: &Name| {
        options.only.as_deref().is_none_or(|pattern| {
            let texts = [
                path.to_owned(),
                emit::key(method, path),
                format!("{}.{}", name.entity, name.action),
            ];
            texts.iter().any(|text| fits_pattern(pattern, text))
        })
    };
    let mut emitted = emit::emit(rest, &decided, &slug, &names, &wanted);
    if emitted.operations.is_empty() {
        return Err(nothing(rest, options));
    }
    if let Some(text) = &options.overlay {
        let is_part = options.only.is_some();
        let unmatched = overlay::apply(&mut emitted.spec, text, is_part).map_err(Error::Overlay)?;
        let note = |action: String| {
            format!(
                "Of the overlay, {action}; it was left out, because only a part of the document is imported."
            )
        };
        emitted.notes.extend(unmatched.into_iter().map(note));
    }
    let about = LockedDocument {
        file: document.file.clone(),
        version: document.version.clone(),
        sha256: sha256(text),
    };
    let lock = Lock::new(&slug, about, &decided, &emitted.operations);
    let changes = locked.map(|old| changes(old, &lock)).unwrap_or_default();
    let mut notes = emitted.notes;
    notes.extend(decided.open_questions.iter().cloned());
    Ok(Imported {
        slug,
        spec: emitted.spec,
        decided,
        operations: emitted.operations,
        notes,
        lock,
        changes,
    })
}

impl Imported {
    /// The spec alone; what else is known is not needed to run it.
    pub(crate) fn into_spec(self) -> Value {
        self.spec
    }

    /// The text of the spec as it is written, and what to remember of it.
    pub fn written(&self, overlay_file: &str) -> (String, Lock) {
        let Lock { document, .. } = &self.lock;
        let version = if document.version.is_empty() {
            String::new()
        } else {
            format!(", version {}", one_line(&document.version))
        };
        let text = format!(
            "# Imported from {}{version}.\n# The next import writes this file anew: corrections belong into {overlay_file}.\n{}",
            one_line(&document.file),
            write(&self.spec, Style::Compact)
        );
        let lock = Lock { spec_sha256: sha256(text.as_bytes()), ..self.lock.clone() };
        (text, lock)
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn nothing(rest: &Rest, options: &Options) -> Error {
    Error::Nothing(match &options.only {
        Some(pattern) => format!(
            "none of the {} operations fits `{pattern}`; write a pattern for paths such as `/users*`, or `*` for all",
            rest.operations.len()
        ),
        None => "the document has no operations that can be called".to_owned(),
    })
}
