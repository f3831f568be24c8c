//! Who makes a request, and which tokens an endpoint accepts.

/// Who makes a request, by the token that it has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller {
    pub(crate) organization: String,
    /// The only workspace that the caller may reach; `None` for all of the organization.
    pub(crate) workspace: Option<String>,
}

impl Caller {
    /// Whether the caller may reach this workspace of the organization.
    pub(crate) fn reaches(&self, workspace: &str) -> bool {
        self.workspace.as_deref().is_none_or(|own| own == workspace)
    }
}

/// Which tokens an endpoint accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// No token is needed.
    Open,
    /// Application tokens are accepted.
    Application,
    /// Scoped tokens are accepted.
    Scoped,
    /// Application and scoped tokens are accepted.
    Either,
}
