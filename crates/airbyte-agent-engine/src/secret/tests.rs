use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use form_urlencoded::byte_serialize;
use serde_json::json;

use super::*;

#[test]
fn secrets_are_removed_in_every_spelling() {
    let redactor = Redactor::default();
    redactor.add("s3cr3t/+\"x");
    redactor.add("abc");
    for text in [
        "key s3cr3t/+\"x!",
        "?k=s3cr3t%2F%2B%22x",
        "?k=s3cr3t%2f%2b%22x",
        "?k=s3cr3t%252F%252B%2522x",
        r#"{"k":"s3cr3t/+\"x"}"#,
        r#"{"k":"s3cr3t\/+\"x"}"#,
        r#"{"k":"\u00733cr3t\/\u002B\u0022x"}"#,
        "?k=%7B%22k%22%3A%22s3cr3t%2F%2B%5C%22x%22%7D",
        "s3cr3t&#x2f;&#43;&quot;x",
        r#"{"k":"s3cr3t/\u002b\"x"}"#,
        r#"{"log":"{\"k\":\"s3cr3t/+\\\"x\"}"}"#,
        "s3cr3t/ \"x",
        "s3cr3t/+&quot;x",
        "7333637233742f2b2278",
    ] {
        let clean = redactor.clean(text);
        let left = ["s3cr3t", "7333", "2Bx", "x\""].iter().any(|part| clean.contains(part));
        assert!(clean.contains(MASK) && !left, "{text}: {clean}");
    }
    assert_eq!(redactor.clean("abc"), "abc");
    assert_eq!(redactor.clean("s"), "s");
}

#[test]
fn a_word_of_messages_is_removed_from_nothing() {
    for (secret, text) in [
        ("invalid", "the token is invalid"),
        ("Token", "the token is invalid"),
        ("credentials", "GitHub refused the credentials (HTTP 401)"),
        ("password", "missing password"),
    ] {
        let redactor = Redactor::default();
        redactor.add(secret);
        redactor.add_name(secret);
        assert_eq!(redactor.clean(text), text, "{secret}");
        let mut value = json!({"message": text});
        redactor.clean_value(&mut value);
        assert_eq!(value["message"], text, "{secret}");
    }
    // A text that only contains such a word is a secret like any other.
    let redactor = Redactor::default();
    redactor.add("invalid-7f3");
    assert_eq!(redactor.clean("no invalid-7f3"), "no [redacted]");
}

#[test]
fn secrets_are_removed_out_of_base64_wherever_they_begin() {
    let secret = "sk_live_51HxZ-_/+9";
    let redactor = Redactor::default();
    redactor.add(secret);
    for before in ["", "i", "id", "id:", "client-id:", "user@example.com:"] {
        for after in ["", "\n", ":x", "-and-more"] {
            let bytes = format!("{before}{secret}{after}");
            for encoded in [STANDARD.encode(&bytes), URL_SAFE.encode(&bytes)] {
                let percent: String = byte_serialize(encoded.as_bytes()).collect();
                for text in [encoded.clone(), format!("Basic {encoded}"), percent] {
                    let clean = redactor.clean(&text);
                    assert!(clean.contains(MASK), "{before:?} {after:?}: {clean}");
                    // The rest contains nothing of the secret except bits at its ends.
                    let rest: String = clean.replace(MASK, "").replace("Basic ", "");
                    let bound = (before.len() + after.len()) * 2 + 10;
                    assert!(rest.len() <= bound, "{before:?} {after:?}: {clean}");
                }
            }
        }
    }
}

#[test]
fn the_longest_secret_goes_as_a_whole() {
    let redactor = Redactor::default();
    redactor.add("token-1234");
    redactor.add("token-1234-and-more");
    assert_eq!(redactor.clean("a token-1234-and-more b"), "a [redacted] b");
}

#[test]
fn values_lose_secrets_and_keep_names() {
    let redactor = Redactor::default();
    redactor.add("canary-123");
    redactor.add("short");
    redactor.add("1234567890");
    redactor.add_name("alice@example.com");
    let mut value = json!({
        "a": ["Bearer canary-123", {"b": "short"}],
        "n": 1,
        "number": 1_234_567_890,
        "canary-123": "alice@example.com",
    });
    redactor.clean_value(&mut value);
    assert_eq!(
        value,
        json!({
            "a": ["Bearer [redacted]", {"b": "short"}],
            "n": 1,
            "number": "[redacted]",
            "[redacted]": "alice@example.com",
        })
    );
    assert_eq!(redactor.clean("alice@example.com, short"), "[redacted], [redacted]");
}

/// Texts are cut, encoded and put together at random around a secret. No part of it may be left,
/// and nothing else may change.
#[test]
fn no_secret_is_left_in_texts_made_at_random() {
    let mut random = fastrand::Rng::with_seed(7);
    let mut executions = 0_u64;
    let until = std::time::Instant::now() + crate::fuzz_time();
    while executions < 500 || std::time::Instant::now() < until {
        executions += 1;
        let length = random.usize(12..40);
        let alphabet: Vec<char> = "abcXYZ019-_./+=\"\\&<>' %é✓".chars().collect();
        let mut text = |length: usize| -> String {
            (0..length).map(|_| alphabet[random.usize(..alphabet.len())]).collect()
        };
        let secret = text(length);
        let (before, after) = (text(7), text(5));
        let redactor = Redactor::default();
        redactor.add(&secret);
        let json = serde_json::to_string(&format!("{before}{secret}{after}")).unwrap();
        let percent: String = byte_serialize(secret.as_bytes()).collect();
        for (text, form) in [
            (format!("{before}{secret}{after}"), secret.clone()),
            (json, serde_json::to_string(&secret).unwrap().trim_matches('"').to_owned()),
            (format!("?a={percent}&b=1"), percent),
        ] {
            let clean = redactor.clean(&text);
            assert!(!clean.contains(&form), "{secret:?} {text:?}: {clean:?}");
        }
        let encoded = STANDARD.encode(format!("{before}{secret}{after}"));
        assert_ne!(redactor.clean(&encoded), encoded, "{secret:?}");
        let innocent = "nothing of it stands in this sentence, which stays as it is";
        assert_eq!(redactor.clean(innocent), innocent, "{secret:?}");
    }
    println!("redactor: {executions} executions");
}
