//! One query: what it needs of each table and account, in which order that is read, and its answer.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use airbyte_agent_core::Description;
use airbyte_agent_core::description::{Operation, SyncRule, SyncSource};
use airbyte_agent_store::{
    Overlay, QueryLimits, Result as StoreResult, Rows, Store, Table, table_name,
};
use serde_json::Value;

use super::accounts::{as_of, is_fresh, stored};
use super::literal::{Bound, Literal};
use super::report::{Answer, LiveReport, Origin, TableState};
use super::sql::{Analysis, Reference, Test, analyse, mentioned};
use super::ways::{Needs, Range, Reading, Values, Wanted, Way};
use super::{Clients, Options, Source};
use crate::budget::Budget;
use crate::error::{Error, Result};
use crate::mark::Mark;
use crate::record::table_spec;

/// One query.
pub(super) struct Session<'s> {
    pub(super) store: Arc<Store>,
    overlay: Arc<Mutex<Overlay>>,
    clients: &'s dyn Clients,
    pub(super) sql: String,
    pub(super) options: Options,
    pub(super) budget: Arc<Budget>,
    pub(super) tables: Vec<Table>,
    pub(super) analysis: Analysis,
    /// The accounts of each table.
    accounts: HashMap<usize, Vec<String>>,
    /// What was found or read of the tables of accounts.
    pub(super) states: BTreeMap<(String, String), TableState>,
    descriptions: HashMap<String, Description>,
    sources: HashMap<(String, Option<String>), Source>,
    /// Bounds that depend on the time, with the value that they had.
    computed: Vec<(String, Literal)>,
    /// References and accounts whose records are there, or in an explanation would be.
    done: HashSet<(usize, String)>,
    /// The references whose records would be there only after the calls that are explained.
    expected: HashSet<usize>,
    pub(super) report: LiveReport,
}

/// The statement behind `EXPLAIN`; `None` for others, also for `EXPLAIN QUERY PLAN`, which the database answers.
fn explained(sql: &str) -> Option<&str> {
    let rest = sql.trim_start();
    let (word, rest) = (rest.get(..7)?, rest.get(7..)?);
    let is_explain = word.eq_ignore_ascii_case("explain") && rest.starts_with(char::is_whitespace);
    let next = rest.trim_start().get(..5).unwrap_or_default();
    (is_explain && !next.eq_ignore_ascii_case("query")).then(|| rest.trim_start())
}

pub(super) async fn answer(
    store: Arc<Store>,
    clients: &dyn Clients,
    sql: &str,
    options: &Options,
) -> Result<Answer> {
    let mut options = options.clone();
    let mut text = sql;
    if let Some(rest) = explained(sql) {
        options.explain = true;
        text = rest;
    }
    let overlay = Overlay::new(store.clone())?;
    let mut session = Session {
        overlay: Arc::new(Mutex::new(overlay)),
        store,
        clients,
        sql: text.to_owned(),
        budget: Arc::new(Budget::new(options.max_calls)),
        options,
        tables: Vec::new(),
        analysis: Analysis::default(),
        accounts: HashMap::new(),
        states: BTreeMap::new(),
        descriptions: HashMap::new(),
        sources: HashMap::new(),
        computed: Vec::new(),
        done: HashSet::new(),
        expected: HashSet::new(),
        report: LiveReport::default(),
    };
    session.answer().await
}

