//! E-mail addresses (RFC 5321 §4.1.2, RFC 5322 §3.4.1): the form that every provider delivers to, in lower case.
//!
//! RFC 5321 §2.4 leaves the case of the local part to the receiving host, and no host in use tells customers apart by it; people do
//! not remember what they typed. So the whole address is folded. The local part is ASCII, since SES delivers to no other; the domain
//! may be any name, and rests as A-labels (RFC 5891). Quoted local parts, comments and address literals are refused.

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

const ADDRESS_LIMIT: usize = 254;
const LOCAL_LIMIT: usize = 64;

/// The normal form of an address that was trimmed and folded.
pub(super) fn normalise(text: &str) -> Option<String> {
    let (local, domain) = text.rsplit_once('@')?;
    let dot_atom = local.len() <= LOCAL_LIMIT && local.split('.').all(is_atom);
    let domain = Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
        .ok()?;
    let (_, top) = domain.rsplit_once('.')?;
    let named = !top.bytes().all(|byte| byte.is_ascii_digit());
    let address = format!("{}@{domain}", local.to_ascii_lowercase());
    (dot_atom && named && address.len() <= ADDRESS_LIMIT).then_some(address)
}

/// RFC 5322 §3.2.3 `atom`.
fn is_atom(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
}
