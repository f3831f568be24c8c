//! Operations and what belongs to them: metadata, GraphQL documents, fields of the context store.

use std::borrow::Cow;

use super::setters;
use crate::{
    Action, AtLeastOne, Body, Download, EmptyList, Entity, ErrorCheck, ErrorCondition, FieldFilter,
    FieldSelection, Filter, GraphQl, Hints, Job, Json, JsonPath, MetaField, MetaSource, Method,
    Operation, Paging, Parameter, Response, StoreField, SyncRule, SyncSource, Template, Text,
    Transform, Upload, UploadAddress, UrlStep, Variable, VariableValue,
};

impl Operation {
    /// An operation that reads by `GET`; `id` is the spec's `operationId`.
    pub const fn get(
        id: &'static str,
        entity: &'static str,
        action: Action,
        path: Template,
    ) -> Self {
        Self::by(Method::Get, id, entity, action, path)
    }

    /// An operation that reads by another method; see [`Operation::writes`].
    pub const fn by(
        method: Method,
        id: &'static str,
        entity: &'static str,
        action: Action,
        path: Template,
    ) -> Self {
        Self {
            id: Cow::Borrowed(id),
            entity: Cow::Borrowed(entity),
            action,
            summary: Cow::Borrowed(""),
            description: Cow::Borrowed(""),
            phrases: Cow::Borrowed(&[]),
            method,
            path,
            parameters: Cow::Borrowed(&[]),
            body: Body::None,
            json_type: None,
            response: Response {
                records: None,
                records_optional: false,
                no_content: false,
                total: None,
                empty: Cow::Borrowed(&[]),
                filter: None,
                transform: Cow::Borrowed(&[]),
                meta: Cow::Borrowed(&[]),
                errors: Cow::Borrowed(&[]),
                schema: None,
                headers: Cow::Borrowed(&[]),
            },
            paging: Paging::none(""),
            download: None,
            hints: Hints {
                read_only: true,
                destructive: false,
                idempotent: true,
                preferred_for_check: false,
            },
            idempotency_header: None,
            field_selection: None,
            at_least_one: Cow::Borrowed(&[]),
            recommended: Cow::Borrowed(&[]),
            is_addition: false,
            reads_any: false,
            job: None,
            sync: None,
            filters: Cow::Borrowed(&[]),
            address: None,
            upload: None,
        }
    }

