//! Signatures by keys that never leave, and their public halves.
use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{self, RsaEncoding, UnparsedPublicKey, VerificationAlgorithm};
use serde::Deserialize;
use serde_json::{Value, json};

use super::invalid;
use super::key::Key;
use super::pair::Pair;
use super::spec::{KeyUsage, SigningAlgorithm};
use super::store::Keys;
use crate::aws::AwsError;
use crate::aws::wire::{Blob, Refusal};

/// Longer messages are to be hashed by the caller.
const MESSAGE_LIMIT: usize = 4096;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetPublicKey {
    key_id: String,
}

pub(super) fn get_public_key(keys: &Keys, request: &GetPublicKey) -> Result<Value, Refusal> {
    let key = keys.find(&request.key_id)?;
    if key.spec.usage() != KeyUsage::Sign {
        return Err(Refusal::new(
            "UnsupportedOperationException",
            format!("{} has no public key.", key.arn()),
        ));
    }
    key.check_usable(KeyUsage::Sign)?;
    Ok(json!({
        "KeyId": key.arn(),
        "KeySpec": key.spec,
        "CustomerMasterKeySpec": key.spec,
        "KeyUsage": KeyUsage::Sign,
        "SigningAlgorithms": key.spec.signing_algorithms(),
        "PublicKey": Blob(Pair::read(key.spec, &key.secret.0)?.public_key()?),
    }))
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
enum MessageType {
    #[default]
    #[serde(rename = "RAW")]
    Raw,
    #[serde(rename = "DIGEST")]
    Digest,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Sign {
    key_id: String,
    message: Blob,
    #[serde(default)]
    message_type: MessageType,
    signing_algorithm: SigningAlgorithm,
}

pub(super) fn sign(keys: &Keys, request: &Sign) -> Result<Value, Refusal> {
    let key = signing_key(keys, request)?;
    let message = Message::of(request)?;
    let signature = match Pair::read(key.spec, &key.secret.0)? {
        Pair::Rsa(pair) => sign_rsa(&pair, request.signing_algorithm, &message)?,
        Pair::Ecdsa(pair) => match message {
            Message::Raw(bytes) => pair.sign(&SystemRandom::new(), bytes),
            Message::Digest(digest) => pair.sign_digest(&digest),
        }
        .map_err(AwsError::from)?
        .as_ref()
        .to_vec(),
        Pair::Ed25519(pair) => match message {
            Message::Raw(bytes) => pair.sign(bytes).as_ref().to_vec(),
            Message::Digest(_) => return Err(invalid("Algorithm ED25519_SHA_512 takes MessageType RAW")),
        },
    };
    Ok(json!({
        "KeyId": key.arn(),
        "Signature": Blob(signature),
        "SigningAlgorithm": request.signing_algorithm,
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Verify {
    #[serde(flatten)]
    signed: Sign,
    signature: Blob,
}

pub(super) fn verify(keys: &Keys, request: &Verify) -> Result<Value, Refusal> {
    let key = signing_key(keys, &request.signed)?;
    let public = Pair::read(key.spec, &key.secret.0)?.public_key()?;
    let public = UnparsedPublicKey::new(verification(request.signed.signing_algorithm), public);
    let outcome = match Message::of(&request.signed)? {
        Message::Raw(bytes) => public.verify(bytes, &request.signature.0),
        Message::Digest(digest) => public.verify_digest(&digest, &request.signature.0),
    };
    outcome.map_err(|_| Refusal::new("KMSInvalidSignatureException", ""))?;
    Ok(json!({
        "KeyId": key.arn(),
        "SignatureValid": true,
        "SigningAlgorithm": request.signed.signing_algorithm,
    }))
}

fn signing_key(keys: &Keys, request: &Sign) -> Result<Key, Refusal> {
    let key = keys.usable(&request.key_id, KeyUsage::Sign)?;
    if !key.spec.signing_algorithms().contains(&request.signing_algorithm) {
        let message = format!("{} does not sign with this algorithm.", key.arn());
        return Err(Refusal::new("InvalidKeyUsageException", message));
    }
    Ok(key)
}

/// What is signed: a message, or what the caller says is its digest.
enum Message<'a> {
    Raw(&'a [u8]),
    Digest(Digest),
}

impl<'a> Message<'a> {
    fn of(request: &'a Sign) -> Result<Self, Refusal> {
        let bytes = request.message.0.as_slice();
        if bytes.is_empty() || bytes.len() > MESSAGE_LIMIT {
            return Err(invalid("Message must have between 1 and 4096 bytes"));
        }
        match request.message_type {
            MessageType::Raw => Ok(Self::Raw(bytes)),
            MessageType::Digest => Digest::import_less_safe(bytes, hash(request.signing_algorithm))
                .map(Self::Digest)
                .map_err(|_| invalid("Digest is invalid length for algorithm")),
        }
    }
}

fn sign_rsa(
    pair: &RsaKeyPair,
    algorithm: SigningAlgorithm,
    message: &Message<'_>,
) -> Result<Vec<u8>, AwsError> {
    let encoding: &'static dyn RsaEncoding = match algorithm {
        SigningAlgorithm::Ps256 => &signature::RSA_PSS_SHA256,
        SigningAlgorithm::Ps384 => &signature::RSA_PSS_SHA384,
        SigningAlgorithm::Ps512 => &signature::RSA_PSS_SHA512,
        SigningAlgorithm::Rs256 => &signature::RSA_PKCS1_SHA256,
        SigningAlgorithm::Rs384 => &signature::RSA_PKCS1_SHA384,
        SigningAlgorithm::Rs512 => &signature::RSA_PKCS1_SHA512,
        SigningAlgorithm::Es256
        | SigningAlgorithm::Es384
        | SigningAlgorithm::Es512
        | SigningAlgorithm::EdDsa => {
            return Err(AwsError::Cryptography);
        }
    };
    let mut signed = vec![0; pair.public_modulus_len()];
    match message {
        Message::Raw(bytes) => pair.sign(encoding, &SystemRandom::new(), bytes, &mut signed)?,
        Message::Digest(digest) => pair.sign_digest(encoding, digest, &mut signed)?,
    }
    Ok(signed)
}

fn hash(algorithm: SigningAlgorithm) -> &'static digest::Algorithm {
    match algorithm {
        SigningAlgorithm::Ps256 | SigningAlgorithm::Rs256 | SigningAlgorithm::Es256 => &digest::SHA256,
        SigningAlgorithm::Ps384 | SigningAlgorithm::Rs384 | SigningAlgorithm::Es384 => &digest::SHA384,
        SigningAlgorithm::Ps512
        | SigningAlgorithm::Rs512
        | SigningAlgorithm::Es512
        | SigningAlgorithm::EdDsa => &digest::SHA512,
    }
}

fn verification(algorithm: SigningAlgorithm) -> &'static dyn VerificationAlgorithm {
    match algorithm {
        SigningAlgorithm::Ps256 => &signature::RSA_PSS_2048_8192_SHA256,
        SigningAlgorithm::Ps384 => &signature::RSA_PSS_2048_8192_SHA384,
        SigningAlgorithm::Ps512 => &signature::RSA_PSS_2048_8192_SHA512,
        SigningAlgorithm::Rs256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        SigningAlgorithm::Rs384 => &signature::RSA_PKCS1_2048_8192_SHA384,
        SigningAlgorithm::Rs512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        SigningAlgorithm::Es256 => &signature::ECDSA_P256_SHA256_ASN1,
        SigningAlgorithm::Es384 => &signature::ECDSA_P384_SHA384_ASN1,
        SigningAlgorithm::Es512 => &signature::ECDSA_P521_SHA512_ASN1,
        SigningAlgorithm::EdDsa => &signature::ED25519,
    }
}
