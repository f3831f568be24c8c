//! The origins to which credentials are sent, as far as they are known before a call.
//!
//! A description decides where its requests and token requests are sent, and thereby where the
//! user's credentials are sent. A program that keeps credentials for a connector compares
//! destinations before it hands the credentials to a description. A name proves nothing, since a
//! spec may have any name.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::description::{Piece, Template};

/// An origin (scheme, host and port) to which a connector sends credentials.
///
/// Parts of it may be settings, may be taken from a credential, or may be unknown until a token
/// endpoint returns them. Its display and debug output never show a part that is taken from a
/// credential.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Destination(Vec<Part>);

/// A part of an address.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Part {
    /// A text of the description.
    Text(String),
    /// A setting, with its value if it has one.
    Setting { setting: String, value: Option<String> },
    /// A part of a credential, with its value if the credential is given.
    Credential { credential: String, value: Option<String> },
    /// A field of the token endpoint's response.
    Token { token: String },
}

impl Destination {
    /// The origin of an address. `part` returns what is filled in for a name.
    pub(crate) fn new(url: &Template, part: impl Fn(&str) -> Part) -> Self {
        let mut parts = Vec::new();
        // The authority begins behind `://`, or at the beginning where a name stands for the whole
        // address.
        let mut in_authority = matches!(url.pieces.first(), Some(Piece::Name(_)));
        for piece in url.pieces.iter() {
            let text = match piece {
                Piece::Name(name) => {
                    parts.push(part(name));
                    continue;
                }
                Piece::Text(text) => text.as_ref(),
            };
            let begin =
                if in_authority { Some(0) } else { text.find("://").map(|at| at + "://".len()) };
            in_authority = begin.is_some();
            if let Some(begin) = begin
                && let Some(end) = text[begin..].find('/')
            {
                parts.push(Part::Text(text[..begin + end].to_owned()));
                break;
            }
            parts.push(Part::Text(text.to_owned()));
        }
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        Self(parts)
    }

    /// This destination with these settings instead of those that it has.
    #[must_use]
    pub fn with_settings(mut self, settings: &Map<String, Value>) -> Self {
        for part in &mut self.0 {
            let (Part::Setting { setting: name, value }
            | Part::Credential { credential: name, value }) = part
            else {
                continue;
            };
            if let Some(own) = settings.get(name.as_str()).and_then(Value::as_str) {
                let (setting, own) = (name.clone(), own.to_owned());
                *value = None;
                *part = Part::Setting { setting, value: Some(own) };
            }
        }
        self
    }

    /// Whether both are the same origin, with the values that their parts have.
    pub fn is_origin_of(&self, other: &Self) -> bool {
        self.origin() == other.origin()
    }

    /// Whether a description that has the destinations `known` declares this one as well: as the
    /// same address with the same parts, or as a whole address that is one of them.
    pub fn is_declared_among(&self, known: &[Self]) -> bool {
        let is_fixed = self.0.iter().all(|part| matches!(part, Part::Text(_)));
        let is_default = |known: &Self| {
            let is_known = |part: &Part| matches!(part, Part::Text(_) | Part::Setting { .. });
            is_fixed && known.0.iter().all(is_known) && known.is_origin_of(self)
        };
        known.iter().any(|known| known == self || is_default(known))
    }

    /// Names of the settings and credentials from which parts of the origin are taken.
    pub fn decided_by(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Setting { setting: name, .. } | Part::Credential { credential: name, .. } => {
                Some(name.as_str())
            }
            Part::Text(_) | Part::Token { .. } => None,
        })
    }

    /// Whether every part that is a setting or is taken from a credential has a value.
    pub(crate) fn is_complete(&self) -> bool {
        self.0.iter().all(|part| match part {
            Part::Setting { value, .. } | Part::Credential { value, .. } => value.is_some(),
            Part::Text(_) | Part::Token { .. } => true,
        })
    }

    /// The origin, or the address with the names of its unknown parts. A URL has no origin while
    /// `<` is in its host, so a part that a token endpoint returns is never taken for a setting.
    fn origin(&self) -> String {
        origin_of(self.text(true))
    }

    fn text(&self, with_credentials: bool) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Setting { value: Some(value), .. } => value.trim_end_matches('/').to_owned(),
            Part::Credential { value: Some(value), .. } if with_credentials => {
                value.trim_end_matches('/').to_owned()
            }
            Part::Setting { setting: name, .. } | Part::Credential { credential: name, .. } => {
                format!("{{{name}}}")
            }
            Part::Token { token } => format!("<{token}>"),
        };
        self.0.iter().map(part).collect()
    }
}

