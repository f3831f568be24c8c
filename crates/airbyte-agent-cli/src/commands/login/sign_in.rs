//! Signing in at the vendor: opens the browser, waits until it comes back, and exchanges the code
//! for tokens.

use std::time::SystemTime;

use airbyte_agent_accounts::Account;
use airbyte_agent_core::authorization::{Authorization, SignIn};
use airbyte_agent_core::description::{AuthScheme, Connector, OAuthEndpoints};
use airbyte_agent_core::{Error, ErrorKind, StoredTokens, TokenUpdate};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use url::Url;

use super::app::App;
use super::fields;
use super::loopback::{Callback, Loopback, Page};
use crate::args::login::LoginArgs;
use crate::failure::usage_error;
use crate::prompt;

/// Path to which the browser comes back, unless the user sets another address.
const CALLBACK_PATH: &str = "/callback";

/// Whether an account of this scheme is created by signing in: the scheme has a sign-in, and no
/// tokens are given.
pub(super) fn is_needed(scheme: &AuthScheme, given: &Map<String, Value>) -> bool {
    let has_sign_in = scheme.oauth.as_ref().is_some_and(OAuthEndpoints::has_sign_in);
    let is_given = |target: &str| {
        let field = fields::field_of_target(scheme, target);
        field.is_some_and(|name| fields::given_value(scheme, name, given).is_some())
    };
    has_sign_in && !is_given("access_token") && !is_given("refresh_token")
}

/// Signs in, and adds the app's credentials and the tokens to the account.
pub(super) async fn sign_in(
    connector: &Connector,
    scheme: &AuthScheme,
    account: Account,
    given: &Map<String, Value>,
    args: &LoginArgs,
) -> Result<Account, Error> {
    let (listener, redirect) = listen_for_redirect(args).await?;
    if prompt::is_possible() {
        prompt::print_paragraph(&format!(
            "{} sends the browser back to {redirect}; the app must allow that address.",
            connector.title
        ));
    }
    let app = App::find(connector, scheme, given)?;
    let mut request = SignIn::new(&app.id, redirect.as_str()).scopes(&args.scopes);
    for (name, value) in account.settings() {
        request = request.config(name, value.clone());
    }
    if let Some(secret) = &app.secret {
        request = request.client_secret(secret.expose_secret());
    }
    if let Some(origin) = &args.via {
        request = request.via(origin);
    }
    let authorization = Authorization::new(connector, &scheme.name, request)?;
    let account = fields::add_other_fields(connector, scheme, account, given)?;
    let account = app.add_to(scheme, account);
    let (sender, callbacks) = mpsc::channel(4);
    if args.no_browser && prompt::is_possible() {
        read_pasted_addresses(sender.clone());
    }
    open_browser(connector, authorization.url(), args);
    let exchange = wait_and_exchange(&authorization, connector, callbacks);
    let update = tokio::select! {
        // The listener runs until it is dropped.
        () = listener.listen(redirect.path(), sender) => {
            return Err(usage_error("the program no longer listens for the browser"));
        }
        update = tokio::time::timeout(args.timeout, exchange) => {
            update.map_err(|_| timeout_error(args))??
        }
    };
    let tokens = StoredTokens::default().renewed(&update);
    check_tokens(scheme, &tokens, connector)?;
    Ok(account.tokens(tokens))
}

/// Starts to listen for the browser. Returns the address under which the vendor knows the listener.
async fn listen_for_redirect(args: &LoginArgs) -> Result<(Loopback, Url), Error> {
    let Some(text) = &args.redirect_uri else {
        let listener = Loopback::bind(args.port.unwrap_or(0)).await?;
        let text = format!("http://127.0.0.1:{}{CALLBACK_PATH}", listener.port()?);
        let url = Url::parse(&text).map_err(|error| usage_error(error.to_string()))?;
        return Ok((listener, url));
    };
    let url = Url::parse(text).map_err(|error| usage_error(format!("--redirect-uri: {error}")))?;
    let is_this_machine = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
    // An address on another machine, such as a tunnel, leads to a port that only the user knows.
    let port = match (args.port, url.port_or_known_default()) {
        (Some(port), _) => port,
        (None, Some(port)) if is_this_machine => port,
        _ => {
            return Err(usage_error(
                "--redirect-uri: give the port of this machine to which it leads with --port",
            ));
        }
    };
    Ok((Loopback::bind(port).await?, url))
}

