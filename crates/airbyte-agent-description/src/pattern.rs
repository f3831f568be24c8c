//! Patterns of texts.

/// Whether a whole text fits a pattern in which `*` stands for any text, also for none.
///
/// ```
/// use airbyte_agent_description::fits_pattern;
///
/// assert!(fits_pattern("users.*", "users.list"));
/// assert!(!fits_pattern("ab*ba", "aba"));
/// ```
pub fn fits_pattern(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("/users", "/users", true),
            ("/users", "/users/1", false),
            ("/users*", "/users/1", true),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("/a*c*e", "/abcde", true),
            ("/a*c*e", "/abde", false),
            ("*/field-unknown:*", "users.list/field-unknown:name.first", true),
            ("users.*/*:name", "users.get/field-type:name", true),
            ("users.*/*:name", "users.get/field-type:names", false),
            ("a*a", "a", false),
            ("ab*ba", "aba", false),
            ("*a*b", "aab.ab.b", true),
        ] {
            assert_eq!(fits_pattern(pattern, text), expected, "{pattern} {text}");
        }
    }
}
