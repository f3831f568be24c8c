//! Measures a store of 1,000,000 rows over three connectors: `cargo run --release --example million [ROWS]`.

use std::path::Path;
use std::time::{Duration, Instant};

use airbyte_agent_store::{Find, OpenOptions, Page, QueryLimits, Result, Store, Table, TableSpec};
use serde_json::{Map, Value, json};

const FIRST: [&str; 20] = [
    "José", "Ann", "Erika", "Wei", "Priya", "Kwame", "Olga", "Liam", "Noah", "Emma", "Sofia", "Mateo", "Yuki",
    "Amir", "Zoë", "Ivan", "Fatima", "Lars", "Chloé", "Diego",
];
const LAST: [&str; 20] = [
    "García", "Smith", "Müller", "Zhang", "Patel", "Mensah", "Ivanova", "Murphy", "Cohen", "Rossi", "Silva",
    "Tanaka", "Haddad", "Novák", "Petrov", "Khan", "Olsen", "Dubois", "López", "Nguyen",
];
const WORDS: [&str; 40] = [
    "invoice", "payment", "failed", "after", "the", "customer", "changed", "address", "on", "checkout", "page",
    "and", "refund", "was", "sent", "twice", "please", "look", "into", "this", "before", "renewal", "server",
    "error", "while", "exporting", "report", "to", "spreadsheet", "login", "does", "not", "work", "since",
    "update", "of", "mobile", "application", "for", "account",
];

struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    fn text(&mut self, words: usize) -> String {
        // One word in twelve is rare, as names and numbers in texts are.
        let word = |chance: &mut Self| match chance.below(12) {
            0 => {
                let syllables = ["ka", "lo", "mi", "ter", "von", "ash", "qui", "rel"];
                (0..3).map(|_| chance.of(&syllables)).collect()
            }
            _ => chance.of(&WORDS).to_owned(),
        };
        (0..words).map(|_| word(self)).collect::<Vec<_>>().join(" ")
    }

    fn moment(&mut self) -> String {
        format!("2025-{:02}-{:02}T{:02}:{:02}:00Z", 1 + self.below(12), 1 + self.below(28), self.below(24), self.below(60))
    }
}

fn customer(chance: &mut Chance, id: usize) -> Value {
    let (first, last) = (chance.of(&FIRST), chance.of(&LAST));
    json!({
        "id": format!("cus_{id:014}"), "object": "customer", "name": format!("{first} {last}"),
        "email": format!("{}{id}@example.com", first.to_lowercase()), "created": 1_700_000_000 + id,
        "currency": chance.of(&["usd", "eur", "gbp"]), "balance": chance.below(100_000), "delinquent": chance.below(10) == 0,
        "address": {"city": chance.of(&["Zürich", "Paris", "Lagos", "Lima"]), "country": chance.of(&["CH", "FR", "NG", "PE", "DE", "US"]), "line1": chance.text(3), "postal_code": chance.below(99999).to_string()},
        "description": null, "phone": null, "livemode": true, "metadata": {"plan": chance.of(&["free", "pro", "team"])},
    })
}

fn ticket(chance: &mut Chance, id: usize, customers: usize) -> Value {
    json!({
        "id": id, "url": format!("https://example.zendesk.com/api/v2/tickets/{id}.json"),
        "subject": chance.text(6), "description": chance.text(40),
        "status": chance.of(&["new", "open", "pending", "solved", "closed", "closed", "closed", "closed"]), "priority": chance.of(&["low", "normal", "high", "urgent"]),
        "requester_id": format!("cus_{:014}", chance.below(customers)), "assignee_id": chance.below(500),
        "tags": [chance.of(&WORDS), chance.of(&WORDS)], "created_at": chance.moment(), "updated_at": chance.moment(),
        "is_public": true, "has_incidents": false, "due_at": null, "group_id": chance.below(20), "via": {"channel": chance.of(&["email", "web", "chat"])},
    })
}

