//! A transport with responses that a test sets.

mod reply;
mod rule;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};

use self::reply::{Answer, Page, Step};
use self::rule::StoredRule;
use crate::arguments::Completion;
use crate::call_options::CallOptions;
use crate::chunked::Chunked;
use crate::client::Client;
use crate::cursor::NextPage;
use crate::description::{Action, Connector, json_path};
use crate::download::Download;
use crate::dry_run::DryRun;
use crate::error::{Error, ErrorKind, Result};
use crate::http::BoxFuture;
use crate::layout::Layout;
use crate::reply::shape;
use crate::request;
use crate::shared_description::Description;
use crate::transport::{CheckedCall, Reply, Transport};
use crate::typed::TypedConnector;

pub use self::reply::Failure;
pub use self::rule::Rule;

/// Replaces a vendor in tests: it returns the responses that a test has set, refuses all other
/// calls, and records the calls. Clones share their state.
///
/// If several rules match a call, the one that names the most arguments answers, and among these
/// the newest. One mock may serve clients of several connectors. Make all clients before the first
/// call, because a rule whose entity, action or argument no connector has is refused then.
///
/// ```
/// use airbyte_agent_engine::testing::Mock;
/// # use airbyte_agent_engine::{Description, Result};
/// use serde_json::json;
///
/// # async fn example(description: Description) -> Result<()> {
/// let mock = Mock::new();
/// mock.on("users", "list").page(json!([{"id": 1}])).page(json!([{"id": 2}]));
///
/// let call = mock.client(description).execute("users", "list", json!({})).into_call()?;
/// let users: Vec<serde_json::Value> = call.items().collect().await?;
/// assert_eq!(users.len(), 2);
/// mock.verify()
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Mock(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    rules: Vec<StoredRule>,
    /// The connectors of the clients that were made of this mock.
    connectors: Vec<Description>,
    calls: Vec<Seen>,
    unexpected: Vec<String>,
}

impl Inner {
    /// The problems of rules that match no connector, neither one of a client that was made nor the
    /// one that is called: such a rule would never answer.
    fn misspelt(&self, called: Option<&Connector>) -> Vec<String> {
        let known = self.connectors.iter().map(|known| -> &Connector { known });
        let connectors: Vec<&Connector> = known.chain(called).collect();
        let problem = |rule: &StoredRule| {
            let problems: Option<Vec<String>> =
                connectors.iter().map(|connector| rule.problem(connector)).collect();
            problems?.pop().map(|problem| format!("the rule '{rule}': {problem}"))
        };
        self.rules.iter().filter_map(problem).collect()
    }
}

/// A call that a mock has received.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Seen {
    /// Name of the connector.
    pub connector: String,
    /// Name of the entity that was called.
    pub entity: String,
    /// The action that was called.
    pub action: Action,
    /// Arguments as the caller passed them, without defaults.
    pub arguments: Map<String, Value>,
    /// The options of the call.
    pub options: CallOptions,
    /// Number of the requested page, counted from 0.
    pub page: usize,
}

/// The page of a rule to which a cursor leads.
struct Place {
    rule: usize,
    step: usize,
    page: usize,
}

impl Place {
    fn address(&self) -> String {
        format!("mock:{}/{}/{}", self.rule, self.step, self.page)
    }

    fn read(address: &str) -> Option<Self> {
        let mut numbers = address.strip_prefix("mock:")?.split('/').map(str::parse);
        let mut next = || numbers.next()?.ok();
        Some(Self { rule: next()?, step: next()?, page: next()? })
    }
}

impl Mock {
    /// A mock without rules.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a rule, which sets the responses to an operation.
    pub fn on(&self, entity: impl Into<String>, action: impl AsRef<str>) -> Rule {
        let mut inner = self.lock();
        inner.rules.push(StoredRule::new(entity.into(), action.as_ref()));
        Rule::new(self.clone(), inner.rules.len() - 1)
    }

    /// A client of a connector on this mock.
    pub fn client(&self, description: impl Into<Description>) -> Client {
        let description = description.into();
        let connectors = &mut self.lock().connectors;
        if !connectors.iter().any(|known| known.name == description.name) {
            connectors.push(description.clone());
        }
        Client::new(description, self.clone())
    }

