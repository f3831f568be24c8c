//! Finds out whether a request goes through a proxy that the environment or the operating system
//! names.

use std::env;

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use super::address::is_loopback;

/// The proxies that the client would use.
pub(super) struct Proxies {
    matcher: Option<Matcher>,
}

impl Proxies {
    /// The proxies of the environment and the system.
    pub(super) fn of_system() -> Self {
        let excluded = ["NO_PROXY", "no_proxy"].into_iter().find_map(env::var_os);
        let excluded = excluded.unwrap_or_default();
        Self::new(Matcher::from_system(), &excluded.to_string_lossy())
    }

    /// `excluded` has the form of `NO_PROXY`; one star excludes all hosts, including addresses.
    fn new(matcher: Matcher, excluded: &str) -> Self {
        let is_none = excluded.split(',').any(|entry| entry.trim() == "*");
        Self { matcher: (!is_none).then_some(matcher) }
    }

    /// Whether a request goes through a proxy. This machine is always reached directly.
    pub(super) fn stand_before(&self, url: &Url) -> bool {
        let Some(matcher) = &self.matcher else { return false };
        // An address that cannot be asked about cannot be sent to either, because both parse it in
        // the same way.
        let Ok(target) = url.as_str().parse::<http::Uri>() else { return false };
        !is_loopback(url) && matcher.intercept(&target).is_some()
    }

    /// One proxy for all hosts except those that are excluded.
    pub(super) fn all(proxy: &str, excluded: &str) -> Self {
        Self::new(Matcher::builder().all(proxy).no(excluded).build(), excluded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_those_of_the_environment_and_never_before_this_machine() {
        for (url, excluded, expected) in [
            ("https://acme.test/x", "", true),
            ("http://10.0.0.1/x", "", true),
            ("https://acme.test/x", "acme.test", false),
            ("https://api.acme.test/x", "other.test, .acme.test", false),
            ("http://10.0.0.1/x", "10.0.0.0/8", false),
            ("https://acme.test/x", "*", false),
            ("http://10.0.0.1/x", "other.test,*", false),
            ("http://127.0.0.1:1/x", "", false),
            ("http://localhost:1/x", "", false),
            ("http://[::1]:1/x", "", false),
        ] {
            let proxies = Proxies::all("http://proxy.test:3128", excluded);
            assert_eq!(
                proxies.stand_before(&Url::parse(url).unwrap()),
                expected,
                "{url} {excluded}"
            );
        }
    }
}
