//! The forms in which a secret may stand in a text: plain, encoded for addresses, for headers, for JSON
//! or for markup. Knows nothing about texts themselves.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but what an address holds unchanged.
const RESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'*');

/// Shorter parts of base64 occur by chance.
const SHORTEST_BASE64: usize = 8;

/// Every form of the secret that is at least `shortest` bytes long, itself first.
pub(super) fn forms(secret: &str, shortest: usize) -> Vec<String> {
    let mut plain = vec![secret.to_owned()];
    // Where an address is decoded, a plus sign becomes a blank.
    plain.push(secret.replace('+', " "));
    plain.extend(base64(secret.as_bytes()));
    plain.push(secret.bytes().map(|byte| format!("{byte:02x}")).collect());
    plain.push(secret.bytes().map(|byte| format!("{byte:02X}")).collect());
    let mut forms: Vec<String> = Vec::new();
    for form in plain {
        for form in written(form) {
            if form.len() >= shortest && !forms.contains(&form) {
                forms.push(form);
            }
        }
    }
    forms
}

/// The text as it stands inside addresses, forms, JSON and markup.
fn written(plain: String) -> Vec<String> {
    let percent = utf8_percent_encode(&plain, RESERVED).to_string();
    let form: String = form_urlencoded::byte_serialize(plain.as_bytes()).collect();
    let json = serde_json::to_string(&plain).unwrap_or_default();
    let json = json.get(1..json.len().saturating_sub(1)).unwrap_or_default().to_owned();
    // A text of JSON inside another one, such as a logged body.
    let nested = json.replace('\\', "\\\\").replace('"', "\\\"");
    let ascii = |upper| escaped(&json, |c| !c.is_ascii(), upper);
    // As libraries escape that keep markup out of JSON.
    let guarded = |upper| escaped(&json, |c| !c.is_ascii() || "<>&'+=/".contains(c), upper);
    let markup = plain
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    vec![
        lower_hex(&percent),
        lower_hex(&form),
        utf8_percent_encode(&percent, RESERVED).to_string(),
        percent,
        form,
        json.replace('/', "\\/"),
        ascii(false).replace('/', "\\/"),
        ascii(false),
        ascii(true),
        guarded(false),
        guarded(true),
        escaped(&json, |c| "<>&".contains(c), false),
        json,
        nested,
        markup.replace('\'', "&#39;"),
        markup.replace('\'', "&#x27;"),
        markup,
        plain,
    ]
}

/// Three views of the bytes in base64, one for each place at which they can begin between others, in both
/// alphabets. What the bytes beside them have a part in is left out.
fn base64(bytes: &[u8]) -> Vec<String> {
    let mut views = Vec::new();
    for before in 0..3 {
        let mut shifted = vec![0; before];
        shifted.extend_from_slice(bytes);
        let first = (before * 8).div_ceil(6);
        let end = shifted.len() * 8 / 6;
        for text in [STANDARD_NO_PAD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)] {
            if let Some(view) = text.get(first..end).filter(|view| view.len() >= SHORTEST_BASE64) {
                views.push(view.to_owned());
            }
        }
    }
    // Where nothing stands before and behind, the end belongs to the secret, too.
    views.extend([STANDARD_NO_PAD.encode(bytes), URL_SAFE_NO_PAD.encode(bytes)]);
    views
}

/// The text with these characters as `\uXXXX`.
fn escaped(text: &str, escape: impl Fn(char) -> bool, upper: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if !escape(c) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            let digits = if upper { format!("{unit:04X}") } else { format!("{unit:04x}") };
            out.push_str("\\u");
            out.push_str(&digits);
        }
    }
    out
}

/// Percent-encoded text with its digits in small letters.
fn lower_hex(text: &str) -> String {
    let mut digits = 0;
    text.chars()
        .map(|c| {
            if c == '%' {
                digits = 2;
                return c;
            }
            let is_digit = digits > 0;
            digits = i32::max(digits - 1, 0);
            if is_digit { c.to_ascii_lowercase() } else { c }
        })
        .collect()
}
