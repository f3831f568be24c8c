//! Who answers a request: a vendor, the platform, or the sandbox itself.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::json;

use crate::control;
use crate::fault::{Fault, FaultKind, Faults, Target};
use crate::incoming::Incoming;
use crate::log::{Log, LoggedRequest};
use crate::platform::Platform;
use crate::reply::{Delivery, Reply};
use crate::vendor::Vendor;

/// Everything behind the server.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) vendors: Vec<Vendor>,
    /// Places in `vendors` by slug.
    pub(crate) slugs: HashMap<String, usize>,
    pub(crate) platform: Platform,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
}

/// Path under which vendors are reached by slug.
const VENDORS: &str = "/vendors/";
/// The platform's own hosts, for clients that reach it through a proxy; the second one gave out
/// tokens once.
const PLATFORM: [&str; 2] = ["api.airbyte.ai", "cloud.airbyte.com"];

impl World {
    /// Answers a request and notes it.
    pub(crate) async fn answer(self: &Arc<Self>, request: Incoming) -> Reply {
        if let Some(rest) = request.path.strip_prefix(control::ROOT) {
            return control::answer(self, &request, rest);
        }
        let (reply, target) = self.route(&request).await;
        let status = if reply.delivery == Delivery::Closed { 0 } else { reply.status };
        tracing::debug!(method = request.method, path = request.path, status, "answered");
        self.log.add(LoggedRequest::new(&request, &target, status));
        reply
    }

    async fn route(&self, request: &Incoming) -> (Reply, Target) {
        if let Some(host) = request.host.as_ref().filter(|host| !PLATFORM.contains(&host.as_str()))
        {
            let fitting = self
                .vendors
                .iter()
                .filter_map(|vendor| Some((vendor.fits(request)?, vendor)))
                .max_by_key(|(fit, _)| *fit);
            if let Some((_, vendor)) = fitting {
                return vendor.answer(request, &request.path, false, &self.faults);
            }
            let why = format!("no vendor here answers at {host}{}", request.path);
            return (Reply::json(502, &json!({"error": why})), Target::default());
        }
        if let Some(rest) = request.path.strip_prefix(VENDORS) {
            let (slug, rest) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
            if let Some(vendor) = self.vendor(slug) {
                return vendor.answer(request, rest, true, &self.faults);
            }
            let why = format!("no vendor here is called {slug}");
            return (Reply::json(404, &json!({"error": why})), Target::default());
        }
        self.platform.answer(request, self).await
    }

    /// The vendor of this slug.
    pub(crate) fn vendor(&self, slug: &str) -> Option<&Vendor> {
        self.vendors.get(*self.slugs.get(slug)?)
    }

    /// Lets requests fail. Tokens expire at once.
    pub(crate) fn inject(&self, fault: Fault) {
        if fault.kind != FaultKind::ExpireTokens {
            self.faults.add(fault);
            return;
        }
        let wanted = fault.matching.connector.as_deref();
        if wanted.is_none_or(|name| name == "platform") {
            self.platform.expire_tokens();
        }
        for vendor in &self.vendors {
            if wanted.is_none_or(|name| name == vendor.description.name) {
                vendor.expire_tokens();
            }
        }
    }
}
