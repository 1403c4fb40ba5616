//! The ring of signing keys: the public ones are read every minute, the private ones opened when first used.
//!
//! A token of ours begins with a header that we would write ourselves, byte for byte: so a presented token is matched against the
//! headers of the ring, and no algorithm or key is ever chosen by what the token says of itself (RFC 8725 §3.1).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::signature::ParsedPublicKey;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use super::resting_key::load;
use super::sealer::signing_sealer;
use super::signer::Signer;
use super::verified::Verified;
use super::{Algorithm, KeyError, SigningKey};
use crate::app::App;
use crate::store::Cached;

/// How long a process keeps the public keys before it reads them again.
const CACHE: Duration = Duration::from_secs(60);
/// How soon it reads them again when a token names a key that it does not know.
const RELOAD: Duration = Duration::from_secs(5);
/// The longest token that is looked at, in bytes.
const TOKEN_LIMIT: usize = 16 * 1024;

/// What a token is for (`typ`, RFC 8725 §3.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Typ {
    /// An access token (RFC 9068 §2.1).
    AccessToken,
    /// An ID token, or another answer for the client.
    Jwt,
    /// A logout token (OpenID Connect Back-Channel Logout §2.4).
    LogoutToken,
    /// What was told about a token (RFC 9701 §5).
    Introspection,
}

impl Typ {
    const ALL: [Self; 4] = [Self::AccessToken, Self::Jwt, Self::LogoutToken, Self::Introspection];

    const fn name(self) -> &'static str {
        match self {
            Self::AccessToken => "at+jwt",
            Self::Jwt => "JWT",
            Self::LogoutToken => "logout+jwt",
            Self::Introspection => "token-introspection+jwt",
        }
    }
}

/// A token that is not ours, or not of the wanted kind.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It is not a token that we signed.
    #[error("the token was not signed by this server")]
    Foreign,
    /// Its signature is ours, its content is not what this version of the code writes.
    #[error("the token does not say what it should")]
    Unreadable,
}

/// The signing keys of this moment.
pub struct Ring {
    keys: Vec<Arc<RingKey>>,
    headers: HashMap<String, (usize, Typ)>,
    verified: Verified,
}

/// One key with all that was parsed of it.
pub(super) struct RingKey {
    pub(super) key: SigningKey,
    public: ParsedPublicKey,
    headers: HashMap<Typ, String>,
    signer: Arc<OnceCell<Signer>>,
}

impl RingKey {
    /// Parses `key`; what was opened of it before is kept.
    fn new(key: SigningKey, before: Option<&Ring>) -> Result<Self, KeyError> {
        let known = before.and_then(|ring| ring.keys.iter().find(|known| known.key.kid == key.kid));
        let headers = Typ::ALL.into_iter().map(|typ| (typ, header(&key, typ))).collect();
        let public = match known {
            Some(known) => known.public.clone(),
            None => key.public.parse(key.algorithm)?,
        };
        let signer = known.map(|known| Arc::clone(&known.signer)).unwrap_or_default();
        Ok(Self { public, headers, signer, key })
    }

