//! A client's keys as they are now: registered by value (`jwks`), or published by the client (`jwks_uri`, OpenID Connect Registration
//! §2), which lets it rotate them by itself (Core §10.1.1).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{Client, ClientError, KeySet, fetch_document};
use crate::app::App;
use crate::clock::Timestamp;

/// The longest document, in bytes.
const LONGEST: usize = 128 * 1024;
/// How long a process uses keys before it asks for them again.
const FRESH: Duration = Duration::from_secs(600);
/// How long it goes on with them while they cannot be had.
const STALE: Duration = Duration::from_secs(3600);
/// So often at most it asks, whatever happens: unknown key ids are for anybody to send, and a server may be down.
const PAUSE: Duration = Duration::from_secs(30);
/// So many addresses are remembered at once.
const PLACES: usize = 1024;

/// The keys of `client`; none where it has registered none.
///
/// # Errors
/// [`ClientError::Keys`] when they cannot be had, or a fault of ours.
pub async fn key_set(app: &App, client: &Client) -> Result<Arc<KeySet>, ClientError> {
    key_set_with(app, client, None).await
}

/// The keys of `client`, asked for anew where the one of this id is not among those that are known.
///
/// # Errors
/// [`ClientError::Keys`] when they cannot be had, or a fault of ours.
pub async fn key_set_with(app: &App, client: &Client, kid: Option<&str>) -> Result<Arc<KeySet>, ClientError> {
    keys_of(app, (client.jwks.as_ref(), client.jwks_uri.as_deref()), kid).await
}

/// The keys of somebody who has them by value or at an address.
///
/// # Errors
/// [`ClientError::Keys`] when they cannot be had, or a fault of ours.
pub async fn keys_of(
    app: &App,
    (jwks, jwks_uri): (Option<&KeySet>, Option<&str>),
    kid: Option<&str>,
) -> Result<Arc<KeySet>, ClientError> {
    match jwks_uri {
        Some(uri) => published(app, uri, kid).await,
        None => Ok(Arc::new(jwks.cloned().unwrap_or_default())),
    }
}

async fn published(app: &App, uri: &str, kid: Option<&str>) -> Result<Arc<KeySet>, ClientError> {
    let place = app.slot::<Places>().at(uri, app.clock.now());
    let mut known = place.0.lock().await;
    let now = app.clock.now();
    if !known.serves(now, kid) {
        known.learn(now, download(app, uri).await?);
    }
    known.answer(now)
}

/// The key set at `uri`; a fault of its owner is an outcome as well, to be remembered.
async fn download(app: &App, uri: &str) -> Result<Result<KeySet, String>, ClientError> {
    let document = match fetch_document(app, uri, LONGEST).await {
        Err(ClientError::Fetch(fault)) => return Ok(Err(fault)),
        outcome => outcome?,
    };
    Ok(match serde_json::from_slice(&document.body) {
        Ok(value) => KeySet::parse(&value).map_err(str::to_owned),
        Err(_) => Err("the document is not JSON".to_owned()),
    })
}

/// What is known of one address. While one task asks, others wait for it instead of asking as well.
#[derive(Clone, Default)]
struct Place(Arc<tokio::sync::Mutex<Known>>);

#[derive(Default)]
struct Known {
    keys: Option<(Arc<KeySet>, Timestamp)>,
    tried_at: Option<Timestamp>,
    fault: Option<String>,
}

impl Known {
    /// Whether there is no need to ask, or no right to so soon.
    fn serves(&self, now: Timestamp, kid: Option<&str>) -> bool {
        let fresh = self.keys.as_ref().is_some_and(|(keys, at)| now < at.plus(FRESH) && keys.has(kid));
        fresh || self.tried_at.is_some_and(|at| now < at.plus(PAUSE))
    }

    fn learn(&mut self, now: Timestamp, outcome: Result<KeySet, String>) {
        self.tried_at = Some(now);
        match outcome {
            Ok(keys) => {
                self.keys = Some((Arc::new(keys), now));
                self.fault = None;
            }
            Err(fault) => self.fault = Some(fault),
        }
    }

    fn answer(&self, now: Timestamp) -> Result<Arc<KeySet>, ClientError> {
        match &self.keys {
            Some((keys, at)) if now < at.plus(STALE) => Ok(Arc::clone(keys)),
            Some(_) | None => Err(ClientError::Keys(self.fault.clone().unwrap_or_default())),
        }
    }
}

#[derive(Default)]
struct Places(Mutex<HashMap<String, (Place, Timestamp)>>);

impl Places {
    /// The place of `uri`. Where there are too many, those that nobody has asked for lately go.
    fn at(&self, uri: &str, now: Timestamp) -> Place {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= PLACES && !places.contains_key(uri) {
            places.retain(|_, (_, used)| now < used.plus(FRESH));
        }
        if places.len() >= PLACES && !places.contains_key(uri) {
            places.clear();
        }
        let (place, used) = places.entry(uri.to_owned()).or_insert_with(|| (Place::default(), now));
        *used = now;
        place.clone()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000);

    fn keys(kid: &str) -> KeySet {
        let (x, y) =
            ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        KeySet::parse(&json!({ "keys": [{ "kty": "EC", "crv": "P-256", "kid": kid, "x": x, "y": y }] }))
            .unwrap()
    }

    fn after(duration: Duration) -> Timestamp {
        NOW.plus(duration)
    }

    #[test]
    fn nothing_is_known_at_first() {
        assert!(!Known::default().serves(NOW, None));
    }

    #[test]
    fn keys_are_asked_for_when_they_are_old_or_lack_one() {
        let mut known = Known::default();
        known.learn(NOW, Ok(keys("a")));
        let second = Duration::from_secs(1);
        assert!(known.serves(after(FRESH - second), Some("a")) && known.serves(after(PAUSE), None));
        assert!(!known.serves(after(FRESH), Some("a")));
        // Whoever sends made-up key ids makes us ask so often and no more.
        assert!(known.serves(after(PAUSE - second), Some("b")));
        assert!(!known.serves(after(PAUSE), Some("b")));
    }

    #[test]
    fn old_keys_are_better_than_none_for_a_while() {
        let mut known = Known::default();
        known.learn(NOW, Ok(keys("a")));
        known.learn(after(FRESH), Err("down".to_owned()));
        assert!(known.serves(after(FRESH), Some("a")));
        assert_eq!(*known.answer(after(STALE - Duration::from_secs(1))).unwrap(), keys("a"));
        assert!(matches!(known.answer(after(STALE)), Err(ClientError::Keys(fault)) if fault == "down"));
    }

    #[test]
    fn a_fault_is_told_until_it_is_tried_again() {
        let mut known = Known::default();
        known.learn(NOW, Err("down".to_owned()));
        assert!(known.serves(after(Duration::ZERO), None) && !known.serves(after(PAUSE), None));
        assert!(known.answer(NOW).is_err());
        known.learn(after(PAUSE), Ok(keys("a")));
        assert!(known.answer(after(PAUSE)).is_ok());
    }

    #[test]
    fn memory_is_bounded() {
        let places = Places::default();
        for number in 0..3 * PLACES {
            places.at(&number.to_string(), NOW);
        }
        assert!(places.0.lock().unwrap().len() <= PLACES);
    }
}
