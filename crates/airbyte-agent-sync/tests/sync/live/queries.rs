//! Invented queries: the live answer is that of the whole data.

use airbyte_agent_store::{QueryLimits, Store};

use super::{ask, copied, emulated, is_postgres, sorted, store, whole};

/// Tables with columns, and which columns of two tables have the same values.
struct Shape {
    slug: &'static str,
    tables: &'static [(&'static str, &'static [&'static str])],
    links: &'static [(usize, &'static str, usize, &'static str)],
}

const SHAPES: [Shape; 6] = [
    Shape {
        slug: "stripe",
        tables: &[
            ("customers", &["id", "email", "created", "name"]),
            ("invoices", &["id", "customer", "status", "created", "total"]),
            ("charges", &["id", "customer", "created", "amount", "status"]),
            ("prices", &["id", "active", "product", "currency", "type"]),
        ],
        links: &[
            (1, "customer", 0, "id"),
            (2, "customer", 0, "id"),
            (2, "customer", 1, "customer"),
        ],
    },
    Shape {
        slug: "orb",
        tables: &[
            ("customers", &["id", "email", "created_at", "name"]),
            ("invoices", &["id", "status", "invoice_date", "customer ->> '$.id'", "currency"]),
            ("subscriptions", &["id", "status", "created_at", "plan ->> '$.id'"]),
        ],
        links: &[(1, "customer ->> '$.id'", 0, "id"), (2, "customer ->> '$.id'", 0, "id")],
    },
    Shape {
        slug: "greenhouse",
        tables: &[
            ("applications", &["id", "candidate_id", "job_id", "status", "created_at", "prospect"]),
            ("candidates", &["id", "created_at", "updated_at", "private"]),
            ("jobs", &["id", "status", "department_id", "created_at"]),
        ],
        links: &[(0, "candidate_id", 1, "id"), (0, "job_id", 2, "id")],
    },
    Shape {
        slug: "salesforce",
        tables: &[
            ("accounts", &["Id", "OwnerId", "ParentId", "CreatedDate"]),
            ("contacts", &["Id", "AccountId", "Email", "OwnerId"]),
            ("cases", &["Id", "AccountId", "ContactId", "CaseNumber", "Status"]),
        ],
        links: &[(1, "AccountId", 0, "Id"), (2, "AccountId", 0, "Id"), (2, "ContactId", 1, "Id")],
    },
    Shape {
        slug: "shopify",
        tables: &[
            ("orders", &["id", "financial_status", "created_at", "updated_at", "name"]),
            ("products", &["id", "status", "vendor", "created_at", "product_type"]),
            ("collects", &["id", "product_id", "collection_id"]),
        ],
        links: &[(2, "product_id", 1, "id")],
    },
    Shape {
        slug: "klaviyo",
        tables: &[
            ("profiles", &["id", "attributes ->> '$.email'", "attributes ->> '$.external_id'"]),
            ("events", &["id", "relationships ->> '$.profile.data.id'"]),
            ("lists", &["id", "attributes ->> '$.name'"]),
        ],
        links: &[(1, "relationships ->> '$.profile.data.id'", 0, "id")],
    },
];

/// A column as the database's dialect writes it.
fn written(column: &str) -> String {
    if !is_postgres() {
        return column.to_owned();
    }
    match column.split_once(" ->> ") {
        Some((column, path)) => format!("{column} ->> {}", path.replace("$.", "")),
        // Names without quotes are in lower case.
        None => format!("\"{column}\""),
    }
}

/// Makes queries out of the values that there are.
struct Maker<'m> {
    shape: &'m Shape,
    whole: &'m Store,
    random: fastrand::Rng,
}

