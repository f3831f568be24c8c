//! A connection to Postgres. It has a thread of its own, so that it can be used by blocking code anywhere, also inside
//! an asynchronous runtime.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};

use futures_util::future::try_join_all;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_postgres::config::SslMode;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error as PgError, Row, Statement};

use super::address::Address;
use super::stream::{Piece, stream};
use super::tls::Tls;
use super::values::Received;
use crate::db::{Db, Dialect, Fields};
use crate::error::{Error, Result};
use crate::sql::QueryLimits;
use crate::value::Cell;

/// A connection to Postgres.
#[derive(Debug)]
pub(crate) struct Link {
    work: UnboundedSender<Work>,
    cursors: AtomicU64,
}

/// What the thread of a connection does next.
enum Work {
    Batch(String, Answer<()>),
    Each {
        sql: String,
        values: Vec<Vec<Cell>>,
        returns: bool,
        answer: Answer<(u64, Vec<Vec<Fields>>)>,
    },
    Describe(String, Answer<Vec<(String, u32)>>),
    Stream {
        sql: String,
        limits: QueryLimits,
        answer: mpsc::SyncSender<Piece>,
    },
}

type Answer<T> = mpsc::Sender<Result<T, PgError>>;

/// Most executions of a statement that are on their way at the same time.
const AT_ONCE: usize = 500;

/// Rows that a cursor gives at once.
const FETCHED: usize = 200;

impl Link {
    pub(super) fn connect(address: &Address) -> Result<Self> {
        let failed = |error: &dyn std::fmt::Display| Error::Unwritable {
            path: address.name.clone(),
            why: format!("no connection to the database: {error}"),
        };
        let tls = match address.config.get_ssl_mode() {
            SslMode::Disable => Tls::NONE,
            _ => Tls::new(address.root_certificates.as_deref()).map_err(|error| failed(&error))?,
        };
        let (work, received) = unbounded_channel();
        let (ready, is_ready) = mpsc::channel();
        let config = address.config.clone();
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = match runtime {
                Ok(runtime) => runtime,
                Err(error) => {
                    let _ = ready.send(Err(error.to_string()));
                    return;
                }
            };
            runtime.block_on(async move {
                match config.connect(tls.clone()).await {
                    Ok((client, connection)) => {
                        let driver = tokio::spawn(connection);
                        let _ = ready.send(Ok(()));
                        serve(client, tls, received).await;
                        driver.abort();
                    }
                    Err(error) => {
                        let _ = ready.send(Err(text(&error)));
                    }
                }
            });
        };
        std::thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(run)
            .map_err(|error| failed(&error))?;
        match is_ready.recv() {
            Ok(Ok(())) => Ok(Self { work, cursors: AtomicU64::new(0) }),
            Ok(Err(error)) => Err(failed(&error)),
            Err(error) => Err(failed(&error)),
        }
    }

    /// Whether the connection has ended.
    pub(super) fn is_closed(&self) -> bool {
        self.work.is_closed()
    }

    fn ask<T>(&self, work: impl FnOnce(Answer<T>) -> Work) -> Result<T, Failure> {
        let (sender, receiver) = mpsc::channel();
        self.work.send(work(sender)).map_err(|_| Failure::Gone)?;
        receiver.recv().map_err(|_| Failure::Gone)?.map_err(Failure::Database)
    }

    /// The names and the types of the columns of a statement, which is one statement if this succeeds.
    pub(super) fn describe(&self, sql: &str) -> Result<Vec<(String, u32)>, Failure> {
        self.ask(|answer| Work::Describe(sql.to_owned(), answer))
    }

    /// Runs a query of a user; the rows come in pieces. What is not taken is not read.
    pub(super) fn stream(
        &self,
        sql: String,
        limits: &QueryLimits,
    ) -> Result<mpsc::Receiver<Piece>, Failure> {
        let (answer, pieces) = mpsc::sync_channel(2);
        let work = Work::Stream { sql, limits: limits.clone(), answer };
        self.work.send(work).map_err(|_| Failure::Gone)?;
        Ok(pieces)
    }

    fn executed(
        &self,
        sql: &str,
        values: &[Vec<Cell>],
        returns: bool,
    ) -> Result<(u64, Vec<Vec<Fields>>)> {
        if values.is_empty() {
            return Ok((0, Vec::new()));
        }
        let work =
            |answer| Work::Each { sql: numbered(sql), values: values.to_vec(), returns, answer };
        Ok(self.ask(work)?)
    }
}

/// Why a statement has no result.
#[derive(Debug)]
pub(super) enum Failure {
    Database(PgError),
    /// The connection had ended before.
    Gone,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Database(error) => Self::Database(Box::new(error)),
            Failure::Gone => Self::Database("the connection to Postgres has ended".into()),
        }
    }
}

impl Db for Link {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn batch(&self, sql: &str) -> Result<()> {
        Ok(self.ask(|answer| Work::Batch(sql.to_owned(), answer))?)
    }