/// Opens the browser, or prints the address to open.
fn open_browser(connector: &Connector, url: &Url, args: &LoginArgs) {
    let is_opened = !args.no_browser && open::that_detached(url.as_str()).is_ok();
    let instruction = if is_opened {
        "if the browser does not open, go to this address"
    } else {
        "open this address in a browser"
    };
    prompt::print_paragraph(&format!("To sign in at {}, {instruction}:", connector.title));
    // The address is not wrapped, so that it can be copied.
    prompt::print_unwrapped(url.as_str());
    if args.no_browser && prompt::is_possible() {
        prompt::print_paragraph(
            "On another machine the browser ends at an address that it cannot open. Paste that \
             address here.",
        );
    }
}

/// Reads from the terminal the address at which a browser on another machine has ended.
fn read_pasted_addresses(callbacks: mpsc::Sender<Callback>) {
    std::thread::spawn(move || {
        while let Ok(text) = prompt::ask_line("Address (or wait for the browser)") {
            let query = Url::parse(&text).ok().and_then(|url| url.query().map(str::to_owned));
            let Some(query) = query else {
                prompt::print_paragraph("This is not an address that contains a code.");
                continue;
            };
            if callbacks.blocking_send(Callback::pasted(query)).is_err() {
                return;
            }
        }
    });
}

/// Waits for the callback that belongs to this sign-in, and exchanges its code for tokens.
async fn wait_and_exchange(
    authorization: &Authorization,
    connector: &Connector,
    mut callbacks: mpsc::Receiver<Callback>,
) -> Result<TokenUpdate, Error> {
    while let Some(callback) = callbacks.recv().await {
        let result = match authorization.code(&callback.query) {
            Ok(Some(code)) => authorization.exchange(code).await,
            Ok(None) => {
                let why = "This address does not belong to the current sign-in and was ignored. \
                           Continue in the window that the program opened.";
                callback.show(Page::failed(why)).await;
                continue;
            }
            Err(error) => Err(error),
        };
        let page = match &result {
            Ok(_) => Page::signed_in(&connector.title),
            Err(error) => Page::failed(&error.to_string()),
        };
        callback.show(page).await;
        return result;
    }
    Err(usage_error("the program no longer waits for the browser"))
}

fn timeout_error(args: &LoginArgs) -> Error {
    let seconds = args.timeout.as_secs();
    let message = format!("the browser did not come back within {seconds} s; nothing was stored");
    Error::new(ErrorKind::Authentication, message)
}

/// Fails if the vendor has not given what the scheme requires.
pub(super) fn check_tokens(
    scheme: &AuthScheme,
    tokens: &StoredTokens,
    connector: &Connector,
) -> Result<(), Error> {
    let needs_refresh_token = fields::field_of_target(scheme, "refresh_token")
        .and_then(|name| scheme.field(name))
        .is_some_and(|field| field.required);
    if needs_refresh_token && tokens.refresh_token.is_none() {
        return Err(Error::new(
            ErrorKind::Authentication,
            format!(
                "{} gave no refresh token; revoke the app's access in the settings of your account \
                 there, and sign in again",
                connector.title
            ),
        ));
    }
    if tokens.expires_at.is_some_and(|at| at <= SystemTime::now()) {
        let message = format!("the token of {} has expired already", connector.title);
        return Err(Error::new(ErrorKind::Authentication, message));
    }
    Ok(())
}