impl Maker<'_> {
    fn pick<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.random.usize(..all.len())]
    }

    fn table(&self, table: usize) -> String {
        let slug = self.shape.slug;
        format!("{slug}_{}", self.shape.tables[table].0)
    }

    /// A value of a column, as SQL.
    fn value(&mut self, table: usize, column: &str) -> String {
        let name = self.table(table);
        let offset = self.random.usize(..60);
        let (value, kind) = if is_postgres() {
            (format!("format('%L', ({column})::text)"), format!("pg_typeof({column})::text"))
        } else {
            (format!("quote({column})"), "'any'".to_owned())
        };
        let sql =
            format!("SELECT {value}, {kind} FROM {name} ORDER BY _key LIMIT 1 OFFSET {offset}");
        let rows = self.whole.query(&sql, &QueryLimits::default()).unwrap().rows;
        let cell = |at: usize| rows.first().and_then(|row| row[at].as_str());
        // Nothing is known of a row behind the last one, and every type has a null.
        let missing = if is_postgres() { "NULL" } else { "'x'" };
        let found = cell(0).unwrap_or(missing).to_owned();
        // Postgres refuses values that are not of the column's type.
        let (takes_text, takes_number, takes_time) = match cell(1) {
            Some("any") => (true, true, true),
            Some("text") => (true, false, true),
            Some("bigint") => (false, true, false),
            Some("timestamp with time zone") => (false, false, true),
            _ => (false, false, false),
        };
        match self.random.u8(..12) {
            0 if takes_text => "'nothing''like it'".to_owned(),
            1 if takes_number => "12".to_owned(),
            2 if takes_time && self.random.bool() => "'9999-12-30'".to_owned(),
            2 if takes_time => "'2025-03-05 12:00:00'".to_owned(),
            _ => found,
        }
    }

    fn condition(&mut self, table: usize, alias: &str, depth: u8) -> String {
        let columns = self.shape.tables[table].1;
        let column = written(columns[self.random.usize(..columns.len())]);
        let field = format!("{alias}{column}");
        let mut value = || self.value(table, &column);
        let (one, two, three) = (value(), value(), value());
        match self.random.u8(..if depth > 1 { 9 } else { 13 }) {
            0..3 => format!("{field} = {one}"),
            3 => format!("{field} IN ({one}, {two}, {three})"),
            4 => format!("{one} <= {field}"),
            5 => format!("{field} < {one}"),
            6 => format!("{field} BETWEEN {one} AND {two}"),
            7 => format!("{field} <> {one}"),
            8 => format!("{field} IS NOT NULL"),
            9 => format!("NOT ({})", self.condition(table, alias, depth + 1)),
            op => {
                let word = if op == 10 { "OR" } else { "AND" };
                let left = self.condition(table, alias, depth + 1);
                format!("({left} {word} {})", self.condition(table, alias, depth + 1))
            }
        }
    }

    /// A query, and the same without its limit.
    fn query(&mut self) -> (String, Option<String>) {
        let number = self.shape.tables.len();
        let table = self.random.usize(..number);
        let name = self.table(table);
        let columns: Vec<String> =
            self.shape.tables[table].1.iter().map(|column| written(column)).collect();
        let columns = columns.join(", ");
        let id = |table: usize| written(self.shape.tables[table].1[0]);
        let own_id = id(table);
        let (first, second) = (self.condition(table, "", 0), self.condition(table, "", 0));
        match self.random.u8(..8) {
            0..3 => (format!("SELECT {columns} FROM {name} WHERE {first} AND {second}"), None),
            3 => {
                let column = written(self.shape.tables[table].1[1]);
                (format!("SELECT {column}, count(*) FROM {name} WHERE {first} GROUP BY 1"), None)
            }
            4 => {
                let all = format!("SELECT {own_id} FROM {name} WHERE {first}");
                let limit = self.random.u8(..40);
                (format!("{all} LIMIT {limit}"), Some(all))
            }
            5 => {
                let all = format!(
                    "SELECT _key, _account, t._record FROM {name} t WHERE {second} ORDER BY {own_id} LIMIT 7"
                );
                (all, None)
            }
            kind => {
                let (one, own, two, other) = *self.pick(self.shape.links);
                let (one_id, two_id) = (id(one), id(two));
                let (own, other) = (format!("a.{}", written(own)), format!("b.{}", written(other)));
                let conditions = (self.condition(one, "a.", 0), self.condition(two, "b.", 0));
                let (one, two) = (self.table(one), self.table(two));
                let join = match self.random.u8(..4) {
                    0 => {
                        return (
                            format!(
                                "SELECT a.{one_id} FROM {one} a WHERE {} AND {own} IN (SELECT {other} FROM {two} b WHERE {})",
                                conditions.0, conditions.1
                            ),
                            None,
                        );
                    }
                    1 => {
                        format!("{one} a LEFT JOIN {two} b ON {own} = {other} AND {}", conditions.1)
                    }
                    2 => {
                        format!("{two} b LEFT JOIN {one} a ON {own} = {other} AND {}", conditions.0)
                    }
                    _ => format!("{one} a JOIN {two} b ON {own} = {other}"),
                };
                let both = if kind == 6 { conditions.0 } else { conditions.1 };
                (format!("SELECT a.{one_id}, b.{two_id} FROM {join} WHERE {both}"), None)
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn live_answers_are_those_of_the_whole_data() {
    // Each query has a store of its own, which takes longer in Postgres.
    let usual = if is_postgres() { 6 } else { 12 };
    let rounds = std::env::var("AIRBYTE_AGENT_LIVE_QUERIES").ok().and_then(|n| n.parse().ok());
    let rounds: usize = rounds.unwrap_or(usual);
    for shape in &SHAPES {
        let emulated = emulated(shape.slug).await;
        let entities: Vec<&str> = shape.tables.iter().map(|(name, _)| *name).collect();
        let all = copied(&emulated.clients, &entities).await;
        let mut maker = Maker { shape, whole: &all, random: fastrand::Rng::with_seed(13) };
        let (mut pushed, mut wholes, mut saved) = (0, 0, 0);
        for _ in 0..rounds {
            let (sql, without_limit) = maker.query();
            let expected = whole(&all, &sql);
            let answer = ask(&store(), &emulated.clients, &sql).await;
            let found = sorted(answer.rows.as_ref().unwrap());
            match without_limit {
                None => assert!(
                    found == expected,
                    "{sql}\n{} rows instead of {}\n{:#?}",
                    found.len(),
                    expected.len(),
                    answer.report
                ),
                Some(more) => {
                    let more = whole(&all, &more);
                    assert_eq!(found.len(), expected.len(), "{sql}\n{:#?}", answer.report);
                    assert!(found.iter().all(|row| more.contains(row)), "{sql}");
                }
            }
            let live = answer.report.calls.iter().filter(|call| !call.pushed.is_empty()).count();
            pushed += usize::from(live > 0);
            wholes += usize::from(live == 0);
            saved += usize::from(answer.report.calls_made < 3);
        }
        eprintln!(
            "{}: {pushed} queries with conditions passed on, {wholes} without, {saved} with less than 3 calls",
            shape.slug
        );
        assert!(
            pushed > rounds / 6,
            "{}: only {pushed} queries had a condition passed on",
            shape.slug
        );
        let written = emulated.sandbox.requests().into_iter().filter(|r| r.method != "GET").count();
        assert!(shape.slug != "stripe" || written == 0, "only reads are called");
    }
}