fn invoice(chance: &mut Chance, id: usize, customers: usize) -> Value {
    json!({
        "id": format!("in_{id:014}"), "object": "invoice", "customer": format!("cus_{:014}", chance.below(customers)),
        "status": chance.of(&["paid", "paid", "paid", "paid", "open", "void", "draft", "uncollectible"]), "total": chance.below(1_000_000), "amount_due": chance.below(1_000_000),
        "currency": chance.of(&["usd", "eur"]), "due_date": chance.moment(), "created": chance.moment(), "number": format!("ACME-{id:08}"),
        "lines": {"data": [{"id": format!("il_{id}"), "description": chance.text(5), "amount": chance.below(10_000), "quantity": 1}], "has_more": false},
        "hosted_invoice_url": format!("https://invoice.example.com/i/acct_1/{id:032}"), "paid": true, "attempt_count": 1, "description": null,
    })
}

fn schema(record: &Value) -> Value {
    let kind = |name: &str, value: &Value| match value {
        Value::Bool(_) => json!({"type": "boolean"}),
        Value::Number(_) => json!({"type": "integer"}),
        Value::Array(_) => json!({"type": "array"}),
        Value::Object(_) => json!({"type": "object"}),
        _ if name.ends_with("_at") || name.ends_with("date") => json!({"type": "string", "format": "date-time"}),
        _ => json!({"type": "string"}),
    };
    let members = record.as_object().into_iter().flatten();
    let properties: Map<_, _> = members.map(|(name, value)| (name.clone(), kind(name, value))).collect();
    json!({"properties": properties})
}

fn fill(store: &Store, table: &Table, rows: usize, make: &mut dyn FnMut(usize) -> Value) -> Result<(u64, Duration)> {
    let (mut raw, mut took) = (0, Duration::ZERO);
    for start in (0..rows).step_by(100) {
        let page: Vec<Value> = (start..rows.min(start + 100)).map(&mut *make).collect();
        raw += page.iter().map(|record| record.to_string().len() as u64).sum::<u64>();
        let position = json!({"cursor": start});
        let started = Instant::now();
        store.write_page(table, "default", Page { records: &page, position: Some(&position), pass: None })?;
        took += started.elapsed();
    }
    Ok((raw, took))
}

