//! Tokens for one workspace, and new connectors in it, in every form of the API.

use http::Method;
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::generation::Generation;
use super::request::PlatformRequest;
use super::session::Session;
use crate::error::{Error, ErrorKind, Result};

/// A connector to be created in a workspace. The platform keeps the credentials.
///
/// One of `definition_id`, `connector_type` and `source_template_id` says of which kind it is.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct NewConnector {
    /// Name to show; the platform makes one up when there is none.
    pub name: Option<String>,
    /// Kind, by the identifier of the connector.
    pub definition_id: Option<String>,
    /// Kind, by its display name, for example `GitHub`.
    pub connector_type: Option<String>,
    /// Kind, by a template of the organization, where it has several for one kind.
    pub source_template_id: Option<String>,
    /// Fields of one way to authenticate, by the names of the connector.
    pub credentials: Map<String, Value>,
    /// Settings that are no secrets: start dates, repositories, accounts.
    pub replication_config: Map<String, Value>,
    /// Variables of the vendor's address: a subdomain, a shop.
    pub environment: Map<String, Value>,
    /// What a person's sign-in left at the platform, in the place of credentials.
    pub server_side_oauth_secret_id: Option<String>,
    /// What the connector is confined to, `{"entity": …, "modes": ["read", "write"]}` each;
    /// everything when empty.
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
    /// A token for one workspace, which is created where it does not exist.
    ///
    /// # Errors
    ///
    /// As [`request`](Self::request).
    pub async fn scoped_token(&self, workspace: &str) -> Result<SecretString> {
        let request = PlatformRequest::new(Method::POST, self.generation().scoped_token_path())
            .body(json!({ "workspace_name": workspace }))
            .repeatable(true)
            .what("scoped token");
        let answer = self.json(&request).await?;
        // It has been called both.
        let token = ["token", "access_token"].iter().find_map(|name| answer.get(*name)?.as_str());
        let token = token
            .ok_or_else(|| Error::decode("scoped token: the platform's answer has no 'token'"))?;
        self.conceal(token);
        Ok(SecretString::from(token))
    }

    /// Creates a connector in a workspace and gives back its identifier. Not tried again after a
    /// failure: the platform would create another one.
    ///
    /// # Errors
    ///
    /// As [`request`](Self::request); the platform says what is wrong with the credentials, not
    /// whether the vendor takes them.
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
        let answer =
            self.json(&request.what(what)).await.map_err(|error| advised(error, workspace))?;
        if let Some(definition_id) = &new.definition_id {
            self.forget_connector(workspace, definition_id);
        }
        let id = answer.get("id").and_then(Value::as_str).map(str::to_owned);
        id.ok_or_else(|| Error::decode(format!("{what}: the platform's answer has no 'id'")))
    }

    /// The oldest way, which names the workspace by its identifier.
    async fn create_instance(
        &self,
        workspace: &str,
        new: &NewConnector,
    ) -> Result<PlatformRequest> {
        let template = new.source_template_id.as_deref().ok_or_else(|| {
            Error::usage("the oldest form of the platform's API needs a source template id")
        })?;
        let token = self.scoped_token(workspace).await?;
        let info = PlatformRequest::new(Method::GET, "/api/v1/embedded/scoped-token/info")
            .bearer(token.clone())
            .what("scoped token");
        let info = self.json(&info).await?;
        let workspace_id = info.get("workspace_id").and_then(Value::as_str).ok_or_else(|| {
            Error::decode("scoped token: the platform's answer has no 'workspace_id'")
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

/// Where connectors are created, but for the oldest form.
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

/// What to do about the refusals that are known.
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
