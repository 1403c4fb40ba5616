//! KMS by the SDK, checked by other means than KMS's own.
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_lc_rs::signature::{self, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey, VerificationAlgorithm};
use aws_lc_rs::{digest, hmac};
use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{
    DataKeyPairSpec, DataKeySpec, KeySpec, KeyState, KeyUsageType, MacAlgorithmSpec, MessageType,
    SigningAlgorithmSpec,
};

use crate::aws::tests::bench::{Way, both_ways, client, stack};
use crate::aws::{Data, Options, Stack};

const MESSAGE: &[u8] = b"attack at dawn";

/// A stack with a symmetric key under `alias/data`, and a client.
fn vault() -> (Stack, Client) {
    let stack = stack();
    stack.create_key("alias/data", "SYMMETRIC_DEFAULT").unwrap();
    let client = client!(aws_sdk_kms, stack, Way::InProcess);
    (stack, client)
}

async fn create(client: &Client, spec: KeySpec, usage: KeyUsageType) -> String {
    let created = client.create_key().key_spec(spec).key_usage(usage).send().await.unwrap();
    created.key_metadata.unwrap().key_id
}

async fn encrypt(client: &Client, context: &[(&str, &str)]) -> Blob {
    let mut request = client.encrypt().key_id("alias/data").plaintext(Blob::new(MESSAGE));
    for (name, value) in context {
        request = request.encryption_context(*name, *value);
    }
    request.send().await.unwrap().ciphertext_blob.unwrap()
}

