//! How a connector authenticates.

use serde::Serialize;

use super::{Constant, List, Server, StoredField, Template, Text};

/// One way to authenticate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuthScheme {
    /// Name in the spec, for example `githubPAT`.
    pub name: Text,
    /// Title, for example `Personal access token`.
    pub title: Text,
    /// What it is and when to choose it.
    pub description: Text,
    /// How a request carries it.
    pub kind: AuthKind,
    /// What the user provides.
    pub fields: List<CredentialField>,
    /// Secrets the engine works with, computed from the fields.
    pub mapping: List<Mapping>,
    /// Headers set besides, over secrets and unmapped fields; an unknown name is empty.
    pub headers: List<Header>,
    /// How an access token is renewed.
    pub refresh: Option<Refresh>,
    /// Endpoints of the authorization-code flow.
    pub oauth: Option<OAuthEndpoints>,
    /// What each scope opens.
    pub scopes: List<Scope>,
    /// Where the hosted platform keeps the fields; empty when it does not know the scheme.
    pub stored: List<StoredField>,
    /// What tells the scheme in the configuration that the platform stores.
    pub markers: List<Constant>,
    /// Where requests go with this scheme, where that is elsewhere.
    pub server: Option<SchemeServer>,
}

/// An address of a scheme's own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SchemeServer {
    /// The setting that makes requests go there; `None`: they always do.
    pub when: Option<Text>,
    /// The server that takes the place of the connector's own.
    pub server: Server,
}

impl AuthScheme {
    /// The field of this name or alias.
    pub fn field(&self, name: &str) -> Option<&CredentialField> {
        self.fields
            .iter()
            .find(|field| field.name == name)
            .or_else(|| self.fields.iter().find(|field| field.aliases.iter().any(|a| a == name)))
    }
}

/// How a request carries the credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthKind {
    /// `Authorization: Bearer <token>`
    Bearer,
    /// `Authorization: Basic <username:password>`
    Basic,
    /// A header, query parameter or cookie with `api_key`.
    ApiKey {
        /// Where it goes.
        location: ApiKeyLocation,
        /// Its name there.
        name: Text,
    },
    /// A header with the access token behind a prefix.
    OAuth2 {
        /// Header, usually `Authorization`.
        header: Text,
        /// Prefix, usually `Bearer`; empty for none.
        prefix: Text,
    },
}

/// Where an API key goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyLocation {
    /// The key is sent in a header.
    Header,
    /// The key is sent as a query parameter.
    Query,
    /// The key is sent as a cookie.
    Cookie,
}

/// Something the user provides to authenticate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CredentialField {
    /// Name of the field in `Credentials`.
    pub name: Text,
    /// Title that forms show above the field.
    pub title: Text,
    /// What the field holds and where to get it.
    pub description: Text,
    /// Where to get it.
    pub obtain: Text,
    /// Whether the scheme is unusable without it.
    pub required: bool,
    /// Whether it must never be shown.
    pub secret: bool,
    /// Other names under which it is accepted.
    pub aliases: List<Text>,
}

/// A secret computed from credential fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mapping {
    /// `token`, `username`, `password`, `api_key`, `access_token`, `refresh_token`, `client_id`,
    /// `client_secret` or `credentials_json`.
    pub target: Text,
    /// Text over credential fields.
    pub value: Template,
}

/// A header with a computed value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Header {
    /// Name of the header.
    pub name: Text,
    /// Value of the header, with credential fields filled in.
    pub value: Template,
}

/// How an access token is renewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refresh {
    /// Token endpoint, over configuration values and `client_id`.
    pub url: Template,
    /// How the client authenticates there.
    pub style: RefreshStyle,
    /// How the body is written.
    pub format: RefreshFormat,
    /// What is exchanged for a token.
    pub grant: RefreshGrant,
    /// Scopes asked for by the `jwt-bearer` grant.
    pub scopes: List<Text>,
    /// Further fields of the token request, over the scheme's fields; those of which a field was
    /// not given are left out.
    pub fields: List<Mapping>,
    /// Fields of the token answer that become server variables.
    pub extract: List<Text>,
}

/// How the client authenticates at the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshStyle {
    /// `client_id` and `client_secret` in the body.
    Body,
    /// By HTTP basic authentication in a header.
    Basic,
    /// The request carries no client authentication.
    None,
}

/// How the body of a token request is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshFormat {
    /// `application/x-www-form-urlencoded`
    Form,
    /// `application/json`
    Json,
}

/// What is exchanged for an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshGrant {
    /// The token is renewed with a refresh token.
    RefreshToken,
    /// A signed assertion of a service account (`credentials_json`).
    JwtBearer,
    /// The client's own id and secret; nobody signs in, and there is no refresh token.
    ClientCredentials,
}

/// Endpoints of the authorization-code flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OAuthEndpoints {
    /// Where the user grants access; empty for flows without a user.
    pub authorization_url: Template,
    /// Where the code is exchanged.
    pub token_url: Template,
    /// Scopes to ask for.
    pub scopes: List<Text>,
    /// What stands between two scopes.
    pub separator: Text,
    /// Further parameters of the address where the user grants access, over settings.
    pub parameters: List<Mapping>,
    /// How the client authenticates when it exchanges the code.
    pub style: RefreshStyle,
    /// How the body of the exchange is written.
    pub format: RefreshFormat,
}

impl OAuthEndpoints {
    /// Whether a user signs in.
    pub fn has_sign_in(&self) -> bool {
        !self.authorization_url.pieces.is_empty()
    }
}

/// What a scope opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scope {
    /// Name at the vendor, empty where permissions have no name.
    pub name: Text,
    /// `read`, `write`, `read_write` or `delete`.
    pub mode: Text,
    /// Entities whose operations need the scope.
    pub entities: List<Text>,
    /// What else there is to know.
    pub description: Text,
}
