//! From the reports of a call to the protocol's notifications.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use airbyte_agent_core::tools::{Progress, Report};
use rmcp::RoleServer;
use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::Peer;
use tokio::sync::Notify;

/// How long a call may be silent before the client is told that it still runs.
const SILENCE: Duration = Duration::from_secs(10);

/// Keeps the latest report until it is sent; a client that reads slowly misses some in between.
#[derive(Debug, Default)]
pub(crate) struct Latest {
    report: Mutex<Option<Report>>,
    news: Notify,
}

impl Progress for Latest {
    fn report(&self, report: Report) {
        *self.report.lock().unwrap_or_else(PoisonError::into_inner) = Some(report);
        self.news.notify_one();
    }
}

impl Latest {
    fn take(&self) -> Option<Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Runs `work` and tells the client how far it is, if it asked for that.
    pub(crate) async fn tell_while<T>(
        &self,
        peer: &Peer<RoleServer>,
        token: Option<ProgressToken>,
        work: impl Future<Output = T>,
    ) -> T {
        let Some(token) = token else { return work.await };
        let mut teller = Teller { peer, token, told: 0.0 };
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                outcome = &mut work => {
                    if let Some(report) = self.take() {
                        teller.tell(report).await;
                    }
                    return outcome;
                }
                () = self.news.notified() => {
                    if let Some(report) = self.take() {
                        teller.tell(report).await;
                    }
                }
                () = tokio::time::sleep(SILENCE) => teller.tell_alive().await,
            }
        }
    }
}

struct Teller<'p> {
    peer: &'p Peer<RoleServer>,
    token: ProgressToken,
    /// The value told last; the protocol wants every further one to be larger.
    told: f64,
}

impl Teller<'_> {
    #[allow(clippy::cast_precision_loss, reason = "counts beyond 2^52 do not occur")]
    async fn tell(&mut self, report: Report) {
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

    async fn tell_alive(&mut self) {
        self.send(self.told, None, "still waiting for the answer".to_owned()).await;
    }

    async fn send(&mut self, count: f64, total: Option<f64>, message: String) {
        // A hair more where the count has not moved.
        self.told = if count > self.told { count } else { self.told + 0.001 };
        let mut told =
            ProgressNotificationParam::new(self.token.clone(), self.told).with_message(message);
        if let Some(total) = total {
            told = told.with_total(total);
        }
        if let Err(error) = self.peer.notify_progress(told).await {
            tracing::debug!(%error, "progress cannot be told");
        }
    }
}
