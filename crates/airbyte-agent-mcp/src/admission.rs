//! Whether a call may be made now, and what a client is told of a call that this server refuses or ends.

use std::time::Instant;

use airbyte_agent_core::tools::{Effect, Plan};

use crate::quota::Quota;
use crate::refusal::{Refusal, Retry};
use crate::shared::Shared;

/// Counts the call against the quotas of the operator. What asks no vendor is not counted.
pub(crate) fn admit(shared: &Shared, plan: &Plan<'_>) -> Result<(), Refusal> {
    let Some(target) = plan.target().filter(|_| plan.effect() > Effect::Nothing) else {
        return Ok(());
    };
    let covers = |quota: &&Quota| quota.covers(target.connector.name.as_ref(), target.operation);
    let now = Instant::now();
    let mut taken: Vec<&Quota> = Vec::new();
    for quota in shared.quotas.iter().filter(covers) {
        if let Err(wait) = quota.take(now) {
            taken.into_iter().for_each(Quota::give_back);
            let seconds = wait.as_secs() + 1;
            let message =
                format!("The operator allows {}. Try again in {seconds} s.", quota.text());
            return Err(Refusal::new("rate_limited", message, Retry::AfterSeconds(seconds)));
        }
        taken.push(quota);
    }
    Ok(())
}

/// The refusal of one more call that removes or overwrites data.
pub(crate) fn too_destructive(shared: &Shared) -> Refusal {
    let most = shared.limits.destructive.unwrap_or_default();
    let message = format!(
        "The operator allows {most} calls in a session that remove or overwrite data, and they were made. \
         Nothing was sent. Tell the user."
    );
    Refusal::new("too_destructive", message, Retry::Never)
}

/// The end of a call by a panic.
pub(crate) fn defect(name: &str) -> Refusal {
    tracing::error!(tool = name, "a call ended in a panic");
    let message = "The call failed by a defect of the server. Tell the user and do not call again.";
    Refusal::new("internal", message, Retry::Never)
}

/// The end of a call that the client no longer wants.
pub(crate) fn cancelled() -> Refusal {
    Refusal::new("cancelled", "The call was cancelled.", Retry::Never)
}

/// The end of a call that takes too long.
pub(crate) fn timed_out(shared: &Shared, effect: Effect, is_repeatable: bool) -> Refusal {
    let seconds = shared.limits.timeout.as_secs_f64();
    let advice = if effect.is_change() && is_repeatable {
        "It may have taken effect. The same call within half an hour does it no second time."
    } else if effect.is_change() {
        "It may have taken effect: look before you call again."
    } else {
        "Ask for less: fewer records, fewer fields, a narrower filter."
    };
    let message = format!("The call was ended after {seconds} s, the operator's limit. {advice}");
    Refusal::new("timeout", message, Retry::Changed)
}
