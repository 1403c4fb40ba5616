//! The public keys of the deployment as a JWK set (RFC 7517 §5).

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::jwe::KeyKind;
use super::published::published;
use super::resting_key::load;
use super::{EncryptionKey, KeyError, SigningKey};
use crate::app::App;
use crate::http::Document;
use crate::store::Cached;

/// How long a process keeps the set before it reads the keys again. So long a key that a client has asked for takes to be seen everywhere.
pub const CACHE: Duration = Duration::from_secs(1);
/// How long others may keep the key set, in seconds. Successors are published far longer than this before they sign; who meets the id of a
/// key that a client has asked for meanwhile asks anew (Core §10.1.1).
const MAX_AGE: u32 = 900;

#[derive(Default)]
struct Slot(Cached<Document>);

/// The set, at most a second old. It needs no KMS.
///
/// # Errors
/// When the store does not answer.
pub async fn jwks(app: &App) -> Result<Arc<Document>, KeyError> {
    let render = async |_| {
        let (mut signing, encryption, published): (Vec<SigningKey>, _, _) =
            tokio::try_join!(load(app), load(app), published(app))?;
        signing.retain(|key| published.contains(&key.algorithm));
        Ok(document(&signing, &encryption))
    };
    app.slot::<Slot>().0.get_or_load(&app.clock, CACHE, render).await
}

/// This process has changed the keys.
pub(super) fn forget(app: &App) {
    app.slot::<Slot>().0.forget();
}

/// Those of the keys that sign, will or did; and of those that clients encrypt to the one in use, so that nobody takes another.
pub(super) fn document(signing: &[SigningKey], encryption: &[EncryptionKey]) -> Document {
    let signing = signing.iter().map(verifier);
    let encryption = encryption.iter().filter(|key| key.is_active()).map(recipient);
    Document::json(&json!({ "keys": signing.chain(encryption).collect::<Vec<_>>() }), MAX_AGE)
}

fn verifier(key: &SigningKey) -> Value {
    let mut member = json!(key.public);
    member["use"] = "sig".into();
    member["alg"] = key.algorithm.name().into();
    member["kid"] = key.kid.as_str().into();
    member
}

/// A key serves one algorithm or says none (RFC 7517 §4.4): the point on the curve serves three.
fn recipient(key: &EncryptionKey) -> Value {
    let mut member = json!(key.public);
    member["use"] = "enc".into();
    if key.algorithm == KeyKind::Rsa {
        member["alg"] = key.algorithm.name().into();
    }
    member["kid"] = key.kid.as_str().into();
    member
}
