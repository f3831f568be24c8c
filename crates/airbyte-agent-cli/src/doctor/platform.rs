//! Airbyte's platform: where its credentials come from, and whether it answers.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use airbyte_agent_core::hosted::{Generation, Session, Settings};
use airbyte_agent_core::{Error, ErrorKind, Hosted};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::args::DoctorArgs;
use super::report::Report;
use crate::variables::Variables;

/// Difference of clocks from which signed requests and tokens suffer.
const SKEW: Duration = Duration::from_secs(60);

/// Looks at settings and platform; whether calls can run there.
pub(super) async fn look(report: &mut Report, variables: &Variables, args: &DoctorArgs) -> bool {
    report.area("Settings");
    folder(report, variables);
    let file = Settings::from_default_file();
    settings_file(report, Settings::default_file(), &file);

    report.area("Platform (--hosted)");
    let settings = variables.settings(Settings::new(), file.unwrap_or_default());
    variables.about(&settings).into_iter().for_each(|text| report.note(text));
    if !address(report, variables, &settings) {
        return false;
    }
    if settings.has_no_credentials() {
        report.note(
            "no AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET; needed for calls with --hosted only",
        );
        return false;
    }
    let session = settings.into_hosted().map(|hosted| hosted.timeout(args.timeout));
    let session = match session.and_then(Session::new) {
        Ok(session) => session,
        Err(error) => {
            let next = if error.kind() == ErrorKind::Authentication {
                "export AIRBYTE_CLIENT_ID=… AIRBYTE_CLIENT_SECRET=…"
            } else {
                "unset SECRETS_CONFIGURED_FROM_ENVIRONMENT, or set in the environment what .env of \
                 this folder says"
            };
            report.problem(error.to_string(), next);
            return false;
        }
    };
    report.good("client id and client secret are there");
    let organization = session.organization().unwrap_or("the only one of the client");
    report.note(format!("workspace {}, organization: {organization}", session.workspace()));
    let address = session.base_url().as_str().trim_end_matches('/').to_owned();
    if args.offline {
        report.note(format!("{address} was not tried (--offline)"));
        return true;
    }
    match tokio::time::timeout(args.timeout, answer(&session)).await {
        Ok(Ok(skew)) => {
            report.good(format!("{address} takes the credentials"));
            tell_skew(report, skew);
            true
        }
        Ok(Err(error)) => {
            let is_refused =
                matches!(error.kind(), ErrorKind::Authentication | ErrorKind::Permission);
            let next = if is_refused {
                "make a new application in Airbyte's settings, and set AIRBYTE_CLIENT_ID and \
                 AIRBYTE_CLIENT_SECRET"
            } else {
                "check network and proxy (HTTPS_PROXY)"
            };
            report.problem(format!("{address}: {error}"), next);
            false
        }
        Err(_) => {
            let seconds = args.timeout.as_secs_f64();
            let message = format!("{address} did not answer within {seconds} s");
            report.problem(message, "check network and proxy (HTTPS_PROXY)");
            false
        }
    }
}

/// What the folder brings.
fn folder(report: &mut Report, variables: &Variables) {
    for text in variables.warnings() {
        report.warning(text, "mend the file .env of this folder");
    }
    if Path::new(".env").is_file() {
        report.good(
            ".env of this folder adds to the environment, for what neither that nor the user's own \
             files say",
        );
    } else {
        report.note("no .env in this folder");
    }
}

fn settings_file(report: &mut Report, path: Option<PathBuf>, file: &Result<Settings, Error>) {
    match (path, file) {
        (_, Err(error)) => {
            report.problem(error.to_string(), "mend the settings file, or remove it");
        }
        (Some(path), Ok(_)) if path.exists() => {
            report.good(format!("settings file {}", path.display()));
            if others_read(&path) {
                let path = path.display();
                report.suggest("others can read the settings file", format!("chmod 600 {path}"));
            }
        }
        (Some(path), Ok(_)) => report.note(format!("no settings file {}", path.display())),
        (None, Ok(_)) => report.note("no home folder, so no settings file"),
    }
}

/// Where the platform is, unless it is where it usually is; false where that cannot be.
fn address(report: &mut Report, variables: &Variables, settings: &Settings) -> bool {
    if let Some(text) = variables.ignored() {
        report.warning(text, "take it out of .env of this folder");
    }
    let Some((address, provenance)) = settings.address() else { return true };
    // Client id and secret are not needed to read an address.
    let session = match Session::new(Hosted::new("-", "-").base_url(address)) {
        Ok(session) => session,
        Err(error) => {
            report.problem(error.to_string(), "unset SDK_DEV_ADP_API_HOST");
            return false;
        }
    };
    let address = session.base_url().as_str().trim_end_matches('/');
    if address != Generation::default().api_host() {
        report.warning(
            format!(
                "the platform is taken to be {address} (SDK_DEV_ADP_API_HOST {provenance}): client \
                 id, secret and tokens go there"
            ),
            "unset SDK_DEV_ADP_API_HOST    (unless that address is meant)",
        );
    }
    true
}

/// Gets a token, and the difference between the platform's clock and this one.
async fn answer(session: &Session) -> Result<Option<(Duration, bool)>, Error> {
    session.token().await?;
    let path = "/api/v1/integrations/connectors";
    let query = [("workspace_name", session.workspace()), ("limit", "1")];
    let asked = session.request(http::Method::GET, path, &query, None).await;
    let Ok((_, headers, _)) = asked else { return Ok(None) };
    let date = headers.get(http::header::DATE).and_then(|value| value.to_str().ok());
    let theirs = date.and_then(|text| rfc2822::parse(text).ok()).map(|at| at.timestamp());
    let Ok(ours) = Timestamp::try_from(SystemTime::now()) else { return Ok(None) };
    Ok(theirs.map(|theirs| {
        let apart = Duration::from_secs(ours.as_second().abs_diff(theirs.as_second()));
        (apart, ours > theirs)
    }))
}

fn tell_skew(report: &mut Report, skew: Option<(Duration, bool)>) {
    let Some((apart, is_ahead)) = skew else { return };
    if apart < SKEW {
        report.good("this machine's clock is right");
    } else {
        let side = if is_ahead { "ahead" } else { "behind" };
        let message = format!("this machine's clock is {} s {side}", apart.as_secs());
        report.problem(message, "set the clock of this machine");
    }
}

#[cfg(unix)]
fn others_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn others_read(_: &Path) -> bool {
    false
}