    /// A typed connector on this mock.
    pub fn connector<C: TypedConnector>(&self) -> C {
        C::from_client(self.client(C::description()))
    }

    /// The calls so far, in order. Calls that the description refuses are not included, because
    /// they would not have been sent either.
    pub fn calls(&self) -> Vec<Seen> {
        self.lock().calls.clone()
    }

    /// The calls of one operation so far.
    pub fn calls_of(&self, entity: &str, action: &str) -> Vec<Seen> {
        let wanted = StoredRule::new(entity.to_owned(), action);
        self.calls().into_iter().filter(|call| wanted.fits(call)).collect()
    }

    /// Checks that the mock was used as set: every rule is for an operation that a connector of the
    /// mock has, every rule was used, rules with [`times`](Rule::times) exactly so often, and there
    /// were no other calls.
    ///
    /// # Errors
    ///
    /// `Usage`, with all differences.
    pub fn verify(&self) -> Result<()> {
        let inner = self.lock();
        let mut problems: Vec<String> = inner.unexpected.clone();
        problems.extend(inner.misspelt(None));
        for rule in &inner.rules {
            let enough = rule.limit.map_or(rule.used > 0, |limit| rule.used == limit);
            if !enough {
                problems.push(format!("expected: {rule}"));
            }
        }
        if problems.is_empty() {
            return Ok(());
        }
        Err(Error::usage(format!("the mock was not used as told:\n  {}", problems.join("\n  "))))
    }

