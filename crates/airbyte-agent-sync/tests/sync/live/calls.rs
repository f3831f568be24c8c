//! Which calls are made, explained and refused.

use std::time::Duration;

use airbyte_agent_core::Description;
use airbyte_agent_core::description::Action;
use airbyte_agent_store::QueryLimits;
use airbyte_agent_sync::live::{self, Answer, Origin};
use serde_json::{Value, json};

use super::{One, ask, copied, emulated, is_postgres, options, sorted, store, whole};
use crate::vendor::{Vendor, connector};

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_costs_one_call() {
    let stripe = emulated("stripe").await;
    let answer =
        ask(&store(), &stripe.clients, "SELECT id, amount FROM stripe_charges LIMIT 15").await;
    assert_eq!(answer.rows.unwrap().rows.len(), 15);
    assert_eq!((answer.report.calls_made, stripe.sandbox.requests().len()), (1, 1));
    // With an order, all records are needed.
    let sql = "SELECT id FROM stripe_charges ORDER BY amount LIMIT 15";
    let answer = ask(&store(), &stripe.clients, sql).await;
    assert!(answer.report.calls_made > 1);
    let none = ask(&store(), &stripe.clients, "SELECT id FROM stripe_charges LIMIT 0").await;
    assert_eq!(none.report.calls_made, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_whole_is_kept_and_parts_are_not() {
    let stripe = emulated("stripe").await;
    let store = store();
    let part = "SELECT count(*) FROM stripe_invoices WHERE status = 'paid'";
    let first = ask(&store, &stripe.clients, part).await;
    assert_eq!(first.report.tables[0].origin, Origin::Live);
    assert_eq!(whole(&store, "SELECT count(*) FROM stripe_invoices"), ["[0]"]);
    let all = "SELECT count(*) FROM stripe_invoices";
    let second = ask(&store, &stripe.clients, all).await;
    assert_eq!(second.report.tables[0].origin, Origin::Synced);
    assert!(second.report.calls_made > 1);
    for sql in [part, all] {
        let third = ask(&store, &stripe.clients, sql).await;
        assert_eq!((third.report.calls_made, third.report.tables[0].origin), (0, Origin::Store));
        assert_eq!(sorted(third.rows.as_ref().unwrap()), whole(&store, sql));
    }
    // What is too old is read again, for the query only if it needs a part.
    let mut aged = options();
    aged.max_age = Some(Duration::ZERO);
    let again = live::run(store.clone(), &stripe.clients, part, &aged).await.unwrap();
    assert!(again.report.calls_made > 0);
    assert_eq!(sorted(again.rows.as_ref().unwrap()), whole(&store, part));
    aged.offline = true;
    let offline = live::run(store.clone(), &stripe.clients, part, &aged).await.unwrap();
    assert_eq!((offline.report.calls_made, offline.report.warnings.len()), (0, 1));
    let mut other = options();
    other.offline = true;
    let unknown = live::run(store, &stripe.clients, "SELECT 1 FROM stripe_refunds", &other).await;
    assert!(unknown.unwrap_err().to_string().contains("there is no table 'stripe_refunds'"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_budget_is_told() {
    let stripe = emulated("stripe").await;
    let mut few = options();
    few.max_calls = 2;
    let store = store();
    let sql = "SELECT count(*) FROM stripe_charges";
    let error = live::run(store.clone(), &stripe.clients, sql, &few).await.unwrap_err().to_string();
    for expected in [
        "more than the 2 calls",
        "2 pages with 200 records of stripe_charges",
        "charges.list",
        "customer",
        "airbyte-agent sync stripe charges",
    ] {
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(stripe.sandbox.requests().len(), 2);
    // What was read whole is continued, and a part is given out only if the caller asks for it.
    let continued = live::run(store.clone(), &stripe.clients, sql, &few).await.unwrap();
    assert_eq!((continued.report.calls_made, continued.report.is_partial), (1, false));
    few.partial = true;
    let sql = "SELECT count(*) FROM stripe_refunds";
    let partial = live::run(store.clone(), &stripe.clients, sql, &few).await.unwrap();
    assert!(partial.report.is_partial && partial.report.warnings.len() == 1, "{partial:#?}");
    assert_eq!(partial.rows.unwrap().rows, [[json!(200)]]);
    // A filtered list ends alike, and what was read of it is not taken for anything later.
    few.partial = false;
    few.max_calls = 1;
    let sql = "SELECT count(*) FROM stripe_invoices WHERE created >= 5";
    let error = live::run(store.clone(), &stripe.clients, sql, &few).await.unwrap_err().to_string();
    assert!(error.contains("1 pages with 100 records of stripe_invoices"), "{error}");
    let whole_answer = ask(&store, &stripe.clients, sql).await;
    let all = copied(&stripe.clients, &["invoices"]).await;
    assert_eq!(sorted(whole_answer.rows.as_ref().unwrap()), whole(&all, sql));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_explained_is_what_is_called() {
    let stripe = emulated("stripe").await;
    let all = copied(&stripe.clients, &["invoices", "customers"]).await;
    let value = |sql: &str| {
        let rows = all.query(sql, &QueryLimits::default()).unwrap().rows;
        rows[0][0].as_str().unwrap().to_owned()
    };
    let id = value("SELECT id FROM stripe_invoices ORDER BY id LIMIT 1");
    let customer = value("SELECT customer FROM stripe_invoices WHERE customer IS NOT NULL LIMIT 1");
    for (sql, calls) in [
        (format!("SELECT * FROM stripe_invoices WHERE id = '{id}'"), 1),
        (format!("SELECT * FROM stripe_invoices WHERE id IN ('{id}', 'in_none')"), 2),
        (
            format!(
                "SELECT total FROM stripe_invoices WHERE customer = '{customer}' AND status = 'paid'"
            ),
            1,
        ),
        ("SELECT id FROM stripe_invoices LIMIT 3".to_owned(), 1),
        ("SELECT count(*) FROM stripe_invoices WHERE created BETWEEN 1 AND 2".to_owned(), 1),
        ("SELECT count(*) FROM stripe_invoices".to_owned(), 1),
        // Postgres has no empty list.
        ("SELECT 1 FROM stripe_invoices WHERE id IN ()".to_owned(), 0),
    ]
    .into_iter()
    .filter(|(sql, _)| !is_postgres() || !sql.contains("IN ()"))
    {
        let before = stripe.sandbox.requests().len();
        let explained = ask(&store(), &stripe.clients, &format!("EXPLAIN {sql}")).await;
        assert_eq!(stripe.sandbox.requests().len(), before, "{sql}");
        assert!(explained.rows.is_none());
        let made = ask(&store(), &stripe.clients, &sql).await;
        let shown = |answer: &Answer| -> Vec<Value> {
            let calls = answer.report.calls.iter();
            calls
                .map(|call| json!([call.entity, call.action, call.arguments, call.pushed]))
                .collect()
        };
        assert_eq!(shown(&explained), shown(&made), "{sql}");
        assert_eq!(explained.report.calls.len(), calls, "{sql}: {explained:#?}");
        if let Some(pages) =
            explained.report.calls.iter().map(|call| call.pages).sum::<Option<u64>>()
        {
            assert_eq!(pages, made.report.calls_made, "{sql}");
        }
    }
    // Keys that come out of the other side of a join are named by their column.
    let sql = format!(
        "SELECT c.email FROM stripe_invoices i JOIN stripe_customers c ON c.id = i.customer WHERE i.id = '{id}'"
    );
    let explained = ask(&store(), &stripe.clients, &format!("EXPLAIN {sql}")).await;
    let [invoice, of_customer] = explained.report.calls.as_slice() else {
        panic!("{explained:#?}")
    };
    assert_eq!((invoice.action, of_customer.action), (Action::Get, Action::Get));
    assert_eq!(of_customer.for_each.as_deref(), Some("stripe_invoices.customer"));
    let made = ask(&store(), &stripe.clients, &sql).await;
    assert_eq!(made.report.calls_made, 2, "{made:#?}");
    assert_eq!(sorted(made.rows.as_ref().unwrap()), whole(&all, &sql));
}

/// The invented vendor, whose tasks are listed below projects.
fn office() -> (Vendor, One) {
    let vendor = Vendor::new();
    let client = vendor.client();
    (vendor, One { description: Description::from(connector()), client })
}

#[tokio::test]
async fn lists_below_parents_are_read_as_far_as_they_are_named() {
    let (vendor, clients) = office();
    let all = copied(&clients, &["comments", "labels"]).await;
    vendor.calls();
    for (sql, calls) in [
        // The parent is named, by the field of the spec or by the argument of the list.
        ("SELECT id FROM office_tasks WHERE project = 'p1'", 3),
        ("SELECT id FROM office_tasks WHERE _parent ->> '$.project_id' IN ('p1', 'p3')", 6),
        ("SELECT id FROM office_tasks WHERE project = 'p1' AND updated_at >= '2026-01-06'", 1),
        ("SELECT id FROM office_tasks WHERE project = 'none'", 1),
        // The tasks of the project give the lists of comments.
        (
            "SELECT c.id FROM office_comments c JOIN office_tasks t ON t.id = c.task WHERE t.project = 'p0'",
            3 + 7,
        ),
        // Nothing names the parent: all of them are read before.
        ("SELECT id FROM office_tasks WHERE updated_at >= '2026-01-06'", 2 + 4),
        ("SELECT count(*) FROM office_labels", 2 + 4),
    ] {
        let answer = ask(&store(), &clients, sql).await;
        assert_eq!(sorted(answer.rows.as_ref().unwrap()), whole(&all, sql), "{sql}");
        assert_eq!(vendor.calls().len(), calls, "{sql}: {:#?}", answer.report);
        assert_eq!(answer.report.calls_made, calls as u64, "{sql}");
    }
    let limited = ask(&store(), &clients, "SELECT id FROM office_tasks LIMIT 4").await;
    assert_eq!(limited.rows.unwrap().rows.len(), 4);
    assert_eq!(limited.report.calls_made, 2 + 2);
}

#[tokio::test]
async fn what_cannot_be_read_is_explained() {
    let (vendor, clients) = office();
    for (sql, expected) in [
        (
            "SELECT * FROM office_hidden",
            "office.hidden cannot be read as a table: The vendor hides them.",
        ),
        (
            "SELECT * FROM office_found",
            "it needs an argument: -p q=…; in a query, a condition on the column",
        ),
        ("SELECT nonsuch FROM office_projects", "there is no column 'nonsuch'"),
        ("SELEC 1", "line 1, column 1: a query begins with SELECT"),
        ("DELETE FROM office_projects", "a query begins with SELECT"),
        ("SELECT id FROM office_tasks WHERE updated_at >= date('now', '-1 days', 'nonsense')", ""),
    ] {
        let answer = live::run(store(), &clients, sql, &options()).await;
        match answer {
            Err(error) => assert!(error.to_string().contains(expected), "{error}"),
            Ok(_) => assert_eq!(expected, "", "{sql}"),
        }
        assert!(expected.is_empty() || vendor.calls().is_empty(), "{sql}");
    }
}
