//! A request as it arrived, body read.

use bytes::Bytes;
use http::HeaderMap;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    pub(crate) method: String,
    /// Host the request was meant for: `X-Forwarded-Host`, lower case, without a port.
    pub(crate) host: Option<String>,
    /// Path, percent-encoded as it arrived.
    pub(crate) path: String,
    /// Query without the question mark, as it arrived.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Incoming {
    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The media type of the body, in lower case and without parameters.
    pub(crate) fn media_type(&self) -> String {
        let text = self.header("content-type").unwrap_or_default();
        text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The decoded pairs of the query.
    pub(crate) fn query_pairs(&self) -> Vec<(String, String)> {
        pairs(self.query.as_bytes())
    }

    /// The first value of a query parameter.
    pub(crate) fn query_value(&self, name: &str) -> Option<String> {
        self.query_pairs().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The path's segments, decoded. A path that begins with `/` has no empty first segment.
    pub(crate) fn segments(path: &str) -> Vec<String> {
        let path = path.strip_prefix('/').unwrap_or(path);
        path.split('/')
            .map(|segment| {
                percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned()
            })
            .collect()
    }
}

/// Decodes `application/x-www-form-urlencoded` text.
pub(crate) fn pairs(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).map(|(k, v)| (k.into_owned(), v.into_owned())).collect()
}
