//! The address on this machine to which the vendor sends the browser back (RFC 8252).
//!
//! Speaks just enough HTTP for that: one request per connection, read with limits, answered by a
//! page without scripts. Browsers open connections ahead and ask for icons, so each connection is
//! on a task of its own and nothing but the callback's path counts.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use airbyte_agent_core::Error;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

use crate::failure::usage;

/// Most of a request that is read.
const LONGEST_HEAD: usize = 32 * 1024;
/// Longest wait for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Listens for the browser.
pub(super) struct Loopback {
    listener: TcpListener,
}

/// The browser came back; it waits for a page.
pub(super) struct Visit {
    /// The query of the address.
    pub(super) query: String,
    answer: oneshot::Sender<Page>,
}

/// What the browser shows.
pub(super) struct Page {
    status: &'static str,
    title: String,
    text: String,
}

impl Loopback {
    /// Listens on a port of this machine only; 0 takes a free one.
    pub(super) async fn bind(port: u16) -> Result<Self, Error> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|error| {
            usage(format!("cannot wait for the browser on {address}: {error}; choose a --port"))
        })?;
        Ok(Self { listener })
    }

    /// The port.
    pub(super) fn port(&self) -> Result<u16, Error> {
        let address = self.listener.local_addr();
        address.map(|address| address.port()).map_err(|error| usage(error.to_string()))
    }

    /// Passes on every request for `path`; goes on until it is dropped.
    pub(super) async fn listen(&self, path: &str, visits: mpsc::Sender<Visit>) {
        loop {
            if let Ok((stream, _)) = self.listener.accept().await {
                let (path, visits) = (path.to_owned(), visits.clone());
                tokio::spawn(async move {
                    let _ = tokio::time::timeout(PATIENCE * 6, serve(stream, &path, visits)).await;
                });
            } else {
                // Out of descriptors, for example: not a reason to spin.
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

impl Visit {
    /// A visit that nobody looks at.
    pub(super) fn unseen(query: String) -> Self {
        Self { query, answer: oneshot::channel().0 }
    }

    /// Shows a page.
    pub(super) fn answer(self, page: Page) {
        let _ = self.answer.send(page);
    }
}

impl Page {
    /// All is well.
    pub(super) fn done(title: &str) -> Self {
        let text = "You can close this window and go back to the terminal.";
        Self { status: "200 OK", title: format!("Signed in at {title}"), text: text.to_owned() }
    }

    /// It did not work.
    pub(super) fn failed(why: &str) -> Self {
        Self { status: "400 Bad Request", title: "Not signed in".to_owned(), text: why.to_owned() }
    }

    fn missing() -> Self {
        Self { status: "404 Not Found", title: "Nothing here".to_owned(), text: String::new() }
    }

    fn html(&self) -> String {
        format!(
            "<!doctype html><meta charset=utf-8><title>{0}</title>\
             <body style=\"font-family:sans-serif;margin:4em\"><h1>{0}</h1><p>{1}</p>\n",
            escape(&self.title),
            escape(&self.text)
        )
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

async fn serve(
    mut stream: TcpStream,
    path: &str,
    visits: mpsc::Sender<Visit>,
) -> std::io::Result<()> {
    let target = tokio::time::timeout(PATIENCE, read(&mut stream)).await??;
    let page = match target.as_deref().map(|target| target.split_once('?').unwrap_or((target, "")))
    {
        Some((asked, query)) if asked == path => {
            let (answer, page) = oneshot::channel();
            let visit = Visit { query: query.to_owned(), answer };
            if visits.send(visit).await.is_err() {
                return Ok(());
            }
            page.await.unwrap_or_else(|_| Page::failed("The program has ended."))
        }
        _ => Page::missing(),
    };
    let body = page.html();
    // The address holds the code: it is not kept, and not handed on.
    let head = format!(
        "HTTP/1.1 {}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         cache-control: no-store\r\nreferrer-policy: no-referrer\r\n\
         content-security-policy: default-src 'none'; style-src 'unsafe-inline'\r\n\
         connection: close\r\n\r\n",
        page.status,
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

/// The target of a GET request, `None` for anything else.
async fn read(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut head = Vec::new();
    let mut chunk = [0; 4096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = stream.read(&mut chunk).await?;
        if count == 0 || head.len() > LONGEST_HEAD {
            return Ok(None);
        }
        head.extend_from_slice(&chunk[..count]);
    }
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let mut words = std::str::from_utf8(line).unwrap_or_default().split(' ');
    Ok(match (words.next(), words.next()) {
        (Some("GET"), Some(target)) => Some(target.to_owned()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(port: u16, head: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn only_the_callback_counts_and_idle_connections_do_not_disturb() {
        let loopback = Loopback::bind(0).await.unwrap();
        let port = loopback.port().unwrap();
        assert!(Loopback::bind(port).await.is_err());
        let (sender, mut visits) = mpsc::channel(1);
        tokio::spawn(async move { loopback.listen("/callback", sender).await });
        let _idle = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        for head in [
            "GET /favicon.ico HTTP/1.1\r\n\r\n",
            "POST /callback?code=x HTTP/1.1\r\n\r\n",
            "GET /callback/more?code=x HTTP/1.1\r\n\r\n",
            "\u{1}\r\n\r\n",
        ] {
            assert!(get(port, head).await.starts_with("HTTP/1.1 404"), "{head}");
        }
        let browser = tokio::spawn(get_static(port));
        let visit = visits.recv().await.unwrap();
        assert_eq!(visit.query, "code=a&state=b");
        visit.answer(Page::failed("<script>"));
        let answer = browser.await.unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 400") && answer.contains("&lt;script&gt;"),
            "{answer}"
        );
        assert!(answer.contains("no-store") && answer.contains("no-referrer"), "{answer}");
    }

    async fn get_static(port: u16) -> String {
        get(port, "GET /callback?code=a&state=b HTTP/1.1\r\nhost: x\r\n\r\n").await
    }
}
