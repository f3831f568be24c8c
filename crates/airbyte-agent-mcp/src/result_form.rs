//! In which form results are given: a client that passes on both text and structure would pay twice.

use airbyte_agent_core::{Error, ErrorKind, Result, suggestion};

/// In which form results are given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResultForm {
    /// As text, which every client shows to its model.
    #[default]
    Text,
    /// As structured content, with a short text beside it, for clients whose revision of the protocol
    /// has it (2025-06-18 and later). Tables and descriptions of operations stay text.
    Structure,
}

impl ResultForm {
    /// The form with this name: `text` or `structure`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] for any other name.
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "text" => Ok(Self::Text),
            "structure" => Ok(Self::Structure),
            other => {
                let hint = suggestion(other, &["text", "structure"]);
                Err(Error::new(
                    ErrorKind::Usage,
                    format!("there is no form of results '{other}'{hint}"),
                ))
            }
        }
    }
}
