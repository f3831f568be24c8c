//! Secrets of logged requests are replaced by asterisks.

use serde_json::Value;

use super::LoggedRequest;
use crate::request::form_pairs;

/// What stands in place of a secret.
const MASK: &str = "***";

impl LoggedRequest {
    /// The same request with everything masked that may be a secret.
    pub(super) fn masked(mut self) -> Self {
        for (name, value) in &mut self.headers {
            if is_secret(name) {
                MASK.clone_into(value);
            }
        }
        self.query = mask_form(&self.query);
        self.body = match serde_json::from_str::<Value>(&self.body) {
            Ok(mut value) => {
                mask_json(&mut value);
                value.to_string()
            }
            Err(_) if self.header("content-type").is_some_and(|t| t.contains("urlencoded")) => {
                mask_form(&self.body)
            }
            Err(_) => self.body,
        };
        self
    }
}

/// Whether a header, parameter or member of this name may hold a secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let parts = ["authorization", "token", "secret", "password", "api-key", "api_key", "apikey"];
    let more = ["credential", "cookie", "assertion", "private_key"];
    let paging = ["page_token", "pagetoken", "next_token", "nexttoken"];
    parts.iter().chain(&more).any(|part| name.contains(part))
        && !paging.iter().any(|part| name.contains(part))
        || name == "key"
        || name.ends_with("-key") && name != "idempotency-key"
        || name == "code"
}

fn mask_form(text: &str) -> String {
    let pairs = form_pairs(text.as_bytes());
    if !pairs.iter().any(|(name, _)| is_secret(name)) {
        return text.to_owned();
    }
    let mut out = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        out.append_pair(&name, if is_secret(&name) { MASK } else { &value });
    }
    out.finish()
}

fn mask_json(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(mask_json),
        Value::Object(map) => {
            for (name, value) in map.iter_mut() {
                if is_secret(name) && !value.is_null() {
                    *value = MASK.into();
                } else {
                    mask_json(value);
                }
            }
        }
        _ => {}
    }
}
