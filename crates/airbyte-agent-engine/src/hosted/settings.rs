//! Client id, secret, organization and workspace from other sources than the program's code.
//!
//! This module reads the environment and one file, and sends nothing. Every value knows its source.
//! A secret is given to a receiver only if no folder has a part in the receiver, or if the secret
//! comes from that folder.

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
/// The environment variable that has operations executed on this machine, with secrets from the
/// environment.
const LOCAL_SECRETS: &str = "SECRETS_CONFIGURED_FROM_ENVIRONMENT";
/// The environment variable that names the secret manager.
const SECRET_MANAGER: &str = "SECRET_MANAGER_PROVIDER";
/// Environment variables for the name of the workspace; the first one that is set counts.
const WORKSPACE: [&str; 4] = [
    "AIRBYTE_WORKSPACE_NAME",
    "AIRBYTE_WORKSPACE",
    "AIRBYTE_CUSTOMER_NAME",
    "AIRBYTE_EXTERNAL_USER_ID",
];

/// The settings that are needed to reach the platform, from one or several sources.
///
/// [`or`](Self::or) combines sources, the stronger first: arguments take precedence over the
/// environment, the environment over the user's file, and this over a file of the working
/// directory. Blank texts count as not set.
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
    /// The address is never read from a folder: no constructor does so.
    base_url: Option<Sourced<String>>,
    /// Whether operations are executed on this machine, and with which secret manager.
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
    /// Variables that [`from_folder`](Self::from_folder) does not read: they set the address of the
    /// platform, and whether secrets of this machine are used.
    pub const NOT_FROM_FOLDER: [&str; 3] = [ADDRESS, LOCAL_SECRETS, SECRET_MANAGER];

    /// Settings without any value.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the client id of an application.
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = given(&id.into(), "client id");
        self
    }

    /// Sets the client secret of an application.
    pub fn client_secret(mut self, secret: impl Into<String>) -> Self {
        let secret = given(&secret.into(), "client secret");
        self.client_secret = secret.map(|secret| secret.map(SecretString::from));
        self
    }

    /// Sets the identifier of the organization.
    pub fn organization(mut self, id: impl Into<String>) -> Self {
        self.organization = given(&id.into(), "organization");
        self
    }

    /// Sets the name of the workspace.
    pub fn workspace(mut self, name: impl Into<String>) -> Self {
        self.workspace = given(&name.into(), "workspace");
        self
    }

    /// Sets another address of the platform.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = given(&url.into(), "platform's address");
        self
    }

    /// Settings from environment variables: `AIRBYTE_CLIENT_ID`, `AIRBYTE_CLIENT_SECRET`,
    /// `AIRBYTE_ORGANIZATION_ID`; the workspace from `AIRBYTE_WORKSPACE_NAME`, `AIRBYTE_WORKSPACE`,
    /// `AIRBYTE_CUSTOMER_NAME` or `AIRBYTE_EXTERNAL_USER_ID`; the address from
    /// `SDK_DEV_ADP_API_HOST`; and `SECRETS_CONFIGURED_FROM_ENVIRONMENT`, which has operations
    /// executed on this machine with secrets from [`EnvironmentSecrets`].
    pub fn from_env() -> Self {
        Self::from_variables(|name| env::var(name).ok())
    }

    /// Settings from the variables of [`from_env`](Self::from_env), which `variable` reads. They
    /// count as values of the environment. For a file of the working directory, use
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

    /// Settings from a file of the working directory, such as `.env`, read by `variable`: client
    /// id, client secret, organization and workspace ([`FROM_FOLDER`](Self::FROM_FOLDER)).
    ///
    /// Anybody may have written such a file. Therefore it decides neither the address of the
    /// platform nor whether operations are executed on this machine
    /// ([`NOT_FROM_FOLDER`](Self::NOT_FROM_FOLDER)), and its client id and secret are used only
    /// together (see [`or`](Self::or)).
    pub fn from_folder(variable: impl Fn(&str) -> Option<String>) -> Self {
        Self::account(Provenance::Folder, |name| variable(name).as_deref().and_then(filled))
    }

    /// Reads the account, the organization and the workspace.
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

    /// Settings from the settings file of this user; they are empty when there is no such file.
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

    /// The path of this user's settings file; `None` where the user's folder is unknown.
    pub fn default_file() -> Option<PathBuf> {
        let folder = env::var_os("AIRBYTE_CONFIG_DIR").filter(|folder| !folder.is_empty());
        let folder = match folder {
            Some(folder) => PathBuf::from(folder),
            None => env::home_dir().filter(|home| home.is_absolute())?.join(".airbyte-agent"),
        };
        Some(folder.join("settings.json"))
    }

    /// Settings from a settings file.
    ///
    /// # Errors
    ///
    /// `Validation` when the file cannot be read. The message contains nothing of its content.
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

    /// These settings, completed by `other` where they have no value.
    ///
    /// If both name a client id and these differ, `other` belongs to another account and is
    /// ignored. Client id and secret from a folder are used only together, and only if these
    /// settings have neither: a secret is never combined with the id of somebody else.
    pub fn or(mut self, mut other: Self) -> Self {
        let ids = (self.client_id.as_ref(), other.client_id.as_ref());
        if let (Some(own), Some(theirs)) = ids
            && own.peek() != theirs.peek()
        {
            return self;
        }
        if other.account_provenance() == Some(Provenance::Folder) && !self.has_no_credentials() {
            if self.client_id.is_none() && other.client_id.is_some() {
                // It is not known to which client id this secret belongs.
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

    /// The client secret, unprotected, for code that has to remove it from texts.
    pub fn exposed_client_secret(&self) -> Option<&str> {
        self.client_secret.as_ref().map(|secret| secret.peek().expose_secret())
    }

    /// The workspace; `None` where none is named.
    pub fn workspace_name(&self) -> Option<&str> {
        self.workspace.as_ref().map(|name| name.peek().as_str())
    }

    /// Whether there is neither client id nor client secret.
    pub fn has_no_credentials(&self) -> bool {
        self.client_id.is_none() && self.client_secret.is_none()
    }

    /// The source of client id and client secret; of two different ones, the one with the lower
    /// precedence.
    pub fn account_provenance(&self) -> Option<Provenance> {
        let id = self.client_id.as_ref().map(Sourced::provenance);
        let secret = self.client_secret.as_ref().map(Sourced::provenance);
        id.max(secret)
    }

    /// The platform's address and its source; `None` where it is not set. The address has not been
    /// checked and may contain a password.
    pub fn address(&self) -> Option<(&str, Provenance)> {
        self.base_url.as_ref().map(|url| (url.peek().as_str(), url.provenance()))
    }

    /// The platform as a receiver of vendors' credentials and other secrets. It is identified by
    /// its address, and by the account, organization and workspace in which the secrets are stored.
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

    /// The platform as the receiver of the client secret.
    fn token_endpoint(&self) -> Receiver {
        let values = [&self.base_url, &self.client_id].into_iter().flatten();
        values.fold(Receiver::of_user(), Receiver::decided_by)
    }

    /// Makes options of these settings.
    ///
    /// # Errors
    ///
    /// `Authentication` when client id or client secret is missing, `Usage` when secrets have to
    /// come from a secret manager that this library does not support, or when a folder would decide
    /// where secrets are sent.
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
    /// Options from the environment: `AIRBYTE_CLIENT_ID`, `AIRBYTE_CLIENT_SECRET` and the other
    /// variables that [`Settings::from_env`] reads.
    ///
    /// # Errors
    ///
    /// `Authentication` when one of the first two is missing.
    pub fn from_env() -> Result<Self> {
        Settings::from_env().into_hosted()
    }

    /// Options from the environment, completed by the settings file where the environment has no
    /// value: see [`Settings`].
    ///
    /// # Errors
    ///
    /// `Authentication` when client id or client secret is in neither, `Validation` when the file
    /// cannot be read.
    pub fn resolve() -> Result<Self> {
        Settings::from_env().or(Settings::from_default_file()?).into_hosted()
    }
}

/// A value that the program's code gave, unless it is blank.
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
