//! Where client id, secret, organization and workspace come from when code does not name them.
//!
//! Reads the environment and one file; sends nothing.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::options::Hosted;
use super::secrets::EnvironmentSecrets;
use crate::error::{Error, Result};

/// Names of the workspace, the first one that is set counts.
const WORKSPACE: [&str; 4] = [
    "AIRBYTE_WORKSPACE_NAME",
    "AIRBYTE_WORKSPACE",
    "AIRBYTE_CUSTOMER_NAME",
    "AIRBYTE_EXTERNAL_USER_ID",
];

/// What is needed to reach the platform, from one or several sources.
///
/// A source is layered over a weaker one by [`or`](Self::or): arguments over environment over
/// file. Blank texts count as not set.
///
/// The file is `settings.json` in the folder `AIRBYTE_CONFIG_DIR`, or in `~/.airbyte-agent`, as
/// Airbyte's own program writes it:
///
/// ```json
/// {"settings": {
///     "credentials": {"client_id": "…", "client_secret": "…"},
///     "organization_id": "…",
///     "workspace": "…"
/// }}
/// ```
///
/// ```
/// use airbyte_agent_engine::hosted::Settings;
///
/// let arguments = Settings::new().workspace("customer-123");
/// let file = Settings::new().client_id("id").client_secret("secret").workspace("default");
/// let hosted = arguments.or(file).into_hosted().unwrap();
/// assert!(format!("{hosted:?}").contains("customer-123"));
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Settings {
    client_id: Option<String>,
    client_secret: Option<SecretString>,
    organization: Option<String>,
    workspace: Option<String>,
    pub(super) base_url: Option<String>,
    /// Whether the address counts only for the secret of the same source.
    is_address_bound: bool,
    /// Whether operations run on this machine, and by which secret manager.
    local_secrets: Option<String>,
}

