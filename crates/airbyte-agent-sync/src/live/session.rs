//! One query: what it needs of each table and account, in which order that is read, and its answer.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use airbyte_agent_core::Description;
use airbyte_agent_core::description::{Connector, Operation, SyncRule, SyncSource};
use airbyte_agent_store::{
    Misfit, Overlay, QueryLimits, Result as StoreResult, Rows, Store, Table, table_name,
};

use super::accounts::{as_of, is_fresh, stored};
use super::literal::Literal;
use super::names::{with_tables, without_dots};
use super::reference::{Reference, Test};
use super::report::{Answer, LiveReport, Origin, TableState};
use super::sql::{Analysis, analyse, mentioned};
use super::strategy::{Reading, Strategy};
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
    pub(super) computed: Vec<(String, Literal)>,
    /// References and accounts whose records are there, or in an explanation would be.
    done: HashSet<(usize, String)>,
    /// The references whose records would be there only after the calls that are explained.
    pub(super) expected: HashSet<usize>,
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
    let text = without_dots(text, &clients.connectors());
    let overlay = Overlay::new(store.clone())?;
    let mut session = Session {
        overlay: Arc::new(Mutex::new(overlay)),
        store,
        clients,
        sql: text,
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
        let (check, limits) = (format!("EXPLAIN {}", self.sql), QueryLimits::default());
        let is_explain = self.sql.trim_start().to_lowercase().starts_with("explain");
        if !is_explain
            && self.in_overlay(move |overlay| overlay.query(&check, &limits)).await.is_err()
        {
            // The places in the message are to be those of the query itself.
            let known = self.rows().await;
            known.map_err(|error| with_tables(error, &self.store, self.clients))?;
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
        let misfits = rows.iter().flat_map(|rows| &rows.misfits);
        self.report.warnings.extend(misfits.map(Misfit::sentence));
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
            let mut best: Option<(u8, usize, String, Option<Strategy>)> = None;
            for (reference, account) in open {
                let strategy = self.strategy(reference).await?;
                let rank = strategy.as_ref().map_or(5, |strategy| strategy.rank);
                if best.as_ref().is_none_or(|(known, ..)| rank < *known) {
                    best = Some((rank, reference, account, strategy));
                }
            }
            let Some((_, reference, account, strategy)) = best else { return Ok(()) };
            let table = self.analysis.references[reference].table;
            match strategy {
                Some(strategy) => self.read(reference, &account, strategy).await?,
                None => {
                    let why = "no condition of the query selects records in a strategy that the vendor offers";
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
    pub(super) fn open(&self) -> Vec<(usize, String)> {
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

    /// The best strategy for the records of a reference.
    async fn strategy(&mut self, reference: usize) -> Result<Option<Strategy>> {
        let needs = self.needs(reference).await?;
        let table = self.tables[self.analysis.references[reference].table].clone();
        let description = self.described(&table)?;
        let (operation, source) = source(&description, table.entity())?;
        let reading = Reading { connector: &description, operation, source };
        let most = usize::try_from(self.budget.left()).unwrap_or(usize::MAX);
        Ok(reading.strategy(&needs, most, self.analysis.enough.is_some()))
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

/// The operation that lists an entity's records, and its rule.
pub(super) fn source<'c>(
    connector: &'c Connector,
    entity: &str,
) -> Result<(&'c Operation, &'c SyncSource)> {
    let name = &connector.name;
    let found = connector.entity(entity).and_then(|entity| {
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
