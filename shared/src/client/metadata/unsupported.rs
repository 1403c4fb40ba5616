//! What we do not offer is refused where it would promise a protection; all else that we do not know is ignored (RFC 7591 §2).

use serde_json::Value;

use super::{Metadata, refused};
use crate::client::ClientError;

/// Members that ask for encrypted answers.
const ENCRYPTION: [&str; 4] = [
    "id_token_encrypted_response_alg",
    "userinfo_encrypted_response_alg",
    "introspection_encrypted_response_alg",
    "authorization_encrypted_response_alg",
];
/// Members that, when true, ask for protections that this version does not give.
const PROTECTIONS: [&str; 1] = ["require_signed_request_object"];

impl Metadata {
    pub(super) fn check_unsupported(&self) -> Result<(), ClientError> {
        if let Some(name) =
            ENCRYPTION.into_iter().find(|name| self.others.get(*name).is_some_and(|value| !value.is_null()))
        {
            return Err(refused(format!("`{name}` is not supported")));
        }
        match PROTECTIONS.into_iter().find(|name| self.others.get(*name) == Some(&Value::Bool(true))) {
            Some(name) => Err(refused(format!("`{name}` is not supported"))),
            None => Ok(()),
        }
    }
}
