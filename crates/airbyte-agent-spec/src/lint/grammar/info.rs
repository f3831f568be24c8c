//! `info` and what is configured in it.

use super::Rule::{Any, Bool, Count, Either, List, Map, Number, Object, OneOf, Text, Word};
use super::{Shape, TEXTS, Unknown};

pub(super) static INFO: Shape = Shape {
    name: "info",
    keys: &[
        ("title", Text),
        ("version", Text),
        ("description", Text),
        ("summary", Text),
        ("termsOfService", Text),
        ("contact", Object(&CONTACT)),
        ("license", Object(&LICENSE)),
        ("x-airbyte-connector-name", Text),
        ("x-airbyte-connector-display-name", Text),
        ("x-airbyte-connector-definition-id", Text),
        ("x-airbyte-external-documentation-urls", List(&Object(&DOCUMENTATION))),
        ("x-airbyte-retry-config", Object(&RETRY)),
        ("x-airbyte-response-error-check", Object(&ERROR_CHECK)),
        ("x-agent-failures", List(&Object(&FAILURE))),
        ("x-agent-error-kinds", Map(&Text)),
        ("x-agent-error-code", Either(&TEXTS, &Text)),
        ("x-airbyte-scoping", List(&Object(&SCOPING))),
        ("x-airbyte-entity-relationships", List(&Object(&RELATIONSHIP))),
        ("x-airbyte-example-questions", Object(&QUESTIONS)),
        ("x-airbyte-auth-tooltip", Either(&Map(&Text), &Text)),
        ("x-airbyte-context-store", Object(&STORE)),
        ("x-airbyte-skip-context-store", Text),
        (
            "x-airbyte-runtime-mode",
            OneOf(&["direct_only", "context_store_only", "direct_and_context_store"]),
        ),
        ("x-airbyte-qualification", Object(&QUALIFICATION)),
        ("x-airbyte-replication-config", Object(&REPLICATION)),
        ("x-airbyte-replication-version", Text),
        ("x-airbyte-replication-compatibility", Text),
        ("x-airbyte-skip-suggested-streams", TEXTS),
        ("x-airbyte-skip-auth-methods", TEXTS),
        ("x-airbyte-platform-availability", Any),
        ("x-airbyte-config-normalization", Object(&NORMALIZATION)),
        ("x-airbyte-direct-form", Any),
        ("x-agent-entities", Map(&Text)),
        ("x-agent-default-fields", Map(&List(&Text))),
        ("x-agent-other-names", TEXTS),
        ("x-agent-search-words", Map(&List(&Text))),
        ("x-agent-rate-limits", List(&Object(&RATE_LIMIT))),
        ("x-agent-rate-limit-headers", Object(&RATE_LIMIT_HEADERS)),
        ("x-agent-rate-limit-cost", Object(&RATE_LIMIT_COST)),
        ("x-agent-idempotency-key", Object(&IDEMPOTENCY)),
        ("x-agent-date-format", Text),
        ("x-agent-unique-ids", Bool),
        ("x-agent-drift", Map(&Text)),
        (
            "x-agent-field-selection",
            Either(&List(&Object(&FIELD_SELECTION)), &Object(&FIELD_SELECTION)),
        ),
    ],
    // The identity is looked at when the connector is lowered.
    required: &["x-airbyte-connector-name", "x-airbyte-external-documentation-urls"],
    unknown: Unknown::Lenient,
};

static CONTACT: Shape = Shape {
    name: "contact",
    keys: &[("name", Text), ("url", Text), ("email", Text)],
    required: &[],
    unknown: Unknown::Strict,
};

static LICENSE: Shape = Shape {
    name: "license",
    keys: &[("name", Text), ("url", Text), ("identifier", Text)],
    required: &["name"],
    unknown: Unknown::Strict,
};

static DOCUMENTATION: Shape = Shape {
    name: "documentation link",
    keys: &[
        ("url", Text),
        ("title", Text),
        (
            "type",
            OneOf(&[
                "api_deprecations",
                "api_reference",
                "api_release_history",
                "authentication_guide",
                "changelog",
                "data_model_reference",
                "developer_community",
                "migration_guide",
                "openapi_spec",
                "other",
                "permissions_scopes",
                "rate_limits",
                "sql_reference",
                "status_page",
            ]),
        ),
    ],
    required: &["url", "type"],
    unknown: Unknown::Strict,
};

