//! Whom a certificate proves.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, DnValue, IsCa, KeyPair,
    KeyUsagePurpose, SanType,
};
use serde_json::json;
use time::OffsetDateTime;

use super::*;
use crate::client::KeySet;
use crate::clock::Timestamp;
use crate::http::Chain;
use crate::settings::MutualTlsSettings;

const NOW: Timestamp = Timestamp(1_800_000_000);
const DAY: i64 = 24 * 3600;

fn moment(at: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at).unwrap()
}

fn subject(attributes: &[(DnType, DnValue)]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    for (kind, value) in attributes {
        params.distinguished_name.push(kind.clone(), value.clone());
    }
    (params.not_before, params.not_after) = (moment(NOW.0 - DAY), moment(NOW.0 + DAY));
    params
}

fn named(name: &str) -> CertificateParams {
    subject(&[(DnType::CommonName, DnValue::Utf8String(name.to_owned()))])
}

fn self_signed(params: &CertificateParams) -> Vec<u8> {
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
}

fn read(params: &CertificateParams) -> Certificate {
    Certificate::parse(&self_signed(params)).unwrap()
}

fn acme() -> CertificateParams {
    subject(&[
        (DnType::CountryName, DnValue::PrintableString("GB".try_into().unwrap())),
        (DnType::OrganizationName, DnValue::Utf8String("Acme, Ltd".to_owned())),
        (DnType::CommonName, DnValue::BmpString("The  Client".try_into().unwrap())),
    ])
}

fn is_subject(text: &str, params: &CertificateParams) -> bool {
    TlsIdentity::SubjectDn(text.to_owned()).is_in(&read(params))
}

#[test]
fn a_subject_is_compared_by_its_meaning() {
    for same in [
        r"CN=The Client,O=Acme\, Ltd,C=GB",
        r"cn=the client,o=ACME\, ltd,c=gb",
        r"CN=The   Client,O=Acme\2c Ltd,C=GB",
        r"2.5.4.3=#0c0a54686520436c69656e74,O=Acme\, Ltd,C=GB",
    ] {
        assert!(is_subject(same, &acme()), "{same}");
    }
    for other in [
        r"C=GB,O=Acme\, Ltd,CN=The Client",
        r"CN=The Client,O=Acme\, Ltd",
        r"CN=The Client,OU=Acme\, Ltd,C=GB",
        r"CN=TheClient,O=Acme\, Ltd,C=GB",
        "CN=The Client+C=GB",
        "The Client",
        "",
    ] {
        assert!(!is_subject(other, &acme()), "{other}");
    }
}

#[test]
fn a_subject_that_goes_on_after_a_zero_is_another() {
    assert!(!is_subject("CN=client", &named("client\0.evil.example")));
    assert!(!is_subject("CN=client", &named("client,O=evil")));
    assert!(is_subject(r"CN=client\,O\=evil", &named("client,O=evil")));
}

fn with_names() -> CertificateParams {
    let mut params = named("client");
    params.subject_alt_names = vec![
        SanType::DnsName("client.acme.example".try_into().unwrap()),
        SanType::DnsName("*.acme.example".try_into().unwrap()),
        SanType::URI("spiffe://acme.example/client".try_into().unwrap()),
        SanType::IpAddress("192.0.2.7".parse().unwrap()),
        SanType::IpAddress("2001:db8::7".parse().unwrap()),
        SanType::Rfc822Name("Ops@acme.example".try_into().unwrap()),
    ];
    params
}

#[test]
fn one_name_of_its_kind_is_enough_and_no_other() {
    let certificate = read(&with_names());
    let dns = |name: &str| TlsIdentity::SanDns(name.to_owned()).is_in(&certificate);
    let uri = |name: &str| TlsIdentity::SanUri(name.to_owned()).is_in(&certificate);
    let ip = |name: &str| TlsIdentity::SanIp(name.parse().unwrap()).is_in(&certificate);
    let email = |name: &str| TlsIdentity::SanEmail(name.to_owned()).is_in(&certificate);
    assert!(dns("client.acme.example") && dns("CLIENT.acme.example") && dns("*.acme.example"));
    assert!(!dns("other.acme.example") && !dns("acme.example") && !dns("192.0.2.7"));
    assert!(uri("spiffe://acme.example/client") && !uri("spiffe://ACME.example/client"));
    assert!(ip("192.0.2.7") && ip("2001:db8:0::7") && !ip("192.0.2.8") && !ip("::ffff:192.0.2.7"));
    assert!(email("Ops@ACME.example") && !email("ops@acme.example") && !email("Ops"));
    assert!(
        !TlsIdentity::SanDns("client.acme.example".to_owned()).is_in(&read(&named("client.acme.example")))
    );
}

#[test]
fn a_certificate_is_good_within_its_days() {
    let certificate = read(&named("client"));
    for (at, good) in [(-DAY - 1, false), (-DAY, true), (0, true), (DAY, true), (DAY + 1, false)] {
        assert_eq!(certificate.is_valid(Timestamp(NOW.0 + at)), good, "{at}");
    }
}

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = named("Acme Root");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn issue(&self, params: &CertificateParams) -> ClientCertificate {
        let der = params.signed_by(&KeyPair::generate().unwrap(), &self.0).unwrap().der().to_vec();
        ClientCertificate::new(der, Chain::Unchecked).unwrap()
    }

    fn settings(&self) -> MutualTlsSettings {
        let body = STANDARD.encode(self.0.der());
        let pem = format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        MutualTlsSettings { anchors: vec![pem] }
    }
}

