//! Signs in at the vendor: opens the browser, waits for it to come back, exchanges the code.

use std::time::SystemTime;

use airbyte_agent_accounts::Account;
use airbyte_agent_core::authorization::{Authorization, SignIn};
use airbyte_agent_core::description::{AuthScheme, Connector, OAuthEndpoints};
use airbyte_agent_core::provenance::{Provenance, Receiver, Sourced};
use airbyte_agent_core::{Error, ErrorKind, StoredTokens, TokenUpdate};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use url::Url;

use super::args::LoginArgs;
use super::fields;
use super::loopback::{Loopback, Page, Visit};
use crate::failure::usage;
use crate::variables::{Variables, used_text};
use crate::{note, prompt, reach};

/// Path to which the browser comes back unless the user says otherwise.
const CALLBACK: &str = "/callback";

/// Whether an account of this scheme is made by signing in: it can be, and the tokens are not given.
pub(super) fn is_meant(scheme: &AuthScheme, given: &Map<String, Value>) -> bool {
    let signs_in = scheme.oauth.as_ref().is_some_and(OAuthEndpoints::has_sign_in);
    let token = |target: &str| {
        let field = fields::of_target(scheme, target);
        field.is_some_and(|name| fields::value_of(scheme, name, given).is_some())
    };
    signs_in && !token("access_token") && !token("refresh_token")
}

/// The account with client and tokens in it.
pub(super) async fn sign_in(
    connector: &Connector,
    scheme: &AuthScheme,
    account: Account,
    given: &Map<String, Value>,
    args: &LoginArgs,
) -> Result<Account, Error> {
    let (listener, redirect) = redirect(args).await?;
    if prompt::is_possible() {
        prompt::tell(&format!(
            "{} sends the browser back to {redirect}; the app has to allow that address.",
            connector.title
        ));
    }
    let client = Client::find(connector, scheme, given)?;
    let mut app = SignIn::new(&client.id, redirect.as_str()).scopes(&args.scopes);
    for (name, value) in account.settings() {
        app = app.config(name, value.clone());
    }
    if let Some(secret) = &client.secret {
        app = app.client_secret(secret.expose_secret());
    }
    if let Some(origin) = &args.via {
        app = app.via(origin);
    }
    let authorization = Authorization::new(connector, &scheme.name, app)?;
    let account = client.keep(scheme, fields::others(connector, scheme, account, given)?);
    let (sender, visits) = mpsc::channel(4);
    if args.no_browser && prompt::is_possible() {
        paste(sender.clone());
    }
    open(connector, authorization.url(), args);
    let wait = tokio::time::timeout(args.timeout, finish(&authorization, connector, visits));
    let update = tokio::select! {
        // The listener never ends by itself.
        () = listener.listen(redirect.path(), sender) => return Err(usage("nobody listens any more")),
        ended = wait => ended.map_err(|_| timed_out(args))??,
    };
    let tokens = StoredTokens::default().renewed(&update);
    needs(scheme, &tokens, connector)?;
    Ok(account.tokens(tokens))
}

/// Where to listen, and under which address the vendor knows that.
async fn redirect(args: &LoginArgs) -> Result<(Loopback, Url), Error> {
    let Some(text) = &args.redirect_uri else {
        let listener = Loopback::bind(args.port.unwrap_or(0)).await?;
        let text = format!("http://127.0.0.1:{}{CALLBACK}", listener.port()?);
        let url = Url::parse(&text).map_err(|error| usage(error.to_string()))?;
        return Ok((listener, url));
    };
    let url = Url::parse(text).map_err(|error| usage(format!("--redirect-uri: {error}")))?;
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
    // An address elsewhere, such as a tunnel, leads to a port that only the user knows.
    let port = match (args.port, url.port_or_known_default()) {
        (Some(port), _) => port,
        (None, Some(port)) if is_here => port,
        _ => return Err(usage("--redirect-uri: say with --port to which port here it leads")),
    };
    Ok((Loopback::bind(port).await?, url))
}

/// The application that asks for access.
struct Client {
    id: String,
    secret: Option<SecretString>,
}

