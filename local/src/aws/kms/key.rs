//! A key: its kind, its state, its secret, and what others may know of it.
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::spec::{KeySpec, KeyUsage};
use crate::aws::wire::{Blob, Refusal};
use crate::aws::{ACCOUNT, REGION};

/// A key as it rests in the file.
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Key {
    pub(super) id: String,
    pub(super) spec: KeySpec,
    pub(super) description: String,
    pub(super) created_at: i64,
    pub(super) state: KeyState,
    pub(super) secret: Blob,
}

/// Whether a key may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum KeyState {
    Enabled,
    Disabled,
    /// Unusable, and gone at this time.
    PendingDeletion {
        until: i64,
    },
}

impl Key {
    pub(super) fn arn(&self) -> String {
        format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{}", self.id)
    }

    /// Refuses unless the key is enabled and made for this.
    pub(super) fn check_usable(&self, usage: KeyUsage) -> Result<(), Refusal> {
        match self.state {
            KeyState::Enabled => {}
            KeyState::Disabled => {
                return Err(Refusal::new("DisabledException", format!("{} is disabled.", self.arn())));
            }
            KeyState::PendingDeletion { .. } => return Err(self.wrong_state()),
        }
        if self.spec.usage() == usage {
            Ok(())
        } else {
            Err(Refusal::new(
                "InvalidKeyUsageException",
                format!("{} is not for this operation.", self.arn()),
            ))
        }
    }

    /// Refuses when the key is about to be deleted, or is not as an operation needs it.
    pub(super) fn wrong_state(&self) -> Refusal {
        let state = match self.state {
            KeyState::Enabled => "enabled",
            KeyState::Disabled => "disabled",
            KeyState::PendingDeletion { .. } => "pending deletion",
        };
        Refusal::new("KMSInvalidStateException", format!("{} is {state}.", self.arn()))
    }

    /// `KeyMetadata` of the API.
    pub(super) fn metadata(&self) -> Value {
        let mut metadata = json!({
            "AWSAccountId": ACCOUNT,
            "KeyId": self.id,
            "Arn": self.arn(),
            "CreationDate": self.created_at,
            "Enabled": self.state == KeyState::Enabled,
            "Description": self.description,
            "KeyUsage": self.spec.usage(),
            "KeySpec": self.spec,
            "CustomerMasterKeySpec": self.spec,
            "KeyState": "Enabled",
            "Origin": "AWS_KMS",
            "KeyManager": "CUSTOMER",
            "MultiRegion": false,
        });
        match self.state {
            KeyState::Enabled => {}
            KeyState::Disabled => metadata["KeyState"] = json!("Disabled"),
            KeyState::PendingDeletion { until } => {
                metadata["KeyState"] = json!("PendingDeletion");
                metadata["DeletionDate"] = json!(until);
            }
        }
        match self.spec.usage() {
            KeyUsage::Encrypt => metadata["EncryptionAlgorithms"] = json!(["SYMMETRIC_DEFAULT"]),
            KeyUsage::Sign => metadata["SigningAlgorithms"] = json!(self.spec.signing_algorithms()),
            KeyUsage::Mac => metadata["MacAlgorithms"] = json!([self.spec.mac_algorithm()]),
        }
        metadata
    }
}