#[test]
fn a_chain_that_nobody_checked_must_lead_to_an_anchor() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let client = ours.issue(&named("client"));
    assert!(chain::is_trusted(&ours.settings(), &client, NOW));
    assert!(!chain::is_trusted(&theirs.settings(), &client, NOW));
    assert!(!chain::is_trusted(&MutualTlsSettings::default(), &client, NOW));
    assert!(!chain::is_trusted(&ours.settings(), &client, Timestamp(NOW.0 + 2 * DAY)));
    let own = ClientCertificate::new(self_signed(&named("client")), Chain::Unchecked).unwrap();
    assert!(!chain::is_trusted(&ours.settings(), &own, NOW));
    let checked = ClientCertificate::new(client.der().to_vec(), Chain::Checked).unwrap();
    assert!(chain::is_trusted(&MutualTlsSettings::default(), &checked, NOW));
}

#[test]
fn a_chain_goes_by_the_issuers_that_came_with_it() {
    let root = Authority::new();
    let mut params = named("Acme Issuing");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let between = CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &root.0).unwrap();
    let leaf = named("client").signed_by(&KeyPair::generate().unwrap(), &between).unwrap().der().to_vec();
    let alone = ClientCertificate::new(leaf, Chain::Unchecked).unwrap();
    assert!(!chain::is_trusted(&root.settings(), &alone, NOW));
    let issuers = [bytes::Bytes::from(between.der().to_vec())];
    assert!(chain::is_trusted(&root.settings(), &alone.with_issuers(issuers), NOW));
}

#[test]
fn a_certificate_of_its_own_making_is_one_that_the_client_registered() {
    let key = KeyPair::generate().unwrap();
    let der = named("client").self_signed(&key).unwrap().der().to_vec();
    let renewed = named("client renewed").self_signed(&key).unwrap().der().to_vec();
    let foreign = self_signed(&named("client"));
    let public = serde_json::to_value(Certificate::parse(&der).unwrap().key.unwrap()).unwrap();
    let keys = |certificates: Option<&[u8]>| {
        let mut key = public.clone();
        if let Some(der) = certificates {
            key["x5c"] = json!([STANDARD.encode(der)]);
        }
        KeySet::parse(&json!({ "keys": [key] })).unwrap()
    };
    let is_registered = |keys: &KeySet, der: &[u8]| {
        let presented = ClientCertificate::new(der.to_vec(), Chain::Unchecked).unwrap();
        registered::is_registered(keys, &presented, &Certificate::parse(der).unwrap())
    };
    assert!(is_registered(&keys(Some(&der)), &der) && is_registered(&keys(None), &der));
    assert!(!is_registered(&keys(Some(&der)), &renewed) && is_registered(&keys(None), &renewed));
    assert!(!is_registered(&keys(Some(&der)), &foreign) && !is_registered(&keys(None), &foreign));
}

#[test]
fn exactly_one_member_names_a_certificate() {
    let identity = |members: serde_json::Value| {
        serde_json::from_value::<TlsMembers>(members).unwrap().identity().map_err(str::to_owned)
    };
    let dns = TlsIdentity::SanDns("client.acme.example".to_owned());
    assert_eq!(identity(json!({ "tls_client_auth_san_dns": "client.acme.example" })), Ok(dns.clone()));
    assert_eq!(TlsMembers::of(Some(&dns)).identity(), Ok(dns));
    for wrong in [
        json!({}),
        json!({ "tls_client_auth_san_dns": "" }),
        json!({ "tls_client_auth_san_dns": "a", "tls_client_auth_san_email": "a@b" }),
        json!({ "tls_client_auth_subject_dn": "not a name" }),
        json!({ "tls_client_auth_subject_dn": format!("CN={}", "x".repeat(2000)) }),
        json!({ "tls_client_auth_san_ip": "300.1.1.1" }),
        json!({ "tls_client_auth_san_email": "nobody" }),
        json!({ "tls_client_auth_san_uri": "spiffe://acme example" }),
    ] {
        assert!(identity(wrong.clone()).is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn no_bytes_break_a_reader(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = Certificate::parse(&bytes);
    }

    /// Most of what is random is no certificate at all: damage a good one.
    #[test]
    fn no_damage_breaks_a_reader(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        static GOOD: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| self_signed(&with_names()));
        let mut bytes = GOOD.clone();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = Certificate::parse(&bytes);
        let presented = ClientCertificate::new(bytes.clone(), Chain::Unchecked).unwrap();
        let _ = chain::is_trusted(&MutualTlsSettings::default(), &presented, NOW);
        let _ = Certificate::parse(&bytes[..cut.index(bytes.len())]);
    }

    #[test]
    fn no_text_breaks_the_reader_of_names(text in any::<String>(), dn in "[A-Za-z0-9=,+#\\\\ ;\"]{0,40}", oid in "([ ]?[0-9.]{0,24}=[#a0-9\\\\]{0,4}[,+;]?){1,4}") {
        for text in [text, dn, oid] {
            if let Some(parsed) = name::parse(&text) {
                prop_assert!(name::is_same(&parsed, &parsed));
            }
        }
    }
}

/// The parser of names reckons with the arcs of a numeric type unchecked.
#[test]
fn a_type_with_arcs_that_nobody_can_keep_is_no_name() {
    for arc in ["4294967296", "99999999999999999999", "18446744073709551616"] {
        for text in [
            format!("1.2.{arc}=x"),
            format!("{arc}=x"),
            format!("CN=a, 1.{arc}.3=x"),
            format!("CN=a+2.5.{arc}=x"),
        ] {
            assert!(name::parse(&text).is_none(), "{text}");
        }
    }
    assert!(name::parse("2.5.4.3=client,O=12345678901234567890").is_some());
}
