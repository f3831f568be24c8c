//! Files that are read as a stream, or saved either completely or not at all.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::HeaderMap;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use crate::error::{Error, Result};
use crate::http::{BodyStream, HttpResponse};
use crate::secret::Redactor;

/// A file that is being downloaded.
///
/// Nothing is buffered: each [`chunk`](Self::chunk) is returned as it arrives.
pub struct Download {
    status: u16,
    headers: HeaderMap,
    body: BodyStream,
    /// Number of bytes that have arrived.
    received: u64,
    /// Removes the secrets in use from errors that occur while the body is read.
    redactor: Redactor,
}

impl Download {
    pub(crate) fn new(response: HttpResponse) -> Self {
        let HttpResponse { status, headers, body, .. } = response;
        Self { status, headers, body, received: 0, redactor: Redactor::new() }
    }

    /// This file, with errors that the redactor has cleaned.
    pub(crate) fn redacted_by(mut self, redactor: Redactor) -> Self {
        self.redactor = redactor;
        self
    }

    /// This file, of which every byte has to arrive by `deadline`. `limit` is the time limit that
    /// ends then, and `name` is the name of the operation; both are used in the error.
    pub(crate) fn until(mut self, deadline: Instant, name: &str, limit: Duration) -> Self {
        let deadline = tokio::time::Instant::from_std(deadline);
        let seconds = limit.as_secs_f64();
        let message = format!("{name}: the file did not arrive whole within {seconds} s");
        self.body = Box::pin(stream::unfold(Some(self.body), move |body| {
            let message = message.clone();
            async move {
                let mut body = body?;
                match tokio::time::timeout_at(deadline, body.next()).await {
                    Ok(chunk) => Some((chunk?, Some(body))),
                    Err(_) => Some((Err(Error::timeout(message)), None)),
                }
            }
        }));
        self
    }

    /// Media type that the server states; `None` where it states none.
    pub fn content_type(&self) -> Option<&str> {
        self.header(http::header::CONTENT_TYPE)
    }

    /// Number of bytes of the response that the server announced; `None` where it announced none.
    pub fn content_length(&self) -> Option<u64> {
        self.header(http::header::CONTENT_LENGTH)?.parse().ok()
    }

    /// Whether the server sends the requested part instead of the whole file.
    pub fn is_partial(&self) -> bool {
        self.status == 206
    }

    /// Size of the whole file in bytes; `None` where the server does not state it.
    pub fn total_size(&self) -> Option<u64> {
        match self.header(http::header::CONTENT_RANGE) {
            Some(range) => range.rsplit_once('/')?.1.parse().ok(),
            None if self.is_partial() => None,
            None => self.content_length(),
        }
    }

    /// The value by which the server identifies this state of the file: its strong entity tag, or
    /// else the time of its last change. With this value, a part of the unchanged file can be
    /// requested later ([`CallOptions::if_range`](crate::CallOptions::if_range)).
    pub fn validator(&self) -> Option<&str> {
        let tag = self.header(http::header::ETAG).filter(|tag| !tag.starts_with("W/"));
        tag.or_else(|| self.header(http::header::LAST_MODIFIED))
    }

    /// Whether the server says that parts of the file can be requested.
    pub fn has_parts(&self) -> bool {
        self.is_partial() || self.header(http::header::ACCEPT_RANGES) == Some("bytes")
    }

    /// Position of the first byte of the part that the server sends; `None` for a whole file.
    pub fn first_byte(&self) -> Option<u64> {
        let range = self.header(http::header::CONTENT_RANGE)?.trim().strip_prefix("bytes")?;
        range.trim_start().split_once('-')?.0.trim().parse().ok()
    }

    /// Whether the part that the server announces is the whole file.
    pub(crate) fn is_whole(&self) -> bool {
        let total = self.total_size();
        self.first_byte() == Some(0) && total.is_some() && self.announced() == total
    }

    /// The status of the response.
    pub(crate) const fn status(&self) -> u16 {
        self.status
    }

