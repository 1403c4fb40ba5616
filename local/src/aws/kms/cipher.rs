//! Encryption under a key: of data, of data keys, of the private halves of key pairs.
//!
//! A ciphertext is `version | key id | nonce | AES-256-GCM(plaintext) | tag`; the version, the key id and the
//! encryption context are authenticated with it.
use std::collections::BTreeMap;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::invalid;
use super::key::Key;
use super::pair::{Pair, make_secret};
use super::spec::{KeySpec, KeyUsage};
use super::store::Keys;
use crate::aws::AwsError;
use crate::aws::wire::{Blob, Refusal, random};

const VERSION: u8 = 1;
const KEY_ID_LEN: usize = 36;
const HEAD_LEN: usize = 1 + KEY_ID_LEN;
const PLAINTEXT_LIMIT: usize = 4096;
const ALGORITHM: &str = "SYMMETRIC_DEFAULT";

/// Sorted, so that the same pairs are the same context.
type Context = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Encrypt {
    key_id: String,
    plaintext: Blob,
    #[serde(default)]
    encryption_context: Context,
}

pub(super) fn encrypt(keys: &Keys, request: Encrypt) -> Result<Value, Refusal> {
    if request.plaintext.0.is_empty() || request.plaintext.0.len() > PLAINTEXT_LIMIT {
        return Err(invalid("Plaintext must have between 1 and 4096 bytes"));
    }
    let key = keys.usable(&request.key_id, KeyUsage::Encrypt)?;
    let sealed = seal(&key, &request.encryption_context, request.plaintext.0)?;
    Ok(json!({ "KeyId": key.arn(), "CiphertextBlob": sealed, "EncryptionAlgorithm": ALGORITHM }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Decrypt {
    key_id: Option<String>,
    ciphertext_blob: Blob,
    #[serde(default)]
    encryption_context: Context,
}

pub(super) fn decrypt(keys: &Keys, request: &Decrypt) -> Result<Value, Refusal> {
    let blob = &request.ciphertext_blob.0;
    let id = key_id_of(blob).ok_or_else(invalid_ciphertext)?;
    if let Some(expected) = &request.key_id
        && keys.find(expected)?.id != id
    {
        return Err(Refusal::new(
            "IncorrectKeyException",
            "The key ID in the request does not identify a CMK that can perform this operation.",
        ));
    }
    let key = keys.usable(id, KeyUsage::Encrypt)?;
    let plaintext = open(&key, &request.encryption_context, blob).ok_or_else(invalid_ciphertext)?;
    Ok(json!({ "KeyId": key.arn(), "Plaintext": plaintext, "EncryptionAlgorithm": ALGORITHM }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateDataKey {
    key_id: String,
    key_spec: Option<DataKeySpec>,
    number_of_bytes: Option<usize>,
    #[serde(default)]
    encryption_context: Context,
}

#[derive(Clone, Copy, Deserialize)]
pub(super) enum DataKeySpec {
    #[serde(rename = "AES_256")]
    Aes256,
    #[serde(rename = "AES_128")]
    Aes128,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DataKey {
    key_id: String,
    ciphertext_blob: Blob,
    #[serde(skip_serializing_if = "Option::is_none")]
    plaintext: Option<Blob>,
}

impl DataKey {
    pub(super) fn without_plaintext(self) -> Self {
        Self { plaintext: None, ..self }
    }
}

pub(super) fn generate_data_key(keys: &Keys, request: &GenerateDataKey) -> Result<DataKey, Refusal> {
    let length = match (request.key_spec, request.number_of_bytes) {
        (Some(DataKeySpec::Aes256), None) => 32,
        (Some(DataKeySpec::Aes128), None) => 16,
        (None, Some(length @ 1..=1024)) => length,
        _ => return Err(invalid("Please specify either number of bytes or key spec.")),
    };
    let key = keys.usable(&request.key_id, KeyUsage::Encrypt)?;
    let plaintext = random(length)?;
    let ciphertext_blob = seal(&key, &request.encryption_context, plaintext.clone())?;
    Ok(DataKey { key_id: key.arn(), ciphertext_blob, plaintext: Some(Blob(plaintext)) })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateDataKeyPair {
    key_id: String,
    key_pair_spec: KeySpec,
    #[serde(default)]
    encryption_context: Context,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DataKeyPair {
    key_id: String,
    key_pair_spec: KeySpec,
    public_key: Blob,
    private_key_ciphertext_blob: Blob,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_key_plaintext: Option<Blob>,
}

impl DataKeyPair {
    pub(super) fn without_plaintext(self) -> Self {
        Self { private_key_plaintext: None, ..self }
    }
}

pub(super) fn generate_data_key_pair(
    keys: &Keys,
    request: &GenerateDataKeyPair,
) -> Result<DataKeyPair, Refusal> {
    let spec = request.key_pair_spec;
    if spec.usage() != KeyUsage::Sign {
        return Err(invalid("KeyPairSpec must name a key pair"));
    }
    let key = keys.usable(&request.key_id, KeyUsage::Encrypt)?;
    let private = make_secret(spec)?;
    Ok(DataKeyPair {
        key_id: key.arn(),
        key_pair_spec: spec,
        public_key: Blob(Pair::read(spec, &private)?.public_key()?),
        private_key_ciphertext_blob: seal(&key, &request.encryption_context, private.clone())?,
        private_key_plaintext: Some(Blob(private)),
    })
}

fn seal(key: &Key, context: &Context, plaintext: Vec<u8>) -> Result<Blob, AwsError> {
    let head = [&[VERSION], key.id.as_bytes()].concat();
    let cipher = RandomizedNonceKey::new(&AES_256_GCM, &key.secret.0)?;
    let mut sealed = plaintext;
    let nonce = cipher.seal_in_place_append_tag(Aad::from(authenticated(&head, context)), &mut sealed)?;
    Ok(Blob([&head, nonce.as_ref().as_slice(), &sealed].concat()))
}

fn open(key: &Key, context: &Context, blob: &[u8]) -> Option<Blob> {
    let (head, rest) = blob.split_at_checked(HEAD_LEN)?;
    let (nonce, sealed) = rest.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let cipher = RandomizedNonceKey::new(&AES_256_GCM, &key.secret.0).ok()?;
    let mut opened = sealed.to_vec();
    let plaintext = cipher.open_in_place(nonce, Aad::from(authenticated(head, context)), &mut opened).ok()?;
    Some(Blob(plaintext.to_vec()))
}

/// INVARIANT: lengths go before values, so that no two contexts are the same bytes.
fn authenticated(head: &[u8], context: &Context) -> Vec<u8> {
    let mut bytes = head.to_vec();
    for text in context.iter().flat_map(|(name, value)| [name, value]) {
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes
}

fn key_id_of(blob: &[u8]) -> Option<&str> {
    let (version, rest) = blob.split_first()?;
    let id = rest.get(..KEY_ID_LEN).filter(|_| *version == VERSION)?;
    std::str::from_utf8(id).ok()
}

/// KMS says no more than this, whatever is wrong.
fn invalid_ciphertext() -> Refusal {
    Refusal::new("InvalidCiphertextException", "")
}
