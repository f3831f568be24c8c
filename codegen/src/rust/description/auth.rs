//! Writes the ways to authenticate as code.

use airbyte_agent_description::{
    AuthKind, AuthScheme, CredentialField, Header, Mapping, OAuthEndpoints, Refresh, SchemeServer,
    Scope, StoredField,
};

use super::code::{Code, list, text, texts};
use super::hosting::constant;
use super::schema::template;
use super::server::server;

/// A way to authenticate, as an expression.
pub(super) fn scheme(scheme: &AuthScheme) -> Code {
    let AuthScheme {
        name,
        title,
        description,
        kind,
        fields,
        mapping,
        headers,
        refresh,
        oauth,
        scopes,
        stored,
        markers,
        server,
    } = scheme;
    Code::call("AuthScheme::new", [Code::text(name), Code::text(title), self::kind(kind)])
        .said("description", description)
        .each("fields", fields, field)
        .each("mapping", mapping, self::mapping)
        .each("headers", headers, header)
        .maybe("refresh", refresh.as_ref().map(self::refresh))
        .maybe("oauth", oauth.as_ref().map(endpoints))
        .each("scopes", scopes, scope)
        .each("stored", stored, |field| {
            let StoredField { path, field } = field;
            Code::call("StoredField::new", [Code::text(path), Code::text(field)])
        })
        .each("markers", markers, constant)
        .maybe("server", server.as_ref().map(scheme_server))
        .tall()
}

fn kind(kind: &AuthKind) -> Code {
    match kind {
        AuthKind::Bearer => Code::plain("AuthKind::Bearer"),
        AuthKind::Basic => Code::plain("AuthKind::Basic"),
        AuthKind::ApiKey { location, name } => {
            let location = Code::plain(format!("ApiKeyLocation::{location:?}"));
            Code::Struct("AuthKind::ApiKey", vec![("location", location), ("name", text(name))])
        }
        AuthKind::OAuth2 { header, prefix } => {
            let fields = vec![("header", text(header)), ("prefix", text(prefix))];
            Code::Struct("AuthKind::OAuth2", fields)
        }
    }
}

fn field(field: &CredentialField) -> Code {
    let CredentialField { name, title, description, obtain, required, secret, aliases } = field;
    Code::call("CredentialField::new", [Code::text(name), Code::text(title)])
        .mark("required", *required)
        .mark("secret", *secret)
        .maybe("aliases", (!aliases.is_empty()).then(|| Code::texts(aliases.iter())))
        .said("description", description)
        .said("obtain", obtain)
}

fn mapping(mapping: &Mapping) -> Code {
    let Mapping { target, value } = mapping;
    Code::call("Mapping::new", [Code::text(target), template(value)])
}

fn header(header: &Header) -> Code {
    let Header { name, value } = header;
    Code::call("Header::new", [Code::text(name), template(value)])
}

fn scope(scope: &Scope) -> Code {
    let Scope { name, mode, entities, description } = scope;
    let entities = Code::texts(entities.iter());
    Code::call(
        "Scope::new",
        [Code::text(name), Code::text(mode), entities, Code::text(description)],
    )
}

fn refresh(refresh: &Refresh) -> Code {
    let Refresh { url, style, format, grant, scopes, fields, extract } = refresh;
    Code::Struct(
        "Refresh",
        vec![
            ("url", template(url)),
            ("style", Code::plain(format!("RefreshStyle::{style:?}"))),
            ("format", Code::plain(format!("RefreshFormat::{format:?}"))),
            ("grant", Code::plain(format!("RefreshGrant::{grant:?}"))),
            ("scopes", texts(scopes)),
            ("fields", list(fields, mapping)),
            ("extract", texts(extract)),
        ],
    )
}

fn endpoints(endpoints: &OAuthEndpoints) -> Code {
    let OAuthEndpoints {
        authorization_url,
        token_url,
        scopes,
        separator,
        parameters,
        style,
        format,
    } = endpoints;
    Code::Struct(
        "OAuthEndpoints",
        vec![
            ("authorization_url", template(authorization_url)),
            ("token_url", template(token_url)),
            ("scopes", texts(scopes)),
            ("separator", text(separator)),
            ("parameters", list(parameters, mapping)),
            ("style", Code::plain(format!("RefreshStyle::{style:?}"))),
            ("format", Code::plain(format!("RefreshFormat::{format:?}"))),
        ],
    )
}

fn scheme_server(own: &SchemeServer) -> Code {
    let SchemeServer { when, server: address } = own;
    let when = Code::option(when.as_deref().map(text));
    Code::Struct("SchemeServer", vec![("when", when), ("server", server(address))])
}
