//! Pages of records, and streams over them.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde_json::Value;

use crate::cursor::{Cursor, DeadEnd};
use crate::error::{Error, Result};
use crate::http::BoxFuture;
use crate::outcome::Outcome;

/// One page of a list.
///
/// ```
/// # fn example(page: airbyte_agent_engine::Page<String>) {
/// for record in &page {
///     println!("{record}");
/// }
/// let longest = page.into_iter().max_by_key(String::len);
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Page<T, M = Value> {
    /// The records of this page.
    pub data: Vec<T>,
    /// Metadata, by the names in the spec.
    pub meta: M,
    /// Where the list continues; `None` on the last page.
    pub next: Option<Cursor>,
    /// The number of records of the whole list; `None` where the vendor does not state it.
    pub total: Option<u64>,
    /// What the vendor reports in addition to the records, such as errors of some of them, or that
    /// a search exceeded its time. Some records may then be missing.
    /// [`report_texts`](crate::report_texts) turns it into texts.
    pub errors: Vec<Value>,
}

/// Iterates over the records of this page, in their order. The stream [`Items`] also contains the
/// records of further pages.
impl<T, M> IntoIterator for Page<T, M> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.data.into_iter()
    }
}

impl<T, M> Page<T, M> {
    /// The records of the page, in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.data.iter()
    }
}

impl<'a, T, M> IntoIterator for &'a Page<T, M> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.data.iter()
    }
}

/// The number of pages that a stream remembers, which take a few megabytes.
const MOST_SEEN: usize = 200_000;

/// A page that knows where its list continues.
pub(crate) trait Continues {
    /// The cursor of the next page.
    fn next(&self) -> Option<&Cursor>;

    /// How many records the page has.
    fn records(&self) -> usize;

    /// What the vendor reports in addition to the records.
    fn errors(&self) -> &[Value];
}

impl<T, M> Continues for Page<T, M> {
    fn next(&self) -> Option<&Cursor> {
        self.next.as_ref()
    }

    fn records(&self) -> usize {
        self.data.len()
    }

    fn errors(&self) -> &[Value] {
        &self.errors
    }
}

impl Continues for Outcome {
    fn next(&self) -> Option<&Cursor> {
        self.next.as_ref()
    }

    fn records(&self) -> usize {
        self.data.as_array().map_or(usize::from(!self.data.is_null()), Vec::len)
    }

    fn errors(&self) -> &[Value] {
        &self.errors
    }
}

/// Requests the page at a cursor, or the first page without one. At most so many of its records are
/// returned.
type Fetch<P> = Box<dyn Fn(Option<Cursor>, Option<usize>) -> BoxFuture<'static, Result<P>> + Send>;

/// The pages of a list, one request each, as a stream.
///
/// The stream ends at the last page, and with an error as soon as one page fails. It also ends with
/// an error if a list continues behind the last page that can be read: when the vendor says that
/// there is more but not how to get it, or returns a cursor a second time.
#[must_use = "streams do nothing unless polled"]
pub struct Pages<P> {
    /// The operation, such as `issues.list`.
    operation: String,
    fetch: Fetch<P>,
    state: State<P>,
    /// Hashes of what led to the pages so far, up to a limited number. Cursors notice circles as
    /// well, but only after the first round.
    seen: HashSet<u64>,
    next: Option<Cursor>,
    /// How many more records are returned.
    left: Option<usize>,
    errors: Vec<Value>,
}

enum State<P> {
    /// The next request has not been made.
    Due,
    /// A request is in progress.
    Fetching(BoxFuture<'static, Result<P>>),
    /// The list continues, but cannot be read further.
    DeadEnd(Box<Error>),
    /// The stream has ended.
    Ended,
}

impl<P> Pages<P> {
    pub(crate) fn new(operation: String, fetch: Fetch<P>) -> Self {
        Self {
            operation,
            fetch,
            state: State::Due,
            seen: HashSet::new(),
            next: None,
            left: None,
            errors: Vec::new(),
        }
    }

    /// Ends the stream after this many records. If the last page contains more, the rest is left
    /// out, and [`cursor`](Self::cursor) continues exactly behind the last record returned.
    pub fn max(mut self, records: usize) -> Self {
        self.left = Some(records);
        self
    }

    /// Where the list continues after the pages returned so far; `None` before the first page and
    /// after the last one.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.next.as_ref()
    }

    /// What the vendor has reported in addition to the records of the pages returned so far, in its
    /// own form. Some records may then be missing.
    pub fn errors(&self) -> &[Value] {
        &self.errors
    }
}

