//! What a certificate says (RFC 5280 §4): read whole and strictly, so that nothing in it has two readings.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use x509_cert::der::Decode;
use x509_cert::der::asn1::{ObjectIdentifier, Uint};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::RdnSequence;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use crate::clock::Timestamp;
use crate::keys::PublicJwk;

const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// A certificate that was read.
pub(super) struct Certificate {
    /// Whose it is.
    pub(super) subject: RdnSequence,
    /// By which other names they go.
    pub(super) names: Vec<GeneralName>,
    /// Their public key, where it is of a kind that we know.
    pub(super) key: Option<PublicJwk>,
    from: Timestamp,
    until: Timestamp,
}

impl Certificate {
    /// Reads one; `None` for anything that is not a certificate.
    pub(super) fn parse(der: &[u8]) -> Option<Self> {
        let certificate = x509_cert::Certificate::from_der(der).ok()?;
        let content = certificate.tbs_certificate;
        let names =
            content.get::<SubjectAltName>().ok()?.map(|(_, SubjectAltName(names))| names).unwrap_or_default();
        let moment = |time: x509_cert::time::Time| {
            i64::try_from(time.to_unix_duration().as_secs()).ok().map(Timestamp)
        };
        Some(Self {
            subject: content.subject.clone(),
            names,
            key: public_key(&content.subject_public_key_info),
            from: moment(content.validity.not_before)?,
            until: moment(content.validity.not_after)?,
        })
    }

    /// Whether it is good at `now` (§4.1.2.5: both ends are within).
    pub(super) fn is_valid(&self, now: Timestamp) -> bool {
        self.from <= now && now <= self.until
    }
}

/// The key as a JWK (RFC 3279 §2.3, RFC 5480 §2, RFC 8410 §4).
fn public_key(info: &SubjectPublicKeyInfoOwned) -> Option<PublicJwk> {
    let bits = info.subject_public_key.as_bytes()?;
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    match info.algorithm.oid {
        EC => {
            let curve = info.algorithm.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok()?;
            let (crv, width) = match curve {
                P256 => ("P-256", 32),
                P384 => ("P-384", 48),
                _ => return None,
            };
            // SEC 1 §2.3.3: an uncompressed point.
            let point = bits.strip_prefix(&[4]).filter(|point| point.len() == 2 * width)?;
            let (x, y) = point.split_at(width);
            Some(PublicJwk::EC { crv: crv.to_owned(), x: encode(x), y: encode(y) })
        }
        RSA => {
            let numbers = Vec::<Uint>::from_der(bits).ok()?;
            let [n, e] = numbers.as_slice() else { return None };
            Some(PublicJwk::RSA { e: encode(e.as_bytes()), n: encode(n.as_bytes()) })
        }
        ED25519 => Some(PublicJwk::OKP { crv: "Ed25519".to_owned(), x: encode(bits) }),
        _ => None,
    }
}
