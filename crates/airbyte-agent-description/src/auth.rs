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
    /// What this way to authenticate is, and when to choose it.
    pub description: Text,
    /// How a request carries the credential.
    pub kind: AuthKind,
    /// The credential fields that the user provides.
    pub fields: List<CredentialField>,
    /// The secrets that the engine works with, each computed from the fields.
    pub mapping: List<Mapping>,
    /// Further headers of each request: templates over secrets and unmapped fields, in which an unknown
    /// name gives an empty text.
    pub headers: List<Header>,
    /// How an access token is renewed.
    pub refresh: Option<Refresh>,
    /// Endpoints of the authorization-code flow.
    pub oauth: Option<OAuthEndpoints>,
    /// What each OAuth scope permits.
    pub scopes: List<Scope>,
    /// Where the hosted platform keeps the fields; empty when it does not know the scheme.
    pub stored: List<StoredField>,
    /// Constants by which this scheme is recognised in the configuration that the platform stores.
    pub markers: List<Constant>,
    /// The server that requests of this scheme go to, if it is not the connector's own.
    pub server: Option<SchemeServer>,
}

/// A server that only requests of one scheme go to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SchemeServer {
    /// The setting whose presence makes requests go there; with `None` they always do.
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
    /// A header, query parameter or cookie that holds `api_key`.
    ApiKey {
        /// The part of the request that holds the key.
        location: ApiKeyLocation,
        /// Name of the header, query parameter or cookie.
        name: Text,
    },
    /// A header with the access token behind a prefix.
    OAuth2 {
        /// Name of the header, usually `Authorization`.
        header: Text,
        /// Text before the token, usually `Bearer`; empty if there is none.
        prefix: Text,
    },
}

/// The part of a request that holds an API key.
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

/// A credential field: something that the user provides to authenticate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CredentialField {
    /// Name of the field in `Credentials`.
    pub name: Text,
    /// Title that forms show above the field.
    pub title: Text,
    /// What the field holds and where to get it.
    pub description: Text,
    /// How to get the value, for example where the vendor's settings show it.
    pub obtain: Text,
    /// Whether the scheme cannot be used without this field.
    pub required: bool,
    /// Whether the value is a secret, which must never be shown.
    pub secret: bool,
    /// Other names under which the field is accepted.
    pub aliases: List<Text>,
}

/// A secret computed from credential fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mapping {
    /// `token`, `username`, `password`, `api_key`, `access_token`, `refresh_token`, `client_id`,
    /// `client_secret` or `credentials_json`.
    pub target: Text,
    /// Template over credential fields, which gives the secret.
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
    /// Address of the token endpoint: a template over configuration values and `client_id`.
    pub url: Template,
    /// How the client authenticates at the token endpoint.
    pub style: RefreshStyle,
    /// How the body of the token request is written.
    pub format: RefreshFormat,
    /// What is exchanged for a token.
    pub grant: RefreshGrant,
    /// Scopes that the `jwt-bearer` grant requests.
    pub scopes: List<Text>,
    /// Further fields of the token request: templates over the scheme's fields. One that needs a field
    /// which was not given is left out.
    pub fields: List<Mapping>,
    /// Members of the token response that become server variables.
    pub extract: List<Text>,
}

/// How the client authenticates at the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshStyle {
    /// `client_id` and `client_secret` in the body.
    Body,
    /// `client_id` and `client_secret` as HTTP basic authentication.
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
    /// The client sends a signed assertion of a service account (`credentials_json`).
    JwtBearer,
    /// The client sends its own id and secret. No user signs in, and there is no refresh token.
    ClientCredentials,
}

/// Endpoints of the authorization-code flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OAuthEndpoints {
    /// Address at which the user grants access; empty for flows without a user.
    pub authorization_url: Template,
    /// Address at which the code is exchanged for tokens.
    pub token_url: Template,
    /// The scopes that the sign-in requests.
    pub scopes: List<Text>,
    /// The text between two scopes, usually a space.
    pub separator: Text,
    /// Further query parameters of that address: templates over settings.
    pub parameters: List<Mapping>,
    /// How the client authenticates when it exchanges the code.
    pub style: RefreshStyle,
    /// How the body of the request that exchanges the code is written.
    pub format: RefreshFormat,
}

impl OAuthEndpoints {
    /// Whether the flow has an address at which a user signs in.
    pub fn has_sign_in(&self) -> bool {
        !self.authorization_url.pieces.is_empty()
    }
}

/// What an OAuth scope permits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scope {
    /// Name of the scope at the vendor; empty if the vendor's permissions have no names.
    pub name: Text,
    /// `read`, `write`, `read_write` or `delete`.
    pub mode: Text,
    /// Entities whose operations need the scope.
    pub entities: List<Text>,
    /// Remarks in the words of the spec; may be empty.
    pub description: Text,
}
