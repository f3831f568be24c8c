//! What an operation does to the records and what it answers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use airbyte_agent_core::description::{
    Action, Body, Connector, JsonPath, Location, Operation, Step,
};
use serde_json::{Map, Value, json};

use super::identity::{Naming, call, is_absent, is_given, is_named, naming};
use super::page::{Place, mark, window};
use super::store::Store;
use super::{answer, files, filter};
use crate::data::{self, Maker, World, count, identifiers};
use crate::graphql::{Document, Selection};
use crate::hash::stable;
use crate::incoming::Incoming;
use crate::reply::Reply;
use crate::wire::Arguments;

/// Shapes that were read already: texts of schemas are long.
#[derive(Debug, Default)]
pub(crate) struct Shapes(Mutex<HashMap<(String, Action), Arc<Value>>>);

impl Shapes {
    fn get(&self, key: (String, Action), make: impl FnOnce() -> Value) -> Arc<Value> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(key).or_insert_with(|| Arc::new(make())))
    }
}

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
struct Missing(String);

impl Call<'_> {
    /// Carries it out.
    pub(crate) fn perform(&self) -> Reply {
        let done = match self.operation.action {
            Action::List | Action::Search => self.list(),
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

    fn entity(&self) -> &str {
        &self.operation.entity
    }

    /// The shape of one record.
    fn shape(&self) -> Arc<Value> {
        if self.arguments.graphql.is_some() {
            return Arc::new(self.make_shape());
        }
        let key = (self.entity().to_owned(), self.operation.action);
        self.shapes.get(key, || self.make_shape())
    }

    fn make_shape(&self) -> Value {
        let entity = self.connector.entity(self.entity());
        let of_entity = || {
            let siblings = entity.into_iter().flat_map(|entity| entity.operations.iter());
            let order = [Action::Get, Action::List, Action::Search, Action::Create];
            let mut known = siblings
                .filter(|other| order.contains(&other.action))
                .filter_map(|other| Some((other.action, other.response.schema.as_ref()?)))
                .collect::<Vec<_>>();
            known.sort_by_key(|(action, _)| order.iter().position(|a| a == action));
            let of_entity = entity.and_then(|entity| entity.schema.as_ref());
            of_entity.or(known.first().map(|(_, schema)| *schema)).map(|schema| schema.value())
        };
        if let Some(request) = &self.arguments.graphql {
            let own = self.operation.response.schema.as_ref().map(|schema| schema.value());
            let own = own.filter(|schema| schema.get("properties").is_some());
            let store = entity.map_or(&[][..], |entity| &entity.store);
            let types = data::property_types(own.or_else(of_entity).as_ref(), store);
            let selection = self.selected(&request.document);
            return data::of_selection(&request.document, selection, &types);
        }
        let own = self.operation.response.schema.as_ref().map(|schema| schema.value());
        let mut schema = own
            .or_else(of_entity)
            .unwrap_or_else(|| data::of_fields(entity.map_or(&[][..], |entity| &entity.store)));
        if self.operation.action.is_array() && schema["type"] == "array" {
            schema = schema.get("items").cloned().unwrap_or_else(|| json!({"type": "object"}));
        }
        let is_hollow = schema.get("properties").is_none_or(|p| *p == json!({}))
            && schema.get("type").is_none_or(|kind| kind == "object")
            && ["allOf", "anyOf", "oneOf"].iter().all(|union| schema.get(*union).is_none());
        if is_hollow {
            let store = entity.map_or(&[][..], |entity| &entity.store);
            return of_entity()
                .filter(|known| known.get("properties").is_some())
                .unwrap_or_else(|| data::of_fields(store));
        }
        schema
    }

    /// The selection of one record in a GraphQL document.
    fn selected<'d>(&self, document: &'d Document) -> &'d [Selection] {
        let name =
            self.arguments.graphql.as_ref().and_then(|request| request.operation_name.as_deref());
        let Some(operation) = document.operation(name) else { return &[] };
        let mut selection = operation.selection.as_slice();
        let path = self.operation.response.records.as_ref();
        for step in path.into_iter().flat_map(|path| path.steps.iter()).skip(1) {
            let Step::Key(key) = step else { continue };
            let (_, fields) = document.fields(selection);
            match fields.into_iter().find(|(known, ..)| known == key) {
                Some((_, _, inner)) => selection = inner,
                None => return &[],
            }
        }
        selection
    }

    /// The record of this number in this shape, with everything that was written.
    fn record(&self, shape: &Value, index: u64) -> Value {
        let mut record = Maker::new(self.world, self.entity(), index).record(shape);
        if let Some(guard) = self.world.guard(self.entity()) {
            let guarded =
                self.operation.response.filter.is_some() || guard.first(&record).is_some();
            if guarded {
                answer::set(&mut record, &guard.steps, (index % 17 == 3).into());
            }
        }
        if let Some(patch) = self.store.patch(self.entity(), index) {
            self.lay(&mut record, &patch, shape);
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

    fn list(&self) -> Result<Reply, Missing> {
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
        let window = match window(self.operation, self.arguments, find) {
            Ok(window) => window,
            Err(why) if self.arguments.graphql.is_some() => {
                return Ok(answer::graphql_failure("BAD_USER_INPUT", &[why]));
            }
            Err(why) => return Ok(answer::failure(self.connector, 400, &why)),
        };
        let total = indexes.len();
        let records: Vec<Value> =
            indexes.iter().skip(window.start).take(window.size).map(|i| render(*i)).collect();
        let mut body = self.around(records, true);
        let mut headers = Vec::new();
        let place = Place {
            connector: self.connector,
            host: self.host,
            path: self.path,
            query: self.request.query_pairs(),
        };
        mark(self.operation, &place, window, total, &mut body, &mut headers);
        let mut reply = self.finish(200, body, None);
        reply.headers.extend(headers);
        Ok(reply)
    }

    /// Numbers of the records with these identifiers. An identifier may be that of a record of
    /// the entity that `name` speaks of: `callId` for another view of calls.
    fn numbers(
        &self,
        shape: &Value,
        existing: &[u64],
        name: &str,
        ids: &[String],
    ) -> Vec<(u64, String)> {
        let of_other = |wanted: &str| {
            let other = self.world.entity_called(name.strip_suffix("id")?)?;
            let all = 0..count(&self.connector.name, other);
            all.into_iter().find(|i| {
                identifiers(&self.connector.name, other, *i).iter().any(|id| id == wanted)
            })
        };
        let find = |wanted: &String| -> Option<(u64, String)> {
            let at = self.by_identifier(existing, wanted).or_else(|| {
                existing.iter().position(|i| is_named(&self.record(shape, *i), name, wanted))
            });
            let number = at.map(|at| existing[at]).or_else(|| of_other(wanted))?;
            Some((number, wanted.clone()))
        };
        ids.iter().filter_map(find).collect()
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

    /// The position of the record with this identifier, found without making the records.
    fn by_identifier(&self, indexes: &[u64], wanted: &str) -> Option<usize> {
        indexes.iter().position(|index| {
            let all = identifiers(&self.connector.name, self.entity(), *index);
            all.iter().any(|one| one == wanted)
        })
    }

    /// Whether the entity's lists show every record that can be asked for. They do not when the
    /// request names something beside the record that no list takes, such as the type of it.
    fn is_listed(&self, name: &str) -> bool {
        let entity = self.connector.entity(self.entity());
        let mut lists = entity
            .into_iter()
            .flat_map(|entity| entity.operations.iter())
            .filter(|operation| operation.action.is_array());
        let beside: Vec<&str> =
            self.operation.path.names().filter(|other| *other != name).collect();
        lists.any(|list| beside.iter().all(|other| list.parameter(other).is_some()))
    }

    /// The number of the record that the request names.
    fn find(&self, shape: &Value) -> Result<u64, Missing> {
        let total = count(&self.connector.name, self.entity());
        let existing = self.store.indexes(&self.connector.name, self.entity());
        let (name, own) = match naming(self.connector, self.operation) {
            Naming::Single => return Ok(0),
            Naming::Own(name) => (name, true),
            Naming::Parent(name) => (name, false),
        };
        let Some(wanted) = self.arguments.text(&name) else { return Ok(0) };
        let drawn = stable(&[&wanted]) % total;
        if !own {
            return Ok(drawn);
        }
        let found = self
            .by_identifier(&existing, &wanted)
            .or_else(|| {
                existing.iter().position(|i| is_named(&self.record(shape, *i), &name, &wanted))
            })
            .map(|at| existing[at]);
        let listed = self.is_listed(&name);
        match found {
            Some(index) => Ok(index),
            None if existing.contains(&drawn)
                && (!listed || is_given(&name) && !is_absent(&wanted)) =>
            {
                Ok(drawn)
            }
            None => Err(Missing(wanted)),
        }
    }

    /// The shape by which records are recognised: that of a get or list of the entity.
    fn known_shape(&self) -> Arc<Value> {
        let entity = self.connector.entity(self.entity());
        let known = entity.and_then(|entity| {
            let listing = [Action::List, Action::Get, Action::Search];
            let of = |action: &Action| entity.operation(*action)?.response.schema.as_ref();
            listing.iter().find_map(|action| Some((*action, of(action)?)))
        });
        match known {
            Some((action, schema)) if self.arguments.graphql.is_none() => {
                self.shapes.get((self.entity().to_owned(), action), || schema.value())
            }
            _ => self.shape(),
        }
    }

    /// The record with the name by which it was asked for.
    fn named(&self, shape: &Value, index: u64) -> Value {
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
