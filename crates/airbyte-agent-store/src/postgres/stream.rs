//! The rows of a user's query, in pieces: only what is wanted is read, and the query ends when nobody waits for it.

use std::sync::atomic::Ordering;
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use tokio_postgres::{Client, Error as PgError};

use super::tls::Tls;
use crate::sql::QueryLimits;

/// A part of a result.
pub(super) enum Piece {
    Rows(Vec<Vec<Option<String>>>),
    /// The query failed; `true` if the caller had ended it.
    Failed(PgError, bool),
    End,
}

/// Rows and bytes of a piece.
const ROWS: usize = 500;
const BYTES: usize = 1 << 20;

/// How often it is looked whether the caller has ended the query.
const LOOK: Duration = Duration::from_millis(20);

/// Runs a query all of whose columns are texts.
pub(super) async fn stream(
    client: &Client,
    tls: &Tls,
    sql: &str,
    limits: &QueryLimits,
    answer: &SyncSender<Piece>,
) {
    let started = Instant::now();
    let mut is_ended = false;
    let run = async {
        let parameters: [&str; 0] = [];
        let rows = client.query_raw(sql, parameters).await?;
        let mut rows = std::pin::pin!(rows);
        let (mut piece, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.try_next().await? {
            let values: Vec<Option<String>> =
                (0..row.len()).map(|at| row.try_get(at)).collect::<Result<_, _>>()?;
            bytes += values.iter().flatten().map(String::len).sum::<usize>();
            piece.push(values);
            if piece.len() >= ROWS || bytes >= BYTES {
                bytes = 0;
                if answer.send(Piece::Rows(std::mem::take(&mut piece))).is_err() {
                    // Nobody wants more.
                    return Ok(false);
                }
            }
        }
        Ok::<bool, PgError>(piece.is_empty() || answer.send(Piece::Rows(piece)).is_ok())
    };
    let mut run = std::pin::pin!(run);
    let result = loop {
        if let Ok(result) = tokio::time::timeout(LOOK, &mut run).await {
            break result;
        }
        let is_cancelled =
            limits.cancel.as_ref().is_some_and(|cancel| cancel.load(Ordering::Relaxed));
        // The server has a limit of its own, which a clock that stands still would not end.
        if !is_ended && (is_cancelled || started.elapsed() > limits.time + Duration::from_secs(2)) {
            is_ended = true;
            let _ = client.cancel_token().cancel_query(tls.clone()).await;
        }
    };
    let is_cancelled = limits.cancel.as_ref().is_some_and(|cancel| cancel.load(Ordering::Relaxed));
    let last = match result {
        Ok(true) => Piece::End,
        Ok(false) => {
            // The rest of the rows would be read otherwise.
            let _ = client.cancel_token().cancel_query(tls.clone()).await;
            return;
        }
        Err(error) => Piece::Failed(error, is_cancelled),
    };
    let _ = answer.send(last);
}
