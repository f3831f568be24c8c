//! Sends the reports of a call to the client, as notifications of the protocol.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use airbyte_agent_core::tools::{Progress, Report};
use rmcp::RoleServer;
use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::Peer;
use tokio::sync::Notify;

/// How long a call may be without reports before the client is told that it still runs.
const SILENCE: Duration = Duration::from_secs(10);

/// The latest report of a call, until it is sent. A client that reads slowly misses earlier ones.
#[derive(Debug)]
pub(crate) struct LatestReport {
    report: Mutex<Option<Report>>,
    arrived: Notify,
    /// What is told when there are no reports.
    waiting: &'static str,
}

impl Default for LatestReport {
    fn default() -> Self {
        Self::waiting_for("still waiting for the response")
    }
}

impl Progress for LatestReport {
    fn report(&self, report: Report) {
        *self.report.lock().unwrap_or_else(PoisonError::into_inner) = Some(report);
        self.arrived.notify_one();
    }
}

impl LatestReport {
    /// No report yet. `waiting` is what is told as long as there are none.
    pub(crate) fn waiting_for(waiting: &'static str) -> Self {
        Self { report: Mutex::default(), arrived: Notify::new(), waiting }
    }

    fn take(&self) -> Option<Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Runs `work` and sends its reports to the client, if the client gave a token for that.
    pub(crate) async fn report_while<T>(
        &self,
        peer: &Peer<RoleServer>,
        token: Option<ProgressToken>,
        work: impl Future<Output = T>,
    ) -> T {
        let Some(token) = token else { return work.await };
        let mut reporter = Reporter { peer, token, last: 0.0 };
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                outcome = &mut work => {
                    if let Some(report) = self.take() {
                        reporter.send_report(report).await;
                    }
                    return outcome;
                }
                () = self.arrived.notified() => {
                    if let Some(report) = self.take() {
                        reporter.send_report(report).await;
                    }
                }
                () = tokio::time::sleep(SILENCE) => reporter.send_sign_of_life(self.waiting).await,
            }
        }
    }
}

/// Sends the notifications of one call.
struct Reporter<'p> {
    peer: &'p Peer<RoleServer>,
    token: ProgressToken,
    /// The value that was sent last. The protocol requires that each value is larger than the one before.
    last: f64,
}

impl Reporter<'_> {
    #[allow(clippy::cast_precision_loss, reason = "counts beyond 2^52 do not occur")]
    async fn send_report(&mut self, report: Report) {
        let count = if report.bytes > 0 { report.bytes } else { report.records } as f64;
        let total = report.total_bytes.filter(|_| report.bytes > 0).map(|total| total as f64);
        let message = if report.bytes > 0 {
            format!("{} bytes", report.bytes)
        } else {
            let pages = if report.pages == 1 { "page" } else { "pages" };
            format!("{} records, {} {pages}", report.records, report.pages)
        };
        self.send(count, total, message).await;
    }

    async fn send_sign_of_life(&mut self, waiting: &str) {
        self.send(self.last, None, waiting.to_owned()).await;
    }

    async fn send(&mut self, count: f64, total: Option<f64>, message: String) {
        // Where the count is the same as before, the value grows a little.
        self.last = if count > self.last { count } else { self.last + 0.001 };
        let mut notification =
            ProgressNotificationParam::new(self.token.clone(), self.last).with_message(message);
        if let Some(total) = total {
            notification = notification.with_total(total);
        }
        if let Err(error) = self.peer.notify_progress(notification).await {
            tracing::debug!(%error, "the progress of a call cannot be sent");
        }
    }
}
