//! The command `doctor`: reports what is set up on this machine, what is missing, and what to do
//! about it.
//!
//! The report names variables, files and fields. It never contains the value of a credential.

mod connector;
mod platform;
mod report;
mod storage;

use std::collections::BTreeSet;
use std::io::{BufWriter, Write as _};

use airbyte_agent_accounts::{Entry, Store};
use airbyte_agent_core::description::Connector;

use self::report::Report;
use crate::args::doctor::DoctorArgs;
use crate::args::format::DocumentFormat;
use crate::failure::Stop;
use crate::variables::Variables;
use crate::{accounts, output, registry, terminal};

/// Prints the report. The command fails if the report contains a problem.
pub(crate) async fn run_doctor(args: DoctorArgs) -> Result<(), Stop> {
    let names: Vec<String> = args.connector.clone().into_iter().collect();
    let requested = if names.is_empty() && args.spec.is_none() {
        None
    } else {
        Some(registry::choose_connector(args.spec.as_deref(), &names)?.0)
    };
    let variables = Variables::load();
    let mut report = Report::about(args.spec.as_deref());
    report.start_area("Program");
    report.add_note(format!(
        "airbyte-agent {} on {} ({}), {} connectors",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        airbyte_agent::registry().len()
    ));
    let has_platform = platform::examine_platform(&mut report, &variables, &args).await;
    let store = accounts::open_store(None);
    let entries = storage::examine_store(&mut report, &store);
    let store = store.ok();
    if let Some(description) = &requested {
        connector::examine_connector(
            &mut report,
            description,
            &variables,
            &entries,
            store.as_ref(),
        );
    } else {
        examine_all(&mut report, &variables, &entries, store.as_ref(), has_platform);
    }
    let mut out = BufWriter::new(terminal::stdout());
    match output::document_format_or_default(args.output) {
        DocumentFormat::Text => report.write_text(&mut out)?,
        DocumentFormat::Json => writeln!(out, "{:#}", report.to_json())?,
    }
    out.flush()?;
    if report.is_healthy() { Ok(()) } else { Err(Stop::ProblemsReported) }
}

/// Examines every connector that has an account or a variable.
fn examine_all(
    report: &mut Report,
    variables: &Variables,
    entries: &[Entry],
    store: Option<&Store>,
    has_platform: bool,
) {
    let stored: BTreeSet<&str> = entries.iter().map(|entry| entry.connector.as_str()).collect();
    let is_set_up = |connector: &&Connector| {
        stored.contains(connector.name.as_ref()) || connector::has_variables(connector, variables)
    };
    let mut is_any_set_up = false;
    for connector in airbyte_agent::registry().iter().copied().filter(is_set_up) {
        is_any_set_up = true;
        connector::examine_connector(report, &connector.into(), variables, entries, store);
    }
    if is_any_set_up {
        return;
    }
    report.start_area("Connectors");
    let message =
        "no connector has credentials: neither in the environment, nor stored, nor in .env";
    let step = "airbyte-agent login CONNECTOR    (airbyte-agent connectors lists them)";
    if has_platform {
        report.add_suggestion(format!("{message}; calls with --hosted need none"), step);
    } else {
        report.add_problem(message, step);
        report.add_suggestion(
            "the sandbox needs no credentials",
            "airbyte-agent exec github issues list --sandbox -p owner=airbytehq -p repo=airbyte",
        );
    }
}
