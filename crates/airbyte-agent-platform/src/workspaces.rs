//! Workspaces of the organization: listed, found, created and removed.

use airbyte_agent_core::{Error, ErrorKind, Result, suggestion};
use secrecy::SecretString;
use url::Url;

use crate::api::types;
use crate::info::{WorkspaceInfo, needed};
use crate::platform::Platform;
use crate::workspace::Workspace;

/// The number of entries in a page of a list.
const PAGE: u64 = 100;
/// The most pages that are read of a list, because a faulty server may never end it.
const PAGES: usize = 1_000;

impl Platform {
    /// The workspace of this name. Sends nothing, so that the workspace need not exist yet.
    pub fn workspace(&self, name: impl Into<String>) -> Workspace {
        Workspace::new(self.clone(), name.into())
    }

    /// The workspace that the session's options name; they name `default` unless it is set.
    pub fn default_workspace(&self) -> Workspace {
        self.workspace(self.session().workspace())
    }

    /// All workspaces of the organization, inactive ones included.
    ///
    /// # Errors
    ///
    /// What the platform reports, and `Decode` when its list never ends.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceInfo>> {
        self.workspaces_with("").await
    }

    /// The workspaces whose name contains this text in upper or lower case.
    ///
    /// # Errors
    ///
    /// As [`workspaces`](Self::workspaces).
    pub async fn workspaces_with(&self, text: &str) -> Result<Vec<WorkspaceInfo>> {
        let mut all = Vec::new();
        let mut cursor: Option<String> = None;
        for _ in 0..PAGES {
            let mut request = self.api().list_workspaces().limit(PAGE);
            if !text.is_empty() {
                request = request.name_contains(text);
            }
            if let Some(cursor) = &cursor {
                request = request.cursor(cursor);
            }
            let page = request.send().await?;
            let theirs = page.data.unwrap_or_default().into_iter();
            let existing = theirs.filter(|workspace| workspace.tombstone != Some(true));
            all.extend(existing.map(WorkspaceInfo::try_from).collect::<Result<Vec<_>>>()?);
            let next = page.next.as_deref().and_then(next_cursor);
            if next.is_none() || next == cursor {
                return Ok(all);
            }
            cursor = next;
        }
        Err(Error::new(ErrorKind::Decode, "the platform's list of workspaces does not end"))
    }

    /// The workspace of exactly this name.
    ///
    /// # Errors
    ///
    /// `NotFound` when there is none, `Usage` when there are several, and what the platform
    /// reports.
    pub async fn find_workspace(&self, name: &str) -> Result<WorkspaceInfo> {
        let near = self.workspaces_with(name).await?;
        let mut exact = near.iter().filter(|workspace| workspace.name == name);
        match (exact.next(), exact.count()) {
            (Some(one), 0) => Ok(one.clone()),
            (Some(one), more) => {
                let message = format!(
                    "{} workspaces are called '{name}', the first of them {}: rename all but one",
                    more + 1,
                    one.id
                );
                Err(Error::new(ErrorKind::Usage, message))
            }
            (None, _) => {
                let names: Vec<&str> = near.iter().map(|near| near.name.as_str()).collect();
                let hint = suggestion(name, &names);
                let message = format!("there is no workspace '{name}'{hint}");
                Err(Error::new(ErrorKind::NotFound, message))
            }
        }
    }

    /// The workspace of this name; without a name the only active workspace of the organization.
    ///
    /// # Errors
    ///
    /// As [`find_workspace`](Self::find_workspace). Without a name `NotFound` when there is no
    /// active workspace, and `Usage` when there are several; the message lists them.
    pub async fn resolve_workspace(&self, name: Option<&str>) -> Result<WorkspaceInfo> {
        if let Some(name) = name {
            return self.find_workspace(name).await;
        }
        let mut all = self.workspaces().await?;
        all.retain(WorkspaceInfo::is_active);
        match all.as_slice() {
            [one] => Ok(one.clone()),
            [] => Err(Error::new(
                ErrorKind::NotFound,
                "the organization has no active workspace: name one to create it",
            )),
            several => {
                let names: Vec<&str> =
                    several.iter().take(20).map(|workspace| workspace.name.as_str()).collect();
                let more = several.len().saturating_sub(names.len());
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let message = format!(
                    "the organization has {} workspaces: name one of {}{more}",
                    several.len(),
                    names.join(", ")
                );
                Err(Error::new(ErrorKind::Usage, message))
            }
        }
    }

    /// Creates a workspace unless it exists, and returns it.
    ///
    /// # Errors
    ///
    /// What the platform reports.
    pub async fn create_workspace(&self, name: &str) -> Result<WorkspaceInfo> {
        self.scoped_token(name).await?;
        self.find_workspace(name).await
    }

    /// A token for one workspace, which is valid for 20 minutes. The workspace is created when it does not
    /// exist.
    ///
    /// # Errors
    ///
    /// What the platform reports, and `Decode` when its response has no token.
    pub async fn scoped_token(&self, workspace: &str) -> Result<SecretString> {
        self.session().scoped_token(workspace).await
    }

    /// A token for the sign-in widget on a web page of this origin, such as `https://app.acme.com`. The
    /// workspace is created when it does not exist.
    ///
    /// # Errors
    ///
    /// What the platform reports, and `Decode` when its response has no token.
    pub async fn widget_token(&self, workspace: &str, origin: &str) -> Result<SecretString> {
        let body =
            types::WidgetTokenRequest::builder().workspace_name(workspace).allowed_origin(origin);
        let request = self.api().create_widget_token().body_map(|_| body);
        let response = request.send().await?;
        needed(response.token.or(response.access_token), "widget token").map(SecretString::from)
    }

    /// Removes the workspace of this id with everything in it. It disappears from lists at once.
    ///
    /// # Errors
    ///
    /// `NotFound` when there is no workspace of this id, and what the platform reports.
    pub async fn delete_workspace(&self, id: &str) -> Result<()> {
        self.api().delete_workspace().workspace_id(id).send().await.map(drop)
    }
}

/// The cursor in the address of the next page; a text that is not an address is itself the cursor.
fn next_cursor(next: &str) -> Option<String> {
    let base = Url::parse("https://platform.invalid/").ok()?;
    let in_query = base.join(next).ok().and_then(|url| {
        url.query_pairs().find(|(name, _)| name == "cursor").map(|(_, value)| value.into_owned())
    });
    let is_address = next.contains(['/', '?']);
    in_query.or_else(|| (!is_address && !next.is_empty()).then(|| next.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::next_cursor;

    #[test]
    fn the_cursor_of_the_next_page_is_found_in_every_form() {
        for (next, cursor) in [
            ("https://api.airbyte.ai/api/v1/workspaces?limit=20&cursor=a%2Fb", Some("a/b")),
            ("/api/v1/workspaces?cursor=x", Some("x")),
            ("?cursor=x", Some("x")),
            ("eyJhIjoxfQ", Some("eyJhIjoxfQ")),
            ("https://api.airbyte.ai/api/v1/workspaces?page=2", None),
            ("", None),
        ] {
            assert_eq!(next_cursor(next).as_deref(), cursor, "{next}");
        }
    }
}
