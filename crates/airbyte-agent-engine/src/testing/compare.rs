//! Whether a request is one that a cassette knows, and what tells them apart when it is not.

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

use super::cassette::{Asked, Body, PLACEHOLDER};

/// The first thing that tells a request from a recorded one, `None` when they are the same.
/// The further a comparison gets, the higher its rank.
pub(super) fn difference(recorded: &Asked, asked: &Asked) -> Option<(u8, String)> {
    if recorded.method != asked.method {
        return Some((0, format!("method is {} there", recorded.method)));
    }
    let (Ok(there), Ok(here)) = (Url::parse(&recorded.url), Url::parse(&asked.url)) else {
        return Some((0, "the address cannot be read".to_owned()));
    };
    let host = |url: &Url| {
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}{port}", url.host_str().unwrap_or_default())
    };
    if !fits(&host(&there), &host(&here)) {
        return Some((1, format!("host is {} there", host(&there))));
    }
    if !fits(there.path(), here.path()) {
        return Some((2, format!("path is {} there", there.path())));
    }
    if let Some(what) = query(&there, &here) {
        return Some((3, what));
    }
    let range = |asked: &Asked| {
        asked.headers.iter().find(|(name, _)| name == "range").map(|(_, value)| value.clone())
    };
    if range(recorded) != range(asked) {
        let there = range(recorded).unwrap_or_else(|| "the whole file".to_owned());
        return Some((4, format!("{there} is asked for there")));
    }
    body(&recorded.body, &asked.body).map(|what| (5, what))
}

fn query(there: &Url, here: &Url) -> Option<String> {
    let all = |url: &Url| {
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in url.query_pairs() {
            all.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        all
    };
    let (there, here) = (all(there), all(here));
    for (name, values) in &there {
        let Some(own) = here.get(name) else {
            return Some(format!("query parameter '{name}' is there only"));
        };
        let same = values.len() == own.len()
            && values.iter().zip(own).all(|(recorded, asked)| fits(recorded, asked));
        if !same {
            let (there, here) = (values.join(", "), own.join(", "));
            return Some(format!("query parameter '{name}' is '{there}' there, '{here}' here"));
        }
    }
    let new = here.keys().find(|name| !there.contains_key(*name))?;
    Some(format!("query parameter '{new}' is here only"))
}

fn body(there: &Body, here: &Body) -> Option<String> {
    match (there, here) {
        (Body::Withheld, _) => None,
        (Body::Json(there), Body::Json(here)) => json("$", there, here),
        (Body::Text(there), Body::Text(here)) if fits(there, here) => None,
        (there, here) if there == here => None,
        (Body::Empty, _) => Some("there is no body there".to_owned()),
        (_, Body::Empty) => Some("there is a body there".to_owned()),
        _ => Some("the body is another there".to_owned()),
    }
}

fn json(place: &str, there: &Value, here: &Value) -> Option<String> {
    match (there, here) {
        (Value::String(recorded), _) if recorded == PLACEHOLDER => None,
        (Value::String(recorded), Value::String(asked)) if fits(recorded, asked) => None,
        // A number that was a credential.
        (Value::String(recorded), Value::Number(asked)) if fits(recorded, &asked.to_string()) => {
            None
        }
        (Value::Array(there), Value::Array(here)) if there.len() == here.len() => {
            let mut pairs = there.iter().zip(here).enumerate();
            pairs.find_map(|(index, (there, here))| json(&format!("{place}[{index}]"), there, here))
        }
        (Value::Object(there), Value::Object(here)) => {
            for (name, member) in there {
                let at = format!("{place}.{name}");
                let Some(own) = here.get(name) else {
                    return Some(format!("the body has {at} there only"));
                };
                if let Some(what) = json(&at, member, own) {
                    return Some(what);
                }
            }
            let new = here.keys().find(|name| !there.contains_key(*name))?;
            Some(format!("the body has {place}.{new} here only"))
        }
        (there, here) if there == here => None,
        _ => Some(format!("the body differs at {place}")),
    }
}

/// Whether a text is the recorded one; what was taken out of that may be anything.
fn fits(recorded: &str, asked: &str) -> bool {
    // Hosts are in lower case.
    let lower = PLACEHOLDER.to_lowercase();
    let split = |text: &str| {
        let at = text.find(PLACEHOLDER).or_else(|| text.find(&lower))?;
        Some((at, at + PLACEHOLDER.len()))
    };
    let Some((start, end)) = split(recorded) else { return recorded == asked };
    let Some(mut rest) = asked.strip_prefix(&recorded[..start]) else { return false };
    let mut behind = unnamed(&recorded[end..]);
    while let Some((start, end)) = split(behind) {
        let Some(at) = rest.find(&behind[..start]) else { return false };
        rest = &rest[at + start..];
        behind = unnamed(&behind[end..]);
    }
    rest.ends_with(behind)
}

/// Without the name of the secret, `-api_key`.
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
        for (recorded, asked, expected) in [
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
            assert_eq!(fits(recorded, asked), expected, "{recorded} / {asked}");
        }
    }
}
