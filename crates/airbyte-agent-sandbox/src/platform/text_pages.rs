//! Downloads as pages of text. The text of a text file is its content, that of other files is Markdown
//! about them.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::hash::stable;

/// Most characters of a page.
const LARGEST_PAGE: usize = 20_000;
/// How long a download can be continued, in seconds.
const LIFETIME: u64 = 600;

/// Which page is requested.
#[derive(Debug)]
pub(super) struct TextPage {
    size: usize,
    offset: usize,
    token: Option<String>,
}

impl TextPage {
    /// Takes the request for a page out of the parameters of an operation.
    pub(super) fn take(params: &mut Map<String, Value>) -> Result<Self, String> {
        let mut number = |name: &str| match params.shift_remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
                number.map(Some).ok_or_else(|| format!("{name} must be a number"))
            }
        };
        let size = number("_airbyte_max_chars")?.unwrap_or(LARGEST_PAGE);
        if !(1..=LARGEST_PAGE).contains(&size) {
            return Err(format!("_airbyte_max_chars must be from 1 to {LARGEST_PAGE}"));
        }
        let offset = number("_airbyte_text_offset")?.unwrap_or_default();
        let token = match params.shift_remove("_airbyte_download_token") {
            None | Some(Value::Null) => None,
            Some(Value::String(token)) => Some(token),
            Some(_) => return Err("_airbyte_download_token must be a string".to_owned()),
        };
        Ok(Self { size, offset, token })
    }

    /// The page of a file. `now` is in seconds since 1970.
    pub(super) fn content(
        &self,
        bytes: &Bytes,
        media_type: &str,
        now: u64,
    ) -> Result<Value, String> {
        let is_valid = self.token.as_deref().is_some_and(|token| is_valid_token(token, bytes, now));
        if !is_valid && (self.offset > 0 || self.token.is_some()) {
            return Err("the download token is missing or expired: begin again at 0".to_owned());
        }
        let text = std::str::from_utf8(bytes).map_or_else(
            |_| format!("# Document\n\nA file of type {media_type}, {} bytes.\n", bytes.len()),
            str::to_owned,
        );
        let content: String = text.chars().skip(self.offset).take(self.size).collect();
        let next = self.offset + content.chars().count();
        let more = next < text.chars().count();
        let token = more.then(|| {
            let until = now + LIFETIME;
            self.token
                .clone()
                .unwrap_or_else(|| format!("{until}-{:016x}", signature(bytes, until)))
        });
        Ok(json!({
            "content": content,
            "encoding": "utf-8",
            "bytes_returned": content.len(),
            "next_range_header": null,
            "has_more": more,
            "next_offset": more.then_some(next),
            "download_token": token,
            "content_type": media_type,
        }))
    }
}

fn is_valid_token(token: &str, bytes: &Bytes, now: u64) -> bool {
    let parts =
        token.split_once('-').and_then(|(until, signed)| Some((until.parse().ok()?, signed)));
    parts.is_some_and(|(until, signed)| {
        now < until && signed == format!("{:016x}", signature(bytes, until))
    })
}

fn signature(bytes: &Bytes, until: u64) -> u64 {
    stable(&["download", &String::from_utf8_lossy(bytes), &until.to_string()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(params: &Value, bytes: &Bytes, now: u64) -> Result<Value, String> {
        let mut params = params.as_object().unwrap().clone();
        TextPage::take(&mut params)?.content(bytes, "text/plain", now)
    }

    #[test]
    fn a_text_is_returned_page_by_page() {
        let text = Bytes::from("äbcdefg".repeat(3));
        let mut gathered = String::new();
        let mut next = json!({"_airbyte_max_chars": 8});
        loop {
            let found = page(&next, &text, 100).unwrap();
            gathered.push_str(found["content"].as_str().unwrap());
            if found["has_more"] == false {
                break;
            }
            next = json!({
                "_airbyte_max_chars": 8,
                "_airbyte_text_offset": found["next_offset"],
                "_airbyte_download_token": found["download_token"],
            });
        }
        assert_eq!(gathered.as_bytes(), text);
        let other = page(&json!({}), &Bytes::from_static(b"\xff\xfe"), 0).unwrap();
        assert!(other["content"].as_str().unwrap().starts_with("# Document"));
    }

    #[test]
    fn what_cannot_be_continued_is_refused() {
        let text = Bytes::from("a".repeat(10));
        let first = page(&json!({"_airbyte_max_chars": 4}), &text, 100).unwrap();
        let token = first["download_token"].clone();
        for (params, now) in [
            (json!({"_airbyte_text_offset": 4}), 100),
            (json!({"_airbyte_text_offset": 4, "_airbyte_download_token": token}), 701),
            (json!({"_airbyte_text_offset": 4, "_airbyte_download_token": "x"}), 100),
            (json!({"_airbyte_max_chars": 20_001}), 100),
            (json!({"_airbyte_text_offset": "4"}), 100),
        ] {
            assert!(page(&params, &text, now).is_err(), "{params}");
        }
    }
}
