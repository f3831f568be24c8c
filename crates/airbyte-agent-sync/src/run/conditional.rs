//! Lists that have not changed are not read again, where the vendor answers "not modified": each page of the last
//! complete run is asked for by its validator, and the first that has changed ends the asking.

use airbyte_agent_core::description::SyncDeletions;
use airbyte_agent_core::{CallOptions, Cursor, Outcome};
use airbyte_agent_store::Page;

use super::Event;
use super::entity::EntityRun;
use super::first_page::{FirstPage, list_mark};
use crate::arguments::Arguments;
use crate::error::{Error, Result};
use crate::parents::Combinations;
use crate::position::KnownPage;

/// Most pages that are remembered: asking for more one by one saves little, and every page is written with all of them.
const MOST_PAGES: usize = 50;

/// Longest place of a page that is remembered, in bytes.
const LONGEST_CURSOR: usize = 4096;

/// What asking for a page has brought.
enum Answer {
    NotModified,
    Changed(Box<Outcome>),
}

impl EntityRun<'_> {
    /// Whether the vendor says of every page of the last complete run that it has not changed, and the lists are the same
    /// as then. Rows that the store lacks in other ways, such as after deletions that a feed names, are read.
    pub(super) async fn is_unchanged(&mut self) -> Result<bool> {
        let known = std::mem::take(&mut self.position.known);
        let source = &self.planned.source;
        let has_feed = matches!(source.deletions, SyncDeletions::Feed { .. });
        let is_tried = source.conditional && !has_feed && !self.runner.options.full;
        if !is_tried || known.is_empty() || !self.position.again.is_empty() {
            return Ok(false);
        }
        let tables = self.parent_tables().await?;
        let (runner, given) = (self.runner, self.given.clone());
        let parents = &self.planned.source.parents;
        let mut combinations =
            Combinations::new(&runner.store, &runner.account, parents, tables, given);
        let mut left = known.iter().peekable();
        while let Some((keys, found)) = combinations.next(self.operation)? {
            let Ok(of_parents) = found else { return Ok(false) };
            let arguments = self.list_arguments(&keys, &of_parents, false).await?;
            if std::mem::take(&mut self.run.is_whole) {
                return Ok(false);
            }
            let list = list_mark(&keys, &arguments, &runner.options.left_out);
            let mut pages = 0;
            while let Some(page) = left.next_if(|page| page.list == list) {
                pages += 1;
                match self.ask(&arguments, page).await? {
                    Some(Answer::NotModified) => self.report.not_modified += 1,
                    Some(Answer::Changed(changed)) => {
                        if page.cursor.is_none() {
                            self.first = Some(FirstPage { list, page: *changed });
                        }
                        return Ok(false);
                    }
                    None => return Ok(false),
                }
            }
            if pages == 0 {
                return Ok(false);
            }
        }
        if left.peek().is_some() {
            return Ok(false);
        }
        self.position.known = known;
        Ok(true)
    }

    /// Asks for a page. `None` if it cannot be told whether it has changed; the run tells why, if it is of importance.
    async fn ask(&self, arguments: &Arguments, page: &KnownPage) -> Result<Option<Answer>> {
        let mut call = self.runner.client.call(&self.planned.entity, self.planned.action);
        call.set_all(arguments.clone());
        *call.options() = CallOptions::default().unless_matches(&page.validator);
        match page.cursor.as_ref().map(|text| text.parse::<Cursor>()) {
            None => {}
            Some(Ok(cursor)) => call.resume(cursor),
            Some(Err(_)) => return Ok(None),
        }
        if let Some(budget) = self.runner.options.budget.as_ref() {
            budget.take()?;
        }
        let _turn = self.runner.pace.turn().await;
        // The same request as that of a run, which is for pages.
        match call.outcomes().try_next().await.map_err(Error::from) {
            Ok(Some(outcome)) if outcome.unchanged => Ok(Some(Answer::NotModified)),
            Ok(Some(outcome)) => Ok(Some(Answer::Changed(Box::new(outcome)))),
            Err(error) if error.ends_everything() => Err(error),
            Ok(None) | Err(_) => Ok(None),
        }
    }

    /// Notes that everything is as it was at the beginning of this run. Nothing is removed.
    pub(super) async fn note_unchanged(&mut self) -> Result<()> {
        self.position.complete = self.run.started;
        self.position.run = None;
        let position = self.position.value();
        let (table, account) = (self.table.clone(), self.runner.account.clone());
        let noted = self.runner.in_store(move |store| {
            store.write_page(
                &table,
                &account,
                Page { position: Some(&position), ..Page::default() },
            )
        });
        noted.await?;
        let entity = &self.planned.entity;
        (self.runner.listener)(Event::Page { entity, records: 0, total: None });
        Ok(())
    }

    /// Remembers a page of the list that is being read, for the next run to ask whether it has changed.
    pub(super) fn note_page(&mut self, cursor: Option<String>, validator: Option<String>) {
        if !self.planned.source.conditional || !self.keeps_position {
            return;
        }
        let fits = self.run.pages.len() < MOST_PAGES
            && cursor.as_ref().is_none_or(|cursor| cursor.len() <= LONGEST_CURSOR);
        match validator.filter(|_| fits && !self.run.has_unknown_pages) {
            Some(validator) => {
                let list = self.list_mark.clone();
                self.run.pages.push(KnownPage { list, cursor, validator });
            }
            None => {
                self.run.has_unknown_pages = true;
                self.run.pages.clear();
            }
        }
    }
}
