//! JWTs for a client: signed by us, and then encrypted to the client where it wants that (nested, RFC 7519 §5.2).

use serde::Serialize;

use super::{Client, ClientError, key_set};
use crate::app::App;
use crate::keys::jwe::{self, Content, Encryption};
use crate::keys::{self, Algorithm, Typ};

/// How claims are sealed for a client.
#[derive(Clone, Copy, Debug)]
pub struct Seal {
    /// What the JWT is for.
    pub typ: Typ,
    /// What it is signed with.
    pub algorithm: Algorithm,
    /// How it is encrypted then.
    pub encryption: Option<Encryption>,
}

/// `claims` as a JWT for `client`, signed and perhaps encrypted.
///
/// # Errors
/// [`ClientError::NoRecipient`] where the client has no key to encrypt to, [`ClientError::Keys`] where they cannot be
/// had, or a fault of ours.
pub async fn seal<T: Serialize>(
    app: &App,
    client: &Client,
    claims: &T,
    seal: Seal,
) -> Result<String, ClientError> {
    let jwt = keys::sign(app, seal.algorithm, seal.typ, claims).await?;
    match seal.encryption {
        Some(encryption) => encrypt_to(app, client, encryption, Content::Jwt(&jwt)).await,
        None => Ok(jwt),
    }
}

/// `content` encrypted to `client`.
///
/// # Errors
/// [`ClientError::NoRecipient`] where the client has no key to encrypt to, [`ClientError::Keys`] where they cannot be
/// had, or a fault of ours.
pub async fn encrypt_to(
    app: &App,
    client: &Client,
    encryption: Encryption,
    content: Content<'_>,
) -> Result<String, ClientError> {
    let keys = key_set(app, client).await?;
    let jwe = keys
        .recipient(encryption.alg)
        .and_then(|recipient| jwe::encrypt(&app.rng, recipient, encryption, content));
    jwe.ok_or(ClientError::NoRecipient(encryption.alg.name()))
}
