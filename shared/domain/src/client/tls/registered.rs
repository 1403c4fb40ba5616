//! A certificate of the client's own making (RFC 8705 §2.2): one that it has registered among its keys, or of a key that it has
//! registered. Nobody else vouches for it, so its issuer does not matter.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::certificate::Certificate;
use crate::client::{ClientKey, KeySet};
use crate::http::ClientCertificate;

/// Whether `presented`, which says `certificate`, is one of `keys`.
pub(super) fn is_registered(keys: &KeySet, presented: &ClientCertificate, certificate: &Certificate) -> bool {
    keys.keys.iter().any(|key| is_of(key, presented, certificate))
}

/// A key with a certificate (`x5c`, RFC 7517 §4.7: one of that key) stands for that one alone; one without for all of its key.
fn is_of(key: &ClientKey, presented: &ClientCertificate, certificate: &Certificate) -> bool {
    let same_key = certificate.key.as_ref().is_some_and(|own| own.thumbprint() == key.key.thumbprint());
    let same = |registered: &String| STANDARD.decode(registered).is_ok_and(|der| der == presented.der());
    same_key && key.certificates.first().is_none_or(same)
}