impl Session<'_> {
    async fn answer(&mut self) -> Result<Answer> {
        self.find_tables()?;
        // What is wrong with the query is said before anything is read for it.
        let (check, limits) = (format!("EXPLAIN {}", self.sql), self.options.limits.clone());
        if explained(&check).is_some()
            && !self.sql.trim_start().to_lowercase().starts_with("explain")
        {
            self.in_overlay(move |overlay| overlay.query(&check, &limits)).await?;
        }
        self.analysis = analyse(&self.sql, &self.tables);
        self.find_accounts().await?;
        if !self.options.offline {
            match self.read_all().await {
                Err(error @ Error::Budget(_)) if self.options.partial => {
                    self.report.is_partial = true;
                    self.report.warnings.push(error.to_string());
                }
                other => other?,
            }
        }
        let rows = if self.options.explain { None } else { Some(self.rows().await?) };
        self.still_holds().await?;
        self.report.calls_made = self.budget.used();
        self.report.tables = self.states.values().cloned().collect();
        Ok(Answer { rows, report: std::mem::take(&mut self.report) })
    }

    /// Does something with the overlay on a thread that may block.
    pub(super) async fn in_overlay<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Overlay) -> StoreResult<T> + Send + 'static,
    ) -> Result<T> {
        let overlay = self.overlay.clone();
        let done = tokio::task::spawn_blocking(move || {
            work(&mut overlay.lock().unwrap_or_else(PoisonError::into_inner))
        });
        match done.await {
            Ok(result) => Ok(result?),
            Err(error) => Err(airbyte_agent_core::Error::internal(format!(
                "the thread that reads the store has ended: {error}"
            ))
            .into()),
        }
    }

    pub(super) async fn rows(&self) -> Result<Rows> {
        let (sql, limits) = (self.sql.clone(), self.options.limits.clone());
        self.in_overlay(move |overlay| overlay.query(&sql, &limits)).await
    }

    /// Finds the tables that the query names. Those of entities that were never read are made, without rows.
    fn find_tables(&mut self) -> Result<()> {
        let words = mentioned(&self.sql);
        let is_named = |table: &Table| words.contains(&table.name().to_lowercase());
        let known = self.store.tables()?;
        let has = |connector: &str, entity: &str| {
            known.iter().any(|summary| {
                summary.table.connector() == connector && summary.table.entity() == entity
            })
        };
        if !self.options.offline {
            for connector in self.clients.connectors() {
                let start = table_name(&connector, "");
                if !words.iter().any(|word| word.starts_with(&start)) {
                    continue;
                }
                let Some(description) = self.description(&connector) else { continue };
                for entity in description.entities.iter() {
                    if words.contains(&table_name(&connector, &entity.name))
                        && !has(&connector, &entity.name)
                    {
                        let (operation, source) = source(&description, &entity.name)?;
                        self.store.declare(&table_spec(&description, operation, source)?)?;
                    }
                }
            }
        }
        let tables = self.store.tables()?.into_iter().map(|summary| summary.table);
        self.tables = tables.filter(is_named).collect();
        Ok(())
    }

    pub(super) fn description(&mut self, connector: &str) -> Option<Description> {
        if let Some(known) = self.descriptions.get(connector) {
            return Some(known.clone());
        }
        let found = self.clients.description(connector)?;
        self.descriptions.insert(connector.to_owned(), found.clone());
        Some(found)
    }

    pub(super) fn known_description(&self, connector: &str) -> Option<&Description> {
        self.descriptions.get(connector)
    }

    /// The description of the connector of a table.
    pub(super) fn described(&mut self, table: &Table) -> Result<Description> {
        self.description(table.connector()).ok_or_else(|| {
            Error::Plan(format!(
                "the table {} is of the connector {}, which is not known here, so that it cannot be read again; \
                 query what is in the store with --offline",
                table.name(),
                table.connector()
            ))
        })
    }

    /// The client for an account of a connector.
    pub(super) async fn source(
        &mut self,
        connector: &str,
        account: Option<&str>,
    ) -> Result<Source> {
        let key = (connector.to_owned(), account.map(str::to_owned));
        if let Some(known) = self.sources.get(&key) {
            return Ok(known.clone());
        }
        let found = self.clients.client(connector, account).await?;
        self.sources.insert((key.0.clone(), Some(found.account.clone())), found.clone());
        self.sources.insert(key, found.clone());
        Ok(found)
    }

    /// Finds the accounts of each table, and how fresh their records are.
    async fn find_accounts(&mut self) -> Result<()> {
        for index in self.analysis.tables.clone() {
            let table = self.tables[index].clone();
            let mut accounts = match self.named_accounts(index) {
                Some(named) => named,
                None => {
                    let mut stored = stored(&self.store, &table)?;
                    let given = self.options.account.clone();
                    stored.extend(given.filter(|given| !stored.contains(given)));
                    stored
                }
            };
            if accounts.is_empty() && !self.options.offline {
                accounts.push(self.source(table.connector(), None).await?.account);
            }
            for account in &accounts {
                let state = self.store.account(&table, account)?;
                let as_of = as_of(state.as_ref());
                if is_fresh(as_of, self.options.max_age) {
                    self.note(&table, account, Origin::Store, as_of);
                } else if self.options.offline {
                    self.note(&table, account, Origin::Store, as_of);
                    let (name, age) = (
                        table.name(),
                        if as_of.is_some() {
                            "is older than allowed"
                        } else {
                            "was never read to its end"
                        },
                    );
                    self.report.warnings.push(format!(
                        "{name} of the account {account} {age}; rows may be missing or old"
                    ));
                }
            }
            if accounts.is_empty() {
                let name = table.name();
                self.report.warnings.push(format!("{name} was never read, so that it has no rows"));
            }
            self.accounts.insert(index, accounts);
        }
        Ok(())
    }

    pub(super) fn note(
        &mut self,
        table: &Table,
        account: &str,
        origin: Origin,
        as_of: Option<Mark>,
    ) {
        let key = (table.name().to_owned(), account.to_owned());
        let state = TableState {
            table: key.0.clone(),
            account: key.1.clone(),
            origin,
            as_of: as_of.map(Mark::text),
        };
        self.states.insert(key, state);
    }

    /// Whether everything that the query needs of an account of a table is there.
    pub(super) fn is_there(&self, table: &Table, account: &str) -> bool {
        let key = (table.name().to_owned(), account.to_owned());
        self.states.get(&key).is_some_and(|state| state.origin != Origin::Live)
    }

    /// The accounts that every place of the query names which reads a table.
    fn named_accounts(&self, table: usize) -> Option<Vec<String>> {
        if self.analysis.whole.contains(&table) {
            return None;
        }
        let own = self.analysis.references.iter().filter(|reference| reference.table == table);
        let all: Vec<Vec<String>> = own.map(accounts_of).collect::<Option<_>>()?;
        let mut names: Vec<String> = all.into_iter().flatten().collect();
        names.sort_unstable();
        names.dedup();
        (!names.is_empty()).then_some(names)
    }

    /// Reads everything that the query needs.
    async fn read_all(&mut self) -> Result<()> {
        let mut whole: Vec<usize> = self.analysis.whole.iter().copied().collect();
        whole.sort_unstable();
        for index in whole {
            for account in self.accounts.get(&index).cloned().unwrap_or_default() {
                let why = "the query needs all records of the table";
                self.sync(index, &account, why).await?;
            }
        }
        loop {
            let open = self.open();
            if open.is_empty() {
                return Ok(());
            }
            let mut best: Option<(u8, usize, String, Option<Way>)> = None;
            for (reference, account) in open {
                let way = self.way(reference, &account).await?;
                let rank = way.as_ref().map_or(5, |way| way.rank);
                if best.as_ref().is_none_or(|(known, ..)| rank < *known) {
                    best = Some((rank, reference, account, way));
                }
            }
            let Some((_, reference, account, way)) = best else { return Ok(()) };
            let table = self.analysis.references[reference].table;
            match way {
                Some(way) => self.read(reference, &account, way).await?,
                None => {
                    let why =
                        "no condition of the query selects records in a way that the vendor offers";
                    self.sync(table, &account, why).await?;
                }
            }
            if self.options.explain {
                self.expected.insert(reference);
            }
            self.done.insert((reference, account));
        }
    }

    /// The references and accounts whose records are not there.
    fn open(&self) -> Vec<(usize, String)> {
        let mut open = Vec::new();
        for (index, reference) in self.analysis.references.iter().enumerate() {
            let table = &self.tables[reference.table];
            let named = accounts_of(reference);
            for account in self.accounts.get(&reference.table).into_iter().flatten() {
                let is_meant = named.as_ref().is_none_or(|named| named.contains(account));
                let key = (index, account.clone());
                if is_meant && !self.is_there(table, account) && !self.done.contains(&key) {
                    open.push(key);
                }
            }
        }
        open
    }

    /// The best way to the records of a reference.
    async fn way(&mut self, reference: usize, account: &str) -> Result<Option<Way>> {
        let needs = self.needs(reference, account).await?;
        let table = self.tables[self.analysis.references[reference].table].clone();
        let description = self.described(&table)?;
        let (operation, source) = source(&description, table.entity())?;
        let reading = Reading { connector: &description, operation, source };
        let most = usize::try_from(self.budget.left()).unwrap_or(usize::MAX);
        Ok(reading.way(&needs, most, self.analysis.enough.is_some()))
    }

    /// What the query needs of a reference, with values out of records that are there.
    async fn needs(&mut self, reference: usize, account: &str) -> Result<Needs> {
        let mut needs = Needs::default();
        let Reference { conditions, links, .. } = &self.analysis.references[reference];
        let (conditions, links) = (conditions.clone(), links.clone());
        for condition in conditions {
            let field = condition.field.clone();
            match condition.test {
                Test::In(_) if field.path == ["_account"] => {}
                Test::In(literals) => {
                    let values = literals.iter().map(|literal| literal.in_column(field.kind));
                    if let Some(values) = values.collect::<Option<Vec<Value>>>() {
                        add(&mut needs, Wanted { field, values: Values::Known(values) });
                    }
                }
                Test::From(bound) => {
                    let sql = format!("{} >= {}", field.sql, bound.sql());
                    if let Some(bound) = self.worked_out(bound).await? {
                        needs.ranges.push(Range { field, is_from: true, bound, sql });
                    }
                }
                Test::To(Bound::Fixed(bound)) => {
                    let sql = format!("{} <= {}", field.sql, bound.sql());
                    needs.ranges.push(Range { field, is_from: false, bound, sql });
                }
                // What grows with the time would be too small when the query runs.
                Test::To(Bound::Computed(_)) => {}
            }
        }
        let open: HashSet<usize> =
            self.open().into_iter().map(|(reference, _)| reference).collect();
        for link in links {
            if link.other == reference || open.contains(&link.other) {
                continue;
            }
            let _ = account;
            let other = &self.analysis.references[link.other];
            let name = self.tables[other.table].name().to_owned();
            if self.expected.contains(&link.other) {
                let values = Values::Later(format!("{name}.{}", link.other_field.path.join(".")));
                add(&mut needs, Wanted { field: link.field, values });
                continue;
            }
            let mut conditions: Vec<String> = other.conditions.iter().map(condition_sql).collect();
            conditions.push(format!("{} IS NOT NULL", link.other_field.sql));
            let sql = format!(
                "SELECT DISTINCT {} FROM \"{}\" WHERE {}",
                link.other_field.sql,
                name.replace('"', "\"\""),
                conditions.join(" AND ")
            );
            let most = usize::try_from(self.budget.left()).unwrap_or(usize::MAX).clamp(1, 10_000);
            let limits = QueryLimits::default().rows(most).time(self.options.limits.time);
            let rows = self.in_overlay(move |overlay| overlay.query(&sql, &limits)).await?;
            if rows.cut.is_some() {
                continue;
            }
            let values = rows
                .rows
                .iter()
                .map(|row| Literal::of_row(row.first()?)?.in_column(link.field.kind));
            if let Some(values) = values.collect::<Option<Vec<Value>>>() {
                add(&mut needs, Wanted { field: link.field, values: Values::Known(values) });
            }
        }
        Ok(needs)
    }

    /// The value of a bound, which is remembered if it depends on the time.
    async fn worked_out(&mut self, bound: Bound) -> Result<Option<Literal>> {
        let text = match bound {
            Bound::Fixed(literal) => return Ok(Some(literal)),
            Bound::Computed(text) => text,
        };
        if let Some((_, known)) = self.computed.iter().find(|(known, _)| *known == text) {
            return Ok(Some(known.clone()));
        }
        let value = self.value_of(&text).await?;
        self.computed.extend(value.clone().map(|value| (text, value)));
        Ok(value)
    }

    async fn value_of(&self, expression: &str) -> Result<Option<Literal>> {
        let sql = format!("SELECT {expression}");
        let limits = QueryLimits::default();
        let rows = self.in_overlay(move |overlay| overlay.query(&sql, &limits)).await?;
        Ok(rows.rows.first().and_then(|row| row.first()).and_then(Literal::of_row))
    }

    /// Lower bounds that depend on the time may have grown since, which does no harm, but must not have shrunk.
    async fn still_holds(&self) -> Result<()> {
        for (expression, before) in &self.computed {
            let now = self.value_of(expression).await?;
            let is_sound = match (before, &now) {
                (Literal::Integer(before), Some(Literal::Integer(now))) => before <= now,
                (Literal::Real(before), Some(Literal::Real(now))) => before <= now,
                (Literal::Text(before), Some(Literal::Text(now))) => before <= now,
                _ => false,
            };
            if !is_sound {
                return Err(Error::Plan(format!(
                    "{expression} becomes smaller as time goes on; write its value instead"
                )));
            }
        }
        Ok(())
    }
}

