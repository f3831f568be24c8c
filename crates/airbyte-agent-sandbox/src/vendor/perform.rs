//! What an operation does to the records and what it answers.

use std::collections::HashMap;

use airbyte_agent_description::{Action, Body, Connector, JsonPath, Location, Operation, Step};
use serde_json::{Map, Value, json};

use super::identity::{Naming, call, is_given, is_named, naming};
use super::page::{Place, mark, style, window};
use super::shapes::{Shape, Shapes};
use super::store::Store;
use super::{answer, files, filter};
use crate::data::{self, Maker, World};
use crate::incoming::Incoming;
use crate::reply::Reply;
use crate::wire::{Arguments, whole_query};

/// A request that is understood and allowed.
pub(crate) struct Call<'c> {
    pub(crate) connector: &'c Connector,
    pub(crate) world: &'c World,
    pub(crate) store: &'c Store,
    pub(crate) shapes: &'c Shapes,
    pub(crate) operation: &'c Operation,
    pub(crate) arguments: &'c Arguments,
    pub(crate) siblings: &'c [&'c Operation],
    pub(crate) request: &'c Incoming,
    /// Host for addresses in the answer.
    pub(crate) host: &'c str,
    /// Path on that host.
    pub(crate) path: &'c str,
}

/// The record that an argument names does not exist.
pub(super) struct Missing(pub(super) String);

