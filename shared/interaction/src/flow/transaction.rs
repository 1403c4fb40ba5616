//! A sign-in transaction: what was asked for and what was done so far, bound to one browser. `tx#<hash>`/`tx`; a recovery, whose
//! link may be opened anywhere, is `recovery#<hash>`/`recovery` and bound to its link alone.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::FlowError;
use super::definition::FlowKind;
use super::outcome::SignInOutcome;
use super::progress::Progress;
use crate::app::App;
use crate::clock::Timestamp;
use crate::http::RequestContext;
use crate::keys::{Handle, HandleKind};
use crate::oauth::authorization::{AuthorizationRequest, Prompt};
use crate::oauth::details::Details;
use crate::oauth::pending::Pending;
use crate::page::Locale;
use crate::session::Browser;
use crate::settings;
use crate::store::{self, Entity, Key, Stored, Table, Write};

/// How long the record outlives the transaction: whoever comes back late can begin the same one anew.
pub(super) const REMEMBERED: Duration = Duration::from_secs(3600);
/// How long it is remembered what came of it.
const OUTCOME_REMEMBERED: Duration = Duration::from_secs(10 * 60);

/// What a customer signs in for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Purpose {
    /// For a client.
    Authorize(Box<AuthorizationRequest>),
    /// For their own account.
    Account {
        /// Where they want to go.
        page: AccountPage,
        /// Whether they must prove who they are although they are signed in.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        anew: bool,
    },
    /// For a device that shows a code (RFC 8628).
    Device(Box<DeviceRequest>),
    /// For a client that has its customer asked (OpenID CIBA Core 1.0).
    Backchannel(Box<Pending>),
}

/// What a device asks for, and the code that its customer typed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeviceRequest {
    /// The request.
    pub pending: Pending,
    /// The code, to be compared with what the device shows.
    pub code: String,
}

/// A page of the account centre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountPage {
    /// The profile, which is also the home.
    #[default]
    Profile,
    /// The password.
    Password,
    /// The sessions.
    Sessions,
    /// The applications.
    Grants,
}

impl AccountPage {
    /// Its path.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Profile => "/account/profile",
            Self::Password => "/account/password",
            Self::Sessions => "/account/sessions",
            Self::Grants => "/account/grants",
        }
    }
}

impl Purpose {
    /// For their own account, at this page.
    #[must_use]
    pub const fn account(page: AccountPage) -> Self {
        Self::Account { page, anew: false }
    }

    /// The client's request, if it is for one.
    #[must_use]
    pub fn request(&self) -> Option<&AuthorizationRequest> {
        match self {
            Self::Authorize(request) => Some(request),
            Self::Account { .. } | Self::Device(_) | Self::Backchannel(_) => None,
        }
    }

    /// The client that it is for, if it is for one.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        match self {
            Self::Authorize(request) => Some(&request.client_id),
            Self::Device(request) => Some(&request.pending.client),
            Self::Backchannel(pending) => Some(&pending.client),
            Self::Account { .. } => None,
        }
    }

    /// What is asked for in detail (RFC 9396).
    #[must_use]
    pub fn details(&self) -> Option<&Details> {
        self.request().map(|request| &request.details).or(self.pending().map(|pending| &pending.details))
    }

    /// The request that waits elsewhere for what is decided here, if one does.
    #[must_use]
    pub fn pending(&self) -> Option<&Pending> {
        match self {
            Self::Device(request) => Some(&request.pending),
            Self::Backchannel(pending) => Some(pending),
            Self::Authorize(_) | Self::Account { .. } => None,
        }
    }

    /// The flow that it begins with.
    pub(super) fn first_flow(&self) -> FlowKind {
        match self.request() {
            Some(request) if request.prompts(Prompt::Create) => FlowKind::SignUp,
            Some(_) | None => FlowKind::SignIn,
        }
    }

    /// The language of its pages: what the client asks for, else what the browser prefers.
    pub(super) fn locale(&self, context: &RequestContext) -> Locale {
        let wishes = self.request().and_then(|request| request.ui_locales.as_deref());
        let wished = wishes.into_iter().flat_map(str::split_ascii_whitespace).find_map(Locale::find);
        wished.unwrap_or(context.locale)
    }
}

/// An application that shows the steps itself (OAuth 2.0 for First-Party Applications).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its `client_id`.
    pub client: String,
    /// The thumbprint of the key that it proves to hold with every request, where it proved one with the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jkt: Option<String>,
}

/// A transaction.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Transaction {
    /// The hash of its handle.
    pub hash: String,
    /// The hash of the browser that it is bound to; none for a recovery, and for an application's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// The application that it is bound to, where that drives the flow by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<Application>,
    /// By which flow it goes.
    pub kind: FlowKind,
    /// What it is for.
    pub purpose: Purpose,
    /// What was done so far.
    pub progress: Progress,
    /// When it was begun.
    pub started_at: Timestamp,
    /// When it is over.
    pub expires_at: Timestamp,
    /// What came of it, once it has ended: remembered for some minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<SignInOutcome>,
}

impl Entity for Transaction {
    const TYPE: &'static str = "transaction";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        key(self.kind, &self.hash)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at.plus(REMEMBERED))
    }
}

