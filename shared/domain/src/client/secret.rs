//! Client secrets: 256 random bits that rest as a keyed hash. Two may be live at once, so that a client can rotate without a pause.
//! Those of clients that authenticate JWTs with them (`client_secret_jwt`) rest sealed as well, since we must do the same with them.

use serde::{Deserialize, Serialize};

use super::{AuthMethod, Client, ClientError};
use crate::app::App;
use crate::clock::Timestamp;
use crate::id::SecretId;
use crate::keys::{Handle, HandleKind, Sealer, sealer};
use crate::secret::Secret;

const LABEL: &str = "client_secret";
/// What those are sealed under that we must know.
const SEALED: &str = "client_secret_jwt";
/// How many may be live at once.
const LIVE: usize = 2;
/// The longest text that is looked at, in bytes.
const LONGEST: usize = 512;

/// A secret at rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSecret {
    /// What administrators name it by.
    pub id: SecretId,
    /// Its keyed hash, bound to the client.
    pub mac: String,
    /// Itself, sealed: where the client authenticates JWTs with it, and nowhere else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl ClientSecret {
    /// The secret itself, where it rests sealed for the client `id`.
    pub(super) fn open(&self, sealer: &Sealer, id: &str) -> Option<Secret<String>> {
        let opened = String::from_utf8(sealer.open(SEALED, self.sealed.as_deref()?)?).ok()?;
        opened.strip_prefix(id)?.strip_prefix('\0').map(|text| Secret::new(text.to_owned()))
    }
}

impl Client {
    /// Gives the client a fresh secret beside the one it has. The text is shown this once; the client still has to be saved.
    ///
    /// # Errors
    /// When two are live already, or the sealer cannot be had.
    pub async fn add_secret(&mut self, app: &App) -> Result<Secret<String>, ClientError> {
        let text = Handle::new(app, HandleKind::ClientSecret).expose().to_owned();
        self.add_known_secret(app, &text).await?;
        Ok(Secret::new(text))
    }

    /// Gives the client a secret that others know: for a demo on one machine.
    ///
    /// # Errors
    /// When two are live already, or the sealer cannot be had.
    pub async fn add_known_secret(&mut self, app: &App, text: &str) -> Result<(), ClientError> {
        if self.secrets.len() >= LIVE {
            return Err(ClientError::TooManySecrets(self.id.clone()));
        }
        let sealer = sealer(app).await?;
        let mac = mac(&sealer, &self.id, text);
        let seal = || sealer.seal(&app.rng, SEALED, format!("{}\0{text}", self.id).as_bytes());
        let sealed = (self.auth_method == AuthMethod::ClientSecretJwt).then(seal);
        self.secrets.push(ClientSecret { id: SecretId::new(app), mac, sealed, created_at: app.clock.now() });
        Ok(())
    }

    /// Keeps of the secrets what the client's method works with: no secret is there that does nothing, and none rests sealed that need
    /// not.
    pub fn suit_secrets(&mut self) {
        let (needs, sealed) =
            (self.auth_method.needs_secret(), self.auth_method == AuthMethod::ClientSecretJwt);
        self.secrets.retain(|secret| needs && (!sealed || secret.sealed.is_some()));
        if !sealed {
            self.secrets.iter_mut().for_each(|secret| secret.sealed = None);
        }
    }

    /// Takes a secret away: requests that use it are refused once caches have expired. The client still has to be saved.
    pub fn retire_secret(&mut self, id: &SecretId) {
        self.secrets.retain(|secret| secret.id != *id);
    }

    /// Whether `text` is one of the client's secrets.
    ///
    /// # Errors
    /// When the sealer cannot be had.
    pub async fn is_secret(&self, app: &App, text: &Secret<String>) -> Result<bool, ClientError> {
        Ok(self.knows_secret(sealer(app).await?.as_ref(), text))
    }

    /// Whether `text` is one of the client's secrets, in constant time.
    pub(super) fn knows_secret(&self, sealer: &Sealer, text: &Secret<String>) -> bool {
        let presented = presented(sealer, &self.id, text);
        // INVARIANT: every secret is compared, so that the time does not tell which one is live.
        self.secrets.iter().fold(false, |known, secret| {
            let same = crate::secret::constant_time_eq(presented.as_bytes(), secret.mac.as_bytes());
            known | same
        })
    }
}

/// The work of a comparison, where there is no client to compare with.
pub(super) fn pretend(sealer: &Sealer, id: &str, text: &Secret<String>) {
    std::hint::black_box(presented(sealer, id, text));
}

fn presented(sealer: &Sealer, id: &str, text: &Secret<String>) -> String {
    let text = text.expose();
    // An oversized text has no hash that rests anywhere; an empty one is never a secret.
    if text.len() > LONGEST || text.is_empty() {
        return String::new();
    }
    mac(sealer, id, text)
}

/// INVARIANT: client ids hold no NUL, so no two pairs of id and secret are hashed alike.
fn mac(sealer: &Sealer, id: &str, text: &str) -> String {
    sealer.mac_text(LABEL, format!("{id}\0{text}").as_bytes())
}
