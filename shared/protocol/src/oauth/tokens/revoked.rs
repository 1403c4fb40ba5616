//! Revocation of access tokens: a JWT gets a mark that lasts as long as it would have, an opaque one is removed.

use serde::{Deserialize, Serialize};

use super::claims::AccessClaims;
use super::error::TokensError;
use super::opaque::OpaqueToken;
use crate::app::App;
use crate::clock::Timestamp;
use crate::id::TokenId;
use crate::keys::{self, Handle, HandleKind, Typ};
use crate::store::{self, Entity, Key, Table, Write};

/// The mark of a revoked JWT.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RevokedToken {
    jti: TokenId,
    expires_at: Timestamp,
}

impl RevokedToken {
    pub(super) fn key_of(jti: &TokenId) -> Key {
        Key::new(format!("revoked#{jti}"), "revoked")
    }
}

impl Entity for RevokedToken {
    const TYPE: &'static str = "revoked_token";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        Self::key_of(&self.jti)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// A genuine access token that somebody may want to revoke.
pub struct Revocable {
    /// What it says.
    pub claims: AccessClaims,
    opaque: Option<String>,
}

impl Revocable {
    /// The write that revokes it; once more does no harm.
    #[must_use]
    pub fn revoke_write(&self) -> Write {
        match &self.opaque {
            Some(hash) => Write::delete::<OpaqueToken>(OpaqueToken::key_of(hash), &[]),
            None => Write::put(&RevokedToken { jti: self.claims.jti.clone(), expires_at: self.claims.exp }),
        }
    }
}

/// The access token that `text` is, if it is genuine and not expired. Whether its grant still lives does not matter here.
///
/// # Errors
/// When the store does not answer.
pub async fn find_revocable(app: &App, text: &str) -> Result<Option<Revocable>, TokensError> {
    let found = match Handle::parse(HandleKind::AccessToken, text) {
        Some(handle) => {
            let stored = store::get_now::<OpaqueToken>(app, OpaqueToken::key_of(&handle.hash())).await?;
            stored.map(|stored| Revocable { claims: stored.entity.claims, opaque: Some(stored.entity.hash) })
        }
        None => {
            keys::verify(app, text, Typ::AccessToken).await?.map(|claims| Revocable { claims, opaque: None })
        }
    };
    Ok(found.filter(|token| token.claims.exp > app.clock.now()))
}
