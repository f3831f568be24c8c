//! OAuth at a vendor: the authorization endpoint, the token endpoint, and the tokens that are known.

mod consent;
mod error;
mod exchange;
mod grant;
mod token_request;
mod tokens;

use airbyte_agent_description::Connector;

use super::address::Address;
use crate::request::Request;
use crate::response::Response;
use exchange::exchange;
use token_request::{TokenRequest, grant_type};

pub(super) use tokens::Tokens;

/// An authorization or token endpoint of an authentication scheme.
#[derive(Debug)]
pub(super) struct Endpoint {
    address: Address,
    /// Index of the scheme in the description.
    scheme: usize,
    role: Role,
}

/// What an endpoint does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It lets the user grant access and sends the browser back with a code.
    Authorizes,
    /// It exchanges a code for tokens.
    Exchanges,
    /// It renews tokens.
    Renews,
}

/// The endpoints of a connector's authentication schemes.
pub(super) fn endpoints(connector: &Connector) -> Vec<Endpoint> {
    let mut all = Vec::new();
    for (scheme, auth) in connector.auth.iter().enumerate() {
        let mut add = |url, role| {
            for address in Address::of_url(url, connector) {
                all.push(Endpoint { address, scheme, role });
            }
        };
        if let Some(refresh) = &auth.refresh {
            add(&refresh.url, Role::Renews);
        }
        if let Some(oauth) = &auth.oauth {
            add(&oauth.token_url, Role::Exchanges);
            add(&oauth.authorization_url, Role::Authorizes);
        }
    }
    all
}

/// The addresses of endpoints.
pub(super) fn addresses(all: &[Endpoint]) -> impl Iterator<Item = &Address> {
    all.iter().map(|endpoint| &endpoint.address)
}

/// Responds to a request to one of the endpoints; `None` when it is for another address.
pub(super) fn respond(
    connector: &Connector,
    all: &[Endpoint],
    tokens: &Tokens,
    request: &Request,
    path: &str,
) -> Option<Response> {
    let host = request.host.as_deref();
    let has_address =
        |endpoint: &&Endpoint| endpoint.address.fits_host(host) && endpoint.address.is_path(path);
    if request.method == "GET" {
        all.iter().filter(has_address).find(|endpoint| endpoint.role == Role::Authorizes)?;
        return Some(consent::authorize(request, tokens));
    }
    if request.method != "POST" {
        return None;
    }
    let exchanging: Vec<&Endpoint> =
        all.iter().filter(has_address).filter(|e| e.role != Role::Authorizes).collect();
    let first = *exchanging.first()?;
    let token_request = TokenRequest::parse(request);
    let kind = token_request.as_ref().ok().and_then(|sent| sent.text("grant_type"));
    let wants_code = kind.as_deref() == Some("authorization_code");
    let role = if wants_code { Role::Exchanges } else { Role::Renews };
    // Schemes with different grants may share one address.
    let has_grant = |endpoint: &&&Endpoint| {
        let refresh = connector.auth.get(endpoint.scheme).and_then(|auth| auth.refresh.as_ref());
        refresh.is_some_and(|refresh| kind.as_deref() == Some(grant_type(refresh.grant)))
    };
    let mut fitting = exchanging.iter().filter(|endpoint| endpoint.role == role);
    let endpoint = *fitting.clone().find(has_grant).or(fitting.next()).unwrap_or(&first);
    let scheme = connector.auth.get(endpoint.scheme)?;
    let refresh = scheme.refresh.as_ref().filter(|_| !wants_code);
    let response =
        token_request.and_then(|sent| exchange(connector, scheme, refresh, tokens, &sent));
    Some(response.unwrap_or_else(|error| error.response()))
}
