//! The MD5 digests by which clients check that a message arrived whole.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

/// The digest of a body.
pub(super) fn of_body(body: &str) -> String {
    format!("{:x}", md5::compute(body))
}

/// The digest of message attributes: names in order, each with type and value, lengths before texts.
pub(super) fn of_attributes(attributes: &Map<String, Value>) -> Option<String> {
    const STRING: u8 = 1;
    const BINARY: u8 = 2;
    if attributes.is_empty() {
        return None;
    }
    let mut sorted: Vec<_> = attributes.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    let mut bytes = Vec::new();
    for (name, value) in sorted {
        push(&mut bytes, name.as_bytes());
        push(&mut bytes, value["DataType"].as_str().unwrap_or_default().as_bytes());
        if let Some(text) = value["StringValue"].as_str() {
            bytes.push(STRING);
            push(&mut bytes, text.as_bytes());
        } else {
            let binary = STANDARD.decode(value["BinaryValue"].as_str().unwrap_or_default());
            bytes.push(BINARY);
            push(&mut bytes, &binary.unwrap_or_default());
        }
    }
    Some(format!("{:x}", md5::compute(bytes)))
}

/// A message is far shorter than four bytes can say.
fn push(bytes: &mut Vec<u8>, text: &[u8]) {
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    bytes.extend(length.to_be_bytes());
    bytes.extend(text);
}
