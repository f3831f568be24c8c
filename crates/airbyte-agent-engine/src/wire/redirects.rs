//! Where an answer leads: from one hop to the next, or to a refusal. Sends nothing.

use bytes::Bytes;
use http::Method;
use http::header::{self, HeaderMap};
use url::Url;

use super::Outgoing;
use crate::http::same_origin;

/// Redirects followed before giving up.
const MAX_REDIRECTS: usize = 10;

/// Which redirects are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Redirects {
    /// To any host, but with a body to the same origin only, and never from TLS to plain HTTP.
    /// Whatever else is an error.
    Anywhere,
    /// As the same request within the same origin. Whatever else is the answer, and the caller's
    /// to explain; so is one too many.
    SameOrigin,
}

/// What is asked at one hop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hop {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Bytes,
    /// Redirects that may still be followed.
    pub(super) left: usize,
}

impl Hop {
    pub(super) fn first(outgoing: &Outgoing) -> Self {
        let Outgoing { method, url, body, .. } = outgoing;
        Self { method: method.clone(), url: url.clone(), body: body.clone(), left: MAX_REDIRECTS }
    }
}

/// What follows an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing: it is the answer.
    Answer,
    /// Another hop.
    Hop(Hop),
    /// Nothing: it leads where it must not. The text ends a sentence: `Acme redirected …`.
    Refused(String),
}

/// What follows an answer to `hop`.
pub(super) fn next(rule: Redirects, hop: &Hop, status: u16, headers: &HeaderMap) -> Next {
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return Next::Answer;
    }
    let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
    let Some(location) = location else { return Next::Answer };
    let target = hop.url.join(location).ok();
    let left = hop.left.checked_sub(1);
    match rule {
        Redirects::Anywhere => match (target, left) {
            (_, None) => Next::Refused(format!("more than {MAX_REDIRECTS} times")),
            (None, _) => Next::Refused("to something that is no address".to_owned()),
            (Some(url), Some(left)) => anywhere(hop, status, url, left),
        },
        Redirects::SameOrigin => {
            let is_same_request = matches!(status, 307 | 308) || hop.method == Method::GET;
            let target = target.filter(|url| is_same_request && same_origin(url, &hop.url));
            match (target, left) {
                (Some(url), Some(left)) => Next::Hop(Hop { url, left, ..hop.clone() }),
                (None, _) | (_, None) => Next::Answer,
            }
        }
    }
}

fn anywhere(hop: &Hop, status: u16, url: Url, left: usize) -> Next {
    let loses_tls = hop.url.scheme() == "https" && url.scheme() == "http";
    if !matches!(url.scheme(), "http" | "https") || loses_tls {
        return Next::Refused("to an address without TLS; not followed".to_owned());
    }
    let becomes_get = match status {
        303 => hop.method != Method::GET,
        301 | 302 => hop.method == Method::POST,
        _ => false,
    };
    let (method, body) = if becomes_get {
        (Method::GET, Bytes::new())
    } else {
        (hop.method.clone(), hop.body.clone())
    };
    if !body.is_empty() && !same_origin(&url, &hop.url) {
        let host = url.host_str().unwrap_or_default();
        let why = format!("a request with a body to another host ({host}); not followed");
        return Next::Refused(why);
    }
    Next::Hop(Hop { method, url, body, left })
}

#[cfg(test)]
mod tests {
    use super::Redirects::{Anywhere, SameOrigin};
    use super::*;

    const FROM: &str = "https://acme.test/v1/a?x=1";

    fn after(rule: Redirects, method: &Method, status: u16, location: Option<&str>) -> Next {
        let body = if method == Method::GET { "" } else { "body" };
        let (url, body) = (FROM.parse().unwrap(), Bytes::from(body));
        let hop = Hop { method: method.clone(), url, body, left: 1 };
        let mut headers = HeaderMap::new();
        if let Some(location) = location {
            headers.insert(header::LOCATION, location.parse().unwrap());
        }
        next(rule, &hop, status, &headers)
    }

    fn to(method: Method, url: &str, body: &'static str) -> Next {
        let (url, body) = (url.parse().unwrap(), Bytes::from(body));
        Next::Hop(Hop { method, url, body, left: 0 })
    }

