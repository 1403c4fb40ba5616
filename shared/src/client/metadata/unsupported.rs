//! What we do not offer is refused where it would promise a protection; all else that we do not know is ignored (RFC 7591 §2).

use serde_json::Value;

use super::{Metadata, refused};
use crate::client::ClientError;

/// Members that, when true, ask for protections that this version does not give.
const PROTECTIONS: [&str; 1] = ["require_signed_request_object"];

impl Metadata {
    pub(super) fn check_unsupported(&self) -> Result<(), ClientError> {
        match PROTECTIONS.into_iter().find(|name| self.others.get(*name) == Some(&Value::Bool(true))) {
            Some(name) => Err(refused(format!("`{name}` is not supported"))),
            None => Ok(()),
        }
    }
}
