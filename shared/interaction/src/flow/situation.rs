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
use crate::identity::{self, Begun, IdentifierKind, NormalIdentifier, User, parse_identifier};
use crate::oauth::authorization::{AuthorizationRequest, Prompt};
use crate::session::{self, Device, DeviceHandle, SignedIn};
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
        let settings = settings::load(app).await?;
        let region = settings.identity.default_phone_region.as_deref();
        let hint = asked.and_then(|asked| Hint::parse(asked.login_hint.as_deref()?, region));
        let now = app.clock.now();
        let signed_in: Vec<SignedIn> =
            sessions.into_iter().filter(|signed_in| signed_in.user.is_active(now)).collect();
        let mut facts = Facts {
            now,
            demand: Demand {
                hinted: hint.is_some(),
                ..demand(purpose, signed_in.len(), &settings.oauth.acr)
            },
            client: client.as_deref().map(|client| ClientFacts {
                id: client.id.clone(),
                first_party: client.consent == client::Consent::Implied,
            }),
            sessions: signed_in.iter().map(|signed_in| session_facts(signed_in, hint.as_ref())).collect(),
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
        if let (Some(proven), Some(account)) = (&progress.authentication, &account)
            && !account.admits(Begun::Proof, proven.epoch)
        {
            // An act of the customer has ended the sign-in: the password is another one, say.
            return Err(FlowError::Expired);
        }
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

fn session_facts(SignedIn { session, user }: &SignedIn, hint: Option<&Hint>) -> SessionFacts {
    SessionFacts {
        id: session.id.clone(),
        user: session.user.clone(),
        auth_time: session.auth_time,
        level: session.acr,
        hinted: hint.is_some_and(|hint| hint.names(user)),
    }
}

/// Whose records may matter.
struct Wanted<'a> {
    sessions: &'a [SignedIn],
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
    /// These, and what is `wanted` of others: one call, or none. The accounts of the sessions were read with those, and so before the consents.
    async fn and(mut self, app: &App, wanted: Wanted<'_>) -> Result<Self, FlowError> {
        let Wanted { sessions, proven, client, device } = wanted;
        let claimed: Vec<UserId> = self.users.iter().map(|user| user.id.clone()).collect();
        let is_news = |id: &&UserId| !claimed.contains(id);
        let others = sessions.iter().filter(|signed_in| is_news(&&signed_in.user.id));
        self.users.extend(others.map(|signed_in| signed_in.user.clone()));
        let proven = proven.filter(is_news);
        let unread = proven.filter(|proven| !self.users.iter().any(|user| user.id == **proven));
        let mut ids: Vec<&UserId> =
            sessions.iter().map(|signed_in| &signed_in.user.id).filter(is_news).collect();
        ids.extend(unread);
        let consent_key = |user: &UserId| client.map(|client| consent::key(user, &client.id));
        let mut keys: Vec<_> =
            unread.map(|user| (User::TABLE, identity::user_key(user))).into_iter().collect();
        keys.extend(ids.iter().filter_map(|user| Some((Consent::TABLE, consent_key(user)?))));
        keys.extend(proven.and_then(|proven| Some((Device::TABLE, device.key(proven)?))));
        if keys.is_empty() {
            return Ok(self);
        }
        let mut found = store::get_many(app, keys).await?;
        if let Some(user) = unread {
            self.users.extend(found.take::<User>(identity::user_key(user))?);
        }
        for user in ids {
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

/// Whom a client hints at (`login_hint`, Core §3.1.2.1). What can be nobody's identifier is no hint.
enum Hint {
    Identifier(NormalIdentifier),
    Subject(UserId),
}

impl Hint {
    fn parse(text: &str, region: Option<&str>) -> Option<Self> {
        match text.parse() {
            Ok(subject) => Some(Self::Subject(subject)),
            Err(_) => parse_identifier(text, &IdentifierKind::ALL, region).ok().map(Self::Identifier),
        }
    }

    fn names(&self, user: &User) -> bool {
        match self {
            Self::Identifier(identifier) => user.identifier(identifier).is_some(),
            Self::Subject(subject) => user.id == *subject,
        }
    }
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
        hinted: false,
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
