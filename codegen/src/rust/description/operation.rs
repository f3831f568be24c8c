//! Writes operations and entities as code.

use airbyte_agent_description::{
    AddressIssuer, AtLeastOne, Body, Download, EmptyList, Entity, ErrorCheck, ErrorCondition,
    FieldSelection, FileArgument, Filter, GraphQl, Hints, Job, JobStep, JsonPath, MetaField,
    MetaSource, Method, MoreExpected, Next, Operation, PageSize, Paging, Response, Source,
    StoreField, Text, Transform, Upload, UploadAddress, UploadStep, UrlStep, Variable,
    VariableValue,
};

use super::code::Code;
use super::included::Included;
use super::schema::{json, json_text, parameter, path, template};

fn job(job: &Job) -> Code {
    let Job { id, status, state, done, failed, reason, progress, pause_seconds, result } = job;
    let states = |states: &[Text]| (!states.is_empty()).then(|| Code::texts(states.iter()));
    Code::call("Job::new", [path(id), job_step(status), path(state), job_step(result)])
        .maybe("done", states(done))
        .maybe("failed", states(failed))
        .maybe("reason", reason.as_ref().map(path))
        .maybe("progress", progress.as_ref().map(path))
        .with("pause_seconds", [Code::plain(pause_seconds.to_string())])
        .tall()
}

fn job_step(step: &JobStep) -> Code {
    let JobStep { entity, action, argument, take, keep } = step;
    let taken = |(name, place): &(Text, JsonPath)| {
        Code::call("", [Code::call("text", [Code::text(name)]), path(place)])
    };
    let action = Code::plain(format!("Action::{action:?}"));
    Code::call("job_step", [Code::text(entity), action])
        .maybe("argument", argument.as_deref().map(Code::text))
        .each("take", take, taken)
        .maybe("keep", (!keep.is_empty()).then(|| Code::texts(keep.iter())))
}

fn file_argument(file: &FileArgument) -> Code {
    let FileArgument { content, is_base64, name, media_type, default_media_type } = file;
    let is_usual = default_media_type == "application/octet-stream";
    Code::call("file", [Code::text(content)])
        .mark("plain", !is_base64)
        .maybe("name", name.as_deref().map(Code::text))
        .maybe("media_type", media_type.as_deref().map(Code::text))
        .maybe("default_media_type", (!is_usual).then(|| Code::text(default_media_type)))
}

fn upload_address(address: &UploadAddress) -> Code {
    let UploadAddress { argument, hosts, issuer, fields, more } = address;
    let code = Code::call("upload_address", [Code::text(argument), Code::texts(hosts.iter())])
        .maybe("fields", fields.as_deref().map(Code::text));
    let code = match more {
        None => code,
        Some(MoreExpected { status, header, member }) => {
            let status = Code::plain(status.to_string());
            code.with("more", [status, Code::text(header), Code::text(member)])
        }
    };
    match issuer {
        None => code,
        Some(AddressIssuer { entity, action, place }) => {
            let action = Code::plain(format!("Action::{action:?}"));
            code.with("issued_by", [Code::text(entity), action, path(place)])
        }
    }
}

fn upload(upload: &Upload) -> Code {
    let Upload { file, start, send, part_bytes, received, finish, result } = upload;
    Code::call("Upload::new", [file_argument(file), upload_step(start), upload_step(send)])
        .maybe("part_bytes", part_bytes.map(|bytes| Code::plain(bytes.to_string())))
        .maybe("received", received.as_ref().map(path))
        .maybe("finish", finish.as_ref().map(upload_step))
        .maybe("result", result.as_ref().map(path))
        .tall()
}

fn upload_step(step: &UploadStep) -> Code {
    let UploadStep { entity, action, arguments } = step;
    let action = Code::plain(format!("Action::{action:?}"));
    let arguments = Code::list(arguments.iter().map(variable));
    Code::call("upload_step", [Code::text(entity), action, arguments])
}

fn record_header((member, header): &(Text, Text)) -> Code {
    let text = |text: &Text| Code::call("text", [Code::text(text)]);
    Code::call("", [text(member), text(header)])
}

fn field_selection(selection: &FieldSelection) -> Code {
    let FieldSelection { parameter, inside, depth, separator, prefix, add, all, wrap } = selection;
    Code::call("field_selection", [Code::text(parameter)])
        .said("inside", inside)
        .maybe("depth", depth.map(|depth| Code::plain(depth.to_string())))
        .maybe("separator", (separator != ".").then(|| Code::text(separator)))
        .said("prefix", prefix)
        .maybe("add", (!add.is_empty()).then(|| Code::texts(add.iter())))
        .said("all", all)
        .said("wrap", wrap)
}

