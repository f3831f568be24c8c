//! Decides where a redirect leads: to the next hop, or to a refusal. Sends nothing.

use bytes::Bytes;
use http::Method;
use http::header::{self, HeaderMap};
use url::Url;

use super::Outgoing;
use crate::conditional;
use crate::http::same_origin;

/// Largest number of redirects that are followed.
const MAX_REDIRECTS: usize = 10;

/// Which redirects are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Redirects {
    /// Redirects within the origin are followed as the same request. A request that only reads is
    /// also sent to other hosts, without its body and never from TLS to plain HTTP. All other
    /// redirects are errors.
    Anywhere,
    /// Redirects within the origin are followed as the same request. Every other redirect is the
    /// response, which the caller explains, and so is a redirect beyond the limit.
    SameOrigin,
}

/// The request of one hop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hop {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Bytes,
    /// Whether the request only reads.
    pub(super) reads: bool,
    /// Whether "not modified" is a response to it.
    pub(super) is_conditional: bool,
    /// How many redirects may still be followed.
    pub(super) left: usize,
}

impl Hop {
    pub(super) fn first(outgoing: &Outgoing) -> Self {
        let Outgoing { method, url, body, reads, .. } = outgoing;
        let (method, url, body) = (method.clone(), url.clone(), body.clone());
        let is_conditional = conditional::is_asked(&outgoing.headers);
        Self { method, url, body, reads: *reads, is_conditional, left: MAX_REDIRECTS }
    }
}

/// What comes after a response.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing, because it is the final response.
    Answer,
    /// Another hop, with this request.
    Hop(Hop),
    /// Nothing, because it leads to an address that may not be requested. The text ends a sentence:
    /// `Acme redirected …`.
    Refused(String),
    /// Nothing, because it does not answer the request. The text ends a sentence in the same way.
    NoResult(String),
}

/// What comes after a response to `hop`.
pub(super) fn next(rule: Redirects, hop: &Hop, status: u16, headers: &HeaderMap) -> Next {
    if !(300..400).contains(&status) || (status == 304 && hop.is_conditional) {
        return Next::Answer;
    }
    let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
    let leads_on = matches!(status, 301 | 302 | 303 | 307 | 308);
    // An empty address is that of the request itself.
    let location = location.map(str::trim).filter(|location| leads_on && !location.is_empty());
    let Some(location) = location else {
        return match rule {
            Redirects::Anywhere => {
                Next::NoResult("to nowhere: the response names no address to go to".to_owned())
            }
            Redirects::SameOrigin => Next::Answer,
        };
    };
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
            let leads_on =
                |url: &Url| is_same_request && *url != hop.url && same_origin(url, &hop.url);
            let target = target.filter(leads_on);
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
    let is_same = same_origin(&url, &hop.url);
    if url == hop.url && (status != 303 || hop.method == Method::GET) {
        // The same request would be redirected again, and a change perhaps made again.
        return Next::NoResult("in a circle: to the address that was requested".to_owned());
    }
    if !hop.reads {
        // The content of another address is not the result of a change. Following the redirect with
        // another method or without the body would not make the change.
        if status == 303 {
            let why = "to another page after a change, which may have been made; look before you repeat it";
            return Next::NoResult(format!("to {}: {why}", address(&url)));
        }
        if !is_same {
            let why = "a change is not sent to another host; nothing was changed there";
            return Next::NoResult(format!("to {}: {why}", address(&url)));
        }
    }
    let is_read_anyway = hop.method == Method::GET || hop.method == Method::HEAD;
    if is_read_anyway || (is_same && status != 303) {
        return Next::Hop(Hop { url, left, ..hop.clone() });
    }
    if !is_same && matches!(status, 307 | 308) && !hop.body.is_empty() {
        let why = "a body is not sent to another host";
        return Next::Refused(format!("to {}: {why}", address(&url)));
    }
    let method = if matches!(status, 307 | 308) { hop.method.clone() } else { Method::GET };
    Next::Hop(Hop { method, url, body: Bytes::new(), left, ..*hop })
}

