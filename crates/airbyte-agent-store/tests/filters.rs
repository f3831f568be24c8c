//! Searches by filter, order, fields and cursor, as the context store has them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where they fail")]

mod common;

use airbyte_agent_store::{QueryLimits, SearchPage, Store, Table, TableSpec};
use common::write;
use serde_json::{Map, Value, json};

fn deals() -> (Store, Table) {
    let store = common::store();
    let spec = TableSpec::new("acme", "deals").key(["id"]).schema(json!({"properties": {
        "id": {"type": "integer"},
        "name": {"type": ["string", "null"]},
        "amount": {"type": "number"},
        "won": {"type": "boolean"},
        "closed": {"type": "string", "format": "date-time"},
        "tags": {"type": "array"},
        "owner": {"type": "object"},
        "lines": {"type": "array"},
    }}));
    let table = store.declare(&spec).unwrap();
    write(
        &store,
        &table,
        &[
            json!({"id": 1, "name": "Jon Smith & Sons", "amount": 100, "won": true, "closed": "2024-01-05T10:00:00Z",
               "tags": ["new", 7], "owner": {"name": "Ann", "team": {"id": 5}}, "lines": [{"sku": "A1", "count": 3}]}),
            json!({"id": 2, "name": "Müller, Erika", "amount": 99.5, "won": false, "closed": "2024-01-05T12:30:00+02:00",
               "tags": [], "owner": {"name": "Bob"}, "lines": [{"sku": "A1", "count": 1}, {"sku": "B2", "count": 9}]}),
            json!({"id": 3, "name": "Smithers Ltd.", "amount": 250, "closed": "2024-02-01T00:00:00.5Z",
               "tags": ["old"], "owner": null, "lines": [], "extra": {"rank": "low"}}),
            json!({"id": 4, "name": null, "amount": null, "won": null}),
            json!({"id": 5, "name": "100% sure_thing", "amount": "n/a", "won": true}),
        ],
    );
    (store, table)
}

fn search(store: &Store, table: &Table, arguments: Value) -> Result<SearchPage, String> {
    let Value::Object(arguments) = arguments else { panic!("no object") };
    store.search(table, &[], &arguments, &QueryLimits::default()).map_err(|error| error.to_string())
}

fn ids(page: &SearchPage) -> Vec<i64> {
    page.data.iter().map(|record| record["id"].as_i64().unwrap()).collect()
}

