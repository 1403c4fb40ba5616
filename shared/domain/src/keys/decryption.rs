//! Decrypting what clients encrypted to this deployment: the keys are read every minute, the private ones opened when first used.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;

use super::jwe::{self, DecryptionKey, Jwe, KeyKind};
use super::resting_key::load;
use super::sealer::signing_sealer;
use super::{EncryptionKey, KeyError};
use crate::app::App;
use crate::store::Cached;

/// How long a process keeps the keys before it reads them again. One that clients encrypt to was made days before.
const CACHE: Duration = Duration::from_secs(60);

/// The encryption keys of this moment, retired ones too: what was encrypted to them may still come.
struct Keys(Vec<Held>);

/// One key with its private half, once that was opened.
struct Held {
    key: EncryptionKey,
    private: Arc<OnceCell<DecryptionKey>>,
}

impl Keys {
    /// What was opened of a key before is kept.
    fn new(keys: Vec<EncryptionKey>, before: Option<&Self>) -> Self {
        let opened = |kid: &str| before.and_then(|keys| keys.0.iter().find(|known| known.key.kid == kid));
        let held = |key: EncryptionKey| {
            let private = opened(&key.kid).map(|known| Arc::clone(&known.private)).unwrap_or_default();
            Held { key, private }
        };
        Self(keys.into_iter().map(held).collect())
    }

    /// Those that `jwe` can have been encrypted to: the one that it names, or all of its kind.
    fn for_jwe(&self, jwe: &Jwe<'_>) -> impl Iterator<Item = &Held> {
        let (kind, kid) = (KeyKind::of(jwe.header().alg), jwe.header().kid.clone());
        self.0.iter().filter(move |held| {
            held.key.algorithm == kind && kid.as_ref().is_none_or(|kid| *kid == held.key.kid)
        })
    }
}

#[derive(Default)]
struct Slot(Cached<Keys>);

/// This process has changed the keys.
pub(super) fn forget(app: &App) {
    app.slot::<Slot>().0.forget();
}

/// The content of a JWE that was encrypted to this deployment; `None` for anything else, whatever it is. Warm, it calls nothing.
///
/// # Errors
/// When KMS or the store does not answer.
pub async fn decrypt(app: &App, text: &str) -> Result<Option<Vec<u8>>, KeyError> {
    let Some(jwe) = Jwe::parse(text, jwe::LIMIT) else { return Ok(None) };
    let read = async |before: Option<Arc<Keys>>| Ok(Keys::new(load(app).await?, before.as_deref()));
    let keys: Result<_, KeyError> = app.slot::<Slot>().0.get_or_load(&app.clock, CACHE, read).await;
    for held in keys?.for_jwe(&jwe) {
        let open = async || held.key.open(signing_sealer(app).await?.as_ref());
        if let Some(content) = jwe.decrypt(&app.rng, held.private.get_or_try_init(open).await?) {
            return Ok(Some(content));
        }
    }
    Ok(None)
}
