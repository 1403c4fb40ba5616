//! A presented access token: read, and held against what has happened since it was issued, with one call to DynamoDB.

use std::sync::Arc;

use super::claims::AccessClaims;
use super::error::TokensError;
use super::opaque::OpaqueToken;
use super::revoked::RevokedToken;
use crate::app::App;
use crate::client::{self, Client, Status};
use crate::id::{GrantId, UserId};
use crate::identity::{self, User};
use crate::keys::{self, Handle, HandleKind, Typ};
use crate::oauth::grants::{self, Grant};
use crate::oauth::subject;
use crate::store::{self, Entity, Key, Many, StoreError, Stored, Table};

/// An access token that holds now, and the records behind it.
pub struct LiveToken {
    /// What it says.
    pub claims: AccessClaims,
    /// Who holds it.
    pub client: Arc<Client>,
    /// For whom it speaks, as they are now; `None` where it speaks for the client itself.
    pub customer: Option<LiveCustomer>,
}

/// The records behind a customer's token.
pub struct LiveCustomer {
    /// The customer.
    pub user: Stored<User>,
    /// What they granted.
    pub grant: Stored<Grant>,
}

/// Where the records behind a token rest.
struct Behind {
    user: UserId,
    grant: GrantId,
}

impl Behind {
    fn keys(&self) -> [(Table, Key); 2] {
        [
            (User::TABLE, identity::user_key(&self.user)),
            (Grant::TABLE, grants::key(&self.user, self.grant.as_str())),
        ]
    }
}

/// The token that `text` is, if it holds: genuine, not expired, not revoked, its client and its customer active, its
/// grant alive and ended by no act of the customer.
///
/// # Errors
/// Why it does not hold, or why that cannot be told.
pub async fn check(app: &App, text: &str) -> Result<LiveToken, TokensError> {
    match Handle::parse(HandleKind::AccessToken, text) {
        Some(handle) => check_opaque(app, &handle).await,
        None => check_jwt(app, text).await,
    }
}

async fn check_jwt(app: &App, text: &str) -> Result<LiveToken, TokensError> {
    let claims: AccessClaims =
        keys::verify(app, text, Typ::AccessToken).await?.ok_or(TokensError::Foreign)?;
    check_time(app, &claims)?;
    let behind = behind(app, &claims).await?;
    let mark = RevokedToken::key_of(&claims.jti);
    let mut wanted = vec![(RevokedToken::TABLE, mark.clone())];
    wanted.extend(behind.iter().flat_map(Behind::keys));
    let (client, found) = tokio::join!(holder(app, &claims), store::get_many(app, wanted));
    let (client, mut found) = (client?, found?);
    if found.take::<RevokedToken>(mark)?.is_some() {
        return Err(TokensError::Revoked);
    }
    let customer = behind.map(|behind| check_live(app, &mut found, &behind)).transpose()?;
    Ok(LiveToken { claims, client, customer })
}

async fn check_opaque(app: &App, handle: &Handle) -> Result<LiveToken, TokensError> {
    let key = OpaqueToken::key_of(&handle.hash());
    let owner = handle.owner(keys::sealer(app).await?.as_ref());
    let located = owner.map(|(user, grant)| Behind { user, grant });
    let mut wanted = vec![(OpaqueToken::TABLE, key.clone())];
    wanted.extend(located.iter().flat_map(Behind::keys));
    let mut found = store::get_many(app, wanted).await?;
    let claims = found.take::<OpaqueToken>(key)?.ok_or(TokensError::Foreign)?.entity.claims;
    check_time(app, &claims)?;
    // INVARIANT: the hash covers what names the owner, so the handle was made with the user and the grant of its claims.
    let customer = located.map(|behind| check_live(app, &mut found, &behind)).transpose()?;
    Ok(LiveToken { client: holder(app, &claims).await?, claims, customer })
}

/// The client that the token was given to: without it the token is worth nothing. Warm, this calls nothing.
async fn holder(app: &App, claims: &AccessClaims) -> Result<Arc<Client>, TokensError> {
    let client = client::find(app, &claims.client_id).await?;
    client.filter(|client| client.status == Status::Active).ok_or(TokensError::Revoked)
}

/// The records behind a refresh token, if its grant lives and its customer is active: one call. Whether it is the family's current
/// token is still to be judged.
///
/// # Errors
/// When the store does not answer.
pub(in crate::oauth) async fn find_behind(
    app: &App,
    handle: &Handle,
) -> Result<Option<LiveCustomer>, TokensError> {
    let owner = handle.owner(keys::sealer(app).await?.as_ref());
    let Some((user, grant)) = owner else { return Ok(None) };
    let behind = Behind { user, grant };
    let mut found = store::get_many(app, behind.keys().into()).await?;
    Ok(live(app, &mut found, &behind)?)
}

fn check_time(app: &App, claims: &AccessClaims) -> Result<(), TokensError> {
    if claims.iss != app.config.issuer {
        return Err(TokensError::Foreign);
    }
    if claims.exp <= app.clock.now() {
        return Err(TokensError::Expired);
    }
    Ok(())
}

/// A customer's token names its grant; a client's own names none.
async fn behind(app: &App, claims: &AccessClaims) -> Result<Option<Behind>, TokensError> {
    let Some(grant) = &claims.gid else { return Ok(None) };
    let user = subject::read(app, &claims.sub).await?.ok_or(TokensError::Foreign)?;
    Ok(Some(Behind { user, grant: grant.clone() }))
}

fn check_live(app: &App, found: &mut Many, behind: &Behind) -> Result<LiveCustomer, TokensError> {
    live(app, found, behind)?.ok_or(TokensError::Revoked)
}

fn live(app: &App, found: &mut Many, behind: &Behind) -> Result<Option<LiveCustomer>, StoreError> {
    let now = app.clock.now();
    let [(_, user), (_, grant)] = behind.keys();
    let user = found.take::<User>(user)?.filter(|user| user.is_active(now));
    let grant = found.take::<Grant>(grant)?.filter(|grant| grant.is_live(now));
    let both = user.zip(grant).filter(|(user, grant)| grant.is_admitted(user));
    Ok(both.map(|(user, grant)| LiveCustomer { user, grant }))
}
