//! The document, its paths and operations.

use super::Rule::{Any, Bool, Count, Either, List, Map, Object, OneOf, Text, Word};
use super::auth::{SCHEME, SERVER};
use super::info::{FAILURE, FIELD_SELECTION, IDEMPOTENCY, INFO};
use super::sync::{FILTERS, SYNC};
use super::{Shape, TEXTS, Unknown};

pub(in crate::lint) static ROOT: Shape = Shape {
    name: "the document",
    keys: &[
        ("openapi", Text),
        ("info", Object(&INFO)),
        ("servers", List(&Object(&SERVER))),
        ("security", List(&Map(&TEXTS))),
        ("components", Object(&COMPONENTS)),
        ("paths", Map(&Object(&PATH_ITEM))),
        ("tags", List(&Object(&TAG))),
        ("externalDocs", Any),
    ],
    required: &["openapi", "info", "servers", "components", "paths"],
    unknown: Unknown::Strict,
};

static TAG: Shape = Shape {
    name: "tag",
    keys: &[("name", Text), ("description", Text), ("externalDocs", Any)],
    required: &["name"],
    unknown: Unknown::Strict,
};

static COMPONENTS: Shape = Shape {
    name: "components",
    keys: &[
        ("schemas", Map(&Object(&COMPONENT))),
        ("securitySchemes", Map(&Object(&SCHEME))),
        ("parameters", Map(&Object(&PARAMETER))),
        ("responses", Map(&Object(&RESPONSE))),
        ("requestBodies", Map(&Object(&REQUEST_BODY))),
        ("headers", Any),
        ("examples", Any),
        ("links", Any),
        ("callbacks", Any),
        ("pathItems", Any),
    ],
    required: &["securitySchemes"],
    unknown: Unknown::Strict,
};

/// Only the keys that concern the entity; the schema itself is checked as a schema.
static COMPONENT: Shape = Shape {
    name: "component schema",
    keys: &[
        ("x-airbyte-entity-name", Text),
        ("x-airbyte-stream-name", Text),
        ("x-airbyte-ai-hints", Object(&AI_HINTS)),
    ],
    required: &[],
    unknown: Unknown::Open,
};

static PATH_ITEM: Shape = Shape {
    name: "path item",
    keys: &[
        ("get", Object(&OPERATION)),
        ("post", Object(&OPERATION)),
        ("put", Object(&OPERATION)),
        ("delete", Object(&OPERATION)),
        ("patch", Object(&OPERATION)),
        ("head", Any),
        ("options", Any),
        ("trace", Any),
        ("summary", Text),
        ("description", Text),
        ("parameters", Any),
        ("servers", Any),
    ],
    required: &[],
    unknown: Unknown::Lenient,
};

static OPERATION: Shape = Shape {
    name: "operation",
    keys: &[
        ("operationId", Text),
        ("summary", Text),
        ("description", Text),
        ("tags", TEXTS),
        ("deprecated", Bool),
        ("security", Any),
        ("servers", Any),
        ("externalDocs", Any),
        ("parameters", List(&Object(&PARAMETER))),
        ("requestBody", Object(&REQUEST_BODY)),
        ("responses", Map(&Object(&RESPONSE))),
        ("x-airbyte-entity", Text),
        ("x-airbyte-action", Text),
        ("x-airbyte-path-override", Object(&PATH_OVERRIDE)),
        ("x-airbyte-record-extractor", Text),
        ("x-airbyte-record-transform", Map(&Text)),
        ("x-airbyte-record-filter", Text),
        ("x-airbyte-meta-extractor", Map(&Text)),
        ("x-airbyte-no-pagination", Text),
        ("x-airbyte-preferred-for-check", Bool),
        ("x-airbyte-file-url", Text),
        ("x-airbyte-upload-file-param", Text),
        ("x-airbyte-untested", Bool),
        ("x-airbyte-untested-reason", Text),
        ("x-airbyte-ai-hints", Object(&AI_HINTS)),
        ("x-airbyte-param-sources", Any),
        ("x-agent-failures", List(&Object(&FAILURE))),
        ("x-agent-pagination", Either(&List(&Object(&PAGINATION)), &Object(&PAGINATION))),
        ("x-agent-idempotency-key", Object(&IDEMPOTENCY)),
        ("x-agent-read-only", Bool),
        ("x-agent-destructive", Bool),
        ("x-agent-idempotent", Bool),
        ("x-agent-addition", Bool),
        ("x-agent-reads-any", Bool),
        ("x-agent-recommended", List(&Text)),
        ("x-agent-job", Object(&JOB)),
        ("x-agent-sync", Object(&SYNC)),
        ("x-agent-filters", FILTERS),
        ("x-agent-total", Text),
        ("x-agent-empty", List(&Object(&EMPTY))),
        ("x-agent-records-optional", Bool),
        ("x-agent-field-selection", Object(&FIELD_SELECTION)),
        ("x-agent-drift", Map(&Text)),
        ("x-agent-address", Object(&ADDRESS)),
        ("x-agent-upload", Object(&UPLOAD)),
        ("x-agent-record-headers", Map(&Text)),
    ],
    // Entity and action are looked at when the operation is lowered.
    required: &["responses"],
    unknown: Unknown::Lenient,
};

