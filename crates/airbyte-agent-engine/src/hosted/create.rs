//! Tokens for one workspace, and creation of connectors in it, in every generation of the API.

use http::Method;
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::generation::Generation;
use super::request::PlatformRequest;
use super::session::Session;
use crate::error::{Error, ErrorKind, Result};

/// A connector that is to be created in a workspace, where the platform keeps its credentials.
///
/// Exactly one of `definition_id`, `connector_type` and `source_template_id` has to be set; it
/// determines the kind.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct NewConnector {
    /// The display name; without one, the platform chooses a name.
    pub name: Option<String>,
    /// The kind of connector, by its definition id.
    pub definition_id: Option<String>,
    /// The kind of connector, by its display name on the platform.
    pub connector_type: Option<String>,
    /// The kind of connector, by a template of the organization. An organization may have several
    /// templates for one kind.
    pub source_template_id: Option<String>,
    /// The fields of one security scheme, by their names in the connector's spec.
    pub credentials: Map<String, Value>,
    /// Settings that are not secret, such as start dates, repositories or accounts.
    pub replication_config: Map<String, Value>,
    /// Variables of the vendor's address, such as a subdomain or a shop.
    pub environment: Map<String, Value>,
    /// The identifier of the secret that the platform stored after a person's sign-in; it replaces
    /// credentials.
    pub server_side_oauth_secret_id: Option<String>,
    /// The entities that the connector may use, each as `{"entity": …, "modes": ["read",
    /// "write"]}`. If the list is empty, it may use all of them.
    pub entities: Vec<Value>,
}

impl std::fmt::Debug for NewConnector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewConnector")
            .field("name", &self.name)
            .field("definition_id", &self.definition_id)
            .field("connector_type", &self.connector_type)
            .field("credentials", &self.credentials.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl Session {
    /// A token for one workspace. The workspace is created if it does not exist.
    ///
    /// # Errors
    ///
    /// Those of [`request`](Self::request).
    pub async fn scoped_token(&self, workspace: &str) -> Result<SecretString> {
        let request = PlatformRequest::new(Method::POST, self.generation().scoped_token_path())
            .body(json!({ "workspace_name": workspace }))
            .repeatable(true)
            .what("scoped token");
        let response = self.json(&request).await?;
        // Different generations of the API use one or the other name for this member.
        let token = ["token", "access_token"].iter().find_map(|name| response.get(*name)?.as_str());
        let token = token
            .ok_or_else(|| Error::decode("scoped token: the platform's response has no 'token'"))?;
        self.conceal(token);
        Ok(SecretString::from(token))
    }

    /// Creates a connector in a workspace and returns its id. The request is not repeated after a failure,
    /// because the platform would create another connector.
    ///
    /// # Errors
    ///
    /// Those of [`request`](Self::request). The platform checks that the credentials have the right
    /// form, and not whether the vendor accepts them.
    pub async fn create_connector(&self, workspace: &str, new: &NewConnector) -> Result<String> {
        new.credentials.values().filter_map(Value::as_str).for_each(|value| self.conceal(value));
        let what = "connector creation";
        let request = match self.generation() {
            Generation::Instances => self.create_instance(workspace, new).await?,
            Generation::Sources => {
                let token = self.scoped_token(workspace).await?;
                let body = new.body(&[("external_user_id", workspace)]);
                PlatformRequest::new(Method::POST, PATH).body(body).bearer(token)
            }
            Generation::ExternalUsers => {
                let tenant = [("external_user_id", workspace), ("workspace_name", workspace)];
                PlatformRequest::new(Method::POST, PATH).body(new.body(&tenant))
            }
            Generation::Current => {
                let body = new.body(&[("workspace_name", workspace)]);
                PlatformRequest::new(Method::POST, PATH).body(body)
            }
        };
        let response =
            self.json(&request.what(what)).await.map_err(|error| advised(error, workspace))?;
        if let Some(definition_id) = &new.definition_id {
            self.forget_connector(workspace, definition_id);
        }
        let id = response.get("id").and_then(Value::as_str).map(str::to_owned);
        id.ok_or_else(|| Error::decode(format!("{what}: the platform's response has no 'id'")))
    }

    /// The request of the oldest generation, which names the workspace by its id.
    async fn create_instance(
        &self,
        workspace: &str,
        new: &NewConnector,
    ) -> Result<PlatformRequest> {
        let template = new.source_template_id.as_deref().ok_or_else(|| {
            Error::usage("the oldest generation of the platform's API needs a source template id")
        })?;
        let token = self.scoped_token(workspace).await?;
        let info = PlatformRequest::new(Method::GET, "/api/v1/embedded/scoped-token/info")
            .bearer(token.clone())
            .what("scoped token");
        let info = self.json(&info).await?;
        let workspace_id = info.get("workspace_id").and_then(Value::as_str).ok_or_else(|| {
            Error::decode("scoped token: the platform's response has no 'workspace_id'")
        })?;
        let mut body = json!({
            "source_template_id": template,
            "workspace_id": workspace_id,
            "auth_config": new.credentials,
        });
        if let Some(name) = &new.name {
            body["name"] = json!(name);
        }
        Ok(PlatformRequest::new(Method::POST, "/v1/integrations/sources").body(body).bearer(token))
    }
}

/// The path for creating connectors, in all generations but the oldest.
const PATH: &str = "/api/v1/integrations/connectors";

impl NewConnector {
    fn body(&self, tenant: &[(&str, &str)]) -> Value {
        let mut body = Map::new();
        body.extend(tenant.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
        for (name, value) in [
            ("name", &self.name),
            ("definition_id", &self.definition_id),
            ("connector_type", &self.connector_type),
            ("source_template_id", &self.source_template_id),
            ("server_side_oauth_secret_id", &self.server_side_oauth_secret_id),
        ] {
            body.extend(value.as_ref().map(|value| (name.to_owned(), json!(value))));
        }
        if self.server_side_oauth_secret_id.is_none() {
            body.insert("credentials".to_owned(), json!(self.credentials));
        }
        if !self.entities.is_empty() {
            body.insert("entities".to_owned(), json!(self.entities));
        }
        for (name, members) in
            [("replication_config", &self.replication_config), ("environment", &self.environment)]
        {
            if !members.is_empty() {
                body.insert(name.to_owned(), json!(members));
            }
        }
        Value::Object(body)
    }
}

/// Adds advice to refusals whose cause is known.
fn advised(error: Error, workspace: &str) -> Error {
    match (error.kind(), error.status()) {
        (ErrorKind::NotFound, _) => error.with_advice(&format!(
            "; workspace '{workspace}' may not exist yet: a scoped token for it creates it"
        )),
        (_, Some(409)) => {
            error.with_advice("; use the one that exists, or delete it before creating another")
        }
        _ => error,
    }
}
