//! One rule of a mock: the calls that it answers, and its responses.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value};

use super::reply::{Answer, Failure, File, Page, Step};
use super::{Mock, Seen};
use crate::arguments::find_unknown;
use crate::description::{Action, Connector};
use crate::lookup::find_operation;

/// The responses of a mock to the calls of an operation; [`Mock::on`] makes a rule.
///
/// Each call gets one response, in the order in which they were set; the last response is repeated.
/// For example, `.fail(ErrorKind::Network).reply(data)` fails once and succeeds from then on.
pub struct Rule {
    mock: Mock,
    number: usize,
}

/// A rule in the form in which the mock stores it.
pub(super) struct StoredRule {
    pub(super) entity: String,
    pub(super) action: String,
    pub(super) with: Map<String, Value>,
    pub(super) steps: Vec<Step>,
    pub(super) limit: Option<usize>,
    pub(super) used: usize,
    /// What is wrong with the rule itself; `None` if nothing is.
    pub(super) defect: Option<String>,
    delay: Duration,
}

impl StoredRule {
    pub(super) fn new(entity: String, action: &str) -> Self {
        // The action `api_search` is called `search` here.
        let known = action.parse::<Action>().map(Action::as_str);
        let action = known.unwrap_or(action).to_owned();
        Self {
            entity,
            action,
            with: Map::new(),
            steps: Vec::new(),
            limit: None,
            used: 0,
            defect: None,
            delay: Duration::ZERO,
        }
    }

    /// Whether the rule matches this call. Whether it may still be used is not checked here.
    pub(super) fn fits(&self, call: &Seen) -> bool {
        self.entity == call.entity
            && self.action == call.action.as_str()
            && self.with.iter().all(|(name, value)| call.arguments.get(name) == Some(value))
    }

    /// What the rule names that the connector does not have; `None` when the rule may match a call
    /// of the connector.
    pub(super) fn problem(&self, connector: &Connector) -> Option<String> {
        match find_operation(connector, &self.entity, &self.action) {
            Err(error) => Some(error.message().to_owned()),
            Ok(operation) => {
                let problems = find_unknown(operation, &self.with);
                let told: Vec<&str> = problems.iter().map(|wrong| wrong.problem.as_str()).collect();
                (!told.is_empty()).then(|| told.join(", "))
            }
        }
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.limit.is_some_and(|limit| self.used >= limit)
    }

    /// The response to the next call.
    pub(super) fn step(&mut self) -> Option<(usize, Step)> {
        let place = self.used.min(self.steps.len().checked_sub(1)?);
        self.used += 1;
        Some((place, self.steps[place].clone()))
    }

    fn push(&mut self, answer: Answer) {
        let delay = std::mem::take(&mut self.delay);
        self.steps.push(Step { answer, delay });
    }

    fn complain(&mut self, defect: &str) {
        self.defect.get_or_insert_with(|| defect.to_owned());
    }
}

/// Writes the rule as `issues.list with {"owner":"acme"}, called once`.
impl fmt::Display for StoredRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.entity, self.action)?;
        if !self.with.is_empty() {
            write!(f, " with {}", Value::Object(self.with.clone()))?;
        }
        match self.used {
            0 => f.write_str(", never called"),
            1 => f.write_str(", called once"),
            used => write!(f, ", called {used} times"),
        }?;
        match self.limit {
            Some(limit) if self.used >= limit => f.write_str(" and no more allowed"),
            Some(limit) => write!(f, " of {limit}"),
            None => Ok(()),
        }
    }
}

// Every method takes effect at once, so its result need not be used.
#[allow(clippy::return_self_not_must_use)]
impl Rule {
    pub(super) fn new(mock: Mock, number: usize) -> Self {
        Self { mock, number }
    }

    fn change(self, change: impl FnOnce(&mut StoredRule)) -> Self {
        self.mock.change(self.number, change);
        self
    }

    /// Restricts the rule to calls with these arguments. A call may have further arguments.
    pub fn with(self, arguments: Value) -> Self {
        self.change(|rule| match arguments {
            Value::Object(arguments) => rule.with.extend(arguments),
            _ => rule.complain("'with' takes a JSON object of arguments"),
        })
    }

    /// Adds a response with these records (`list`, `search`) or this record (all other actions);
    /// `null` means that the record does not exist.
    pub fn reply(self, data: Value) -> Self {
        self.change(|rule| rule.push(Answer::Pages(vec![Page { data, meta: Value::Null }])))
    }

    /// Adds a response that a function makes for each call.
    pub fn reply_with(self, answer: impl Fn(&Seen) -> Value + Send + Sync + 'static) -> Self {
        self.change(|rule| rule.push(Answer::Computed(Arc::new(answer))))
    }

    /// Adds a page of records: the first call gets the first page and a cursor to the second one,
    /// and so on to the last page.
    pub fn page(self, records: Value) -> Self {
        self.change(|rule| {
            let page = Page { data: records, meta: Value::Null };
            match rule.steps.last_mut() {
                Some(Step { answer: Answer::Pages(pages), .. }) => pages.push(page),
                _ => rule.push(Answer::Pages(vec![page])),
            }
        })
    }

    /// Adds metadata, by the names in the spec, to the page or record that was set last.
    pub fn meta(self, meta: Value) -> Self {
        self.change(|rule| {
            let last = rule.steps.last_mut().and_then(|step| match &mut step.answer {
                Answer::Pages(pages) => pages.last_mut(),
                _ => None,
            });
            match last {
                Some(page) => page.meta = meta,
                None => rule.complain("'meta' belongs behind a reply or a page"),
            }
        })
    }

    /// Adds a response to a download: a file with these bytes.
    pub fn file(self, bytes: impl Into<Bytes>) -> Self {
        let (bytes, content_type) = (bytes.into(), "application/octet-stream".to_owned());
        let file = File { bytes, content_type, cut_after: None };
        self.change(|rule| rule.push(Answer::File(file)))
    }

    /// Sets the media type of the file that was set last; the default is
    /// `application/octet-stream`.
    pub fn content_type(self, content_type: impl Into<String>) -> Self {
        let content_type = content_type.into();
        self.change_file(move |file| file.content_type = content_type)
    }

    /// Breaks the connection after so many bytes of the file that was set last.
    pub fn cut_after(self, bytes: usize) -> Self {
        self.change_file(move |file| file.cut_after = Some(bytes))
    }

    fn change_file(self, change: impl FnOnce(&mut File)) -> Self {
        self.change(|rule| match rule.steps.last_mut().map(|step| &mut step.answer) {
            Some(Answer::File(file)) => change(file),
            _ => rule.complain("'content_type' and 'cut_after' belong behind a file"),
        })
    }

    /// Adds a failure: an [`ErrorKind`](crate::ErrorKind), or a [`Failure`] with details.
    pub fn fail(self, failure: impl Into<Failure>) -> Self {
        let failure = failure.into();
        self.change(|rule| rule.push(Answer::Failure(failure)))
    }

    /// Waits before the response that was set last, or before the first one when none is set yet.
    /// If tokio's time is paused, the test does not become slower.
    pub fn delay(self, delay: Duration) -> Self {
        self.change(|rule| match rule.steps.last_mut() {
            Some(step) => step.delay = delay,
            None => rule.delay = delay,
        })
    }

    /// Limits how many calls the rule answers; further pages of a list do not count.
    /// [`Mock::verify`] then requires exactly this number of calls.
    pub fn times(self, calls: usize) -> Self {
        self.change(|rule| rule.limit = Some(calls))
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule").field("number", &self.number).finish_non_exhaustive()
    }
}
