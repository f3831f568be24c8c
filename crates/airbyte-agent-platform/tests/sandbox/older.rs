//! Servers of older generations: every way of speaking reaches the same connector.

use airbyte_agent_core::hosted::{Generation, NewConnector, Session};
use airbyte_agent_core::{Client, Hosted, TypedConnector as _};
use airbyte_agent_sandbox::{CLIENT_ID, CLIENT_SECRET};
use airbyte_agent_stripe::StripeConnector;
use serde_json::json;

use crate::stage::stage;

#[tokio::test]
async fn every_generation_makes_a_connector_finds_it_and_runs_it() {
    let stage = stage().await;
    for (number, generation) in
        [Generation::Instances, Generation::Sources, Generation::ExternalUsers, Generation::Current]
            .into_iter()
            .enumerate()
    {
        let tenant = format!("tenant-{number}");
        let hosted = Hosted::new(CLIENT_ID, CLIENT_SECRET)
            .base_url(stage.sandbox.url())
            .external_user_id(&tenant)
            .generation(generation);
        let session = Session::new(hosted).unwrap();
        let mut new = NewConnector::default();
        new.name = Some("billing".to_owned());
        match generation {
            Generation::Sources => new.connector_type = Some("stripe".to_owned()),
            _ => new.definition_id = Some(StripeConnector::DEFINITION_ID.to_owned()),
        }
        new.credentials.insert("api_key".to_owned(), json!(format!("sk-{number}")));
        new.replication_config.insert("account_id".to_owned(), json!("acct_1"));
        let id = match generation {
            // Its way of creating knows no settings, without which this kind cannot be.
            Generation::Instances => {
                stage.platform.session().create_connector(&tenant, &new).await.unwrap()
            }
            _ => session.create_connector(&tenant, &new).await.unwrap(),
        };
        let client = Client::within(StripeConnector::description(), &session, None);
        let stripe = StripeConnector::from_client(client);
        let page = stripe.customers().list().await.unwrap();
        assert_eq!(page.data[0].id, Some(format!("sk-{number}")), "{generation:?}");
        // The same to a client of today.
        let listed = stage.platform.workspace(&tenant).connectors().await.unwrap();
        assert_eq!(listed.len(), 1, "{generation:?}");
        assert_eq!(listed[0].id, id);
    }
}
