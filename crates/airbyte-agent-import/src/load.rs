//! Loads the connector of a file, which is a spec or a vendor's document. The one place that tells them apart.

use std::path::Path;

use airbyte_agent_description::Connector;
use airbyte_agent_document::Document;
use airbyte_agent_spec::Spec;
use airbyte_agent_yaml::{Style, write};

use crate::import::{Error, Options, import};
use crate::summary::Questions;

/// The most bytes of a document that are read, many times the length of the longest known one.
const LARGEST: u64 = 256 * 1024 * 1024;

/// The key by which an operation of a spec says what it is about.
const MARK: &str = "x-airbyte-entity";

/// A connector that was loaded.
#[derive(Debug)]
pub struct Loaded {
    /// The description of the connector, ready for calls.
    pub connector: Connector,
    /// The spec; for a document, the one that was made of it.
    pub spec: Spec,
    /// The text of the file, if it is a spec.
    text: Option<String>,
    /// What was not decided about a document; None for a spec.
    pub questions: Option<Questions>,
}

impl Loaded {
    /// The text of the spec; for a document, the spec that was made of it.
    pub fn into_text(self) -> String {
        self.text.unwrap_or_else(|| write(self.spec.document(), Style::Compact))
    }
}

/// Why a file has no connector.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read, or its spec cannot be lowered.
    #[error(transparent)]
    Spec(#[from] airbyte_agent_spec::LoadError),
    /// The file is neither a spec nor a document that describes an API.
    #[error(
        "{path} is neither a spec (no operation has `{MARK}`) nor a document that can be imported: {reason}"
    )]
    Document {
        /// The path of the file.
        path: String,
        /// What is wrong with it as a document.
        reason: String,
    },
    /// The document cannot be imported.
    #[error("{path} cannot be imported: {source}")]
    Import {
        /// The path of the file.
        path: String,
        /// Why it cannot.
        source: Error,
    },
}

/// Whether a text is a spec: some operation says what it is about. Everything else is imported.
pub fn is_spec(text: &str) -> bool {
    text.match_indices(MARK).any(|(at, _)| {
        let rest = text[at + MARK.len()..].trim_start_matches(['"', '\'']).trim_start();
        rest.starts_with(':')
    })
}

/// Reads a file that may hold a document, packed ones included, with its text.
///
/// # Errors
///
/// When the file cannot be read, holds several documents, or none.
pub fn read(path: &Path) -> Result<(Document, String), LoadError> {
    if is_packed(path) {
        let fail =
            |reason: String| LoadError::Document { path: path.display().to_string(), reason };
        let mut documents =
            airbyte_agent_document::read(path).map_err(|error| fail(error.to_string()))?;
        return match (documents.pop(), documents.len()) {
            (Some(document), 0) => Ok((document, String::new())),
            (_, others) => Err(fail(format!(
                "it holds {} documents; unpack it, and name one of them",
                others + 1
            ))),
        };
    }
    let text = airbyte_agent_spec::read_text(path, LARGEST)?;
    Ok((open(path, &text)?, text))
}

/// Whether a file is read as an archive, by its name.
fn is_packed(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    matches!(ending.as_str(), "gz" | "tgz" | "tar")
}

fn open(path: &Path, text: &str) -> Result<Document, LoadError> {
    airbyte_agent_document::open(path, text).map_err(|error| LoadError::Document {
        path: path.display().to_string(),
        reason: error.to_string(),
    })
}

/// Loads the connector of a file: a spec is lowered, anything else is imported in memory.
///
/// # Errors
///
/// When the file cannot be read, or is neither a usable spec nor a document.
pub fn load(path: &Path) -> Result<Loaded, LoadError> {
    let fail = |problems| {
        LoadError::Spec(airbyte_agent_spec::LoadError::Spec {
            path: path.display().to_string(),
            problems,
        })
    };
    let (document, text) = if is_packed(path) {
        read(path)?
    } else {
        let text = airbyte_agent_spec::read_text(path, LARGEST)?;
        if is_spec(&text) {
            let spec = Spec::parse(&text).map_err(fail)?;
            let connector = spec.lower().map_err(fail)?;
            return Ok(Loaded { connector, spec, text: Some(text), questions: None });
        }
        (open(path, &text)?, text)
    };
    let imported = import(&document, text.as_bytes(), &Options::default())
        .map_err(|source| LoadError::Import { path: path.display().to_string(), source })?;
    // What is not needed any more makes room for what is made of it.
    drop((document, text));
    let questions = Questions::of(&imported);
    let spec = Spec::from_json(imported.into_spec()).map_err(fail)?;
    let connector = spec.lower().map_err(fail)?;
    Ok(Loaded { connector, spec, text: None, questions: Some(questions) })
}

#[cfg(test)]
mod tests {
    use super::is_spec;

    #[test]
    fn a_spec_is_told_by_its_operations() {
        for (text, expected) in [
            ("x-airbyte-entity: users", true),
            (r#"{"x-airbyte-entity": "users"}"#, true),
            (r#"{"x-airbyte-entity" : "users"}"#, true),
            ("x-airbyte-entity-relationships: []", false),
            ("description: the key x-airbyte-entity is ours", false),
            ("openapi: 3.1.0", false),
        ] {
            assert_eq!(is_spec(text), expected, "{text}");
        }
    }
}
