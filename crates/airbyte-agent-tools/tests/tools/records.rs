//! Tools over the store see what the policy permits, and say how old it is.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use airbyte_agent_engine::local_store::{
    Freshness, Hit, Hits, Limits, LocalStore, Rows, SearchPage, Table, View,
};
use airbyte_agent_engine::{BoxFuture, Result};
use airbyte_agent_tools::{Policy, Toolset};
use serde_json::{Map, Value, json};

use crate::library::{EXPOSURES, client};

/// A store that remembers which views it was asked for.
#[derive(Debug, Default)]
struct Fake {
    requested: Mutex<Vec<View>>,
    /// The cursor of the last search.
    cursor: Mutex<Option<Value>>,
}

impl Fake {
    fn remember(&self, views: &[View]) {
        *self.requested.lock().unwrap() = views.to_vec();
    }

    /// Name, accounts and withheld fields of each view that was asked for.
    fn views(&self) -> Vec<String> {
        let requested = self.requested.lock().unwrap();
        let text = |view: &View| {
            assert!(view.hides_secrets);
            format!(
                "{} of {} without {}",
                view.name,
                view.accounts.join("+"),
                view.withheld.join("+")
            )
        };
        requested.iter().map(text).collect()
    }
}

impl LocalStore for Fake {
    fn tables<'a>(&'a self, _: Option<&'a str>) -> BoxFuture<'a, Result<Vec<Table>>> {
        let table = |connector: &str, entity: &str, accounts: &[&str]| {
            let mut table = Table::new(format!("{connector}_{entity}"), connector, entity);
            let accounts = accounts.iter().map(|name| {
                let mut freshness = Freshness::default();
                (freshness.account, freshness.rows) = ((*name).to_owned(), 7);
                freshness.age = Some(Duration::from_secs(3 * 3_600));
                freshness.synced_at = Some("2026-01-01T00:00:00Z".to_owned());
                freshness.complete_at = freshness.synced_at.clone().filter(|_| *name != "home");
                freshness
            });
            table.accounts = accounts.collect();
            table
        };
        let all = vec![
            table("library", "books", &["default", "work", "home"]),
            table("library", "loans", &["default"]),
            table("library", "gone", &["default"]),
            table("payroll", "salaries", &["default"]),
        ];
        Box::pin(std::future::ready(Ok(all)))
    }

    fn search<'a>(
        &'a self,
        view: &'a View,
        arguments: &'a Map<String, Value>,
        _: &'a Limits,
    ) -> BoxFuture<'a, Result<SearchPage>> {
        self.remember(std::slice::from_ref(view));
        *self.cursor.lock().unwrap() = arguments.get("cursor").cloned();
        let mut page = SearchPage::default();
        page.records = vec![json!({"id": "1", "title": "Emma"})];
        page.cursor = Some("there".to_owned());
        Box::pin(std::future::ready(Ok(page)))
    }

    fn find<'a>(
        &'a self,
        _: &'a str,
        views: &'a [View],
        _: &'a Limits,
    ) -> BoxFuture<'a, Result<Hits>> {
        self.remember(views);
        let mut hits = Hits::default();
        let mut hit = Hit::default();
        (hit.view, hit.account) = ("library_books".to_owned(), "work".to_owned());
        hit.record = json!({"id": "1", "title": "Em\u{200b}ma"});
        hits.hits = vec![hit];
        hits.has_more = true;
        Box::pin(std::future::ready(Ok(hits)))
    }

    fn query<'a>(
        &'a self,
        _: &'a str,
        views: &'a [View],
        limits: &'a Limits,
    ) -> BoxFuture<'a, Result<Rows>> {
        self.remember(views);
        let mut rows = Rows::default();
        rows.columns = vec!["title".to_owned(), "n".to_owned()];
        rows.rows = (0..limits.rows.min(300)).map(|n| vec![json!("Emma"), json!(n)]).collect();
        rows.is_cut = limits.rows < 300;
        rows.views = vec!["library_books".to_owned()];
        Box::pin(std::future::ready(Ok(rows)))
    }
}

fn toolset(policy: Policy, of_work: Policy) -> (Arc<Fake>, Toolset) {
    let store = Arc::new(Fake::default());
    let client = client("http://127.0.0.1:9");
    let tools = Toolset::empty()
        .local_store(Arc::<Fake>::clone(&store))
        .add("library", client.clone())
        .and_then(|tools| tools.add_with("work", client, of_work))
        .unwrap()
        .policy(policy);
    (store, tools)
}

#[tokio::test]
async fn tables_accounts_and_fields_are_those_of_the_policy() {
    let plain = Policy::default;
    let both = "library_books of default+work without ";
    let loans = "library_loans of default without ";
    for (policy, of_work, expected) in [
        (plain(), plain(), vec![both, loans]),
        (plain().read_only(), plain(), vec![both, loans]),
        (plain().deny("books.list").unwrap(), plain(), vec![loans]),
        (plain().allow("loans.*").unwrap(), plain(), vec![loans]),
        (plain().allow("books.get").unwrap(), plain(), vec![]),
        (plain().allow("other:*.list").unwrap(), plain(), vec![]),
        (
            plain(),
            plain().deny("books.*").unwrap(),
            vec!["library_books of default without ", loans],
        ),
        (
            plain().hide("library:books.title").unwrap(),
            plain().hide("*.isbn").unwrap().hide("other:books.id").unwrap(),
            vec![
                "library_books of default+work without title+title+isbn",
                "library_loans of default without isbn",
            ],
        ),
    ] {
        let (store, tools) = toolset(policy.clone(), of_work);
        let requested = tools.call("sql", json!({"query": "SELECT 1", "max_records": 1})).await;
        assert!(requested.is_ok(), "{requested:?}");
        assert_eq!(store.views(), expected, "{policy:?}");
        let told = tools.call("tables", json!({})).await.unwrap().text;
        for hidden in ["salaries", "gone", "home"] {
            assert!(!told.contains(hidden), "{told}");
        }
        assert_eq!(told.contains("library_books"), expected.iter().any(|v| v.contains("books")));
        let found =
            tools.call("search_records", json!({"query": "x", "table": "library_books"})).await;
        let is_there = expected.iter().any(|view| view.contains("books"));
        assert_eq!(found.is_ok(), is_there, "{policy:?}: {found:?}");
    }
    let (store, tools) = toolset(plain(), plain());
    let tools = tools.stored_as("work", ["home"]);
    tools.call("sql", json!("{\"query\": \"SELECT 1\"}")).await.unwrap();
    assert_eq!(store.views()[0], "library_books of default+home without ");
}

