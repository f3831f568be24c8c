//! `login`: asks for credentials, or has the user sign in at the vendor, tries them, keeps them.

pub(crate) mod args;
mod fields;
mod loopback;
mod sign_in;
mod trial;

use std::io::Write as _;

use airbyte_agent_accounts::Account;
use airbyte_agent_core::description::{AuthScheme, Connector};
use airbyte_agent_core::{Error, ErrorKind, suggestion};
use serde_json::{Map, Value, json};

use self::args::LoginArgs;
use crate::failure::{Stop, usage};
use crate::{accounts, json_option, prompt, reach, registry, terminal};

/// Makes an account and keeps it.
pub(crate) async fn login(args: LoginArgs) -> Result<(), Stop> {
    let names: Vec<String> = args.connector.clone().into_iter().collect();
    let (description, _) = registry::choose(args.spec.as_deref(), &names)?;
    let connector: &Connector = &description;
    reach::check_keeping(connector)?;
    let store = accounts::store(args.store.map(Into::into))?;
    // What cannot be kept is not asked for.
    store.place()?;
    let given = given(&args)?;
    let scheme = scheme(connector, &args, given.as_ref())?;
    let config = fields::settings(connector, scheme, config(&args)?)?;
    let account = Account::new(connector.name.clone(), &args.account).scheme(scheme.name.clone());
    let account =
        config.into_iter().fold(account, |account, (name, value)| account.config(name, value));
    let given = given.unwrap_or_default();
    let account = if sign_in::is_meant(scheme, &given) {
        sign_in::sign_in(connector, scheme, account, &given, &args).await?
    } else {
        fields::ask(connector, scheme, account, &given)?
    };
    let account = account.bound(connector)?;
    let (account, checked) = trial::check(&description, account, &store, &args).await?;
    let place = store.put(&account)?;
    let mut stdout = std::io::stdout().lock();
    if terminal::shows_output() {
        let (connector, name) = (account.connector(), account.name());
        let said = if checked == "healthy" { "The credentials work" } else { "Not checked" };
        let option = match name {
            airbyte_agent_accounts::DEFAULT => String::new(),
            name => format!(" --account {name}"),
        };
        let spec = args.spec.as_ref().map(|path| format!(" --spec {}", path.display()));
        let what = spec.unwrap_or_else(|| format!(" {connector}"));
        writeln!(stdout, "{said}. Kept in {} as {connector}/{name}.", place.title())?;
        writeln!(stdout, "Try: airbyte-agent check{what}{option}")?;
    } else {
        let said = json!({
            "connector": account.connector(),
            "account": account.name(),
            "scheme": account.scheme_name(),
            "stored_in": place.as_str(),
            "checked": checked,
            "expires_at": account.expires_at().and_then(accounts::date),
        });
        writeln!(stdout, "{said}")?;
    }
    Ok(())
}

/// `--credentials`.
fn given(args: &LoginArgs) -> Result<Option<Map<String, Value>>, Error> {
    let Some(text) = &args.credentials else { return Ok(None) };
    let example = r#"{"api_key": "…"}"#;
    if text != "-" && text != "@-" {
        return json_option::object("--credentials", text, example).map(Some);
    }
    let text = std::io::read_to_string(std::io::stdin())
        .map_err(|error| usage(format!("--credentials: cannot read standard input: {error}")))?;
    // The first letter would mean a file.
    let text = format!(" {}", text.trim_start_matches('\u{feff}'));
    json_option::object("--credentials", &text, example).map(Some)
}

fn config(args: &LoginArgs) -> Result<Map<String, Value>, Error> {
    let Some(text) = &args.config else { return Ok(Map::new()) };
    json_option::object("--config", text, r#"{"subdomain": "acme"}"#)
}

/// The scheme that is named, fits the fields given, is the only one, or is chosen by the user.
fn scheme<'c>(
    connector: &'c Connector,
    args: &LoginArgs,
    given: Option<&Map<String, Value>>,
) -> Result<&'c AuthScheme, Error> {
    let names: Vec<&str> = connector.auth.iter().map(|scheme| scheme.name.as_ref()).collect();
    if let Some(wanted) = &args.scheme {
        let found = connector.auth.iter().find(|scheme| scheme.name == wanted.as_str());
        return found.ok_or_else(|| {
            let hint = suggestion(wanted, &names);
            usage(format!("{} has no auth scheme '{wanted}'{hint}", connector.name))
        });
    }
    let fits = |scheme: &&AuthScheme| {
        given.is_none_or(|given| given.keys().all(|name| fields::takes(scheme, name)))
    };
    let fitting: Vec<&AuthScheme> = connector.auth.iter().filter(fits).collect();
    // Fields that complete a scheme decide between several.
    let complete =
        |scheme: &&&AuthScheme| given.is_some_and(|given| fields::is_complete(scheme, given));
    let completed: Vec<&AuthScheme> = fitting.iter().filter(complete).copied().collect();
    match (fitting.as_slice(), completed.as_slice()) {
        ([], _) => {
            let names = given.into_iter().flat_map(Map::keys).cloned().collect::<Vec<_>>();
            Err(Error::new(
                ErrorKind::Authentication,
                format!(
                    "no way to authenticate with {} takes all of {}; see: airbyte-agent describe {}",
                    connector.name,
                    names.join(", "),
                    connector.name
                ),
            ))
        }
        ([one], _) | (_, [one]) => Ok(one),
        (several, _) if prompt::is_possible() => {
            let told = |scheme: &&AuthScheme| format!("{}: {}", scheme.title, scheme.description);
            prompt::tell(&format!("{} can be reached in several ways.", connector.title));
            let options: Vec<String> = several.iter().map(told).collect();
            Ok(several[prompt::choice("Which one", &options)?])
        }
        (several, _) => {
            let names: Vec<&str> = several.iter().map(|scheme| scheme.name.as_ref()).collect();
            let name = &connector.name;
            Err(usage(format!("say which scheme of {name} with --scheme: {}", names.join(", "))))
        }
    }
}
