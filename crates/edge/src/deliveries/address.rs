//! To which addresses a shop may have something sent: public ones, by TLS.
//!
//! Which blocks of IP addresses are nobody's on the public internet is IANA's to say
//! (<https://www.iana.org/assignments/iana-ipv4-special-registry>, `iana-ipv6-special-registry`); which names are, RFC 6761,
//! 6762, 7686 and 8375 and ICANN's resolution on `.internal`. A name that resolves to a private address leads nowhere: a
//! Worker's requests leave through Cloudflare's network, which reaches the public internet alone. Redirects, by which an
//! address could lead on, are not followed.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// The longest address, in characters.
pub const MOST: usize = 2000;

/// Endings of names that are not on the public internet.
const PRIVATE_NAMES: [&str; 8] =
    ["localhost", "local", "internal", "home.arpa", "test", "invalid", "onion", "alt"];

/// Blocks of IPv4 that are not globally reachable, each with the length of its prefix.
const PRIVATE_V4: [(Ipv4Addr, u32); 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
    (Ipv4Addr::new(255, 255, 255, 255), 32),
];

/// The only block of IPv6 that is given out to the public...
const PUBLIC_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// ...without these: the protocols' own, examples, and addresses that hold an IPv4 address of any kind.
const PRIVATE_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Why nothing is sent to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no address of the web, or one that names a user.
    #[error(
        "must be an absolute address such as \"https://hooks.shop.example/parrain\", without a user and a password"
    )]
    Unreadable,
    /// It is not reached by TLS.
    #[error("must begin with https://")]
    Plain,
    /// It is not on the public internet.
    #[error("must be on the public internet: this address is one of a private network")]
    Private,
}

/// Reads an address that something may be sent to. `near`: whether this edge runs on somebody's own machine to be tried,
/// where it may send to that machine.
///
/// # Errors
/// [`Refused`].
pub fn read(text: &str, near: bool) -> Result<Url, Refused> {
    let mut url = Url::parse(text.trim()).map_err(|_| Refused::Unreadable)?;
    let named = !url.username().is_empty() || url.password().is_some();
    if text.len() > MOST || named || !matches!(url.scheme(), "https" | "http") {
        return Err(Refused::Unreadable);
    }
    url.set_fragment(None);
    let host = url.host().ok_or(Refused::Unreadable)?;
    if near && is_own_machine(&host) {
        return Ok(url);
    }
    if !is_public(&host) {
        return Err(Refused::Private);
    }
    if url.scheme() == "https" { Ok(url) } else { Err(Refused::Plain) }
}

/// Whether an origin is that of a machine on which the edge is tried.
pub fn is_near(origin: &str) -> bool {
    let url = Url::parse(origin).ok();
    url.as_ref().and_then(Url::host).is_some_and(|host| is_own_machine(&host))
}

fn is_own_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => *address == Ipv4Addr::LOCALHOST,
        Host::Ipv6(address) => *address == Ipv6Addr::LOCALHOST,
    }
}

fn is_public(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            let ends = |ending: &str| {
                name.strip_suffix(ending).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            };
            name.contains('.') && !PRIVATE_NAMES.iter().any(|ending| ends(ending))
        }
        Host::Ipv4(address) => {
            let bits = address.to_bits();
            let within = |(block, length): &(Ipv4Addr, u32)| (bits ^ block.to_bits()) >> (32 - length) == 0;
            !PRIVATE_V4.iter().any(within)
        }
        Host::Ipv6(address) => {
            let bits = address.to_bits();
            let within = |(block, length): &(Ipv6Addr, u32)| (bits ^ block.to_bits()) >> (128 - length) == 0;
            within(&PUBLIC_V6) && !PRIVATE_V6.iter().any(within)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn public_addresses_are_taken() {
        for good in [
            "https://hooks.shop.example/parrain?key=1",
            "https://shop.example:8443/",
            "https://1.1.1.1/",
            "https://[2606:4700::1111]/x",
            "https://localhost.example.com/",
            "https://xn--caf-dma.example/",
        ] {
            assert_eq!(read(good, false).map(|url| url.to_string()), Ok(good.to_owned()));
        }
        assert_eq!(read(" https://a.example/x#y ", false).unwrap().as_str(), "https://a.example/x");
    }

    #[test]
    fn private_addresses_are_refused_however_they_are_written() {
        for private in [
            "https://localhost/",
            "https://LOCALHOST./",
            "https://a.localhost/",
            "https://printer/",
            "https://nas.local/",
            "https://db.internal/",
            "https://router.home.arpa/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://017700000001/",
            "https://0/",
            "https://10.1.2.3/",
            "https://172.16.0.1/",
            "https://172.31.255.255/",
            "https://192.168.1.1/",
            "https://100.64.0.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://198.19.0.1/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://[::1]/",
            "https://[::]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:8.8.8.8]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://[ff02::1]/",
            "https://[2001:db8::1]/",
            "https://[2002:7f00:1::]/",
            "https://１２７.0.0.1/",
        ] {
            assert_eq!(read(private, false), Err(Refused::Private), "{private}");
        }
        for public in
            ["https://172.32.0.1/", "https://100.128.0.1/", "https://198.20.0.1/", "https://11.0.0.1/"]
        {
            assert!(read(public, false).is_ok(), "{public}");
        }
    }

    #[test]
    fn what_is_no_plain_https_address_is_refused() {
        assert_eq!(read("http://shop.example/", false), Err(Refused::Plain));
        for odd in
            ["", "shop.example", "ftp://shop.example/", "https://u:p@shop.example/", "file:///etc/passwd"]
        {
            assert_eq!(read(odd, false), Err(Refused::Unreadable), "{odd}");
        }
        let long = format!("https://shop.example/{}", "a".repeat(MOST));
        assert_eq!(read(&long, false), Err(Refused::Unreadable));
    }

    #[test]
    fn an_edge_on_its_owner_s_machine_may_send_there_and_nowhere_else_in_private() {
        for near in ["http://localhost:8788/x", "http://127.0.0.1:1/", "http://[::1]/"] {
            assert!(read(near, true).is_ok(), "{near}");
            assert!(read(near, false).is_err(), "{near}");
        }
        assert_eq!(read("http://192.168.1.1/", true), Err(Refused::Private));
        assert_eq!(read("http://shop.example/", true), Err(Refused::Plain));
        assert!(is_near("http://localhost:8787") && is_near("http://127.0.0.1:1"));
        assert!(!is_near("https://go.shop.example") && !is_near("https://localhost.example"));
    }

    proptest! {
        /// The standard library's own judgement, as far as it is stable.
        #[test]
        fn no_address_passes_that_the_standard_library_calls_private(bits in any::<u32>()) {
            let address = Ipv4Addr::from_bits(bits);
            let private = address.is_private() || address.is_loopback() || address.is_link_local()
                || address.is_multicast() || address.is_broadcast() || address.is_documentation()
                || address.is_unspecified();
            prop_assert!(!(private && is_public(&Host::Ipv4(address))), "{address}");
        }
    }
}
