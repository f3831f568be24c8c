//! One list: its pages, each written with the position behind it while the next one is requested.

use airbyte_agent_core::description::SyncOrder;
use airbyte_agent_core::{Cursor, Outcome, Pages};
use airbyte_agent_store::{Counts, Page};
use serde_json::{Map, Value};

use super::Event;
use super::entity::EntityRun;
use super::first_page::FirstPage;
use crate::arguments::Arguments;
use crate::error::Result;
use crate::mark::{self, Mark};
use crate::record;

/// The records of a page, ready to be written.
struct Ready {
    present: Vec<Value>,
    deleted: Vec<Value>,
    /// Whether what follows is known already.
    is_last: bool,
}

impl EntityRun<'_> {
    /// Reads a list to its end and writes its pages.
    pub(super) async fn list(
        &mut self,
        arguments: Arguments,
        parent: &Map<String, Value>,
        from: Option<Cursor>,
    ) -> Result<()> {
        let runner = self.runner;
        let mut call = runner.client.call(&self.planned.entity, self.planned.action);
        call.set_all(arguments);
        let mut at = from.as_ref().map(ToString::to_string);
        let first = self.first.take_if(|first| from.is_none() && first.list == self.list_mark);
        let (mut pages, mut current) = match first {
            Some(FirstPage { page, .. }) => {
                let pages = page.next.clone().map(|next| {
                    call.resume(next);
                    call.outcomes()
                });
                (pages, Some(page))
            }
            None => {
                if let Some(cursor) = from {
                    call.resume(cursor);
                }
                let mut pages = Some(call.outcomes());
                let page = self.request(&mut pages, true).await?;
                (pages, page)
            }
        };
        while let Some(page) = current {
            let goes_on = page.next.is_some();
            let next = page.next.as_ref().map(ToString::to_string);
            self.note_page(std::mem::replace(&mut at, next), page.validator.clone());
            let next = page.next.as_ref().filter(|cursor| cursor.dead_end().is_none());
            let next = next.map(ToString::to_string);
            let (records, total) = (record::records_of(page.data), page.total);
            let number = records.len();
            if let Some(error) = record::missing_part(&page.errors) {
                self.trouble(error, &parent.clone());
            }
            let ready = self.ready(records, parent)?;
            if ready.is_last {
                self.write(ready, None).await?;
                self.told(number, total);
                return Ok(());
            }
            let position = self.place(next);
            let write = self.write_with(ready, position);
            let (written, following) =
                futures_util::future::join(write, self.request(&mut pages, goes_on)).await;
            let counts = written?;
            self.report.counts += counts;
            self.report.pages += 1;
            self.report.records += number as u64;
            self.told(number, total);
            current = following?;
        }
        Ok(())
    }

    /// The next page; `goes_on`: there is one, which costs a call.
    async fn request(
        &self,
        pages: &mut Option<Pages<Outcome>>,
        goes_on: bool,
    ) -> Result<Option<Outcome>> {
        let Some(pages) = pages else { return Ok(None) };
        if let Some(budget) = self.runner.options.budget.as_ref().filter(|_| goes_on) {
            budget.take()?;
        }
        let _turn = self.runner.pace.turn().await;
        Ok(pages.try_next().await?)
    }

    fn told(&self, records: usize, total: Option<u64>) {
        let entity = &self.planned.entity;
        (self.runner.listener)(Event::Page { entity, records, total });
    }

    /// Takes what is deleted out of the records, and notes their marks.
    fn ready(&mut self, records: Vec<Value>, parent: &Map<String, Value>) -> Result<Ready> {
        let source = &self.planned.source;
        let redactor = self.runner.client.redactor();
        let end = source.change.as_ref().and_then(|change| {
            let is_newest_first = change.order == SyncOrder::Descending && !self.run.is_whole;
            self.run.from.filter(|_| is_newest_first)
        });
        let mut ready = Ready { present: Vec::new(), deleted: Vec::new(), is_last: false };
        let mut high: Option<Mark> = None;
        for mut value in records {
            redactor.clean_value(&mut value);
            if let Some(change) = &source.change {
                let found = change.field.first(&value).filter(|found| !found.is_null());
                match found.map(|found| Mark::read(change.format, found)) {
                    Some(Some(mark)) => {
                        high = high.max(Some(mark));
                        ready.is_last |= end.is_some_and(|end| mark < end);
                    }
                    Some(None) => self.report.unreadable_times += 1,
                    None => {}
                }
            }
            let is_deleted = record::is_deleted(&source.deletions, &value);
            let value = record::stored(value, parent)?;
            if is_deleted { ready.deleted.push(value) } else { ready.present.push(value) }
        }
        self.run.high = self.run.high.max(high);
        if !std::mem::replace(&mut self.run.has_first, true) {
            self.run.first_high = high;
        }
        Ok(ready)
    }

    /// The position behind a page.
    fn place(&mut self, next: Option<String>) -> Option<Value> {
        self.run.cursor = next;
        self.run.saved = Some(mark::now());
        self.keeps_position.then(|| self.position.with_run(&self.run).value())
    }

    async fn write(&mut self, ready: Ready, next: Option<String>) -> Result<()> {
        let number = (ready.present.len() + ready.deleted.len()) as u64;
        let position = self.place(next);
        self.report.counts += self.write_with(ready, position).await?;
        self.report.pages += 1;
        self.report.records += number;
        Ok(())
    }

    /// Removes what is deleted, and writes the records and the position in one transaction. Being interrupted
    /// between the two does no harm: the page is read again.
    fn write_with(
        &self,
        ready: Ready,
        position: Option<Value>,
    ) -> impl Future<Output = Result<Counts>> + use<'_> {
        let (table, account) = (self.table.clone(), self.runner.account.clone());
        let pass = self.pass;
        self.runner.in_store(move |store| {
            let mut counts = Counts::default();
            if !ready.deleted.is_empty() && !table.key().is_empty() {
                counts += store.delete(&table, &account, &ready.deleted, None)?;
            }
            let page = Page { records: &ready.present, position: position.as_ref(), pass };
            counts += store.write_page(&table, &account, page)?;
            Ok(counts)
        })
    }
}
