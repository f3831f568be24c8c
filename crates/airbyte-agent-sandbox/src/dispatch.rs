//! Who responds to a request: the sandbox itself, a vendor, or the platform.

use serde_json::json;

use crate::control;
use crate::fault::Target;
use crate::log::LoggedRequest;
use crate::request::Request;
use crate::response::{Delivery, Response};
use crate::services::Services;

/// Path under which vendors are reached by slug.
const VENDORS: &str = "/vendors/";
/// The platform's own hosts, for clients that reach it through a proxy. Tokens once came from the
/// second one.
const PLATFORM_HOSTS: [&str; 2] = ["api.airbyte.ai", "cloud.airbyte.com"];

/// Responds to a request and writes it to the log, unless it is one of the control endpoints.
pub(crate) async fn respond(services: &Services, request: &Request) -> Response {
    if let Some(endpoint) = request.path.strip_prefix(control::ROOT) {
        return control::respond(services, request, endpoint);
    }
    let (response, target) = route(services, request).await;
    let status = if response.delivery == Delivery::Closed { 0 } else { response.status };
    tracing::debug!(method = request.method, path = request.path, status, "responded");
    services.log.add(LoggedRequest::new(request, &target, status));
    response
}

async fn route(services: &Services, request: &Request) -> (Response, Target) {
    let vendors = &services.vendors;
    let is_vendor_host = |host: &&String| !PLATFORM_HOSTS.contains(&host.as_str());
    if let Some(host) = request.host.as_ref().filter(is_vendor_host) {
        if let Some(vendor) = vendors.by_host(request) {
            return vendor.respond(request, &request.path, false, &services.faults);
        }
        let message = format!("no vendor of this sandbox answers at {host}{}", request.path);
        return (Response::json(502, &json!({"error": message})), Target::default());
    }
    if let Some(rest) = request.path.strip_prefix(VENDORS) {
        let (slug, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        if let Some(vendor) = vendors.by_slug(slug) {
            return vendor.respond(request, path, true, &services.faults);
        }
        let message = format!("no vendor of this sandbox is called {slug}");
        return (Response::json(404, &json!({"error": message})), Target::default());
    }
    services.platform.respond(request, vendors, &services.faults).await
}
