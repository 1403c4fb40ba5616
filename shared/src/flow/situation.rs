//! Gathering the facts: the sessions of the browser, then the accounts behind them and what they have consented to, each in one read.

use std::sync::Arc;
use std::time::Duration;

use super::FlowError;
use super::engine;
use super::facts::{AccountFacts, ClientFacts, Demand, Facts, SessionFacts};
use super::progress::Progress;
use super::transaction::Purpose;
use crate::app::App;
use crate::client::{self, Client};
use crate::consent::{self, Consent};
use crate::http::Request;
use crate::id::UserId;
use crate::identity::{self, IdentifierKind, NormalIdentifier, User, parse_identifier};
use crate::oauth::authorization::{AuthorizationRequest, Prompt};
use crate::session::{self, Session};
use crate::store::{self, Entity, Stored};

/// How sure a sign-in by password is.
pub const AAL1: &str = "urn:latchkey:aal1";

/// The facts, with the records behind them.
pub(super) struct Situation {
    pub(super) facts: Facts,
    pub(super) sessions: Vec<SignedIn>,
    pub(super) account: Option<Stored<User>>,
    pub(super) client: Option<Arc<Client>>,
    pub(super) consent: Option<Stored<Consent>>,
}

/// An account signed in on the browser.
pub(super) struct SignedIn {
    pub(super) session: Stored<Session>,
    pub(super) user: Stored<User>,
}

impl Situation {
    /// The facts for a flow of this purpose and progress. `changed` is the account as the present request changes it.
    pub(super) async fn gather(
        app: &App,
        request: &Request,
        (purpose, progress): (&Purpose, &Progress),
        changed: Option<Stored<User>>,
    ) -> Result<Self, FlowError> {
        let asked = purpose.request();
        let client = match purpose.client_id() {
            Some(id) => client::find(app, id).await?,
            None => None,
        };
        let sessions = session::load_all(app, request).await?;
        let proven = progress.authentication.as_ref().map(|proven| &proven.user);
        // Looked up for the account that a decoy stands for as well, so that the time tells nothing.
        let nobody = progress.decoy.as_ref().map(|_| UserId::from_bytes([0; 16]));
        let read = (sessions.as_slice(), proven.or(nobody.as_ref()));
        let mut records = Records::load(app, read, client.as_deref()).await?;
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
            demand: demand(purpose, signed_in.len()),
            client: client.as_deref().map(|client| ClientFacts {
                id: client.id.clone(),
                first_party: client.consent == client::Consent::Implied,
            }),
            sessions: signed_in.iter().map(|signed_in| signed_in.facts(hint.as_ref())).collect(),
            reachable_acr: vec![AAL1.to_owned()],
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
        Ok(Self { facts, sessions: signed_in, account, client, consent })
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
            acr: self.session.acr.clone(),
            hinted: hint.is_some_and(|hint| self.user.identifier(hint).is_some()),
        }
    }
}

/// The accounts that may matter, and their consents.
struct Records {
    users: Vec<Stored<User>>,
    consents: Vec<Stored<Consent>>,
}

impl Records {
    async fn load(
        app: &App,
        (sessions, proven): (&[Stored<Session>], Option<&UserId>),
        client: Option<&Client>,
    ) -> Result<Self, FlowError> {
        let mut ids: Vec<&UserId> = sessions.iter().map(|session| &session.user).collect();
        ids.extend(proven.filter(|proven| !sessions.iter().any(|session| session.user == **proven)));
        if ids.is_empty() {
            return Ok(Self { users: Vec::new(), consents: Vec::new() });
        }
        let consent_key = |user: &UserId| client.map(|client| consent::key(user, &client.id));
        let mut keys: Vec<_> = ids.iter().map(|user| (User::TABLE, identity::user_key(user))).collect();
        keys.extend(ids.iter().filter_map(|user| Some((Consent::TABLE, consent_key(user)?))));
        let mut found = store::get_many(app, keys).await?;
        let (mut users, mut consents) = (Vec::new(), Vec::new());
        for user in ids {
            users.extend(found.take::<User>(identity::user_key(user))?);
            if let Some(key) = consent_key(user) {
                consents.extend(found.take::<Consent>(key)?);
            }
        }
        Ok(Self { users, consents })
    }
}

fn hinted_identifier(hint: &str) -> Option<NormalIdentifier> {
    parse_identifier(hint, &IdentifierKind::ALL, None).ok()
}

/// Who decides for elsewhere is asked in any case. For a device anybody may, so with several accounts on the browser for which one; else it
/// must be the one who was sent the link.
fn demand(purpose: &Purpose, accounts: usize) -> Demand {
    match purpose {
        Purpose::Authorize(asked) => demand_of(asked),
        Purpose::Account { .. } => Demand::default(),
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

fn demand_of(asked: &AuthorizationRequest) -> Demand {
    Demand {
        silent: asked.prompts(Prompt::None),
        login: asked.prompts(Prompt::Login),
        consent: asked.prompts(Prompt::Consent),
        select_account: asked.prompts(Prompt::SelectAccount),
        max_age: asked.max_age.map(Duration::from_secs),
        essential_acr: asked.essential_acr().into_iter().map(str::to_owned).collect(),
        subject: asked.hint_subject.clone(),
        scopes: asked.scopes.clone(),
        confirm: false,
    }
}

fn account_facts(user: &User) -> AccountFacts {
    let unproven = user.identifiers.iter().filter(|identifier| identifier.verified_at.is_none());
    AccountFacts { reachable: user.to_prove().is_none(), unproven: unproven.map(|own| own.kind).collect() }
}
