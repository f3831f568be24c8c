//! Files in requests, and operations that are requested at an address out of an earlier response.

use std::borrow::Cow;

use serde::Serialize;

use super::{Action, Body, JsonPath, List, Operation, Step, Text, Variable};

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
    /// The argument with the names and values that were given out with the address. Each is a part of the form,
    /// before the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Text>,
    /// How a response says that it expects more of the file; `None` where the file is sent whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more: Option<MoreExpected>,
}

/// How a response says that it expects more of a file, of which parts were sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MoreExpected {
    /// The status of such a response.
    pub status: u16,
    /// The header that says which bytes have arrived, as in `bytes=0-1023`. Without the header there are none.
    pub header: Text,
    /// The member of the record that has the number of bytes that have arrived.
    pub member: Text,
}

/// An upload that one call makes of several operations of the connector: one asks for the upload, one sends the
/// bytes, and where the vendor needs it one finishes.
///
/// Values of arguments are templates. They name arguments of the call, `file.size` (the number of bytes;
/// `file.size_text` is the same as a text),
/// `file.content` (the bytes to send, in base64), `file.range` (which bytes these are, as in `bytes 0-9/100`), and
/// places in the record of the first operation, as in `start.targets.0.url`. What a template names and nobody gives is
/// left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Upload {
    /// The arguments with the content, the name and the media type of the file.
    pub file: FileArgument,
    /// The operation that asks for the upload.
    pub start: UploadStep,
    /// The operation that sends the bytes.
    pub send: UploadStep,
    /// How many bytes one request has at most, where a file is sent in parts. Otherwise it is sent whole.
    pub part_bytes: Option<u64>,
    /// Where the record of a sent part says how many bytes have arrived. A record without it is that of the file.
    pub received: Option<JsonPath>,
    /// The operation that finishes the upload.
    pub finish: Option<UploadStep>,
    /// Where the record of the last operation has the record of the call; all of it if `None`.
    pub result: Option<JsonPath>,
}

/// An operation that an upload consists of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UploadStep {
    /// The entity of the operation.
    pub entity: Text,
    /// The action of the operation.
    pub action: Action,
    /// What it is called with.
    pub arguments: List<Variable>,
}

impl UploadStep {
    /// The operation as `entity.action`, for messages.
    pub fn place(&self) -> String {
        format!("{}.{}", self.entity, self.action)
    }
}

impl Upload {
    /// The operations in the order in which they are called.
    pub fn steps(&self) -> impl Iterator<Item = &UploadStep> {
        [&self.start, &self.send].into_iter().chain(&self.finish)
    }

    /// The place in the record of the first operation that a placeholder such as `start.targets.0.url` names;
    /// `None` if it names something else.
    pub fn place_in_start(placeholder: &str) -> Option<JsonPath> {
        let steps = placeholder.strip_prefix("start.")?.split('.').map(|step| {
            step.parse().map_or_else(|_| Step::Key(step.to_owned().into()), Step::Index)
        });
        Some(JsonPath { steps: steps.collect::<Vec<_>>().into() })
    }
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
        if let Some(upload) = &self.upload {
            return Cow::Borrowed(std::slice::from_ref(&upload.file));
        }
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
            fields: None,
            more: None,
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