#[tokio::test]
async fn every_answer_says_how_old_it_is_and_what_is_missing() {
    let (_, tools) = toolset(Policy::default(), Policy::default());
    for (tool, arguments, parts) in [
        ("tables", json!({}), vec!["library_books (14 rows of default, work, synced 3 h ago)"]),
        ("tables", json!({"table": "library_loans"}), vec!["library_loans (synced 3 h ago)"]),
        (
            "sql",
            json!({"query": "SELECT 1"}),
            vec!["title\tn\nEmma\t0\n", "more than these 100 rows", "library_books synced 3 h ago"],
        ),
        ("sql", json!({"query": "SELECT 1", "max_records": 300}), vec!["Emma\t299\n", "3 h ago"]),
        (
            "search_records",
            json!({"query": "emma"}),
            vec![
                "\"account\":\"work\"",
                "\"title\":\"Emma\"",
                "There are more",
                "invisible",
                "3 h ago",
            ],
        ),
        (
            "search_records",
            json!({"table": "library_books", "filter": {"eq": {"id": 1}}, "sort": "-id"}),
            vec!["\"next_cursor\":\"there\"", "3 h ago"],
        ),
    ] {
        let text = tools.call(tool, arguments.clone()).await.unwrap().text;
        for part in parts {
            assert!(text.contains(part), "{tool} {arguments}: {part} in {text}");
        }
    }
    let home = tools.stored_as("work", ["home"]);
    let text = home.call("tables", json!({})).await.unwrap().text;
    assert!(text.contains("PARTIAL: records are missing (home)"), "{text}");
}

#[tokio::test]
async fn wrong_calls_are_told_with_what_would_be_right() {
    let (_, tools) = toolset(Policy::default(), Policy::default());
    for (tool, arguments, part) in [
        ("sql", json!({}), "'query' is missing: one SELECT"),
        ("sql", json!({"query": "SELECT 1", "tabel": 1}), "there is no argument 'tabel'"),
        ("search_records", json!({}), "'query' is missing: words"),
        ("search_records", json!({"filter": {"eq": {"id": 1}}}), "'table' must be the one table"),
        (
            "search_records",
            json!({"query": "x", "table": "library_boks"}),
            "did you mean 'library_books'",
        ),
        ("search_records", json!({"query": "x", "filter": {}}), "use {\"fuzzy\""),
        ("tables", json!({"table": "payroll_salaries"}), "there is no table 'payroll_salaries'"),
    ] {
        let error = tools.call(tool, arguments.clone()).await.unwrap_err().to_string();
        assert!(error.contains(part), "{tool} {arguments}: {error}");
    }
}

#[test]
fn the_tools_are_there_with_a_store_only() {
    for exposure in EXPOSURES {
        let (_, tools) = toolset(Policy::default(), Policy::default());
        let tools = tools.exposure(exposure);
        let names: Vec<String> = tools.definitions().into_iter().map(|tool| tool.name).collect();
        assert_eq!(names[names.len() - 3..], ["tables", "sql", "search_records"], "{exposure:?}");
        let without = Toolset::new(client("http://127.0.0.1:9")).exposure(exposure);
        assert!(without.definitions().iter().all(|tool| tool.name != "sql"));
    }
}

#[tokio::test]
async fn a_search_goes_on_by_a_handle_of_its_session() {
    let (store, tools) = toolset(Policy::default(), Policy::default());
    let search = |session: u64, cursor: Option<&str>, short: bool| {
        let mut arguments = json!({"table": "library_books", "filter": {"eq": {"id": 1}}});
        arguments
            .as_object_mut()
            .unwrap()
            .extend(cursor.map(|text| ("cursor".to_owned(), text.into())));
        let plan = tools.plan("search_records", arguments).unwrap().in_session(session);
        if short { plan.short_cursors() } else { plan }
    };
    let output = search(1, None, true).run().await.unwrap();
    let handle = output.structured["meta"]["next_cursor"].as_str().unwrap().to_owned();
    assert!(handle.starts_with('~') && handle.len() == 9, "{handle}");
    assert!(!output.text.contains("there"), "{}", output.text);
    search(1, Some(&handle), true).run().await.unwrap();
    assert_eq!(*store.cursor.lock().unwrap(), Some("there".into()));
    let error = search(2, Some(&handle), true).run().await.unwrap_err();
    assert!(error.to_string().contains("not known here"), "{error}");
    // Without handles, and with the cursor itself, it is as it was.
    let output = search(1, Some("there"), false).run().await.unwrap();
    assert_eq!(output.structured["meta"]["next_cursor"], "there");
}