fn key(kind: FlowKind, hash: &str) -> Key {
    match kind {
        FlowKind::SignIn | FlowKind::SignUp => Key::new(format!("tx#{hash}"), "tx"),
        FlowKind::Recovery => Key::new(format!("recovery#{hash}"), "recovery"),
    }
}

impl Transaction {
    /// A new one of `browser`, and its handle.
    pub(super) async fn begin(
        app: &App,
        browser: &Browser,
        kind: FlowKind,
        (purpose, progress): (Purpose, Progress),
    ) -> Result<(Self, Handle), FlowError> {
        let handle = Handle::new(app, HandleKind::Transaction);
        let now = app.clock.now();
        let transaction = Self {
            hash: handle.hash(),
            browser: Some(browser.hash()),
            application: None,
            kind,
            purpose,
            progress,
            started_at: now,
            expires_at: now.plus(settings::load(app).await?.sessions.transaction),
            outcome: None,
        };
        Ok((transaction, handle))
    }

    /// A new one that `application` drives, and its handle (`auth_session`).
    pub(super) async fn drive(
        app: &App,
        application: Application,
        purpose: Purpose,
    ) -> Result<(Self, Handle), FlowError> {
        let handle = Handle::new(app, HandleKind::AuthSession);
        let now = app.clock.now();
        let transaction = Self {
            hash: handle.hash(),
            browser: None,
            application: Some(application),
            kind: purpose.first_flow(),
            purpose,
            progress: Progress::default(),
            started_at: now,
            expires_at: now.plus(settings::load(app).await?.sessions.transaction),
            outcome: None,
        };
        Ok((transaction, handle))
    }

    /// A recovery of the account that `progress` names, and the handle of its link.
    pub(super) async fn recover(app: &App, progress: Progress) -> Result<(Self, Handle), FlowError> {
        let handle = Handle::new(app, HandleKind::Recovery);
        let now = app.clock.now();
        let transaction = Self {
            hash: handle.hash(),
            browser: None,
            application: None,
            kind: FlowKind::Recovery,
            purpose: Purpose::account(AccountPage::Profile),
            progress,
            started_at: now,
            expires_at: now.plus(settings::load(app).await?.proofs.recovery),
            outcome: None,
        };
        Ok((transaction, handle))
    }
}

impl Transaction {
    /// The write that ends it with `outcome`. Of what was typed nothing is kept.
    pub(super) fn finish_write(app: &App, tx: &Stored<Self>, outcome: SignInOutcome) -> Write {
        let mut over = tx.clone();
        over.progress = Progress::default();
        if let Purpose::Authorize(asked) = &mut over.purpose {
            // What was pushed is used up with the first answer.
            asked.pushed = None;
        }
        over.expires_at = app.clock.now().plus(OUTCOME_REMEMBERED);
        over.outcome = Some(outcome);
        Write::replace(&over)
    }
}

/// The transaction that `text` names, if `browser` began it and it is not over, or its outcome is still remembered.
pub(super) async fn load(app: &App, browser: &Browser, text: &str) -> Result<Stored<Transaction>, FlowError> {
    let tx = load_any(app, browser, text).await?;
    match (app.clock.now() < tx.expires_at, &tx.outcome) {
        (true, _) => Ok(tx),
        (false, None) => Err(FlowError::TimedOut { handle: text.to_owned() }),
        (false, Some(_)) => Err(FlowError::Expired),
    }
}

/// What `browser` wanted in the transaction that `text` names, which took too long.
pub(super) async fn load_purpose(app: &App, browser: &Browser, text: &str) -> Result<Purpose, FlowError> {
    let tx = load_any(app, browser, text).await?;
    if tx.outcome.is_some() { Err(FlowError::Expired) } else { Ok(tx.entity.purpose) }
}

async fn load_any(app: &App, browser: &Browser, text: &str) -> Result<Stored<Transaction>, FlowError> {
    let handle = Handle::parse(HandleKind::Transaction, text).ok_or(FlowError::Expired)?;
    let stored = store::get_now::<Transaction>(app, key(FlowKind::SignIn, &handle.hash())).await?;
    let bound = |tx: &Stored<Transaction>| tx.browser.as_deref() == Some(browser.hash().as_str());
    stored.filter(bound).ok_or(FlowError::Expired)
}

/// The transaction that an application drives under this `auth_session`, if it is not over. Whose it is, is the caller's to check.
pub(super) async fn load_driven(app: &App, text: &str) -> Result<Option<Stored<Transaction>>, FlowError> {
    let Some(handle) = Handle::parse(HandleKind::AuthSession, text) else { return Ok(None) };
    let stored = store::get_now::<Transaction>(app, key(FlowKind::SignIn, &handle.hash())).await?;
    Ok(stored.filter(|tx| app.clock.now() < tx.expires_at && tx.application.is_some()))
}

/// The recovery whose link carries `token`, if it is not over.
pub(super) async fn load_recovery(app: &App, token: &str) -> Result<Stored<Transaction>, FlowError> {
    let handle = Handle::parse(HandleKind::Recovery, token).ok_or(FlowError::Expired)?;
    let stored = store::get_now::<Transaction>(app, key(FlowKind::Recovery, &handle.hash())).await?;
    stored.filter(|tx| app.clock.now() < tx.expires_at).ok_or(FlowError::Expired)
}