    /// `claims` signed as a token of `typ`.
    pub(super) fn token<T: Serialize>(
        &self,
        signer: &Signer,
        typ: Typ,
        claims: &T,
    ) -> Result<String, KeyError> {
        let mut token = self.headers.get(&typ).cloned().unwrap_or_else(|| header(&self.key, typ));
        token.push('.');
        let claims = serde_json::to_vec(claims).map_err(|_| KeyError::Damaged("claims"))?;
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = signer.sign(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

fn header(key: &SigningKey, typ: Typ) -> String {
    // INVARIANT: names and thumbprints need no escaping in JSON.
    let json = format!(r#"{{"alg":"{}","kid":"{}","typ":"{}"}}"#, key.algorithm, key.kid, typ.name());
    URL_SAFE_NO_PAD.encode(json)
}

impl Ring {
    pub(super) fn new(keys: Vec<SigningKey>, before: Option<&Self>) -> Result<Self, KeyError> {
        let keys = keys
            .into_iter()
            .map(|key| RingKey::new(key, before).map(Arc::new))
            .collect::<Result<Vec<_>, _>>()?;
        let headers = keys
            .iter()
            .enumerate()
            .flat_map(|(index, key)| {
                key.headers.iter().map(move |(typ, header)| (header.clone(), (index, *typ)))
            })
            .collect();
        Ok(Self { keys, headers, verified: Verified::default() })
    }

    /// The keys, in no particular order.
    pub fn keys(&self) -> impl Iterator<Item = &SigningKey> {
        self.keys.iter().map(|key| &key.key)
    }

    /// The claims of a token that we signed as `typ`. Whether they hold now is the caller's to check.
    ///
    /// # Errors
    /// [`TokenError`] for anything else; nothing that the token contains can make it panic.
    pub fn verify<T: DeserializeOwned>(&self, token: &str, typ: Typ) -> Result<T, TokenError> {
        if token.len() > TOKEN_LIMIT {
            return Err(TokenError::Foreign);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(TokenError::Foreign)?;
        let (header, claims) = message.split_once('.').ok_or(TokenError::Foreign)?;
        let (index, found) = self.headers.get(header).ok_or(TokenError::Foreign)?;
        let key = self.keys.get(*index).filter(|_| *found == typ).ok_or(TokenError::Foreign)?;
        self.verified.check(token, || {
            let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| TokenError::Foreign)?;
            key.public.verify_sig(message.as_bytes(), &signature).map_err(|_| TokenError::Foreign)
        })?;
        let claims = URL_SAFE_NO_PAD.decode(claims).map_err(|_| TokenError::Unreadable)?;
        serde_json::from_slice(&claims).map_err(|_| TokenError::Unreadable)
    }

    /// Whether `token` begins like a token of a key in this ring.
    fn knows(&self, token: &str) -> bool {
        token.split_once('.').is_some_and(|(header, _)| self.headers.contains_key(header))
    }

    pub(super) fn active(&self, algorithm: Algorithm) -> Option<&RingKey> {
        self.keys.iter().map(AsRef::as_ref).find(|key| key.key.algorithm == algorithm && key.key.is_active())
    }
}

#[derive(Default)]
struct Slot(Cached<Ring>);

/// The ring, at most a minute old. It needs no KMS.
///
/// # Errors
/// When the store does not answer or a key in it is damaged.
pub async fn ring(app: &App) -> Result<Arc<Ring>, KeyError> {
    ring_younger_than(app, CACHE).await
}

async fn ring_younger_than(app: &App, age: Duration) -> Result<Arc<Ring>, KeyError> {
    app.slot::<Slot>()
        .0
        .get_or_load(&app.clock, age, async |before| Ring::new(load(app).await?, before.as_deref()))
        .await
}

/// This process has changed the keys.
pub(super) fn forget(app: &App) {
    app.slot::<Slot>().0.forget();
}

/// Signs `claims` as a token of `typ` with the active key of `algorithm`. Warm, it calls nothing.
///
/// # Errors
/// When the deployment was not seeded, or KMS or the store does not answer.
pub async fn sign<T: Serialize>(
    app: &App,
    algorithm: Algorithm,
    typ: Typ,
    claims: &T,
) -> Result<String, KeyError> {
    let ring = ring(app).await?;
    let key = ring.active(algorithm).ok_or(KeyError::Missing(algorithm.name()))?;
    let open = async || key.key.open(signing_sealer(app).await?.as_ref());
    let signer = key.signer.get_or_try_init(open).await?;
    key.token(signer, typ, claims)
}

/// The claims of a token that we signed as `typ`; `None` for anything else. Keys that were made elsewhere a moment ago are known.
///
/// # Errors
/// When the store does not answer.
pub async fn verify<T: DeserializeOwned>(app: &App, token: &str, typ: Typ) -> Result<Option<T>, KeyError> {
    let mut ring = ring(app).await?;
    if token.len() <= TOKEN_LIMIT && !ring.knows(token) && token.starts_with("eyJ") {
        ring = ring_younger_than(app, RELOAD).await?;
    }
    Ok(ring.verify(token, typ).ok())
}
