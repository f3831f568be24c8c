//! Queries and searches that try to see more than their view shows.

use airbyte_agent_store::{Error, Find, Page, QueryLimits, Store, TableSpec, View};
use serde_json::{Value, json};

use crate::common::{issues, query, write};

/// Contacts of two accounts, a table that is not seen at all, and a view of the contacts of `work` without their phone
/// numbers.
fn seen_in_part() -> (Store, [View; 1]) {
    let store = crate::common::store();
    let contacts = TableSpec::new("crm", "contacts").key(["id"]).schema(json!({"properties": {
        "id": {"type": "string"}, "name": {"type": "string"}, "phone": {"type": "string"},
        "owner": {"type": "object"}, "tags": {"type": "array"},
    }}));
    let contacts = store.declare(&contacts).unwrap();
    let contact = |id: &str, name: &str| {
        json!({"id": id, "name": name, "phone": format!("555-{id}"), "tags": ["a"], "note": "n",
               "owner": {"name": "Ann", "phone": "777", "more": [{"phone": "888", "x": 1}]}})
    };
    for (account, records) in [
        ("work", [contact("w1", "Wanda"), contact("w2", "Willi")]),
        ("home", [contact("h1", "Hidden"), contact("h2", "{")]),
    ] {
        let page = Page { records: &records, ..Page::default() };
        store.write_page(&contacts, account, page).unwrap();
    }
    let payroll = store.declare(&issues()).unwrap();
    write(&store, &payroll, &[json!({"id": 1, "title": "salaries", "state": "open"})]);
    let view = View::new("crm", "contacts").accounts(["work"]);
    let withheld = ["phone", "owner.phone", "owner.more.phone"];
    (store, [view.withholding(withheld)])
}

