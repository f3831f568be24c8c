//! Files in requests, and operations that are requested at an address out of an earlier response.

use std::borrow::Cow;

use serde::Serialize;

use super::{Action, Body, JsonPath, List, Operation, Text};

/// An argument that is a file in the body of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileArgument {
    /// The argument with the content of the file.
    pub content: Text,
    /// Whether the argument has the content in base64. Otherwise the content is the text itself.
    pub is_base64: bool,
    /// The argument with the name of the file, if one has it.
    pub name: Option<Text>,
    /// The argument with the media type of the file, if one has it.
    pub media_type: Option<Text>,
    /// The media type of a file for which the caller gives none.
    pub default_media_type: Text,
}

/// The media type of files about which nothing is known.
pub(crate) const UNKNOWN_TYPE: &str = "application/octet-stream";

/// The argument with the media type of the file in a `multipart/related` body.
const RELATED_TYPE: &str = "file_mime_type";

/// An operation that is requested at an address which the vendor gave out before. No credential is sent there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UploadAddress {
    /// The argument that takes the address.
    pub argument: Text,
    /// The only hosts to which the address may lead; `*.acme.test` means every host below `acme.test`.
    pub hosts: List<Text>,
    /// The operation whose response has the address, if one has it.
    pub issuer: Option<AddressIssuer>,
}

/// An operation that gives out addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AddressIssuer {
    /// The entity of the operation.
    pub entity: Text,
    /// The action of the operation.
    pub action: Action,
    /// Where its record has the address.
    pub place: JsonPath,
}

impl UploadAddress {
    /// Whether an address may lead to this host, which is in lower case.
    pub fn allows(&self, host: &str) -> bool {
        self.hosts.iter().any(|allowed| match allowed.strip_prefix('*') {
            Some(domain) => domain.len() > 1 && host.len() > domain.len() && host.ends_with(domain),
            None => *allowed == host,
        })
    }
}

impl Operation {
    /// The arguments that are files in the body.
    pub fn files(&self) -> Cow<'_, [FileArgument]> {
        match &self.body {
            Body::Multipart { files } => Cow::Borrowed(files.as_ref()),
            Body::Raw(file) => Cow::Borrowed(std::slice::from_ref(file)),
            Body::Related { file } => {
                let media_type = self.parameter(RELATED_TYPE).map(|found| found.name.clone());
                Cow::Owned(vec![FileArgument {
                    content: file.clone(),
                    is_base64: true,
                    name: None,
                    media_type,
                    default_media_type: Cow::Borrowed(UNKNOWN_TYPE),
                }])
            }
            Body::None | Body::Json { .. } | Body::Value { .. } | Body::Form | Body::GraphQl(_) => {
                Cow::Borrowed(&[])
            }
        }
    }

    /// Whether this argument is the content of a file in base64.
    pub fn is_base64(&self, argument: &str) -> bool {
        self.files().iter().any(|file| file.is_base64 && file.content == argument)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_those_that_are_named() {
        let address = UploadAddress {
            argument: "url".into(),
            hosts: vec!["files.acme.test".into(), "*.store.test".into()].into(),
            issuer: None,
        };
        for (host, expected) in [
            ("files.acme.test", true),
            ("acme.test", false),
            ("evil-files.acme.test", false),
            ("files.acme.test.evil.test", false),
            ("a.store.test", true),
            ("a.b.store.test", true),
            ("store.test", false),
            ("evilstore.test", false),
            (".store.test", false),
        ] {
            assert_eq!(address.allows(host), expected, "{host}");
        }
    }
}