#[expect(clippy::print_stdout, reason = "the result of the measurement")]
fn timed(name: &str, mut work: impl FnMut() -> Result<usize>) -> Result<()> {
    let mut times = Vec::new();
    let mut rows = 0;
    for _ in 0..7 {
        let started = Instant::now();
        rows = work()?;
        times.push(started.elapsed());
    }
    let first = times[0];
    times.sort();
    println!("{name:60} first {first:>9.1?}  median {:>9.1?}  {rows} rows", times[3]);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the result of the measurement")]
fn main() -> Result<()> {
    let rows: usize = std::env::args().nth(1).and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    let path = std::env::temp_dir().join("airbyte-agent-store-million.db");
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", path.display()));
    }
    let store = Store::open(&path, &OpenOptions::default())?;
    let chance = &mut Chance(7);
    let (customers, tickets, invoices) = (rows / 5, rows / 5 * 2, rows / 5 * 2);
    let declare = |connector: &str, entity: &str, record: Value, indexed: &[&str]| {
        let spec = TableSpec::new(connector, entity).key(["id"]).schema(schema(&record));
        store.declare(&spec.indexed(indexed.iter().copied()))
    };
    let customer_table = declare("stripe", "customers", customer(chance, 0), &[])?;
    let ticket_table = declare("zendesk-support", "tickets", ticket(chance, 0, 1), &["requester_id"])?;
    let invoice_table = declare("orb", "invoices", invoice(chance, 0, 1), &["customer"])?;
    let mut total = (0, Duration::ZERO);
    for (raw, took) in [
        fill(&store, &customer_table, customers, &mut |id| customer(chance, id))?,
        fill(&store, &ticket_table, tickets, &mut |id| ticket(chance, id, customers))?,
        fill(&store, &invoice_table, invoices, &mut |id| invoice(chance, id, customers))?,
    ] {
        total = (total.0 + raw, total.1 + took);
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = rows as f64 / total.1.as_secs_f64();
    println!("{rows} rows written in {:.1?}: {rate:.0} rows/s, pages of 100", total.1);
    report_size(&path, total.0);
    let again: Vec<Value> = (0..100).map(|id| customer(&mut Chance(7), id)).collect();
    timed("the same page of 100 records twice", || {
        store.write_page(&customer_table, "default", Page { records: &again, ..Page::default() })?;
        Ok(100)
    })?;
    queries(&store)
}

#[expect(clippy::print_stdout, reason = "the result of the measurement")]
#[expect(clippy::cast_precision_loss, reason = "sizes for people")]
fn report_size(path: &Path, raw: u64) {
    let size = |end: &str| std::fs::metadata(format!("{}{end}", path.display())).map_or(0, |file| file.len());
    let (file, wal) = (size(""), size("-wal"));
    println!(
        "raw JSON {:.1} MB, file {:.1} MB ({:.2} of raw), write-ahead log {:.1} MB",
        raw as f64 / 1e6,
        file as f64 / 1e6,
        file as f64 / raw as f64,
        wal as f64 / 1e6
    );
}

fn queries(store: &Store) -> Result<()> {
    let limits = QueryLimits::default().time(Duration::from_secs(60));
    for (name, sql) in [
        ("one row by its key", "SELECT * FROM zendesk_support_tickets WHERE id = 777"),
        ("join of three tables for one customer", "SELECT c.name, t.subject, i.total FROM stripe_customers c JOIN zendesk_support_tickets t ON t.requester_id = c.id JOIN orb_invoices i ON i.customer = c.id WHERE c.id = 'cus_00000000000777'"),
        ("join with filter: overdue and open, first 100", "SELECT c.name, t.subject, i.total FROM orb_invoices i JOIN stripe_customers c ON c.id = i.customer JOIN zendesk_support_tickets t ON t.requester_id = c.id WHERE i.status = 'open' AND i.due_date < '2025-06-01' AND t.status = 'open' LIMIT 100"),
        ("join with filter: largest 20 of all", "SELECT c.name, t.subject, i.total FROM orb_invoices i JOIN stripe_customers c ON c.id = i.customer JOIN zendesk_support_tickets t ON t.requester_id = c.id WHERE i.status = 'open' AND i.total > 950000 AND t.status = 'open' ORDER BY i.total DESC LIMIT 20"),
        ("count of a table", "SELECT count(*) FROM zendesk_support_tickets"),
        ("aggregate by status", "SELECT status, count(*), max(created_at) FROM zendesk_support_tickets GROUP BY status"),
        ("aggregate by month with date_trunc", "SELECT date_trunc('month', created_at) AS m, count(*) FROM zendesk_support_tickets GROUP BY m"),
        ("ten whole records", "SELECT _record FROM orb_invoices LIMIT 10"),
    ] {
        timed(name, || Ok(store.query(sql, &limits)?.rows.len()))?;
    }
    for text in ["josé garcía", "garcia jose", "smiht", "kalomi", "refund spreadsheet kalomi", "invoice", "payment failed"] {
        timed(&format!("search for '{text}'"), || Ok(store.find(text, &Find::default())?.hits.len()))?;
    }
    let Some(table) = store.table("zendesk-support", "tickets")? else { return Ok(()) };
    for query in [
        json!({"filter": {"eq": {"id": 777}}}),
        json!({"filter": {"eq": {"status": "open"}}, "sort": [{"updated_at": "desc"}]}),
        json!({"filter": {"fuzzy": {"subject": "kalomi"}}}),
        json!({"filter": {"contains": {"subject": "mobile application"}}}),
    ] {
        let arguments = Map::from_iter([("query".to_owned(), query.clone())]);
        timed(&format!("filter {query}"), || Ok(store.search(&table, &[], &arguments, &limits)?.data.len()))?;
    }
    Ok(())
}