static JOB: Shape = Shape {
    name: "x-agent-job",
    keys: &[
        ("id", Text),
        ("status", Object(&JOB_STEP)),
        ("state", Text),
        ("done", TEXTS),
        ("failed", TEXTS),
        ("reason", Text),
        ("progress", Text),
        ("pause_seconds", Count),
        ("result", Object(&JOB_STEP)),
    ],
    required: &["id", "status", "state", "done", "pause_seconds", "result"],
    unknown: Unknown::Strict,
};

static JOB_STEP: Shape = Shape {
    name: "job step",
    keys: &[("operation", Text), ("argument", Text), ("take", Map(&Text)), ("keep", TEXTS)],
    required: &["operation"],
    unknown: Unknown::Strict,
};

static ADDRESS: Shape = Shape {
    name: "x-agent-address",
    keys: &[
        ("argument", Text),
        ("hosts", TEXTS),
        ("issued_by", Object(&ISSUER)),
        ("fields", Text),
        ("more", Object(&MORE)),
    ],
    required: &["argument", "hosts"],
    unknown: Unknown::Strict,
};

static MORE: Shape = Shape {
    name: "more",
    keys: &[("status", Count), ("header", Text), ("member", Text)],
    required: &["status", "header", "member"],
    unknown: Unknown::Strict,
};

static UPLOAD: Shape = Shape {
    name: "x-agent-upload",
    keys: &[
        ("file", Object(&UPLOAD_FILE)),
        ("start", Object(&UPLOAD_STEP)),
        ("send", Object(&UPLOAD_STEP)),
        ("part_bytes", Count),
        ("received", Text),
        ("finish", Object(&UPLOAD_STEP)),
        ("result", Text),
    ],
    required: &["file", "start", "send"],
    unknown: Unknown::Strict,
};

static UPLOAD_FILE: Shape = Shape {
    name: "file of an upload",
    keys: &[("content", Text), ("name", Text), ("media_type", Text)],
    required: &["content"],
    unknown: Unknown::Strict,
};

static UPLOAD_STEP: Shape = Shape {
    name: "upload step",
    keys: &[("operation", Text), ("arguments", Map(&Any))],
    required: &["operation", "arguments"],
    unknown: Unknown::Strict,
};

static ISSUER: Shape = Shape {
    name: "issued_by",
    keys: &[("operation", Text), ("place", Text)],
    required: &["operation", "place"],
    unknown: Unknown::Strict,
};

static PATH_OVERRIDE: Shape = Shape {
    name: "path-override",
    keys: &[("path", Text)],
    required: &["path"],
    unknown: Unknown::Strict,
};

static PAGINATION: Shape = Shape {
    name: "x-agent-pagination",
    keys: &[
        ("cursor", Object(&CURSOR)),
        ("link", Object(&LINK)),
        ("last_record", Object(&LAST_RECORD)),
        ("offset", Object(&COUNTER)),
        ("page", Object(&COUNTER)),
        ("none", Text),
        ("unknown", Text),
        ("more", Text),
        ("done", Text),
        ("size", Object(&SIZE)),
        ("short_page_ends", Bool),
        ("single_page", TEXTS),
    ],
    required: &[],
    unknown: Unknown::Strict,
};

static EMPTY: Shape = Shape {
    name: "x-agent-empty",
    keys: &[("status", Count), ("code", Word), ("message", Text)],
    required: &[],
    unknown: Unknown::Strict,
};

