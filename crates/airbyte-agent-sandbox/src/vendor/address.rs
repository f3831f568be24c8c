//! The addresses of a vendor: base URLs and token endpoints. A variable in them fits any text.

use airbyte_agent_description::{Connector, Template};

use crate::pattern::Pattern;
use crate::request::path_segments;

/// Host and path of an address, possibly with variables.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Address {
    host: Pattern,
    segments: Vec<Pattern>,
}

/// The base addresses of a connector: the general one and those of its authentication schemes.
pub(super) fn base_addresses(connector: &Connector) -> Vec<Address> {
    let own = connector.auth.iter().filter_map(|scheme| scheme.server.as_ref());
    let urls = std::iter::once(&connector.server.url).chain(own.map(|own| &own.server.url));
    let mut all: Vec<Address> = Vec::new();
    for address in urls.flat_map(|url| Address::of_url(url, connector)) {
        if !all.contains(&address) {
            all.push(address);
        }
    }
    all
}

impl Address {
    /// The addresses that a URL may lead to: one for each known value of a variable for its origin.
    pub(super) fn of_url(url: &Template, connector: &Connector) -> Vec<Self> {
        let url = Pattern::of(url);
        let mut urls = Vec::new();
        if let Some(name) = url.leading_name() {
            let variable = connector.variables().into_iter().find(|variable| variable.name == name);
            let known = variable.into_iter().flat_map(|v| v.choices.iter().chain(&v.default));
            urls.extend(known.filter(|o| o.contains("://")).map(|o| url.with_leading_text(o)));
            if variable.is_none_or(|variable| variable.choices.is_empty()) {
                let rest = url.with_leading_text("https://*");
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
        // The port is no part of the name by which a vendor is found.
        let host = pieces.next()?.split(':').into_iter().next()?;
        let host = if host.captures("*").is_some() && host.literals() == 1 {
            Pattern::any("host")
        } else {
            host.lowercase()
        };
        Some(Self { host, segments: pieces.filter(|piece| !piece.is_empty()).collect() })
    }

    /// Whether the address has this host. A request without a host fits every address.
    pub(super) fn fits_host(&self, host: Option<&str>) -> bool {
        let name = host.map(|host| host.split(':').next().unwrap_or_default());
        name.is_none_or(|name| self.host.captures(name).is_some())
    }

    /// Number of literal characters, those of the host above all: the more, the more specific.
    pub(super) fn specificity(&self) -> usize {
        self.host.literals() * 100 + self.segments.iter().map(Pattern::literals).sum::<usize>()
    }

    /// The segments of a path that follow those of the address; `None` when it begins differently.
    pub(super) fn rest_of<'s>(&self, segments: &'s [String]) -> Option<&'s [String]> {
        let (own, rest) = segments.split_at_checked(self.segments.len())?;
        let fits = self.segments.iter().zip(own).all(|(p, s)| p.captures(s).is_some());
        fits.then_some(rest)
    }

    /// Whether a path is exactly that of the address.
    pub(super) fn is_path(&self, path: &str) -> bool {
        let segments: Vec<String> =
            path_segments(path).into_iter().filter(|s| !s.is_empty()).collect();
        self.rest_of(&segments).is_some_and(<[String]>::is_empty)
    }

    /// A host that fits, for responses to requests that did not name one.
    pub(super) fn example_host(&self, connector: &Connector) -> String {
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
