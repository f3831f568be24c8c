//! `doctor`: what is set up on this machine, what is missing, and what to do about it.
//!
//! Shows names of variables, files and fields, and never a value of a credential.

pub(crate) mod args;
mod connector;
mod platform;
mod report;
mod storage;

use std::collections::BTreeSet;
use std::io::{BufWriter, Write as _, stdout};

use airbyte_agent_accounts::{Entry, Store};
use airbyte_agent_core::description::Connector;

use self::args::DoctorArgs;
use self::report::Report;
use crate::args::Manner;
use crate::failure::Stop;
use crate::variables::Variables;
use crate::{accounts, registry, terminal};

/// Looks at everything and tells it.
pub(crate) async fn doctor(args: DoctorArgs) -> Result<(), Stop> {
    let names: Vec<String> = args.connector.clone().into_iter().collect();
    let asked = if names.is_empty() && args.spec.is_none() {
        None
    } else {
        Some(registry::choose(args.spec.as_deref(), &names)?.0)
    };
    let variables = Variables::look();
    let mut report = Report::default();
    report.area("Program");
    report.note(format!(
        "airbyte-agent {} on {} ({}), {} connectors",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        airbyte_agent::registry().len()
    ));
    let has_platform = platform::look(&mut report, &variables, &args).await;
    let store = accounts::store(None);
    let entries = storage::look(&mut report, &store);
    let store = store.ok();
    if let Some(description) = &asked {
        connector::look(&mut report, description, &variables, &entries, store.as_ref());
    } else {
        every(&mut report, &variables, &entries, store.as_ref(), has_platform);
    }
    let manner =
        args.output.unwrap_or(if terminal::shows_output() { Manner::Text } else { Manner::Json });
    let mut out = BufWriter::new(stdout().lock());
    match manner {
        Manner::Text => report.text(&mut out)?,
        Manner::Json => writeln!(out, "{:#}", report.json())?,
    }
    out.flush()?;
    if report.is_healthy() { Ok(()) } else { Err(Stop::Unwell) }
}

/// The connectors for which there is anything.
fn every(
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
    let mut any = false;
    for connector in airbyte_agent::registry().iter().copied().filter(is_set_up) {
        any = true;
        connector::look(report, &connector.into(), variables, entries, store);
    }
    if any {
        return;
    }
    report.area("Connectors");
    let message =
        "no credentials for any connector: not in the environment, not stored, not in .env";
    let next = "airbyte-agent login CONNECTOR    (airbyte-agent connectors lists them)";
    if has_platform {
        report.suggest(format!("{message}; calls with --hosted need none"), next);
    } else {
        report.problem(message, next);
        report.suggest(
            "the sandbox works without any",
            "airbyte-agent exec github issues list --sandbox -p owner=airbytehq -p repo=airbyte",
        );
    }
}
