//! Compares a request with those of a cassette, and says how they differ.

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

use super::cassette::{Body, PLACEHOLDER, RecordedRequest};

/// The first difference between a request and a recorded one; `None` when they are equal. The
/// further the comparison gets, the higher its rank.
pub(super) fn difference(
    recorded: &RecordedRequest,
    sent: &RecordedRequest,
) -> Option<(u8, String)> {
    if recorded.method != sent.method {
        return Some((0, format!("method is {} there", recorded.method)));
    }
    let (Ok(recorded_url), Ok(sent_url)) = (Url::parse(&recorded.url), Url::parse(&sent.url))
    else {
        return Some((0, "the address cannot be read".to_owned()));
    };
    let host = |url: &Url| {
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}{port}", url.host_str().unwrap_or_default())
    };
    if !fits(&host(&recorded_url), &host(&sent_url)) {
        return Some((1, format!("host is {} there", host(&recorded_url))));
    }
    if !fits(recorded_url.path(), sent_url.path()) {
        return Some((2, format!("path is {} there", recorded_url.path())));
    }
    if let Some(what) = query(&recorded_url, &sent_url) {
        return Some((3, what));
    }
    let range = |request: &RecordedRequest| {
        request.headers.iter().find(|(name, _)| name == "range").map(|(_, value)| value.clone())
    };
    if range(recorded) != range(sent) {
        let wanted = range(recorded).unwrap_or_else(|| "the whole file".to_owned());
        return Some((4, format!("{wanted} is asked for there")));
    }
    body(&recorded.body, &sent.body).map(|what| (5, what))
}

fn query(recorded: &Url, sent: &Url) -> Option<String> {
    let all = |url: &Url| {
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in url.query_pairs() {
            all.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        all
    };
    let (recorded, sent) = (all(recorded), all(sent));
    for (name, values) in &recorded {
        let Some(own) = sent.get(name) else {
            return Some(format!("query parameter '{name}' is there only"));
        };
        let same = values.len() == own.len()
            && values.iter().zip(own).all(|(known, value)| fits(known, value));
        if !same {
            let (recorded, sent) = (values.join(", "), own.join(", "));
            return Some(format!("query parameter '{name}' is '{recorded}' there, '{sent}' here"));
        }
    }
    let new = sent.keys().find(|name| !recorded.contains_key(*name))?;
    Some(format!("query parameter '{new}' is here only"))
}

fn body(recorded: &Body, sent: &Body) -> Option<String> {
    match (recorded, sent) {
        (Body::Withheld, _) => None,
        (Body::Json(recorded), Body::Json(sent)) => json("$", recorded, sent),
        (Body::Text(recorded), Body::Text(sent)) if fits(recorded, sent) => None,
        (recorded, sent) if recorded == sent => None,
        (Body::Empty, _) => Some("there is no body there".to_owned()),
        (_, Body::Empty) => Some("there is a body there".to_owned()),
        _ => Some("the body is another there".to_owned()),
    }
}

fn json(place: &str, recorded: &Value, sent: &Value) -> Option<String> {
    match (recorded, sent) {
        (Value::String(recorded), _) if recorded == PLACEHOLDER => None,
        (Value::String(recorded), Value::String(sent)) if fits(recorded, sent) => None,
        // A number that was a credential.
        (Value::String(recorded), Value::Number(sent)) if fits(recorded, &sent.to_string()) => None,
        (Value::Array(recorded), Value::Array(sent)) if recorded.len() == sent.len() => {
            let mut pairs = recorded.iter().zip(sent).enumerate();
            pairs.find_map(|(index, (recorded, sent))| {
                json(&format!("{place}[{index}]"), recorded, sent)
            })
        }
        (Value::Object(recorded), Value::Object(sent)) => {
            for (name, member) in recorded {
                let at = format!("{place}.{name}");
                let Some(own) = sent.get(name) else {
                    return Some(format!("the body has {at} there only"));
                };
                if let Some(what) = json(&at, member, own) {
                    return Some(what);
                }
            }
            let new = sent.keys().find(|name| !recorded.contains_key(*name))?;
            Some(format!("the body has {place}.{new} here only"))
        }
        (recorded, sent) if recorded == sent => None,
        _ => Some(format!("the body differs at {place}")),
    }
}

/// Whether a text is equal to the recorded one. A part that was replaced in the recording matches
/// any text.
fn fits(recorded: &str, sent: &str) -> bool {
    // Hosts are in lower case, so the placeholder may be, too.
    let lower = PLACEHOLDER.to_lowercase();
    let split = |text: &str| {
        let at = text.find(PLACEHOLDER).or_else(|| text.find(&lower))?;
        Some((at, at + PLACEHOLDER.len()))
    };
    let Some((start, end)) = split(recorded) else { return recorded == sent };
    let Some(mut rest) = sent.strip_prefix(&recorded[..start]) else { return false };
    let mut behind = unnamed(&recorded[end..]);
    while let Some((start, end)) = split(behind) {
        let Some(at) = rest.find(&behind[..start]) else { return false };
        rest = &rest[at + start..];
        behind = unnamed(&behind[end..]);
    }
    rest.ends_with(behind)
}

/// The text without the name of the secret, such as `-api_key`.
fn unnamed(text: &str) -> &str {
    text.strip_prefix('-').map_or(text, |name| {
        name.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_out_matches_anything() {
        for (recorded, sent, expected) in [
            ("abc", "abc", true),
            ("abc", "abd", false),
            ("REDACTED", "anything at all", true),
            ("REDACTED-api_key", "k", true),
            ("/v1/REDACTED-token/users", "/v1/x/users", true),
            ("/v1/REDACTED-token/users", "/v2/x/users", false),
            ("/v1/REDACTED-token/users", "/v1/x/groups", false),
            ("redacted-subdomain.acme.test", "mine.acme.test", true),
            ("redacted-subdomain.acme.test", "mine.other.test", false),
            ("a REDACTED-x b REDACTED-y c", "a 1 b 2 c", true),
            ("a REDACTED-x b REDACTED-y c", "a 1 d 2 c", false),
        ] {
            assert_eq!(fits(recorded, sent), expected, "{recorded} / {sent}");
        }
    }
}
