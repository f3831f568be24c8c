//! Removes secrets from exchanges: headers that are not known to be harmless are never recorded,
//! and texts that are known to be secret are replaced.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::byte_serialize;
use http::HeaderMap;
use serde_json::Value;
use url::Url;

use super::cassette::{Body, Exchange, PLACEHOLDER, RecordedResponse};
use crate::auth::Credentials;
use crate::secret::{MASK, Redactor};

/// Headers that a cassette may contain, in addition to those whose name mentions a limit or a
/// count.
const HEADERS: &[&str] = &[
    "accept",
    "accept-ranges",
    "content-range",
    "content-type",
    "link",
    "location",
    "range",
    "retry-after",
];

/// Names, in lower case and without punctuation, of members and query parameters that contain
/// secrets.
const SECRET_NAMES: &[&str] = &[
    "accesskey",
    "accesstoken",
    "apikey",
    "apitoken",
    "assertion",
    "authorization",
    "authtoken",
    "bearer",
    "bearertoken",
    "clientassertion",
    "clientsecret",
    "cookie",
    "csrftoken",
    "idtoken",
    "jwt",
    "passwd",
    "password",
    "privatekey",
    "refreshtoken",
    "secret",
    "secretkey",
    "sessiontoken",
    "setcookie",
    "sig",
    "signature",
    "signingsecret",
    "token",
    "webhooksecret",
    "xamzcredential",
    "xamzsecuritytoken",
    "xamzsignature",
    "xgoogcredential",
    "xgoogsignature",
];

/// Length in bytes below which a value is not replaced, because this would make the rest
/// unreadable.
const SHORTEST: usize = 4;

/// Whether a member or parameter of this name contains a secret.
fn is_secret_name(name: &str) -> bool {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    SECRET_NAMES.contains(&plain.as_str())
}

/// Knows the secrets of an account and removes them.
#[derive(Default)]
pub(super) struct Scrubber {
    /// Names and values; the longest value comes first.
    secrets: Vec<(String, String)>,
    /// A redactor that knows the secrets as well, and finds them in every encoding.
    redactor: Redactor,
}

impl Scrubber {
    /// A scrubber for all texts of these credentials.
    pub(super) fn of(credentials: &Credentials) -> Self {
        let mut scrubber = Self::default();
        for (name, value) in credentials.names().zip(credentials.values()) {
            scrubber.learn(name, value);
            // A key file contains several secrets.
            if let Ok(Value::Object(members)) = serde_json::from_str(value) {
                for (name, value) in &members {
                    if let Value::String(value) = value {
                        scrubber.learn(name, value);
                    }
                }
            }
        }
        let values: Vec<&str> = credentials.values().collect();
        for user in values.iter().copied().chain([""]) {
            for password in values.iter().copied().chain([""]).filter(|other| *other != user) {
                // The form in which HTTP's basic authentication sends them.
                scrubber.learn("basic", &STANDARD.encode(format!("{user}:{password}")));
            }
        }
        scrubber
    }

    /// Adds a secret.
    pub(super) fn learn(&mut self, name: &str, value: &str) {
        let value = value.trim();
        let known = self.secrets.iter().any(|(_, known)| known == value);
        if value.len() < SHORTEST || known {
            return;
        }
        let name = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        self.redactor.add(value);
        self.secrets.push((name, value.to_owned()));
        self.secrets.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
    }

    /// Adds the tokens of a token endpoint's response.
    pub(super) fn learn_token(&mut self, body: &[u8]) {
        if let Ok(Value::Object(members)) = serde_json::from_slice(body) {
            for (name, value) in &members {
                if let (true, Some(value)) = (is_secret_name(name), value.as_str()) {
                    self.learn(name, value);
                }
            }
            return;
        }
        for (name, value) in form_urlencoded::parse(body) {
            if is_secret_name(&name) {
                self.learn(&name, &value);
            }
        }
    }

    /// A text without secrets.
    pub(super) fn text(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for (name, value) in &self.secrets {
            let encoded: String = byte_serialize(value.as_bytes()).collect();
            let percent = encoded.replace('+', "%20");
            // The text may be a JSON string inside JSON.
            let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
            for form in [value.as_str(), &escaped, &encoded, &percent] {
                if out.contains(form) {
                    out = out.replace(form, &format!("{PLACEHOLDER}-{name}"));
                }
            }
        }
        self.redactor.clean(&out).replace(MASK, PLACEHOLDER)
    }

    /// An address without secrets: neither known ones nor parameters whose names say that they are
    /// secret.
    pub(super) fn address(&self, address: &str) -> String {
        let clean = self.text(address);
        let Ok(mut url) = Url::parse(&clean) else { return clean };
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        if pairs.iter().any(|(name, _)| is_secret_name(name)) {
            let masked = pairs.iter().map(|(name, value)| {
                let value = if is_secret_name(name) { PLACEHOLDER } else { value.as_str() };
                (name.as_str(), value)
            });
            url.query_pairs_mut().clear().extend_pairs(masked);
            return url.into();
        }
        clean
    }

