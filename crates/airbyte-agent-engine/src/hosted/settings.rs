//! Where client id, secret, organization and workspace come from when code does not name them.
//!
//! Reads the environment and one file; sends nothing. Every value keeps where it came from, and
//! secrets come out for a receiver in whom no folder has a say unless they are the folder's own.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::options::{ADDRESS, Hosted};
use super::secrets::EnvironmentSecrets;
use crate::error::{Error, Result};
use crate::http::shown;
use crate::provenance::{Provenance, Receiver, Sourced};

const CLIENT_ID: &str = "AIRBYTE_CLIENT_ID";
const CLIENT_SECRET: &str = "AIRBYTE_CLIENT_SECRET";
const ORGANIZATION: &str = "AIRBYTE_ORGANIZATION_ID";
/// Runs operations on this machine, with its secrets.
const LOCAL_SECRETS: &str = "SECRETS_CONFIGURED_FROM_ENVIRONMENT";
/// Says who keeps these secrets.
const SECRET_MANAGER: &str = "SECRET_MANAGER_PROVIDER";
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
/// the user's file over a file of the working directory. Blank texts count as not set.
///
/// The user's file is `settings.json` in the folder `AIRBYTE_CONFIG_DIR`, or in `~/.airbyte-agent`, as
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
    client_id: Option<Sourced<String>>,
    client_secret: Option<Sourced<SecretString>>,
    organization: Option<Sourced<String>>,
    workspace: Option<Sourced<String>>,
    /// Never out of a folder: no constructor reads it there.
    base_url: Option<Sourced<String>>,
    /// Whether operations run on this machine, and by which secret manager.
    local_secrets: Option<String>,
}

impl Settings {
    /// Variables that [`from_folder`](Self::from_folder) reads.
    pub const FROM_FOLDER: [&str; 7] = [
        CLIENT_ID,
        CLIENT_SECRET,
        ORGANIZATION,
        WORKSPACE[0],
        WORKSPACE[1],
        WORKSPACE[2],
        WORKSPACE[3],
    ];
    /// Variables that [`from_folder`](Self::from_folder) does not read: they say where the
    /// platform is, and whether secrets of this machine are handed out.
    pub const NOT_FROM_FOLDER: [&str; 3] = [ADDRESS, LOCAL_SECRETS, SECRET_MANAGER];

