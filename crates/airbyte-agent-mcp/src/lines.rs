//! Stands between the streams of a client and the protocol: what the protocol would drop without a word
//! gets an error.

use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader, DuplexStream,
    duplex,
};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::message::{IdFinder, Problem, check};

/// Most bytes of a message, which is one line.
const LONGEST_LINE: usize = 16 * 1024 * 1024 - 1;
/// Size of the pipes to the protocol.
const PIPE: usize = 64 * 1024;

/// The streams for the protocol, and what moves the bytes.
pub(crate) struct Lines {
    pub(crate) reader: DuplexStream,
    pub(crate) writer: DuplexStream,
    pub(crate) pumps: Pumps,
}

/// The tasks that move the bytes; they end with this value.
pub(crate) struct Pumps {
    incoming: JoinHandle<()>,
    outgoing: JoinHandle<()>,
}

impl Pumps {
    /// Waits until everything that the protocol wrote has reached the client.
    pub(crate) async fn delivered(&mut self) {
        let _ = (&mut self.outgoing).await;
    }
}

impl Drop for Pumps {
    fn drop(&mut self) {
        self.incoming.abort();
        self.outgoing.abort();
    }
}

impl Lines {
    /// Between these streams and the protocol.
    pub(crate) fn new(
        reader: impl AsyncRead + Send + Unpin + 'static,
        writer: impl AsyncWrite + Send + Unpin + 'static,
    ) -> Self {
        let (to_protocol, protocol_reader) = duplex(PIPE);
        let (protocol_writer, from_protocol) = duplex(PIPE);
        let (refuse, refused) = mpsc::channel(16);
        let incoming = tokio::spawn(async move {
            // An end of either side ends the other one, too.
            let _ = receive(reader, to_protocol, refuse).await;
        });
        let outgoing = tokio::spawn(async move {
            let _ = send(from_protocol, writer, refused).await;
        });
        let pumps = Pumps { incoming, outgoing };
        Self { reader: protocol_reader, writer: protocol_writer, pumps }
    }
}

/// Hands good lines on, and answers the others.
async fn receive(
    reader: impl AsyncRead + Unpin,
    mut to_protocol: DuplexStream,
    refuse: mpsc::Sender<Problem>,
) -> std::io::Result<()> {
    let mut reader = BufReader::with_capacity(PIPE, reader);
    let mut line: Vec<u8> = Vec::new();
    // Only for a line that is too long.
    let mut finder: Option<IdFinder> = None;
    loop {
        let available = reader.fill_buf().await?;
        if available.is_empty() {
            return Ok(());
        }
        let end = available.iter().position(|byte| *byte == b'\n');
        let part = &available[..end.unwrap_or(available.len())];
        match &mut finder {
            Some(finder) => finder.look_at(part),
            None if line.len() + part.len() > LONGEST_LINE => {
                let mut started = IdFinder::default();
                started.look_at(&line);
                started.look_at(part);
                finder = Some(started);
                line = Vec::new();
            }
            None => line.extend_from_slice(part),
        }
        let consumed = part.len() + usize::from(end.is_some());
        reader.consume(consumed);
        if end.is_none() {
            continue;
        }
        let checked = match finder.take() {
            Some(finder) => Err(Problem::too_long(LONGEST_LINE + 1, finder.id())),
            None if line.iter().all(u8::is_ascii_whitespace) => {
                line.clear();
                continue;
            }
            None => check(&line),
        };
        match checked {
            Ok(()) => {
                line.push(b'\n');
                to_protocol.write_all(&line).await?;
            }
            Err(problem) => {
                tracing::warn!(?problem, "a message of the client was refused");
                // Without anybody to send it, the session is over.
                if refuse.send(problem).await.is_err() {
                    return Ok(());
                }
            }
        }
        line.clear();
    }
}

/// Sends what the protocol writes, and errors between its lines.
async fn send(
    from_protocol: DuplexStream,
    mut writer: impl AsyncWrite + Unpin,
    mut refused: mpsc::Receiver<Problem>,
) -> std::io::Result<()> {
    let mut reader = BufReader::with_capacity(PIPE, from_protocol);
    let mut line = Vec::new();
    let mut may_refuse = true;
    loop {
        tokio::select! {
            // What was read before the other branch was ready stays in `line`.
            read = reader.read_until(b'\n', &mut line) => {
                read?;
                writer.write_all(&line).await?;
                writer.flush().await?;
                if !line.ends_with(b"\n") {
                    return Ok(());
                }
                line.clear();
            }
            problem = refused.recv(), if may_refuse => match problem {
                Some(problem) => {
                    writer.write_all(format!("{}\n", problem.response()).as_bytes()).await?;
                    writer.flush().await?;
                }
                None => may_refuse = false,
            },
        }
    }
}