/// An address for messages, without its query, which may contain secrets.
fn address(url: &Url) -> String {
    let path = url.path();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}{path}", url.scheme(), url.host_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::Redirects::{Anywhere, SameOrigin};
    use super::*;

    const FROM: &str = "https://acme.test/v1/a?x=1";

    fn after(
        rule: Redirects,
        (method, reads): (&Method, bool),
        status: u16,
        location: Option<&str>,
    ) -> Next {
        let body = if method == Method::GET { "" } else { "body" };
        let (url, body) = (FROM.parse().unwrap(), Bytes::from(body));
        let method = method.clone();
        let hop = Hop { method, url, body, reads, is_conditional: false, left: 1 };
        let mut headers = HeaderMap::new();
        if let Some(location) = location {
            headers.insert(header::LOCATION, location.parse().unwrap());
        }
        next(rule, &hop, status, &headers)
    }

    fn to(method: Method, reads: bool, url: &str, body: &'static str) -> Next {
        let (url, body) = (url.parse().unwrap(), Bytes::from(body));
        Next::Hop(Hop { method, url, body, reads, is_conditional: false, left: 0 })
    }

    #[test]
    fn within_the_origin_the_same_request_is_made() {
        let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
        let moved = "https://acme.test/b";
        for (method, reads) in
            [(&post, false), (&post, true), (&put, false), (&Method::PATCH, false)]
        {
            for status in [301, 302, 307, 308] {
                let next = after(Anywhere, (method, reads), status, Some("/b"));
                let expected = to(method.clone(), reads, moved, "body");
                assert_eq!(next, expected, "{method} {status} reads: {reads}");
            }
        }
        for status in [301, 302, 303, 307, 308] {
            for rule in [Anywhere, SameOrigin] {
                let next = after(rule, (&get, true), status, Some("/b"));
                assert_eq!(next, to(Method::GET, true, moved, ""), "{rule:?} {status}");
            }
        }
        // The result of a search may be at another address; the result of a change may not.
        let found = after(Anywhere, (&post, true), 303, Some("/b"));
        assert_eq!(found, to(Method::GET, true, moved, ""));
        for method in [&post, &put, &Method::DELETE] {
            let next = after(Anywhere, (method, false), 303, Some("/b?key=x"));
            let Next::NoResult(why) = next else { panic!("{method}: {next:?}") };
            assert!(
                why.contains("https://acme.test/b:") && why.contains("may have been made"),
                "{why}"
            );
        }
        for (method, status, expected) in [
            (&post, 301, Next::Answer),
            (&post, 303, Next::Answer),
            (&post, 307, to(Method::POST, false, moved, "body")),
            (&put, 308, to(Method::PUT, false, moved, "body")),
        ] {
            let next = after(SameOrigin, (method, false), status, Some("/b"));
            assert_eq!(next, expected, "{method} {status}");
        }
    }

    #[test]
    fn elsewhere_nobody_goes_with_a_body_a_change_or_without_tls() {
        let (get, post, delete) = (Method::GET, Method::POST, Method::DELETE);
        for (method, reads, status, location, refusal) in [
            (&get, true, 302, "https://cdn.test/f", None),
            (&get, true, 302, "//cdn.test/f", None),
            (&post, true, 302, "https://cdn.test/f", None),
            (&post, true, 303, "https://cdn.test/f", None),
            (&post, true, 307, "https://cdn.test/f", Some("a body is not sent")),
            (&post, false, 302, "https://cdn.test/f?sig=1", Some("https://cdn.test/f: a change")),
            (&post, false, 308, "https://acme.test:8443/f", Some("https://acme.test:8443/f")),
            (&delete, false, 301, "https://cdn.test/f", Some("another host")),
            (&get, true, 302, "http://acme.test/f", Some("without TLS")),
            (&get, true, 302, "http://cdn.test/f", Some("without TLS")),
            (&get, true, 302, "ftp://cdn.test/f", Some("without TLS")),
            (&get, true, 302, "file:///etc/passwd", Some("without TLS")),
            (&get, true, 302, "https://", Some("no address")),
            (&get, true, 302, "https://a b/", Some("no address")),
        ] {
            let next = after(Anywhere, (method, reads), status, Some(location));
            match (&next, refusal) {
                (Next::Hop(hop), None) => {
                    assert_eq!(hop.url.as_str(), "https://cdn.test/f");
                    assert_eq!((&hop.method, hop.body.len()), (&Method::GET, 0), "{location}");
                }
                (Next::Refused(why) | Next::NoResult(why), Some(part)) => {
                    assert!(why.contains(part) && !why.contains("sig=1"), "{why}");
                }
                _ => panic!("{method} {status} {location}: {next:?}"),
            }
            let next = after(SameOrigin, (method, reads), status, Some(location));
            assert_eq!(next, Next::Answer, "{location}");
        }
    }

    #[test]
    fn redirects_end() {
        for (rule, ends) in
            [(Anywhere, Next::Refused("more than 10 times".to_owned())), (SameOrigin, Next::Answer)]
        {
            let (method, url) = (Method::GET, FROM.parse().unwrap());
            let (body, left) = (Bytes::new(), MAX_REDIRECTS);
            let mut hop = Hop { method, url, body, reads: true, is_conditional: false, left };
            let mut followed = 0;
            let end = loop {
                let location = format!("/b{followed}").parse().unwrap();
                let headers = HeaderMap::from_iter([(header::LOCATION, location)]);
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
    fn what_leads_nowhere_is_no_response() {
        for (status, location) in [
            (300, Some("/b")),
            (301, None),
            (302, None),
            (304, None),
            (399, None),
            (302, Some(" ")),
        ] {
            let next = after(Anywhere, (&Method::GET, true), status, location);
            assert!(matches!(&next, Next::NoResult(why) if why.contains("nowhere")), "{next:?}");
            // The caller explains this response.
            let next = after(SameOrigin, (&Method::GET, true), status, location);
            assert_eq!(next, Next::Answer, "{status}");
        }
        for method in [Method::GET, Method::POST] {
            let next = after(Anywhere, (&method, false), 307, Some("?x=1"));
            assert!(matches!(&next, Next::NoResult(why) if why.contains("circle")), "{next:?}");
            let next = after(SameOrigin, (&method, false), 307, Some("?x=1"));
            assert_eq!(next, Next::Answer);
        }
        let url = FROM.parse().unwrap();
        let mut hop = Hop {
            method: Method::GET,
            url,
            body: Bytes::new(),
            reads: true,
            is_conditional: true,
            left: 1,
        };
        assert_eq!(next(Anywhere, &hop, 304, &HeaderMap::new()), Next::Answer);
        hop.is_conditional = false;
        assert_ne!(next(Anywhere, &hop, 304, &HeaderMap::new()), Next::Answer);
        for (status, location) in [(200, Some("/b")), (201, Some("/b")), (204, None), (400, None)] {
            for rule in [Anywhere, SameOrigin] {
                let next = after(rule, (&Method::GET, true), status, location);
                assert_eq!(next, Next::Answer, "{rule:?} {status}");
            }
        }
    }
}
