//! Kinds of connectors that the platform has.

use airbyte_agent_core::{Error, ErrorKind, Result, suggestion};

use crate::info::DefinitionInfo;
use crate::platform::Platform;

impl Platform {
    /// The kinds of connectors whose display name contains this text; all kinds for an empty text.
    ///
    /// # Errors
    ///
    /// What the platform reports.
    pub async fn definitions(&self, text: &str) -> Result<Vec<DefinitionInfo>> {
        let mut request = self.api().list_source_definitions();
        if !text.is_empty() {
            request = request.name(text);
        }
        let theirs = request.send().await?.definitions.unwrap_or_default();
        theirs.into_iter().map(DefinitionInfo::try_from).collect()
    }

    /// The kind of connector of this display name or slug, such as `Zendesk Support` or `zendesk-support`.
    ///
    /// # Errors
    ///
    /// `NotFound` when there is none of that name, `Usage` when there are several, and what the
    /// platform reports.
    pub async fn definition(&self, name: &str) -> Result<DefinitionInfo> {
        let wanted = words(name);
        // The platform searches in display names, which have no hyphens.
        let first = wanted.split(' ').next().unwrap_or_default();
        let near = self.definitions(first).await?;
        let same = || near.iter().filter(|definition| words(&definition.name) == wanted);
        let own = same().filter(|definition| !definition.is_custom);
        let found: Vec<&DefinitionInfo> =
            if own.clone().count() == 1 { own.collect() } else { same().collect() };
        match found.as_slice() {
            [one] => Ok((*one).clone()),
            [] => {
                let names: Vec<&str> = near.iter().map(|near| near.name.as_str()).collect();
                let hint = suggestion(name, &names);
                let message = format!("the platform has no kind of connector '{name}'{hint}");
                Err(Error::new(ErrorKind::NotFound, message))
            }
            several => {
                let ids: Vec<&str> = several.iter().map(|one| one.id.as_str()).collect();
                let message = format!(
                    "the platform has {} kinds of connectors called '{name}': choose one by its \
                     definition id ({})",
                    ids.len(),
                    ids.join(", ")
                );
                Err(Error::new(ErrorKind::Usage, message))
            }
        }
    }
}

/// The words of a name in lower case, with spaces in the place of hyphens and underscores.
fn words(name: &str) -> String {
    let name = name.to_lowercase().replace(['-', '_'], " ");
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}