    setters! {
        /// What the operation does, in one line.
        summary(text: &'static str) summary = Cow::Borrowed(text);
        /// What the operation returns and when to use it.
        description(text: &'static str) description = Cow::Borrowed(text);
        /// How people ask for exactly this operation.
        phrases(phrases: &'static [Text]) phrases = Cow::Borrowed(phrases);
        /// The parameters that a caller may pass.
        parameters(list: &'static [Parameter]) parameters = Cow::Borrowed(list);
        /// How the body of the request is made.
        body(body: Body) body = body;
        /// Media type of a JSON body that is not `application/json`.
        json_type(media_type: &'static str) json_type = Some(Cow::Borrowed(media_type));
        /// The GraphQL document that is the body.
        graphql(document: GraphQl) body = Body::GraphQl(document);
        /// Where the response holds the records.
        records(path: JsonPath) response.records = Some(path);
        /// The vendor leaves the place of the records out when there are none.
        records_optional() response.records_optional = true;
        /// A response with the status 204 and no content is expected.
        no_content() response.no_content = true;
        /// Where a response says how many records the whole list has.
        total(source: MetaSource) response.total = Some(source);
        /// Failures that mean that there are no records.
        empty(list: &'static [EmptyList]) response.empty = Cow::Borrowed(list);
        /// The filter that removes records; `None` if all are kept.
        filter(filter: Filter) response.filter = Some(filter);
        /// Fields computed for every record.
        transform(list: &'static [Transform]) response.transform = Cow::Borrowed(list);
        /// The metadata to read from a response.
        meta(list: &'static [MetaField]) response.meta = Cow::Borrowed(list);
        /// Failures in responses with a success status.
        errors(list: &'static [ErrorCheck]) response.errors = Cow::Borrowed(list);
        /// JSON Schema of one record.
        schema(schema: Json) response.schema = Some(schema);
        /// How the list continues.
        paging(paging: Paging) paging = paging;
        /// The response is the file.
        download() download = Some(Download { file_url: None });
        /// The response says where the file is.
        download_from(steps: &'static [UrlStep])
            download = Some(Download { file_url: Some(Cow::Borrowed(steps)) });
        /// All hints about what the operation does to the vendor's data.
        hints(hints: Hints) hints = hints;
        /// The call may destroy data.
        destructive() hints.destructive = true;
        /// Calling the operation twice has the same effect as calling it once.
        idempotent() hints.idempotent = true;
        /// The operation is suited to check whether credentials work.
        preferred_for_check() hints.preferred_for_check = true;
        /// Header that makes a repeated request harmless.
        idempotency_header(name: &'static str) idempotency_header = Some(Cow::Borrowed(name));
        /// How the vendor is asked for fields.
        field_selection(selection: FieldSelection) field_selection = Some(selection);
        /// Groups of arguments of which at least one has to be given.
        at_least_one(groups: &'static [AtLeastOne]) at_least_one = Cow::Borrowed(groups);
        /// Parameters that examples pass although they are optional.
        recommended(names: &'static [Text]) recommended = Cow::Borrowed(names);
        /// Airbyte's hosted platform does not know the operation.
        addition() is_addition = true;
        /// An argument may name any kind of record.
        reads_any() reads_any = true;
        /// The job that the operation starts at the vendor.
        job(job: Job) job = Some(job);
        /// How the records of the list are copied into a store.
        sync(source: SyncSource) sync = Some(SyncRule::Source(source));
        /// The records of the list cannot be copied into a store, for this reason.
        cannot_sync(reason: &'static str) sync =
            Some(SyncRule::Cannot { reason: Cow::Borrowed(reason) });
        /// By which fields the records of the list can be requested.
        filters(list: &'static [FieldFilter]) filters = Cow::Borrowed(list);
        /// The address that is requested instead of the path.
        address(address: UploadAddress) address = Some(address);
        /// The operations that a call consists of.
        upload(upload: Upload) upload = Some(upload);
        /// Members of the record that are headers of the response.
        record_headers(list: &'static [(Text, Text)]) response.headers = Cow::Borrowed(list);
    }

    /// The operation changes data, with a new effect each time.
    #[must_use]
    pub const fn writes(mut self) -> Self {
        self.hints.read_only = false;
        self.hints.idempotent = false;
        self
    }
}

/// A metadata field that the body holds.
pub const fn meta(name: &'static str, path: JsonPath) -> MetaField {
    MetaField { name: Cow::Borrowed(name), source: MetaSource::Body(path) }
}

/// A metadata field that is the URL of a relation in the `Link` header.
pub const fn link_meta(name: &'static str, relation: &'static str) -> MetaField {
    MetaField { name: Cow::Borrowed(name), source: MetaSource::Link(Cow::Borrowed(relation)) }
}

/// A metadata field that is a header.
pub const fn header_meta(name: &'static str, header: &'static str) -> MetaField {
    MetaField { name: Cow::Borrowed(name), source: MetaSource::Header(Cow::Borrowed(header)) }
}

impl ErrorCheck {
    /// A failure that the value at `path` shows.
    pub const fn at(path: JsonPath, when: ErrorCondition) -> Self {
        Self { path, when, message: None }
    }

    setters! {
        /// Where the body holds the message.
        message(path: JsonPath) message = Some(path);
    }
}

impl ErrorCondition {
    /// No failure, but something to report beside the records, in these words.
    pub const fn remark(words: &'static str) -> Self {
        Self::Remark(Some(Cow::Borrowed(words)))
    }
}

impl EmptyList {
    /// The failure that has all that is set here.
    pub const fn new() -> Self {
        Self { status: None, code: None, message: None }
    }

    setters! {
        /// HTTP status of the response.
        status(status: u16) status = Some(status);
        /// The vendor's error code.
        code(code: &'static str) code = Some(Cow::Borrowed(code));
        /// Pattern of the vendor's message.
        message(pattern: &'static str) message = Some(Cow::Borrowed(pattern));
    }
}

impl Default for EmptyList {
    fn default() -> Self {
        Self::new()
    }
}

/// A GraphQL body with this document, without variables.
pub const fn graphql(document: &'static str) -> GraphQl {
    GraphQl {
        document: Cow::Borrowed(document),
        default_fields: None,
        variables: Cow::Borrowed(&[]),
        nullable: Cow::Borrowed(&[]),
        operation_name: None,
        optional: Cow::Borrowed(&[]),
    }
}

impl GraphQl {
    setters! {
        /// Selection put in for `{{ fields }}` when the caller chooses none.
        default_fields(fields: &'static str) default_fields = Some(Cow::Borrowed(fields));
        /// The variables of the document.
        variables(list: &'static [Variable]) variables = Cow::Borrowed(list);
        /// Variables that may be sent as an explicit `null`.
        nullable(names: &'static [Text]) nullable = Cow::Borrowed(names);
        /// Name of the operation of the document that is meant.
        operation_name(name: &'static str) operation_name = Some(Cow::Borrowed(name));
        /// Variables and members of variables that disappear if no value is passed.
        optional(names: &'static [Text]) optional = Cow::Borrowed(names);
    }
}

/// A variable of the document with its value.
pub const fn set(name: &'static str, value: VariableValue) -> Variable {
    Variable { name: Cow::Borrowed(name), value }
}

/// The value of a parameter.
pub const fn given(parameter: &'static str) -> VariableValue {
    VariableValue::Parameter(Cow::Borrowed(parameter))
}

/// A template over parameters.
pub const fn filled(template: Template) -> VariableValue {
    VariableValue::Text(template)
}

/// A constant value, as JSON text.
pub const fn constant(json: &'static str) -> VariableValue {
    VariableValue::Constant(Json(Cow::Borrowed(json)))
}

/// An object whose members are such values.
pub const fn object(members: &'static [Variable]) -> VariableValue {
    VariableValue::Object(Cow::Borrowed(members))
}

/// An array whose elements are such values.
pub const fn array(items: &'static [VariableValue]) -> VariableValue {
    VariableValue::Array(Cow::Borrowed(items))
}

/// The argument with the names of the fields that the vendor sends.
pub const fn field_selection(parameter: &'static str) -> FieldSelection {
    FieldSelection {
        parameter: Cow::Borrowed(parameter),
        inside: Cow::Borrowed(""),
        depth: None,
        separator: Cow::Borrowed("."),
        prefix: Cow::Borrowed(""),
        add: Cow::Borrowed(&[]),
        all: Cow::Borrowed(""),
        wrap: Cow::Borrowed(""),
    }
}

impl FieldSelection {
    setters! {
        /// The member of records that holds the fields that can be chosen.
        inside(name: &'static str) inside = Cow::Borrowed(name);
        /// How many names of a path the vendor understands.
        depth(names: u32) depth = Some(names);
        /// What stands between the names of a path.
        separator(text: &'static str) separator = Cow::Borrowed(text);
        /// What stands before every name.
        prefix(text: &'static str) prefix = Cow::Borrowed(text);
        /// Names that are asked for in any case.
        add(names: &'static [Text]) add = Cow::Borrowed(names);
        /// What asks for all fields.
        all(text: &'static str) all = Cow::Borrowed(text);
        /// A text with `{fields}` where the names go.
        wrap(text: &'static str) wrap = Cow::Borrowed(text);
    }
}

impl Entity {
    /// An entity and what one record is.
    pub const fn new(name: &'static str, description: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            description: Cow::Borrowed(description),
            operations: Cow::Borrowed(&[]),
            schema: None,
            store: Cow::Borrowed(&[]),
            when_to_use: Cow::Borrowed(""),
            phrases: Cow::Borrowed(&[]),
            default_fields: Cow::Borrowed(&[]),
        }
    }

    setters! {
        /// The operations of the entity.
        operations(list: &'static [Operation]) operations = Cow::Borrowed(list);
        /// JSON Schema of a record.
        schema(schema: Json) schema = Some(schema);
        /// Fields that can be searched in the hosted context store.
        store(fields: &'static [StoreField]) store = Cow::Borrowed(fields);
        /// When an agent should use this entity.
        when_to_use(text: &'static str) when_to_use = Cow::Borrowed(text);
        /// Other words that people use for this entity.
        phrases(phrases: &'static [Text]) phrases = Cow::Borrowed(phrases);
        /// The fields of a record that are shown when nobody chooses.
        default_fields(names: &'static [Text]) default_fields = Cow::Borrowed(names);
    }
}

/// A field of the hosted context store: name, JSON type, and what it holds.
pub const fn stored(
    name: &'static str,
    kind: &'static str,
    description: &'static str,
) -> StoreField {
    StoreField {
        name: Cow::Borrowed(name),
        kind: Cow::Borrowed(kind),
        description: Cow::Borrowed(description),
    }
}

/// At least one of these members has to be given in the object that `inside` leads to.
pub const fn at_least_one(inside: &'static [Text], names: &'static [Text]) -> AtLeastOne {
    AtLeastOne { inside: Cow::Borrowed(inside), names: Cow::Borrowed(names) }
}