static CURSOR: Shape = Shape {
    name: "cursor",
    keys: &[("from", Text), ("into", Text)],
    required: &[],
    unknown: Unknown::Strict,
};

static LINK: Shape = Shape {
    name: "link",
    keys: &[("from", Text), ("query", Text), ("into", Text), ("feed", Map(&Text)), ("keep", TEXTS)],
    required: &[],
    unknown: Unknown::Strict,
};

static LAST_RECORD: Shape = Shape {
    name: "last_record",
    keys: &[("field", Text), ("into", Text), ("add", Count), ("backwards", Text)],
    required: &[],
    unknown: Unknown::Strict,
};

static COUNTER: Shape = Shape {
    name: "counter",
    keys: &[("into", Text), ("start", Count)],
    required: &[],
    unknown: Unknown::Strict,
};

static SIZE: Shape = Shape {
    name: "size",
    keys: &[
        ("parameter", Text),
        ("default", Count),
        ("maximum", Count),
        ("needed", Bool),
        ("filtered", Bool),
        ("served", Text),
    ],
    required: &[],
    unknown: Unknown::Strict,
};

static AI_HINTS: Shape = Shape {
    name: "ai-hints",
    keys: &[
        ("summary", Text),
        ("when_to_use", Text),
        ("trigger_phrases", TEXTS),
        ("freshness", OneOf(&["live", "static"])),
        ("example_questions", TEXTS),
        ("search_strategy", Text),
    ],
    required: &[],
    unknown: Unknown::Open,
};

static PARAMETER: Shape = Shape {
    name: "parameter",
    keys: &[
        ("$ref", Text),
        ("name", Text),
        ("in", Text),
        ("required", Bool),
        ("description", Text),
        ("deprecated", Bool),
        ("allowEmptyValue", Bool),
        ("allowReserved", Bool),
        ("style", Text),
        ("explode", Bool),
        ("schema", Any),
        ("content", Any),
        ("example", Any),
        ("examples", Any),
        ("x-airbyte-param-config-inject", Object(&CONFIG_INJECT)),
        ("x-agent-send-default", Bool),
        ("x-agent-wire-name", Text),
        ("x-agent-path-prefix", Text),
        ("x-agent-addition", Bool),
    ],
    required: &[],
    unknown: Unknown::Lenient,
};

static CONFIG_INJECT: Shape = Shape {
    name: "param-config-inject",
    keys: &[("source", Text), ("map", Map(&Any))],
    required: &["source"],
    unknown: Unknown::Strict,
};

static REQUEST_BODY: Shape = Shape {
    name: "request body",
    keys: &[
        ("$ref", Text),
        ("description", Text),
        ("required", Bool),
        ("content", Map(&Object(&MEDIA_TYPE))),
        ("x-airbyte-body-type", Object(&BODY_TYPE)),
    ],
    required: &[],
    unknown: Unknown::Strict,
};

static MEDIA_TYPE: Shape = Shape {
    name: "media type",
    keys: &[
        ("schema", Any),
        ("example", Any),
        ("examples", Any),
        ("encoding", Any),
        ("x-agent-argument", Text),
    ],
    required: &[],
    unknown: Unknown::Strict,
};

static BODY_TYPE: Shape = Shape {
    name: "body-type",
    keys: &[
        ("type", Text),
        ("query", Text),
        ("variables", Map(&Any)),
        ("operationName", Text),
        ("default_fields", Either(&TEXTS, &Text)),
        ("x-airbyte-nullable-variables", TEXTS),
        ("x-agent-optional", TEXTS),
    ],
    required: &[],
    unknown: Unknown::Strict,
};

static RESPONSE: Shape = Shape {
    name: "response",
    keys: &[
        ("$ref", Text),
        ("description", Text),
        ("content", Map(&Object(&MEDIA_TYPE))),
        ("headers", Map(&Object(&HEADER))),
        ("links", Any),
    ],
    required: &[],
    unknown: Unknown::Lenient,
};

static HEADER: Shape = Shape {
    name: "header",
    keys: &[
        ("description", Text),
        ("required", Bool),
        ("deprecated", Bool),
        ("schema", Any),
        ("example", Any),
    ],
    required: &[],
    unknown: Unknown::Strict,
};
