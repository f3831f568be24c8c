//! The tools over the store, through the server: answers over several connectors, policies, and what they cost.

use std::collections::BTreeMap;

use airbyte_agent_core::tools::estimate_tokens;
use serde_json::{Value, json};

use super::{Server, names};
use crate::run::{Folder, run};

/// The entities that the questions are about.
const COPIED: [[&str; 2]; 3] =
    [["stripe", "customers"], ["salesforce", "contacts"], ["gong", "users"]];

/// A store with the records of the sandbox.
fn copied(name: &str) -> (Folder, String) {
    let folder = Folder::new(name);
    let store = folder.file("records.db");
    for [connector, entity] in COPIED {
        run(&["sync", connector, entity, "--sandbox", "--store", &store]).succeeded();
    }
    (folder, store)
}

fn text(answer: &Value) -> &str {
    answer["content"][0]["text"].as_str().unwrap_or_default()
}

/// A list of a connector with the fields that a question needs.
type List = (&'static str, &'static str, &'static [&'static str]);

const CUSTOMERS: List = ("stripe", "customers", &["email"]);
const CONTACTS: List = ("salesforce", "contacts", &["Email"]);
const PEOPLE: List = ("gong", "users", &["lastName"]);

/// A question that needs two or more connectors: the lists that answer it by single calls, and the query.
struct Question {
    text: &'static str,
    lists: Vec<List>,
    sql: &'static str,
    /// The answer, worked out of the records of the lists.
    answer: fn(&[Vec<Value>]) -> Value,
}

/// How often each value of a field occurs.
fn counts(records: &[Value], path: &str) -> BTreeMap<String, u64> {
    let mut all = BTreeMap::new();
    for record in records {
        let value = path.split('.').try_fold(record, |value, step| value.get(step));
        if let Some(text) = value.and_then(Value::as_str) {
            *all.entry(text.to_owned()).or_default() += 1;
        }
    }
    all
}

/// Number of pairs of records with the same value.
fn pairs(a: &BTreeMap<String, u64>, b: &BTreeMap<String, u64>) -> u64 {
    a.iter().map(|(value, count)| count * b.get(value).copied().unwrap_or_default()).sum()
}

/// How many values are not among those that are known, each as often as it occurs.
fn unknown(values: &BTreeMap<String, u64>, known: &BTreeMap<String, u64>) -> u64 {
    values.iter().filter(|(value, _)| !known.contains_key(*value)).map(|(_, count)| count).sum()
}

