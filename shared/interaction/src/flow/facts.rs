//! The facts that the engine decides by: what the client demands, who is signed in on the browser, what the account has proven and
//! consented to.

use std::time::Duration;

use crate::assurance::Level;
use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};
use crate::identity::IdentifierKind;

/// What is the case.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The time.
    pub now: Timestamp,
    /// What the client demands; nothing, where the customer goes to their own account.
    pub demand: Demand,
    /// The client.
    pub client: Option<ClientFacts>,
    /// The sessions of the browser, the current one first.
    pub sessions: Vec<SessionFacts>,
    /// The account that the flow is about, once it is known.
    pub account: Option<AccountFacts>,
    /// The scopes that the account has consented to for the client.
    pub consented: Vec<String>,
    /// How sure a sign-in can be.
    pub reachable: Level,
}

/// What the client demands (OpenID Connect Core §3.1.2.1).
#[derive(Clone, Debug, Default)]
pub struct Demand {
    /// `prompt=none`: no page may be shown.
    pub silent: bool,
    /// `prompt=login`: the customer proves anew who they are.
    pub login: bool,
    /// `prompt=consent`: the customer is asked.
    pub consent: bool,
    /// `prompt=select_account`: the customer chooses.
    pub select_account: bool,
    /// How old the sign-in may be.
    pub max_age: Option<Duration>,
    /// How sure it must be: as any of these (§5.5.1.1). `None` where any sign-in will do, empty where none can.
    pub essential: Option<Vec<Level>>,
    /// How sure it should be: as the first of these that can be reached (`acr_values`).
    pub wished: Vec<Level>,
    /// Who it must be: the subject of `id_token_hint`.
    pub subject: Option<UserId>,
    /// Somebody is hinted at (`login_hint`): nobody else is signed in without being asked.
    pub hinted: bool,
    /// What the client asks for.
    pub scopes: Vec<String>,
    /// It asks for something in detail, each time anew (RFC 9396).
    pub details: bool,
    /// The customer says yes or no in any case, whatever the flow lists and whosever client it is: another device gets what they
    /// grant, and somebody else may have sent them here (RFC 8628 §5.4).
    pub confirm: bool,
}

/// The client.
#[derive(Clone, Debug)]
pub struct ClientFacts {
    /// Its id.
    pub id: String,
    /// Whether it is one of the deployment's own.
    pub first_party: bool,
}

/// A session of the browser.
#[derive(Clone, Debug)]
pub struct SessionFacts {
    /// Its public id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// When they proved who they are.
    pub auth_time: Timestamp,
    /// How surely.
    pub level: Level,
    /// Whether `login_hint` is an identifier of theirs.
    pub hinted: bool,
}

/// The account that the flow is about.
#[derive(Clone, Debug)]
pub struct AccountFacts {
    /// Whose it is.
    pub user: UserId,
    /// Whether an identifier is proven by which the customer can be reached.
    pub reachable: bool,
    /// The kinds of its identifiers that are not proven, the most important first.
    pub unproven: Vec<IdentifierKind>,
}
