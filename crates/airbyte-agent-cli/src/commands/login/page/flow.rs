//! From the form to the account: what a request of the browser leads to.

use airbyte_agent_accounts::{Account, Store};
use airbyte_agent_core::authorization::{Authorization, Code, SignIn};
use airbyte_agent_core::description::{AuthScheme, Connector};
use airbyte_agent_core::{Error, ErrorKind, StoredTokens};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, Method, StatusCode, header};
use ring::rand::{SecureRandom as _, SystemRandom};
use secrecy::ExposeSecret as _;
use tokio::sync::{Mutex, watch};

use super::Wanted;
use super::form::{self, Sent};
use super::html::{FormContext, Page};
use crate::commands::login::app::App;
use crate::commands::login::trial::Trial;
use crate::commands::login::{fields, sign_in, trial};
use crate::failure::usage_error;

/// How often credentials can be sent before the page closes.
const MOST_ATTEMPTS: u32 = 8;

/// The path to which the vendor sends the browser back.
const CALLBACK: &str = "/callback";

/// A request of the browser.
pub(super) struct Visit<'v> {
    pub(super) method: &'v Method,
    pub(super) path: &'v str,
    pub(super) query: &'v str,
    pub(super) headers: &'v HeaderMap,
    pub(super) body: &'v [u8],
}

/// A page and what it has come to.
pub(super) struct Flow {
    wanted: Wanted,
    store: Store,
    /// `http://127.0.0.1:` and the port.
    origin: String,
    /// The path of the form, with the secret.
    path: String,
    csrf: String,
    state: Mutex<State>,
    ended: watch::Sender<Option<Result<(), String>>>,
}

#[derive(Default)]
struct State {
    attempts: u32,
    running: Option<Running>,
}

/// A sign-in at the vendor that has begun.
struct Running {
    authorization: Authorization,
    account: Account,
    app: App,
    scheme: String,
}

impl Flow {
    pub(super) fn new(wanted: Wanted, store: Store, port: u16) -> Result<Self, Error> {
        Ok(Self {
            wanted,
            store,
            origin: format!("http://127.0.0.1:{port}"),
            path: format!("/sign-in/{}", secret()?),
            csrf: secret()?,
            state: Mutex::default(),
            ended: watch::channel(None).0,
        })
    }

