//! Distinguished names: read from text as RFC 4514 §3 writes them, and compared as RFC 5280 §7.1 has it: attribute by attribute, without
//! regard to the kind of string, to case, and to how much white space there is.

use unicode_normalization::UnicodeNormalization;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::asn1::{Any, ObjectIdentifier};
use x509_cert::der::{Encode, Tag, Tagged};
use x509_cert::name::{RdnSequence, RelativeDistinguishedName};

/// The longest name that is read, in bytes.
const LONGEST: usize = 1024;

/// The name that `text` is, the most specific attribute first: `CN=client,O=Acme,C=GB`.
pub(super) fn parse(text: &str) -> Option<RdnSequence> {
    if text.is_empty() || text.len() > LONGEST || !text.split([',', '+', ';']).all(has_sound_type) {
        return None;
    }
    text.parse().ok()
}

/// Whether an attribute's type, where it begins like a numeric one, is one with arcs that can be kept: the parser reckons with them unchecked.
fn has_sound_type(attribute: &str) -> bool {
    let name = attribute.split('=').next().unwrap_or_default().trim();
    let numeric =
        name.starts_with(|char: char| char.is_ascii_digit() || char == '.') && attribute.contains('=');
    !numeric || name.split('.').all(|arc| arc.parse::<u32>().is_ok())
}

/// Whether both are the same name.
pub(super) fn is_same(left: &RdnSequence, right: &RdnSequence) -> bool {
    left.0.iter().map(prepare).eq(right.0.iter().map(prepare))
}

/// The attributes of one level, in an order that does not depend on how they are encoded.
fn prepare(level: &RelativeDistinguishedName) -> Vec<(ObjectIdentifier, Value)> {
    let mut attributes: Vec<_> =
        level.0.iter().map(|AttributeTypeAndValue { oid, value }| (*oid, Value::of(value))).collect();
    attributes.sort();
    attributes
}

/// A value as it is compared.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Text(String),
    Other(Vec<u8>),
}

impl Value {
    fn of(value: &Any) -> Self {
        match text(value) {
            Some(text) => Self::Text(fold(&text)),
            None => Self::Other(value.to_der().unwrap_or_default()),
        }
    }
}

fn text(value: &Any) -> Option<String> {
    let bytes = value.value();
    match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => String::from_utf8(bytes.to_vec()).ok(),
        Tag::BmpString => {
            let units: Vec<u16> =
                bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units).ok().filter(|_| bytes.len().is_multiple_of(2))
        }
        _ => None,
    }
}

/// RFC 4518 §2, as far as it matters: compatibility forms and case folded, white space at the ends dropped and elsewhere one space.
fn fold(text: &str) -> String {
    let folded: String = text.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}
