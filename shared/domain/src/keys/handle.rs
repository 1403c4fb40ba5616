//! Opaque handles: 256 random bits behind a type prefix and a region tag, `lk_rt_<region>_…`, so that secret scanners find them
//! and a second region can send them home. They rest hashed (SHA-256: their entropy needs no salt and no stretching).

use std::fmt;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Sealer;
use crate::app::App;
use crate::id::{GrantId, UserId};
use crate::secret::Secret;

/// How many bytes of a handle are its own: 256 bits.
const OWN: usize = 32;
/// The bytes of an id, and of those of a customer and a grant together.
const ID: usize = 16;
const OWNER: usize = 2 * ID;
const MASK: &str = "handle_owner";

/// What a handle stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandleKind {
    /// An authorization code.
    Code,
    /// What a device polls with (RFC 8628 §3.2).
    DeviceCode,
    /// A pushed authorization request (RFC 9126).
    PushedRequest,
    /// What a client waits with for a customer who is asked elsewhere (CIBA Core §7.3).
    AuthRequest,
    /// A link to what a customer is asked elsewhere.
    Approval,
    /// An opaque access token.
    AccessToken,
    /// A refresh token.
    RefreshToken,
    /// A browser session.
    Session,
    /// A sign-in transaction.
    Transaction,
    /// A browser, before anybody has signed in with it; form tokens are bound to it.
    Browser,
    /// A device that its owner has signed in with.
    Device,
    /// A sign-in that an application drives (`auth_session`).
    AuthSession,
    /// A recovery link.
    Recovery,
    /// A client's secret.
    ClientSecret,
    /// A client's registration access token (RFC 7592).
    Registration,
    /// An initial access token for registration (RFC 7591 §3).
    InitialAccess,
}

impl HandleKind {
    const fn tag(self) -> &'static str {
        match self {
            Self::Code => "ac",
            Self::DeviceCode => "dc",
            Self::PushedRequest => "pr",
            Self::AuthRequest => "ar",
            Self::Approval => "ap",
            Self::AccessToken => "at",
            Self::RefreshToken => "rt",
            Self::Session => "ss",
            Self::Transaction => "tx",
            Self::Browser => "br",
            Self::Device => "dv",
            Self::AuthSession => "as",
            Self::Recovery => "rc",
            Self::ClientSecret => "cs",
            Self::Registration => "ra",
            Self::InitialAccess => "ia",
        }
    }
}

/// A handle. It is a secret: not printed, compared by its hash alone.
#[derive(Clone)]
pub struct Handle {
    text: Secret<String>,
    place: Place,
}

/// Where a handle says to look.
#[derive(Clone)]
enum Place {
    /// By its hash alone.
    Anywhere,
    /// In the partition of a customer. Only their own browser gets such a handle, so it says so openly.
    Of(UserId),
    /// At a grant of a customer. Clients get such a handle, and must not know each other's customers by it: the ids are masked.
    Masked([u8; OWNER]),
}

impl Handle {
    /// A fresh one.
    #[must_use]
    pub fn new(app: &App, kind: HandleKind) -> Self {
        Self { text: text(app, kind, &[]), place: Place::Anywhere }
    }

    /// A fresh one that says whose partition to look in: a session.
    #[must_use]
    pub fn of_user(app: &App, kind: HandleKind, user: &UserId) -> Self {
        Self { text: text(app, kind, &user.bytes()), place: Place::Of(user.clone()) }
    }

    /// A fresh one that tells us, who have `sealer`, whose partition and which grant to look in: an access token.
    #[must_use]
    pub fn of_grant(app: &App, sealer: &Sealer, kind: HandleKind, owner: (&UserId, &GrantId)) -> Self {
        Self::of_grant_with(app, sealer, kind, (owner, &app.rng.bytes()))
    }

    /// One that tells us, who have `sealer`, whose partition and which grant to look in, and carries `own` bytes of the caller's making,
    /// which no two handles may have in common: a refresh token.
    #[must_use]
    pub fn of_grant_with(
        app: &App,
        sealer: &Sealer,
        kind: HandleKind,
        ((user, grant), own): ((&UserId, &GrantId), &[u8; OWN]),
    ) -> Self {
        let mut owner = [0; OWNER];
        owner[..ID].copy_from_slice(&user.bytes());
        owner[ID..].copy_from_slice(&grant.bytes());
        let masked = masked(sealer, own, owner);
        Self { text: text_of(app, kind, &masked, own), place: Place::Masked(masked) }
    }

    /// Reads a handle of `kind` that a caller presents; `None` when it is not of that form.
    #[must_use]
    pub fn parse(kind: HandleKind, text: &str) -> Option<Self> {
        let (_region, body) =
            text.strip_prefix("lk_")?.strip_prefix(kind.tag())?.strip_prefix('_')?.split_once('_')?;
        let bytes = URL_SAFE_NO_PAD.decode(body).ok()?;
        let place = match bytes.split_at_checked(bytes.len().checked_sub(OWN)?)?.0 {
            [] => Place::Anywhere,
            id if id.len() == ID => Place::Of(UserId::from_bytes(id.try_into().ok()?)),
            masked => Place::Masked(masked.try_into().ok()?),
        };
        Some(Self { text: Secret::new(text.to_owned()), place })
    }

    /// The text that its owner gets.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose()
    }

    /// What rests in its stead: SHA-256 of the text, as base64url.
    #[must_use]
    pub fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, self.text.expose().as_bytes()))
    }

    /// The bytes that are its own, after those that say where to look.
    #[must_use]
    pub fn own_bytes(&self) -> [u8; OWN] {
        // INVARIANT: every constructor has made or checked the form of the text.
        let body = self.expose().splitn(4, '_').nth(3).unwrap_or_default();
        let bytes = URL_SAFE_NO_PAD.decode(body).unwrap_or_default();
        bytes.last_chunk().copied().unwrap_or([0; OWN])
    }

    /// In whose partition it rests, where it says so openly.
    #[must_use]
    pub fn user(&self) -> Option<&UserId> {
        match &self.place {
            Place::Of(user) => Some(user),
            Place::Anywhere | Place::Masked(_) => None,
        }
    }

    /// Whose it is and of which grant. Of a handle that somebody made up this says anything.
    #[must_use]
    pub fn owner(&self, sealer: &Sealer) -> Option<(UserId, GrantId)> {
        let Place::Masked(owner) = self.place else { return None };
        let owner = masked(sealer, &self.own_bytes(), owner);
        let id = |from: usize| std::array::from_fn(|index| owner[from + index]);
        Some((UserId::from_bytes(id(0)), GrantId::from_bytes(id(ID))))
    }
}

/// `owner` masked, or unmasked. INVARIANT: 128 bits of each handle's own bytes are chance at the least, so no mask is made twice.
fn masked(sealer: &Sealer, own: &[u8; OWN], owner: [u8; OWNER]) -> [u8; OWNER] {
    let mask = sealer.mac(MASK, own);
    std::array::from_fn(|index| owner[index] ^ mask[index])
}

fn text(app: &App, kind: HandleKind, locator: &[u8]) -> Secret<String> {
    text_of(app, kind, locator, &app.rng.bytes())
}

fn text_of(app: &App, kind: HandleKind, locator: &[u8], own: &[u8; OWN]) -> Secret<String> {
    let body = URL_SAFE_NO_PAD.encode([locator, own].concat());
    Secret::new(format!("lk_{}_{}_{body}", kind.tag(), app.config.region_tag))
}

impl fmt::Debug for Handle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Handle")
    }
}