fn alternatives(group: &AtLeastOne) -> Code {
    let AtLeastOne { inside, names } = group;
    Code::call("at_least_one", [Code::texts(inside.iter()), Code::texts(names.iter())])
}

/// An operation as an expression. Its long texts are added to `files`.
pub(super) fn operation(operation: &Operation, files: &mut Included<'_>) -> Code {
    let Operation {
        id,
        entity,
        action,
        summary,
        description,
        phrases,
        method,
        path: template,
        parameters,
        body,
        json_type,
        response,
        paging,
        download,
        hints,
        idempotency_header,
        field_selection,
        at_least_one,
        recommended,
        is_addition,
        reads_any,
        job,
        sync,
        filters,
        address,
        upload,
    } = operation;
    let Response {
        records,
        records_optional,
        no_content,
        total,
        empty,
        filter,
        transform,
        meta,
        errors,
        schema,
        headers,
    } = response;
    let mut head = match method {
        Method::Get => vec![],
        _ => vec![Code::plain(format!("Method::{method:?}"))],
    };
    head.extend([Code::text(id), Code::text(entity), Code::plain(format!("Action::{action:?}"))]);
    head.push(self::template(template));
    let name = if *method == Method::Get { "Operation::get" } else { "Operation::by" };
    let code = Code::call(name, head).said("summary", summary).said("description", description);
    let code = self::hints(code, *hints)
        .maybe("phrases", (!phrases.is_empty()).then(|| Code::texts(phrases.iter())))
        .maybe("idempotency_header", idempotency_header.as_deref().map(Code::text))
        .maybe("field_selection", field_selection.as_ref().map(self::field_selection))
        .each("at_least_one", at_least_one, alternatives)
        .maybe("recommended", (!recommended.is_empty()).then(|| Code::texts(recommended.iter())))
        .mark("addition", *is_addition)
        .mark("reads_any", *reads_any)
        .maybe("json_type", json_type.as_deref().map(Code::text))
        .maybe("job", job.as_ref().map(self::job))
        .maybe("address", address.as_ref().map(upload_address))
        .maybe("upload", upload.as_ref().map(self::upload))
        .each("parameters", parameters, parameter);
    let code = match body {
        Body::None => code,
        Body::GraphQl(document) => {
            code.with("graphql", [graphql(document, action.as_str(), files)])
        }
        Body::Json { open, in_array } => {
            let body = format!("Body::Json {{ open: {open}, in_array: {in_array} }}");
            code.with("body", [Code::Plain(body)])
        }
        Body::Form => code.with("body", [Code::plain("Body::Form")]),
        Body::Value { argument } => {
            let argument = Code::call("text", [Code::text(argument)]);
            code.with("body", [Code::Struct("Body::Value", vec![("argument", argument)])])
        }
        Body::Raw(file) => code.with("body", [Code::call("Body::Raw", [file_argument(file)])]),
        Body::Multipart { files } => {
            let files = Code::list(files.iter().map(file_argument));
            let files = Code::call("Cow::Borrowed", [files]);
            code.with("body", [Code::Struct("Body::Multipart", vec![("files", files)])])
        }
        Body::Related { file } => {
            let file = Code::call("text", [Code::text(file)]);
            code.with("body", [Code::Struct("Body::Related", vec![("file", file)])])
        }
    };
    let code = match download {
        None => code,
        Some(Download { file_url: None }) => code.with("download", []),
        Some(Download { file_url: Some(steps) }) => {
            code.with("download_from", [Code::list(steps.iter().map(url_step))])
        }
    };
    let is_paged = *paging != Paging::none("");
    let code = super::sync::rule(code, sync.as_ref()).each("filters", filters, super::sync::filter);
    code.maybe("records", records.as_ref().map(path))
        .mark("records_optional", *records_optional)
        .mark("no_content", *no_content)
        .maybe("total", total.as_ref().map(self::total))
        .each("empty", empty, empty_list)
        .maybe("filter", filter.as_ref().map(self::filter))
        .each("transform", transform, self::transform)
        .each("meta", meta, self::meta)
        .each("errors", errors, error_check)
        .each("record_headers", headers, record_header)
        .maybe("paging", is_paged.then(|| self::paging(paging)))
        .maybe("schema", schema.as_ref().map(|schema| files.schema(schema, Some(action.as_str()))))
        .tall()
}

