//! Collects warnings about the files of a document, until their positions in the texts are known.

use airbyte_agent_yaml::places;

use crate::about::Warning;

/// The largest number of notes that are kept, so that a document with very many problems does not
/// fill the memory.
const MOST: usize = 300;

/// A part of a document that does not conform to its format.
#[derive(Debug)]
struct Note {
    file: String,
    path: String,
    message: String,
}

/// The notes about a document.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    all: Vec<Note>,
    left_out: usize,
}

impl Notes {
    /// Adds a note about a place of a file; an empty name means the document itself.
    #[allow(clippy::needless_pass_by_value, reason = "places are small and made for the call")]
    pub(crate) fn add(&mut self, file: &str, path: impl ToString, message: impl Into<String>) {
        if self.all.len() < MOST {
            let (file, path) = (file.to_owned(), path.to_string());
            self.all.push(Note { file, path, message: message.into() });
        } else {
            self.left_out += 1;
        }
    }

    /// The notes as warnings, with their positions in the text of the document, which has a name,
    /// and in those of its other files.
    pub(crate) fn warnings(
        self,
        (main, text): (&str, &str),
        texts: &[(String, String)],
    ) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let others = texts.iter().map(|(file, text)| (file.as_str(), text.as_str()));
        for (file, text) in std::iter::once(("", text)).chain(others) {
            let notes: Vec<&Note> = self.all.iter().filter(|note| note.file == file).collect();
            if notes.is_empty() {
                continue;
            }
            let paths: Vec<&str> = notes.iter().map(|note| note.path.as_str()).collect();
            let found = places(text, &paths).into_iter().zip(notes);
            let mut found: Vec<_> = found
                .map(|((line, column), note)| Warning {
                    file: if file.is_empty() { main } else { file }.to_owned(),
                    line,
                    column,
                    path: note.path.clone(),
                    message: note.message.clone(),
                })
                .collect();
            found.sort_by_key(|warning| (warning.line, warning.column));
            warnings.append(&mut found);
        }
        if let (left_out @ 1.., Some(last)) = (self.left_out, warnings.last().cloned()) {
            let message = format!("{left_out} more places are not as they should be");
            warnings.push(Warning { path: String::new(), message, ..last });
        }
        warnings
    }
}
