//! Properties of addresses: whether they have the same origin, are on this machine, are public or
//! private.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// IPv4 blocks that are not globally reachable: IANA's registry of special-purpose addresses, and
/// multicast. The few addresses inside these blocks that are reachable serve protocols and no
/// vendor.
const CLOSED_V4: [([u8; 4], u32); 18] = [
    ([0, 0, 0, 0], 8),       // this network
    ([10, 0, 0, 0], 8),      // private use
    ([100, 64, 0, 0], 10),   // shared by carriers
    ([127, 0, 0, 0], 8),     // loopback
    ([169, 254, 0, 0], 16),  // link-local
    ([172, 16, 0, 0], 12),   // private use
    ([192, 0, 0, 0], 24),    // protocol assignments
    ([192, 0, 2, 0], 24),    // documentation
    ([192, 31, 196, 0], 24), // AS112
    ([192, 52, 193, 0], 24), // automatic multicast tunnels
    ([192, 88, 99, 0], 24),  // relays of 6to4
    ([192, 168, 0, 0], 16),  // private use
    ([192, 175, 48, 0], 24), // AS112
    ([198, 18, 0, 0], 15),   // benchmarking
    ([198, 51, 100, 0], 24), // documentation
    ([203, 0, 113, 0], 24),  // documentation
    ([224, 0, 0, 0], 4),     // multicast
    ([240, 0, 0, 0], 4),     // reserved, and broadcast
];

/// The IPv6 block that is globally reachable. All other addresses are local, reserved, or stand for
/// other addresses.
const OPEN_V6: ([u16; 8], u32) = ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// IPv6 blocks inside the reachable block that are not reachable, by the same registry.
const CLOSED_V6: [([u16; 8], u32); 5] = [
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), // protocol assignments, Teredo among them
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), // documentation
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), // 6to4, which carries IPv4 addresses
    ([0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0], 48), // AS112
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), // documentation
];

/// IPv6 blocks whose last 32 bits are an IPv4 address, which then decides: IPv4-mapped addresses,
/// and addresses by which a network without IPv4 reaches hosts that have only IPv4 (NAT64).
const CARRIES_V4: [([u16; 8], u32); 2] =
    [([0, 0, 0, 0, 0, 0xffff, 0, 0], 96), ([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96)];

/// Names that belong to no public zone, but to this machine or to private networks.
const PRIVATE_ZONES: [&str; 10] = [
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "home.arpa",
];

/// Whether two addresses have the same scheme, host and port.
pub(crate) fn same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme()
        && a.host_str() == b.host_str()
        && a.port_or_known_default() == b.port_or_known_default()
}

/// Whether the host names this machine, by a name or address that always does.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        None => false,
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => is_below(name.trim_end_matches('.'), "localhost"),
    }
}

/// Whether the host may be on the public internet: it is not a private or local address or name.
/// Names are checked again after they are resolved.
pub(crate) fn is_public_host(url: &Url) -> bool {
    match url.host() {
        None => false,
        Some(Host::Ipv4(ip)) => is_public(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => is_public(IpAddr::V6(ip)),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name.contains('.') && !PRIVATE_ZONES.iter().any(|zone| is_below(name, zone))
        }
    }
}

/// Whether an address is globally reachable.
pub(crate) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let is_in = |(block, bits): &([u8; 4], u32)| {
        (ip.to_bits() ^ Ipv4Addr::from(*block).to_bits()).leading_zeros() >= *bits
    };
    !CLOSED_V4.iter().any(is_in)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let is_in = |(block, bits): &([u16; 8], u32)| {
        (ip.to_bits() ^ Ipv6Addr::from(*block).to_bits()).leading_zeros() >= *bits
    };
    if CARRIES_V4.iter().any(is_in) {
        let [.., a, b, c, d] = ip.octets();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    is_in(&OPEN_V6) && !CLOSED_V6.iter().any(is_in)
}