    fn execute_all(&self, sql: &str, values: &[Vec<Cell>]) -> Result<u64> {
        Ok(self.executed(sql, values, false)?.0)
    }

    fn query_all(&self, sql: &str, values: &[Vec<Cell>]) -> Result<Vec<Vec<Fields>>> {
        Ok(self.executed(sql, values, true)?.1)
    }

    fn each(
        &self,
        sql: &str,
        values: &[Cell],
        take: &mut dyn FnMut(Fields) -> Result<bool>,
    ) -> Result<()> {
        let cursor = format!("_cursor_{}", self.cursors.fetch_add(1, Ordering::Relaxed));
        let declare = format!("DECLARE {cursor} NO SCROLL CURSOR FOR {sql}");
        self.executed(&declare, &[values.to_vec()], false)?;
        let fetch = format!("FETCH {FETCHED} FROM {cursor}");
        let mut goes_on = true;
        while goes_on {
            let rows = self.executed(&fetch, &[Vec::new()], true)?.1.pop().unwrap_or_default();
            goes_on = rows.len() == FETCHED;
            for row in rows {
                if !take(row)? {
                    goes_on = false;
                    break;
                }
            }
        }
        self.batch(&format!("CLOSE {cursor}"))
    }
}

async fn serve(client: Client, tls: Tls, mut work: UnboundedReceiver<Work>) {
    let client = Arc::new(client);
    let mut known: HashMap<String, Statement> = HashMap::new();
    while let Some(next) = work.recv().await {
        match next {
            Work::Batch(sql, answer) => {
                let _ = answer.send(client.batch_execute(&sql).await);
            }
            Work::Each { sql, values, returns, answer } => {
                let _ = answer.send(each(&client, &mut known, &sql, &values, returns).await);
            }
            Work::Describe(sql, answer) => {
                let described = client.prepare(&sql).await.map(|statement| {
                    let columns = statement.columns().iter();
                    columns.map(|one| (one.name().to_owned(), one.type_().oid())).collect()
                });
                let _ = answer.send(described);
            }
            Work::Stream { sql, limits, answer } => {
                stream(&client, &tls, &sql, &limits, &answer).await;
            }
        }
        if client.is_closed() {
            break;
        }
    }
}

/// Most statements that a connection keeps.
const MOST_STATEMENTS: usize = 200;

/// Executes a statement for each list of values. They are sent without waiting for the answers in between.
async fn each(
    client: &Client,
    known: &mut HashMap<String, Statement>,
    sql: &str,
    values: &[Vec<Cell>],
    returns: bool,
) -> Result<(u64, Vec<Vec<Fields>>), PgError> {
    let is_cursor = sql.contains("_cursor_");
    let statement = match known.get(sql) {
        Some(statement) => statement.clone(),
        None => {
            let statement = client.prepare(sql).await?;
            if !is_cursor {
                if known.len() >= MOST_STATEMENTS {
                    known.clear();
                }
                known.insert(sql.to_owned(), statement.clone());
            }
            statement
        }
    };
    let (mut written, mut found) = (0, Vec::new());
    for some in values.chunks(AT_ONCE) {
        let references: Vec<Vec<&(dyn ToSql + Sync)>> = some
            .iter()
            .map(|values| values.iter().map(|value| value as &(dyn ToSql + Sync)).collect())
            .collect();
        if returns {
            let all = references.iter().map(|values| client.query(&statement, values));
            for rows in try_join_all(all).await? {
                found.push(rows.iter().map(fields).collect::<Result<Vec<_>, _>>()?);
            }
        } else {
            let all = references.iter().map(|values| client.execute(&statement, values));
            written += try_join_all(all).await?.into_iter().sum::<u64>();
        }
    }
    Ok((written, found))
}

fn fields(row: &Row) -> Result<Fields, PgError> {
    let cells = (0..row.len()).map(|at| Ok(row.try_get::<_, Received>(at)?.0));
    Ok(Fields(cells.collect::<Result<_, PgError>>()?))
}

/// The statement with the parameters as Postgres writes them.
fn numbered(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len() + 16);
    let mut quote = None;
    let mut number = 0;
    let mut rest = sql.chars().peekable();
    while let Some(c) = rest.next() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c == '?' => {
                text.push('$');
                if !rest.peek().is_some_and(char::is_ascii_digit) {
                    number += 1;
                    text.push_str(&number.to_string());
                }
                continue;
            }
            _ => {}
        }
        text.push(c);
    }
    text
}

/// The message of an error, without details, which may contain values of records.
pub(super) fn text(error: &PgError) -> String {
    match error.as_db_error() {
        Some(database) => database.message().to_owned(),
        None => match std::error::Error::source(error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_outside_quotes() {
        for (sql, expected) in [
            ("SELECT ?, ? FROM t", "SELECT $1, $2 FROM t"),
            ("SELECT ?2, ?1", "SELECT $2, $1"),
            ("SELECT '?', \"a?\", 'it''s ?', ?", "SELECT '?', \"a?\", 'it''s ?', $1"),
        ] {
            assert_eq!(numbered(sql), expected);
        }
    }
}
