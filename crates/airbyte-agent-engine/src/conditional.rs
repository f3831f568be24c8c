//! Requests that the vendor need not answer if what it would send is known: the headers of HTTP, and nothing of what
//! is requested.

use http::header::{self, HeaderMap};

/// What tells the state that a response shows from later ones: its entity tag, or else its time of change.
pub(crate) fn validator(headers: &HeaderMap) -> Option<String> {
    let known = headers.get(header::ETAG).or_else(|| headers.get(header::LAST_MODIFIED))?;
    known.to_str().ok().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The header that asks whether a validator still holds. An entity tag is a text in quotes, which a time never is.
pub(crate) fn question(validator: &str) -> (String, String) {
    let is_tag = validator.starts_with('"') || validator.starts_with("W/\"");
    let name = if is_tag { header::IF_NONE_MATCH } else { header::IF_MODIFIED_SINCE };
    (name.to_string(), validator.to_owned())
}

/// Whether a request asks so.
pub(crate) fn is_asked(headers: &HeaderMap) -> bool {
    headers.contains_key(header::IF_NONE_MATCH) || headers.contains_key(header::IF_MODIFIED_SINCE)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn tags_and_times_are_asked_for_by_their_own_headers() {
        for (validator, name) in [
            ("\"abc\"", "if-none-match"),
            ("W/\"abc\"", "if-none-match"),
            ("Mon, 30 Nov 2026 12:00:00 GMT", "if-modified-since"),
        ] {
            assert_eq!(question(validator), (name.to_owned(), validator.to_owned()));
        }
    }

    #[test]
    fn an_entity_tag_says_more_than_a_time() {
        let mut headers = HeaderMap::new();
        assert_eq!(validator(&headers), None);
        headers.insert(header::LAST_MODIFIED, HeaderValue::from_static("Mon"));
        assert_eq!(validator(&headers).as_deref(), Some("Mon"));
        headers.insert(header::ETAG, HeaderValue::from_static("\"x\""));
        assert_eq!(validator(&headers).as_deref(), Some("\"x\""));
    }
}
