//! The settings and Airbyte's platform in the report: where the platform's credentials come from,
//! and whether it accepts them.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use airbyte_agent_core::hosted::{Generation, Session, Settings};
use airbyte_agent_core::{Error, ErrorKind, Hosted};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::report::Report;
use crate::args::doctor::DoctorArgs;
use crate::variables::Variables;

/// Difference between clocks that signed requests and tokens do not tolerate.
const LARGEST_SKEW: Duration = Duration::from_secs(60);

/// How far the clock of this machine differs from that of the platform.
struct ClockSkew {
    difference: Duration,
    is_ahead: bool,
}

/// Reports settings and platform, and returns whether hosted calls can run.
pub(super) async fn examine_platform(
    report: &mut Report,
    variables: &Variables,
    args: &DoctorArgs,
) -> bool {
    report.start_area("Settings");
    examine_folder(report, variables);
    let file = Settings::from_default_file();
    examine_settings_file(report, Settings::default_file(), &file);

    report.start_area("Platform (--hosted)");
    let settings = variables.platform_settings(Settings::new(), file.unwrap_or_default());
    variables.platform_notes(&settings).into_iter().for_each(|text| report.add_note(text));
    if !examine_address(report, variables, &settings) {
        return false;
    }
    if settings.has_no_credentials() {
        report.add_note(
            "no AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET; needed for calls with --hosted only",
        );
        return false;
    }
    let session = settings.into_hosted().map(|hosted| hosted.timeout(args.timeout));
    let session = match session.and_then(Session::new) {
        Ok(session) => session,
        Err(error) => {
            let step = if error.kind() == ErrorKind::Authentication {
                "export AIRBYTE_CLIENT_ID=… AIRBYTE_CLIENT_SECRET=…"
            } else {
                "unset SECRETS_CONFIGURED_FROM_ENVIRONMENT, or set in the environment what .env of \
                 this folder says"
            };
            report.add_problem(error.to_string(), step);
            return false;
        }
    };
    report.add_good("client id and client secret are there");
    examine_session(report, &session, args).await
}

/// Reports whether the platform accepts client id and secret.
async fn examine_session(report: &mut Report, session: &Session, args: &DoctorArgs) -> bool {
    let organization = session.organization().unwrap_or("the only one of the client");
    report.add_note(format!("workspace {}, organization: {organization}", session.workspace()));
    let address = session.base_url().as_str().trim_end_matches('/').to_owned();
    if args.offline {
        report.add_note(format!("{address} was not tried (--offline)"));
        return true;
    }
    match tokio::time::timeout(args.timeout, request_token(session)).await {
        Ok(Ok(skew)) => {
            report.add_good(format!("{address} accepts the credentials"));
            report_skew(report, skew.as_ref());
            true
        }
        Ok(Err(error)) => {
            let is_refused =
                matches!(error.kind(), ErrorKind::Authentication | ErrorKind::Permission);
            let step = if is_refused {
                "create a new application in Airbyte's settings, and set AIRBYTE_CLIENT_ID and \
                 AIRBYTE_CLIENT_SECRET"
            } else {
                "check network and proxy (HTTPS_PROXY)"
            };
            report.add_problem(format!("{address}: {error}"), step);
            false
        }
        Err(_) => {
            let seconds = args.timeout.as_secs_f64();
            let message = format!("{address} did not respond within {seconds} s");
            report.add_problem(message, "check network and proxy (HTTPS_PROXY)");
            false
        }
    }
}

/// Reports the file `.env` of the working directory.
fn examine_folder(report: &mut Report, variables: &Variables) {
    for text in variables.warnings() {
        report.add_warning(text, "correct the file .env of this folder");
    }
    if Path::new(".env").is_file() {
        report.add_good(
            ".env of this folder is used for variables that neither the environment nor the user's \
             own files set",
        );
    } else {
        report.add_note("no .env in this folder");
    }
}

/// Reports the settings file, and whether others can read it.
fn examine_settings_file(
    report: &mut Report,
    path: Option<PathBuf>,
    file: &Result<Settings, Error>,
) {
    match (path, file) {
        (_, Err(error)) => {
            report.add_problem(error.to_string(), "correct the settings file, or remove it");
        }
        (Some(path), Ok(_)) if path.exists() => {
            report.add_good(format!("settings file {}", path.display()));
            if is_readable_by_others(&path) {
                let path = path.display();
                report.add_suggestion(
                    "others can read the settings file",
                    format!("chmod 600 {path}"),
                );
            }
        }
        (Some(path), Ok(_)) => report.add_note(format!("no settings file {}", path.display())),
        (None, Ok(_)) => report.add_note("no home folder, so no settings file"),
    }
}

/// Reports the address of the platform, unless it is the usual one. Returns false if the address is
/// not valid.
fn examine_address(report: &mut Report, variables: &Variables, settings: &Settings) -> bool {
    if let Some(text) = variables.ignored_warning() {
        report.add_warning(text, "take it out of .env of this folder");
    }
    let Some((address, provenance)) = settings.address() else { return true };
    // Client id and secret are not needed to check an address.
    let session = match Session::new(Hosted::new("-", "-").base_url(address)) {
        Ok(session) => session,
        Err(error) => {
            report.add_problem(error.to_string(), "unset SDK_DEV_ADP_API_HOST");
            return false;
        }
    };
    let address = session.base_url().as_str().trim_end_matches('/');
    if address != Generation::default().api_host() {
        report.add_warning(
            format!(
                "the address of the platform is {address} (SDK_DEV_ADP_API_HOST {provenance}): client \
                 id, secret and tokens go there"
            ),
            "unset SDK_DEV_ADP_API_HOST    (unless you intend to use that address)",
        );
    }
    true
}

/// Requests a token, and compares the platform's clock with that of this machine. The clocks are
/// not compared if the platform does not send its time.
async fn request_token(session: &Session) -> Result<Option<ClockSkew>, Error> {
    session.token().await?;
    let path = "/api/v1/integrations/connectors";
    let query = [("workspace_name", session.workspace()), ("limit", "1")];
    let response = session.request(http::Method::GET, path, &query, None).await;
    let Ok((_, headers, _)) = response else { return Ok(None) };
    let date = headers.get(http::header::DATE).and_then(|value| value.to_str().ok());
    let platform_time = date.and_then(|text| rfc2822::parse(text).ok()).map(|at| at.timestamp());
    let Ok(local_time) = Timestamp::try_from(SystemTime::now()) else { return Ok(None) };
    Ok(platform_time.map(|platform_time| {
        let seconds = local_time.as_second().abs_diff(platform_time.as_second());
        ClockSkew { difference: Duration::from_secs(seconds), is_ahead: local_time > platform_time }
    }))
}

fn report_skew(report: &mut Report, skew: Option<&ClockSkew>) {
    let Some(ClockSkew { difference, is_ahead }) = skew else { return };
    if *difference < LARGEST_SKEW {
        report.add_good("this machine's clock is right");
    } else {
        let side = if *is_ahead { "ahead" } else { "behind" };
        let message = format!("this machine's clock is {} s {side}", difference.as_secs());
        report.add_problem(message, "set the clock of this machine");
    }
}

#[cfg(unix)]
fn is_readable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &Path) -> bool {
    false
}
