//! Recognises texts that look like secrets, whatever their origin.
//!
//! This is the last check before a recording is written. It knows the forms in which secrets are
//! issued, and takes long random texts for secrets unless the name of their field says that they
//! are not.

/// Prefixes of issued secrets, the least number of characters behind them, and what the secrets
/// are.
const PREFIXES: &[(&str, usize, &str)] = &[
    ("sk_live_", 8, "a secret key"),
    ("sk_test_", 8, "a secret key"),
    ("rk_live_", 8, "a restricted key"),
    ("rk_test_", 8, "a restricted key"),
    ("whsec_", 16, "a webhook secret"),
    ("ghp_", 20, "a personal access token"),
    ("gho_", 20, "an OAuth token"),
    ("ghu_", 20, "a user token"),
    ("ghs_", 20, "a server token"),
    ("ghr_", 20, "a refresh token"),
    ("github_pat_", 20, "a personal access token"),
    ("glpat-", 16, "a personal access token"),
    ("xoxb-", 10, "a bot token"),
    ("xoxp-", 10, "a user token"),
    ("xoxa-", 10, "an app token"),
    ("xoxe-", 10, "a refresh token"),
    ("xoxe.", 10, "a refresh token"),
    ("xoxr-", 10, "a refresh token"),
    ("xoxs-", 10, "a session token"),
    ("xoxc-", 10, "a session token"),
    ("xapp-", 10, "an app-level token"),
    ("shpat_", 16, "an access token"),
    ("shpca_", 16, "an access token"),
    ("shppa_", 16, "a password"),
    ("shpss_", 16, "a shared secret"),
    ("lin_api_", 16, "an API key"),
    ("lin_oauth_", 16, "an OAuth token"),
    ("pat-na1-", 16, "a private app token"),
    ("pat-eu1-", 16, "a private app token"),
    ("ATATT3", 20, "an API token"),
    ("ATCTT3", 20, "an API token"),
    ("EAAB", 24, "an access token"),
    ("EAAG", 24, "an access token"),
    ("EAAC", 24, "an access token"),
    ("AKIA", 16, "an access key id"),
    ("ASIA", 16, "an access key id"),
    ("AIza", 30, "an API key"),
    ("ya29.", 16, "an access token"),
    ("GOCSPX-", 16, "a client secret"),
    ("Atzr|", 16, "a refresh token"),
    ("Atza|", 16, "an access token"),
    ("SG.", 32, "an API key"),
    ("hf_", 24, "an access token"),
    ("npm_", 30, "an access token"),
    ("sk-ant-", 16, "an API key"),
    ("sk-proj-", 16, "an API key"),
    ("00D", 60, "a session id"),
];

/// Texts that only secrets contain.
const MARKS: &[(&str, &str)] =
    &[("PRIVATE KEY-----", "a private key"), ("-----BEGIN PGP PRIVATE", "a private key")];

/// What the text looks like, if it looks like a secret.
pub(super) fn secret(text: &str) -> Option<&'static str> {
    for (mark, what) in MARKS {
        if text.contains(mark) {
            return Some(what);
        }
    }
    for (prefix, least, what) in PREFIXES {
        if starts(text, prefix).any(|rest| length(rest) >= *least) {
            return Some(what);
        }
    }
    if starts(text, "eyJ").any(is_web_token) {
        return Some("a JSON web token");
    }
    for scheme in ["Bearer ", "bearer ", "Basic ", "basic "] {
        let mut given = starts(text, scheme);
        if given.any(|rest| length(rest) >= 16 && rest.bytes().take(40).any(|b| b.is_ascii_digit()))
        {
            return Some("an authorization header");
        }
    }
    let has_password = text.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', '?', '#', ' ', '"']).next().unwrap_or_default();
        authority.split_once('@').is_some_and(|(user, _)| user.contains(':'))
    });
    has_password.then_some("an address with a password")
}

/// The text behind each `prefix` at the beginning of a word.
fn starts<'t>(text: &'t str, prefix: &'t str) -> impl Iterator<Item = &'t str> {
    text.match_indices(prefix).filter_map(move |(at, _)| {
        let before = text[..at].bytes().last();
        let inside = before.is_some_and(|byte| byte.is_ascii_alphanumeric());
        (!inside).then(|| &text[at + prefix.len()..])
    })
}

/// Number of characters at the beginning that a token may contain.
fn length(text: &str) -> usize {
    text.bytes().take_while(|byte| is_token(*byte)).count()
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~+/=!|".contains(&byte)
}

