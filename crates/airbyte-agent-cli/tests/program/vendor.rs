//! A vendor on plain TCP that responds as a test says, and records the requests.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// A request that the vendor has received.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Target, headers and body as one text.
    pub(crate) fn echo(&self) -> String {
        format!("{} {:?} {}", self.target, self.headers, self.body)
    }
}

/// A response of the vendor.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    /// The content length to announce, if it differs from that of the body.
    pub(crate) announced: Option<usize>,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { status, headers, body: body.to_string(), announced: None }
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        let headers = vec![("content-type", "text/plain".to_owned())];
        Self { status, headers, body: body.to_owned(), announced: None }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Announces more bytes than are sent, so that the connection breaks off.
    pub(crate) fn cut(mut self) -> Self {
        self.announced = Some(self.body.len() + 100);
        self
    }
}

/// A server that ends with the test process.
pub(crate) struct Vendor {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Vendor {
    /// Answers each request by `handler`, which also gets the number of earlier requests.
    pub(crate) fn new(handler: impl Fn(&Seen, usize) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let _ = serve(stream.unwrap(), &log, &handler);
            }
        });
        Self { url, seen }
    }

    /// Sends the first bytes of a file, and does not send the rest. Later requests are answered by
    /// `later`.
    #[cfg(unix)]
    pub(crate) fn slow(
        content: &'static str,
        first: usize,
        tag: &'static str,
        later: impl Fn(&Seen, usize) -> Answer + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        thread::spawn(move || {
            let mut streams = listener.incoming();
            let mut stream = streams.next().unwrap().unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let length = content.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\netag: {tag}\r\ncontent-length: {length}\r\n\r\n{}",
                &content[..first]
            );
            let _ = stream.flush();
            // The first connection stays open, and nothing more is sent.
            for stream in streams {
                let _ = serve(stream.unwrap(), &log, &later);
            }
        });
        Self { url, seen }
    }

    /// Sends the same response to every request.
    pub(crate) fn always(answer: Answer) -> Self {
        Self::new(move |_, _| answer.clone())
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The requests since the last call of this function.
    pub(crate) fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

fn serve(
    stream: TcpStream,
    log: &Mutex<Vec<Seen>>,
    handler: &impl Fn(&Seen, usize) -> Answer,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let target = first.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut seen = Seen { target, headers, body: String::new() };
    let length = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    seen.body = String::from_utf8_lossy(&body).into_owned();
    let before = {
        let mut log = log.lock().unwrap();
        log.push(seen.clone());
        log.len() - 1
    };
    write(stream, &handler(&seen, before))
}

fn write(mut stream: TcpStream, answer: &Answer) -> std::io::Result<()> {
    let length = answer.announced.unwrap_or(answer.body.len());
    write!(stream, "HTTP/1.1 {} Status\r\nconnection: close\r\n", answer.status)?;
    for (name, value) in &answer.headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    write!(stream, "content-length: {length}\r\n\r\n{}", answer.body)
}