    #[test]
    fn within_the_origin_the_status_decides_about_method_and_body() {
        let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
        let moved = "https://acme.test/b";
        for (rule, method, status, expected) in [
            (Anywhere, &get, 301, to(Method::GET, moved, "")),
            (Anywhere, &get, 302, to(Method::GET, moved, "")),
            (Anywhere, &get, 303, to(Method::GET, moved, "")),
            (Anywhere, &get, 307, to(Method::GET, moved, "")),
            (Anywhere, &post, 301, to(Method::GET, moved, "")),
            (Anywhere, &post, 302, to(Method::GET, moved, "")),
            (Anywhere, &post, 303, to(Method::GET, moved, "")),
            (Anywhere, &post, 307, to(Method::POST, moved, "body")),
            (Anywhere, &post, 308, to(Method::POST, moved, "body")),
            (Anywhere, &put, 302, to(Method::PUT, moved, "body")),
            (Anywhere, &put, 303, to(Method::GET, moved, "")),
            (SameOrigin, &get, 302, to(Method::GET, moved, "")),
            (SameOrigin, &post, 301, Next::Answer),
            (SameOrigin, &post, 303, Next::Answer),
            (SameOrigin, &post, 307, to(Method::POST, moved, "body")),
            (SameOrigin, &put, 308, to(Method::PUT, moved, "body")),
        ] {
            let next = after(rule, method, status, Some("/b"));
            assert_eq!(next, expected, "{rule:?} {method} {status}");
        }
    }

    #[test]
    fn elsewhere_nobody_goes_with_a_body_or_without_tls() {
        let (get, post) = (Method::GET, Method::POST);
        for (method, status, location, refusal) in [
            (&get, 302, "https://cdn.test/f", None),
            (&get, 302, "//cdn.test/f", None),
            (&post, 302, "https://cdn.test/f", None),
            (&post, 307, "https://cdn.test/f", Some("another host (cdn.test)")),
            (&post, 307, "https://acme.test:8443/f", Some("another host (acme.test)")),
            (&get, 302, "http://acme.test/f", Some("without TLS")),
            (&get, 302, "http://cdn.test/f", Some("without TLS")),
            (&get, 302, "ftp://cdn.test/f", Some("without TLS")),
            (&get, 302, "file:///etc/passwd", Some("without TLS")),
            (&get, 302, "https://", Some("no address")),
            (&get, 302, "https://a b/", Some("no address")),
        ] {
            let next = after(Anywhere, method, status, Some(location));
            match (&next, refusal) {
                (Next::Hop(hop), None) => {
                    assert_eq!(hop.url.as_str(), "https://cdn.test/f");
                    assert_eq!((&hop.method, hop.body.len()), (&Method::GET, 0), "{location}");
                }
                (Next::Refused(why), Some(part)) => assert!(why.contains(part), "{why}"),
                _ => panic!("{method} {status} {location}: {next:?}"),
            }
            let next = after(SameOrigin, method, status, Some(location));
            assert_eq!(next, Next::Answer, "{location}");
        }
    }

    #[test]
    fn redirects_end() {
        for (rule, ends) in
            [(Anywhere, Next::Refused("more than 10 times".to_owned())), (SameOrigin, Next::Answer)]
        {
            let (method, url) = (Method::GET, FROM.parse().unwrap());
            let mut hop = Hop { method, url, body: Bytes::new(), left: MAX_REDIRECTS };
            let headers = HeaderMap::from_iter([(header::LOCATION, "/b".parse().unwrap())]);
            let mut followed = 0;
            let end = loop {
                match next(rule, &hop, 302, &headers) {
                    Next::Hop(next) => hop = next,
                    end => break end,
                }
                followed += 1;
            };
            assert_eq!((end, followed), (ends, 10), "{rule:?}");
        }
    }

    #[test]
    fn what_leads_nowhere_is_the_answer() {
        for rule in [Anywhere, SameOrigin] {
            for (status, location) in
                [(200, Some("/b")), (201, Some("/b")), (300, Some("/b")), (304, None), (302, None)]
            {
                let next = after(rule, &Method::GET, status, location);
                assert_eq!(next, Next::Answer, "{rule:?} {status}");
            }
        }
    }
}