impl Call<'_> {
    /// Carries it out.
    pub(crate) fn perform(&self) -> Reply {
        let done = match self.operation.action {
            Action::List | Action::Search => Ok(self.list()),
            Action::Get => self.get(),
            Action::Create => Ok(self.create()),
            Action::Update => self.update(),
            Action::Delete => self.delete(),
            Action::Download => self.download(),
        };
        done.unwrap_or_else(|Missing(name)| {
            let what = data::singular(&self.operation.entity);
            let message = format!("There is no {what} `{name}`");
            if matches!(self.operation.body, Body::GraphQl(_)) {
                return answer::graphql_failure("NOT_FOUND", &[message]);
            }
            answer::failure(self.connector, 404, &message)
        })
    }

    pub(super) fn entity(&self) -> &str {
        &self.operation.entity
    }

    /// The record of this number in this shape, with everything that was written.
    pub(super) fn record(&self, shape: &Shape, index: u64) -> Value {
        let make = || Maker::new(self.world, self.entity(), index).record(&shape.record);
        let mut record = Value::clone(&self.shapes.record(shape, index, make));
        if let Some(guard) = self.world.guard(self.entity()) {
            let guarded =
                self.operation.response.filter.is_some() || guard.first(&record).is_some();
            if guarded {
                answer::set(&mut record, &guard.steps, (index % 17 == 3).into());
            }
        }
        if let Some(patch) = self.store.patch(self.entity(), index) {
            self.lay(&mut record, &patch, &shape.record);
        }
        record
    }

    fn lay(&self, record: &mut Value, fields: &Map<String, Value>, shape: &Value) {
        let Some(map) = record.as_object_mut() else { return };
        let closed = shape["additionalProperties"] == false;
        let one = data::plain(&data::singular(self.entity()));
        let inner = map.keys().find(|key| data::plain(key) == one).cloned();
        if let Some(Value::Object(inner)) = inner.and_then(|key| map.get_mut(&key)) {
            for (name, value) in fields {
                filter::lay(inner, name, value, closed);
            }
            return;
        }
        for (name, value) in fields {
            filter::lay(map, name, value, closed);
        }
    }

    fn list(&self) -> Reply {
        let shape = self.shape();
        let mut indexes = self.store.indexes(&self.connector.name, self.entity());
        let asked = filter::own_ids(self.operation, self.arguments);
        let asked = asked.map(|(name, ids)| (self.numbers(&shape, &indexes, &name, &ids), name));
        let render = |index: u64| {
            let mut record = self.record(&shape, index);
            filter::impose(self.operation, self.arguments, &mut record);
            if let Some((numbers, name)) = &asked
                && let Some((_, id)) = numbers.iter().find(|(number, _)| *number == index)
                && !is_named(&record, name, id)
            {
                call(&mut record, name, id);
            }
            record
        };
        if let Some((numbers, _)) = &asked {
            indexes = numbers.iter().map(|(number, _)| *number).collect();
        } else if filter::filters(self.operation, self.arguments) {
            indexes.retain(|index| filter::keeps(self.operation, self.arguments, &render(*index)));
        }
        let find = |steps: &[Step], wanted: &str| {
            let path = JsonPath { steps: steps.to_vec().into() };
            let is = |index: u64| {
                path.first(&render(index)).and_then(crate::wire::text_of).as_deref() == Some(wanted)
            };
            let likely = self.by_identifier(&indexes, wanted).filter(|at| is(indexes[*at]));
            likely.or_else(|| indexes.iter().position(|index| is(*index)))
        };
        let total = indexes.len();
        let window = match window(self.operation, self.arguments, total, find) {
            Ok(window) => window,
            Err(why) if self.arguments.graphql.is_some() => {
                return answer::graphql_failure("BAD_USER_INPUT", &[why]);
            }
            Err(why) => return answer::failure(self.connector, 400, &why),
        };
        let records: Vec<Value> =
            indexes.iter().skip(window.start).take(window.size).map(|i| render(*i)).collect();
        let mut body = match &shape.around {
            None => self.around(records, true),
            Some((around, name)) => {
                let scope = format!("{}.answer", self.entity());
                let mut whole = Maker::new(self.world, &scope, 0).record(around);
                answer::set(&mut whole, &[Step::Key(name.clone().into())], records.into());
                self.around(vec![whole], false)
            }
        };
        let mut headers = Vec::new();
        let place = Place {
            connector: self.connector,
            host: self.host,
            path: self.path,
            query: whole_query(self.operation, self.request),
        };
        let style = style(self.operation, self.arguments);
        mark(self.operation, style, &place, window, total, &mut body, &mut headers);
        let mut reply = self.finish(200, body, None);
        reply.headers.extend(headers);
        reply
    }

    /// The body around records.
    fn around(&self, records: Vec<Value>, is_array: bool) -> Value {
        let path = self.operation.response.records.as_ref();
        let Some(request) = &self.arguments.graphql else {
            return answer::place(path, records, is_array);
        };
        let name = request.operation_name.as_deref();
        let selection = request.document.operation(name).map_or(&[][..], |o| &o.selection);
        let whole = data::of_selection(&request.document, selection, &HashMap::new());
        let scope = format!("{}.answer", self.entity());
        let mut body = json!({"data": Maker::new(self.world, &scope, 0).record(&whole)});
        let Some(path) = path else { return body };
        let plain = path.steps.iter().position(|step| *step == Step::Each);
        let (before, after) = path.steps.split_at(plain.unwrap_or(path.steps.len()));
        let rest = JsonPath { steps: after.to_vec().into() };
        answer::set(&mut body, before, answer::place(Some(&rest), records, is_array));
        body
    }

    /// The reply with this body; `index` is the record's number where there is one record.
    fn finish(&self, status: u16, mut body: Value, index: Option<u64>) -> Reply {
        answer::mark_success(self.connector, self.operation, &mut body);
        let is_download = self.operation.action == Action::Download;
        for other in self.siblings.iter().copied().chain([self.operation]) {
            let address = self.file_address(&other.entity, index.unwrap_or(0));
            files::point(other, self.arguments, &address, &mut body, !is_download);
        }
        Reply::json(status, &body)
    }

    fn file_address(&self, entity: &str, index: u64) -> String {
        format!("https://{}{}{entity}-{index}", self.host, files::FILES)
    }

    /// The record with the name by which it was asked for.
    fn named(&self, shape: &Shape, index: u64) -> Value {
        let mut record = self.record(shape, index);
        filter::impose(self.operation, self.arguments, &mut record);
        if let Naming::Own(name) = naming(self.connector, self.operation)
            && is_given(&name)
            && let Some(wanted) = self.arguments.text(&name)
            && !is_named(&record, &name, &wanted)
        {
            call(&mut record, &name, &wanted);
        }
        record
    }

    fn get(&self) -> Result<Reply, Missing> {
        let shape = self.shape();
        let index = self.find(&shape)?;
        let body = self.around(vec![self.named(&shape, index)], false);
        Ok(self.finish(200, body, Some(index)))
    }

    /// What the request writes into the record.
    fn fields(&self) -> Map<String, Value> {
        let skip = match naming(self.connector, self.operation) {
            Naming::Own(name) if self.operation.action != Action::Create => name,
            _ => String::new(),
        };
        let mut fields = Map::new();
        let last = self.operation.response.records.as_ref().and_then(|path| path.steps.last());
        let one = data::singular(self.entity());
        for (name, value) in &self.arguments.values {
            let place = self.operation.parameter(name).map(|parameter| parameter.location);
            if *name == skip || matches!(place, Some(Location::Header)) {
                continue;
            }
            let wraps = matches!(last, Some(Step::Key(key)) if key == name)
                || *name == one
                || name == "input"
                || name == "data";
            match value {
                Value::Object(inner) if wraps => super::store::merge(&mut fields, inner.clone()),
                Value::String(text) if text.len() > 10_000 => {}
                value => {
                    fields.insert(name.clone(), value.clone());
                }
            }
        }
        fields
    }

    fn create(&self) -> Reply {
        let shape = self.shape();
        let index = self.store.create(&self.connector.name, self.entity(), self.fields());
        if let Some(upload) = &self.arguments.upload {
            self.store.put_file(self.entity(), index, upload.clone());
        }
        let body = self.around(vec![self.record(&shape, index)], false);
        let status = if matches!(self.operation.body, Body::Json { .. } | Body::Related { .. }) {
            201
        } else {
            200
        };
        self.finish(status, body, Some(index))
    }

    fn update(&self) -> Result<Reply, Missing> {
        let index = self.find(&self.known_shape())?;
        self.store.update(self.entity(), index, self.fields());
        if let Some(upload) = &self.arguments.upload {
            self.store.put_file(self.entity(), index, upload.clone());
        }
        if self.says_nothing() {
            return Ok(Reply::empty(204));
        }
        let body = self.around(vec![self.record(&self.shape(), index)], false);
        Ok(self.finish(200, body, Some(index)))
    }

    fn delete(&self) -> Result<Reply, Missing> {
        let index = self.find(&self.known_shape())?;
        let mut record =
            if self.says_nothing() { Value::Null } else { self.named(&self.shape(), index) };
        self.store.delete(self.entity(), index);
        if self.says_nothing() {
            return Ok(Reply::empty(204));
        }
        if let Some(map) = record.as_object_mut() {
            for name in ["deleted", "success", "ok"] {
                filter::lay(map, name, &Value::Bool(true), true);
            }
        }
        let body = self.around(vec![record], false);
        Ok(self.finish(200, body, Some(index)))
    }

    /// Whether the description expects no body.
    fn says_nothing(&self) -> bool {
        let response = &self.operation.response;
        response.schema.is_none()
            && response.records.is_none()
            && response.meta.is_empty()
            && self.connector.errors.is_empty()
            && self.arguments.graphql.is_none()
    }

    fn download(&self) -> Result<Reply, Missing> {
        let index = self.find(&self.known_shape())?;
        let two_steps = self.operation.download.as_ref().is_some_and(|d| d.file_url.is_some());
        if two_steps {
            let body = if self.operation.response.schema.is_some() {
                self.around(vec![self.named(&self.shape(), index)], false)
            } else {
                Value::Null
            };
            return Ok(self.finish(200, body, Some(index)));
        }
        let entity = self.entity();
        let file = self.store.file(entity, index);
        let file = file.unwrap_or_else(|| files::made_up(&self.connector.name, entity, index));
        Ok(files::serve(self.request, &file, &format!("{entity}-{index}")))
    }
}