    /// Whether the server marks the response as a file to be stored.
    pub(crate) fn is_attachment(&self) -> bool {
        self.headers.contains_key(http::header::CONTENT_DISPOSITION)
    }

    /// Whether more bytes have come than the server announced. The bytes are then not the part of
    /// the file that they seem to be.
    pub fn has_excess(&self) -> bool {
        self.announced().is_some_and(|announced| self.received > announced)
    }

    /// This file, with a check of its whole content: reading fails with the error that `judge`
    /// returns. The check is made if the file has at most `most` bytes, which are held back until
    /// then.
    pub(crate) fn judged(
        mut self,
        most: usize,
        judge: impl Fn(&[u8]) -> Option<Error> + Send + 'static,
    ) -> Self {
        let body = std::mem::replace(&mut self.body, Box::pin(stream::empty()));
        self.body = Box::pin(stream::unfold(Judged::Start(body, judge), move |state| async move {
            let (mut body, judge) = match state {
                Judged::Start(body, judge) => (body, judge),
                Judged::Rest(mut body) => return Some((body.next().await?, Judged::Rest(body))),
                Judged::End => return None,
            };
            let mut start = Vec::new();
            while start.len() <= most {
                match body.next().await {
                    Some(Ok(chunk)) => start.extend_from_slice(&chunk),
                    Some(Err(error)) => return Some((Err(error), Judged::End)),
                    // A body that has ended must not be polled again.
                    None => {
                        let end = judge(&start).map_or_else(|| Ok(Bytes::from(start)), Err);
                        return Some((end, Judged::End));
                    }
                }
            }
            Some((Ok(Bytes::from(start)), Judged::Rest(body)))
        }));
        self
    }