/// Whether the text behind `eyJ` has the form of a web token: three parts in base64.
fn is_web_token(rest: &str) -> bool {
    let token = &rest[..length(rest)];
    let mut parts = token.split('.');
    let mut long = |least: usize| parts.next().is_some_and(|part| part.len() >= least);
    long(8) && long(8) && long(16)
}

/// Ends of field names whose values are random by nature and give access to nothing.
const HARMLESS: &[&str] = &[
    "id",
    "ids",
    "uid",
    "uuid",
    "guid",
    "cursor",
    "cursors",
    "etag",
    "hash",
    "sha",
    "digest",
    "checksum",
    "md5",
    "after",
    "before",
    "next",
    "previous",
    "pagetoken",
    "bookmark",
    "revision",
];

/// Whether the text contains a long random word, in a field of this name.
pub(super) fn is_random(field: &str, text: &str) -> bool {
    let field: String = field.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    if HARMLESS.iter().any(|end| field.ends_with(end)) {
        return false;
    }
    // A slash separates words of a path more often than it belongs to base64.
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_+=".contains(c)));
    words.into_iter().any(|word| {
        let has = |test: fn(&u8) -> bool| word.bytes().any(|byte| test(&byte));
        word.len() >= 32
            && has(u8::is_ascii_lowercase)
            && has(u8::is_ascii_uppercase)
            && has(u8::is_ascii_digit)
            && entropy(word) >= 4.2
    })
}

/// Bits of information in each character, by how often each occurs.
#[allow(clippy::cast_precision_loss)]
fn entropy(word: &str) -> f64 {
    let mut counts = [0_usize; 256];
    for byte in word.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let length = word.len() as f64;
    let share = |count: &usize| *count as f64 / length;
    counts.iter().filter(|count| **count > 0).map(|count| -share(count) * share(count).log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Joins the parts of an example. They are separate in this file, so that no scanner takes it
    /// for a leak.
    fn joined(parts: &[&str]) -> String {
        parts.concat()
    }

    #[test]
    fn issued_secrets_are_recognised() {
        for parts in [
            &["sk_", "live_", "4eC39HqLyjWDarjtT1zdp7dc"][..],
            &["use ghp", "_", "0123456789abcdefghijABCDEFGHIJ012345 please"],
            &["xoxb", "-123456789012-abcdefABCDEF"],
            &["key=AK", "IA", "IOSFODNN7EXAMPLE"],
            &[
                "eyJhbGciOiJIUzI1NiJ9",
                ".eyJzdWIiOiIxMjM0NTY3ODkwIn0",
                ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9",
            ],
            &["-----BEGIN RSA ", "PRIVATE KEY-----\nMIIE"],
            &["Authorization: Bear", "er abcdefghij0123456789"],
            &["postgres://user", ":pass", "@db.internal/x"],
        ] {
            let text = joined(parts);
            assert!(secret(&text).is_some(), "{text}");
        }
    }

    #[test]
    fn harmless_texts_pass() {
        for text in [
            "",
            "cus_NffrFeUfNV2Hib",
            "The bearer of bad news came at noon",
            "Basic instructions for beginners",
            "https://example.com/@user:1",
            "user@example.com",
            "task_ghp_x",
            "eyJ.is.short",
            "asking for sk_live_ keys",
        ] {
            assert_eq!(secret(text), None, "{text}");
        }
    }

    #[test]
    fn long_random_words_are_found_unless_their_field_says_what_they_are() {
        let random = "q7Zt0pL4vXs9BnR2kYw8HcJ5mGd3FaT1uEoI6";
        for (field, text, expected) in [
            ("note", random, true),
            ("note", "see q7Zt0pL4vXs9BnR2kYw8HcJ5mGd3FaT1uEoI6.", true),
            ("file_id", random, false),
            ("endCursor", random, false),
            ("next_page_token", random, false),
            ("sha", "9fceb02d0ae598e95dc970b74767f19372d61af8", false),
            ("note", "9fceb02d0ae598e95dc970b74767f19372d61af8", false),
            ("note", "The_quick_brown_fox_jumps_over_the_lazy_dog", false),
            ("note", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", false),
            ("note", "2024-05-01T12:00:00.000000+00:00", false),
        ] {
            assert_eq!(is_random(field, text), expected, "{field}: {text}");
        }
    }
}
