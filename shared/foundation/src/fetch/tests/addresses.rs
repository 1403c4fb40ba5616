//! The registries of IANA, range by range.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use proptest::prelude::*;

use crate::fetch::address::is_public;
use crate::fetch::resolve::judge;

/// The special-purpose registries and the multicast ones, as they are published.
const SPECIAL: [&str; 43] = [
    "0.0.0.0/8",
    "0.0.0.0/32",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "255.255.255.255/32",
    "::1/128",
    "::/128",
    "::/96",
    "::ffff:0:0/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "100:0:0:1::/64",
    "2001::/23",
    "2001::/32",
    "2001:1::1/128",
    "2001:2::/48",
    "2001:3::/32",
    "2001:4:112::/48",
    "2001:20::/28",
    "2001:30::/28",
    "2001:db8::/32",
    "2002::/16",
    "2620:4f:8000::/48",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
];

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn no_special_range_is_public() {
    for range in SPECIAL.into_iter().chain(["ff00::/8", "fec0::/10"]) {
        let net: IpNet = range.parse().unwrap();
        assert!(!is_public(net.network()) && !is_public(net.broadcast()), "{range}");
    }
}

#[test]
fn what_lies_beside_a_special_range_is_public() {
    for address in [
        "1.0.0.0",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "8.8.8.8",
        "2000::",
        "2001:200::",
        "2001:4860:4860::8888",
        "2003::",
        "2600::",
        "3ffe:ffff::",
        "3fff:1000::",
    ] {
        assert!(is_public(ip(address)), "{address}");
    }
}

#[test]
fn the_addresses_that_matter_in_a_cloud_are_not_public() {
    for address in [
        "169.254.169.254",
        "169.254.170.2",
        "169.254.100.1",
        "169.254.169.253",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "127.0.0.1",
        "::ffff:169.254.169.254",
        "100.100.100.200",
    ] {
        assert!(!is_public(ip(address)), "{address}");
    }
}

#[test]
fn a_name_is_taken_with_all_of_its_addresses_or_not_at_all() {
    let public = [ip("198.41.0.4"), ip("2001:503:ba3e::2:30")];
    assert_eq!(judge("acme.example", public.to_vec()).unwrap(), public);
    for hidden in ["127.0.0.1", "10.0.0.1", "::1", "169.254.169.254", "::ffff:10.0.0.1"] {
        assert!(judge("acme.example", vec![public[0], ip(hidden)]).is_err(), "{hidden}");
        assert!(judge("localhost.", vec![ip(hidden)]).is_err(), "{hidden}");
    }
    assert!(judge("localhost", vec![ip("127.0.0.1"), ip("::1")]).is_ok());
    assert!(judge("localhost", vec![ip("127.0.0.1"), public[0]]).is_err());
    assert!(judge("localhost", vec![ip("10.0.0.1")]).is_err());
}

proptest! {
    #[test]
    fn nothing_within_a_special_range_is_public(index in 0..SPECIAL.len(), bits in any::<u128>()) {
        let inside = match SPECIAL[index].parse().unwrap() {
            IpNet::V4(net) => {
                #[expect(clippy::cast_possible_truncation, reason = "any bits will do")]
                let bits = bits as u32;
                IpAddr::V4(Ipv4Addr::from_bits(net.network().to_bits() | (bits & net.hostmask().to_bits())))
            }
            IpNet::V6(net) => {
                IpAddr::V6(Ipv6Addr::from_bits(net.network().to_bits() | (bits & net.hostmask().to_bits())))
            }
        };
        prop_assert!(!is_public(inside), "{inside}");
    }

    /// The standard library knows some of the ranges as well.
    #[test]
    fn whatever_the_standard_library_calls_special_is_not_public(bits in any::<u32>()) {
        let address = Ipv4Addr::from_bits(bits);
        let special = address.is_private() || address.is_loopback() || address.is_link_local()
            || address.is_broadcast() || address.is_documentation() || address.is_unspecified()
            || address.is_multicast();
        prop_assert!(!special || !is_public(IpAddr::V4(address)));
    }

    #[test]
    fn an_ipv4_address_in_disguise_is_never_public(bits in any::<u32>(), low in any::<u64>()) {
        let (high, tail) = (u128::from(bits), u128::from(low));
        for disguise in [
            high,                                       // ::a.b.c.d
            0xffff_0000_0000 | high,                    // ::ffff:a.b.c.d
            0x64_ff9b << 96 | high,                     // 64:ff9b::a.b.c.d
            0x64_ff9b_0001 << 80 | high,                // 64:ff9b:1::a.b.c.d
            0x2002 << 112 | high << 80 | tail,          // 6to4
            0x2001_0000 << 96 | high << 64 | tail,      // Teredo
        ] {
            prop_assert!(!is_public(IpAddr::V6(Ipv6Addr::from_bits(disguise))));
        }
    }

    #[test]
    fn nothing_outside_of_global_unicast_is_public(bits in any::<u128>()) {
        let address = Ipv6Addr::from_bits(bits);
        prop_assert!(address.segments()[0] >> 13 == 1 || !is_public(IpAddr::V6(address)));
    }
}
