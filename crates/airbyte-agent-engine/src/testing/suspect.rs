//! Checks an exchange from which secrets were removed: whatever still looks like a secret is
//! reported with its place. Nothing is changed.

use std::collections::BTreeSet;

use serde_json::Value;
use url::Url;

use super::cassette::{Body, Exchange, RecordedRequest, RecordedResponse};
use super::scrub::is_form;
use super::shapes;

/// Every place of an exchange that still looks like a secret, without the secret.
pub(super) fn suspicions(exchange: &Exchange, allowed: &BTreeSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    let mut look = Look { allowed, found: &mut found };
    let RecordedRequest { url, headers, body, .. } = &exchange.request;
    look.address("the address", "", url);
    look.headers("the request's header", headers);
    look.body("the request's body", body);
    if let RecordedResponse::Answer { headers, body, .. } = &exchange.answer {
        look.headers("the response's header", headers);
        look.body("the response's body", body);
    }
    found
}

struct Look<'a> {
    allowed: &'a BTreeSet<String>,
    found: &'a mut Vec<String>,
}

impl Look<'_> {
    fn text(&mut self, place: &str, field: &str, text: &str) {
        if self.allowed.contains(field) {
            return;
        }
        if let Some(what) = shapes::secret(text) {
            self.found.push(format!("{place} looks like {what}"));
        } else if shapes::is_random(field, text) {
            self.found.push(format!("{place} holds a long random text"));
        }
    }

    /// Checks query parameters by their names. The rest of the address is checked only for the
    /// forms of issued secrets, because segments of paths are often long identifiers.
    fn address(&mut self, place: &str, field: &str, address: &str) {
        let Ok(url) = Url::parse(address) else { return self.text(place, field, address) };
        for (name, value) in url.query_pairs() {
            self.text(&format!("{place}, query parameter '{name}',"), &name, &value);
        }
        let mut rest = url;
        rest.set_query(None);
        if !self.allowed.contains(field)
            && let Some(what) = shapes::secret(rest.as_str())
        {
            self.found.push(format!("{place} looks like {what}"));
        }
    }

    fn headers(&mut self, place: &str, headers: &[(String, String)]) {
        for (name, value) in headers {
            let place = format!("{place} '{name}'");
            match name.as_str() {
                "location" => self.address(&place, name, value),
                // The text may be an address with parameters of its own.
                "link" => {
                    for address in value.split(['<', '>']).filter(|part| part.contains("://")) {
                        self.address(&place, name, address);
                    }
                }
                _ => self.text(&place, name, value),
            }
        }
    }

    fn body(&mut self, place: &str, body: &Body) {
        match body {
            Body::Empty | Body::Withheld => {}
            Body::Json(value) => self.json(place, "$", "", value),
            Body::Text(text) => {
                if is_form(text) {
                    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
                        self.text(&format!("{place}, field '{name}',"), &name, &value);
                    }
                } else {
                    self.text(place, "", text);
                }
            }
            Body::Base64(_) => {
                if let Some(what) = shapes::secret(&String::from_utf8_lossy(&body.bytes())) {
                    self.found.push(format!("{place} looks like {what}"));
                }
            }
        }
    }

    fn json(&mut self, place: &str, path: &str, field: &str, value: &Value) {
        match value {
            Value::String(text) => {
                let at = format!("{place} at {path}");
                if text.starts_with("http://") || text.starts_with("https://") {
                    self.address(&at, field, text);
                } else {
                    self.text(&at, field, text);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.json(place, &format!("{path}[{index}]"), field, item);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    self.json(place, &format!("{path}.{name}"), name, member);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}
