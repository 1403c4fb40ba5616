//! KMS with real cryptography: what is signed here verifies, and what is tampered with does not decrypt.
//!
//! Keys rest unwrapped in a file that only its owner may read: this is a laptop's KMS, not a vault.
mod cipher;
mod key;
mod lifecycle;
mod mac;
mod pair;
mod sign;
mod spec;
mod store;

#[cfg(test)]
mod tests;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::AwsError;
use super::wire::{self, Refusal};

pub(super) use store::Keys;

/// Carries out one operation of `TrentService`, away from the threads that answer requests: making an RSA key
/// takes its time.
pub(super) async fn perform(keys: &Keys, operation: &str, body: Bytes) -> Result<Vec<u8>, Refusal> {
    if !makes_key_pair(operation) {
        return run(keys, operation, &body);
    }
    let (keys, operation) = (keys.clone(), operation.to_owned());
    let made = tokio::task::spawn_blocking(move || run(&keys, &operation, &body)).await;
    made.unwrap_or_else(|_panicked| Err(AwsError::Cryptography.into()))
}

fn makes_key_pair(operation: &str) -> bool {
    matches!(operation, "CreateKey" | "GenerateDataKeyPair" | "GenerateDataKeyPairWithoutPlaintext")
}

fn run(keys: &Keys, operation: &str, body: &[u8]) -> Result<Vec<u8>, Refusal> {
    match operation {
        "CreateKey" => call(body, |request| lifecycle::create_key(keys, request)),
        "CreateAlias" => call(body, |request| lifecycle::create_alias(keys, &request)),
        "ListAliases" => call(body, |request| lifecycle::list_aliases(keys, &request)),
        "DescribeKey" => call(body, |request| lifecycle::describe_key(keys, &request)),
        "EnableKey" => call(body, |request| lifecycle::enable_key(keys, &request)),
        "DisableKey" => call(body, |request| lifecycle::disable_key(keys, &request)),
        "ScheduleKeyDeletion" => call(body, |request| lifecycle::schedule_key_deletion(keys, &request)),
        "CancelKeyDeletion" => call(body, |request| lifecycle::cancel_key_deletion(keys, &request)),
        "Encrypt" => call(body, |request| cipher::encrypt(keys, request)),
        "Decrypt" => call(body, |request| cipher::decrypt(keys, &request)),
        "GenerateDataKey" => call(body, |request| cipher::generate_data_key(keys, &request)),
        "GenerateDataKeyWithoutPlaintext" => call(body, |request| {
            cipher::generate_data_key(keys, &request).map(cipher::DataKey::without_plaintext)
        }),
        "GenerateDataKeyPair" => call(body, |request| cipher::generate_data_key_pair(keys, &request)),
        "GenerateDataKeyPairWithoutPlaintext" => call(body, |request| {
            cipher::generate_data_key_pair(keys, &request).map(cipher::DataKeyPair::without_plaintext)
        }),
        "GetPublicKey" => call(body, |request| sign::get_public_key(keys, &request)),
        "Sign" => call(body, |request| sign::sign(keys, &request)),
        "Verify" => call(body, |request| sign::verify(keys, &request)),
        "GenerateMac" => call(body, |request| mac::generate_mac(keys, &request)),
        "VerifyMac" => call(body, |request| mac::verify_mac(keys, &request)),
        _ => Err(Refusal::unknown_operation()),
    }
}

fn call<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    act: impl FnOnce(Q) -> Result<A, Refusal>,
) -> Result<Vec<u8>, Refusal> {
    wire::write(&act(wire::read(body)?)?)
}

/// The request does not make sense for any key.
fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("ValidationException", message)
}
