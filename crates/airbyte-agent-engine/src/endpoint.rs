//! Addresses made of a template and values: base URLs and the endpoints of sign-in and renewal.
//!
//! A value must not decide more than its place in the template does. Inside an address it is a
//! name, such as a label of a host; only a value at the very start may be a whole address.
//! Therefore a setting, a credential or a field of a token response cannot lead requests, with the
//! secrets in them, to another server.

use url::Url;

use crate::description::{Piece, Template};
use crate::error::{Error, Result};
use crate::http::{is_loopback, shown};

/// A value for a placeholder of a template.
pub(crate) struct Value {
    pub(crate) text: String,
    pub(crate) source: Source,
}

/// The origin of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The user's settings, or a default of the description.
    Setting,
    /// The user's credentials, which are never shown.
    Credential,
    /// The vendor's response to a request for a token.
    Answer,
}

/// An address, and whether a part of it comes from a vendor's response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) url: Url,
    pub(crate) from_answer: bool,
}

/// Fills the values into the template. `what` names the address in messages: `the address of Acme`.
///
/// # Errors
///
/// The error that `value` returns for a missing value; `Validation` when a value does not fit its
/// place.
pub(crate) fn fill(
    what: &str,
    template: &Template,
    mut value: impl FnMut(&str) -> Result<Value>,
) -> Result<Endpoint> {
    let mut text = String::new();
    let (mut from_answer, mut is_secret) = (false, false);
    for (position, piece) in template.pieces.iter().enumerate() {
        let name = match piece {
            Piece::Text(literal) => {
                text.push_str(literal);
                continue;
            }
            Piece::Name(name) => name,
        };
        let value = value(name)?;
        from_answer |= value.source == Source::Answer;
        is_secret |= value.source == Source::Credential;
        let value = if position == 0 { whole(name, &value)? } else { label(name, &value)? };
        text.push_str(value);
    }
    let value = if is_secret { String::new() } else { format!(": {}", shown(&text)) };
    let url = Url::parse(&text)
        .map_err(|error| Error::validation(format!("{what} is not a URL ({error}){value}")))?;
    if !is_plain(&url) {
        let message = format!("{what} must be http(s)://host/path{value}");
        return Err(Error::validation(message));
    }
    Ok(Endpoint { url, from_answer })
}

/// Refuses an address to which secrets would be sent unencrypted: an address without TLS must be on
/// this machine.
pub(crate) fn with_tls(what: &str, url: &Url) -> Result<()> {
    if url.scheme() == "https" || is_loopback(url) {
        return Ok(());
    }
    let host = url.host_str().unwrap_or_default();
    Err(Error::validation(format!(
        "{what} must begin with https://, got {}://{host}",
        url.scheme()
    )))
}

/// A value inside the address: one or several labels of a host, with or without a port.
pub(crate) fn label<'v>(name: &str, value: &'v Value) -> Result<&'v str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':');
    let text = value.text.as_str();
    if text.is_empty() || text.starts_with(['.', '-']) || !text.chars().all(is_part) {
        return Err(unfit(name, value, "a name as in a host"));
    }
    Ok(text)
}

/// A value at the start: a whole address, to which the rest of the template is appended.
fn whole<'v>(name: &str, value: &'v Value) -> Result<&'v str> {
    match Url::parse(&value.text) {
        Ok(url) if is_plain(&url) => Ok(value.text.trim_end_matches('/')),
        _ => Err(unfit(name, value, "a whole address, https://host")),
    }
}

/// Whether a path contains a dot segment (`.` or `..`), so that it names another path.
pub(crate) fn has_dot_segment(path: &str) -> bool {
    path.split('/').any(|segment| {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        plain == "." || plain == ".."
    })
}

/// Whether an address consists of scheme, host, port and path only.
fn is_plain(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.host().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
}

