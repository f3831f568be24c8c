//! Addresses of a vendor: base URLs and token endpoints, with variables as wildcards.

use airbyte_agent_description::{Connector, Template};

use crate::incoming::Incoming;
use crate::pattern::Pattern;

/// An address: host and path, possibly with holes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Address {
    host: Pattern,
    segments: Vec<Pattern>,
}

/// The base addresses of a connector: the general one and those of its schemes.
pub(crate) fn bases(connector: &Connector) -> Vec<Address> {
    let own = connector.auth.iter().filter_map(|scheme| scheme.server.as_ref());
    let urls = std::iter::once(&connector.server.url).chain(own.map(|own| &own.server.url));
    let mut all: Vec<Address> = Vec::new();
    for address in urls.flat_map(|url| Address::all(url, connector)) {
        if !all.contains(&address) {
            all.push(address);
        }
    }
    all
}

impl Address {
    /// Every address that this URL may have.
    pub(crate) fn all(url: &Template, connector: &Connector) -> Vec<Self> {
        let url = Pattern::of(url);
        let mut urls = Vec::new();
        if let Some(name) = url.leading_hole() {
            let variable = connector.variables().into_iter().find(|variable| variable.name == name);
            let known = variable.into_iter().flat_map(|v| v.choices.iter().chain(&v.default));
            urls.extend(known.filter(|o| o.contains("://")).map(|o| url.with_leading(o)));
            if variable.is_none_or(|variable| variable.choices.is_empty()) {
                let rest = url.with_leading("https://*");
                urls.push(rest);
            }
        } else {
            urls.push(url);
        }
        urls.into_iter().filter_map(Self::parse).collect()
    }

    fn parse(url: Pattern) -> Option<Self> {
        let rest =
            url.clone().without_prefix("https://").or_else(|| url.without_prefix("http://"))?;
        let mut pieces = rest.split('/').into_iter();
        let host = pieces.next()?;
        let host = if host.captures("*").is_some() && host.literals() == 1 {
            Pattern::anything("host")
        } else {
            host.lowercase()
        };
        Some(Self { host, segments: pieces.filter(|piece| !piece.is_empty()).collect() })
    }

    /// Whether a host is this one; no host fits every address.
    pub(crate) fn fits_host(&self, host: Option<&str>) -> bool {
        host.is_none_or(|host| self.host.captures(host).is_some())
    }

    /// How much of the address is literal.
    pub(crate) fn specificity(&self) -> usize {
        self.host.literals() * 100 + self.segments.iter().map(Pattern::literals).sum::<usize>()
    }

    /// What is left of the path's segments behind this address.
    pub(crate) fn strip<'s>(&self, segments: &'s [String]) -> Option<&'s [String]> {
        let (own, rest) = segments.split_at_checked(self.segments.len())?;
        let fits = self.segments.iter().zip(own).all(|(p, s)| p.captures(s).is_some());
        fits.then_some(rest)
    }

    /// Whether a path is exactly this address.
    pub(crate) fn is_path(&self, path: &str) -> bool {
        let segments: Vec<String> =
            Incoming::segments(path).into_iter().filter(|s| !s.is_empty()).collect();
        self.strip(&segments).is_some_and(<[String]>::is_empty)
    }

    /// A host that fits, for answers that name one when the request did not.
    pub(crate) fn example_host(&self, connector: &Connector) -> String {
        let variables = connector.variables();
        self.host.fill(|name| {
            let variable = variables.iter().find(|variable| variable.name == name);
            let plain = |text: &str| {
                !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '-')
            };
            let default = variable.and_then(|variable| variable.default.as_deref());
            default.filter(|text| plain(text)).unwrap_or("sandbox").to_owned()
        })
    }
}
