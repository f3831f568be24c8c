//! Serves one client over standard input and output, or over any other pair of streams.

use std::time::Duration;

use airbyte_agent_core::{Error, ErrorKind, Result};
use rmcp::serve_server;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use crate::lines::Lines;
use crate::server::Server;

/// How long the last responses have to reach the client.
const DELIVERY: Duration = Duration::from_secs(1);

impl Server {
    /// Serves one client over standard input and output until it closes them or `stop` is ready. Calls that
    /// still run have five seconds to end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Network`] when the client does not speak the protocol.
    pub async fn serve_stdio(self, stop: impl Future<Output = ()>) -> Result<()> {
        let (reader, writer) = rmcp::transport::stdio_pipes();
        self.serve(reader, writer, stop).await
    }

    /// Serves one client over a pair of streams until it closes them or `stop` is ready. Calls that still run
    /// have five seconds to end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Network`] when the client does not speak the protocol.
    pub async fn serve(
        self,
        reader: impl AsyncRead + Send + Unpin + 'static,
        writer: impl AsyncWrite + Send + Unpin + 'static,
        stop: impl Future<Output = ()>,
    ) -> Result<()> {
        let shared = self.shared.clone();
        let mut stop = std::pin::pin!(stop);
        let Lines { reader, writer, mut pumps } = Lines::new(reader, writer);
        let started = tokio::select! {
            started = serve_server(self.for_client(), (reader, writer)) => started,
            () = &mut stop => return Ok(()),
        };
        let running = match started {
            Ok(running) => running,
            // The client went away before it sent anything.
            Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
            Err(error) => {
                let message = format!("the client does not speak MCP: {error}");
                return Err(Error::new(ErrorKind::Network, message));
            }
        };
        let cancel = running.cancellation_token();
        let ended = CancellationToken::new();
        let guard = ended.clone().drop_guard();
        let waiting = async move {
            let ended = running.waiting().await;
            drop(guard);
            ended
        };
        let stopping = async {
            tokio::select! {
                () = stop => {
                    shared.in_flight.close().await;
                    cancel.cancel();
                }
                () = ended.cancelled() => {}
            }
        };
        let (ended, ()) = tokio::join!(waiting, stopping);
        // A client that no longer reads must not keep the server.
        let _ = tokio::time::timeout(DELIVERY, pumps.delivered()).await;
        match ended {
            Ok(_) => Ok(()),
            Err(error) => {
                let message = format!("the session ended in a defect: {error}");
                Err(Error::new(ErrorKind::Internal, message))
            }
        }
    }
}