fn hints(code: Code, hints: Hints) -> Code {
    let Hints { read_only, destructive, idempotent, preferred_for_check } = hints;
    let code = match (read_only, idempotent) {
        (true, true) => code,
        (false, idempotent) => code.with("writes", []).mark("idempotent", idempotent),
        (true, false) => {
            let hints = format!(
                "Hints {{ read_only: true, destructive: {destructive}, idempotent: false, \
                 preferred_for_check: {preferred_for_check} }}"
            );
            return code.with("hints", [Code::Plain(hints)]);
        }
    };
    code.mark("destructive", destructive).mark("preferred_for_check", preferred_for_check)
}

fn graphql(graphql: &GraphQl, action: &str, files: &mut Included<'_>) -> Code {
    let GraphQl { document, default_fields, variables, nullable, operation_name, optional } =
        graphql;
    let optional = (!optional.is_empty()).then(|| Code::texts(optional.iter()));
    let fields = default_fields.as_deref().map(|fields| files.selection(fields, action));
    let nullable = (!nullable.is_empty()).then(|| Code::texts(nullable.iter()));
    Code::call("graphql", [files.document(document, action)])
        .maybe("operation_name", operation_name.as_deref().map(Code::text))
        .maybe("default_fields", fields)
        .each("variables", variables, variable)
        .maybe("nullable", nullable)
        .maybe("optional", optional)
}

fn variable(variable: &Variable) -> Code {
    let Variable { name, value } = variable;
    Code::call("set", [Code::text(name), self::value(value)])
}

fn value(value: &VariableValue) -> Code {
    match value {
        VariableValue::Parameter(name) => Code::call("given", [Code::text(name)]),
        VariableValue::Text(text) => Code::call("filled", [template(text)]),
        VariableValue::Constant(json) => Code::call("constant", [json_text(json)]),
        VariableValue::Object(members) => {
            Code::call("object", [Code::list(members.iter().map(variable))])
        }
        VariableValue::Array(items) => {
            Code::call("array", [Code::list(items.iter().map(self::value))])
        }
    }
}

fn url_step(step: &UrlStep) -> Code {
    let named = |head: &str, name: &str| Code::call(head, [Code::call("text", [Code::text(name)])]);
    match step {
        UrlStep::Key(key) => named("UrlStep::Key", key),
        UrlStep::Index(index) => Code::plain(format!("UrlStep::Index({index})")),
        UrlStep::Argument(name) => named("UrlStep::Argument", name),
    }
}

fn filter(filter: &Filter) -> Code {
    match filter {
        Filter::Unless(place) => Code::call("Filter::Unless", [path(place)]),
        Filter::Expression(text) => {
            Code::call("Filter::Expression", [Code::call("text", [Code::text(text)])])
        }
    }
}

fn transform(transform: &Transform) -> Code {
    let Transform { field, expression } = transform;
    let text = |text: &str| Code::call("text", [Code::text(text)]);
    Code::Struct("Transform", vec![("field", text(field)), ("expression", text(expression))])
}

fn meta(field: &MetaField) -> Code {
    let MetaField { name, source } = field;
    let (head, source) = match source {
        MetaSource::Body(place) => ("meta", path(place)),
        MetaSource::Link(relation) => ("link_meta", Code::text(relation)),
        MetaSource::Header(header) => ("header_meta", Code::text(header)),
    };
    Code::call(head, [Code::text(name), source])
}

fn total(source: &MetaSource) -> Code {
    let text = |text: &str| Code::call("text", [Code::text(text)]);
    match source {
        MetaSource::Body(place) => Code::call("MetaSource::Body", [path(place)]),
        MetaSource::Link(relation) => Code::call("MetaSource::Link", [text(relation)]),
        MetaSource::Header(header) => Code::call("MetaSource::Header", [text(header)]),
    }
}

fn empty_list(failure: &EmptyList) -> Code {
    let EmptyList { status, code, message } = failure;
    Code::call("EmptyList::new", [])
        .maybe("status", status.map(|status| Code::plain(status.to_string())))
        .maybe("code", code.as_deref().map(Code::text))
        .maybe("message", message.as_deref().map(Code::text))
}

