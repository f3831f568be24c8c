//! Makes the calls that a query needs, or says which they are.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use airbyte_agent_core::description::{Action, JsonPath, SyncDeletions};
use airbyte_agent_core::{Client, ErrorKind, Outcome};
use airbyte_agent_store::Table;
use serde_json::{Map, Value};

use super::Source;
use super::accounts::{as_of, is_fresh};
use super::report::{LiveCall, Origin};
use super::session::{Session, source};
use super::strategy::{Planned, Reading, Strategy};
use crate::arguments::{Arguments, arguments};
use crate::error::{Error, Result};
use crate::pace::Pace;
use crate::parents::Combinations;
use crate::plan::Plan;
use crate::record::{self, parent_value};
use crate::run::{Event, Options, Runner};

/// How long a query waits for a sync that copies the same entity.
const PATIENCE: Duration = Duration::from_secs(30);

impl Session<'_> {
    /// Reads all records of an account in a table into the store, and those of the entities that it needs.
    pub(super) async fn sync(&mut self, index: usize, account: &str, why: &str) -> Result<()> {
        let table = self.tables[index].clone();
        self.sync_table(&table, account, why).await
    }

    async fn sync_table(&mut self, table: &Table, account: &str, why: &str) -> Result<()> {
        if self.is_there(table, account) {
            return Ok(());
        }
        let source = self.source(table.connector(), Some(account)).await?;
        let description = self.described(table)?;
        let plan = Plan::new(&description, &[table.entity()], &Map::new(), source.client.config());
        let plan = plan.map_err(|error| {
            let hint =
                "; in a query, a condition on the column that gives it makes the call possible";
            let is_argument = error.to_string().contains("it needs an argument");
            Error::Plan(format!("{error}{}", if is_argument { hint } else { "" }))
        })?;
        let max_age = self.options.max_age;
        let mut fresh = HashSet::new();
        for planned in plan.entities.iter().filter(|planned| planned.entity != table.entity()) {
            if let Some(parent) = self.store.table(table.connector(), &planned.entity)?
                && is_fresh(as_of(self.store.account(&parent, account)?.as_ref()), max_age)
            {
                fresh.insert(planned.entity.clone());
            }
        }
        let plan = plan.without(|entity| fresh.contains(entity));
        let first = self.report.calls.len();
        for planned in &plan.entities {
            let Some(operation) = description.operation(&planned.entity, planned.action) else {
                continue;
            };
            let parents: Vec<&str> =
                planned.source.parents.iter().map(|parent| parent.entity.as_ref()).collect();
            let own = planned.entity == table.entity();
            let none = Map::new();
            self.report.calls.push(LiveCall {
                table: airbyte_agent_store::table_name(table.connector(), &planned.entity),
                account: account.to_owned(),
                entity: planned.entity.clone(),
                action: planned.action,
                arguments: arguments(operation, &planned.source, &none, &none, None),
                for_each: (!parents.is_empty())
                    .then(|| format!("record of {}", parents.join(" and "))),
                pushed: Vec::new(),
                why: if own {
                    why.to_owned()
                } else {
                    format!("{} is listed below its records", table.name())
                },
                pages: None,
                records: 0,
            });
        }
        if !self.options.explain {
            let counts = self.copy(&plan, source, account).await;
            for (call, (pages, records)) in self.report.calls[first..].iter_mut().zip(counts.0) {
                (call.pages, call.records) = (Some(pages), records);
            }
            if let Some(error) = counts.1 {
                return Err(self.told(error, table));
            }
            let shown = (table.clone(), account.to_owned());
            self.in_overlay(move |overlay| overlay.show(&shown.0, &shown.1)).await?;
        }
        let state = self.store.account(table, account)?;
        self.note(table, account, Origin::Synced, as_of(state.as_ref()));
        Ok(())
    }

    /// Runs the plan. Gives the pages and records of each of its entities, and the first error.
    async fn copy(
        &self,
        plan: &Plan,
        source: Source,
        account: &str,
    ) -> (Vec<(u64, u64)>, Option<Error>) {
        let options = Options {
            budget: Some(self.budget.clone()),
            pace: Some(source.pace),
            // The calls are counted, and their order is the one that was explained.
            at_once: 1,
            patience: Some(PATIENCE),
            ..Options::default()
        };
        let told: Arc<Vec<(String, AtomicU64, AtomicU64)>> = Arc::new(
            plan.entities
                .iter()
                .map(|planned| (planned.entity.clone(), AtomicU64::new(0), AtomicU64::new(0)))
                .collect(),
        );
        let counted = told.clone();
        let runner = Runner::new(source.client, self.store.clone(), account)
            .options(options)
            .listener(move |event| {
                if let Event::Page { entity, records, .. } = event
                    && let Some((_, pages, all)) = counted.iter().find(|(name, ..)| name == entity)
                {
                    pages.fetch_add(1, Ordering::Relaxed);
                    all.fetch_add(records as u64, Ordering::Relaxed);
                }
            });
        let report = runner.run(plan).await;
        let load = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let counts = told.iter().map(|(_, pages, all)| (load(pages), load(all))).collect();
        let ended = report.error().cloned().or_else(|| {
            let mut skipped = report.skipped.iter();
            let one = skipped.find(|one| plan.entities.iter().any(|p| p.entity == one.entity));
            one.map(|one| Error::Plan(format!("{} was not read: {}", one.entity, one.reason)))
        });
        (counts, ended)
    }

    /// The error with what was done before, if it is that no more calls are allowed.
    fn told(&self, error: Error, table: &Table) -> Error {
        if !matches!(error, Error::Budget(_)) {
            return error;
        }
        let read: Vec<String> = self
            .report
            .calls
            .iter()
            .filter(|call| call.pages.is_some_and(|pages| pages > 0))
            .map(|call| {
                let pages = call.pages.unwrap_or_default();
                format!("{} pages with {} records of {}", pages, call.records, call.table)
            })
            .collect();
        let next = self.report.calls.last().map(|call| {
            let arguments = Value::Object(call.arguments.clone());
            format!("{}.{} {arguments}", call.entity, call.action)
        });
        let filters = self.descriptions_filters(table);
        Error::Budget(format!(
            "the query needs more than the {} calls that are allowed: read were {}; the next call would be of {}. \
             Narrow the query{filters}, allow more with --max-calls, or copy the table with \
             'airbyte-agent sync {} {}'",
            self.budget.most(),
            if read.is_empty() { "no pages".to_owned() } else { read.join(", ") },
            next.unwrap_or_else(|| table.name().to_owned()),
            table.connector(),
            table.entity(),
        ))
    }

    /// The fields by which the vendor selects records of a table: the end of a sentence.
    fn descriptions_filters(&self, table: &Table) -> String {
        let Some(description) = self.known_description(table.connector()) else {
            return String::new();
        };
        let Ok((operation, source)) = source(description, table.entity()) else {
            return String::new();
        };
        let mut names: Vec<String> = operation
            .filters
            .iter()
            .map(|filter| filter.field.to_string().trim_start_matches("$.").to_owned())
            .collect();
        let change = source.change.as_ref().filter(|change| !change.filter.is_empty());
        names.extend(change.map(|c| c.field.to_string().trim_start_matches("$.").to_owned()));
        names.dedup();
        if names.is_empty() {
            return String::new();
        }
        format!(" (the vendor selects by {})", names.join(", "))
    }

    /// Reads the records of a reference by a strategy, for this query only.
    pub(super) async fn read(
        &mut self,
        reference: usize,
        account: &str,
        strategy: Strategy,
    ) -> Result<()> {
        let table = self.tables[self.analysis.references[reference].table].clone();
        let own = self.source(table.connector(), Some(account)).await?;
        let description = self.described(&table)?;
        let (operation, rule) = source(&description, table.entity())?;
        let reading = Reading { connector: &description, operation, source: rule };
        let mut parents = Vec::new();
        let mut for_each = strategy.each.clone();
        for parent in &strategy.parents {
            let connector = table.connector();
            let (list, source) = source(&description, &parent.entity)?;
            let parent_table = match self.store.table(connector, &parent.entity)? {
                Some(known) => known,
                None => self.store.declare(&record::table_spec(&description, list, source)?)?,
            };
            let state = as_of(self.store.account(&parent_table, account)?.as_ref());
            if !is_fresh(state, self.options.max_age) {
                let why = format!("{} is listed below its records", table.name());
                self.sync_table(&parent_table, account, &why).await?;
                if self.options.explain {
                    for_each = Some(format!("record of {}", parent.entity));
                }
            }
            parents.push(parent_table.name().to_owned());
        }
        let why = match (strategy.rank, strategy.action) {
            (4, _) => "any records are enough for the LIMIT".to_owned(),
            (_, Action::Get) => "the query names the keys".to_owned(),
            _ => "the vendor applies a part of the conditions".to_owned(),
        };
        let mut work = Work {
            table: table.clone(),
            account: account.to_owned(),
            client: own.client.clone(),
            pace: own.pace.clone(),
            action: strategy.action,
            pushed: strategy.pushed.clone(),
            unless: strategy.unless.clone(),
            why,
            is_below_parents: !rule.parents.is_empty(),
        };
        if self.options.explain {
            self.note(&table, account, Origin::Live, None);
        } else {
            let hidden = (table.clone(), account.to_owned());
            self.in_overlay(move |overlay| overlay.hide(&hidden.0, &hidden.1)).await?;
            self.note(&table, account, Origin::Live, Some(crate::mark::now()));
        }
        for planned in &strategy.calls {
            let wanted: Arguments = planned.given.clone();
            if for_each.is_some() {
                let arguments =
                    Self::call_arguments(reading, planned, &Arguments::new(), strategy.action);
                let explained = work.explained(arguments, for_each.clone(), None);
                self.report.calls.push(explained);
                continue;
            }
            let store = self.store.clone();
            let mut all =
                Combinations::new(&store, account, &strategy.parents, parents.clone(), wanted);
            while let Some((_, found)) = all.next(operation)? {
                if self.has_enough().await? {
                    return Ok(());
                }
                let mut arguments =
                    Self::call_arguments(reading, planned, &found?, strategy.action);
                let called = description.operation(table.entity(), strategy.action);
                own.client.complete_scope(called.unwrap_or(operation), &mut arguments)?;
                record::check_scope(table.name(), rule, &arguments)?;
                let is_one = strategy.action == Action::Get
                    || (strategy.rank == 4
                        && strategy.parents.is_empty()
                        && self.has_no_conditions());
                if self.options.explain {
                    let explained = work.explained(arguments, None, is_one.then_some(1));
                    if !self.report.calls.contains(&explained) {
                        self.report.calls.push(explained);
                    }
                    continue;
                }
                let parent = parent_value(rule, &arguments);
                self.call(&mut work, arguments, &parent, rule.deletions.clone()).await?;
            }
        }
        Ok(())
    }

    fn has_no_conditions(&self) -> bool {
        self.analysis.references.iter().all(|reference| reference.conditions.is_empty())
            && !self.sql.to_lowercase().contains("where")
            && !self.sql.to_lowercase().contains("offset")
    }

    fn call_arguments(
        reading: Reading<'_>,
        planned: &Planned,
        of_parents: &Arguments,
        action: Action,
    ) -> Arguments {
        if action == Action::Get {
            return planned.given.clone();
        }
        reading.arguments(planned, of_parents)
    }

    /// Whether the query has as many rows as it asks for, whichever these are.
    async fn has_enough(&self) -> Result<bool> {
        let Some(enough) = self.analysis.enough.filter(|_| !self.options.explain) else {
            return Ok(false);
        };
        Ok(enough == 0 || self.rows().await?.rows.len() as u64 >= enough)
    }

    /// Makes a call, with all its pages as far as they are needed.
    async fn call(
        &mut self,
        work: &mut Work,
        arguments: Arguments,
        parent: &Map<String, Value>,
        deletions: SyncDeletions,
    ) -> Result<()> {
        let is_known = self.report.calls.iter().any(|call| {
            call.table == work.table.name()
                && call.account == work.account
                && call.action == work.action
                && call.arguments == arguments
        });
        if is_known {
            return Ok(());
        }
        self.report.calls.push(work.explained(arguments.clone(), None, Some(0)));
        let mut call = work.client.call(work.table.entity(), work.action);
        call.set_all(arguments);
        let is_get = work.action == Action::Get;
        let mut pages = call.clone().outcomes();
        loop {
            if let Err(error) = self.budget.take() {
                return Err(self.told(error, &work.table));
            }
            let turn = work.pace.turn().await;
            let found = if is_get {
                call.clone().outcome().await.map(Some)
            } else {
                pages.try_next().await
            };
            drop(turn);
            let page = match found {
                Ok(Some(page)) => page,
                Ok(None) => return Ok(()),
                Err(error)
                    if error.kind() == ErrorKind::NotFound && (is_get || work.is_below_parents) =>
                {
                    self.counted(0);
                    return Ok(());
                }
                Err(error) => return Err(error.into()),
            };
            let goes_on = !is_get && page.next.is_some();
            self.keep(work, page, parent, &deletions).await?;
            if self.has_enough().await? {
                return Ok(());
            }
            if !goes_on {
                return Ok(());
            }
        }
    }

    fn counted(&mut self, records: u64) {
        if let Some(call) = self.report.calls.last_mut() {
            call.pages = Some(call.pages.unwrap_or_default() + 1);
            call.records += records;
        }
    }

    /// Puts the records of a page where the query finds them.
    async fn keep(
        &mut self,
        work: &Work,
        page: Outcome,
        parent: &Map<String, Value>,
        deletions: &SyncDeletions,
    ) -> Result<()> {
        if let Some(error) = record::missing_part(&page.errors) {
            return Err(error);
        }
        let redactor = work.client.redactor();
        let mut records = Vec::new();
        for mut value in record::records_of(page.data) {
            redactor.clean_value(&mut value);
            let unless = work.unless.as_ref().and_then(|member| member.first(&value));
            if !record::is_deleted(deletions, &value) && !record::marks(unless, None) {
                records.push(record::stored(value, parent)?);
            }
        }
        self.counted(records.len() as u64);
        let (table, account) = (work.table.clone(), work.account.clone());
        self.in_overlay(move |overlay| overlay.add(&table, &account, &records)).await
    }
}

/// What the calls for a reference have in common.
struct Work {
    table: Table,
    account: String,
    client: Client,
    pace: Pace,
    action: Action,
    pushed: Vec<String>,
    /// The member that marks records which the list does not have.
    unless: Option<JsonPath>,
    why: String,
    /// Whether records of parents give arguments. Where such a record is gone, there is nothing below it.
    is_below_parents: bool,
}

impl Work {
    fn explained(
        &self,
        arguments: Arguments,
        for_each: Option<String>,
        pages: Option<u64>,
    ) -> LiveCall {
        LiveCall {
            table: self.table.name().to_owned(),
            account: self.account.clone(),
            entity: self.table.entity().to_owned(),
            action: self.action,
            arguments,
            for_each,
            pushed: self.pushed.clone(),
            why: self.why.clone(),
            pages,
            records: 0,
        }
    }
}
