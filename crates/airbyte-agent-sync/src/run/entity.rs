//! One entity: its lists one after the other, and what happens at their end.

use std::collections::HashSet;
use std::time::Instant;

use airbyte_agent_core::description::{
    Operation, SyncChange, SyncDeletions, SyncRule, SyncSource, SyncTime,
};
use airbyte_agent_core::{Cursor, ErrorKind};
use airbyte_agent_store::{Page, Pass, Table};
use jiff::SignedDuration;
use serde_json::Map;

use super::begin::{self, Beginning, begin};
use super::claim::{Claim, Holder};
use super::first_page::{FirstPage, list_mark};
use super::{Event, Runner};
use crate::arguments::{Arguments, arguments, taken};
use crate::error::{Error, Result};
use crate::mark::{self, Mark};
use crate::parents::Combinations;
use crate::plan::Planned;
use crate::position::{Position, Run};
use crate::record::{parent_value, table_spec};
use crate::report::{EntityReport, Mode, Trouble};

/// Number of lists in a row that may fail before the entity is given up.
const MOST_FAILURES: u64 = 20;

/// Number of rows that come or go after which the database looks anew at what its indexes hold.
const MANY_ROWS: u64 = 500;

/// How much the clock of this machine may be ahead of the vendor's.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(5);

/// The copying of one entity.
pub(super) struct EntityRun<'r> {
    pub(super) runner: &'r Runner,
    pub(super) planned: &'r Planned,
    pub(super) operation: &'r Operation,
    pub(super) table: Table,
    pub(super) report: EntityReport,
    pub(super) position: Position,
    pub(super) run: Run,
    pub(super) pass: Option<Pass>,
    /// Whether positions are stored, as they are unless the caller selects records.
    pub(super) keeps_position: bool,
    pub(super) given: Arguments,
    /// What stands for the list that is being read, and its arguments.
    pub(super) list_mark: String,
    /// The first page, if asking whether it has changed has brought it.
    pub(super) first: Option<FirstPage>,
    /// What `_parent` says in the rows that there are, in an incremental run.
    pub(super) known_parents: Option<HashSet<String>>,
    /// Keeps others from copying the entity at the same time.
    _claim: Option<Claim>,
}

/// Why an entity ends before all its lists are read.
pub(super) enum Break {
    /// What goes wrong would go wrong everywhere, or has gone wrong too often.
    GivenUp,
    /// The run has to begin anew.
    Restart,
}

impl Runner {
    /// Copies an entity. `is_sound`: all records of its parents are there.
    pub(super) async fn entity(&self, planned: &Planned, is_sound: bool) -> EntityReport {
        let started = Instant::now();
        let mut report = EntityReport::new(&planned.entity, Mode::Full);
        let copied = match self.prepare(planned).await {
            Ok(mut run) => {
                let result = run.copy(is_sound).await;
                report = run.report;
                result.map(|()| run.table)
            }
            Err(error) => Err(error),
        };
        match copied {
            Ok(table) => {
                let account = self.account.clone();
                let known = self.in_store(move |store| {
                    Ok((store.account(&table, &account)?, store.misfits(&table, &account)?))
                });
                match known.await {
                    Ok((state, misfits)) => {
                        report.rows = state.map_or(0, |state| state.rows);
                        report.misfits = misfits;
                    }
                    Err(error) => report.troubles.push(Trouble { error, arguments: Map::new() }),
                }
            }
            Err(error) => report.troubles.push(Trouble { error, arguments: Map::new() }),
        }
        report.took = started.elapsed();
        report
    }

    async fn prepare<'r>(&'r self, planned: &'r Planned) -> Result<EntityRun<'r>> {
        let connector = self.client.description();
        let missing = || Error::Plan(format!("{} has no `{}`", connector.name, planned.entity));
        let operation = connector.operation(&planned.entity, planned.action).ok_or_else(missing)?;
        // The caller's arguments take the place of parents, and the key stays the same.
        let Some(SyncRule::Source(rule)) = &operation.sync else { return Err(missing()) };
        let spec = table_spec(connector, operation, rule)?.left_out(self.options.left_out.clone());
        let table = self.in_store(move |store| store.declare(&spec)).await?;
        let entity = &planned.entity;
        let tell = |holder: Holder| {
            (self.listener)(Event::Waiting { entity, process: holder.process });
        };
        let claim =
            Claim::take(&self.store, &table, &self.account, self.options.patience, tell).await?;
        // Whoever was waited for has moved the position.
        let state = {
            let (table, account) = (table.clone(), self.account.clone());
            self.in_store(move |store| store.account(&table, &account)).await?
        };
        let given = taken(operation, &self.options.arguments);
        if !given.is_empty() && rule.key.is_empty() {
            return Err(Error::Plan(format!(
                "records of `{}` have no key, so that they can only be copied all together; leave the \
                 arguments out",
                planned.entity
            )));
        }
        let mut position = Position::of(state.as_ref());
        let mut report = EntityReport::new(&planned.entity, Mode::Selected);
        let (run, keeps_position) =
            match begin(&planned.source, &self.options, &given, state.as_ref(), &mut position) {
                Beginning::Selected => (Run { from: self.options.since, ..Run::default() }, false),
                Beginning::Continued(run) => {
                    report.is_continued = true;
                    (run, true)
                }
                Beginning::New(run) => (run, true),
            };
        if keeps_position {
            report.mode = if run.is_full { Mode::Full } else { Mode::Incremental };
        }
        let pass = state.and_then(|state| state.pass).filter(|_| report.is_continued);
        Ok(EntityRun {
            runner: self,
            planned,
            operation,
            table,
            report,
            position,
            run,
            pass,
            keeps_position,
            given,
            list_mark: String::new(),
            first: None,
            known_parents: None,
            _claim: claim,
        })
    }
}

