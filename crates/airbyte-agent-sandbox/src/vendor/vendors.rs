//! All vendors of a sandbox, and which of them a request reaches.

use std::collections::HashMap;
use std::sync::Arc;

use airbyte_agent_description::Connector;

use super::Vendor;
use crate::data::Population;
use crate::request::Request;

/// The vendors of a sandbox.
#[derive(Debug)]
pub(crate) struct Vendors {
    all: Vec<Vendor>,
    /// Indexes in `all` by slug.
    by_slug: HashMap<String, usize>,
}

impl Vendors {
    pub(crate) fn new(
        descriptions: impl Iterator<Item = Arc<Connector>>,
        population: Population,
    ) -> Self {
        let all: Vec<Vendor> =
            descriptions.map(|description| Vendor::new(description, population)).collect();
        let by_slug =
            all.iter().enumerate().map(|(at, vendor)| (vendor.slug().to_owned(), at)).collect();
        Self { all, by_slug }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Vendor> {
        self.all.iter()
    }

    pub(crate) fn by_slug(&self, slug: &str) -> Option<&Vendor> {
        self.all.get(*self.by_slug.get(slug)?)
    }

    /// The vendor whose addresses fit the host and path of a request best.
    pub(crate) fn by_host(&self, request: &Request) -> Option<&Vendor> {
        let fitting =
            self.all.iter().filter_map(|vendor| Some((vendor.host_fit(request)?, vendor)));
        fitting.max_by_key(|(fit, _)| *fit).map(|(_, vendor)| vendor)
    }
}
