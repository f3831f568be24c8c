//! Security schemes and servers.

use super::Rule::{Any, Bool, Either, List, Map, Object, OneOf, Text, Word};
use super::{Shape, TEXTS, Unknown};

pub(super) static SERVER: Shape = Shape {
    name: "server",
    keys: &[
        ("url", Text),
        ("description", Text),
        ("variables", Map(&Object(&VARIABLE))),
        ("x-airbyte-replication-environment-mapping", Map(&Any)),
        ("x-airbyte-replication-environment-constants", Map(&Any)),
    ],
    required: &["url"],
    unknown: Unknown::Strict,
};

static SCHEME_SERVER: Shape = Shape {
    name: "x-agent-server",
    keys: &[
        ("url", Text),
        ("description", Text),
        ("variables", Map(&Object(&VARIABLE))),
        ("when", Text),
    ],
    required: &["url"],
    unknown: Unknown::Strict,
};

static VARIABLE: Shape = Shape {
    name: "server variable",
    keys: &[
        ("default", Word),
        ("description", Text),
        ("enum", List(&Word)),
        ("x-agent-required", Bool),
        ("x-agent-example", Text),
    ],
    required: &["description"],
    unknown: Unknown::Strict,
};

pub(super) static SCHEME: Shape = Shape {
    name: "security scheme",
    keys: &[
        ("type", Text),
        ("description", Text),
        ("scheme", Text),
        ("bearerFormat", Text),
        ("in", Text),
        ("name", Text),
        ("flows", Object(&FLOWS)),
        ("x-airbyte-auth-config", Object(&AUTH_CONFIG)),
        ("x-airbyte-token-refresh", Object(&TOKEN_REFRESH)),
        ("x-agent-token-fields", Any),
        ("x-agent-authorization", Object(&AUTHORIZATION)),
        ("x-agent-server", Object(&SCHEME_SERVER)),
        ("x-airbyte-token-extract", TEXTS),
        ("x-airbyte-token-path", Text),
        ("x-airbyte-oauth-scopes", List(&Object(&SCOPE))),
        ("x-airbyte-oauth-credentials", Object(&OAUTH_CREDENTIALS)),
        ("x-airbyte-untested", Bool),
    ],
    required: &["x-airbyte-auth-config"],
    unknown: Unknown::Open,
};

static FLOWS: Shape = Shape {
    name: "flows",
    keys: &[
        ("authorizationCode", Object(&FLOW)),
        ("clientCredentials", Object(&FLOW)),
        ("password", Object(&FLOW)),
        ("implicit", Object(&FLOW)),
    ],
    required: &[],
    unknown: Unknown::Strict,
};

static FLOW: Shape = Shape {
    name: "OAuth flow",
    keys: &[
        ("authorizationUrl", Text),
        ("tokenUrl", Text),
        ("refreshUrl", Text),
        ("scopes", Either(&Map(&Word), &TEXTS)),
    ],
    required: &["scopes"],
    unknown: Unknown::Strict,
};

static AUTHORIZATION: Shape = Shape {
    name: "authorization",
    keys: &[
        ("scopes", TEXTS),
        ("scope_separator", Text),
        ("parameters", Map(&Word)),
        ("auth_style", Text),
        ("body_format", Text),
    ],
    required: &[],
    unknown: Unknown::Strict,
};

static AUTH_CONFIG: Shape = Shape {
    name: "auth-config",
    keys: &[
        ("type", OneOf(&["object"])),
        ("title", Text),
        ("description", Text),
        ("required", TEXTS),
        ("properties", Map(&Object(&CREDENTIAL))),
        ("auth_mapping", Map(&Word)),
        ("additional_headers", Map(&Word)),
        ("replication_auth_key_mapping", Map(&Text)),
        ("replication_auth_key_constants", Map(&Any)),
    ],
    required: &["type", "properties"],
    unknown: Unknown::Strict,
};

static CREDENTIAL: Shape = Shape {
    name: "auth-config property",
    keys: &[
        ("type", OneOf(&["string", "integer", "boolean", "number"])),
        ("title", Text),
        ("description", Text),
        ("format", Text),
        ("pattern", Text),
        ("default", Any),
        ("airbyte_secret", Bool),
        ("x-agent-aliases", TEXTS),
        ("x-agent-obtain", Text),
    ],
    required: &["type", "title", "description"],
    unknown: Unknown::Strict,
};

static TOKEN_REFRESH: Shape = Shape {
    name: "token-refresh",
    keys: &[
        ("auth_style", Text),
        ("body_format", Text),
        ("grant_type", Text),
        ("header", Text),
        ("prefix", Text),
    ],
    required: &[],
    unknown: Unknown::Strict,
};

static SCOPE: Shape = Shape {
    name: "oauth scope",
    keys: &[
        ("scope", Text),
        ("mode", OneOf(&["read", "write", "read_write", "delete"])),
        ("entities", TEXTS),
        ("description", Text),
    ],
    required: &["mode"],
    unknown: Unknown::Open,
};

static OAUTH_CREDENTIALS: Shape = Shape {
    name: "oauth-credentials",
    keys: &[
        ("type", OneOf(&["object"])),
        ("title", Text),
        ("description", Text),
        ("properties", Map(&Object(&CREDENTIAL))),
        ("required", TEXTS),
    ],
    required: &["properties"],
    unknown: Unknown::Strict,
};