#[test]
fn operators_find_what_they_say() {
    let (store, table) = deals();
    for (filter, expected) in [
        (json!({"eq": {"id": 1}}), vec![1]),
        (json!({"eq": {"id": "1"}}), vec![1]),
        (json!({"eq": {"amount": 99.5}}), vec![2]),
        (json!({"eq": {"won": true}}), vec![1, 5]),
        (json!({"eq": {"name": null}}), vec![4]),
        (json!({"eq": {"owner.name": "Ann"}}), vec![1]),
        (json!({"eq": {"owner.team.id": 5}}), vec![1]),
        (json!({"eq": {"closed": "2024-01-05T10:30:00Z"}}), vec![2]),
        (json!({"eq": {"closed": "2024-01-05T12:30:00+02:00"}}), vec![2]),
        (json!({"neq": {"won": true}}), vec![2, 3, 4]),
        (json!({"neq": {"name": null}}), vec![1, 2, 3, 5]),
        (json!({"gt": {"amount": 99.5}}), vec![1, 3]),
        (json!({"gte": {"amount": 99.5}}), vec![1, 2, 3]),
        (json!({"lt": {"amount": 100}}), vec![2]),
        (json!({"lte": {"id": 2}}), vec![1, 2]),
        (json!({"gt": {"closed": "2024-01-05T10:15:00Z"}}), vec![2, 3]),
        (json!({"gte": {"closed": "2024-02-01"}}), vec![3]),
        (json!({"lt": {"closed": "2024-02-01T00:00:01Z"}}), vec![1, 2, 3]),
        (json!({"in": {"id": [1, 3, 99]}}), vec![1, 3]),
        (json!({"in": {"id": []}}), vec![]),
        (json!({"in": {"amount": [250, "n/a"]}}), vec![3, 5]),
        (json!({"startswith": {"name": "Smith"}}), vec![3]),
        (json!({"startswith": {"name": "smith"}}), vec![]),
        (json!({"endswith": {"name": "Ltd."}}), vec![3]),
        (json!({"contains": {"name": "smith"}}), vec![1, 3]),
        (json!({"contains": {"name": "MÜLLER"}}), vec![2]),
        (json!({"contains": {"name": "100% s"}}), vec![5]),
        (json!({"like": {"name": "%smith%"}}), vec![1, 3]),
        (json!({"like": {"name": "_on %"}}), vec![1]),
        (json!({"array_contains": {"tags": "new"}}), vec![1]),
        (json!({"array_contains": {"tags": 7}}), vec![1]),
        (json!({"contains": {"tags": "new"}}), vec![]),
        (json!({"fuzzy": {"name": "smith jon"}}), vec![1]),
        (json!({"fuzzy": {"name": "smiht"}}), vec![1]),
        (json!({"fuzzy": {"name": "erika muller"}}), vec![2]),
        (json!({"fuzzy": {"name": "SMITH"}}), vec![1, 3]),
        (json!({"fuzzy": {"owner": "ann"}}), vec![1]),
        (json!({"keyword": {"name": "smith"}}), vec![1]),
        (json!({"keyword": {"name": "sons jon"}}), vec![1]),
        (json!({"keyword": {"tags": "old"}}), vec![3]),
        (json!({"keyword": {"name": "&"}}), vec![]),
        (json!({"any": {"lines": {"eq": {"sku": "A1"}}}}), vec![1, 2]),
        (json!({"any": {"lines": {"eq": {"sku": "A1"}, "gt": {"count": 2}}}}), vec![1]),
        (json!({"any": {"lines": {"not": {"eq": {"sku": "A1"}}}}}), vec![2]),
        (json!({"and": [{"eq": {"won": true}}, {"gt": {"amount": 1}}]}), vec![1]),
        (json!({"or": [{"eq": {"id": 4}}, {"eq": {"id": 5}}]}), vec![4, 5]),
        (json!({"not": {"in": {"id": [1, 2]}}}), vec![3, 4, 5]),
        (json!({"not": {"gt": {"amount": 1}}}), vec![4, 5]),
        (json!({"eq": {"won": true, "id": 5}}), vec![5]),
        (json!({"gt": {"id": 1}, "lt": {"id": 4}}), vec![2, 3]),
        (
            json!({"or": [{"fuzzy": {"name": "jon smith"}}, {"and": [{"gte": {"amount": 100}}, {"not": {"in": {"id": [1]}}}]}]}),
            vec![1, 3],
        ),
    ] {
        let page = search(&store, &table, json!({"query": {"filter": filter}}));
        assert_eq!(page.as_ref().map(ids), Ok(expected), "{filter}");
    }
}

#[test]
fn wrong_searches_are_told_with_what_would_be_right() {
    let (store, table) = deals();
    for (arguments, expected) in [
        (json!({}), "a search needs 'query'; {} means all"),
        (json!({"query": []}), "'query' must be an object such as"),
        (json!({"query": {}, "limt": 5}), "unknown argument 'limt', did you mean 'limit'?"),
        (json!({"query": {}, "limit": 0}), "'limit' must be a whole number above 0, got 0"),
        (json!({"query": {"filter": {}}}), "'query.filter' must be a condition such as"),
        (
            json!({"query": {"filter": {"equals": {"id": 1}}}}),
            "'query.filter.equals': there is no operator 'equals', did you mean 'eq'?; there are eq, neq",
        ),
        (
            json!({"query": {"filter": {"eq": {"nme": 1}}}}),
            "'deals' has no field 'nme', did you mean 'name'?",
        ),
        (
            json!({"query": {"filter": {"eq": 5}}}),
            "'query.filter.eq' must be an object of fields and values",
        ),
        (
            json!({"query": {"filter": {"in": {"id": 5}}}}),
            "'query.filter.in.id' must be a list of values",
        ),
        (
            json!({"query": {"filter": {"gt": {"id": [5]}}}}),
            "'query.filter.gt.id' must be a text, a number or a boolean, got [5]",
        ),
        (
            json!({"query": {"filter": {"and": {}}}}),
            "'query.filter.and' must be a list of conditions",
        ),
        (
            json!({"query": {"filter": {"and": [{"not": {"or": []}}]}}}),
            "'query.filter.and[0].not.or' must be a list of conditions",
        ),
        (json!({"query": {"sort": {"id": "asc"}}}), "'query.sort' must be a list such as"),
        (
            json!({"query": {"sort": [{"id": "up"}]}}),
            "'query.sort.id' must be asc or desc, got \"up\"",
        ),
        (json!({"query": {}, "fields": "id"}), "'fields' must be a list of names"),
        (
            json!({"query": {}, "fields": ["nam"]}),
            "'deals' has no field 'nam', did you mean 'name'?",
        ),
        (
            json!({"query": {}, "cursor": "x"}),
            "'cursor' must be the text that came with the page before",
        ),
        (json!({"semantic": {"prompt": "x"}}), "'semantic' needs the hosted platform"),
    ] {
        let error = search(&store, &table, arguments.clone()).unwrap_err();
        assert!(error.starts_with(expected), "{arguments}: {error}");
    }
    let mut nested = json!({"eq": {"id": 1}});
    for _ in 0..40 {
        nested = json!({"not": nested});
    }
    let error = search(&store, &table, json!({"query": {"filter": nested}})).unwrap_err();
    assert!(error.ends_with("is nested too deeply"), "{error}");
}