#[tokio::test]
async fn what_is_encrypted_is_decrypted_in_its_context_only() {
    let stack = stack();
    stack.create_key("alias/data", "SYMMETRIC_DEFAULT").unwrap();
    for way in both_ways(&stack).await {
        let client = client!(aws_sdk_kms, stack, way);
        let sealed = encrypt(&client, &[("user", "ada"), ("use", "totp")]).await;
        assert!(!sealed.as_ref().windows(MESSAGE.len()).any(|window| window == MESSAGE));
        let decrypt = || client.decrypt().ciphertext_blob(sealed.clone());
        let right = decrypt().encryption_context("use", "totp").encryption_context("user", "ada");
        assert_eq!(right.send().await.unwrap().plaintext.unwrap().as_ref(), MESSAGE);
        for wrong in [
            decrypt(),
            decrypt().encryption_context("user", "eve").encryption_context("use", "totp"),
            decrypt().encryption_context("user", "adause").encryption_context("", "totp"),
        ] {
            let error = wrong.send().await.unwrap_err().into_service_error();
            assert!(error.is_invalid_ciphertext_exception(), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_ciphertext_with_any_bit_flipped_is_refused() {
    let (_stack, client) = vault();
    let sealed = encrypt(&client, &[]).await.into_inner();
    for index in 0..sealed.len() {
        let mut tampered = sealed.clone();
        tampered[index] ^= 1;
        client.decrypt().ciphertext_blob(Blob::new(tampered)).send().await.unwrap_err();
    }
    for length in [0, 1, 36, 37, 48, sealed.len() - 1] {
        let cut = client.decrypt().ciphertext_blob(Blob::new(&sealed[..length])).send().await;
        assert!(cut.unwrap_err().into_service_error().is_invalid_ciphertext_exception());
    }
}

#[tokio::test]
async fn another_key_than_the_ciphertexts_is_incorrect() {
    let (_stack, client) = vault();
    let other = create(&client, KeySpec::SymmetricDefault, KeyUsageType::EncryptDecrypt).await;
    let sealed = encrypt(&client, &[]).await;
    let error = client.decrypt().ciphertext_blob(sealed).key_id(other).send().await.unwrap_err();
    assert!(error.into_service_error().is_incorrect_key_exception());
}

#[tokio::test]
async fn a_data_key_comes_plain_and_sealed() {
    let (_stack, client) = vault();
    let made =
        client.generate_data_key().key_id("alias/data").key_spec(DataKeySpec::Aes256).send().await.unwrap();
    let plain = made.plaintext.unwrap();
    assert_eq!(plain.as_ref().len(), 32);
    let opened = client.decrypt().ciphertext_blob(made.ciphertext_blob.unwrap()).send().await.unwrap();
    assert_eq!(opened.plaintext.unwrap(), plain);
    let sealed = client.generate_data_key_without_plaintext().key_id("alias/data").number_of_bytes(64);
    let sealed = sealed.send().await.unwrap().ciphertext_blob.unwrap();
    let opened = client.decrypt().ciphertext_blob(sealed).send().await.unwrap();
    assert_eq!(opened.plaintext.unwrap().as_ref().len(), 64);
    let neither = client.generate_data_key().key_id("alias/data").send().await.unwrap_err();
    assert_eq!(neither.into_service_error().meta().code(), Some("ValidationException"));
}

#[tokio::test]
async fn a_data_key_pair_fits_together() {
    let (_stack, client) = vault();
    let request =
        client.generate_data_key_pair().key_id("alias/data").key_pair_spec(DataKeyPairSpec::EccNistP256);
    let made = request.encryption_context("use", "signing").send().await.unwrap();
    let private = made.private_key_plaintext.unwrap();
    let algorithm = &signature::ECDSA_P256_SHA256_ASN1_SIGNING;
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, private.as_ref()).unwrap();
    assert!(made.public_key.unwrap().as_ref().ends_with(pair.public_key().as_ref()));
    let opened = client.decrypt().ciphertext_blob(made.private_key_ciphertext_blob.unwrap());
    let opened = opened.encryption_context("use", "signing").send().await.unwrap();
    assert_eq!(opened.plaintext.unwrap(), private);

    for spec in [DataKeyPairSpec::EccNistEdwards25519, DataKeyPairSpec::Rsa2048] {
        let request =
            client.generate_data_key_pair_without_plaintext().key_id("alias/data").key_pair_spec(spec);
        let sealed = request.send().await.unwrap().private_key_ciphertext_blob.unwrap();
        assert!(client.decrypt().ciphertext_blob(sealed).send().await.is_ok());
    }
}

/// How one kind of key signs, and how that is verified by other means.
struct Case {
    spec: KeySpec,
    algorithm: SigningAlgorithmSpec,
    verification: &'static dyn VerificationAlgorithm,
    hash: &'static digest::Algorithm,
}

fn cases() -> [Case; 6] {
    let case = |spec, algorithm, verification, hash| Case { spec, algorithm, verification, hash };
    [
        case(
            KeySpec::Rsa2048,
            SigningAlgorithmSpec::RsassaPssSha256,
            &signature::RSA_PSS_2048_8192_SHA256,
            &digest::SHA256,
        ),
        case(
            KeySpec::Rsa2048,
            SigningAlgorithmSpec::RsassaPkcs1V15Sha256,
            &signature::RSA_PKCS1_2048_8192_SHA256,
            &digest::SHA256,
        ),
        case(
            KeySpec::Rsa2048,
            SigningAlgorithmSpec::RsassaPkcs1V15Sha512,
            &signature::RSA_PKCS1_2048_8192_SHA512,
            &digest::SHA512,
        ),
        case(
            KeySpec::EccNistP256,
            SigningAlgorithmSpec::EcdsaSha256,
            &signature::ECDSA_P256_SHA256_ASN1,
            &digest::SHA256,
        ),
        case(
            KeySpec::EccNistP384,
            SigningAlgorithmSpec::EcdsaSha384,
            &signature::ECDSA_P384_SHA384_ASN1,
            &digest::SHA384,
        ),
        case(
            KeySpec::EccNistP521,
            SigningAlgorithmSpec::EcdsaSha512,
            &signature::ECDSA_P521_SHA512_ASN1,
            &digest::SHA512,
        ),
    ]
}

#[tokio::test]
async fn signatures_verify_under_the_public_key() {
    let (_stack, client) = vault();
    for Case { spec, algorithm, verification, hash } in cases() {
        let key = create(&client, spec, KeyUsageType::SignVerify).await;
        let public = client.get_public_key().key_id(&key).send().await.unwrap().public_key.unwrap();
        let public = UnparsedPublicKey::new(verification, public.as_ref());
        let digest = digest::digest(hash, MESSAGE);
        for (kind, message) in [(MessageType::Raw, MESSAGE), (MessageType::Digest, digest.as_ref())] {
            let sign =
                client.sign().key_id(&key).signing_algorithm(algorithm.clone()).message_type(kind.clone());
            let signed = sign.message(Blob::new(message)).send().await.unwrap().signature.unwrap();
            public.verify(MESSAGE, signed.as_ref()).unwrap();
            let verify = client.verify().key_id(&key).signing_algorithm(algorithm.clone()).message_type(kind);
            let verified = verify.message(Blob::new(message)).signature(signed).send().await.unwrap();
            assert!(verified.signature_valid());
        }
    }
}

#[tokio::test]
async fn ed25519_signs_messages_alone() {
    let (_stack, client) = vault();
    let key = create(&client, KeySpec::EccNistEdwards25519, KeyUsageType::SignVerify).await;
    let public = client.get_public_key().key_id(&key).send().await.unwrap().public_key.unwrap();
    let sign = || {
        let request = client.sign().key_id(&key).signing_algorithm(SigningAlgorithmSpec::Ed25519Sha512);
        request.message(Blob::new(MESSAGE))
    };
    let signed = sign().send().await.unwrap().signature.unwrap();
    // The last 32 bytes of the SubjectPublicKeyInfo are the key (RFC 8410 §4).
    let raw = public.as_ref().last_chunk::<32>().unwrap();
    UnparsedPublicKey::new(&signature::ED25519, raw).verify(MESSAGE, signed.as_ref()).unwrap();
    assert!(sign().message_type(MessageType::Digest).send().await.is_err());
}

#[tokio::test]
async fn a_signature_of_something_else_is_invalid() {
    let (_stack, client) = vault();
    let key = create(&client, KeySpec::EccNistP256, KeyUsageType::SignVerify).await;
    let algorithm = SigningAlgorithmSpec::EcdsaSha256;
    let sign = client.sign().key_id(&key).signing_algorithm(algorithm.clone()).message(Blob::new(MESSAGE));
    let signed = sign.send().await.unwrap().signature.unwrap();
    let verify =
        client.verify().key_id(&key).signing_algorithm(algorithm).message(Blob::new("attack at dusk"));
    let error = verify.signature(signed).send().await.unwrap_err().into_service_error();
    assert!(error.is_kms_invalid_signature_exception());
    let sign = client.sign().key_id(&key).signing_algorithm(SigningAlgorithmSpec::EcdsaSha384);
    let error = sign.message(Blob::new(MESSAGE)).send().await.unwrap_err().into_service_error();
    assert!(error.is_invalid_key_usage_exception());
}

#[tokio::test]
async fn codes_are_hmacs_under_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let stack = Stack::open(&Options { data: Data::Folder(folder.path().to_owned()) }).unwrap();
    let client = client!(aws_sdk_kms, stack, Way::InProcess);
    let key = create(&client, KeySpec::Hmac256, KeyUsageType::GenerateVerifyMac).await;
    let algorithm = MacAlgorithmSpec::HmacSha256;
    let generate =
        client.generate_mac().key_id(&key).mac_algorithm(algorithm.clone()).message(Blob::new(MESSAGE));
    let mac = generate.send().await.unwrap().mac.unwrap();

    let secret = stack.keys().find(&key).unwrap().secret.0;
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &secret), MESSAGE, mac.as_ref()).unwrap();

    let verify = |message: &[u8]| {
        let request = client.verify_mac().key_id(&key).mac_algorithm(algorithm.clone()).mac(mac.clone());
        request.message(Blob::new(message)).send()
    };
    assert!(verify(MESSAGE).await.unwrap().mac_valid());
    assert!(verify(b"other").await.unwrap_err().into_service_error().is_kms_invalid_mac_exception());
}