/// A condition in SQL.
fn condition_sql(condition: &super::sql::Condition) -> String {
    let field = &condition.field.sql;
    match &condition.test {
        Test::In(literals) => {
            let all: Vec<String> = literals.iter().map(Literal::sql).collect();
            format!("{field} IN ({})", all.join(", "))
        }
        Test::From(bound) => format!("{field} >= {}", bound.sql()),
        Test::To(bound) => format!("{field} <= {}", bound.sql()),
    }
}

/// The accounts that a reference names.
fn accounts_of(reference: &Reference) -> Option<Vec<String>> {
    reference.conditions.iter().find_map(|condition| match &condition.test {
        Test::In(literals) if condition.field.path == ["_account"] => {
            let text = |literal: &Literal| match literal {
                Literal::Text(text) => Some(text.clone()),
                _ => None,
            };
            literals.iter().map(text).collect()
        }
        _ => None,
    })
}

/// Adds the values of a field. Of two conditions on the same one, that with fewer values counts.
fn add(needs: &mut Needs, more: Wanted) {
    let Some(known) = needs.wanted.iter_mut().find(|known| known.field.path == more.field.path)
    else {
        needs.wanted.push(more);
        return;
    };
    let is_better = match (&known.values, &more.values) {
        (Values::Known(known), Values::Known(more)) => more.len() < known.len(),
        (Values::Later(_), Values::Known(_)) => true,
        (_, Values::Later(_)) => false,
    };
    if is_better {
        *known = more;
    }
}

/// The operation that lists an entity's records, and its rule.
pub(super) fn source<'c>(
    description: &'c Description,
    entity: &str,
) -> Result<(&'c Operation, &'c SyncSource)> {
    let name = &description.name;
    let found = description.entity(entity).and_then(|entity| {
        entity.operations.iter().find_map(|operation| Some((operation, operation.sync.as_ref()?)))
    });
    match found {
        Some((operation, SyncRule::Source(source))) if operation.hints.read_only => {
            Ok((operation, source))
        }
        Some((_, SyncRule::Cannot { reason })) => {
            Err(Error::Plan(format!("{name}.{entity} cannot be read as a table: {reason}")))
        }
        _ => Err(Error::Plan(format!("the vendor offers no list of {name}.{entity}"))),
    }
}
