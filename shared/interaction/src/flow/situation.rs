//! Gathering the facts: the sessions of the browser, then the accounts behind them and what they have consented to, each in one read.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::FlowError;
use super::claimed_account::ClaimedAccount;
use super::engine;
use super::facts::{AccountFacts, ClientFacts, Demand, Facts, SessionFacts};
use super::progress::Progress;
use super::transaction::Purpose;
use crate::app::App;
use crate::assurance::Level;
use crate::client::{self, Client};
use crate::consent::{self, Consent};
use crate::http::Request;
use crate::id::UserId;
use crate::identity::{self, IdentifierKind, NormalIdentifier, User, parse_identifier};
use crate::oauth::authorization::{AuthorizationRequest, Prompt};
use crate::session::{self, Device, DeviceHandle, Session};
use crate::settings;
use crate::store::{self, Entity, Stored};

/// The facts, with the records behind them.
pub(super) struct Situation {
    pub(super) facts: Facts,
    pub(super) sessions: Vec<SignedIn>,
    pub(super) account: Option<Stored<User>>,
    pub(super) client: Option<Arc<Client>>,
    pub(super) consent: Option<Stored<Consent>>,
    /// What is known of the browser as a device of who has proven who they are.
    pub(super) device: Option<Device>,
}

/// What a step has read already of who has proven who they are, or changes of them.
#[derive(Default)]
pub(super) enum KnownRecords {
    /// Nothing.
    #[default]
    Nothing,
    /// The account as the present request changes it.
    Changed(Box<Stored<User>>),
    /// All that is asked about the account.
    Read(Box<ClaimedAccount>),
}

/// An account signed in on the browser.
pub(super) struct SignedIn {
    pub(super) session: Stored<Session>,
    pub(super) user: Stored<User>,
}

impl Situation {
    /// The facts for a flow of this purpose and progress.
    pub(super) async fn gather(
        app: &App,
        request: &Request,
        (purpose, progress): (&Purpose, &Progress),
        given: KnownRecords,
    ) -> Result<Self, FlowError> {
        let asked = purpose.request();
        let client = match purpose.client_id() {
            Some(id) => client::find(app, id).await?,
            None => None,
        };
        let sessions = session::load_all(app, request).await?;
        let proven = progress.authentication.as_ref().map(|proven| &proven.user);
        let (read, changed) = match given {
            KnownRecords::Nothing => (Records::default(), None),
            KnownRecords::Changed(account) => (Records::default(), Some(*account)),
            KnownRecords::Read(claimed) => (Records::from(*claimed), None),
        };
        let wanted = Wanted {
            sessions: &sessions,
            proven,
            client: client.as_deref(),
            device: session::device(app, request),
        };
        let mut records = read.and(app, wanted).await?;
        let hint = asked.and_then(|asked| asked.login_hint.as_deref()).and_then(hinted_identifier);
        let now = app.clock.now();
        let signed_in: Vec<SignedIn> = sessions
            .into_iter()
            .filter_map(|session| {
                let user = records.users.iter().find(|user| user.id == session.user)?;
                user.is_active(now).then(|| SignedIn { session, user: user.clone() })
            })
            .collect();
        let mut facts = Facts {
            now,
            demand: demand(purpose, signed_in.len(), &settings::load(app).await?.oauth.acr),
            client: client.as_deref().map(|client| ClientFacts {
                id: client.id.clone(),
                first_party: client.consent == client::Consent::Implied,
            }),
            sessions: signed_in.iter().map(|signed_in| signed_in.facts(hint.as_ref())).collect(),
            reachable: Level::REACHABLE,
            ..Facts::default()
        };
        let about = match proven {
            Some(user) => Some(user.clone()),
            None => engine::candidate(progress, &facts).map(|session| session.user.clone()),
        };
        let account = changed.or_else(|| {
            records.users.into_iter().find(|user| about.as_ref().is_some_and(|about| user.id == *about))
        });
        let consent = about.as_ref().and_then(|user| {
            let at = records.consents.iter().position(|consent| consent.user == *user)?;
            Some(records.consents.swap_remove(at))
        });
        facts.account = account.as_deref().map(account_facts);
        facts.consented = consent.as_ref().map(|consent| consent.scopes.clone()).unwrap_or_default();
        Ok(Self { facts, sessions: signed_in, account, client, consent, device: records.device })
    }

    /// The session that the flow would go on with.
    pub(super) fn candidate(&self, progress: &Progress) -> Option<&SignedIn> {
        let id = &engine::candidate(progress, &self.facts)?.id;
        self.sessions.iter().find(|signed_in| signed_in.session.id == *id)
    }
}

