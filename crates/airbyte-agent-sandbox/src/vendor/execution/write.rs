//! Creation, change and deletion of records.

use airbyte_agent_description::{Action, Body, Location, Step};
use serde_json::{Map, Value};

use super::Execution;
use crate::data::singular;
use crate::response::Response;
use crate::vendor::failure::Failure;
use crate::vendor::identity::{Naming, naming};
use crate::vendor::json_path::set_at;
use crate::vendor::overlay::overlay_field;
use crate::vendor::records::merge_objects;
use crate::vendor::uploads;

/// Length from which a text is taken for the content of a file and not for a field, in bytes.
const LONGEST_FIELD: usize = 10_000;

impl Execution<'_> {
    pub(super) fn create(&self) -> Response {
        let shape = self.records.shape(self.operation, self.arguments.graphql.as_deref());
        // What only reads, such as a preview, makes no record.
        let is_made = !self.operation.hints.read_only;
        let index = if is_made { self.records.create(self.entity(), self.fields()) } else { 0 };
        self.store_upload(index);
        if self.operation.address.is_some() && self.operation.response.schema.is_none() {
            // Stores of files respond with a text.
            let size = self.arguments.upload.as_ref().map_or(0, |upload| upload.bytes.len());
            return Response::bytes(200, "text/plain", format!("OK - {size}"));
        }
        let mut record = self.records.record(&shape, self.entity(), index);
        self.start_job(&mut record, index);
        self.issue_addresses(&mut record, index);
        if !self.operation.response.headers.is_empty() {
            return self.in_headers(&record);
        }
        let body = self.body_around(vec![record], false);
        let status = match self.operation.body {
            Body::Json { .. } | Body::Related { .. } => 201,
            _ => 200,
        };
        self.response(status, body, Some(index))
    }

    pub(super) fn update(&self) -> Result<Response, Failure> {
        let index = self.locate(&self.known_shape())?;
        self.records.update(self.entity(), index, self.fields());
        self.store_upload(index);
        if self.has_no_body() {
            return Ok(Response::empty(204));
        }
        let shape = self.records.shape(self.operation, self.arguments.graphql.as_deref());
        let record = self.records.record(&shape, self.entity(), index);
        let body = self.body_around(vec![record], false);
        Ok(self.response(200, body, Some(index)))
    }

    pub(super) fn delete(&self) -> Result<Response, Failure> {
        let index = self.locate(&self.known_shape())?;
        if self.has_no_body() {
            self.records.delete(self.entity(), index);
            return Ok(Response::empty(204));
        }
        let shape = self.records.shape(self.operation, self.arguments.graphql.as_deref());
        let mut record = self.named_record(&shape, index);
        self.records.delete(self.entity(), index);
        if let Some(map) = record.as_object_mut() {
            for name in ["deleted", "success", "ok"] {
                overlay_field(map, name, &Value::Bool(true), true, &shape.record);
            }
        }
        let body = self.body_around(vec![record], false);
        Ok(self.response(200, body, Some(index)))
    }

    /// Writes into a record the addresses at which other operations are requested.
    pub(super) fn issue_addresses(&self, record: &mut Value, index: u64) {
        for operation in self.description.operations() {
            let Some(address) = &operation.address else { continue };
            let Some(issuer) = &address.issuer else { continue };
            if issuer.entity == self.entity() && issuer.action == self.operation.action {
                let text = uploads::address(operation, address, index);
                set_at(record, &issuer.place.steps, text.into());
            }
        }
    }

    /// A response whose headers are the members of the record that the description takes from there.
    fn in_headers(&self, record: &Value) -> Response {
        let headers = self.operation.response.headers.iter();
        headers.fold(Response::empty(200), |response, (member, header)| {
            match record.get(member.as_ref()).and_then(Value::as_str) {
                Some(text) => response.header(header, text),
                None => response,
            }
        })
    }

    fn store_upload(&self, index: u64) {
        if let Some(upload) = &self.arguments.upload {
            self.records.put_file(self.entity(), index, upload.clone());
        }
    }

    /// The fields that the request writes into the record. An object that wraps them, such as
    /// `input`, is opened.
    fn fields(&self) -> Map<String, Value> {
        let identifier = match naming(self.description, self.operation) {
            Naming::Own(name) if self.operation.action != Action::Create => name,
            _ => String::new(),
        };
        let mut fields = Map::new();
        let last = self.operation.response.records.as_ref().and_then(|path| path.steps.last());
        let entity = singular(self.entity());
        for (name, value) in &self.arguments.values {
            let location = self.operation.parameter(name).map(|parameter| parameter.location);
            if *name == identifier || matches!(location, Some(Location::Header)) {
                continue;
            }
            let wraps = matches!(last, Some(Step::Key(key)) if key == name)
                || *name == entity
                || name == "input"
                || name == "data";
            match value {
                Value::Object(inner) if wraps => merge_objects(&mut fields, inner.clone()),
                Value::String(text) if text.len() > LONGEST_FIELD => {}
                value => {
                    fields.insert(name.clone(), value.clone());
                }
            }
        }
        fields
    }

    /// Whether the description expects no body in the response.
    fn has_no_body(&self) -> bool {
        let response = &self.operation.response;
        response.schema.is_none()
            && response.records.is_none()
            && response.meta.is_empty()
            && self.description.errors.is_empty()
            && self.arguments.graphql.is_none()
    }
}
