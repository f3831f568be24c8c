//! Files that are sent in parts, each with the range of its bytes. A response says how much has arrived until it is
//! everything; then it is the record of the file.

use airbyte_agent_description::MoreExpected;
use serde_json::{Map, Value};

use super::Execution;
use crate::decode::Upload;
use crate::response::Response;
use crate::vendor::failure::Failure;

/// What the header `Content-Range` of a part says.
struct Range {
    /// The first byte of the part; `None` for the question how much has arrived.
    first: Option<usize>,
    /// How many bytes the part has.
    length: usize,
    /// How many bytes the file has.
    total: usize,
}

impl Range {
    /// Reads `bytes 0-9/100` or `bytes */100`.
    fn parse(text: &str) -> Option<Self> {
        let (part, total) = text.strip_prefix("bytes ")?.split_once('/')?;
        let total = total.parse().ok()?;
        if part == "*" {
            return Some(Self { first: None, length: 0, total });
        }
        let (first, last) = part.split_once('-')?;
        let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
        let length = last.checked_sub(first)? + 1;
        (last < total).then_some(Self { first: Some(first), length, total })
    }
}

impl Execution<'_> {
    /// Takes a part of a file.
    pub(super) fn take_part(&self, more: &MoreExpected) -> Result<Response, Failure> {
        let bytes = self.arguments.upload.as_ref().map(|upload| upload.bytes.clone());
        let bytes = bytes.unwrap_or_default();
        let range = match self.request.header("content-range") {
            // Without a range the file comes whole.
            None => Some(Range { first: Some(0), length: bytes.len(), total: bytes.len() }),
            Some(text) => Range::parse(text),
        };
        let Some(range) = range.filter(|range| range.length == bytes.len()) else {
            let problem = "the header `Content-Range` does not fit the body".to_owned();
            return Err(Failure::InvalidArguments(vec![problem]));
        };
        let address = format!("{}?{}", self.request.path, self.request.query);
        // A question adds nothing.
        let first = range.first.unwrap_or_default();
        let arrived = self.records.add_part(&address, first, &bytes);
        if arrived < range.total {
            let response = Response::empty(more.status);
            return Ok(match arrived.checked_sub(1) {
                Some(last) => response.header(&more.header, format!("bytes=0-{last}")),
                None => response,
            });
        }
        let index = self.records.whole_file(&address, |bytes| {
            let index = self.records.create(self.entity(), self.announced());
            let media_type = "application/octet-stream".to_owned();
            self.records.put_file(self.entity(), index, Upload { media_type, bytes: bytes.into() });
            index
        });
        let shape = self.records.shape(self.operation, self.arguments.graphql.as_deref());
        let mut record = self.records.record(&shape, self.entity(), index);
        if let Some(record) = record.as_object_mut() {
            record.remove(more.member.as_ref());
        }
        let body = self.body_around(vec![record], false);
        Ok(self.response(200, body, Some(index)))
    }

    /// What was said of the file when its address was given out, such as its name.
    fn announced(&self) -> Map<String, Value> {
        let issuer = self.operation.address.as_ref().and_then(|address| address.issuer.as_ref());
        let index = self.request.path.rsplit('/').next().and_then(|index| index.parse().ok());
        let written = issuer.zip(index);
        let written =
            written.and_then(|(issuer, index)| self.records.written(&issuer.entity, index));
        written.unwrap_or_default()
    }
}