// The trait is not public.
#[allow(private_bounds)]
impl<P: Continues> Pages<P> {
    /// The next page; `None` after the last one.
    ///
    /// # Errors
    ///
    /// The error of the request for the page.
    pub async fn try_next(&mut self) -> Result<Option<P>> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// The state after a page, whose list continues at the cursor.
    fn behind(&mut self, cursor: Option<Cursor>) -> State<P> {
        let Some(cursor) = cursor else { return State::Ended };
        let is_enough = self.left == Some(0);
        let error = match cursor.way_on() {
            Some(Err(error)) => Some(error),
            Some(Ok(place_hash)) if self.seen.contains(&place_hash) => {
                Some(DeadEnd::Circle.error(&self.operation))
            }
            Some(Ok(place_hash)) => {
                if self.seen.len() < MOST_SEEN {
                    self.seen.insert(place_hash);
                }
                None
            }
            None => None,
        };
        match error {
            Some(_) if is_enough => State::Ended,
            Some(error) => State::DeadEnd(Box::new(error)),
            None => {
                self.next = Some(cursor);
                State::Due
            }
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<P>>> {
        loop {
            match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Due if self.left == Some(0) => {
                    self.state = State::Ended;
                }
                State::Due => {
                    self.state = State::Fetching((self.fetch)(self.next.take(), self.left));
                }
                State::DeadEnd(_) => {
                    let State::DeadEnd(error) = std::mem::replace(&mut self.state, State::Ended)
                    else {
                        continue;
                    };
                    return Poll::Ready(Some(Err(*error)));
                }
                State::Fetching(future) => {
                    let page = ready!(future.as_mut().poll(context));
                    self.state = State::Ended;
                    if let Ok(page) = &page {
                        self.left = self.left.map(|left| left.saturating_sub(page.records()));
                        self.errors.extend_from_slice(page.errors());
                        self.state = self.behind(page.next().cloned());
                    }
                    return Poll::Ready(Some(page));
                }
            }
        }
    }
}

impl<P: Continues> Stream for Pages<P> {
    type Item = Result<P>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<P>>> {
        self.get_mut().poll(context)
    }
}

// The only part that is pinned is boxed.
impl<P> Unpin for Pages<P> {}

impl<P> fmt::Debug for Pages<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("operation", &self.operation)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

/// The records of a list, from all its pages, as a stream.
///
/// ```no_run
/// # async fn example(call: airbyte_agent_engine::Call) -> airbyte_agent_engine::Result<()> {
/// let mut records = call.items::<serde_json::Value>().max(500);
/// while let Some(record) = records.try_next().await? {
///     println!("{record}");
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct Items<T> {
    pages: Pages<Page<T, Value>>,
    ready: VecDeque<T>,
}

impl<T> Items<T> {
    pub(crate) fn new(pages: Pages<Page<T, Value>>) -> Self {
        Self { pages, ready: VecDeque::new() }
    }

    /// Ends the stream after this many records, even if there are more. [`cursor`](Self::cursor)
    /// then continues exactly behind the last one.
    pub fn max(mut self, records: usize) -> Self {
        self.ready.truncate(records);
        self.pages = self.pages.max(records - self.ready.len());
        self
    }

    /// The next record; `None` after the last one.
    ///
    /// # Errors
    ///
    /// The error of the request for a page.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// Reads all records. What the vendor reports in addition to them is lost; see
    /// [`errors`](Self::errors).
    ///
    /// # Errors
    ///
    /// The error of the request for a page. The records that were read before are then lost, so use
    /// [`try_next`](Self::try_next) where they matter.
    pub async fn collect(mut self) -> Result<Vec<T>> {
        let mut all = Vec::new();
        while let Some(record) = self.try_next().await? {
            all.push(record);
        }
        Ok(all)
    }

    /// Where the list continues after the page whose records are being returned.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.pages.cursor()
    }

    /// What the vendor has reported in addition to the records of the pages read so far, in its own
    /// form. Some records may then be missing, so read this value at the end.
    ///
    /// ```no_run
    /// # async fn example(call: airbyte_agent_engine::Call) -> airbyte_agent_engine::Result<()> {
    /// let mut records = call.items::<serde_json::Value>();
    /// while let Some(record) = records.try_next().await? {
    ///     println!("{record}");
    /// }
    /// for error in records.errors() {
    ///     eprintln!("the vendor reports: {error}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn errors(&self) -> &[Value] {
        self.pages.errors()
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(record) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(record)));
            }
            match ready!(self.pages.poll(context)) {
                None => return Poll::Ready(None),
                Some(Ok(page)) => self.ready = page.data.into(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        self.get_mut().poll(context)
    }
}

// Records are moved out of the stream and never pinned.
impl<T> Unpin for Items<T> {}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("pages", &self.pages)
            .field("ready", &self.ready.len())
            .finish_non_exhaustive()
    }
}