/// Whether a name is the zone or is inside it.
fn is_below(name: &str, zone: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.strip_suffix(zone).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// Whether an address contains a user name or a password.
pub(crate) fn has_user_info(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// An address for messages and debug output: unchanged, unless it may contain a password. It need
/// not be a URL; a text that is not a URL may contain a password, too.
pub(crate) fn shown(address: &str) -> &str {
    if address.contains('@') { "[not shown]" } else { address }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_recognised() {
        for (address, is_local) in [
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
            assert_eq!(is_loopback(&Url::parse(address).unwrap()), is_local, "{address}");
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
            ("https://api.gong.io./x", true),
            ("https://8.8.8.8/", true),
            ("https://localhost.gong.io/", true),
            ("https://mylocal.gong.io/", true),
            ("http://127.0.0.1/", false),
            ("http://127.0.0.1./", false),
            ("http://169.254.169.254/latest", false),
            ("http://10.1.2.3/", false),
            ("http://[::1]/", false),
            ("http://[::ffff:10.0.0.1]/", false),
            ("http://[fd00::1]/", false),
            ("http://localhost/", false),
            ("http://LOCALHOST./", false),
            ("http://a.localhost/", false),
            ("http://printer.local/", false),
            ("http://metadata.google.internal/", false),
            ("http://nas.home.arpa/", false),
            ("http://wiki.corp/", false),
            ("http://intranet/", false),
            ("http://2130706433/", false),
            ("http://0x7f.1/", false),
            ("http://0177.0.0.1/", false),
            ("http://127.1/", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(is_public_host(&Url::parse(address).unwrap()), public, "{address}");
        }
    }

    /// First and last address of every block, and the addresses next to them.
    #[test]
    fn addresses_are_judged_by_the_registries() {
        for (public, addresses) in [
            (
                true,
                "1.0.0.0 1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 \
                 126.255.255.255 128.0.0.0 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 \
                 191.255.255.255 192.0.1.0 192.0.3.0 192.88.98.255 192.88.100.0 192.167.255.255 \
                 192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 \
                 203.0.114.0 223.255.255.255 \
                 2000:: 2001:200:: 2001:4860:4860::8888 2001:db7:ffff:: 2001:db9:: 2003:: \
                 2606:4700:4700::1111 2a00:1450:: 3ffe:ffff:: 3fff:1000:: \
                 ::ffff:8.8.8.8 64:ff9b::8.8.8.8",
            ),
            (
                false,
                "0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 \
                 127.0.0.0 127.255.255.255 169.254.0.0 169.254.169.254 169.254.255.255 172.16.0.0 \
                 172.31.255.255 192.0.0.0 192.0.0.8 192.0.0.170 192.0.0.255 192.0.2.0 192.0.2.255 \
                 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.0 192.168.255.255 192.175.48.1 \
                 198.18.0.0 198.19.255.255 198.51.100.0 198.51.100.255 203.0.113.0 203.0.113.255 \
                 224.0.0.0 239.255.255.255 240.0.0.0 255.255.255.254 255.255.255.255 \
                 :: ::1 ::2 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 \
                 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1 ::ffff:0:8.8.8.8 \
                 64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::1:8.8.8.8 \
                 64:ff9b:1::8.8.8.8 64:ff9b:1:ffff:: 100:: 100::ffff 100:0:0:1:: 400:: 1fff:ffff:: \
                 2001:: 2001:0:1:: 2001:2:: 2001:10:: 2001:20:: 2001:1ff:ffff:: \
                 2001:db8:: 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff 2002:: 2002:7f00:1:: \
                 2002:808:808:: 2002:ffff:: 2620:4f:8000::1 3fff:: 3fff:fff:ffff:: \
                 4000:: 5f00:: fc00:: fd00::1 fdff:ffff:: fe00:: fe80:: fe80::1 febf:ffff:: \
                 fec0:: feff:ffff:: ff00:: ff02::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            ),
        ] {
            for address in addresses.split_whitespace() {
                assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
            }
        }
    }

    #[test]
    fn this_machine_is_known_by_its_name_and_addresses() {
        for (address, is_local) in [
            ("http://localhost:1", true),
            ("http://a.LOCALHOST.", true),
            ("http://127.9.9.9", true),
            ("http://[::1]", true),
            ("http://[::ffff:127.0.0.1]", false),
            ("http://10.0.0.1", false),
            ("http://localhost.acme.test", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(address).unwrap()), is_local, "{address}");
        }
    }
}
