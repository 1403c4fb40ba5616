//! Epochs, not clocks: what was begun before its owner acted is over. A customer has one counter. Whatever ends something raises it, in
//! the transaction of the act, and notes what ended. Whatever is begun reads the counter before what it proves, and carries it: later it
//! is held against the account, in the write's condition or in the read that is made anyway. Lists only tidy up.

use serde::{Deserialize, Serialize};

use super::store::user_key;
use super::{Status, User};
use crate::id::{SessionId, UserId};
use crate::store::{Condition, Stored, Update, Write};

/// So many withdrawals and sign-outs are noted one by one.
const NOTED: usize = 32;

/// The customer's counter, as something read it that was begun then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub u64);

/// What raises the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act<'a> {
    /// The password is another one, by who knew the old one.
    PasswordChanged {
        /// The session that goes on.
        keep: Option<&'a SessionId>,
    },
    /// The account was recovered.
    Recovered,
    /// The customer wants to be signed in nowhere else.
    SignedOutElsewhere {
        /// The session that goes on.
        keep: Option<&'a SessionId>,
    },
    /// One session was signed out.
    SignedOut(&'a SessionId),
    /// All that a client was granted is withdrawn.
    Withdrawn(&'a str),
    /// The account was stopped or ended.
    Blocked,
}

/// What was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun<'a> {
    /// A sign-in whose customer has proven who they are, or a link that recovers the account.
    Proof,
    /// A session.
    Session(&'a SessionId),
    /// What a client was granted and has not fetched yet: a code, what was allowed a device or by a link.
    Approval(Access<'a>),
    /// What a client was granted, with its tokens.
    Grant(Access<'a>),
}

/// What a client was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access<'a> {
    /// Which client.
    pub client: &'a str,
    /// In which session; none where the customer did not sign in here.
    pub session: Option<&'a SessionId>,
    /// Whether it outlasts the session (OpenID Connect Core §11).
    pub offline: bool,
}

/// What has ended, by the epochs that the acts began. What was begun in an earlier one is over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// All of it.
    everything: Epoch,
    /// Sign-ins, and what came of them and does not outlast them.
    sign_ins: Epoch,
    /// But for those of this session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kept: Option<SessionId>,
    /// What was granted and not fetched yet.
    approvals: Epoch,
    /// Single sessions, and what single clients were granted; the last acts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    single: Vec<EndedOne>,
    /// The epoch that the present password began.
    password: Epoch,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct EndedOne {
    at: Epoch,
    #[serde(flatten)]
    what: One,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum One {
    Session(SessionId),
    Client(String),
}

impl Ended {
    fn includes(&self, begun: Begun<'_>, at: Epoch) -> bool {
        if at < self.everything {
            return true;
        }
        let is_kept = |session: Option<&SessionId>| session.is_some() && session == self.kept.as_ref();
        let with_sign_in = |session| at < self.sign_ins && !is_kept(session);
        match begun {
            Begun::Proof => at < self.sign_ins,
            Begun::Session(session) => {
                with_sign_in(Some(session)) || self.ended_alone(None, Some(session), at)
            }
            Begun::Approval(access) => {
                at < self.approvals || with_sign_in(access.session) || self.access_ended_alone(access, at)
            }
            Begun::Grant(access) => {
                (!access.offline && with_sign_in(access.session)) || self.access_ended_alone(access, at)
            }
        }
    }

    fn access_ended_alone(&self, access: Access<'_>, at: Epoch) -> bool {
        self.ended_alone(Some(access.client), access.session.filter(|_| !access.offline), at)
    }

    fn ended_alone(&self, client: Option<&str>, session: Option<&SessionId>, at: Epoch) -> bool {
        self.single.iter().filter(|ended| at < ended.at).any(|ended| match &ended.what {
            One::Session(ended) => session == Some(ended),
            One::Client(ended) => client == Some(ended),
        })
    }

    /// Notes one more. Who notes it revokes whatever is left of those before, so that the oldest may go: what was granted before it and
    /// not fetched since goes with it.
    fn note(&mut self, at: Epoch, what: One) {
        self.single.retain(|ended| ended.what != what);
        self.single.push(EndedOne { at, what });
        let surplus = self.single.len().saturating_sub(NOTED);
        for oldest in self.single.drain(..surplus) {
            self.approvals = self.approvals.max(oldest.at);
        }
    }
}

impl User {
    /// Whether what was begun in the epoch `at` goes on, as far as acts of the customer end it.
    #[must_use]
    pub fn admits(&self, begun: Begun<'_>, at: Epoch) -> bool {
        !self.ended.includes(begun, at)
    }

    /// The epoch that the present password began.
    #[must_use]
    pub const fn password_epoch(&self) -> Epoch {
        self.ended.password
    }

    /// Raises the counter for `act`. The change still has to be written: [`raise_write`], or with the account as a whole.
    pub fn raise(&mut self, act: Act<'_>) {
        self.epoch = Epoch(self.epoch.0 + 1);
        let (at, ended) = (self.epoch, &mut self.ended);
        match act {
            Act::PasswordChanged { keep } | Act::SignedOutElsewhere { keep } => {
                ended.sign_ins = at;
                ended.kept = keep.cloned();
                if matches!(act, Act::PasswordChanged { .. }) {
                    ended.password = at;
                }
            }
            Act::Recovered => {
                *ended =
                    Ended { everything: at, sign_ins: at, approvals: at, password: at, ..Ended::default() }
            }
            Act::SignedOut(session) => ended.note(at, One::Session(session.clone())),
            Act::Withdrawn(client) => ended.note(at, One::Client(client.to_owned())),
            Act::Blocked => ended.everything = at,
        }
    }
}

/// The account after `act`, and the write that raises its counter: refused when the counter or the status is not as it was read.
#[must_use]
pub fn raise_write(user: &Stored<User>, act: Act<'_>) -> (User, Write) {
    let mut after = user.entity.clone();
    after.raise(act);
    let update = Update::of::<User>(user_key(&user.id))
        .set("epoch", &after.epoch)
        .set("ended", &after.ended)
        .when(&[is_in(user.epoch), Condition::text("status", user.status.name())]);
    (after, update.into())
}

/// Demands in a transaction that the account may be used, and that no act of its owner came in between: its counter is `epoch` still.
#[must_use]
pub fn current_check(user: &UserId, epoch: Epoch) -> Write {
    Write::check::<User>(user_key(user), &[Condition::text("status", Status::Active.name()), is_in(epoch)])
}

fn is_in(epoch: Epoch) -> Condition {
    Condition::number("epoch", epoch.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::offline::offline;
    use crate::clock::Timestamp;

    const SESSION: [u8; 16] = [1; 16];

    fn access<'a>(session: Option<&'a SessionId>, offline: bool) -> Access<'a> {
        Access { client: "shop", session, offline }
    }

    fn after(acts: &[Act<'_>]) -> Ended {
        let mut user = User::new(&offline(Timestamp(0)), &[]);
        acts.iter().for_each(|act| user.raise(*act));
        user.ended
    }

    #[test]
    fn a_changed_password_spares_the_session_that_changed_it_and_what_outlasts_sessions() {
        let (kept, other) = (SessionId::from_bytes(SESSION), SessionId::from_bytes([2; 16]));
        let ended = after(&[Act::PasswordChanged { keep: Some(&kept) }]);
        let before = Epoch(0);
        assert!(ended.includes(Begun::Proof, before));
        assert!(!ended.includes(Begun::Session(&kept), before));
        assert!(ended.includes(Begun::Session(&other), before));
        assert!(!ended.includes(Begun::Grant(access(Some(&kept), false)), before));
        assert!(ended.includes(Begun::Grant(access(Some(&other), false)), before));
        assert!(ended.includes(Begun::Grant(access(None, false)), before), "nobody signed in for it here");
        assert!(!ended.includes(Begun::Grant(access(Some(&other), true)), before));
        assert!(ended.includes(Begun::Approval(access(Some(&other), true)), before), "not fetched yet");
        assert!(!ended.includes(Begun::Proof, Epoch(1)), "begun after it");
    }

    #[test]
    fn nothing_outlasts_a_recovery() {
        let kept = SessionId::from_bytes(SESSION);
        let ended = after(&[Act::PasswordChanged { keep: Some(&kept) }, Act::Recovered]);
        for begun in [
            Begun::Proof,
            Begun::Session(&kept),
            Begun::Approval(access(Some(&kept), true)),
            Begun::Grant(access(Some(&kept), true)),
        ] {
            assert!(ended.includes(begun, Epoch(1)), "{begun:?}");
            assert!(!ended.includes(begun, Epoch(2)), "{begun:?}");
        }
    }

    #[test]
    fn what_ends_one_client_or_one_session_ends_no_other() {
        let (gone, other) = (SessionId::from_bytes(SESSION), SessionId::from_bytes([2; 16]));
        let ended = after(&[Act::Withdrawn("shop"), Act::SignedOut(&gone)]);
        assert!(ended.includes(Begun::Grant(access(Some(&other), true)), Epoch(0)));
        assert!(!ended.includes(Begun::Grant(access(Some(&other), true)), Epoch(1)), "allowed anew");
        let elsewhere = |session, offline| Access { client: "other", session: Some(session), offline };
        assert!(ended.includes(Begun::Approval(elsewhere(&gone, false)), Epoch(1)));
        assert!(!ended.includes(Begun::Approval(elsewhere(&gone, true)), Epoch(1)));
        assert!(!ended.includes(Begun::Approval(elsewhere(&other, false)), Epoch(1)));
        assert!(!ended.includes(Begun::Proof, Epoch(0)));
    }

    #[test]
    fn however_many_single_acts_there_were_what_waits_from_before_them_is_over() {
        let clients: Vec<String> = (0..2 * NOTED).map(|number| format!("client-{number}")).collect();
        let acts: Vec<Act<'_>> = clients.iter().map(|client| Act::Withdrawn(client)).collect();
        let ended = after(&acts);
        assert_eq!(ended.single.len(), NOTED);
        for client in &clients {
            let access = Access { client, session: None, offline: true };
            assert!(ended.includes(Begun::Approval(access), Epoch(0)), "{client}");
        }
    }
}