#[tokio::test]
async fn a_disabled_key_rests() {
    let (_stack, client) = vault();
    let key = create(&client, KeySpec::SymmetricDefault, KeyUsageType::EncryptDecrypt).await;
    let encrypt = || client.encrypt().key_id(&key).plaintext(Blob::new(MESSAGE)).send();
    client.disable_key().key_id(&key).send().await.unwrap();
    assert!(encrypt().await.unwrap_err().into_service_error().is_disabled_exception());
    client.enable_key().key_id(&key).send().await.unwrap();
    encrypt().await.unwrap();
}

#[tokio::test]
async fn a_key_is_deleted_when_its_time_has_passed() {
    let (stack, client) = vault();
    let now = Arc::new(AtomicI64::new(1_700_000_000));
    let clock = Arc::clone(&now);
    stack.set_clock(Arc::new(move || clock.load(Ordering::Relaxed)));
    let sealed = encrypt(&client, &[]).await;
    let schedule = client.schedule_key_deletion().key_id("alias/data").pending_window_in_days(7);
    let scheduled = schedule.send().await.unwrap();
    assert_eq!(scheduled.deletion_date.unwrap().secs(), 1_700_000_000 + 7 * 24 * 60 * 60);
    let decrypt = || client.decrypt().ciphertext_blob(sealed.clone()).send();
    assert!(decrypt().await.unwrap_err().into_service_error().is_kms_invalid_state_exception());

    client.cancel_key_deletion().key_id("alias/data").send().await.unwrap();
    let described = client.describe_key().key_id("alias/data").send().await.unwrap().key_metadata.unwrap();
    assert_eq!(described.key_state(), Some(&KeyState::Disabled));
    assert_eq!(described.creation_date().map(|date| date.secs() > 0), Some(true));

    client.schedule_key_deletion().key_id("alias/data").pending_window_in_days(7).send().await.unwrap();
    now.fetch_add(7 * 24 * 60 * 60, Ordering::Relaxed);
    assert!(decrypt().await.unwrap_err().into_service_error().is_not_found_exception());
    let gone = client.describe_key().key_id("alias/data").send().await;
    assert!(gone.unwrap_err().into_service_error().is_not_found_exception());
}

