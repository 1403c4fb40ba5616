//! Opaque handles: 256 random bits behind a type prefix and a region tag, `lk_rt_<region>_…`, so that secret scanners find them
//! and a second region can send them home. They rest hashed (SHA-256: their entropy needs no salt and no stretching).

use std::fmt;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::app::App;
use crate::id::{GrantId, UserId};
use crate::secret::Secret;

/// How many bytes of a handle are its own: 256 bits.
const OWN: usize = 32;

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
    user: Option<UserId>,
    grant: Option<GrantId>,
}

impl Handle {
    /// A fresh one.
    #[must_use]
    pub fn new(app: &App, kind: HandleKind) -> Self {
        Self { text: text(app, kind, &[]), user: None, grant: None }
    }

    /// A fresh one that says whose partition to look in: a session.
    #[must_use]
    pub fn of_user(app: &App, kind: HandleKind, user: &UserId) -> Self {
        Self { text: text(app, kind, &user.bytes()), user: Some(user.clone()), grant: None }
    }

    /// A fresh one that says whose partition and which grant to look in: an access token.
    #[must_use]
    pub fn of_grant(app: &App, kind: HandleKind, user: &UserId, grant: &GrantId) -> Self {
        Self::of_grant_with(app, kind, (user, grant), &app.rng.bytes())
    }

    /// One that says whose partition and which grant to look in, and carries `own` bytes of the caller's making: a refresh token.
    #[must_use]
    pub fn of_grant_with(
        app: &App,
        kind: HandleKind,
        (user, grant): (&UserId, &GrantId),
        own: &[u8; OWN],
    ) -> Self {
        let locator = [user.bytes(), grant.bytes()].concat();
        Self { text: text_of(app, kind, &locator, own), user: Some(user.clone()), grant: Some(grant.clone()) }
    }

    /// Reads a handle of `kind` that a caller presents; `None` when it is not of that form.
    #[must_use]
    pub fn parse(kind: HandleKind, text: &str) -> Option<Self> {
        let (_region, body) =
            text.strip_prefix("lk_")?.strip_prefix(kind.tag())?.strip_prefix('_')?.split_once('_')?;
        let bytes = URL_SAFE_NO_PAD.decode(body).ok()?;
        let locator = bytes.len().checked_sub(OWN)?;
        let id = |from: usize| <[u8; 16]>::try_from(bytes.get(from..from + 16)?).ok();
        let (user, grant) = match locator {
            0 => (None, None),
            16 => (id(0), None),
            32 => (id(0), id(16)),
            _ => return None,
        };
        Some(Self {
            text: Secret::new(text.to_owned()),
            user: user.map(UserId::from_bytes),
            grant: grant.map(GrantId::from_bytes),
        })
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

    /// In whose partition it rests.
    #[must_use]
    pub fn user(&self) -> Option<&UserId> {
        self.user.as_ref()
    }

    /// Of which grant it is.
    #[must_use]
    pub fn grant(&self) -> Option<&GrantId> {
        self.grant.as_ref()
    }
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
