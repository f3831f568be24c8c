//! Pages of records, and streams over them.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde_json::Value;

use crate::cursor::Cursor;
use crate::error::{Error, ErrorKind, Result};
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

/// Anything that knows where it continues.
pub(crate) trait Continues {
    /// The next page.
    fn next(&self) -> Option<&Cursor>;
}

impl<T, M> Continues for Page<T, M> {
    fn next(&self) -> Option<&Cursor> {
        self.next.as_ref()
    }
}

impl Continues for Outcome {
    fn next(&self) -> Option<&Cursor> {
        self.next.as_ref()
    }
}

/// Makes the request for the page at a cursor, for the first page without one.
type Fetch<P> = Box<dyn Fn(Option<Cursor>) -> BoxFuture<'static, Result<P>> + Send>;

/// The pages of a list, one request each, as a stream.
///
/// Ends at the last page, and with an error as soon as one page fails or the vendor hands out a
/// cursor a second time.
#[must_use = "streams do nothing unless polled"]
pub struct Pages<P> {
    /// The operation, such as `issues.list`.
    operation: String,
    fetch: Fetch<P>,
    state: State<P>,
    seen: HashSet<Cursor>,
    next: Option<Cursor>,
}

enum State<P> {
    /// A request is due.
    Due,
    /// A request is under way.
    Fetching(BoxFuture<'static, Result<P>>),
    /// Nothing more comes.
    Ended,
}

impl<P> Pages<P> {
    pub(crate) fn new(operation: String, fetch: Fetch<P>) -> Self {
        Self { operation, fetch, state: State::Due, seen: HashSet::new(), next: None }
    }

    /// Where the list continues after the pages given out so far; `None` before the first and
    /// after the last.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.next.as_ref()
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

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<P>>> {
        loop {
            match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Due => {
                    self.state = State::Fetching((self.fetch)(self.next.take()));
                }
                State::Fetching(future) => {
                    let page = ready!(future.as_mut().poll(context));
                    self.state = State::Ended;
                    if let Ok(page) = &page
                        && let Some(cursor) = page.next().cloned()
                    {
                        if !self.seen.insert(cursor.clone()) {
                            return Poll::Ready(Some(Err(repeated(&self.operation))));
                        }
                        self.next = Some(cursor);
                        self.state = State::Due;
                    }
                    return Poll::Ready(Some(page));
                }
            }
        }
    }
}

fn repeated(operation: &str) -> Error {
    let message = format!(
        "{operation}: the vendor handed out the same cursor twice; stopped instead of going in \
         circles"
    );
    Error::new(ErrorKind::Vendor, message)
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
    left: Option<usize>,
}

impl<T> Items<T> {
    pub(crate) fn new(pages: Pages<Page<T, Value>>) -> Self {
        Self { pages, ready: VecDeque::new(), left: None }
    }

    /// Ends after this many records, however many there are.
    pub fn max(mut self, records: usize) -> Self {
        self.left = Some(records);
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

    /// All records.
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

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if self.left == Some(0) {
                return Poll::Ready(None);
            }
            if let Some(record) = self.ready.pop_front() {
                self.left = self.left.map(|left| left - 1);
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
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
