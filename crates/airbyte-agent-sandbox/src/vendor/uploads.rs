//! Operations at addresses that the vendor gives out in its responses.

use airbyte_agent_description::{Connector, Operation, UploadAddress};

use crate::request::Request;

/// What the paths of the addresses begin with.
const UPLOADS: &str = "/sandbox-uploads/";

/// The operation whose address a request has, and the argument that takes the address.
pub(super) fn find<'c>(
    connector: &'c Connector,
    request: &Request,
) -> Option<(&'c Operation, &'c UploadAddress)> {
    let own = request.path.strip_prefix(UPLOADS).and_then(|rest| rest.split('/').next());
    let host = request.host.as_deref();
    let fits_host = |address: &UploadAddress| match host {
        Some(host) => address.allows(host),
        None => own.is_some(),
    };
    let fitting = || {
        connector
            .operations()
            .filter(|operation| operation.method.as_str() == request.method)
            .filter_map(|operation| Some((operation, operation.address.as_ref()?)))
            .filter(|(_, address)| fits_host(address))
    };
    fitting()
        .find(|(operation, _)| own == Some(operation.place().as_str()))
        .or_else(|| fitting().next())
}

/// The argument that leads to the address of a request.
pub(super) fn argument(address: &UploadAddress, request: &Request) -> (String, String) {
    let host = request.host.clone().unwrap_or_else(|| host(address));
    let query =
        if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
    (address.argument.to_string(), format!("https://{host}{}{query}", request.path))
}

/// An address for an operation that is requested at one.
pub(crate) fn address(operation: &Operation, address: &UploadAddress, index: u64) -> String {
    format!("https://{}{UPLOADS}{}/{index}", host(address), operation.place())
}

fn host(address: &UploadAddress) -> String {
    address.hosts.first().map_or_else(String::new, |host| host.replace('*', "sandbox"))
}