impl EntityRun<'_> {
    async fn copy(&mut self, is_sound: bool) -> Result<()> {
        (self.runner.listener)(Event::Started {
            entity: &self.planned.entity,
            mode: self.report.mode,
        });
        if !self.report.is_continued && self.keeps_position {
            if is_sound && self.is_unchanged().await? {
                return self.note_unchanged().await;
            }
            self.start().await?;
        }
        if let SyncDeletions::Feed { entity, key } = &self.planned.source.deletions
            && self.report.mode == Mode::Incremental
        {
            self.apply_feed(entity, key).await?;
        }
        match self.lists().await? {
            Err(Break::Restart) => {
                self.position.run = None;
                self.run = Run {
                    is_full: self.run.is_full,
                    plan: std::mem::take(&mut self.run.plan),
                    from: self.run.from,
                    started: Some(mark::now()),
                    ..Run::default()
                };
                self.report.is_continued = false;
                self.start().await?;
                match self.lists().await? {
                    Ok(()) => self.finish(is_sound).await,
                    Err(_) => Ok(()),
                }
            }
            Err(Break::GivenUp) => Ok(()),
            Ok(()) => self.finish(is_sound).await,
        }
    }

    /// Begins a pass if all records are read.
    async fn start(&mut self) -> Result<()> {
        let (table, account) = (self.table.clone(), self.runner.account.clone());
        let is_full = self.run.is_full;
        let (log, pass) = self
            .runner
            .in_store(move |store| {
                let log = store.last_change()?;
                if !is_full {
                    // One that was interrupted is over.
                    store.abort_pass(&table, &account)?;
                    return Ok((log, None));
                }
                Ok((log, Some(store.begin_pass(&table, &account)?)))
            })
            .await?;
        self.run.log = log;
        self.pass = pass;
        Ok(())
    }

    /// Reads the list of every combination of parents' records.
    async fn lists(&mut self) -> Result<Result<(), Break>> {
        let runner = self.runner;
        let source = &self.planned.source;
        let tables = self.parent_tables().await?;
        let mut combinations = Combinations::new(
            &runner.store,
            &runner.account,
            &source.parents,
            tables,
            self.given.clone(),
        );
        let mut at = self.run.at.clone();
        if let Some(keys) = &at {
            combinations.seek(keys)?;
        }
        let mut in_a_row = 0;
        while let Some((keys, found)) = combinations.next(self.operation)? {
            let is_interrupted = at.take().is_some_and(|at| at == keys);
            let cursor = self.run.cursor.take().filter(|_| is_interrupted);
            if is_interrupted && cursor.is_none() {
                continue;
            }
            self.run.at = Some(keys.clone());
            self.report.lists += 1;
            let of_parents = match found {
                Ok(of_parents) => of_parents,
                Err(error) => {
                    self.trouble(error, &Arguments::new());
                    continue;
                }
            };
            let arguments = self.list_arguments(&keys, &of_parents, is_interrupted).await?;
            let parent = parent_value(self.rule(), &arguments);
            let cursor = cursor.and_then(|cursor| cursor.parse::<Cursor>().ok());
            let was_interrupted = cursor.is_some();
            self.list_mark = list_mark(&keys, &arguments, &runner.options.left_out);
            let mut ended = self.list(arguments.clone(), &parent, cursor).await;
            if was_interrupted && ended.as_ref().is_err_and(is_refusal) {
                if source.key.is_empty() {
                    return Ok(Err(Break::Restart));
                }
                // The vendor, or the key of cursors, has forgotten the place in the list.
                ended = self.list(arguments, &parent, None).await;
            }
            in_a_row = if ended.is_ok() { 0 } else { in_a_row + 1 };
            match ended {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::NotFound && !of_parents.is_empty() => {
                    self.report.gone += 1;
                }
                Err(error) if error.ends_everything() || in_a_row > MOST_FAILURES => {
                    self.report.troubles.push(Trouble { error, arguments: of_parents });
                    return Ok(Err(Break::GivenUp));
                }
                Err(error) => {
                    if self.run.is_whole && !self.position.again.contains(&keys) {
                        self.position.again.push(keys);
                    }
                    self.trouble(error, &of_parents);
                }
            }
            self.run.cursor = None;
        }
        Ok(Ok(()))
    }

    /// Remembers what went wrong in a list. The others go on.
    pub(super) fn trouble(&mut self, error: Error, arguments: &Arguments) {
        self.run.failures += 1;
        // Thousands of lists may fail in the same way.
        if self.report.troubles.len() < 100 {
            self.report.troubles.push(Trouble { error, arguments: arguments.clone() });
        }
    }

    /// The arguments of a list, with a filter if only its changes are wanted.
    pub(super) async fn list_arguments(
        &mut self,
        keys: &[String],
        of_parents: &Arguments,
        is_continued: bool,
    ) -> Result<Arguments> {
        let source = &self.planned.source;
        if !is_continued {
            self.run.is_whole = self.run.from.is_some()
                && self.keeps_position
                && !source.parents.is_empty()
                && (self.position.again.iter().any(|again| again == keys)
                    || !self.is_known(of_parents).await?);
        }
        let since = match (&source.change, self.run.from) {
            (Some(change), Some(from)) if !self.run.is_whole => Some((change, from)),
            _ => None,
        };
        let mut all = arguments(self.operation, source, &self.given, of_parents, since);
        self.runner.client.complete_scope(self.operation, &mut all)?;
        Ok(all)
    }

    /// The rule of the spec, with all parents.
    pub(super) fn rule(&self) -> &SyncSource {
        match &self.operation.sync {
            Some(SyncRule::Source(source)) => source,
            _ => &self.planned.source,
        }
    }

    /// Names in SQL of the parents' tables.
    pub(super) async fn parent_tables(&self) -> Result<Vec<String>> {
        if self.planned.source.parents.is_empty() {
            return Ok(Vec::new());
        }
        let tables = self.runner.in_store(airbyte_agent_store::Store::tables).await?;
        let connector = &self.runner.client.description().name;
        let name = |entity: &str| {
            let mut all = tables.iter().map(|summary| &summary.table);
            all.find(|table| table.connector() == connector.as_ref() && table.entity() == entity)
                .map(|table| table.name().to_owned())
                .ok_or_else(|| Error::Records(format!("there is no table of `{entity}`")))
        };
        self.planned.source.parents.iter().map(|parent| name(&parent.entity)).collect()
    }

    /// All lists are read: what was not met is removed, unless something failed.
    async fn finish(&mut self, is_sound: bool) -> Result<()> {
        let is_complete = is_sound && self.run.failures == 0;
        let (table, account) = (self.table.clone(), self.runner.account.clone());
        if !self.keeps_position {
            return Ok(());
        }
        self.position.run = None;
        if is_complete {
            self.position.since = self.position.since.max(self.reached());
            self.position.feed = Some(self.position.feed.unwrap_or_default().max(self.run.log));
            self.position.again.clear();
            self.position.complete = self.run.started;
        }
        let is_known = is_complete && !self.run.has_unknown_pages;
        let pages = std::mem::take(&mut self.run.pages);
        self.position.known = if is_known { pages } else { Vec::new() };
        let position = self.position.value();
        let pass = self.pass;
        let counts = self
            .runner
            .in_store(move |store| match pass {
                Some(pass) if is_complete => {
                    store.finish_pass(&table, &account, pass, Some(&position))
                }
                pass => {
                    if pass.is_some() {
                        store.abort_pass(&table, &account)?;
                    }
                    let page = Page { position: Some(&position), ..Page::default() };
                    store.write_page(&table, &account, page)
                }
            })
            .await?;
        self.report.counts += counts;
        if self.report.counts.inserted + self.report.counts.deleted >= MANY_ROWS {
            let table = self.table.clone();
            self.runner.in_store(move |store| store.analyze(&table)).await?;
        }
        Ok(())
    }

    /// The mark up to which all changes have certainly been met. A record that is changed while a long list is
    /// read may not be met again, so that the latest change of all is none, unless the list is ordered.
    fn reached(&self) -> Option<Mark> {
        let SyncChange { format, .. } = self.planned.source.change.as_ref()?;
        if begin::is_ordered(&self.planned.source) {
            return self.run.high.map(|high| not_later_than_now(high, *format));
        }
        let early = match (format, self.run.started) {
            (SyncTime::Number, _) | (_, None) => None,
            (_, Some(started)) => {
                self.run.high.map(|high| high.min(started.earlier(CLOCKS_DIFFER)))
            }
        };
        self.run.first_high.max(early).map(|high| not_later_than_now(high, *format))
    }
}

/// A record may claim to be changed in the future. What is changed until then must not be missed.
fn not_later_than_now(mark: Mark, format: SyncTime) -> Mark {
    if format == SyncTime::Number { mark } else { mark.min(mark::now()) }
}

/// Whether a vendor or the engine does not accept where a list continues.
fn is_refusal(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Usage | ErrorKind::Validation | ErrorKind::NotFound | ErrorKind::Vendor
    )
}
