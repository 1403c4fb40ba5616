//! Message authentication codes (HMAC, RFC 2104).
use aws_lc_rs::hmac;
use serde::Deserialize;
use serde_json::{Value, json};

use super::invalid;
use super::key::Key;
use super::spec::{KeyUsage, MacAlgorithm};
use super::store::Keys;
use crate::aws::wire::{Blob, Refusal};

const MESSAGE_LIMIT: usize = 4096;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateMac {
    key_id: String,
    message: Blob,
    mac_algorithm: MacAlgorithm,
}

pub(super) fn generate_mac(keys: &Keys, request: &GenerateMac) -> Result<Value, Refusal> {
    let key = mac_key(keys, request)?;
    let tag = hmac::sign(&hmac_key(&key, request.mac_algorithm), &request.message.0);
    Ok(json!({
        "KeyId": key.arn(),
        "Mac": Blob(tag.as_ref().to_vec()),
        "MacAlgorithm": request.mac_algorithm,
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VerifyMac {
    #[serde(flatten)]
    made: GenerateMac,
    mac: Blob,
}

pub(super) fn verify_mac(keys: &Keys, request: &VerifyMac) -> Result<Value, Refusal> {
    let made = &request.made;
    let key = mac_key(keys, made)?;
    hmac::verify(&hmac_key(&key, made.mac_algorithm), &made.message.0, &request.mac.0)
        .map_err(|_| Refusal::new("KMSInvalidMacException", ""))?;
    Ok(json!({ "KeyId": key.arn(), "MacValid": true, "MacAlgorithm": made.mac_algorithm }))
}

fn mac_key(keys: &Keys, request: &GenerateMac) -> Result<Key, Refusal> {
    if request.message.0.is_empty() || request.message.0.len() > MESSAGE_LIMIT {
        return Err(invalid("Message must have between 1 and 4096 bytes"));
    }
    let key = keys.usable(&request.key_id, KeyUsage::Mac)?;
    if key.spec.mac_algorithm() != Some(request.mac_algorithm) {
        let message = format!("{} does not make codes with this algorithm.", key.arn());
        return Err(Refusal::new("InvalidKeyUsageException", message));
    }
    Ok(key)
}

fn hmac_key(key: &Key, algorithm: MacAlgorithm) -> hmac::Key {
    let algorithm = match algorithm {
        MacAlgorithm::Hs256 => hmac::HMAC_SHA256,
        MacAlgorithm::Hs384 => hmac::HMAC_SHA384,
        MacAlgorithm::Hs512 => hmac::HMAC_SHA512,
    };
    hmac::Key::new(algorithm, &key.secret.0)
}