static RETRY: Shape = Shape {
    name: "retry-config",
    keys: &[
        ("max_attempts", Count),
        ("initial_delay_seconds", Number),
        ("exponential_base", Number),
        ("max_delay_seconds", Number),
        ("jitter", Bool),
        ("retry_on_status_codes", List(&Count)),
        ("retry_on_timeout", Bool),
        ("retry_on_network_error", Bool),
        ("retry_after_header", Text),
        ("retry_after_format", Text),
    ],
    required: &[],
    unknown: Unknown::Strict,
};

static ERROR_CHECK: Shape = Shape {
    name: "response-error-check",
    keys: &[("field", Text), ("on_value", Any), ("message_field", Text)],
    required: &[],
    unknown: Unknown::Strict,
};

pub(super) static FIELD_SELECTION: Shape = Shape {
    name: "x-agent-field-selection",
    keys: &[
        ("parameter", Text),
        ("inside", Text),
        ("depth", Count),
        ("separator", Text),
        ("prefix", Text),
        ("add", TEXTS),
        ("all", Text),
        ("wrap", Text),
    ],
    required: &["parameter"],
    unknown: Unknown::Strict,
};

pub(super) static FAILURE: Shape = Shape {
    name: "failure",
    keys: &[("place", Text), ("equals", Any), ("done", Text), ("remark", Any), ("message", Text)],
    required: &["place"],
    unknown: Unknown::Strict,
};

static SCOPING: Shape = Shape {
    name: "scoping entry",
    keys: &[("param", Text), ("config_key", Text), ("value_template", Text)],
    required: &[],
    unknown: Unknown::Strict,
};

static RELATIONSHIP: Shape = Shape {
    name: "entity relationship",
    keys: &[
        ("source_entity", Text),
        ("target_entity", Text),
        ("foreign_key", Text),
        ("target_key", Text),
        ("cardinality", OneOf(&["one_to_one", "one_to_many", "many_to_one", "many_to_many"])),
        ("description", Text),
        ("parent_record_filter", Map(&Any)),
    ],
    required: &["source_entity", "target_entity", "foreign_key"],
    unknown: Unknown::Strict,
};

static QUESTIONS: Shape = Shape {
    name: "example-questions",
    keys: &[
        ("direct", TEXTS),
        ("context_store_search", TEXTS),
        ("search", TEXTS),
        ("unsupported", TEXTS),
    ],
    required: &[],
    unknown: Unknown::Strict,
};

static QUALIFICATION: Shape = Shape {
    name: "qualification",
    keys: &[
        ("status", OneOf(&["unverified", "candidate", "qualified"])),
        ("criteria_version", Text),
        ("bypassed_criteria", List(&Object(&BYPASS))),
    ],
    required: &["status"],
    unknown: Unknown::Strict,
};

static BYPASS: Shape = Shape {
    name: "bypassed criterion",
    keys: &[("criterion", Text), ("reason", Text)],
    required: &["criterion", "reason"],
    unknown: Unknown::Strict,
};

static REPLICATION: Shape = Shape {
    name: "replication-config",
    keys: &[
        ("title", Text),
        ("description", Text),
        ("properties", Map(&Object(&REPLICATION_PROPERTY))),
        ("required", TEXTS),
        ("replication_config_key_mapping", Map(&Text)),
        ("replication_config_constants", Map(&Any)),
    ],
    required: &[],
    unknown: Unknown::Strict,
};

static REPLICATION_PROPERTY: Shape = Shape {
    name: "replication-config property",
    keys: &[
        ("type", Any),
        ("title", Text),
        ("description", Text),
        ("format", Text),
        ("default", Any),
        ("enum", List(&Any)),
        ("items", Any),
        ("pattern", Text),
    ],
    required: &["type"],
    unknown: Unknown::Strict,
};

static NORMALIZATION: Shape = Shape {
    name: "config-normalization",
    keys: &[("rules", List(&Object(&NORMALIZATION_RULE)))],
    required: &["rules"],
    unknown: Unknown::Open,
};

static NORMALIZATION_RULE: Shape = Shape {
    name: "normalization rule",
    keys: &[
        ("target", Text),
        ("source", Text),
        ("transform", Any),
        ("delimiter", Text),
        ("when_missing", Any),
    ],
    required: &["target", "source", "transform"],
    unknown: Unknown::Open,
};

static RATE_LIMIT: Shape = Shape {
    name: "rate limit",
    keys: &[
        ("requests", Any),
        ("per_seconds", Any),
        ("concurrent", Any),
        ("scope", Text),
        ("description", Text),
        ("source", Text),
        ("wait_seconds", Count),
    ],
    required: &["scope"],
    unknown: Unknown::Strict,
};

static RATE_LIMIT_HEADERS: Shape = Shape {
    name: "rate-limit-headers",
    keys: &[
        ("limit", Text),
        ("remaining", Text),
        ("used_of", Text),
        ("reset", Text),
        ("reset_format", Text),
    ],
    required: &[],
    unknown: Unknown::Strict,
};

