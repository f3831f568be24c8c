//! One rule of a mock: which calls it answers, and with what.

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

/// What a mock answers to an operation; made by [`Mock::on`].
///
/// Answers are given in the order in which they are set, one a call; the last one stays. So
/// `.fail(ErrorKind::Network).reply(data)` fails once and succeeds from then on.
pub struct Rule {
    mock: Mock,
    number: usize,
}

/// A rule as the mock keeps it.
pub(super) struct StoredRule {
    pub(super) entity: String,
    pub(super) action: String,
    pub(super) with: Map<String, Value>,
    pub(super) steps: Vec<Step>,
    pub(super) limit: Option<usize>,
    pub(super) used: usize,
    /// What is wrong with the rule itself.
    pub(super) defect: Option<String>,
    delay: Duration,
}

impl StoredRule {
    pub(super) fn new(entity: String, action: &str) -> Self {
        // `api_search` is `search`.
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

    /// Whether the rule is about this call. Whether it may still be used is another question.
    pub(super) fn fits(&self, call: &Seen) -> bool {
        self.entity == call.entity
            && self.action == call.action.as_str()
            && self.with.iter().all(|(name, value)| call.arguments.get(name) == Some(value))
    }

    /// What the rule names that the connector does not have; `None` when it may be about a call of
    /// the connector.
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

/// `issues.list with {"owner":"acme"}, called once`
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

// Every method takes effect at once; its result may be dropped.
#[allow(clippy::return_self_not_must_use)]
impl Rule {
    pub(super) fn new(mock: Mock, number: usize) -> Self {
        Self { mock, number }
    }

    fn change(self, change: impl FnOnce(&mut StoredRule)) -> Self {
        self.mock.change(self.number, change);
        self
    }

    /// Answers only calls with these arguments. Others may be there as well.
    pub fn with(self, arguments: Value) -> Self {
        self.change(|rule| match arguments {
            Value::Object(arguments) => rule.with.extend(arguments),
            _ => rule.complain("'with' takes a JSON object of arguments"),
        })
    }

    /// Answers with these records (`list`, `search`) or this record (all others); `null` for a
    /// record that does not exist.
    pub fn reply(self, data: Value) -> Self {
        self.change(|rule| rule.push(Answer::Pages(vec![Page { data, meta: Value::Null }])))
    }

    /// Answers with what a function makes of the call.
    pub fn reply_with(self, answer: impl Fn(&Seen) -> Value + Send + Sync + 'static) -> Self {
        self.change(|rule| rule.push(Answer::Computed(Arc::new(answer))))
    }

    /// Adds a page of records: the first call gets the first one and a cursor to the second, and
    /// so on to the last.
    pub fn page(self, records: Value) -> Self {
        self.change(|rule| {
            let page = Page { data: records, meta: Value::Null };
            match rule.steps.last_mut() {
                Some(Step { answer: Answer::Pages(pages), .. }) => pages.push(page),
                _ => rule.push(Answer::Pages(vec![page])),
            }
        })
    }

    /// Adds metadata, by the names in the spec, to the page or record set last.
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

    /// Answers a download with a file.
    pub fn file(self, bytes: impl Into<Bytes>) -> Self {
        let (bytes, content_type) = (bytes.into(), "application/octet-stream".to_owned());
        let file = File { bytes, content_type, cut_after: None };
        self.change(|rule| rule.push(Answer::File(file)))
    }

    /// Media type of the file set last; `application/octet-stream` unless set.
    pub fn content_type(self, content_type: impl Into<String>) -> Self {
        let content_type = content_type.into();
        self.change_file(move |file| file.content_type = content_type)
    }

    /// Breaks the connection after so many bytes of the file set last.
    pub fn cut_after(self, bytes: usize) -> Self {
        self.change_file(move |file| file.cut_after = Some(bytes))
    }

    fn change_file(self, change: impl FnOnce(&mut File)) -> Self {
        self.change(|rule| match rule.steps.last_mut().map(|step| &mut step.answer) {
            Some(Answer::File(file)) => change(file),
            _ => rule.complain("'content_type' and 'cut_after' belong behind a file"),
        })
    }

    /// Fails: with an [`ErrorKind`](crate::ErrorKind), or a [`Failure`] that says more.
    pub fn fail(self, failure: impl Into<Failure>) -> Self {
        let failure = failure.into();
        self.change(|rule| rule.push(Answer::Failure(failure)))
    }

    /// Waits before the response set last; before the first one when none is set yet. Time that
    /// tokio has paused costs the test nothing.
    pub fn delay(self, delay: Duration) -> Self {
        self.change(|rule| match rule.steps.last_mut() {
            Some(step) => step.delay = delay,
            None => rule.delay = delay,
        })
    }

    /// Answers at most so many calls, further pages of a list not counted.
    /// [`Mock::verify`] then wants exactly so many.
    pub fn times(self, calls: usize) -> Self {
        self.change(|rule| rule.limit = Some(calls))
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule").field("number", &self.number).finish_non_exhaustive()
    }
}
