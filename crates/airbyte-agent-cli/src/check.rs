//! `check`: whether credentials work.

use std::io::Write as _;

use airbyte_agent_core::{CheckReport, CheckStatus, Error, ErrorKind};
use serde_json::json;

use crate::args::{CheckArgs, Manner};
use crate::connect::connect;
use crate::failure::Stop;
use crate::{registry, terminal};

/// Makes the cheapest call that only reads; a failure is that of the call.
pub(crate) async fn check(args: CheckArgs) -> Result<(), Stop> {
    let names: Vec<String> = args.connector.into_iter().collect();
    let (description, _) = registry::choose(args.connection.spec.as_deref(), &names)?;
    let connection = connect(&args.connection, description.clone()).await?;
    let report = match args.connection.timeout {
        None => connection.client.check().await,
        Some(limit) => {
            tokio::time::timeout(limit, connection.client.check()).await.map_err(|_| {
                let seconds = limit.as_secs_f64();
                Error::new(ErrorKind::Network, format!("no answer within {seconds} s"))
            })?
        }
    };
    let CheckReport { status, entity, action, error, .. } = report;
    if let Some(error) = error {
        return Err(error.into());
    }
    let operation = entity.zip(action).map(|(entity, action)| format!("{entity}.{action}"));
    let mut stdout = std::io::stdout().lock();
    let usual = if terminal::shows_output() { Manner::Text } else { Manner::Json };
    if args.output.unwrap_or(usual) == Manner::Text {
        let said = match (status, &operation) {
            (CheckStatus::Healthy, Some(operation)) => {
                format!("the credentials work ({operation})")
            }
            (CheckStatus::Healthy, None) => "the credentials work".to_owned(),
            _ => "not checked: no operation can be called without arguments".to_owned(),
        };
        writeln!(stdout, "{}: {said}", description.name)?;
    } else {
        let connector = &description.name;
        let report = json!({"connector": connector, "status": status, "operation": operation});
        writeln!(stdout, "{report}")?;
    }
    Ok(())
}