    fn change(&self, number: usize, change: impl FnOnce(&mut StoredRule)) {
        if let Some(rule) = self.lock().rules.get_mut(number) {
            change(rule);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // No change that is made under the lock can be left half-done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks and records the call, and finds the response.
    fn take(&self, call: &CheckedCall<'_>) -> Result<Taken> {
        let place = call.follow.and_then(Place::read);
        let arguments = call.arguments.clone();
        let seen = Seen {
            connector: call.connector.name.to_string(),
            entity: call.operation.entity.to_string(),
            action: call.operation.action,
            arguments,
            options: call.options.clone(),
            page: place.as_ref().map_or(0, |place| place.page),
        };
        let mut inner = self.lock();
        inner.calls.push(seen.clone());
        let problems = inner.misspelt(Some(call.connector));
        if !problems.is_empty() {
            let message = format!("the mock cannot be used: {}", problems.join("; "));
            return Err(Error::usage(message));
        }
        if let Some(place) = place {
            let rule = inner.rules.get(place.rule).filter(|rule| rule.fits(&seen));
            let step = rule.and_then(|rule| rule.steps.get(place.step)).cloned();
            let step = step.ok_or_else(|| {
                Error::validation(format!("{}: the cursor is of another mock", seen.place()))
            })?;
            return Ok(Taken { seen, place, step });
        }
        let fitting = inner.rules.iter().enumerate();
        let fitting = fitting.filter(|(_, rule)| rule.fits(&seen) && !rule.is_used_up());
        let best = fitting.max_by_key(|(number, rule)| (rule.with.len(), *number));
        let Some(number) = best.map(|(number, _)| number) else {
            let message = unexpected(&inner.rules, &seen);
            inner.unexpected.push(format!("unexpected: {seen}"));
            return Err(Error::internal(message));
        };
        let rule = &mut inner.rules[number];
        let defect = rule.defect.as_ref();
        if let Some(defect) = defect {
            return Err(Error::usage(format!("the mock's rule for {}: {defect}", seen.place())));
        }
        let Some((step, answer)) = rule.step() else {
            let message = format!("the mock has a rule for {}, but no response", seen.place());
            return Err(Error::usage(message));
        };
        let place = Place { rule: number, step, page: 0 };
        Ok(Taken { seen, place, step: answer })
    }
}

/// A call and its response.
struct Taken {
    seen: Seen,
    place: Place,
    step: Step,
}

impl Taken {
    /// The response to a call for records, or for a part of a file as JSON.
    async fn reply(self, call: &CheckedCall<'_>) -> Result<Reply> {
        let Self { seen, place, step } = self;
        tokio::time::sleep(step.delay).await;
        let (page, next) = match step.answer {
            Answer::Failure(failure) => return Err(failure.error(&seen.place())),
            Answer::File(file) if call.operation.download.is_some() => {
                let mut arguments = seen.arguments.clone();
                let chunked = Chunked::from_arguments(&mut arguments)?;
                let data = chunked.read(file.download(range(&arguments))).await?;
                (Page { data, meta: Value::Null }, None)
            }
            Answer::File(_) => return Err(unfit(&seen, "it is no download; use 'reply'")),
            _ if call.operation.download.is_some() => {
                return Err(unfit(&seen, "it is a download; use 'file'"));
            }
            Answer::Computed(answer) => (Page { data: answer(&seen), meta: Value::Null }, None),
            Answer::Pages(pages) => {
                let next = (place.page + 1 < pages.len()).then(|| {
                    let place = Place { page: place.page + 1, ..place };
                    NextPage::at(place.address())
                });
                let page = pages.into_iter().nth(place.page);
                (page.unwrap_or(Page { data: Value::Null, meta: Value::Null }), next)
            }
        };
        if seen.action.is_array() && !page.data.is_array() {
            return Err(unfit(&seen, "it gives an array of records"));
        }
        let data = shape(page.data, call.options);
        let body = json!({"result": data, "connector_metadata": page.meta});
        let layout =
            Layout::wrapped(json_path!("$.result")).metadata([json_path!("$.connector_metadata")]);
        Ok(Reply::new(200, HeaderMap::new(), body.to_string().into(), layout).with_next(next))
    }

    async fn file(self) -> Result<Download> {
        tokio::time::sleep(self.step.delay).await;
        match self.step.answer {
            Answer::Failure(failure) => Err(failure.error(&self.seen.place())),
            Answer::File(file) => Ok(file.download(range(&self.seen.arguments))),
            _ => Err(unfit(&self.seen, "it is a download; use 'file'")),
        }
    }
}

impl Transport for Mock {
    fn send<'a>(&'a self, call: CheckedCall<'a>) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move { self.take(&call)?.reply(&call).await })
    }

    fn open<'a>(&'a self, call: CheckedCall<'a>) -> BoxFuture<'a, Result<Download>> {
        Box::pin(async move { self.take(&call)?.file().await })
    }

    fn preview(&self, call: CheckedCall<'_>) -> Result<DryRun> {
        let request = request::build(call.operation, call.arguments)?;
        let url = format!("https://mock.invalid{}", request.target);
        let body =
            String::from_utf8_lossy(request.body.as_ref().unwrap_or(&Bytes::new())).into_owned();
        Ok(DryRun::new(request.method, url, request.headers, &body))
    }

    /// The arguments stay as the caller passed them, because the settings of an account that would
    /// complete them may be missing.
    fn completion(&self) -> Result<Completion<'_>> {
        Ok(Completion::Receiver)
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(30)
    }

    fn serves_file_parts(&self) -> bool {
        true
    }
}

fn range(arguments: &Map<String, Value>) -> Option<&str> {
    arguments.get("range_header").and_then(Value::as_str)
}

fn unfit(seen: &Seen, why: &str) -> Error {
    let message = format!("the mock's response does not fit {}: {why}", seen.place());
    Error::new(ErrorKind::Usage, message)
}

fn unexpected(rules: &[StoredRule], seen: &Seen) -> String {
    let mut message = format!("unexpected call: {seen}. ");
    if rules.is_empty() {
        let (entity, action) = (&seen.entity, seen.action);
        message.push_str(&format!(
            "The mock expects nothing; say what to respond with: mock.on(\"{entity}\", \"{action}\").reply(…)"
        ));
        return message;
    }
    message.push_str("The mock expects:");
    for rule in rules {
        message.push_str(&format!("\n  {rule}"));
    }
    message
}

impl Seen {
    fn place(&self) -> String {
        format!("{}.{}", self.entity, self.action)
    }
}

/// Writes the call as `issues.list {"owner":"acme"}`.
impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.place(), Value::Object(self.arguments.clone()))
    }
}

impl fmt::Debug for Mock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.lock();
        let rules: Vec<String> = inner.rules.iter().map(ToString::to_string).collect();
        f.debug_struct("Mock").field("rules", &rules).field("calls", &inner.calls.len()).finish()
    }
}