fn unfit(name: &str, value: &Value, right: &str) -> Error {
    let text: String = shown(&value.text).chars().take(100).collect();
    Error::validation(match value.source {
        Source::Setting => format!("the setting '{name}' must be {right}, got '{text}'"),
        Source::Credential => format!("the credential '{name}' must be {right}"),
        Source::Answer => {
            format!("the token endpoint's '{name}' must be {right}, it responded with '{text}'")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str, text: &str, source: Source) -> Result<Endpoint> {
        let template = Template::parse(template, "{", "}");
        fill("the address of Acme", &template, |_| Ok(Value { text: text.to_owned(), source }))
    }

    #[test]
    fn values_stay_in_their_place() {
        for (template, text, expected) in [
            ("https://{a}.acme.test/v1", "eu-1", Some("https://eu-1.acme.test/v1")),
            ("https://{a}/v1", "acme.test:8443", Some("https://acme.test:8443/v1")),
            ("https://acme.test/{a}/token", "t_1.x", Some("https://acme.test/t_1.x/token")),
            ("{a}/v1", "http://10.0.0.1:1/", Some("http://10.0.0.1:1/v1")),
            ("{a}/v1", "https://acme.test/base", Some("https://acme.test/base/v1")),
        ] {
            let endpoint = filled(template, text, Source::Setting);
            assert_eq!(endpoint.as_ref().map(|e| e.url.as_str()).ok(), expected, "{endpoint:?}");
        }
        for text in [
            "",
            "/",
            ".",
            "..",
            "-x",
            "x@127.0.0.1:1/evil?",
            "x/..",
            "x/",
            "x//",
            "evil.test/",
            "x?",
            "x#",
            "x\\y",
            "x%2f",
            "x y",
            "x\ty",
            "x\n",
            "é",
            "[::1]",
            "x:1@y",
            "x;y",
            "x:y:z",
            "x：1",
            "\u{feff}x",
            "https://evil.test",
            "//evil.test",
        ] {
            for template in ["https://{a}.acme.test/v1", "https://login.acme.test/x{a}/token"] {
                let endpoint = filled(template, text, Source::Setting);
                // Values that are accepted lead to hosts below the host that the template names.
                if let Ok(endpoint) = &endpoint {
                    assert!(
                        endpoint.url.host_str().unwrap().ends_with("acme.test"),
                        "{endpoint:?}"
                    );
                    assert_eq!(text, "x:y:z");
                }
            }
        }
        for text in [
            "",
            "acme.test",
            "ftp://acme.test",
            "https://u@acme.test",
            "https://u:p@acme.test",
            "https://acme.test?x=",
            "https://acme.test/#",
            "https://acme.test#",
            "file:///etc",
            "javascript:alert(1)",
            "https://",
        ] {
            assert!(filled("{a}/v1", text, Source::Setting).is_err(), "{text}");
        }
    }

    #[test]
    fn messages_say_what_is_right_and_show_no_credential() {
        let said = |template, text, source| filled(template, text, source).unwrap_err().to_string();
        let setting = said("https://{a}.test", "x@y", Source::Setting);
        assert!(
            setting.contains("'a' must be a name as in a host, got '[not shown]'"),
            "{setting}"
        );
        for (template, text) in [
            ("https://{a}.test", "canary@x"),
            ("https://{a}.test", "canary:x:y"),
            ("{a}/token", "canary"),
        ] {
            let credential = said(template, text, Source::Credential);
            assert!(!credential.contains("canary"), "{credential}");
        }
    }

    #[test]
    fn secrets_are_sent_in_the_clear_on_this_machine_only() {
        for (url, expected) in [
            ("https://acme.test", true),
            ("http://localhost:1", true),
            ("http://127.8.0.1", true),
            ("http://[::1]", true),
            ("http://acme.test", false),
            ("http://10.0.0.1", false),
            ("http://localhost.acme.test", false),
        ] {
            assert_eq!(with_tls("it", &Url::parse(url).unwrap()).is_ok(), expected, "{url}");
        }
    }
}
