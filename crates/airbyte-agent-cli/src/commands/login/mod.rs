//! The command `login`: asks for credentials or lets the user sign in at the vendor, tries them, and
//! stores them as an account.

mod app;
mod fields;
mod loopback;
pub(crate) mod page;
mod sign_in;
mod trial;

use std::io::Write as _;

use airbyte_agent_accounts::{Account, DEFAULT, Place};
use airbyte_agent_core::description::{AuthScheme, Connector};
use airbyte_agent_core::{Error, ErrorKind, suggestion};
use serde_json::{Map, Value, json};

use self::trial::Trial;
use crate::args::login::LoginArgs;
use crate::failure::{Stop, usage_error};
use crate::json_option::parse_json_object;
use crate::{accounts, output, ownership, prompt, registry, terminal};

/// Creates an account and stores it.
pub(crate) async fn run_login(args: LoginArgs) -> Result<(), Stop> {
    let names: Vec<String> = args.connector.clone().into_iter().collect();
    let (description, _) = registry::choose_connector(args.spec.as_deref(), &names)?;
    let connector: &Connector = &description;
    ownership::check_storing(connector)?;
    let store = accounts::open_store(args.store.map(Into::into))?;
    // If nothing can be stored, this fails before the user is asked for anything.
    store.place()?;
    let given = given_credentials(&args)?;
    let scheme = choose_scheme(connector, &args, given.as_ref())?;
    let config = fields::complete_settings(connector, scheme, given_config(&args)?)?;
    let account = Account::new(connector.name.clone(), &args.account).scheme(scheme.name.clone());
    let account =
        config.into_iter().fold(account, |account, (name, value)| account.config(name, value));
    let given = given.unwrap_or_default();
    let account = if sign_in::is_needed(scheme, &given) {
        sign_in::sign_in(connector, scheme, account, &given, &args).await?
    } else {
        fields::add_fields(connector, scheme, account, &given)?
    };
    let account = account.bound(connector)?;
    let trial =
        Trial { via: args.via.as_deref(), is_skipped: args.no_check, explain: trial::trial_error };
    let (account, outcome) = trial::try_account(&description, account, &store, trial).await?;
    let place = store.put(&account)?;
    print_stored(&args, &account, place, outcome)
}

/// Prints where the account has been stored, and whether its credentials work.
fn print_stored(
    args: &LoginArgs,
    account: &Account,
    place: Place,
    outcome: &str,
) -> Result<(), Stop> {
    let mut stdout = terminal::stdout();
    if terminal::stdout_is_terminal() {
        let (connector, name) = (account.connector(), account.name());
        let verdict = if outcome == "healthy" { "The credentials work" } else { "Not checked" };
        let option = match name {
            DEFAULT => String::new(),
            name => format!(" --account {name}"),
        };
        let spec = args.spec.as_ref().map(|path| format!(" --spec {}", path.display()));
        let target = spec.unwrap_or_else(|| format!(" {connector}"));
        writeln!(stdout, "{verdict}. Stored in {} as {connector}/{name}.", place.title())?;
        writeln!(stdout, "Try: airbyte-agent check{target}{option}")?;
    } else {
        let report = json!({
            "connector": account.connector(),
            "account": account.name(),
            "scheme": account.scheme_name(),
            "stored_in": place.as_str(),
            "checked": outcome,
            "expires_at": account.expires_at().and_then(output::timestamp),
        });
        writeln!(stdout, "{report}")?;
    }
    Ok(())
}

/// The fields of `--credentials`, which may come from standard input.
fn given_credentials(args: &LoginArgs) -> Result<Option<Map<String, Value>>, Error> {
    let Some(text) = &args.credentials else { return Ok(None) };
    let example = r#"{"api_key": "…"}"#;
    if text != "-" && text != "@-" {
        return parse_json_object("--credentials", text, example).map(Some);
    }
    let text = std::io::read_to_string(std::io::stdin()).map_err(|error| {
        usage_error(format!("--credentials: cannot read standard input: {error}"))
    })?;
    // The blank keeps a text that begins with `@` from being taken for the name of a file.
    let text = format!(" {}", text.trim_start_matches('\u{feff}'));
    parse_json_object("--credentials", &text, example).map(Some)
}

/// The settings of `--config`.
fn given_config(args: &LoginArgs) -> Result<Map<String, Value>, Error> {
    let Some(text) = &args.config else { return Ok(Map::new()) };
    parse_json_object("--config", text, r#"{"subdomain": "acme"}"#)
}

/// The scheme that `--scheme` names, that fits the given fields, that is the only one, or that the
/// user chooses.
fn choose_scheme<'c>(
    connector: &'c Connector,
    args: &LoginArgs,
    given: Option<&Map<String, Value>>,
) -> Result<&'c AuthScheme, Error> {
    let names: Vec<&str> = connector.auth.iter().map(|scheme| scheme.name.as_ref()).collect();
    if let Some(wanted) = &args.scheme {
        let scheme = connector.auth.iter().find(|scheme| scheme.name == wanted.as_str());
        return scheme.ok_or_else(|| {
            let hint = suggestion(wanted, &names);
            usage_error(format!("{} has no auth scheme '{wanted}'{hint}", connector.name))
        });
    }
    let fits = |scheme: &&AuthScheme| {
        given.is_none_or(|given| given.keys().all(|name| fields::accepts_field(scheme, name)))
    };
    let fitting: Vec<&AuthScheme> = connector.auth.iter().filter(fits).collect();
    // If the fields fit several schemes, the one for which they are complete is chosen.
    let is_complete =
        |scheme: &&&AuthScheme| given.is_some_and(|given| fields::is_complete(scheme, given));
    let complete: Vec<&AuthScheme> = fitting.iter().filter(is_complete).copied().collect();
    match (fitting.as_slice(), complete.as_slice()) {
        ([], _) => {
            let names = given.into_iter().flat_map(Map::keys).cloned().collect::<Vec<_>>();
            Err(Error::new(
                ErrorKind::Authentication,
                format!(
                    "no scheme of {0} takes all of {1}; see: airbyte-agent describe {0}",
                    connector.name,
                    names.join(", ")
                ),
            ))
        }
        ([scheme], _) | (_, [scheme]) => Ok(scheme),
        (several, _) if prompt::is_possible() => {
            let option = |scheme: &&AuthScheme| format!("{}: {}", scheme.title, scheme.description);
            prompt::print_paragraph(&format!("{} has several schemes.", connector.title));
            let options: Vec<String> = several.iter().map(option).collect();
            Ok(several[prompt::ask_choice("Which one", &options)?])
        }
        (several, _) => {
            let names: Vec<&str> = several.iter().map(|scheme| scheme.name.as_ref()).collect();
            let name = &connector.name;
            Err(usage_error(format!(
                "choose a scheme of {name} with --scheme: {}",
                names.join(", ")
            )))
        }
    }
}
