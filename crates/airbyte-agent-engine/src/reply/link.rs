//! The `Link` header (RFC 8288), as far as paging needs it.

use http::HeaderMap;

/// The address of the first link with this relation.
pub(super) fn link(headers: &HeaderMap, relation: &str) -> Option<String> {
    for value in headers.get_all(http::header::LINK) {
        let mut rest = value.to_str().ok()?;
        while let Some(start) = rest.find('<') {
            let end = start + rest[start..].find('>')?;
            let address = &rest[start + 1..end];
            let parameters = &rest[end + 1..];
            let (own, after) = split_at_comma(parameters);
            if relations(own).any(|found| found.eq_ignore_ascii_case(relation)) {
                return Some(address.to_owned());
            }
            rest = after;
        }
    }
    None
}

/// Splits at the first comma that is not inside quotation marks.
fn split_at_comma(text: &str) -> (&str, &str) {
    let mut quoted = false;
    for (index, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => return (&text[..index], &text[index + 1..]),
            _ => {}
        }
    }
    (text, "")
}

/// Every relation that the parameters of one link name; `rel` may list several.
fn relations(parameters: &str) -> impl Iterator<Item = &str> {
    parameters
        .split(';')
        .filter_map(|parameter| parameter.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("rel"))
        .flat_map(|(_, value)| value.trim().trim_matches(['"', '\'']).split_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_are_found_in_every_spelling() {
        for (value, expected) in [
            (r#"<https://a/?p=2>; rel="next""#, Some("https://a/?p=2")),
            ("<https://a/1>; rel=prev, <https://a/3>; rel=next", Some("https://a/3")),
            (r#"<https://a/3>; title="x, y; rel=no"; rel="last next""#, Some("https://a/3")),
            ("<https://a/3>; REL='Next'", Some("https://a/3")),
            (r#"<https://a/3>; rel="nextish""#, None),
            ("nonsense", None),
            ("<broken", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(http::header::LINK, value.parse().unwrap());
            assert_eq!(link(&headers, "next").as_deref(), expected, "{value}");
        }
    }
}
