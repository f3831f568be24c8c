//! Multipart bodies, split into their parts.

use bytes::Bytes;

/// One part of a multipart body. The names of its headers are in lower case.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) headers: Vec<(String, String)>,
    pub(super) bytes: Bytes,
}

impl Part {
    /// The value of a header, empty when it is missing.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The media type without parameters, empty when the part has none.
    pub(super) fn media_type(&self) -> &str {
        self.header("content-type").split(';').next().unwrap_or_default().trim()
    }

    /// The field name of `multipart/form-data`.
    pub(super) fn name(&self) -> Option<&str> {
        attribute(self.header("content-disposition"), "name")
    }

    /// The name of the file, if the part is one of `multipart/form-data`.
    pub(super) fn file_name(&self) -> Option<&str> {
        attribute(self.header("content-disposition"), "filename")
    }

    /// Whether the part is a file of `multipart/form-data`.
    pub(super) fn is_file(&self) -> bool {
        self.file_name().is_some()
    }
}

/// The value of an attribute of a header, such as `name` in `form-data; name="x"`.
fn attribute<'t>(header: &'t str, name: &str) -> Option<&'t str> {
    header.split(';').skip(1).find_map(|piece| {
        let (key, value) = piece.trim().split_once('=')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim_matches('"'))
    })
}

/// Splits `body` at the boundary that `content_type` names.
pub(super) fn split(content_type: &str, body: &Bytes) -> Result<Vec<Part>, String> {
    let boundary = attribute(content_type, "boundary")
        .filter(|boundary| !boundary.is_empty())
        .ok_or("the content type names no boundary")?;
    let open = format!("--{boundary}");
    let between = format!("\r\n--{boundary}");
    if !body.starts_with(open.as_bytes()) {
        return Err("the body does not begin with the boundary".to_owned());
    }
    let mut parts = Vec::new();
    let mut at = open.len();
    loop {
        let rest = &body[at..];
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        if !rest.starts_with(b"\r\n") {
            return Err("a boundary is not followed by a line end".to_owned());
        }
        let end = find(&rest[2..], between.as_bytes()).ok_or("the last boundary is missing")? + 2;
        parts.push(part(&body.slice(at + 2..at + end.max(2)))?);
        at += end + between.len();
    }
}

fn part(bytes: &Bytes) -> Result<Part, String> {
    let (head, start) = if bytes.starts_with(b"\r\n") {
        (&bytes[..0], 2)
    } else {
        let end = find(bytes, b"\r\n\r\n").ok_or("a part has no empty line after its headers")?;
        (&bytes[..end], end + 4)
    };
    let head = String::from_utf8_lossy(head);
    let headers = head
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()));
    Ok(Part { headers: headers.collect(), bytes: bytes.slice(start..) })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_keep_their_bytes() {
        let body = b"--b\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{}\r\n--b\r\n\
            Content-Type: image/png\r\n\r\n\x00\r\n\xff\r\n--b--\r\n";
        let parts = split("multipart/related; boundary=\"b\"", &Bytes::from_static(body)).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].media_type(), "application/json");
        assert_eq!(parts[1].bytes.as_ref(), b"\x00\r\n\xff");
        for (kind, body) in [
            ("multipart/related", "--b\r\n\r\nx\r\n--b--"),
            ("multipart/related; boundary=b", "x"),
            ("multipart/related; boundary=b", "--b\r\n\r\nx"),
        ] {
            split(kind, &Bytes::from(body)).unwrap_err();
        }
    }
}
