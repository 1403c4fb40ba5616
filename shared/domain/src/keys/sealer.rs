//! The sealer: encrypts and authenticates small things that rest or travel outside, each under a key derived for its label.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::sync::OnceCell;

use super::data_key::{self, Purpose};
use super::{Handle, KeyError};
use crate::app::App;
use crate::app::function::boxed;
use crate::rng::Rng;
use crate::secret::{Secret, constant_time_eq};

/// Seals, opens and authenticates under labels. Two labels never understand each other.
pub struct Sealer {
    root: hkdf::Prk,
    /// Derived when a label is first used: labels are few, and deriving costs more than most uses of what was derived.
    derived: RwLock<HashMap<&'static str, Arc<Derived>>>,
}

/// The keys of one label.
struct Derived {
    mac: hmac::Key,
    cipher: Option<LessSafeKey>,
}

impl Sealer {
    pub(super) fn new(data_key: &Secret<Vec<u8>>) -> Self {
        Self::of(hkdf::Salt::new(hkdf::HKDF_SHA256, b"latchkey").extract(data_key.expose()))
    }

    /// A sealer whose key is `handle` itself: what it seals can be opened by nobody but the handle's holder, not even by us.
    #[must_use]
    pub fn of_handle(handle: &Handle) -> Self {
        Self::of(hkdf::Salt::new(hkdf::HKDF_SHA256, b"latchkey handle").extract(handle.expose().as_bytes()))
    }

    fn of(root: hkdf::Prk) -> Self {
        Self { root, derived: RwLock::default() }
    }

    /// Encrypts `plaintext` for `label` (AES-256-GCM, random nonce), as base64url.
    #[must_use]
    pub fn seal(&self, rng: &Rng, label: &'static str, plaintext: &[u8]) -> String {
        let nonce: [u8; NONCE_LEN] = rng.bytes();
        let mut sealed = plaintext.to_vec();
        let keys = self.keys(label);
        let done = keys.cipher.as_ref().map(|key| {
            key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(label), &mut sealed)
        });
        // INVARIANT: sealing fails only beyond 2^36 bytes, which no body limit lets through.
        if !matches!(done, Some(Ok(()))) {
            return String::new();
        }
        URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what [`Self::seal`] made for `label`; `None` for anything else.
    #[must_use]
    pub fn open(&self, label: &'static str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, ciphertext) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut ciphertext = ciphertext.to_vec();
        let keys = self.keys(label);
        let plaintext = keys.cipher.as_ref()?.open_in_place(nonce, Aad::from(label), &mut ciphertext).ok()?;
        Some(plaintext.to_vec())
    }

    /// The keyed hash (HMAC-SHA-256) of `bytes` for `label`.
    #[must_use]
    pub fn mac(&self, label: &'static str, bytes: &[u8]) -> [u8; 32] {
        let mut mac = [0; 32];
        mac.copy_from_slice(hmac::sign(&self.keys(label).mac, bytes).as_ref());
        mac
    }

    /// [`Self::mac`] as base64url: for keys of items and form tokens.
    #[must_use]
    pub fn mac_text(&self, label: &'static str, bytes: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(label, bytes))
    }

    /// Whether `mac` is [`Self::mac_text`] of `bytes`, in constant time.
    #[must_use]
    pub fn verify(&self, label: &'static str, bytes: &[u8], mac: &str) -> bool {
        constant_time_eq(self.mac_text(label, bytes).as_bytes(), mac.as_bytes())
    }

    fn keys(&self, label: &'static str) -> Arc<Derived> {
        if let Some(known) = self.derived.read().unwrap_or_else(PoisonError::into_inner).get(label) {
            return Arc::clone(known);
        }
        let key = self.derive(label);
        let fresh = Arc::new(Derived {
            mac: hmac::Key::new(hmac::HMAC_SHA256, &key),
            cipher: UnboundKey::new(&AES_256_GCM, &key).ok().map(LessSafeKey::new),
        });
        let mut derived = self.derived.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(derived.entry(label).or_insert(fresh))
    }

    fn derive(&self, label: &'static str) -> [u8; 32] {
        let mut key = [0; 32];
        // INVARIANT: 32 bytes are within what HKDF-SHA-256 can give, so neither step fails.
        if let Ok(output) = self.root.expand(&[label.as_bytes()], hkdf::HKDF_SHA256)
            && output.fill(&mut key).is_err()
        {
            key.fill(0);
        }
        key
    }
}

#[derive(Default)]
struct SealerSlot(OnceCell<Arc<Sealer>>);
#[derive(Default)]
struct PepperSlot(OnceCell<Arc<Secret<Vec<u8>>>>);
#[derive(Default)]
struct SigningSlot(OnceCell<Arc<Sealer>>);

/// The sealer of purpose [`Purpose::Seal`], unwrapped once per cold start.
///
/// # Errors
/// When the deployment was not seeded, or KMS does not answer.
pub async fn sealer(app: &App) -> Result<Arc<Sealer>, KeyError> {
    let slot = app.slot::<SealerSlot>();
    slot.0.get_or_try_init(|| unwrap_sealer(app, Purpose::Seal)).await.cloned()
}

/// The sealer of the private keys, unwrapped once per cold start.
pub(super) async fn signing_sealer(app: &App) -> Result<Arc<Sealer>, KeyError> {
    let slot = app.slot::<SigningSlot>();
    slot.0.get_or_try_init(|| unwrap_sealer(app, Purpose::Signing)).await.cloned()
}

/// The pepper of the password hashes, unwrapped once per cold start.
///
/// # Errors
/// When the deployment was not seeded, or KMS does not answer.
pub async fn pepper(app: &App) -> Result<Arc<Secret<Vec<u8>>>, KeyError> {
    let slot = app.slot::<PepperSlot>();
    slot.0
        .get_or_try_init(|| async { boxed(data_key::unwrap(app, Purpose::Pepper)).await.map(Arc::new) })
        .await
        .cloned()
}

async fn unwrap_sealer(app: &App, purpose: Purpose) -> Result<Arc<Sealer>, KeyError> {
    Ok(Arc::new(Sealer::new(&boxed(data_key::unwrap(app, purpose)).await?)))
}