    /// JSON without secrets.
    pub(super) fn json(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                let is_address = text.starts_with("http://") || text.starts_with("https://");
                *text = if is_address { self.address(text) } else { self.quoted(text) };
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.json(item)),
            Value::Object(members) => {
                for (name, member) in members.iter_mut() {
                    match member {
                        Value::String(text) if is_secret_name(name) && !text.is_empty() => {
                            PLACEHOLDER.clone_into(text);
                        }
                        member => self.json(member),
                    }
                }
            }
            Value::Null | Value::Bool(_) => {}
            Value::Number(number) => {
                // The number of an account may be a credential, too.
                let text = number.to_string();
                if self.secrets.iter().any(|(_, secret)| *secret == text) {
                    *value = Value::String(self.text(&text));
                }
            }
        }
    }

    /// A text that may be JSON itself.
    fn quoted(&self, text: &str) -> String {
        let inner = text.starts_with(['{', '[']).then(|| serde_json::from_str::<Value>(text));
        if let Some(Ok(inner)) = inner {
            let mut clean = inner.clone();
            self.json(&mut clean);
            if clean != inner {
                return clean.to_string();
            }
        }
        self.text(text)
    }

    pub(super) fn body(&self, bytes: &[u8]) -> Body {
        match Body::of(bytes) {
            Body::Json(mut value) => {
                self.json(&mut value);
                Body::Json(value)
            }
            Body::Text(text) => Body::Text(form(&self.text(&text))),
            other => other,
        }
    }

    /// The name of a secret that is still in an exchange, as the name of a member or among other
    /// bytes.
    pub(super) fn left(&self, exchange: &Exchange) -> Option<&str> {
        // A text that is quoted several times differs only in its backslashes.
        let mut texts = vec![serde_json::to_string(exchange).unwrap_or_default().replace('\\', "")];
        let mut add = |body: &Body| {
            if let Body::Base64(_) = body {
                texts.push(String::from_utf8_lossy(&body.bytes()).replace('\\', ""));
            }
        };
        add(&exchange.request.body);
        if let RecordedResponse::Answer { body, .. } = &exchange.answer {
            add(body);
        }
        // Short secrets occur by chance.
        let mut long = self.secrets.iter().filter(|(_, value)| value.len() >= 8);
        let found = long.find(|(_, value)| {
            let bare = value.replace('\\', "");
            texts.iter().any(|text| text.contains(&bare))
        });
        found.map(|(name, _)| name.as_str())
    }

    /// The headers that may be recorded, without their secrets.
    pub(super) fn headers(
        &self,
        headers: &HeaderMap,
        more: &BTreeSet<String>,
    ) -> Vec<(String, String)> {
        let recorded = headers.iter().filter(|(name, value)| {
            let name = name.as_str();
            let counts = ["ratelimit", "rate-limit", "-total", "-count", "-remaining", "-reset"]
                .iter()
                .any(|part| name.contains(part));
            !value.is_sensitive() && (HEADERS.contains(&name) || counts || more.contains(name))
        });
        let text = |name: &str, value: &str| match name {
            "location" => self.address(value),
            "link" => self.link(value),
            _ => self.text(value),
        };
        recorded
            .filter_map(|(name, value)| {
                Some((name.to_string(), text(name.as_str(), value.to_str().ok()?)))
            })
            .collect()
    }

    /// Cleans a header such as `<https://…>; rel="next", <https://…>; rel="last"`.
    fn link(&self, value: &str) -> String {
        let mut out = String::with_capacity(value.len());
        let mut rest = value;
        while let Some((before, behind)) = rest.split_once('<') {
            let Some((address, after)) = behind.split_once('>') else { break };
            out.push_str(before);
            out.push_str(&format!("<{}>", self.address(address)));
            rest = after;
        }
        out.push_str(&self.text(rest));
        out
    }
}

/// A form without the fields whose names say that they are secret; any other text is returned
/// unchanged.
fn form(text: &str) -> String {
    if !is_form(text) || !form_urlencoded::parse(text.as_bytes()).any(|(n, _)| is_secret_name(&n)) {
        return text.to_owned();
    }
    let pairs = form_urlencoded::parse(text.as_bytes()).map(|(name, value)| {
        let value = if is_secret_name(&name) { PLACEHOLDER.into() } else { value };
        (name, value)
    });
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

pub(super) fn is_form(text: &str) -> bool {
    text.contains('=') && !text.contains(['\n', ' ', '<'])
}