fn questions() -> Vec<Question> {
    let names: List = ("salesforce", "contacts", &["LastName"]);
    let countries: List = ("salesforce", "contacts", &["Email", "MailingCountry"]);
    vec![
        Question {
            text: "How many pairs of customers and contacts share an address?",
            lists: vec![CUSTOMERS, CONTACTS],
            sql: "SELECT count(*) FROM stripe_customers s JOIN salesforce_contacts f ON s.email = f.Email",
            answer: |lists| json!(pairs(&counts(&lists[0], "email"), &counts(&lists[1], "Email"))),
        },
        Question {
            text: "How many customers are no contact?",
            lists: vec![CUSTOMERS, CONTACTS],
            sql: "SELECT count(*) FROM stripe_customers WHERE email IS NOT NULL AND email NOT IN \
                  (SELECT Email FROM salesforce_contacts WHERE Email IS NOT NULL)",
            answer: |lists| {
                json!(unknown(&counts(&lists[0], "email"), &counts(&lists[1], "Email")))
            },
        },
        Question {
            text: "How many contacts are no customer?",
            lists: vec![CUSTOMERS, CONTACTS],
            sql: "SELECT count(*) FROM salesforce_contacts WHERE Email IS NOT NULL AND Email NOT IN \
                  (SELECT email FROM stripe_customers WHERE email IS NOT NULL)",
            answer: |lists| {
                json!(unknown(&counts(&lists[1], "Email"), &counts(&lists[0], "email")))
            },
        },
        Question {
            text: "Which is the first address of both?",
            lists: vec![CUSTOMERS, CONTACTS],
            sql: "SELECT min(s.email) FROM stripe_customers s JOIN salesforce_contacts f ON s.email = f.Email",
            answer: |lists| {
                let known = counts(&lists[1], "Email");
                let own = counts(&lists[0], "email");
                json!(own.keys().find(|value| known.contains_key(*value)))
            },
        },
        Question {
            text: "How many different addresses are there?",
            lists: vec![CUSTOMERS, CONTACTS],
            sql: "SELECT count(*) FROM (SELECT email FROM stripe_customers WHERE email IS NOT NULL UNION \
                  SELECT Email FROM salesforce_contacts WHERE Email IS NOT NULL)",
            answer: |lists| {
                let mut all = counts(&lists[0], "email");
                all.extend(counts(&lists[1], "Email"));
                json!(all.len())
            },
        },
        Question {
            text: "How many customers are contacts in Germany?",
            lists: vec![CUSTOMERS, countries],
            sql: "SELECT count(*) FROM stripe_customers s JOIN salesforce_contacts f ON s.email = f.Email \
                  WHERE f.MailingCountry = 'DE'",
            answer: |lists| {
                let german = lists[1].iter().filter(|contact| contact["MailingCountry"] == "DE");
                let german: Vec<Value> = german.cloned().collect();
                json!(pairs(&counts(&lists[0], "email"), &counts(&german, "Email")))
            },
        },
        Question {
            text: "How many family names do the CRM and the call recorder have?",
            lists: vec![names, PEOPLE],
            sql: "SELECT count(*) FROM (SELECT LastName FROM salesforce_contacts WHERE LastName IS NOT NULL \
                  INTERSECT SELECT lastName FROM gong_users)",
            answer: |lists| {
                let known = counts(&lists[1], "lastName");
                json!(
                    counts(&lists[0], "LastName").keys().filter(|v| known.contains_key(*v)).count()
                )
            },
        },
        Question {
            text: "How many records of people are there in the CRM and the call recorder?",
            lists: vec![names, PEOPLE],
            sql: "SELECT (SELECT count(*) FROM salesforce_contacts) + (SELECT count(*) FROM gong_users)",
            answer: |lists| json!(lists[0].len() + lists[1].len()),
        },
        Question {
            text: "Which family name is most frequent over the CRM and the call recorder?",
            lists: vec![names, PEOPLE],
            sql: "SELECT name FROM (SELECT LastName AS name FROM salesforce_contacts UNION ALL \
                  SELECT lastName FROM gong_users) WHERE name IS NOT NULL \
                  GROUP BY name ORDER BY count(*) DESC, name LIMIT 1",
            answer: |lists| {
                let mut all = counts(&lists[0], "LastName");
                for (name, count) in counts(&lists[1], "lastName") {
                    *all.entry(name).or_default() += count;
                }
                let most = all.values().max().copied();
                json!(all.iter().find(|(_, count)| Some(**count) == most).map(|(name, _)| name))
            },
        },
        Question {
            text: "How many records do all three have?",
            lists: vec![CUSTOMERS, CONTACTS, PEOPLE],
            sql: "SELECT (SELECT count(*) FROM stripe_customers) + (SELECT count(*) FROM salesforce_contacts) + \
                  (SELECT count(*) FROM gong_users)",
            answer: |lists| json!(lists.iter().map(Vec::len).sum::<usize>()),
        },
    ]
}

/// Calls a tool; the result, and the tokens of the call and its result.
fn ask(server: &mut Server, tool: &str, arguments: Value) -> (Value, usize) {
    let said = estimate_tokens(&arguments.to_string());
    let answer = server.call(tool, arguments);
    assert_eq!(answer["isError"], false, "{answer}");
    let tokens = said + estimate_tokens(text(&answer));
    (answer, tokens)
}

/// All records of a list by calls of its tool, and the tokens of these calls.
fn walk(server: &mut Server, (connector, entity, fields): List) -> (Vec<Value>, usize) {
    let mut records = Vec::new();
    let mut tokens = 0;
    let mut call =
        json!({"entity": entity, "action": "list", "fields": fields, "max_records": 1_000});
    loop {
        let (answer, cost) = ask(server, connector, call.clone());
        tokens += cost;
        let page: Value = serde_json::from_str(text(&answer)).unwrap();
        records.extend(page["data"].as_array().unwrap().iter().cloned());
        match page.get("next_cursor") {
            Some(cursor) => call["cursor"] = cursor.clone(),
            None => return (records, tokens),
        }
    }
}

