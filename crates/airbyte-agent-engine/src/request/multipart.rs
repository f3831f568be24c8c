//! Bodies of several parts. The content of a file is decoded when it is written to the body,
//! because it may be large.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::{Error, Result};

/// One part of a body.
pub(super) struct Part<'a> {
    /// The headers of the part.
    pub(super) head: String,
    pub(super) content: Content<'a>,
}

/// The content of a part.
pub(super) enum Content<'a> {
    /// A text that is sent unchanged.
    Text(&'a str),
    /// Base64, which is sent decoded. The second text is the name of the argument that contains it.
    Base64(&'a str, &'a str),
}

impl Content<'_> {
    /// The largest number of bytes that is sent for the content.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Base64(text, _) => base64::decoded_len_estimate(text.len()),
        }
    }

    /// Adds the content to `bytes`.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) -> Result<()> {
        match self {
            Self::Text(text) => bytes.extend_from_slice(text.as_bytes()),
            Self::Base64(text, argument) => {
                STANDARD.decode_vec(text.trim(), bytes).map_err(|_| {
                    Error::validation(format!("'{argument}' must be the file's content as base64"))
                })?;
            }
        }
        Ok(())
    }
}

/// Joins parts by a boundary that occurs in none of them. Returns the body and its media type.
pub(super) fn join(subtype: &str, parts: &[Part<'_>]) -> Result<(Vec<u8>, String)> {
    let mut number = 0_u32;
    loop {
        let boundary = format!("airbyte_boundary_{number:032x}");
        let bytes = joined(&boundary, parts)?;
        let found = bytes.windows(boundary.len()).filter(|found| *found == boundary.as_bytes());
        if found.count() == parts.len() + 1 {
            let content_type = format!("multipart/{subtype}; boundary={boundary}");
            return Ok((bytes, content_type));
        }
        number += 1;
    }
}

fn joined(boundary: &str, parts: &[Part<'_>]) -> Result<Vec<u8>> {
    let frame = boundary.len() + 10;
    let sizes = parts.iter().map(|part| part.head.len() + part.content.size() + frame);
    let mut bytes = Vec::with_capacity(sizes.sum::<usize>() + frame);
    for Part { head, content } in parts {
        bytes.extend_from_slice(format!("--{boundary}\r\n{head}\r\n\r\n").as_bytes());
        content.write(&mut bytes)?;
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(content: Content<'_>) -> Part<'_> {
        Part { head: "X: y".to_owned(), content }
    }

    #[test]
    fn a_boundary_occurs_in_no_part() {
        let hostile = format!("--airbyte_boundary_{:032x}", 0);
        let encoded = STANDARD.encode(&hostile);
        for content in [Content::Text(&hostile), Content::Base64(&encoded, "file")] {
            let (_, content_type) = join("related", &[part(content)]).unwrap();
            assert!(content_type.ends_with(&format!("{:032x}", 1)));
        }
    }

    #[test]
    fn a_file_needs_no_more_memory_than_its_size() {
        let text = STANDARD.encode(vec![7_u8; 100_000]);
        let parts = [part(Content::Base64(&text, "file"))];
        let bytes = joined("b", &parts).unwrap();
        assert!(bytes.capacity() < 100_200, "{}", bytes.capacity());
        assert!(bytes.len() > 100_000);
    }
}