impl SignedIn {
    fn facts(&self, hint: Option<&NormalIdentifier>) -> SessionFacts {
        SessionFacts {
            id: self.session.id.clone(),
            user: self.session.user.clone(),
            auth_time: self.session.auth_time,
            level: self.session.acr,
            hinted: hint.is_some_and(|hint| self.user.identifier(hint).is_some()),
        }
    }
}

/// Whose records may matter.
struct Wanted<'a> {
    sessions: &'a [Stored<Session>],
    proven: Option<&'a UserId>,
    client: Option<&'a Client>,
    device: DeviceHandle,
}

/// The accounts that may matter, and their consents.
#[derive(Default)]
struct Records {
    users: Vec<Stored<User>>,
    consents: Vec<Stored<Consent>>,
    device: Option<Device>,
}

impl From<ClaimedAccount> for Records {
    fn from(claimed: ClaimedAccount) -> Self {
        let ClaimedAccount { user, consent, device, password: _ } = claimed;
        Self { users: user.into_iter().collect(), consents: consent.into_iter().collect(), device }
    }
}

impl Records {
    /// These, and what is `wanted` of others: one call, or none.
    async fn and(mut self, app: &App, wanted: Wanted<'_>) -> Result<Self, FlowError> {
        let Wanted { sessions, proven, client, device } = wanted;
        let unread = |id: &&UserId| !self.users.iter().any(|user| user.id == **id);
        let proven = proven.filter(unread);
        let mut ids: Vec<&UserId> = sessions.iter().map(|session| &session.user).filter(unread).collect();
        ids.extend(proven.filter(|proven| !ids.contains(proven)));
        if ids.is_empty() {
            return Ok(self);
        }
        let consent_key = |user: &UserId| client.map(|client| consent::key(user, &client.id));
        let mut keys: Vec<_> = ids.iter().map(|user| (User::TABLE, identity::user_key(user))).collect();
        keys.extend(ids.iter().filter_map(|user| Some((Consent::TABLE, consent_key(user)?))));
        keys.extend(proven.and_then(|proven| Some((Device::TABLE, device.key(proven)?))));
        let mut found = store::get_many(app, keys).await?;
        for user in ids {
            self.users.extend(found.take::<User>(identity::user_key(user))?);
            if let Some(key) = consent_key(user) {
                self.consents.extend(found.take::<Consent>(key)?);
            }
        }
        if let Some(proven) = proven {
            self.device = device.take(app, &mut found, proven)?;
        }
        Ok(self)
    }
}

fn hinted_identifier(hint: &str) -> Option<NormalIdentifier> {
    parse_identifier(hint, &IdentifierKind::ALL, None).ok()
}

/// Who decides for elsewhere is asked in any case. For a device anybody may, so with several accounts on the browser for which one; else it
/// must be the one who was sent the link.
fn demand(purpose: &Purpose, accounts: usize, names: &BTreeMap<String, Level>) -> Demand {
    match purpose {
        Purpose::Authorize(asked) => demand_of(asked, names),
        Purpose::Account { anew, .. } => Demand { login: *anew, ..Demand::default() },
        Purpose::Device(asked) => Demand {
            consent: true,
            confirm: true,
            select_account: accounts > 1,
            scopes: asked.pending.scopes.clone(),
            ..Demand::default()
        },
        Purpose::Backchannel(pending) => Demand {
            consent: true,
            confirm: true,
            subject: pending.user.clone(),
            scopes: pending.scopes.clone(),
            ..Demand::default()
        },
    }
}

fn demand_of(asked: &AuthorizationRequest, names: &BTreeMap<String, Level>) -> Demand {
    let level = |name: &str| Level::named(name, names);
    Demand {
        silent: asked.prompts(Prompt::None),
        login: asked.prompts(Prompt::Login),
        consent: asked.prompts(Prompt::Consent),
        select_account: asked.prompts(Prompt::SelectAccount),
        max_age: asked.max_age.map(Duration::from_secs),
        essential: asked.essential_levels(names),
        wished: asked.acr_values.iter().filter_map(|name| level(name)).collect(),
        subject: asked.hint_subject.clone(),
        scopes: asked.scopes_and_claims(),
        details: !asked.details.is_empty(),
        confirm: false,
    }
}

fn account_facts(user: &User) -> AccountFacts {
    let unproven = user.identifiers.iter().filter(|identifier| identifier.verified_at.is_none());
    AccountFacts {
        user: user.id.clone(),
        reachable: user.to_prove().is_none(),
        unproven: unproven.map(|own| own.kind).collect(),
    }
}
