//! The context store, typed and by names, against the sandbox's platform.
#![cfg(all(feature = "all", feature = "typed"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where they fail")]

use airbyte_agent::core::context_store::{Order, Path, StoreField};
use airbyte_agent::core::{Client, TypedConnector};
use airbyte_agent::serde_json::{Value, json};
use airbyte_agent::stripe::store::CustomersField as Field;
use airbyte_agent::stripe::{StripeConnector, auth};
use airbyte_agent::{ErrorKind, Hosted};
use airbyte_agent_cli::engine::LocalEngine;
use airbyte_agent_sandbox::{CLIENT_ID, CLIENT_SECRET, Sandbox};

async fn sandbox() -> Sandbox {
    let stripe = StripeConnector::description();
    Sandbox::builder().connector(stripe).executor(LocalEngine::new([stripe])).start().await.unwrap()
}

fn stripe(sandbox: &Sandbox) -> StripeConnector {
    let hosted = Hosted::new(CLIENT_ID, CLIENT_SECRET).workspace("default").via(sandbox.url());
    StripeConnector::hosted(hosted).unwrap()
}

#[tokio::test]
async fn a_search_filters_sorts_and_reads_on() {
    let sandbox = sandbox().await;
    let stripe = stripe(&sandbox);
    let search = stripe.customers().context_store_search().limit(40);
    let all = search.clone().sort(Field::Email, Order::Ascending).items().collect().await.unwrap();
    assert!(all.len() > 120, "{}", all.len());
    let emails: Vec<&str> = all.iter().filter_map(|record| record.text(Field::Email)).collect();
    assert!(emails.is_sorted(), "{emails:?}");

    let wanted = emails[7];
    let found = search.clone().filter(Field::Email.eq(wanted)).await.unwrap();
    assert!(!found.data.is_empty());
    assert!(found.data.iter().all(|record| record.text(Field::Email) == Some(wanted)));
    let none = search.clone().filter(Field::Email.eq(wanted).and(!Field::Email.eq(wanted))).await;
    assert!(none.unwrap().data.is_empty());
    let two = [emails[3], emails[9]];
    let some = search.clone().filter(Field::Email.is_in(two)).fields([Field::Email]).await.unwrap();
    assert!(some.data.len() >= 2);
    assert!(some.data[0].fields.keys().all(|name| name == "email"), "{:?}", some.data[0]);

    let rows = stripe
        .customers()
        .context_store_sql_query("SELECT email FROM customers ORDER BY email LIMIT 3")
        .await
        .unwrap();
    let rows: Vec<&str> = rows.data.iter().filter_map(|row| row.text(Field::Email)).collect();
    assert_eq!(rows, emails[..3]);
}

#[tokio::test]
async fn the_same_by_names() {
    let sandbox = sandbox().await;
    let client: Client = stripe(&sandbox).client().clone();
    let ask = |params: Value| client.execute("customers", "context_store_search", params);
    let params = json!({"query": {"sort": [{"email": "asc"}]}, "limit": 50});
    let first = ask(params.clone()).await.unwrap();
    assert_eq!(first.data.as_array().unwrap().len(), 50);
    assert_eq!(first.meta["has_more"], true);
    let second = ask(params.clone()).resume(first.next.unwrap()).await.unwrap();
    assert_ne!(second.data, first.data);

    for (params, word) in [
        (json!({}), "needs 'query'"),
        (json!({"query": {}, "semantic": {"prompt": "x"}}), "not both"),
        (json!({"query": {"filter": {}}}), "leave it out"),
        (json!({"query": {"filter": {"equals": {"email": "x"}}}}), "no operator 'equals'"),
        (json!({"query": {"filter": {"eq": {"emial": "x"}}}}), "did you mean 'email'"),
        (json!({"query": {"filter": {"in": {"email": "x"}}}}), "a list of values"),
        (json!({"query": {"filter": {"or": []}}}), "a list of conditions"),
        (json!({"query": {"sort": [{"email": "up"}]}}), "asc or desc"),
        (json!({"query": {}, "limit": 0}), "above 0"),
        (json!({"query": {}, "page": 2}), "unknown argument 'page'"),
    ] {
        let before = sandbox.requests().len();
        let error = ask(params.clone()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation, "{params}: {error}");
        assert!(error.to_string().contains(word), "{params}: {error}");
        assert_eq!(sandbox.requests().len(), before, "{params} was sent");
    }
    let error = client.execute("balance", "context_store_search", json!({"query": {}})).await;
    assert!(error.unwrap_err().to_string().contains("not in the context store"));
}

#[tokio::test]
async fn a_client_without_a_store_says_how_to_get_one() {
    let local = StripeConnector::local(auth::ApiKey::new("sk_test")).unwrap();
    let error = local.customers().context_store_search().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.to_string().contains("Local::local_store"), "{error}");
    let error = local.execute("customers", "context_store_search", json!({"query": {}})).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Usage);
}

#[test]
fn every_operator_has_its_form() {
    let field = Path("a.b");
    for (filter, expected) in [
        (field.eq(1), json!({"eq": {"a.b": 1}})),
        (field.neq("x"), json!({"neq": {"a.b": "x"}})),
        (field.gt(1), json!({"gt": {"a.b": 1}})),
        (field.gte(1), json!({"gte": {"a.b": 1}})),
        (field.lt(1), json!({"lt": {"a.b": 1}})),
        (field.lte(1.5), json!({"lte": {"a.b": 1.5}})),
        (field.is_in([1, 2]), json!({"in": {"a.b": [1, 2]}})),
        (field.starts_with("x"), json!({"startswith": {"a.b": "x"}})),
        (field.ends_with("x"), json!({"endswith": {"a.b": "x"}})),
        (field.contains("x"), json!({"contains": {"a.b": "x"}})),
        (field.array_contains(7), json!({"array_contains": {"a.b": 7}})),
        (field.fuzzy("jon smith"), json!({"fuzzy": {"a.b": "jon smith"}})),
        (field.keyword("x"), json!({"keyword": {"a.b": "x"}})),
        (field.any(Path("sku").eq("A1")), json!({"any": {"a.b": {"eq": {"sku": "A1"}}}})),
        (!field.eq(1), json!({"not": {"eq": {"a.b": 1}}})),
        (
            field.eq(1).or(field.eq(2)).or(field.eq(3)),
            json!({"or": [{"eq": {"a.b": 1}}, {"eq": {"a.b": 2}}, {"eq": {"a.b": 3}}]}),
        ),
    ] {
        assert_eq!(filter.to_json(), expected);
    }
}
