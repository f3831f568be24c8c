//! Sign-in of a person at a third party, from which the platform creates a connector.

use airbyte_agent_core::{Description, Error, ErrorKind, Result};
use serde_json::Value;
use url::Url;

use crate::api::types;
use crate::create::CreateOptions;
use crate::info::needed;
use crate::workspace::Workspace;

/// The result of a sign-in, as the query of the redirect address reports it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignedIn {
    /// The platform created the connector of this id.
    Connector(String),
    /// The platform keeps the secret under this id, and a connector has still to be created from it.
    Secret(String),
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Connector(id) => f.debug_tuple("Connector").field(id).finish(),
            Self::Secret(_) => f.debug_tuple("Secret").field(&"***").finish(),
        }
    }
}

impl SignedIn {
    /// Reads the result from the address to which the person's browser was redirected, or from its query.
    ///
    /// # Errors
    ///
    /// `Authentication` when the person or the third party refused, `Validation` when the address
    /// reports no result.
    ///
    /// ```
    /// use airbyte_agent_platform::SignedIn;
    ///
    /// let ended = SignedIn::read("https://acme.com/done?connector_id=c-1").unwrap();
    /// assert_eq!(ended, SignedIn::Connector("c-1".to_owned()));
    /// assert!(SignedIn::read("https://acme.com/done?error=access_denied").is_err());
    /// ```
    pub fn read(address: &str) -> Result<Self> {
        let query = address.split_once('?').map_or(address, |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        let member = |names: &[&str]| {
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            let pair = pairs.find(|(name, value)| names.contains(&&**name) && !value.is_empty());
            pair.map(|(_, value)| value.into_owned())
        };
        if let Some(error) = member(&["error"]) {
            let why = member(&["error_description"]).unwrap_or_default();
            let between = if why.is_empty() { "" } else { ": " };
            let message = format!("the sign-in failed ({error}){between}{why}");
            return Err(Error::new(ErrorKind::Authentication, message));
        }
        if let Some(id) = member(&["connector_id"]) {
            return Ok(Self::Connector(id));
        }
        if let Some(id) = member(&["server_side_oauth_secret_id", "secret_id"]) {
            return Ok(Self::Secret(id));
        }
        let message =
            "the address has no result of a sign-in: it names no connector, secret or error";
        Err(Error::new(ErrorKind::Validation, message))
    }
}

impl Workspace {
    /// Begins a sign-in, and returns the address that the person's browser has to open. At the end the
    /// browser is redirected to `redirect_url`, to which the result is added for [`SignedIn::read`]. Query
    /// parameters of the address, such as a `state` that identifies the person, are kept.
    ///
    /// The organization needs a template of its own for the kind:
    /// [`register_template`](crate::Platform::register_template).
    ///
    /// # Errors
    ///
    /// `Validation` when the address, a setting or a variable is wrong, or the organization has no
    /// template; otherwise what the platform reports.
    pub async fn start_sign_in(
        &self,
        connector: impl Into<Description>,
        redirect_url: &str,
        options: &CreateOptions,
    ) -> Result<Url> {
        let connector = connector.into();
        if Url::parse(redirect_url).is_err() {
            let message = format!("the redirect address is not a URL: '{redirect_url}'");
            return Err(Error::new(ErrorKind::Validation, message));
        }
        let settings = options.checked_settings(&connector)?;
        let variables = options.checked_variables(&connector)?;
        let filled = |map: serde_json::Map<String, Value>| (!map.is_empty()).then_some(map);
        let body = types::OAuthRequest {
            workspace_name: self.name().to_owned(),
            definition_id: Some(connector.definition_id.to_string()),
            connector_type: None,
            redirect_url: redirect_url.to_owned(),
            name: Some(options.display_name(&connector, self.name())),
            replication_config: filled(settings),
            environment: filled(variables),
            source_template_id: options.template_id().map(str::to_owned),
            oauth_input_configuration: None,
        };
        let response = self.platform().api().start_oauth().body(body).send().await?;
        let address = needed(response.consent_url, "consent address")?;
        Url::parse(&address).map_err(|_| {
            Error::new(ErrorKind::Decode, "the platform's consent address is not a URL")
        })
    }

    /// Ends a sign-in, and returns the id of the connector. The connector is created now, unless the platform
    /// has already created it.
    ///
    /// # Errors
    ///
    /// As [`create_connector`](Self::create_connector).
    pub async fn finish_sign_in(
        &self,
        connector: impl Into<Description>,
        ended: SignedIn,
        options: &CreateOptions,
    ) -> Result<String> {
        let connector = connector.into();
        match ended {
            SignedIn::Connector(id) => {
                // The address comes from a browser, so the id is only accepted if it is in the workspace.
                let id = self.connector(&id).await?.info.id;
                self.platform().session().forget_connector(self.name(), &connector.definition_id);
                Ok(id)
            }
            SignedIn::Secret(id) => self.create_signed_in(&connector, &id, options).await,
        }
    }
}