impl Client {
    /// As given, as found in the environment, or asked for.
    fn find(
        connector: &Connector,
        scheme: &AuthScheme,
        given: &Map<String, Value>,
    ) -> Result<Self, Error> {
        let variables = Variables::here();
        let prefix = format!("AIRBYTE_AGENT_{}_", connector.name.to_uppercase().replace('-', "_"));
        let given = |target: &str| {
            let name = fields::of_target(scheme, target).unwrap_or(target);
            let given = fields::value_of(scheme, name, given).or_else(|| given.get(target));
            given.and_then(Value::as_str).map(str::to_owned)
        };
        let variable = |from: Provenance, target: &str| {
            let name = fields::of_target(scheme, target).unwrap_or(target);
            let name = format!("{prefix}{}", name.to_uppercase());
            let value = variables.get(from, &name);
            value.map(|value| reach::check_variable(connector, &name).map(|()| value)).transpose()
        };
        // The vendor's description says where they go.
        let text = |found: Sourced<String>| found.release(&Receiver::of_user());
        let own = |target: &str| match given(target) {
            Some(given) => Ok(Some(given)),
            None => variable(Provenance::Environment, target)?.map(text).transpose(),
        };
        let (id, secret) = (own("client_id")?, own("client_secret")?);
        if let Some(id) = id {
            return Ok(Self { id, secret: secret.map(SecretString::from) });
        }
        // An app of the folder is taken in whole: no secret of the user is put to its id.
        let folder = variable(Provenance::Folder, "client_id")?.filter(|_| secret.is_none());
        if let Some(id) = folder {
            let secret = variable(Provenance::Folder, "client_secret")?;
            let names = [Some(&id), secret.as_ref()].into_iter().flatten().flat_map(Sourced::names);
            note::note([used_text(&names.cloned().collect::<Vec<_>>())]);
            let secret = secret.map(text).transpose()?;
            return Ok(Self { id: text(id)?, secret: secret.map(SecretString::from) });
        }
        if !prompt::is_possible() {
            return Err(Error::new(
                ErrorKind::Authentication,
                format!(
                    "signing in at {0} needs the client id of an app: {prefix}CLIENT_ID and \
                     {prefix}CLIENT_SECRET in the environment, or --credentials with client_id and \
                     client_secret",
                    connector.title
                ),
            ));
        }
        let told = |target: &str| {
            fields::of_target(scheme, target)
                .and_then(|name| scheme.field(name))
                .map_or((String::new(), String::new()), |field| {
                    (field.description.to_string(), field.obtain.to_string())
                })
        };
        let (what, whence) = told("client_id");
        prompt::tell(&what);
        prompt::tell(&whence);
        let id = prompt::line("Client id of the app")?;
        if id.is_empty() {
            return Err(usage("signing in needs the client id of an app"));
        }
        let secret = prompt::secret("Client secret of the app (not shown; Enter if it has none)")?;
        Ok(Self { id, secret: Some(secret).filter(|secret| !secret.expose_secret().is_empty()) })
    }

    /// The account with what renewals need of the client.
    fn keep(self, scheme: &AuthScheme, mut account: Account) -> Account {
        if let Some(name) = fields::of_target(scheme, "client_id") {
            account = account.field(name, self.id);
        }
        if let (Some(name), Some(secret)) =
            (fields::of_target(scheme, "client_secret"), self.secret)
        {
            account = account.field(name, secret.expose_secret());
        }
        account
    }
}

/// Opens the browser, or says where to go.
fn open(connector: &Connector, url: &Url, args: &LoginArgs) {
    let opened = !args.no_browser && open::that_detached(url.as_str()).is_ok();
    let what = if opened { "If the browser does not open, go to" } else { "Open in a browser" };
    prompt::tell(&format!("To sign in at {}. {what}:", connector.title));
    // As it is: a broken line would be a broken address.
    prompt::tell_line(url.as_str());
    if args.no_browser && prompt::is_possible() {
        prompt::tell(
            "On another machine the browser ends at an address that cannot be opened: paste that \
             address here.",
        );
    }
}

/// Takes the address at which a browser elsewhere ended from the terminal.
fn paste(visits: mpsc::Sender<Visit>) {
    std::thread::spawn(move || {
        while let Ok(text) = prompt::line("Address (or wait for the browser)") {
            let query = Url::parse(&text).ok().and_then(|url| url.query().map(str::to_owned));
            let Some(query) = query else {
                prompt::tell("That is no address with a code in it.");
                continue;
            };
            if visits.blocking_send(Visit::unseen(query)).is_err() {
                return;
            }
        }
    });
}

/// Waits for the visit that belongs to this attempt, and exchanges its code.
async fn finish(
    authorization: &Authorization,
    connector: &Connector,
    mut visits: mpsc::Receiver<Visit>,
) -> Result<TokenUpdate, Error> {
    while let Some(visit) = visits.recv().await {
        let ended = match authorization.code(&visit.query) {
            Ok(Some(code)) => authorization.exchange(code).await,
            Ok(None) => {
                let why = "This address does not belong to the sign-in that is under way. It was \
                           ignored; go on in the window that the program opened.";
                visit.answer(Page::failed(why));
                continue;
            }
            Err(error) => Err(error),
        };
        visit.answer(match &ended {
            Ok(_) => Page::done(&connector.title),
            Err(error) => Page::failed(&error.to_string()),
        });
        // The page is on its way to the browser by a task of its own.
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        return ended;
    }
    Err(usage("nobody waits for the browser any more"))
}

fn timed_out(args: &LoginArgs) -> Error {
    let seconds = args.timeout.as_secs();
    let message = format!("the browser did not come back within {seconds} s; nothing was kept");
    Error::new(ErrorKind::Authentication, message)
}

/// What the scheme cannot do without has to have come.
fn needs(scheme: &AuthScheme, tokens: &StoredTokens, connector: &Connector) -> Result<(), Error> {
    let required = fields::of_target(scheme, "refresh_token")
        .and_then(|name| scheme.field(name))
        .is_some_and(|field| field.required);
    if required && tokens.refresh_token.is_none() {
        return Err(Error::new(
            ErrorKind::Authentication,
            format!(
                "{} gave no refresh token; take the app's access away in the account's settings \
                 there, and sign in again",
                connector.title
            ),
        ));
    }
    if tokens.expires_at.is_some_and(|at| at <= SystemTime::now()) {
        let message = format!("the token of {} ended at once", connector.title);
        return Err(Error::new(ErrorKind::Authentication, message));
    }
    Ok(())
}