    /// Number of bytes that the server announced for the part that it sends; `None` where the bytes
    /// that arrive are encoded in another way and cannot be compared with it.
    pub(crate) fn announced(&self) -> Option<u64> {
        let encoding = self.header(http::header::CONTENT_ENCODING);
        if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
            return None;
        }
        let range = self.header(http::header::CONTENT_RANGE).filter(|_| self.is_partial());
        let Some(range) = range else { return self.content_length() };
        let bounds = range.trim().strip_prefix("bytes")?.split('/').next()?;
        let (first, last) = bounds.trim().split_once('-')?;
        last.trim().parse::<u64>().ok()?.checked_sub(first.trim().parse().ok()?)?.checked_add(1)
    }

    fn header(&self, name: http::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the next bytes; `None` at the end.
    ///
    /// # Errors
    ///
    /// `Network` when the connection breaks, or when the server sends fewer or more bytes than it
    /// announced.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let chunk = self.body.next().await.transpose();
        let chunk = chunk.map_err(|error| error.cleaned(|text| self.redactor.clean(text)))?;
        self.received += chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        let Some(announced) = self.announced() else { return Ok(chunk) };
        let is_wrong = match &chunk {
            Some(_) => self.received > announced,
            None => self.received != announced,
        };
        if is_wrong {
            let received = self.received;
            let so_far = if chunk.is_some() { "at least " } else { "" };
            let message = format!(
                "the server announced {announced} bytes of the file and sent {so_far}{received}"
            );
            return Err(Error::network(message).with_retryable(true));
        }
        Ok(chunk)
    }

    /// Reads the whole file into memory.
    ///
    /// # Errors
    ///
    /// Those of [`chunk`](Self::chunk).
    pub async fn bytes(mut self) -> Result<Vec<u8>> {
        let mut all = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all)
    }

    /// Reads the whole file as UTF-8 text.
    ///
    /// # Errors
    ///
    /// Those of [`chunk`](Self::chunk), and `Decode` when the file is not UTF-8.
    pub async fn text(self) -> Result<String> {
        String::from_utf8(self.bytes().await?)
            .map_err(|_| Error::decode("the file is not UTF-8 text; take its bytes"))
    }

    /// Writes the file to `path` and returns the number of bytes. The file is written completely or
    /// not at all. An existing file is not overwritten, and the folder must exist.
    ///
    /// # Errors
    ///
    /// Those of [`chunk`](Self::chunk), `Usage` when the file exists or the folder does not,
    /// `Storage` when the file cannot be written.
    pub async fn save(self, path: impl AsRef<Path>) -> Result<u64> {
        self.save_within(path.as_ref(), u64::MAX, false).await
    }

    /// Writes the file as [`save`](Self::save) does, with permissions that let only the user of
    /// this process read it.
    ///
    /// # Errors
    ///
    /// Those of [`save`](Self::save), and `Usage` when the file has more than `most` bytes.
    pub async fn save_private(self, path: impl AsRef<Path>, most: u64) -> Result<u64> {
        self.save_within(path.as_ref(), most, true).await
    }

    async fn save_within(mut self, path: &Path, most: u64, is_private: bool) -> Result<u64> {
        let unwritable = |error| unwritable(path, error);
        if let Some(folder) = folder(path)
            && !tokio::fs::try_exists(folder).await.map_err(unwritable)?
        {
            return Err(Error::usage(format!(
                "the folder {} does not exist; create it, or save by 'save_with_folders'",
                folder.display()
            )));
        }
        if tokio::fs::try_exists(path).await.map_err(unwritable)? {
            let message = format!("{} exists already; choose another name", path.display());
            return Err(Error::usage(message));
        }
        let (partial, mut file) = own_part(path, is_private).await.map_err(unwritable)?;
        let written = match self.write_to(&mut file, most).await {
            // In contrast to renaming, a link does not replace a file that another program has
            // created.
            Ok(Ok(bytes)) => match tokio::fs::hard_link(&partial, path).await {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    let name = path.display();
                    Err(Error::usage(format!("{name} exists already; choose another name")))
                }
                // Some file systems have no hard links.
                Err(_) => {
                    tokio::fs::rename(&partial, path).await.map(|()| bytes).map_err(unwritable)
                }
                Ok(()) => Ok(bytes),
            },
            Ok(Err(error)) => Err(unwritable(error)),
            Err(error) => Err(error),
        };
        let _ = tokio::fs::remove_file(&partial).await;
        written
    }

    /// Writes the file as [`save`](Self::save) does, and creates the folders that are missing.
    ///
    /// # Errors
    ///
    /// Those of [`save`](Self::save), and `Storage` when a folder cannot be created.
    pub async fn save_with_folders(self, path: impl AsRef<Path>) -> Result<u64> {
        let path = path.as_ref();
        if let Some(folder) = folder(path) {
            let created = tokio::fs::create_dir_all(folder).await;
            created.map_err(|error| unwritable(folder, error))?;
        }
        self.save(path).await
    }

    async fn write_to(&mut self, file: &mut File, most: u64) -> Result<std::io::Result<u64>> {
        while let Some(chunk) = self.chunk().await? {
            if self.received > most {
                return Err(Error::usage(format!("the file has more than {most} bytes")));
            }
            if let Err(error) = file.write_all(&chunk).await {
                return Ok(Err(error));
            }
        }
        Ok(file.flush().await.map(|()| self.received))
    }
}

/// The state of a body that is checked as a whole.
enum Judged<F> {
    Start(BodyStream, F),
    Rest(BodyStream),
    End,
}

/// Creates a new file beside `path` for the bytes that have arrived. No other process uses it, and
/// no file of the user has its name.
async fn own_part(path: &Path, is_private: bool) -> std::io::Result<(PathBuf, File)> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if is_private {
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = is_private;
    loop {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{:08x}.part", fastrand::u32(..)));
        let part = PathBuf::from(name);
        match options.open(&part).await {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (part, file)),
        }
    }
}

/// The folder of a path, if the path names one.
fn folder(path: &Path) -> Option<&Path> {
    path.parent().filter(|folder| !folder.as_os_str().is_empty())
}

fn unwritable(path: &Path, error: std::io::Error) -> Error {
    Error::storage(format!("{} cannot be written: {error}", path.display()), error)
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("content_type", &self.content_type())
            .field("content_length", &self.content_length())
            .finish_non_exhaustive()
    }
}