    /// The address of the form, which is a secret.
    pub(super) fn address(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// Waits until an account is stored and in use, or no more can be tried.
    pub(super) async fn ended(&self) -> Result<(), Error> {
        let mut ended = self.ended.subscribe();
        let failed = |message: &str| Err(Error::new(ErrorKind::Authentication, message));
        match ended.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(Ok(()))) => Ok(()),
            Ok(Some(Err(message))) => failed(message),
            _ => failed("the page was closed"),
        }
    }

    /// What is shown for a request.
    pub(super) async fn respond(&self, visit: Visit<'_>) -> Page {
        // Another name of this machine would be one that somebody else has given it.
        let host = visit.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        if host != self.origin.strip_prefix("http://") {
            return Page::not_found();
        }
        let is_form = is_same(visit.path, &self.path);
        match (visit.method, is_form) {
            (&Method::GET, true) => self.form(None),
            (&Method::POST, true) => self.take(&visit).await,
            (&Method::GET, false) if visit.path == CALLBACK => self.come_back(visit.query).await,
            _ => Page::not_found(),
        }
    }

    fn connector(&self) -> &Connector {
        &self.wanted.description
    }

    fn redirect(&self) -> String {
        format!("{}{CALLBACK}", self.origin)
    }

    /// The form, with what was wrong before.
    fn form(&self, problem: Option<&str>) -> Page {
        let settings = |scheme: &AuthScheme| {
            let known = &self.wanted.settings;
            let needed = fields::needed_settings(self.connector(), scheme, known);
            needed.into_iter().map(str::to_owned).collect()
        };
        let context = FormContext {
            connector: self.connector(),
            account: &self.wanted.account,
            action: &self.path,
            csrf: &self.csrf,
            settings: &settings,
            redirect: &self.redirect(),
        };
        Page::form(&context, problem)
    }

    /// Takes what the form has sent.
    async fn take(&self, visit: &Visit<'_>) -> Page {
        let sent = Sent::read(visit.body);
        if !self.is_own_form(visit.headers) || !is_same(&sent.csrf, &self.csrf) {
            let text = "This form was not sent by the page that the program opened.";
            return Page::told(StatusCode::FORBIDDEN, "Not accepted", text);
        }
        let mut state = self.state.lock().await;
        if self.has_ended() {
            return Page::not_found();
        }
        state.attempts += 1;
        match self.begin(&sent).await {
            Ok(Some(running)) => {
                let url = running.authorization.url().clone();
                state.running = Some(running);
                Page::lead(&self.connector().title, url.as_str())
            }
            Ok(None) => self.done(),
            Err(error) => self.failed(&state, &error),
        }
    }

    /// Whether a request comes from the form of this page. Browsers say so.
    fn is_own_form(&self, headers: &HeaderMap) -> bool {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let kind = text("content-type").unwrap_or_default();
        kind.starts_with("application/x-www-form-urlencoded")
            && text("origin").is_none_or(|origin| origin == self.origin)
            && text("sec-fetch-site").is_none_or(|site| site == "same-origin")
    }

    /// Stores an account of what was sent, or begins a sign-in at the vendor.
    async fn begin(&self, sent: &Sent) -> Result<Option<Running>, Error> {
        let connector = self.connector();
        let scheme = connector.auth.iter().find(|scheme| scheme.name == sent.scheme);
        let scheme = scheme.ok_or_else(|| usage_error("there is no such scheme"))?;
        let mut settings = self.wanted.settings.clone();
        for name in fields::needed_settings(connector, scheme, &self.wanted.settings) {
            let value = sent.settings.get(name);
            let missing = || usage_error(format!("the setting '{name}' is missing"));
            settings.insert(name.to_owned(), value.ok_or_else(missing)?.clone());
        }
        let mut account =
            Account::new(connector.name.clone(), &self.wanted.account).scheme(scheme.name.clone());
        for (name, value) in settings {
            account = account.config(name, value);
        }
        if !sign_in::is_needed(scheme, &sent.fields) {
            if sent.fields.is_empty() {
                return Err(Error::new(ErrorKind::Authentication, "nothing was entered"));
            }
            let account = fields::add_given(connector, scheme, account, &sent.fields)?;
            self.store(account).await?;
            return Ok(None);
        }
        let app = form::app(connector, scheme, &sent.fields)?;
        let mut request = SignIn::new(&app.id, self.redirect());
        for (name, value) in account.settings() {
            request = request.config(name, value.clone());
        }
        if let Some(secret) = &app.secret {
            request = request.client_secret(secret.expose_secret());
        }
        if let Some(origin) = &self.wanted.via {
            request = request.via(origin);
        }
        let authorization = Authorization::new(connector, &scheme.name, request)?;
        let account = form::with_other_fields(connector, scheme, account, &sent.fields)?;
        let scheme = scheme.name.to_string();
        Ok(Some(Running { authorization, account, app, scheme }))
    }

    /// Takes the code with which the vendor has sent the browser back.
    async fn come_back(&self, query: &str) -> Page {
        let mut state = self.state.lock().await;
        if self.has_ended() {
            return Page::not_found();
        }
        let Some(running) = state.running.take() else { return Page::not_found() };
        let outcome = match running.authorization.code(query) {
            Ok(Some(code)) => self.exchange(running, code).await,
            Ok(None) => {
                // It belongs to another sign-in; this one goes on.
                state.running = Some(running);
                let text = "This address does not belong to the present sign-in and was ignored.";
                return Page::told(StatusCode::BAD_REQUEST, "Not accepted", text);
            }
            Err(error) => Err(error),
        };
        match outcome {
            Ok(()) => self.done(),
            Err(error) => self.failed(&state, &error),
        }
    }

    async fn exchange(&self, running: Running, code: Code) -> Result<(), Error> {
        let connector = self.connector();
        let Running { authorization, account, app, scheme } = running;
        let scheme = connector.auth.iter().find(|known| known.name == scheme);
        let scheme = scheme.ok_or_else(|| usage_error("there is no such scheme"))?;
        let tokens = StoredTokens::default().renewed(&authorization.exchange(code).await?);
        sign_in::check_tokens(scheme, &tokens, connector)?;
        self.store(app.add_to(scheme, account).tokens(tokens)).await
    }

    /// Tries the account, stores it and takes it into use.
    async fn store(&self, account: Account) -> Result<(), Error> {
        let (description, store) = (&self.wanted.description, &self.store);
        let account = account.bound(description)?;
        let via = self.wanted.via.as_deref();
        let explain = |error: &Error| Error::new(error.kind(), error.message());
        let trial = Trial { via, is_skipped: false, explain };
        let (account, _) = trial::try_account(description, account, store, trial).await?;
        let store = store.clone();
        // To seal a file takes a noticeable time.
        let put = tokio::task::spawn_blocking(move || store.put(&account).map(drop));
        put.await.map_err(|_| usage_error("the account could not be stored"))??;
        (self.wanted.use_account)()
    }

    fn done(&self) -> Page {
        self.ended.send_replace(Some(Ok(())));
        let title = format!("Signed in to {}", self.connector().title);
        let text = "You can close this window. What you were doing goes on.";
        Page::told(StatusCode::OK, &title, text)
    }

    /// The form once more, or the end after too many attempts.
    fn failed(&self, state: &State, error: &Error) -> Page {
        if state.attempts < MOST_ATTEMPTS {
            return self.form(Some(&format!("This did not work, and nothing was kept: {error}")));
        }
        self.ended.send_replace(Some(Err("too many attempts failed".to_owned())));
        Page::told(StatusCode::BAD_REQUEST, "Not signed in", "Too many attempts have failed.")
    }

    fn has_ended(&self) -> bool {
        self.ended.borrow().is_some()
    }
}

/// A text with 256 random bits.
fn secret() -> Result<String, Error> {
    let mut bytes = [0_u8; 32];
    let missing = |_| Error::new(ErrorKind::Internal, "the system gives no random numbers");
    SystemRandom::new().fill(&mut bytes).map_err(missing)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Whether two texts are the same. The time does not depend on how much of them is.
fn is_same(given: &str, ours: &str) -> bool {
    let same = given.bytes().zip(ours.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0;
    same && given.len() == ours.len()
}
