//! Queries about what is not in the store, compared with the same queries after everything was copied.

mod calls;
mod queries;
mod scope;

use std::sync::Arc;

use airbyte_agent_core::{BoxFuture, Client, Credentials, Description, Error, Local};
use airbyte_agent_sandbox::{Sandbox, SandboxBuilder};
use airbyte_agent_store::{QueryLimits, Rows, Store};
use airbyte_agent_sync::live::{self, Answer, Clients, Options, Source};
use airbyte_agent_sync::{Pace, Plan, Runner};
use serde_json::{Map, json};

/// Clients of one connector.
pub(crate) struct One {
    pub(crate) description: Description,
    pub(crate) client: Client,
}

impl Clients for One {
    fn connectors(&self) -> Vec<String> {
        vec![self.description.name.to_string()]
    }

    fn description(&self, connector: &str) -> Option<Description> {
        (connector == self.description.name).then(|| self.description.clone())
    }

    fn client<'a>(
        &'a self,
        _: &'a str,
        account: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Source, Error>> {
        let account = account.unwrap_or("default").to_owned();
        let source = Source { client: self.client.clone(), account, pace: Pace::default() };
        Box::pin(async move { Ok(source) })
    }
}

/// A connector whose vendor is emulated.
pub(crate) struct Emulated {
    pub(crate) sandbox: Sandbox,
    pub(crate) clients: One,
}

pub(crate) async fn emulated(slug: &str) -> Emulated {
    emulated_in(slug, |sandbox| sandbox).await
}

/// The same, in a sandbox that `change` makes different.
pub(crate) async fn emulated_in(
    slug: &str,
    change: impl FnOnce(SandboxBuilder) -> SandboxBuilder,
) -> Emulated {
    let path = format!("{}/../../specs/{slug}.yaml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let connector = Arc::new(airbyte_agent_spec::Spec::parse(&text).unwrap().lower().unwrap());
    let sandbox = change(Sandbox::builder().connector(connector.clone())).start().await.unwrap();
    let mut credentials = Credentials::new();
    if let Some(scheme) = connector.auth.first() {
        credentials = credentials.scheme(scheme.name.to_string());
        for field in scheme.fields.iter().filter(|field| field.required) {
            credentials = credentials.field(field.name.to_string(), "sandbox-us1");
        }
    }
    let mut local = Local::new(credentials).via(sandbox.url());
    for variable in connector.variables().into_iter().filter(|v| v.default.is_none()) {
        local = local.config(variable.name.to_string(), "sandbox");
    }
    let client = Client::local(connector.clone(), local).unwrap();
    Emulated { sandbox, clients: One { description: Description::from(connector), client } }
}

pub(crate) use crate::{is_postgres, store};

/// A store with all records of these entities.
pub(crate) async fn copied(clients: &One, entities: &[&str]) -> Arc<Store> {
    let store = store();
    let plan = Plan::new(&clients.description, entities, &Map::new(), clients.client.config());
    let mut options = airbyte_agent_sync::Options::default();
    options.pace = Some(Pace::default());
    let runner = Runner::new(clients.client.clone(), store.clone(), "default").options(options);
    let report = runner.run(&plan.unwrap()).await;
    assert!(report.error().is_none(), "{report:#?}");
    store
}

pub(crate) fn options() -> Options {
    let mut options = Options::default();
    options.max_calls = 5_000;
    options.limits = QueryLimits::default().rows(100_000).bytes(1 << 28);
    options
}

pub(crate) async fn ask(store: &Arc<Store>, clients: &One, sql: &str) -> Answer {
    let answer = live::run(store.clone(), clients, sql, &options()).await;
    answer.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

pub(crate) fn sorted(rows: &Rows) -> Vec<String> {
    let mut all: Vec<String> = rows.rows.iter().map(|row| json!(row).to_string()).collect();
    all.sort_unstable();
    all
}

pub(crate) fn whole(store: &Store, sql: &str) -> Vec<String> {
    let limits = QueryLimits::default().rows(100_000).bytes(1 << 28);
    sorted(&store.query(sql, &limits).unwrap_or_else(|error| panic!("{sql}: {error}")))
}
