//! The command `check`: finds out whether credentials work.

use std::io::Write as _;

use airbyte_agent_core::{CheckReport, CheckStatus, Error, ErrorKind};
use serde_json::json;

use crate::args::check::CheckArgs;
use crate::args::format::DocumentFormat;
use crate::connect::connect;
use crate::failure::Stop;
use crate::{output, registry, terminal};

/// Makes the cheapest call that only reads, and prints whether it succeeded. If the call fails, the
/// command fails with the same error.
pub(crate) async fn run_check(args: CheckArgs) -> Result<(), Stop> {
    let names: Vec<String> = args.connector.into_iter().collect();
    let (description, _) = registry::choose_connector(args.connection.spec.as_deref(), &names)?;
    let connection = connect(&args.connection, description.clone()).await?;
    let check = connection.client.check();
    let report = match args.connection.timeout {
        None => check.await,
        Some(limit) => tokio::time::timeout(limit, check).await.map_err(|_| {
            let seconds = limit.as_secs_f64();
            Error::new(ErrorKind::Network, format!("no response within {seconds} s"))
        })?,
    };
    let CheckReport { status, entity, action, error, .. } = report;
    if let Some(error) = error {
        return Err(error.into());
    }
    let operation = entity.zip(action).map(|(entity, action)| format!("{entity}.{action}"));
    let mut stdout = terminal::stdout();
    if output::document_format_or_default(args.output) == DocumentFormat::Text {
        let outcome = match (status, &operation) {
            (CheckStatus::Healthy, Some(operation)) => {
                format!("the credentials work ({operation})")
            }
            (CheckStatus::Healthy, None) => "the credentials work".to_owned(),
            _ => "not checked: no operation can be called without arguments".to_owned(),
        };
        writeln!(stdout, "{}: {outcome}", description.name)?;
    } else {
        let connector = &description.name;
        let report = json!({"connector": connector, "status": status, "operation": operation});
        writeln!(stdout, "{report}")?;
    }
    Ok(())
}
