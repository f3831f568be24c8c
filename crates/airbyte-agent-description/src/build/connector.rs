//! What a connector holds beside its entities: servers, ways to authenticate, limits, hosting.

use std::borrow::Cow;

use super::setters;
use crate::{
    AuthKind, AuthScheme, Constant, CredentialField, Derivation, ErrorCode, ErrorMeaning,
    FailureKind, Header, Json, Link, Mapping, OAuthEndpoints, RateLimit, Refresh, Relationship,
    SchemeServer, Scope, Scoping, Server, ServerVariable, Setting, StoredField, StoredVariable,
    Template, Text,
};

impl Link {
    /// A page of the vendor's documentation.
    pub const fn new(kind: &'static str, title: &'static str, url: &'static str) -> Self {
        Self { kind: Cow::Borrowed(kind), title: Cow::Borrowed(title), url: Cow::Borrowed(url) }
    }
}

impl Server {
    /// A base address and the variables in it.
    pub const fn new(url: Template, variables: &'static [ServerVariable]) -> Self {
        Self { url, variables: Cow::Borrowed(variables) }
    }
}

impl ServerVariable {
    /// A server variable and what it stands for.
    pub const fn new(name: &'static str, description: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            description: Cow::Borrowed(description),
            default: None,
            choices: Cow::Borrowed(&[]),
            example: Cow::Borrowed(""),
            derived_from: None,
            from_token: false,
        }
    }

    /// The credential field whose last part, after the delimiter, is the value.
    #[must_use]
    pub const fn derived_from(mut self, field: &'static str, delimiter: &'static str) -> Self {
        let (field, delimiter) = (Cow::Borrowed(field), Cow::Borrowed(delimiter));
        std::mem::forget(self.derived_from.replace(Derivation { field, delimiter }));
        self
    }

    setters! {
        /// Value used when the caller gives none.
        default(value: &'static str) default = Some(Cow::Borrowed(value));
        /// The only values that are allowed.
        choices(choices: &'static [Text]) choices = Cow::Borrowed(choices);
        /// An example of a value.
        example(value: &'static str) example = Cow::Borrowed(value);
        /// The token response supplies the value.
        from_token() from_token = true;
    }
}

impl AuthScheme {
    /// A way to authenticate: its name and title, and how a request carries it.
    pub const fn new(name: &'static str, title: &'static str, kind: AuthKind) -> Self {
        Self {
            name: Cow::Borrowed(name),
            title: Cow::Borrowed(title),
            description: Cow::Borrowed(""),
            kind,
            fields: Cow::Borrowed(&[]),
            mapping: Cow::Borrowed(&[]),
            headers: Cow::Borrowed(&[]),
            refresh: None,
            oauth: None,
            scopes: Cow::Borrowed(&[]),
            stored: Cow::Borrowed(&[]),
            markers: Cow::Borrowed(&[]),
            server: None,
        }
    }

    setters! {
        /// What this way to authenticate is, and when to choose it.
        description(text: &'static str) description = Cow::Borrowed(text);
        /// The credential fields that the user provides.
        fields(list: &'static [CredentialField]) fields = Cow::Borrowed(list);
        /// The secrets that the engine works with.
        mapping(list: &'static [Mapping]) mapping = Cow::Borrowed(list);
        /// Further headers of each request.
        headers(list: &'static [Header]) headers = Cow::Borrowed(list);
        /// How an access token is renewed.
        refresh(refresh: Refresh) refresh = Some(refresh);
        /// Endpoints of the authorization-code flow.
        oauth(endpoints: OAuthEndpoints) oauth = Some(endpoints);
        /// What each OAuth scope permits.
        scopes(list: &'static [Scope]) scopes = Cow::Borrowed(list);
        /// Where the hosted platform keeps the fields.
        stored(list: &'static [StoredField]) stored = Cow::Borrowed(list);
        /// Constants by which the scheme is recognised in the stored configuration.
        markers(list: &'static [Constant]) markers = Cow::Borrowed(list);
        /// The server that requests of this scheme go to.
        server(server: SchemeServer) server = Some(server);
    }
}

impl CredentialField {
    /// Something the user provides: name in credentials, and title.
    pub const fn new(name: &'static str, title: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            title: Cow::Borrowed(title),
            description: Cow::Borrowed(""),
            obtain: Cow::Borrowed(""),
            required: false,
            secret: false,
            aliases: Cow::Borrowed(&[]),
        }
    }

    setters! {
        /// What the field holds.
        description(text: &'static str) description = Cow::Borrowed(text);
        /// How to get the value.
        obtain(text: &'static str) obtain = Cow::Borrowed(text);
        /// The scheme cannot be used without this field.
        required() required = true;
        /// The value is a secret, which must never be shown.
        secret() secret = true;
        /// Other names under which the field is accepted.
        aliases(names: &'static [Text]) aliases = Cow::Borrowed(names);
    }
}

impl Mapping {
    /// A secret or field and its value.
    pub const fn new(target: &'static str, value: Template) -> Self {
        Self { target: Cow::Borrowed(target), value }
    }
}

impl Header {
    /// A header and its value.
    pub const fn new(name: &'static str, value: Template) -> Self {
        Self { name: Cow::Borrowed(name), value }
    }
}

impl Scope {
    /// What an OAuth scope permits: its name, its mode, its entities, and remarks.
    pub const fn new(
        name: &'static str,
        mode: &'static str,
        entities: &'static [Text],
        description: &'static str,
    ) -> Self {
        Self {
            name: Cow::Borrowed(name),
            mode: Cow::Borrowed(mode),
            entities: Cow::Borrowed(entities),
            description: Cow::Borrowed(description),
        }
    }
}

impl Scoping {
    /// A parameter and the configuration key that holds its value.
    pub const fn new(parameter: &'static str, config_key: &'static str) -> Self {
        Self {
            parameter: Cow::Borrowed(parameter),
            config_key: Cow::Borrowed(config_key),
            expression: None,
        }
    }

    setters! {
        /// Template over `value`, `config` and `param`.
        expression(text: &'static str) expression = Some(Cow::Borrowed(text));
    }
}

impl RateLimit {
    /// A rate limit: the number of requests, the length of the window in seconds, and who shares it.
    pub const fn new(requests: Option<u64>, per_seconds: u64, scope: &'static str) -> Self {
        Self {
            requests,
            per_seconds,
            scope: Cow::Borrowed(scope),
            description: Cow::Borrowed(""),
            source: Cow::Borrowed(""),
            wait_seconds: 0,
        }
    }

    setters! {
        /// Remarks in the words of the spec; may be empty.
        description(text: &'static str) description = Cow::Borrowed(text);
        /// Address of the vendor's page that says so.
        source(url: &'static str) source = Cow::Borrowed(url);
        /// Seconds to wait after a refusal that names no wait.
        wait_seconds(seconds: u64) wait_seconds = seconds;
    }
}

impl ErrorMeaning {
    /// The kind of error that these codes become.
    pub const fn new(code: ErrorCode, kind: FailureKind) -> Self {
        Self { code, kind }
    }
}

impl ErrorCode {
    /// Matches exactly the code given.
    pub const fn is(code: &'static str) -> Self {
        Self::Is(Cow::Borrowed(code))
    }

    /// All codes that begin with this text.
    pub const fn begins(start: &'static str) -> Self {
        Self::Begins(Cow::Borrowed(start))
    }
}

impl Relationship {
    /// The source's field or parameter `foreign_key` names the target's field `target_key`.
    pub const fn new(
        source: &'static str,
        foreign_key: &'static str,
        target: &'static str,
        target_key: &'static str,
        cardinality: &'static str,
    ) -> Self {
        Self {
            source: Cow::Borrowed(source),
            target: Cow::Borrowed(target),
            foreign_key: Cow::Borrowed(foreign_key),
            target_key: Cow::Borrowed(target_key),
            cardinality: Cow::Borrowed(cardinality),
        }
    }
}

impl Setting {
    /// A setting: its name, title, and place in the stored configuration.
    pub const fn new(
        name: &'static str,
        title: &'static str,
        path: &'static str,
        schema: crate::Schema,
    ) -> Self {
        Self {
            name: Cow::Borrowed(name),
            title: Cow::Borrowed(title),
            path: Cow::Borrowed(path),
            required: false,
            schema,
        }
    }

    setters! {
        /// Without the setting a connector cannot be created.
        required() required = true;
    }
}

impl Constant {
    /// A JSON text at a place of the stored configuration.
    pub const fn new(path: &'static str, json: &'static str) -> Self {
        Self { path: Cow::Borrowed(path), value: Json(Cow::Borrowed(json)) }
    }
}

impl StoredVariable {
    /// A server variable at a place of the stored configuration, and how it is written there.
    pub const fn new(path: &'static str, variable: &'static str, format: &'static str) -> Self {
        Self {
            path: Cow::Borrowed(path),
            variable: Cow::Borrowed(variable),
            format: Cow::Borrowed(format),
        }
    }
}

impl StoredField {
    /// A credential field at a place of the stored configuration.
    pub const fn new(path: &'static str, field: &'static str) -> Self {
        Self { path: Cow::Borrowed(path), field: Cow::Borrowed(field) }
    }
}
