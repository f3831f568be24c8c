//! Arguments of lists as columns: those of parents, and those that say which part of an account is listed.

use airbyte_agent_core::Description;
use airbyte_agent_sync::live;
use serde_json::{Map, Value, json};

use super::{One, ask, options, sorted, store};
use crate::vendor::{Office, Vendor, connector};

/// Two sites whose cabinets have the same names.
fn add_cabinets(vendor: &Vendor) {
    for (site, width) in [("north", 1), ("south", 2)] {
        for cabinet in ["back", "front", "garden", "roof"] {
            let record = json!({"site": site, "name": cabinet, "width": width});
            vendor.put("cabinets", &format!("{site} {cabinet}"), record);
        }
    }
    vendor.put("projects", "p9", json!({"name": "north"}));
}

#[tokio::test]
async fn conditions_on_the_arguments_of_lists_make_the_calls() {
    let vendor = Vendor::new();
    add_cabinets(&vendor);
    let clients = One { description: Description::from(connector()), client: vendor.client() };
    for (sql, calls, expected) in [
        (
            "SELECT name, site FROM office_cabinets WHERE site = 'north' AND name < 'g'",
            2,
            json!([["back", "north"], ["front", "north"]]),
        ),
        (
            "SELECT site, count(*), sum(width) FROM office_cabinets WHERE site IN ('north', 'south') GROUP BY 1",
            4,
            json!([["north", 4, 4], ["south", 4, 8]]),
        ),
        (
            "SELECT d.name FROM office_projects p JOIN office_cabinets d ON d.site = p.name
             WHERE p.id = 'p9' AND d.name = 'roof'",
            2 + 2,
            json!([["roof"]]),
        ),
        ("SELECT count(*) FROM office_cabinets WHERE site = 'none'", 1, json!([[0]])),
        (
            "SELECT d.name FROM office.cabinets d WHERE site = 'south' AND name = 'back'",
            2,
            json!([["back"]]),
        ),
        // The argument that comes from a parent.
        ("SELECT id FROM office_tasks WHERE project_id = 'p1' AND id = 't13'", 3, json!([["t13"]])),
    ] {
        vendor.calls();
        let answer = ask(&store(), &clients, sql).await;
        let rows: Vec<Vec<Value>> = answer.rows.as_ref().unwrap().rows.clone();
        let mut rows = json!(rows);
        rows.as_array_mut().unwrap().sort_by_key(Value::to_string);
        assert_eq!(rows, expected, "{sql}: {:#?}", sorted(answer.rows.as_ref().unwrap()));
        assert_eq!(vendor.calls().len(), calls, "{sql}: {:#?}", answer.report);
    }
    for (sql, expected) in [
        (
            "SELECT count(*) FROM office_cabinets",
            "it needs an argument: -p site=…; in a query, a condition",
        ),
        ("SELECT name FROM office_cabinets LIMIT 1", "add the condition site = '…'"),
        (
            "SELECT name FROM office.cabinet",
            "there is no table 'office_cabinet', did you mean 'office_cabinets'",
        ),
    ] {
        let error = live::run(store(), &clients, sql, &options()).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(vendor.calls().is_empty(), "{sql}");
    }
}

#[tokio::test]
async fn parts_of_an_account_stay_beside_each_other_in_the_store() {
    let office = Office::new();
    add_cabinets(&office.vendor);
    for site in ["north", "south", "north"] {
        let arguments = Map::from_iter([("site".to_owned(), json!(site))]);
        let mut options = airbyte_agent_sync::Options::default();
        options.arguments = arguments;
        let report = office.sync_with(options, &["cabinets"]).await;
        assert!(report.error().is_none(), "{report:#?}");
    }
    let rows = office.rows("cabinets");
    assert_eq!(rows.len(), 8);
    assert_eq!(rows[0], json!({"name": "back", "width": 1, "_parent": {"site": "north"}}));
    let table = office.store.table("office", "cabinets").unwrap().unwrap();
    let columns: Vec<&str> =
        table.columns().iter().map(airbyte_agent_store::Column::field).collect();
    assert_eq!(columns, ["name", "width", "_parent", "site"]);
    let clients =
        One { description: Description::from(connector()), client: office.vendor.client() };
    let found =
        ask(&office.store, &clients, "SELECT sum(width) FROM office_cabinets WHERE site = 'south'");
    assert_eq!(found.await.rows.unwrap().rows, [[json!(8)]]);
}
