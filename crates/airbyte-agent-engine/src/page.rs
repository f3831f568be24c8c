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
    /// Metadata by the names in the spec.
    pub meta: M,
    /// Where the list continues; `None` on the last page.
    pub next: Option<Cursor>,
    /// How many records the whole list has, where the vendor says so.
    pub total: Option<u64>,
    /// What the vendor reports beside the records, such as errors of some of them or that a search ran out
    /// of time: a part of them may be missing. [`report_texts`](crate::report_texts) makes texts of it.
    pub errors: Vec<Value>,
}

/// The records of the page, in their order. Further pages are not among them: the streams of
/// [`Items`] are.
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

/// How many pages a stream remembers: a few megabytes of them.
const MOST_SEEN: usize = 200_000;

/// Anything that knows where it continues.
pub(crate) trait Continues {
    /// The next page.
    fn next(&self) -> Option<&Cursor>;

    /// How many records there are.
    fn records(&self) -> usize;

    /// What the vendor reports beside the records.
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

/// Makes the request for the page at a cursor, for the first page without one, of which at most so many
/// records are given.
type Fetch<P> = Box<dyn Fn(Option<Cursor>, Option<usize>) -> BoxFuture<'static, Result<P>> + Send>;

/// The pages of a list, one request each, as a stream.
///
/// Ends at the last page, and with an error as soon as one page fails. It ends with an error, too, behind
/// the last page that can be read of a list that goes on: when the vendor says that there is more but
/// not how to get it, or hands out a cursor a second time.
#[must_use = "streams do nothing unless polled"]
pub struct Pages<P> {
    /// The operation, such as `issues.list`.
    operation: String,
    fetch: Fetch<P>,
    state: State<P>,
    /// Hashes of what led to the pages so far, up to a number of them. Cursors notice circles themselves, but only behind
    /// the first round.
    seen: HashSet<u64>,
    next: Option<Cursor>,
    /// How many more records are given.
    left: Option<usize>,
    errors: Vec<Value>,
}

enum State<P> {
    /// A request is due.
    Due,
    /// A request is under way.
    Fetching(BoxFuture<'static, Result<P>>),
    /// The list goes on, but cannot be read further.
    DeadEnd(Box<Error>),
    /// Nothing more comes.
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

    /// Ends after this many records. If the last page has more of them, the rest is left out, and
    /// [`cursor`](Self::cursor) continues exactly behind the last record given.
    pub fn max(mut self, records: usize) -> Self {
        self.left = Some(records);
        self
    }

    /// Where the list continues after the pages given out so far; `None` before the first and
    /// after the last.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.next.as_ref()
    }

    /// What the vendor has reported beside the records of the pages given out so far, in its own form. A
    /// part of the records may be missing.
    pub fn errors(&self) -> &[Value] {
        &self.errors
    }
}

// The trait stays inside the crate.
#[allow(private_bounds)]
impl<P: Continues> Pages<P> {
    /// The next page, `None` after the last.
    ///
    /// # Errors
    ///
    /// Whatever the request for the page fails with.
    pub async fn try_next(&mut self) -> Result<Option<P>> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// What comes behind a page that continues at a cursor.
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

// The only pinned part is boxed.
impl<P> Unpin for Pages<P> {}

impl<P> fmt::Debug for Pages<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("operation", &self.operation)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

/// The records of a list, page after page, as a stream.
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

    /// Ends after this many records, however many there are. [`cursor`](Self::cursor) then continues
    /// exactly behind the last one.
    pub fn max(mut self, records: usize) -> Self {
        self.ready.truncate(records);
        self.pages = self.pages.max(records - self.ready.len());
        self
    }

    /// The next record, `None` after the last.
    ///
    /// # Errors
    ///
    /// Whatever the request for a page fails with.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// All records. What the vendor reports beside them is lost; see [`errors`](Self::errors).
    ///
    /// # Errors
    ///
    /// Whatever the request for a page fails with; the records so far are lost, so prefer
    /// [`try_next`](Self::try_next) where they matter.
    pub async fn collect(mut self) -> Result<Vec<T>> {
        let mut all = Vec::new();
        while let Some(record) = self.try_next().await? {
            all.push(record);
        }
        Ok(all)
    }

    /// Where the list continues after the page whose records are being given out.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.pages.cursor()
    }

    /// What the vendor has reported beside the records of the pages read so far, in its own form. A part
    /// of the records may be missing, so look at it at the end.
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

// Records are moved out, never pinned.
impl<T> Unpin for Items<T> {}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("pages", &self.pages)
            .field("ready", &self.ready.len())
            .finish_non_exhaustive()
    }
}
