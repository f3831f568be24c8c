//! Questions about addresses: same origin, public or private.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Whether two addresses have scheme, host and port in common.
pub(crate) fn same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme()
        && a.host_str() == b.host_str()
        && a.port_or_known_default() == b.port_or_known_default()
}

/// Whether the host is this machine, by its name or address. A name of somebody else's that leads
/// here does not count.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Whether an address holds a user name or a password.
pub(crate) fn has_user_info(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// An address for messages and debug output: as it is, unless there may be a password in it. It
/// need not be a URL; what is none may hold one as well.
pub(crate) fn shown(address: &str) -> &str {
    if address.contains('@') { "[not shown]" } else { address }
}

/// Whether the host may be on the public internet: not a private or local address or name.
/// Names are looked at again once they are resolved.
pub(crate) fn is_public_host(url: &Url) -> bool {
    match url.host() {
        None => false,
        Some(Host::Ipv4(ip)) => is_public(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => is_public(IpAddr::V6(ip)),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name.contains('.')
                && !["localhost", "local", "internal"].iter().any(|local| {
                    name.eq_ignore_ascii_case(local)
                        || name.to_ascii_lowercase().ends_with(&format!(".{local}"))
                })
        }
    }
}

/// Whether an address belongs to the public internet.
pub(crate) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(mapped) => is_public_v4(mapped),
            None => is_public_v6(ip),
        },
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, ..] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let benchmark = a == 198 && (b == 18 || b == 19);
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_unspecified()
        || ip.is_broadcast()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || shared
        || benchmark)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let first = ip.segments()[0];
    let unique_local = first & 0xfe00 == 0xfc00;
    let link_local = first & 0xffc0 == 0xfe80;
    // NAT64 and 6to4 addresses carry IPv4 ones.
    let translated = first == 0x0064 || first == 0x2002;
    !(ip.is_loopback()
        || ip.is_unspecified()
        || ip.is_multicast()
        || unique_local
        || link_local
        || translated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_recognised() {
        for (address, here) in [
            ("http://localhost:8080/", true),
            ("http://LOCALHOST/", true),
            ("http://127.0.0.1/", true),
            ("http://127.9.9.9:1/", true),
            ("http://2130706433/", true),
            ("http://[::1]:1/", true),
            ("http://localhost.evil.test/", false),
            ("http://127.0.0.1.evil.test/", false),
            ("http://evil.test/localhost", false),
            ("http://localhost@evil.test/", false),
            ("http://0.0.0.0/", false),
            ("http://10.0.0.1/", false),
            ("http://[::]/", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(address).unwrap()), here, "{address}");
        }
    }

    #[test]
    fn user_info_is_found_and_never_shown() {
        for address in [
            "http://u:PASSWORD@host/x",
            "http://u:PASSWORD@host",
            "http://PASSWORD@host",
            "http://:PASSWORD@host",
            "http:\\\\u:PASSWORD@host",
            "http:u:PASSWORD@host",
            "ht\ttp://u:PASS\nWORD@host",
            "https://u:a@PASSWORD@host",
        ] {
            let url = Url::parse(address).unwrap();
            assert!(has_user_info(&url), "{address}");
            assert_eq!(shown(address), "[not shown]");
        }
        assert!(!has_user_info(&Url::parse("http://host:1/").unwrap()));
        assert_eq!(shown("u:PASSWORD@host:not a port"), "[not shown]");
        assert_eq!(shown("http://host:1"), "http://host:1");
    }

    #[test]
    fn private_places_are_recognised() {
        for (address, public) in [
            ("https://api.gong.io/x", true),
            ("https://8.8.8.8/", true),
            ("http://127.0.0.1/", false),
            ("http://169.254.169.254/latest", false),
            ("http://10.1.2.3/", false),
            ("http://[::1]/", false),
            ("http://[::ffff:10.0.0.1]/", false),
            ("http://[fd00::1]/", false),
            ("http://localhost/", false),
            ("http://metadata.google.internal/", false),
            ("http://intranet/", false),
            ("http://2130706433/", false),
        ] {
            assert_eq!(is_public_host(&Url::parse(address).unwrap()), public, "{address}");
        }
    }
}
