//! URLs, in the spellings that attackers try.

use proptest::prelude::*;

use crate::fetch::TargetFault::{Fragment, Insecure, Malformed, Private, UserInfo};
use crate::fetch::{Reach, check, target};

#[test]
fn only_public_https_is_asked_for() {
    for good in [
        "https://acme.example",
        "https://acme.example/.well-known/jwks.json?tenant=1",
        "https://acme.example:8443/jwks",
        "https://198.41.0.4/jwks",
        "https://[2001:503:ba3e::2:30]/jwks",
        "HTTPS://ACME.example/jwks",
        "https://bücher.example/jwks",
    ] {
        assert_eq!(check(good, Reach::Public), Ok(()), "{good}");
    }
    for (bad, fault) in [
        ("http://acme.example/", Insecure),
        ("ftp://acme.example/", Insecure),
        ("file:///etc/passwd", Malformed),
        ("gopher://acme.example/", Insecure),
        ("data:application/json,{}", Malformed),
        ("//acme.example/", Malformed),
        ("acme.example", Malformed),
        ("", Malformed),
        ("https://", Malformed),
        ("https://user@acme.example/", UserInfo),
        ("https://user:word@acme.example/", UserInfo),
        ("https://:word@acme.example/", UserInfo),
        ("https://acme.example@127.0.0.1/", UserInfo),
        ("https://acme.example/#keys", Fragment),
        ("https://acme.example/#", Fragment),
        ("https://acme.example:99999/", Malformed),
        ("https://acme example/", Malformed),
    ] {
        assert_eq!(check(bad, Reach::Public), Err(fault), "{bad}");
    }
    let long = format!("https://acme.example/{}", "x".repeat(2048));
    assert_eq!(check(&long, Reach::Public), Err(Malformed));
}

#[test]
fn no_spelling_of_a_private_address_is_asked_for() {
    for host in [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0X7F.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "%31%32%37.0.0.1",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "0",
        "0.0.0.0",
        "169.254.169.254",
        "0xa9fea9fe",
        "2852039166",
        "10.1",
        "192.168.257",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::169.254.169.254]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "localhost",
        "LOCALHOST",
        "loc%61lhost",
    ] {
        assert_eq!(check(&format!("https://{host}/"), Reach::Public), Err(Private), "{host}");
        assert!(check(&format!("http://{host}/"), Reach::Public).is_err(), "{host}");
    }
}

#[test]
fn this_machine_alone_is_local() {
    for good in [
        "http://localhost:3000/jwks",
        "http://127.0.0.1/",
        "http://127.0.0.2:9/",
        "http://[::1]:3000/",
        "https://localhost/",
        "https://acme.example/",
    ] {
        assert_eq!(check(good, Reach::PublicAndLocal), Ok(()), "{good}");
    }
    for (bad, fault) in [
        ("http://acme.example/", Insecure),
        ("http://localhost.evil.example/", Insecure),
        ("http://localhost./", Insecure),
        ("http://10.0.0.1/", Private),
        ("http://169.254.169.254/", Private),
        ("https://192.168.0.1/", Private),
        ("http://[fe80::1]/", Private),
        ("http://0.0.0.0/", Private),
        ("http://[::ffff:127.0.0.1]/", Private),
        ("http://user@localhost/", UserInfo),
    ] {
        assert_eq!(check(bad, Reach::PublicAndLocal), Err(fault), "{bad}");
    }
}

proptest! {
    /// What the connector reads out of a URL is what was checked of it.
    #[test]
    fn a_url_that_passes_has_one_reading(text in "https://[ -~]{1,40}") {
        if let Ok(uri) = target::read(&text, Reach::Public) {
            let url = url::Url::parse(&text).unwrap();
            prop_assert_eq!(uri.host(), url.host_str());
            prop_assert_eq!(uri.port_u16().unwrap_or(443), url.port_or_known_default().unwrap());
            prop_assert!(!uri.authority().unwrap().as_str().contains('@'));
        }
    }

    #[test]
    fn hostile_text_never_panics(text in any::<String>(), host in any::<String>()) {
        let _ = check(&text, Reach::PublicAndLocal);
        let _ = check(&format!("https://{host}/"), Reach::PublicAndLocal);
    }
}
