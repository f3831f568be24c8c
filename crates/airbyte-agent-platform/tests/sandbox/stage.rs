//! A sandbox with a platform and three kinds of connectors.

use airbyte_agent_core::Hosted;
use airbyte_agent_platform::Platform;
use airbyte_agent_sandbox::{
    Account, CLIENT_ID, CLIENT_SECRET, Executed, Execution, Executor, Sandbox,
};
use serde_json::{Value, json};

/// A sandbox, and the platform of its first client.
pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    pub(crate) platform: Platform,
}

/// Sets it up.
pub(crate) async fn stage() -> Stage {
    let sandbox = Sandbox::builder()
        .connector(&airbyte_agent_stripe::DESCRIPTION)
        .connector(&airbyte_agent_github::DESCRIPTION)
        .connector(&airbyte_agent_zendesk_support::DESCRIPTION)
        .executor(Echo)
        .start()
        .await
        .unwrap();
    let platform = client(&sandbox, CLIENT_ID, CLIENT_SECRET);
    Stage { sandbox, platform }
}

/// The platform as this client sees it.
pub(crate) fn client(sandbox: &Sandbox, id: &str, secret: &str) -> Platform {
    Platform::new(Hosted::new(id, secret).base_url(sandbox.url())).unwrap()
}

impl Stage {
    /// Number of requests so far.
    pub(crate) fn count(&self) -> usize {
        self.sandbox.requests().len()
    }

    /// Body of the last request to a path that ends like this.
    pub(crate) fn last_body(&self, path: &str) -> Value {
        let requests = self.sandbox.requests();
        let found = requests.iter().rfind(|request| request.path.ends_with(path)).unwrap();
        serde_json::from_str(&found.body).unwrap()
    }
}

/// Gives back whose credentials it was called with, as a record.
struct Echo;

impl Executor for Echo {
    fn execute(
        &self,
        account: &Account,
        entity: &str,
        action: &str,
        _: Value,
        _: &str,
    ) -> Execution {
        let credentials = account.credentials.clone().unwrap_or_default();
        let secret = credentials.values().next().cloned().unwrap_or_default();
        let record = json!({"id": secret, "object": format!("{entity}.{action}")});
        let result = if action == "list" { json!([record]) } else { record };
        Box::pin(async move { Ok(Executed::Json { result, metadata: Value::Null }) })
    }
}