impl Settings {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The client id of an application.
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = filled(&id.into());
        self
    }

    /// The client secret of an application.
    pub fn client_secret(mut self, secret: impl Into<String>) -> Self {
        self.client_secret = filled(&secret.into()).map(SecretString::from);
        self
    }

    /// The organization.
    pub fn organization(mut self, id: impl Into<String>) -> Self {
        self.organization = filled(&id.into());
        self
    }

    /// The workspace.
    pub fn workspace(mut self, name: impl Into<String>) -> Self {
        self.workspace = filled(&name.into());
        self
    }

    /// The platform's address.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = filled(&url.into());
        self
    }

    /// From environment variables: `AIRBYTE_CLIENT_ID`, `AIRBYTE_CLIENT_SECRET`,
    /// `AIRBYTE_ORGANIZATION_ID`; the workspace from `AIRBYTE_WORKSPACE_NAME`,
    /// `AIRBYTE_WORKSPACE`, `AIRBYTE_CUSTOMER_NAME` or `AIRBYTE_EXTERNAL_USER_ID`; the address
    /// from `SDK_DEV_ADP_API_HOST`; and `SECRETS_CONFIGURED_FROM_ENVIRONMENT`, which runs
    /// operations on this machine with secrets from [`EnvironmentSecrets`].
    pub fn from_env() -> Self {
        Self::from_variables(|name| env::var(name).ok())
    }

    /// From the same variables as [`from_env`](Self::from_env), read by `variable`.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let read = |name: &str| variable(name).as_deref().and_then(filled);
        let is_on = |text: &String| {
            ["1", "true", "t", "yes", "y", "on"].contains(&text.to_ascii_lowercase().as_str())
        };
        let local = read("SECRETS_CONFIGURED_FROM_ENVIRONMENT").filter(is_on);
        Self {
            client_id: read("AIRBYTE_CLIENT_ID"),
            client_secret: read("AIRBYTE_CLIENT_SECRET").map(SecretString::from),
            organization: read("AIRBYTE_ORGANIZATION_ID"),
            workspace: WORKSPACE.iter().find_map(|name| read(name)),
            base_url: read("SDK_DEV_ADP_API_HOST"),
            is_address_bound: false,
            local_secrets: local.map(|_| read("SECRET_MANAGER_PROVIDER").unwrap_or_default()),
        }
    }

    /// From the settings file of this user; nothing when there is none.
    ///
    /// # Errors
    ///
    /// `Validation` when the file exists and cannot be read.
    pub fn from_default_file() -> Result<Self> {
        match Self::default_file() {
            Some(path) if path.exists() => Self::from_file(&path),
            _ => Ok(Self::default()),
        }
    }

    /// Where the settings file of this user is, if anywhere.
    pub fn default_file() -> Option<PathBuf> {
        let folder = env::var_os("AIRBYTE_CONFIG_DIR").filter(|folder| !folder.is_empty());
        let folder = match folder {
            Some(folder) => PathBuf::from(folder),
            None => env::home_dir().filter(|home| home.is_absolute())?.join(".airbyte-agent"),
        };
        Some(folder.join("settings.json"))
    }

    /// From a settings file.
    ///
    /// # Errors
    ///
    /// `Validation` when it cannot be read. The message holds nothing of its content.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let broken =
            |why: String| Error::validation(format!("the settings file {} {why}", path.display()));
        let text = std::fs::read_to_string(path)
            .map_err(|error| broken(format!("cannot be read: {error}")))?;
        let whole: Value = serde_json::from_str(&text).map_err(|error| {
            broken(format!("is not JSON (line {}, column {})", error.line(), error.column()))
        })?;
        warn_of_readers(path);
        let settings = whole.get("settings").unwrap_or(&whole);
        let read = |pointer: &str| match settings.pointer(pointer) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(filled(text)),
            Some(_) => Err(broken(format!("has no text at '{}'", pointer.trim_start_matches('/')))),
        };
        Ok(Self {
            client_id: read("/credentials/client_id")?,
            client_secret: read("/credentials/client_secret")?.map(SecretString::from),
            organization: read("/organization_id")?,
            workspace: read("/workspace")?,
            ..Self::default()
        })
    }

    /// Lets the address count only for a secret that comes from here too. For sources that others
    /// may have written, such as a `.env` file in a folder: it must not send elsewhere a secret
    /// that the user keeps in a better place.
    pub fn with_address_of_own_secret_only(mut self) -> Self {
        self.is_address_bound = true;
        if self.client_secret.is_none() {
            self.base_url = None;
        }
        self
    }

    /// These settings, and `other` for what they leave open.
    ///
    /// When both name a client id and not the same, `other` is about another account and counts
    /// for nothing.
    pub fn or(mut self, mut other: Self) -> Self {
        if let (Some(own), Some(theirs)) = (&self.client_id, &other.client_id)
            && own != theirs
        {
            return self;
        }
        if other.is_address_bound && self.client_secret.is_some() {
            other.base_url = None;
        }
        self.client_id = self.client_id.or(other.client_id);
        self.client_secret = self.client_secret.or(other.client_secret);
        self.organization = self.organization.or(other.organization);
        self.workspace = self.workspace.or(other.workspace);
        self.base_url = self.base_url.or(other.base_url);
        self.local_secrets = self.local_secrets.or(other.local_secrets);
        self
    }

    /// The client secret in the open, for who has to keep it out of what is shown.
    pub fn exposed_client_secret(&self) -> Option<&str> {
        self.client_secret.as_ref().map(SecretString::expose_secret)
    }

    /// The workspace, where one is named.
    pub fn workspace_name(&self) -> Option<&str> {
        self.workspace.as_deref()
    }

    /// Whether there is neither client id nor client secret.
    pub fn has_no_credentials(&self) -> bool {
        self.client_id.is_none() && self.client_secret.is_none()
    }

    /// The options that these settings make.
    ///
    /// # Errors
    ///
    /// `Authentication` when client id or client secret is missing, `Usage` when secrets are to
    /// come from a manager that this library does not speak to.
    pub fn into_hosted(self) -> Result<Hosted> {
        let missing = |name: &str| {
            let file = Self::default_file()
                .map(|path| format!(", or keep both in {}", path.display()))
                .unwrap_or_default();
            Error::authentication(format!(
                "{name} is not set: get a client id and a client secret in Airbyte's web app and \
                 set AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET{file}"
            ))
        };
        let id = self.client_id.ok_or_else(|| missing("AIRBYTE_CLIENT_ID"))?;
        let secret = self.client_secret.ok_or_else(|| missing("AIRBYTE_CLIENT_SECRET"))?;
        let mut hosted = Hosted::new(id, secret.expose_secret());
        if let Some(organization) = self.organization {
            hosted = hosted.organization(organization);
        }
        if let Some(workspace) = self.workspace {
            hosted = hosted.workspace(workspace);
        }
        if let Some(url) = self.base_url {
            hosted = hosted.base_url(url);
        }
        match self.local_secrets.as_deref() {
            None => Ok(hosted),
            Some("" | "env" | "environment") => Ok(hosted.secrets(EnvironmentSecrets::default())),
            Some(other) => Err(Error::usage(format!(
                "there is no secret manager '{other}' here: set SECRET_MANAGER_PROVIDER to \
                 environment, or give a provider in code (Hosted::secrets)"
            ))),
        }
    }
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(unix)]
fn warn_of_readers(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).map(|meta| meta.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o077 != 0) {
        tracing::warn!(path = %path.display(), "others can read the settings file: chmod 600");
    }
}

#[cfg(not(unix))]
fn warn_of_readers(_: &Path) {}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("client_id", &self.client_id)
            .field("client_secret", &self.client_secret.as_ref().map(|_| "[redacted]"))
            .field("organization", &self.organization)
            .field("workspace", &self.workspace)
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}