#[tokio::test]
async fn an_alias_means_one_key() {
    let (stack, client) = vault();
    let key = create(&client, KeySpec::EccNistP256, KeyUsageType::SignVerify).await;
    let alias = |name: &str| client.create_alias().alias_name(name).target_key_id(&key).send();
    alias("alias/signing").await.unwrap();
    assert!(alias("alias/signing").await.unwrap_err().into_service_error().is_already_exists_exception());
    assert!(alias("signing").await.is_err());
    let listed = client.list_aliases().key_id(&key).send().await.unwrap();
    assert_eq!(listed.aliases()[0].alias_name(), Some("alias/signing"));
    let first = stack.create_key("alias/data", "SYMMETRIC_DEFAULT").unwrap();
    assert_eq!(stack.create_key("alias/data", "SYMMETRIC_DEFAULT").unwrap(), first);
    assert!(stack.create_key("alias/new", "NONSENSE").is_err());
}

#[tokio::test]
async fn a_key_does_what_it_was_made_for() {
    let (_stack, client) = vault();
    let signing = create(&client, KeySpec::EccNistP256, KeyUsageType::SignVerify).await;
    let encrypt = client.encrypt().key_id(signing).plaintext(Blob::new(MESSAGE)).send().await;
    assert!(encrypt.unwrap_err().into_service_error().is_invalid_key_usage_exception());
    let public = client.get_public_key().key_id("alias/data").send().await;
    assert!(public.unwrap_err().into_service_error().is_unsupported_operation_exception());
    let mismatch =
        client.create_key().key_spec(KeySpec::Hmac256).key_usage(KeyUsageType::SignVerify).send().await;
    assert_eq!(mismatch.unwrap_err().into_service_error().meta().code(), Some("ValidationException"));
}

#[tokio::test]
async fn keys_survive_a_restart_in_a_file_of_the_owners() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { data: Data::Folder(folder.path().to_owned()) };
    let stack = Stack::open(&options).unwrap();
    stack.create_key("alias/data", "SYMMETRIC_DEFAULT").unwrap();
    let client = client!(aws_sdk_kms, stack, Way::InProcess);
    let sealed = encrypt(&client, &[]).await;
    drop((client, stack));

    let stack = Stack::open(&options).unwrap();
    let client = client!(aws_sdk_kms, stack, Way::InProcess);
    let opened = client.decrypt().ciphertext_blob(sealed).send().await.unwrap();
    assert_eq!(opened.plaintext.unwrap().as_ref(), MESSAGE);
    let mode = std::fs::metadata(folder.path().join("kms.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