#[test]
fn questions_over_several_connectors_are_answered_for_a_tenth_of_the_tokens() {
    let (_folder, store) = copied("mcp-questions");
    let connectors = "stripe,salesforce,gong";
    let mut server =
        Server::start(&["--sandbox", "--connector", connectors, "--store", &store], &[]);
    let tools = server.ask(2, "tools/list", json!({}));
    assert_eq!(names(&tools), ["stripe", "salesforce", "gong", "tables", "sql", "search_records"]);
    let tables = "stripe_customers,salesforce_contacts,gong_users";
    let (_, described) = ask(&mut server, "tables", json!({"table": tables}));
    println!("{:>8} {described:>6}  (columns of all tables, once)", "");
    let (mut by_calls, mut by_sql) = (0, described);
    for question in questions() {
        let mut lists = Vec::new();
        let mut calls = 0;
        for list in &question.lists {
            let (records, tokens) = walk(&mut server, *list);
            assert!(records.len() > 200, "{list:?}");
            lists.push(records);
            calls += tokens;
        }
        let (answer, tokens) = ask(&mut server, "sql", json!({"query": question.sql}));
        let cell = text(&answer).lines().nth(1).unwrap_or_default();
        let expected = (question.answer)(&lists);
        let expected = expected.as_str().map_or_else(|| expected.to_string(), str::to_owned);
        assert_eq!(cell, expected, "{}: {answer}", question.text);
        assert!(text(&answer).contains("synced "), "{answer}");
        println!("{calls:>8} {tokens:>6}  {}", question.text);
        by_calls += calls;
        by_sql += tokens;
    }
    println!("{by_calls:>8} {by_sql:>6}  in all");
    assert!(by_sql * 10 <= by_calls, "{by_sql} tokens by sql, {by_calls} by calls");
    server.end().succeeded();
}

#[test]
fn the_store_shows_what_the_policy_permits() {
    let (folder, store) = copied("mcp-policies");
    let config = folder.file("mcp.toml");
    let text_of = |answer: &Value| text(answer).to_owned();
    std::fs::write(
        &config,
        format!(
            "store = {store:?}\nhide = [\"customers.email\"]\n[accounts.stripe]\n\
             [accounts.salesforce]\ndeny = [\"contacts.list\"]\n"
        ),
    )
    .unwrap();
    let mut server = Server::start(&["--sandbox", "--config", &config], &[]);
    let listed = text_of(&server.call("tables", json!({})));
    assert!(listed.contains("stripe_customers ("), "{listed}");
    // One is denied, and of the other no account is served.
    assert!(!listed.contains("salesforce") && !listed.contains("gong"), "{listed}");
    for sql in [
        "SELECT email FROM stripe_customers",
        "SELECT count(*) FROM salesforce_contacts",
        "SELECT count(*) FROM main.stripe_customers",
        "WITH x AS (SELECT * FROM gong_users) SELECT count(*) FROM x",
        "SELECT * FROM _accounts",
        "DELETE FROM stripe_customers",
    ] {
        let answer = server.call("sql", json!({"query": sql}));
        assert_eq!(answer["isError"], true, "{sql}: {answer}");
        assert!(!answer.to_string().contains("example.com"), "{sql}: {answer}");
    }
    // Other fields hold addresses, too, which are not hidden.
    let query = "SELECT *, json_extract(_record, '$.email') AS inside FROM stripe_customers \
                 WHERE name = 'Bela Okafor' LIMIT 1";
    let own = "bela.okafor1@example.com";
    let all = text_of(&server.call("sql", json!({"query": query, "max_records": 5})));
    assert!(all.contains("\tphone\t") && !all.contains("\temail\t"), "{all}");
    assert!(all.contains("synced ") && !all.contains(own), "{all}");
    let found = text_of(&server.call("search_records", json!({"query": "okafor bela"})));
    assert!(found.contains("Bela Okafor") && !found.contains(own), "{found}");
    let page = json!({"entity": "customers", "action": "list"});
    let live = text_of(&server.call("stripe", page));
    assert!(live.contains("The operator hides: email.") && !live.contains(own), "{live}");
    server.end().succeeded();

    for args in [vec!["--no-store"], vec![]] {
        let args = [&["--sandbox", "--connector", "stripe"], &args[..]].concat();
        let mut server = Server::start(&args, &[]);
        assert_eq!(names(&server.ask(2, "tools/list", json!({}))), ["stripe"]);
        server.end().succeeded();
    }
    let missing = folder.file("none.db");
    let outcome = run(&["mcp", "--sandbox", "--store", &missing]);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.stderr.contains("there is no store at"), "{outcome:?}");
}
