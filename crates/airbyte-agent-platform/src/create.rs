//! Creation of connectors from credentials and settings.

use airbyte_agent_core::description::{Connector, Kind, Server, ServerVariable, Setting};
use airbyte_agent_core::hosted::NewConnector;
use airbyte_agent_core::{
    Credentials, Description, Error, ErrorKind, Result, StoredShape, suggestion,
};
use serde_json::{Map, Value};

use crate::api::types;
use crate::exists::already_exists;
use crate::info::{CheckOutcome, Ensured};
use crate::workspace::Workspace;

/// Everything that a connector is created with, apart from its credentials.
///
/// ```
/// use airbyte_agent_platform::CreateOptions;
///
/// let options = CreateOptions::new().name("billing").setting("account_id", "acct_1");
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct CreateOptions {
    name: Option<String>,
    settings: Map<String, Value>,
    variables: Map<String, Value>,
    entities: Vec<types::EntitySelection>,
    template_id: Option<String>,
    shape: StoredShape,
}

impl CreateOptions {
    /// Options in which nothing is set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the display name, which is `<connector> - <workspace>` otherwise.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets a setting of the connector (`replication_config`), such as `repositories`. A list may be given as
    /// a text with commas.
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.settings.insert(name.into(), value.into());
        self
    }

    /// Sets a variable of the service's address (`environment`), such as `subdomain`.
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Allows the connector to read and write this entity, and no others. May be repeated for several.
    pub fn entity(mut self, name: impl Into<String>) -> Self {
        self.entities.push(types::EntitySelection { entity: name.into(), modes: None });
        self
    }

    /// Allows the connector to read this entity, and no others. May be repeated for several.
    pub fn read_only_entity(mut self, name: impl Into<String>) -> Self {
        let modes = Some(vec![types::EntitySelectionModesItem::Read]);
        self.entities.push(types::EntitySelection { entity: name.into(), modes });
        self
    }

    /// Sets the source template by its id, where the organization has several for the kind.
    pub fn template(mut self, id: impl Into<String>) -> Self {
        self.template_id = Some(id.into());
        self
    }

    /// Sets the form in which credentials are sent. The platform accepts both, older versions of it only
    /// the direct form.
    pub fn shape(mut self, shape: StoredShape) -> Self {
        self.shape = shape;
        self
    }

    /// The settings, compared with those that the connector has.
    pub(crate) fn checked_settings(&self, connector: &Connector) -> Result<Map<String, Value>> {
        let known = &connector.hosting.settings;
        let mut wrong = Vec::new();
        let mut settings = Map::new();
        for (name, value) in &self.settings {
            let Some(setting) = known.iter().find(|setting| setting.name == *name) else {
                let names: Vec<&str> = known.iter().map(|known| known.name.as_ref()).collect();
                wrong.push(format!("there is no setting '{name}'{}", suggestion(name, &names)));
                continue;
            };
            match fitted(setting, value) {
                Ok(value) => drop(settings.insert(name.clone(), value)),
                Err(why) => wrong.push(why),
            }
        }
        for setting in known.iter().filter(|setting| setting.required) {
            let filled = connector.hosting.constants.iter().any(|it| it.path == setting.path);
            if !filled && !settings.contains_key(setting.name.as_ref()) {
                let what = setting.schema.description.trim();
                wrong.push(format!("the setting '{}' is missing: {what}", setting.name));
            }
        }
        refuse(connector, &wrong)?;
        Ok(settings)
    }

    /// The variables of the address, compared with those that the connector has.
    pub(crate) fn checked_variables(&self, connector: &Connector) -> Result<Map<String, Value>> {
        let known = connector.variables();
        let mut wrong = Vec::new();
        for (name, value) in &self.variables {
            match known.iter().find(|variable| variable.name == *name) {
                None => {
                    let names: Vec<&str> = known.iter().map(|known| known.name.as_ref()).collect();
                    let hint = suggestion(name, &names);
                    wrong.push(format!("there is no variable '{name}'{hint}"));
                }
                Some(variable) => {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    let choices = &variable.choices;
                    if !choices.is_empty() && choices.iter().all(|choice| *choice != text) {
                        let choices = choices.join(", ");
                        wrong.push(format!("the variable '{name}' is one of {choices}"));
                    }
                }
            }
        }
        // A security scheme may have a server of its own; the address of one of the servers has to be known.
        let own = connector.auth.iter().filter_map(|scheme| scheme.server.as_ref());
        let mut servers = std::iter::once(&connector.server).chain(own.map(|own| &own.server));
        if servers.all(|server| self.missing(server).next().is_some()) {
            for variable in self.missing(&connector.server) {
                let what = variable.description.trim();
                wrong.push(format!("the variable '{}' is missing: {what}", variable.name));
            }
        }
        refuse(connector, &wrong)?;
        Ok(self.variables.clone())
    }

    /// The variables without which the server has no address.
    fn missing<'s>(&self, server: &'s Server) -> impl Iterator<Item = &'s ServerVariable> {
        server.variables.iter().filter(|variable| {
            let is_supplied = variable.default.is_some()
                || variable.from_token
                || variable.derived_from.is_some();
            !is_supplied && !self.variables.contains_key(variable.name.as_ref())
        })
    }

    pub(crate) fn display_name(&self, connector: &Connector, workspace: &str) -> String {
        self.name.clone().unwrap_or_else(|| format!("{} - {workspace}", connector.name))
    }

    pub(crate) fn template_id(&self) -> Option<&str> {
        self.template_id.as_deref()
    }
}