static RATE_LIMIT_COST: Shape = Shape {
    name: "rate-limit-cost",
    keys: &[("needed", Text), ("available", Text), ("per_second", Text)],
    required: &["needed", "available", "per_second"],
    unknown: Unknown::Strict,
};

pub(super) static IDEMPOTENCY: Shape = Shape {
    name: "idempotency-key",
    keys: &[("header", Text)],
    required: &["header"],
    unknown: Unknown::Strict,
};

static STORE: Shape = Shape {
    name: "context-store",
    keys: &[
        ("kind", OneOf(&["DATA", "FILES"])),
        ("entities", List(&Object(&STORE_ENTITY))),
        ("disable_compaction", Bool),
        ("flush_batch_size_mb", Count),
    ],
    required: &["entities"],
    unknown: Unknown::Lenient,
};

static STORE_ENTITY: Shape = Shape {
    name: "context-store entity",
    keys: &[
        ("entity", Text),
        ("suggested", Bool),
        ("fields", List(&Object(&STORE_FIELD))),
        ("x-airbyte-name", Any),
        ("x-airbyte-enrichment", List(&Object(&ENRICHMENT))),
        ("x-airbyte-text-references", Object(&TEXT_REFERENCES)),
        ("x-airbyte-skip-searchable-fields", Text),
        ("x-airbyte-skip-manifest-validation", Text),
    ],
    required: &["entity", "x-airbyte-name"],
    unknown: Unknown::Lenient,
};

static STORE_FIELD: Shape = Shape {
    name: "context-store field",
    keys: &[
        ("name", Text),
        ("type", Either(&TEXTS, &Text)),
        ("description", Text),
        ("properties", Map(&Object(&STORE_PROPERTY))),
        ("x-airbyte-name", Any),
        ("x-airbyte-semantic-search", Object(&SEMANTIC_SEARCH)),
    ],
    required: &["name", "type", "description"],
    unknown: Unknown::Lenient,
};

static STORE_PROPERTY: Shape = Shape {
    name: "context-store property",
    keys: &[
        ("type", Either(&TEXTS, &Text)),
        ("description", Text),
        ("properties", Map(&Object(&STORE_PROPERTY))),
    ],
    required: &["type"],
    unknown: Unknown::Lenient,
};

static SEMANTIC_SEARCH: Shape = Shape {
    name: "semantic-search",
    keys: &[
        (
            "content_type",
            OneOf(&["json", "html", "xhtml_storage", "adf", "markdown", "plaintext", "document"]),
        ),
        ("samples", List(&Object(&SAMPLE))),
        ("windowing", Object(&WINDOWING)),
        ("embedding", Map(&Text)),
        ("metadata", List(&Any)),
    ],
    required: &["content_type", "samples"],
    unknown: Unknown::Strict,
};

static SAMPLE: Shape = Shape {
    name: "sample",
    keys: &[
        ("name", Text),
        ("path", Text),
        ("lookup", Any),
        ("windowed", Bool),
        ("sampling", Object(&SAMPLING)),
        ("max_chars", Count),
        ("prefix", Text),
        ("suffix", Text),
    ],
    required: &["name"],
    unknown: Unknown::Strict,
};

static SAMPLING: Shape = Shape {
    name: "sampling",
    keys: &[
        ("sample_type", OneOf(&["element", "regex", "whole"])),
        ("unit_label", Text),
        ("sample_path", Text),
        ("text_path", Text),
        ("text_content_type", Text),
        ("stitch", Any),
        ("split_pattern", Text),
    ],
    required: &["sample_type"],
    unknown: Unknown::Strict,
};

static WINDOWING: Shape = Shape {
    name: "windowing",
    keys: &[
        ("context_max_chars", Count),
        ("context_boundary", OneOf(&["whole_unit", "char", "regex"])),
        ("context_boundary_pattern", Text),
        ("pattern", Text),
    ],
    required: &[],
    unknown: Unknown::Strict,
};

static ENRICHMENT: Shape = Shape {
    name: "enrichment",
    keys: &[("target", Text), ("match", List(&Map(&Word))), ("project", List(&Map(&Word)))],
    required: &["target", "match", "project"],
    unknown: Unknown::Strict,
};

static TEXT_REFERENCES: Shape = Shape {
    name: "text-references",
    keys: &[("fields", TEXTS), ("pattern", Text), ("specials", Any), ("resolve", List(&Any))],
    required: &["fields", "pattern"],
    unknown: Unknown::Strict,
};
