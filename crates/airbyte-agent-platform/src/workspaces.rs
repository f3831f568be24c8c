//! Workspaces of the organization: list, find, create, remove.

use airbyte_agent_core::{Error, ErrorKind, Result, suggestion};
use secrecy::SecretString;
use url::Url;

use crate::api::types;
use crate::info::{WorkspaceInfo, needed};
use crate::platform::Platform;
use crate::workspace::Workspace;

/// Entries of a page.
const PAGE: u64 = 100;
/// Pages read before a list is given up: a server that never ends it is broken.
const PAGES: usize = 1_000;

impl Platform {
    /// A workspace by its name. Sends nothing; the workspace need not exist yet.
    pub fn workspace(&self, name: impl Into<String>) -> Workspace {
        Workspace::new(self.clone(), name.into())
    }

    /// The workspace that the session's options name, `default` unless told otherwise.
    pub fn default_workspace(&self) -> Workspace {
        self.workspace(self.session().workspace())
    }

    /// All workspaces of the organization, inactive ones included.
    ///
    /// # Errors
    ///
    /// What the platform answers, and `Decode` when its list never ends.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceInfo>> {
        self.workspaces_with("").await
    }

    /// The workspaces whose name holds this text, upper and lower case alike.
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
            let there = theirs.filter(|workspace| workspace.tombstone != Some(true));
            all.extend(there.map(WorkspaceInfo::try_from).collect::<Result<Vec<_>>>()?);
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
    /// answers.
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

    /// The workspace to work in: the one named, else the only active one there is.
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

    /// Creates a workspace, or finds it as it is: nothing happens when it exists.
    ///
    /// # Errors
    ///
    /// What the platform answers.
    pub async fn create_workspace(&self, name: &str) -> Result<WorkspaceInfo> {
        self.scoped_token(name).await?;
        self.find_workspace(name).await
    }

    /// A token for one workspace, good for 20 minutes. The workspace is created when it is not
    /// there, and left as it is when it is.
    ///
    /// # Errors
    ///
    /// What the platform answers, and `Decode` when there is no token in it.
    pub async fn scoped_token(&self, workspace: &str) -> Result<SecretString> {
        self.session().scoped_token(workspace).await
    }

    /// A token for the sign-in widget on a page of this origin, such as `https://app.acme.com`. The
    /// workspace is created when it is not there.
    ///
    /// # Errors
    ///
    /// What the platform answers, and `Decode` when there is no token in it.
    pub async fn widget_token(&self, workspace: &str, origin: &str) -> Result<SecretString> {
        let body =
            types::WidgetTokenRequest::builder().workspace_name(workspace).allowed_origin(origin);
        let request = self.api().create_widget_token().body_map(|_| body);
        let answer = request.send().await?;
        needed(answer.token.or(answer.access_token), "widget token").map(SecretString::from)
    }

    /// Removes a workspace with everything in it. It leaves the lists at once.
    ///
    /// # Errors
    ///
    /// `NotFound` when there is no workspace of this id, and what the platform answers.
    pub async fn delete_workspace(&self, id: &str) -> Result<()> {
        self.api().delete_workspace().workspace_id(id).send().await.map(drop)
    }
}

/// The cursor in the address of the next page; a text that is no address is one by itself.
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
    fn the_next_page_is_told_in_several_ways() {
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