fn refuse(connector: &Connector, wrong: &[String]) -> Result<()> {
    if wrong.is_empty() {
        return Ok(());
    }
    let message = format!("{}: {}", connector.name, wrong.join("; "));
    Err(Error::new(ErrorKind::Validation, message))
}

/// Converts the value to the type of the setting.
fn fitted(setting: &Setting, value: &Value) -> Result<Value, String> {
    let kinds = &setting.schema.kinds;
    if kinds.is_empty() || kinds.iter().any(|kind| kind.fits(value)) {
        return Ok(value.clone());
    }
    if let Some(text) = value.as_str() {
        for kind in kinds.iter() {
            let read = match kind {
                Kind::Array => Some(text.split(',').map(|item| Value::from(item.trim())).collect()),
                Kind::Integer => text.trim().parse::<i64>().ok().map(Value::from),
                Kind::Number => text.trim().parse::<f64>().ok().map(Value::from),
                Kind::Boolean => text.trim().parse::<bool>().ok().map(Value::from),
                _ => None,
            };
            if let Some(value) = read {
                return Ok(value);
            }
        }
    }
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    Err(format!("the setting '{}' must be of the type {}", setting.name, kinds.join(" or ")))
}

/// What the platform authenticates with when it calls operations of a connector.
enum Secrets<'a> {
    Credentials(&'a Credentials),
    SignedIn(&'a str),
}

impl Workspace {
    /// Stores credentials and settings of a service as a new connector, and returns its id. The workspace is
    /// created when it does not exist.
    ///
    /// The platform does not try the credentials: [`check_new`](Self::check_new) does so before the creation,
    /// [`check_connector`](Self::check_connector) after it. A second call creates a second connector, and
    /// lookups by kind then fail; [`ensure_connector`](Self::ensure_connector) avoids that.
    ///
    /// # Errors
    ///
    /// `Authentication` when the credentials are not complete for any security scheme, and `Validation` when a
    /// setting or variable is missing or unknown; nothing is sent in either case. Otherwise what the
    /// platform reports.
    pub async fn create_connector(
        &self,
        connector: impl Into<Description>,
        credentials: impl Into<Credentials>,
        options: CreateOptions,
    ) -> Result<String> {
        let (connector, credentials) = (connector.into(), credentials.into());
        self.create(&connector, &Secrets::Credentials(&credentials), &options).await
    }

    /// Whether [`create_connector`](Self::create_connector) would have what it needs. Sends nothing.
    ///
    /// # Errors
    ///
    /// `Authentication` when the credentials are not complete for any security scheme, and `Validation` when a
    /// setting or variable is missing or unknown.
    pub fn check_complete(
        &self,
        connector: impl Into<Description>,
        credentials: impl Into<Credentials>,
        options: &CreateOptions,
    ) -> Result<()> {
        let (connector, credentials) = (connector.into(), credentials.into());
        self.draft(&connector, &Secrets::Credentials(&credentials), options).map(|_| ())
    }

    /// Makes sure that the workspace has a connector of a kind, and returns its id. It is created when there is
    /// none.
    ///
    /// # Errors
    ///
    /// `Usage` when there are several already; otherwise as [`create_connector`](Self::create_connector).
    pub async fn ensure_connector(
        &self,
        connector: impl Into<Description>,
        credentials: impl Into<Credentials>,
        options: CreateOptions,
    ) -> Result<Ensured<String>> {
        let (connector, credentials) = (connector.into(), credentials.into());
        // Wrong credentials are reported even when the connector exists and they are not needed.
        credentials.check_connector(&connector)?;
        match self.connector_id(connector.clone()).await {
            Ok(value) => return Ok(Ensured { value, existed: true }),
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
        match self.create(&connector, &Secrets::Credentials(&credentials), &options).await {
            Ok(value) => Ok(Ensured { value, existed: false }),
            // Another client has created it meanwhile.
            Err(error) if already_exists(&error) => {
                let value = self.connector_id(connector).await?;
                Ok(Ensured { value, existed: true })
            }
            Err(error) => Err(error),
        }
    }

    /// Lets the platform try credentials and settings before a connector is created from them.
    ///
    /// # Errors
    ///
    /// As [`create_connector`](Self::create_connector). A check that fails is an outcome and not an error.
    pub async fn check_new(
        &self,
        connector: impl Into<Description>,
        credentials: impl Into<Credentials>,
        options: CreateOptions,
    ) -> Result<CheckOutcome> {
        let (connector, credentials) = (connector.into(), credentials.into());
        let new = self.draft(&connector, &Secrets::Credentials(&credentials), &options)?;
        let filled = |map: Map<String, Value>| (!map.is_empty()).then_some(map);
        for secret in new.credentials.values().filter_map(Value::as_str) {
            self.platform().session().conceal(secret);
        }
        let body = types::CreateConnector {
            workspace_name: self.name().to_owned(),
            name: new.name,
            definition_id: new.definition_id,
            source_template_id: new.source_template_id,
            connector_type: None,
            credentials: Some(new.credentials),
            server_side_oauth_secret_id: None,
            replication_config: filled(new.replication_config),
            environment: filled(new.environment),
            entities: (!options.entities.is_empty()).then_some(options.entities),
            selected_connection_template_tags: None,
            selected_connection_template_tags_mode: None,
        };
        self.ensure().await?;
        let request = self.platform().api().check_connector_config().body(body);
        request.send().await.map(CheckOutcome::from)
    }

    /// Creates a connector from the secret that the platform keeps since a person's sign-in.
    pub(crate) async fn create_signed_in(
        &self,
        connector: &Description,
        secret_id: &str,
        options: &CreateOptions,
    ) -> Result<String> {
        self.create(connector, &Secrets::SignedIn(secret_id), options).await
    }

    async fn create(
        &self,
        connector: &Description,
        secrets: &Secrets<'_>,
        options: &CreateOptions,
    ) -> Result<String> {
        let mut new = self.draft(connector, secrets, options)?;
        for entity in &options.entities {
            let entity = serde_json::to_value(entity);
            new.entities.push(entity.map_err(|error| {
                Error::new(
                    ErrorKind::Internal,
                    format!("the choice of entities cannot be written as JSON: {error}"),
                )
            })?);
        }
        self.ensure().await?;
        let session = self.platform().session();
        let made = session.create_connector(self.name(), &new).await;
        // The session forgets by itself only where the definition id, and not a template, names the kind.
        session.forget_connector(self.name(), &connector.definition_id);
        made
    }

    /// The connector to create, compared with its description.
    fn draft(
        &self,
        connector: &Connector,
        secrets: &Secrets<'_>,
        options: &CreateOptions,
    ) -> Result<NewConnector> {
        let mut new = NewConnector::default();
        new.replication_config = options.checked_settings(connector)?;
        new.environment = options.checked_variables(connector)?;
        new.name = Some(options.display_name(connector, self.name()));
        match secrets {
            Secrets::Credentials(credentials) => {
                new.credentials = credentials.stored(connector, options.shape)?;
            }
            Secrets::SignedIn(id) => new.server_side_oauth_secret_id = Some((*id).to_owned()),
        }
        match options.template_id() {
            // A template determines the kind.
            Some(template) => new.source_template_id = Some(template.to_owned()),
            None => new.definition_id = Some(connector.definition_id.to_string()),
        }
        Ok(new)
    }
}
