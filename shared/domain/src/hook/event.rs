//! One event: what happened, to whom, by whom, from where. It is the audit record as well.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::App;
use crate::clock::Timestamp;
use crate::http::RequestContext;
use crate::id::{EventId, RequestId, UserId};
use crate::store::{Entity, Key, Table, Write};

macro_rules! event_kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        /// What can happen. The names are stable: subscribers and the audit log know them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum EventKind {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl EventKind {
            /// Every kind, for the documentation and the tests.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

event_kinds! {
    /// A customer signed up.
    UserCreated = "user.created";
    /// A profile or an attribute changed.
    UserUpdated = "user.updated";
    /// An identifier was proven.
    IdentifierVerified = "identifier.verified";
    /// A password was set for the first time or changed.
    PasswordChanged = "password.changed";
    /// A change of the password failed: the present one was not known.
    PasswordChangeFailed = "password.change_failed";
    /// A password was set by recovery.
    PasswordReset = "password.reset";
    /// A recovery link was asked for.
    RecoveryRequested = "recovery.requested";
    /// A sign-in was completed.
    SignInSucceeded = "sign_in.succeeded";
    /// A sign-in attempt failed.
    SignInFailed = "sign_in.failed";
    /// An account is being guessed at, and strange devices are slowed.
    SignInThrottled = "sign_in.throttled";
    /// A session began.
    SessionStarted = "session.started";
    /// A session ended.
    SessionEnded = "session.ended";
    /// A client was told that a session ended.
    LogoutDelivered = "logout.delivered";
    /// An attempt to tell a client that a session ended failed.
    LogoutFailed = "logout.failed";
    /// A client was granted scopes, and a token family began.
    GrantCreated = "grant.created";
    /// A grant and its tokens were revoked.
    GrantRevoked = "grant.revoked";
    /// A client exchanged a customer's token for another one (RFC 8693).
    TokenExchanged = "token.exchanged";
    /// A client gave back an access token.
    AccessTokenRevoked = "access_token.revoked";
    /// An authorization code came a second time: its family was revoked (RFC 9700 §4.5).
    CodeReused = "code.reused";
    /// A refresh token came a second time: its family was revoked (RFC 9700 §4.14).
    RefreshTokenReused = "refresh_token.reused";
    /// A client may act for a customer: consent was given.
    ConsentGranted = "consent.granted";
    /// Consent was withheld.
    ConsentDenied = "consent.denied";
    /// Consent was withdrawn: the client has to ask anew.
    ConsentWithdrawn = "consent.withdrawn";
    /// A client has a customer asked elsewhere (CIBA).
    BackchannelRequested = "backchannel.requested";
    /// A customer who was asked elsewhere has decided.
    BackchannelDecided = "backchannel.decided";
    /// A client was told what its customer decided, or that nobody did.
    BackchannelNotified = "backchannel.notified";
    /// An attempt to tell it failed.
    BackchannelNotificationFailed = "backchannel.notification_failed";
    /// A client was registered.
    ClientRegistered = "client.registered";
    /// A client was changed.
    ClientUpdated = "client.updated";
    /// A client was removed.
    ClientDeleted = "client.deleted";
    /// Signing keys moved on.
    KeysRotated = "keys.rotated";
    /// A message is to be sent; its content is sealed.
    MessageRequested = "message.requested";
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
pub enum Actor {
    /// A customer, signed in or proving who they are.
    User(UserId),
    /// An OAuth client.
    Client(String),
    /// Somebody who has not proven who they are.
    Anonymous,
    /// The platform itself: a job or a deployment.
    System,
}

/// One event.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    /// Its id; sorts by time.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// By whom.
    pub actor: Actor,
    /// To which customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Concerning which client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// In which request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// From which address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// With which user agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// What else there is to say: ids and reasons, never secrets.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub data: Value,
}

impl Event {
    /// Something that `actor` did.
    #[must_use]
    pub fn new(app: &App, kind: EventKind, actor: Actor) -> Self {
        Self {
            id: EventId::sortable(app),
            kind,
            at: app.clock.now_millis(),
            user: if let Actor::User(user) = &actor { Some(user.clone()) } else { None },
            client: if let Actor::Client(client) = &actor { Some(client.clone()) } else { None },
            actor,
            request: None,
            address: None,
            user_agent: None,
            data: Value::Null,
        }
    }

    /// In this request.
    #[must_use]
    pub fn from(mut self, context: &RequestContext) -> Self {
        self.request = Some(context.id.clone());
        self.address = Some(context.address.to_string());
        self.user_agent = Some(context.user_agent.clone());
        self
    }

    /// To this customer.
    #[must_use]
    pub fn to(mut self, user: &UserId) -> Self {
        self.user = Some(user.clone());
        self
    }

    /// Concerning this client.
    #[must_use]
    pub fn of_client(mut self, client: &str) -> Self {
        self.client = Some(client.to_owned());
        self
    }

    /// With these facts.
    #[must_use]
    pub fn with(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    /// The write that announces it; put it into the transaction of the change.
    #[must_use]
    pub fn announce(&self) -> Write {
        Write::create(self)
    }
}

impl Entity for Event {
    const TYPE: &'static str = "event";
    const TABLE: Table = Table::Outbox;

    fn key(&self) -> Key {
        Key::new(self.id.as_str(), "event")
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(Timestamp(self.at.div_euclid(1000)).plus(super::OUTBOX_RETENTION))
    }
}