    /// Settings that say nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The client id of an application.
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = given(&id.into(), "client id");
        self
    }

    /// The client secret of an application.
    pub fn client_secret(mut self, secret: impl Into<String>) -> Self {
        let secret = given(&secret.into(), "client secret");
        self.client_secret = secret.map(|secret| secret.map(SecretString::from));
        self
    }

    /// The identifier of the organization.
    pub fn organization(mut self, id: impl Into<String>) -> Self {
        self.organization = given(&id.into(), "organization");
        self
    }

    /// The name of the workspace.
    pub fn workspace(mut self, name: impl Into<String>) -> Self {
        self.workspace = given(&name.into(), "workspace");
        self
    }

    /// Another address of the platform.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = given(&url.into(), "platform's address");
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

    /// From the same variables as [`from_env`](Self::from_env), read by `variable`, which speaks
    /// for the environment. For a file of the working directory there is
    /// [`from_folder`](Self::from_folder).
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let is_on = |text: &String| {
            ["1", "true", "t", "yes", "y", "on"].contains(&text.to_ascii_lowercase().as_str())
        };
        let read = |name: &str| variable(name).as_deref().and_then(filled);
        let local = read(LOCAL_SECRETS).filter(is_on);
        let from = Provenance::Environment;
        Self {
            base_url: read(ADDRESS).map(|url| Sourced::new(url, from).named(ADDRESS)),
            local_secrets: local.map(|_| read(SECRET_MANAGER).unwrap_or_default()),
            ..Self::account(from, read)
        }
    }

    /// From a file of the working directory, such as `.env`, read by `variable`: client id, client
    /// secret, organization and workspace ([`FROM_FOLDER`](Self::FROM_FOLDER)).
    ///
    /// Such a file may be anybody's. It does not say where the platform is, nor whether operations
    /// run on this machine ([`NOT_FROM_FOLDER`](Self::NOT_FROM_FOLDER)), and its client id and
    /// secret count together or not at all (see [`or`](Self::or)).
    pub fn from_folder(variable: impl Fn(&str) -> Option<String>) -> Self {
        Self::account(Provenance::Folder, |name| variable(name).as_deref().and_then(filled))
    }

    /// The account and what is in it.
    fn account(from: Provenance, read: impl Fn(&str) -> Option<String>) -> Self {
        let named = |name: &str| read(name).map(|text| Sourced::new(text, from).named(name));
        Self {
            client_id: named(CLIENT_ID),
            client_secret: named(CLIENT_SECRET).map(|secret| secret.map(SecretString::from)),
            organization: named(ORGANIZATION),
            workspace: WORKSPACE.iter().find_map(|name| named(name)),
            base_url: None,
            local_secrets: None,
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
        let read = |pointer: &str, name: &str| {
            let text = read(pointer)?;
            Ok(text.map(|text| Sourced::new(text, Provenance::UserFile).named(name)))
        };
        let secret = read("/credentials/client_secret", CLIENT_SECRET)?;
        Ok(Self {
            client_id: read("/credentials/client_id", CLIENT_ID)?,
            client_secret: secret.map(|secret| secret.map(SecretString::from)),
            organization: read("/organization_id", ORGANIZATION)?,
            workspace: read("/workspace", WORKSPACE[0])?,
            ..Self::default()
        })
    }

    /// These settings, and `other` for what they leave open.
    ///
    /// When both name a client id and not the same, `other` is about another account and counts
    /// for nothing. Client id and secret out of a folder count together, and only where these
    /// settings have neither: nobody's secret is put to somebody else's id.
    pub fn or(mut self, mut other: Self) -> Self {
        let ids = (self.client_id.as_ref(), other.client_id.as_ref());
        if let (Some(own), Some(theirs)) = ids
            && own.peek() != theirs.peek()
        {
            return self;
        }
        if other.account_provenance() == Some(Provenance::Folder) && !self.has_no_credentials() {
            if self.client_id.is_none() && other.client_id.is_some() {
                // Whose secret this is cannot be told.
                return self;
            }
            other.client_id = None;
            other.client_secret = None;
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
        self.client_secret.as_ref().map(|secret| secret.peek().expose_secret())
    }

    /// The workspace, where one is named.
    pub fn workspace_name(&self) -> Option<&str> {
        self.workspace.as_ref().map(|name| name.peek().as_str())
    }

    /// Whether there is neither client id nor client secret.
    pub fn has_no_credentials(&self) -> bool {
        self.client_id.is_none() && self.client_secret.is_none()
    }

    /// Where client id and client secret come from: the weaker of the two, if there are several.
    pub fn account_provenance(&self) -> Option<Provenance> {
        let id = self.client_id.as_ref().map(Sourced::provenance);
        let secret = self.client_secret.as_ref().map(Sourced::provenance);
        id.max(secret)
    }

    /// The platform's address and who set it, if anybody did. It has not been looked at: there may
    /// be a password in it.
    pub fn address(&self) -> Option<(&str, Provenance)> {
        self.base_url.as_ref().map(|url| (url.peek().as_str(), url.provenance()))
    }

    /// The platform as whoever is given credentials of vendors and other secrets: known by its
    /// address, and by the account, organization and workspace in which they end up.
    pub fn receiver(&self) -> Receiver {
        let mut receiver = self.token_endpoint();
        if let Some(secret) = &self.client_secret {
            receiver = receiver.decided_by(secret);
        }
        for value in [&self.organization, &self.workspace].into_iter().flatten() {
            receiver = receiver.decided_by(value);
        }
        receiver
    }

    /// The platform as whoever is given the client secret.
    fn token_endpoint(&self) -> Receiver {
        let values = [&self.base_url, &self.client_id].into_iter().flatten();
        values.fold(Receiver::of_user(), Receiver::decided_by)
    }

    /// The options that these settings make.
    ///
    /// # Errors
    ///
    /// `Authentication` when client id or client secret is missing, `Usage` when secrets are to
    /// come from a manager that this library does not speak to, or when a folder says where they
    /// would go.
    pub fn into_hosted(self) -> Result<Hosted> {
        let (receiver, token_endpoint) = (self.receiver(), self.token_endpoint());
        let missing = |name: &str| {
            let file = Self::default_file()
                .map(|path| format!(", or keep both in {}", path.display()))
                .unwrap_or_default();
            Error::authentication(format!(
                "{name} is not set: get a client id and a client secret in Airbyte's web app and \
                 set AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET{file}"
            ))
        };
        let id = self.client_id.ok_or_else(|| missing(CLIENT_ID))?;
        let secret = self.client_secret.ok_or_else(|| missing(CLIENT_SECRET))?;
        let secret = secret.release(&token_endpoint)?;
        let mut hosted = Hosted::new(id.peek(), secret.expose_secret());
        if let Some(organization) = &self.organization {
            hosted = hosted.organization(organization.peek());
        }
        if let Some(workspace) = &self.workspace {
            hosted = hosted.workspace(workspace.peek());
        }
        if let Some(url) = &self.base_url {
            hosted = hosted.base_url(url.peek());
        }
        match self.local_secrets.as_deref() {
            None => Ok(hosted),
            Some("" | "env" | "environment") => {
                let all = format!("{}…", EnvironmentSecrets::PREFIX);
                let secrets = Sourced::new(EnvironmentSecrets::default(), Provenance::Environment);
                Ok(hosted.secrets(secrets.named(all).release(&receiver)?))
            }
            Some(other) => Err(Error::usage(format!(
                "there is no secret manager '{other}' here: set SECRET_MANAGER_PROVIDER to \
                 environment, or give a provider in code (Hosted::secrets)"
            ))),
        }
    }
}

impl Hosted {
    /// From the environment: `AIRBYTE_CLIENT_ID`, `AIRBYTE_CLIENT_SECRET` and the variables that
    /// [`Settings::from_env`] reads.
    ///
    /// # Errors
    ///
    /// `Authentication` when one of the first two is missing.
    pub fn from_env() -> Result<Self> {
        Settings::from_env().into_hosted()
    }

    /// From the environment, and for what it leaves open from the settings file: see
    /// [`Settings`].
    ///
    /// # Errors
    ///
    /// `Authentication` when client id or client secret is nowhere, `Validation` when the file
    /// cannot be read.
    pub fn resolve() -> Result<Self> {
        Settings::from_env().or(Settings::from_default_file()?).into_hosted()
    }
}

/// A value that code gave, unless it is blank.
fn given(text: &str, name: &str) -> Option<Sourced<String>> {
    filled(text).map(|text| Sourced::new(text, Provenance::Given).named(name))
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
        let shown_of = |value: &Option<Sourced<String>>| {
            value.as_ref().map(|value| shown(value.peek()).to_owned())
        };
        f.debug_struct("Settings")
            .field("client_id", &shown_of(&self.client_id))
            .field("client_secret", &self.client_secret.as_ref().map(|_| "[redacted]"))
            .field("organization", &shown_of(&self.organization))
            .field("workspace", &shown_of(&self.workspace))
            .field("base_url", &shown_of(&self.base_url))
            .finish_non_exhaustive()
    }
}
