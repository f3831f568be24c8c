//! Files in requests, and addresses out of earlier responses.

use std::borrow::Cow;

use super::setters;
use crate::upload::UNKNOWN_TYPE;
use crate::{Action, AddressIssuer, FileArgument, JsonPath, Text, UploadAddress};

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
    UploadAddress { argument: Cow::Borrowed(argument), hosts: Cow::Borrowed(hosts), issuer: None }
}

impl UploadAddress {
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