/// The origin of a URL, in ASCII; the text itself if it is not a URL.
fn origin_of(text: String) -> String {
    let origin = Url::parse(&text).ok().map(|url| url.origin());
    origin.filter(url::Origin::is_tuple).map_or(text, |origin| origin.ascii_serialization())
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A host with letters that look like those of another host is shown in the form in which it
        // is sent.
        let shown = origin_of(self.text(false));
        let printable =
            |c: char| if c.is_ascii() && !c.is_ascii_control() { c } else { '\u{fffd}' };
        f.write_str(&shown.chars().map(printable).collect::<String>())
    }
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Destination({self})")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn destination(url: &str) -> Destination {
        Destination::new(&Template::parse(url, "{", "}"), |name| match name.split_once('-') {
            Some(("token", name)) => Part::Token { token: name.to_owned() },
            Some(("key", name)) => {
                Part::Credential { credential: name.to_owned(), value: Some("canary".to_owned()) }
            }
            Some((name, value)) => {
                Part::Setting { setting: name.to_owned(), value: Some(value.to_owned()) }
            }
            None => Part::Setting { setting: name.to_owned(), value: None },
        })
    }

    fn settings(settings: &Value) -> Map<String, Value> {
        settings.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (one, other, same) in [
            ("https://api.acme.test/v1", "https://api.acme.test/v2/{id}", true),
            ("https://API.acme.test:443", "https://api.acme.test/", true),
            ("https://{region-eu}.acme.test/v1", "https://eu.acme.test", true),
            ("{token-at}/services", "{token-at}/other", true),
            ("http://api.acme.test", "https://api.acme.test", false),
            ("https://api.acme.test:8443", "https://api.acme.test", false),
            ("https://api.acme.test@evil.test/", "https://api.acme.test", false),
            ("https://api.acme.test:443@evil.test", "https://api.acme.test", false),
            ("https://evil.test\\@api.acme.test/", "https://api.acme.test", false),
            ("https://evil.test?://api.acme.test/", "https://api.acme.test", false),
            ("https://evil.test#https://api.acme.test/", "https://api.acme.test", false),
            ("https:///evil.test/", "https://api.acme.test", false),
            ("https:///evil.test/", "https://evil.test", false),
            ("https:\t//evil.test/https://api.acme.test/", "https://api.acme.test", false),
            ("{token-at}@evil.test/", "{token-at}/", false),
            ("{token-at}:8080/", "{token-at}/", false),
            ("{token-at}\\@evil.test/", "{token-at}/", false),
            ("{token-at}/", "{at}/", false),
            ("{token-at}/", "{token-other}/", false),
            // These have no origin that two addresses could have in common.
            ("data:one", "data:two", false),
            ("evil:one", "acme:two", false),
        ] {
            let (one, other) = (destination(one), destination(other));
            assert_eq!(one.is_origin_of(&other), same, "{one} {other}");
            assert_eq!(other.is_origin_of(&one), same, "{one} {other}");
        }
    }

    #[test]
    fn a_caller_may_put_settings_in_their_place() {
        let acme = destination("https://{region-eu}.acme.test/{path}");
        let us = acme.clone().with_settings(&settings(&json!({"region": "us", "path": "x"})));
        assert!(us.is_origin_of(&destination("https://us.acme.test")));
        let whole = destination("{region-eu}/v1");
        for (value, other, same) in [
            ("https://us.acme.test/v1/", "https://us.acme.test", true),
            ("https://us.acme.test@evil.test", "https://us.acme.test", false),
            ("us", "https://us.acme.test", false),
        ] {
            let whole = whole.clone().with_settings(&settings(&json!({ "region": value })));
            assert_eq!(whole.is_origin_of(&destination(other)), same, "{value}");
        }
        let same = acme.clone().with_settings(&settings(&json!({"other": "us", "region": 5})));
        assert!(same.is_origin_of(&acme));
        let token = destination("https://{token-region}.acme.test");
        let same = token.clone().with_settings(&settings(&json!({"region": "us"})));
        assert_eq!(same, token);
        let key = destination("https://{key-region}.acme.test");
        let us = key.with_settings(&settings(&json!({"region": "us"})));
        assert_eq!(us.to_string(), "https://us.acme.test");
    }

    #[test]
    fn descriptions_are_compared_part_by_part() {
        let known = [
            destination("https://api.acme.test/v1"),
            destination("https://{region-eu}.acme.test"),
            destination("https://{shop}.acme.test"),
            destination("{token-at}/services"),
        ];
        for (url, declared) in [
            ("https://api.acme.test/v2", true),
            ("https://API.acme.test:443/v2", true),
            ("https://{region-eu}.acme.test/x", true),
            // A whole address, given by a default.
            ("https://eu.acme.test", true),
            ("https://{shop}.acme.test", true),
            ("{token-at}", true),
            ("https://{region-us}.acme.test", false),
            // Another name would be another variable of the user.
            ("https://{token-region}.acme.test", false),
            ("https://{secret-eu}.acme.test", false),
            ("https://{shop-evil}.acme.test", false),
            ("https://us.acme.test", false),
            ("https://evil.test", false),
            ("{at}", false),
        ] {
            assert_eq!(destination(url).is_declared_among(&known), declared, "{url}");
        }
    }

    #[test]
    fn it_is_written_and_read_and_shows_no_credential() {
        let all = [
            destination("https://{region-eu}.acme.test/v1"),
            destination("https://{key-dc}.acme.test/v1"),
            destination("{token-at}/x"),
            destination("https://{shop}.acme.test"),
        ];
        let written = serde_json::to_value(&all).unwrap();
        let read: Vec<Destination> = serde_json::from_value(written).unwrap();
        assert_eq!(read, all);
        let shown = format!("{} {:?} {}", all[1], all[1], destination("https://a\u{1b}[2J.b"));
        assert!(!shown.contains("canary") && !shown.contains('\u{1b}'), "{shown}");
        assert!(shown.contains("https://{dc}.acme.test"), "{shown}");
        // An address with a letter of another alphabet.
        assert_eq!(
            destination("https://api.g\u{456}thub.com").to_string(),
            "https://api.xn--gthub-n2e.com"
        );
    }
}
