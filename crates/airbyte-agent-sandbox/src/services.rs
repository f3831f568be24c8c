//! Everything that a running sandbox consists of.

use crate::fault::{Fault, FaultKind, FaultQueue};
use crate::log::RequestLog;
use crate::platform::Platform;
use crate::vendor::Vendors;

/// The emulated vendors and platform, the faults that wait, and the log of requests.
#[derive(Debug)]
pub(crate) struct Services {
    pub(crate) vendors: Vendors,
    pub(crate) platform: Platform,
    pub(crate) faults: FaultQueue,
    pub(crate) log: RequestLog,
    /// Whether only this machine can connect.
    pub(crate) is_local: bool,
}

impl Services {
    /// Lets matching requests fail. [`FaultKind::ExpireTokens`] takes effect at once.
    pub(crate) fn inject(&self, fault: Fault) {
        if fault.kind != FaultKind::ExpireTokens {
            self.faults.add(fault);
            return;
        }
        let wanted = fault.matching.connector.as_deref();
        if wanted.is_none_or(|name| name == "platform") {
            self.platform.expire_tokens();
        }
        for vendor in self.vendors.iter() {
            if wanted.is_none_or(|name| name == vendor.slug()) {
                vendor.expire_tokens();
            }
        }
    }
}