#[test]
fn fields_select_members_with_their_places() {
    let (store, table) = deals();
    let page = search(
        &store,
        &table,
        json!({
            "query": {"filter": {"eq": {"id": 1}}},
            "fields": ["id", "owner.team.id", ["owner", "name"], "lines"],
        }),
    );
    assert_eq!(
        page.unwrap().data,
        [
            json!({"id": 1, "owner": {"team": {"id": 5}, "name": "Ann"}, "lines": [{"sku": "A1", "count": 3}]})
        ]
    );
}

#[test]
fn pages_follow_each_other_without_gaps_in_any_order() {
    let (store, table) = deals();
    // A text in a column of numbers is greater than all numbers in SQLite, and like no value in Postgres.
    let (ascending, descending) = if common::is_postgres() {
        (vec![2, 1, 3, 4, 5], vec![3, 1, 2, 4, 5])
    } else {
        (vec![2, 1, 3, 5, 4], vec![5, 3, 1, 2, 4])
    };
    for (sort, expected) in [
        (json!([]), vec![1, 2, 3, 4, 5]),
        (json!([{"amount": "asc"}]), ascending),
        (json!([{"amount": "desc"}]), descending),
        (json!([{"won": "desc"}, {"id": "desc"}]), vec![5, 1, 2, 4, 3]),
        (json!([{"owner.name": "desc"}]), vec![2, 1, 3, 4, 5]),
        (json!([{"closed": "desc"}]), vec![3, 2, 1, 4, 5]),
    ] {
        for limit in 1..6 {
            let mut found = Vec::new();
            let mut cursor = Value::Null;
            loop {
                let arguments = json!({"query": {"sort": sort}, "limit": limit, "cursor": cursor});
                let page = search(&store, &table, arguments).unwrap();
                found.extend(ids(&page));
                assert_eq!(page.has_more, page.cursor.is_some());
                let Some(next) = page.cursor else { break };
                cursor = next.into();
            }
            assert_eq!(found, expected, "{sort} by {limit}");
        }
    }
    let page = search(&store, &table, json!({"query": {}, "limit": 1})).unwrap();
    let other = json!({"query": {"sort": [{"id": "asc"}]}, "cursor": page.cursor});
    let error = search(&store, &table, other).unwrap_err();
    assert!(error.starts_with("'cursor' belongs to another search"), "{error}");
}

#[test]
fn a_search_looks_at_the_accounts_that_it_names() {
    let (store, table) = deals();
    let other = [json!({"id": 1, "name": "other"})];
    let page = airbyte_agent_store::Page { records: &other, ..Default::default() };
    store.write_page(&table, "other", page).unwrap();
    for (accounts, expected) in
        [(vec![], 2), (vec!["other"], 1), (vec!["none"], 0), (vec!["none", "default"], 1)]
    {
        let arguments =
            Map::from_iter([("query".to_owned(), json!({"filter": {"eq": {"id": 1}}}))]);
        let page = store.search(&table, &accounts, &arguments, &QueryLimits::default()).unwrap();
        assert_eq!(page.data.len(), expected, "{accounts:?}");
    }
}