#[test]
fn a_view_shows_what_is_in_it() {
    // What Postgres is asked in its own words is in the test `postgres`.
    if crate::common::is_postgres() {
        return;
    }
    let (store, views) = seen_in_part();
    let limits = QueryLimits::default();
    for (sql, expected) in [
        ("SELECT id FROM crm_contacts ORDER BY id", json!([["w1"], ["w2"]])),
        ("SELECT count(*) FROM crm_contacts", json!([[2]])),
        ("SELECT name AS phone FROM crm_contacts WHERE id = 'w1'", json!([["Wanda"]])),
        ("SELECT owner FROM crm_contacts LIMIT 1", json!([[r#"{"name":"Ann","more":[{"x":1}]}"#]])),
        (
            "WITH c AS (SELECT * FROM crm_contacts) SELECT _record FROM c WHERE _key = 'w2'",
            json!([[
                r#"{"id":"w2","name":"Willi","tags":["a"],"note":"n","owner":{"name":"Ann","more":[{"x":1}]}}"#
            ]]),
        ),
        ("SELECT count(*) FROM crm_contacts a JOIN CRM_Contacts b USING (id)", json!([[2]])),
        ("SELECT t.value FROM crm_contacts, json_each(tags) t LIMIT 1", json!([["a"]])),
        ("SELECT DISTINCT _account FROM crm_contacts", json!([["work"]])),
        ("SELECT 'github_issues', 'main.x'", json!([["github_issues", "main.x"]])),
    ] {
        let rows = store.query_views(sql, &views, &limits);
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert_eq!(json!(rows.rows), expected, "{sql}");
    }
    let all = store.query_views("SELECT * FROM crm_contacts LIMIT 1", &views, &limits).unwrap();
    let names: Vec<&str> = all.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["id", "name", "owner", "tags", "_account", "_key", "_synced_at", "_record"]);
    assert_eq!(all.views, ["crm_contacts"]);
    // Nothing of it stays for others.
    assert_eq!(
        query(&store, "SELECT count(*), max(phone) FROM crm_contacts"),
        [[json!(4), json!("555-w2")]]
    );
    let table = TableSpec::new("crm", "apps").key(["id"]).schema(json!({"properties": {
        "id": {"type": "integer"}, "client_secret": {"type": "string"},
        "has_password": {"type": "boolean"}, "app": {"type": "object"},
    }}));
    let table = store.declare(&table).unwrap();
    let app = json!({"id": 1, "client_secret": "s", "has_password": true, "more": {"apiKey": "k"},
                     "app": {"name": "n", "access_token": "t"}});
    write(&store, &table, &[app]);
    let apps = [View::new("crm", "apps").accounts(["default"]).hiding_secrets(true)];
    let rows = store.query_views("SELECT * FROM crm_apps", &apps, &limits).unwrap();
    let shown = json!(rows).to_string();
    assert!(shown.contains("has_password") && shown.contains(r#"{\"name\":\"n\"}"#), "{shown}");
    for secret in ["client_secret", "apiKey", "access_token"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert_eq!(store.find("t", &Find::default().views(apps.to_vec())).unwrap().hits, []);
    let key = [View::new("crm", "contacts").named("people").accounts(["work"]).withholding(["id"])];
    let error = store.query_views("SELECT _key FROM people", &key, &limits).unwrap_err();
    assert!(error.to_string().contains("there is no column '_key'"), "{error}");
}

#[test]
fn what_a_view_does_not_show_does_not_exist() {
    // What Postgres is asked in its own words is in the test `postgres`.
    if crate::common::is_postgres() {
        return;
    }
    let (store, views) = seen_in_part();
    // The last ones would tell by an error which values other accounts have.
    for sql in [
        "SELECT phone FROM crm_contacts",
        "SELECT crm_contacts.phone FROM crm_contacts",
        "SELECT c.\"phone\" FROM crm_contacts AS c",
        "SELECT 1 FROM crm_contacts WHERE phone LIKE '555%'",
        "SELECT id FROM crm_contacts ORDER BY phone",
        "SELECT count(*) FROM crm_contacts GROUP BY phone",
        "SELECT x FROM (SELECT phone AS x FROM crm_contacts)",
        "SELECT a.id FROM crm_contacts a JOIN crm_contacts b USING (phone)",
        "SELECT c3 FROM crm_contacts",
        "SELECT _rest FROM crm_contacts",
        "SELECT _shape FROM crm_contacts",
        "SELECT rowid FROM crm_contacts",
        "SELECT * FROM main.crm_contacts",
        "SELECT count(*) FROM main.crm_contacts",
        "SELECT count(*) FROM \"main\".crm_contacts",
        "SELECT count(*) FROM [MAIN] . crm_contacts",
        "SELECT count(*) FROM 'main'.crm_contacts",
        "SELECT count(*) FROM main/**/.crm_contacts",
        "SELECT * FROM github_issues",
        "SELECT count(*) FROM github_issues",
        "SELECT count(*) FROM \"GITHUB_ISSUES\"",
        "SELECT count(*) FROM 'github_issues'",
        "SELECT count(*) FROM crm_contacts, [github_issues]",
        "SELECT 1 IN github_issues",
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM github_issues)",
        "WITH crm_contacts AS (SELECT * FROM github_issues) SELECT * FROM crm_contacts",
        "SELECT * FROM _rows_1",
        "SELECT count(*) FROM _rows_1",
        "SELECT count(*) FROM \u{feff}_rows_1",
        "WITH crm_contacts AS (SELECT * FROM \u{feff}_rows_1) SELECT * FROM crm_contacts",
        "WITH crm_contacts AS (SELECT * FROM '_rows_1') SELECT * FROM crm_contacts",
        "WITH c AS (SELECT * FROM `_ROWS_1`) SELECT * FROM c",
        "SELECT * FROM crm_contacts NATURAL LEFT JOIN _rows_1",
        "SELECT * FROM _text",
        "SELECT * FROM _text('salaries')",
        "SELECT count(*) FROM _text_data",
        "SELECT count(*) FROM \"_text_content\"",
        "SELECT word FROM _words",
        "SELECT * FROM _changes",
        "SELECT account FROM _accounts",
        "SELECT * FROM sqlite_schema",
        "SELECT * FROM sqlite_temp_schema",
        "SELECT count(*) FROM sqlite_temp_master",
        "SELECT * FROM temp.sqlite_master",
        "SELECT * FROM pragma_table_info('_rows_1')",
        "SELECT * FROM pragma_table_list",
        "SELECT * FROM dbstat",
        "EXPLAIN SELECT * FROM crm_contacts",
        "EXPLAIN QUERY PLAN SELECT * FROM crm_contacts",
        "SELECT * FROM crm_contacts UNION SELECT * FROM github_issues",
    ] {
        match store.query_views(sql, &views, &QueryLimits::default()) {
            Err(Error::Query(error)) => {
                let message = error.to_string();
                for secret in ["salaries", "555", "777", "Hidden", "github_issues?", "phone'?"] {
                    assert!(!message.contains(secret), "{sql}: {message}");
                }
            }
            other => panic!("{sql}: {other:?}"),
        }
    }
    for sql in [
        "SELECT count(*) FROM crm_contacts WHERE json_valid(json(CASE name WHEN '{' THEN name ELSE '1' END))",
        "SELECT count(*) FROM (SELECT * FROM crm_contacts) WHERE json(CASE name WHEN '{' THEN name ELSE '1' END) = '1'",
        "SELECT count(*) FROM crm_contacts a JOIN crm_contacts b ON json(CASE a.name WHEN '{' THEN a.name ELSE '1' END) = '1' AND a.id = b.id",
    ] {
        let rows = store.query_views(sql, &views, &QueryLimits::default());
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}")).rows;
        assert_eq!(rows, [[json!(2)]], "{sql}");
    }
    let none = store.query_views("SELECT 1 FROM crm_contacts", &[], &QueryLimits::default());
    assert!(none.unwrap_err().to_string().contains("there is no table 'crm_contacts'"));
}

#[test]
fn searches_in_a_view_find_nothing_by_what_it_withholds() {
    let (store, views) = seen_in_part();
    let search = |query: Value| {
        let arguments = json!({"query": query});
        store.search_view(&views[0], arguments.as_object().unwrap(), &QueryLimits::default())
    };
    let page = search(json!({"sort": [{"id": "desc"}]})).unwrap();
    assert_eq!(page.data.len(), 2);
    assert_eq!(
        page.data[0],
        json!({"id": "w2", "name": "Willi", "tags": ["a"], "note": "n",
               "owner": {"name": "Ann", "more": [{"x": 1}]}})
    );
    for filter in [
        json!({"eq": {"owner": {"name": "Ann", "phone": "777", "more": [{"phone": "888", "x": 1}]}}}),
        json!({"contains": {"owner": "777"}}),
        json!({"any": {"owner.more": {"eq": {"phone": "888"}}}}),
    ] {
        assert_eq!(
            search(json!({"filter": filter})).unwrap().data,
            Vec::<Value>::new(),
            "{filter}"
        );
    }
    let same = json!({"eq": {"owner": {"name": "Ann", "more": [{"x": 1}]}}});
    assert_eq!(search(json!({"filter": same})).unwrap().data.len(), 2);
    for query in [
        json!({"filter": {"eq": {"phone": "555-w1"}}}),
        json!({"filter": {"eq": {"owner.phone": "777"}}}),
        json!({"filter": {"not": {"startswith": {"owner.phone": "7"}}}}),
        json!({"sort": [{"phone": "asc"}]}),
        json!({"sort": [{"owner.phone": "asc"}]}),
    ] {
        let error = search(query.clone()).unwrap_err().to_string();
        assert!(error.contains("has no field"), "{query}: {error}");
    }
    let find = |text: &str| {
        let find = Find::default().views(views.to_vec());
        store.find(text, &find).unwrap().hits
    };
    assert_eq!(find("ann").len(), 2);
    for (text, why) in [
        ("777", "inside a field"),
        ("555", "a whole field"),
        ("hidden", "another account"),
        ("salaries", "another table"),
    ] {
        assert_eq!(find(text), [], "{text}: {why}");
    }
    // What is withheld does not count, as if the record did not have it.
    assert_eq!(find("wanda 777"), find("wanda 123"));
    assert_eq!(find("wanda hidden"), find("wanda nobody"));
    let hit = &find("wanda 777 888")[0];
    assert!(!json!(hit).to_string().contains("777"), "{hit:?}");
}
