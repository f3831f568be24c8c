//! A request to an endpoint of the platform, with everything that the endpoint may need.

use std::sync::MutexGuard;

use super::Platform;
use super::caller::Caller;
use super::error::ApiError;
use super::fields::Fields;
use super::state::State;
use crate::request::Request;
use crate::vendor::Vendors;

/// A request to an endpoint, and who makes it.
pub(super) struct Context<'a> {
    pub(super) platform: &'a Platform,
    pub(super) vendors: &'a Vendors,
    pub(super) request: &'a Request,
    pub(super) caller: Caller,
    /// The segments of the path that are ids or names.
    pub(super) ids: Vec<String>,
}

impl Context<'_> {
    /// The id or name at this place among those of the path; empty when there is none.
    pub(super) fn id(&self, at: usize) -> &str {
        self.ids.get(at).map_or("", String::as_str)
    }

    /// The first value of a query parameter.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        self.request.query_value(name)
    }

    /// All values of a query parameter.
    pub(super) fn query_all(&self, name: &str) -> Vec<String> {
        let pairs = self.request.query_pairs().into_iter();
        pairs.filter(|(key, _)| key == name).map(|(_, value)| value).collect()
    }

    /// The members of the body.
    pub(super) fn fields(&self) -> Result<Fields, ApiError> {
        Fields::of_body(self.request)
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.platform.lock()
    }
}
