//! Files in requests, and addresses out of earlier responses.

use std::borrow::Cow;

use super::setters;
use crate::upload::UNKNOWN_TYPE;
use crate::{
    Action, AddressIssuer, FileArgument, JsonPath, MoreExpected, Text, Upload, UploadAddress,
    UploadStep, Variable,
};

/// A file whose content this argument has in base64.
pub const fn file(content: &'static str) -> FileArgument {
    FileArgument {
        content: Cow::Borrowed(content),
        is_base64: true,
        name: None,
        media_type: None,
        default_media_type: Cow::Borrowed(UNKNOWN_TYPE),
    }
}

impl FileArgument {
    setters! {
        /// The argument is the content itself, which is a text.
        plain() is_base64 = false;
        /// The argument with the name of the file.
        name(argument: &'static str) name = Some(Cow::Borrowed(argument));
        /// The argument with the media type of the file.
        media_type(argument: &'static str) media_type = Some(Cow::Borrowed(argument));
        /// The media type of a file for which the caller gives none.
        default_media_type(text: &'static str) default_media_type = Cow::Borrowed(text);
    }
}

/// An address that this argument takes, which leads to one of these hosts.
pub const fn upload_address(argument: &'static str, hosts: &'static [Text]) -> UploadAddress {
    UploadAddress {
        argument: Cow::Borrowed(argument),
        hosts: Cow::Borrowed(hosts),
        issuer: None,
        fields: None,
        more: None,
    }
}

impl UploadAddress {
    setters! {
        /// The argument with the fields that were given out with the address.
        fields(argument: &'static str) fields = Some(Cow::Borrowed(argument));
    }

    /// The status of a response that expects more, the header that says what has arrived, and the member of the
    /// record that has it.
    #[must_use]
    pub const fn more(mut self, status: u16, header: &'static str, member: &'static str) -> Self {
        let (header, member) = (Cow::Borrowed(header), Cow::Borrowed(member));
        std::mem::forget(self.more.replace(MoreExpected { status, header, member }));
        self
    }

    /// The operation whose response has the address, and where its record has it.
    #[must_use]
    pub const fn issued_by(
        mut self,
        entity: &'static str,
        action: Action,
        place: JsonPath,
    ) -> Self {
        let issuer = AddressIssuer { entity: Cow::Borrowed(entity), action, place };
        std::mem::forget(self.issuer.replace(issuer));
        self
    }
}

/// An operation of an upload, with what it is called with.
pub const fn upload_step(
    entity: &'static str,
    action: Action,
    arguments: &'static [Variable],
) -> UploadStep {
    UploadStep { entity: Cow::Borrowed(entity), action, arguments: Cow::Borrowed(arguments) }
}

impl Upload {
    /// An upload of this file, which the first operation asks for and the second one sends.
    pub const fn new(file: FileArgument, start: UploadStep, send: UploadStep) -> Self {
        Self { file, start, send, part_bytes: None, received: None, finish: None, result: None }
    }

    setters! {
        /// How many bytes one request has at most.
        part_bytes(bytes: u64) part_bytes = Some(bytes);
        /// Where the record of a sent part says how many bytes have arrived.
        received(place: JsonPath) received = Some(place);
        /// The operation that finishes the upload.
        finish(step: UploadStep) finish = Some(step);
        /// Where the record of the last operation has the record of the call.
        result(place: JsonPath) result = Some(place);
    }
}
