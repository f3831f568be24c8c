//! Single records and files.

use serde_json::Value;

use super::Execution;
use crate::response::Response;
use crate::vendor::failure::Failure;
use crate::vendor::identity::{Naming, is_given_name, is_named, naming, rename_record};
use crate::vendor::records::Shape;
use crate::vendor::{files, filter};

impl Execution<'_> {
    pub(super) fn get(&self) -> Result<Response, Failure> {
        let shape = self.records.shape(self.operation, self.arguments.graphql.as_deref());
        let index = self.locate(&shape)?;
        let mut record = self.named_record(&shape, index);
        self.show_job(&mut record, index);
        self.issue_addresses(&mut record, index);
        let body = self.body_around(vec![record], false);
        Ok(self.response(200, body, Some(index)))
    }

    pub(super) fn download(&self) -> Result<Response, Failure> {
        let index = self.locate(&self.known_shape())?;
        let has_two_steps =
            self.operation.download.as_ref().is_some_and(|download| download.file_url.is_some());
        if has_two_steps {
            let body = if self.operation.response.schema.is_some() {
                let shape = self.records.shape(self.operation, self.arguments.graphql.as_deref());
                self.body_around(vec![self.named_record(&shape, index)], false)
            } else {
                Value::Null
            };
            return Ok(self.response(200, body, Some(index)));
        }
        let entity = self.entity();
        let file = self.records.file(entity, index);
        Ok(files::serve(self.request, &file, &format!("{entity}-{index}")))
    }

    /// The record as the response shows it: with what it belongs to, and with the name that people
    /// give by which it was requested.
    pub(super) fn named_record(&self, shape: &Shape, index: u64) -> Value {
        let mut record = self.records.record(shape, self.entity(), index);
        filter::write_parents(self.operation, self.arguments, &mut record, &shape.record);
        if let Naming::Own(name) = naming(self.description, self.operation)
            && is_given_name(&name)
            && let Some(wanted) = self.arguments.text(&name)
            && !is_named(&record, &name, &wanted)
        {
            rename_record(&mut record, &name, &wanted);
        }
        record
    }

    /// The shape by which records are recognised: that of the entity's lists where there is one.
    pub(super) fn known_shape(&self) -> std::sync::Arc<Shape> {
        let graphql = self.arguments.graphql.as_deref();
        let listed = || self.records.listed_shape(self.entity());
        let listed = if graphql.is_none() { listed() } else { None };
        listed.unwrap_or_else(|| self.records.shape(self.operation, graphql))
    }
}
