//! Data keys: 256 bits each, wrapped by KMS under the encryption context `latchkey:purpose`, at rest in `config`.

use aws_sdk_kms::error::DisplayErrorContext;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::KeyError;
use crate::app::App;
use crate::clock::Timestamp;
use crate::secret::Secret;
use crate::store::{self, Entity, Key, Table, Write};

const CONTEXT: &str = "latchkey:purpose";

/// What a data key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Wraps the keys that sign, and those that others encrypt to.
    Signing,
    /// Keys the password hashes.
    Pepper,
    /// Seals and authenticates what rests or travels outside: messages, cursors, form tokens, client secrets, identifiers.
    Seal,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 3] = [Self::Signing, Self::Pepper, Self::Seal];

    /// Its name in the encryption context, which the roles in template.yaml are conditioned on.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Pepper => "pepper",
            Self::Seal => "seal",
        }
    }
}

#[derive(Serialize, Deserialize)]
struct DataKey {
    purpose: Purpose,
    wrapped: String,
    created_at: Timestamp,
}

impl Entity for DataKey {
    const TYPE: &'static str = "data_key";
    const TABLE: Table = Table::Config;

    fn key(&self) -> Key {
        key_of(self.purpose)
    }
}

fn key_of(purpose: Purpose) -> Key {
    Key::new(format!("data_key#{}", purpose.name()), "data_key")
}

/// Makes the data keys that are not there yet. Existing ones are never touched: what they protect would be lost.
///
/// # Errors
/// When KMS or the store does not answer.
pub async fn create_data_keys(app: &App) -> Result<(), KeyError> {
    for purpose in Purpose::ALL {
        if store::get_now::<DataKey>(app, key_of(purpose)).await?.is_some() {
            continue;
        }
        let output = app
            .aws
            .kms()
            .generate_data_key_without_plaintext()
            .key_id(&app.config.kms_key)
            .key_spec(DataKeySpec::Aes256)
            .encryption_context(CONTEXT, purpose.name())
            .send()
            .await
            .map_err(|error| KeyError::Kms(DisplayErrorContext(error).to_string()))?;
        let blob = output.ciphertext_blob.ok_or(KeyError::Damaged(purpose.name()))?;
        let wrapped = STANDARD.encode(blob.as_ref());
        let data_key = DataKey { purpose, wrapped, created_at: app.clock.now() };
        match store::write(app, Write::create(&data_key)).await {
            Err(error) if error.is_refused() => {} // another run of the seed was first
            other => other?,
        }
    }
    Ok(())
}

/// Unwraps the data key of `purpose`: one read and one call to KMS, once per cold start.
pub(super) async fn unwrap(app: &App, purpose: Purpose) -> Result<Secret<Vec<u8>>, KeyError> {
    let missing = KeyError::Missing(purpose.name());
    let data_key = store::get_now::<DataKey>(app, key_of(purpose)).await?.ok_or(missing)?;
    let wrapped = STANDARD.decode(&data_key.wrapped).map_err(|_| KeyError::Damaged(purpose.name()))?;
    let output = app
        .aws
        .kms()
        .decrypt()
        .key_id(&app.config.kms_key)
        .ciphertext_blob(Blob::new(wrapped))
        .encryption_context(CONTEXT, purpose.name())
        .send()
        .await
        .map_err(|error| KeyError::Kms(DisplayErrorContext(error).to_string()))?;
    let plaintext = output.plaintext.ok_or(KeyError::Damaged(purpose.name()))?;
    Ok(Secret::new(plaintext.into_inner()))
}