/// A failure in a response with a success status, as an expression.
pub(super) fn error_check(check: &ErrorCheck) -> Code {
    let ErrorCheck { path: place, when, message } = check;
    let when = match when {
        ErrorCondition::Equals(value) => Code::call("ErrorCondition::Equals", [json(value)]),
        ErrorCondition::NotEmpty => Code::plain("ErrorCondition::NotEmpty"),
        ErrorCondition::Alone => Code::plain("ErrorCondition::Alone"),
        ErrorCondition::Unless(done) => Code::call("ErrorCondition::Unless", [path(done)]),
        ErrorCondition::Remark(None) => Code::plain("ErrorCondition::Remark(None)"),
        ErrorCondition::Remark(Some(words)) => {
            Code::call("ErrorCondition::remark", [Code::text(words)])
        }
    };
    Code::call("ErrorCheck::at", [path(place), when]).maybe("message", message.as_ref().map(path))
}

fn paging(paging: &Paging) -> Code {
    let Paging { next, more, done, size, short_page_ends, others, single_page } = paging;
    let pair = |(from, into): &(_, _)| {
        let text = |text: &airbyte_agent_description::Text| Code::call("text", [Code::text(text)]);
        Code::call("", [text(from), text(into)])
    };
    let code = match next {
        Next::None { reason } => Code::call("Paging::none", [Code::text(reason)]),
        Next::Unknown { reason } => Code::call("Paging::unknown", [Code::text(reason)]),
        Next::Cursor { from, into } => {
            Code::call("Paging::cursor", [source(from), Code::text(into)])
        }
        Next::Link { from, feed, keep } => {
            let feed = Code::list(feed.iter().map(pair));
            match keep {
                None => Code::call("Paging::link", [source(from), feed]),
                Some(keep) => Code::call(
                    "Paging::link_keeping",
                    [source(from), feed, Code::texts(keep.iter())],
                ),
            }
        }
        Next::LastRecord { field, into, add, backwards } => {
            let mut given = vec![path(field), Code::text(into), Code::plain(add.to_string())];
            let name = if let Some(backwards) = backwards {
                given.push(Code::text(backwards));
                "Paging::both_ways"
            } else {
                "Paging::last_record"
            };
            Code::call(name, given)
        }
        Next::Offset { into, start } => {
            Code::call("Paging::offset", [Code::text(into), Code::plain(start.to_string())])
        }
        Next::Page { into, start } => {
            Code::call("Paging::page", [Code::text(into), Code::plain(start.to_string())])
        }
    };
    code.maybe("more", more.as_ref().map(source))
        .maybe("done", done.as_ref().map(source))
        .maybe("size", size.as_ref().map(page_size))
        .mark("short_page_ends", *short_page_ends)
        .each("others", others, self::paging)
        .maybe("single_page", (!single_page.is_empty()).then(|| Code::texts(single_page.iter())))
}

fn source(source: &Source) -> Code {
    match source {
        Source::Body(place) => Code::call("from_body", [path(place)]),
        Source::Meta { name, inside } if inside.steps.is_empty() => {
            Code::call("from_meta", [Code::text(name)])
        }
        Source::Meta { name, inside } => {
            Code::call("from_meta_at", [Code::text(name), path(inside)])
        }
    }
}

fn page_size(size: &PageSize) -> Code {
    let PageSize { parameter, default, maximum, needed, served, filtered } = size;
    let number = |number: u64| Code::plain(number.to_string());
    Code::call("page_size", [Code::text(parameter)])
        .maybe("default", default.map(number))
        .maybe("maximum", maximum.map(number))
        .mark("needed", *needed)
        .maybe("served", served.as_ref().map(source))
        .mark("filtered", *filtered)
}

/// An entity as an expression; its operations are the constants with these names.
pub(super) fn entity(entity: &Entity, names: &[String], files: &mut Included<'_>) -> Code {
    let Entity {
        name,
        description,
        operations: _,
        schema,
        store,
        when_to_use,
        phrases,
        default_fields,
    } = entity;
    let operations = Code::list(names.iter().map(Code::plain));
    let texts = |list: &[Text]| (!list.is_empty()).then(|| Code::texts(list.iter()));
    Code::call("Entity::new", [Code::text(name), Code::text(description)])
        .said("when_to_use", when_to_use)
        .maybe("phrases", texts(phrases))
        .maybe("default_fields", texts(default_fields))
        .with("operations", [operations])
        .maybe("schema", schema.as_ref().map(|schema| files.schema(schema, None)))
        .each("store", store, |field| {
            let StoreField { name, kind, description } = field;
            Code::call("stored", [name, kind, description].map(|text| Code::text(text)))
        })
        .tall()
}
