//! The engine: a pure function from a flow, what was done so far, and the facts, to the next step. It decides; it reads and writes
//! nothing. `prompt`, `max_age`, `id_token_hint` and `acr_values` have the meaning of OpenID Connect Core §3.1.2.1, `prompt=create`
//! that of Initiating User Registration 1.0.

use serde::{Deserialize, Serialize};

use super::definition::{AskAccount, Flow, FlowStep, Method, Need, Task, When};
use super::facts::{Demand, Facts, SessionFacts};
use super::progress::{Decision, Progress};
use crate::assurance::Level;
use crate::identity::{IdentifierKind, NormalIdentifier};

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Choose among the accounts signed in on the browser.
    SelectAccount,
    /// Say who you are.
    Identify,
    /// Prove it by password.
    Password,
    /// Make an account.
    SignUp,
    /// Enter the code that was sent to the identifier of this kind.
    Verify(IdentifierKind),
    /// Allow the client what it asks for.
    Consent,
    /// Say which account to recover.
    Recover,
    /// Follow the link that was sent.
    FollowLink,
    /// Set a new password.
    SetPassword,
    /// Nothing: everything is done.
    Complete,
    /// Nothing: it cannot go on.
    Refuse(Refusal),
}

/// Why a flow cannot go on (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The customer said no.
    AccessDenied,
    /// The customer would have to sign in.
    LoginRequired,
    /// Another customer signed in than the one who must.
    OtherCustomer,
    /// The customer would have to choose an account.
    AccountSelectionRequired,
    /// The customer would have to consent.
    ConsentRequired,
    /// The customer would have to do something else.
    InteractionRequired,
    /// No sign-in can be as sure as the client demands.
    UnmetAuthentication,
}

impl Step {
    /// Its stable name, for the JSON face of flows.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SelectAccount => "select_account",
            Self::Identify => "identify",
            Self::Password => "password",
            Self::SignUp => "sign_up",
            Self::Verify(_) => "verify",
            Self::Consent => "consent",
            Self::Recover => "recover",
            Self::FollowLink => "follow_link",
            Self::SetPassword => "set_password",
            Self::Complete => "complete",
            Self::Refuse(_) => "refused",
        }
    }

    /// What a client that forbade any page (`prompt=none`) is told instead.
    const fn without_page(&self) -> Refusal {
        match self {
            Self::SelectAccount => Refusal::AccountSelectionRequired,
            Self::Identify | Self::Password => Refusal::LoginRequired,
            Self::Consent => Refusal::ConsentRequired,
            Self::Refuse(refusal) => *refusal,
            Self::SignUp
            | Self::Verify(_)
            | Self::Recover
            | Self::FollowLink
            | Self::SetPassword
            | Self::Complete => Refusal::InteractionRequired,
        }
    }
}

/// The next step of `flow`.
#[must_use]
pub fn next(flow: &Flow, progress: &Progress, facts: &Facts) -> Step {
    if let Some(refusal) = refusal(progress, facts) {
        return Step::Refuse(refusal);
    }
    let open = flow
        .steps
        .iter()
        .filter(|step| applies(step, facts))
        .find_map(|step| open_step(&step.task, progress, facts));
    match open {
        Some(step) if facts.demand.silent => Step::Refuse(step.without_page()),
        Some(step) => step,
        None if facts.demand.confirm && !is_answered(progress, facts) && is_proven(progress, facts) => {
            Step::Consent
        }
        // INVARIANT: whatever a flow lists, it completes only for somebody who has proven who they are.
        None if is_proven(progress, facts) => Step::Complete,
        None => Step::Refuse(Refusal::LoginRequired),
    }
}

/// The session that the flow would go on with: the chosen one, else the one that the client hints at, else the current one, unless the
/// client hints at somebody who is not signed in.
#[must_use]
pub fn candidate<'a>(progress: &Progress, facts: &'a Facts) -> Option<&'a SessionFacts> {
    let demand = &facts.demand;
    let mut possible = facts
        .sessions
        .iter()
        .filter(|session| demand.subject.as_ref().is_none_or(|subject| *subject == session.user));
    match &progress.chosen {
        Some(chosen) => possible.find(|session| session.id == *chosen),
        None if progress.other_account => None,
        None if demand.hinted => possible.find(|session| session.hinted),
        None => possible.next(),
    }
}

/// Whether `session` is as fresh and as sure as the client demands.
#[must_use]
pub fn suffices(session: &SessionFacts, facts: &Facts) -> bool {
    let demand = &facts.demand;
    let fresh =
        demand.max_age.is_none_or(|limit| limit.as_secs() > 0 && facts.now.since(session.auth_time) <= limit);
    let sure = session.level >= needed(facts).unwrap_or_default();
    fresh && sure && !demand.login
}

/// How sure the sign-in has to be: the least that the client demands, and more where it wishes for that and it can be reached. Wishes ask
/// nobody for anything where no page may be shown.
fn needed(facts: &Facts) -> Option<Level> {
    let Demand { essential, wished, silent, .. } = &facts.demand;
    let least = essential.iter().flatten().min();
    let wished = wished.iter().find(|level| **level <= facts.reachable).filter(|_| !silent);
    least.max(wished).copied()
}

fn refusal(progress: &Progress, facts: &Facts) -> Option<Refusal> {
    let demand = &facts.demand;
    if progress.consent == Some(Decision::Denied) {
        return Some(Refusal::AccessDenied);
    }
    let within = |levels: &Vec<Level>| levels.iter().any(|level| *level <= facts.reachable);
    if demand.essential.as_ref().is_some_and(|levels| !within(levels)) {
        return Some(Refusal::UnmetAuthentication);
    }
    let somebody_else = progress
        .authentication
        .as_ref()
        .is_some_and(|proven| demand.subject.as_ref().is_some_and(|subject| *subject != proven.user));
    somebody_else.then_some(Refusal::OtherCustomer)
}

fn applies(step: &FlowStep, facts: &Facts) -> bool {
    step.when.iter().all(|condition| match condition {
        When::FirstParty(wanted) => facts.client.as_ref().is_none_or(|client| client.first_party) == *wanted,
        When::ClientIn(ids) => facts.client.as_ref().is_some_and(|client| ids.contains(&client.id)),
        When::ScopeIn(scopes) => facts.demand.scopes.iter().any(|scope| scopes.contains(scope)),
    })
}

/// The step of `task` that is still open.
fn open_step(task: &Task, progress: &Progress, facts: &Facts) -> Option<Step> {
    let open = |is_open: bool, step: Step| is_open.then_some(step);
    match task {
        Task::SelectAccount { ask } => open(account_is_open(*ask, progress, facts), Step::SelectAccount),
        Task::Identify { .. } => {
            open(!is_proven(progress, facts) && progress.identified.is_none(), Step::Identify)
        }
        Task::Authenticate { methods } => match methods.first() {
            Some(Method::Password) | None => open(!is_proven(progress, facts), Step::Password),
        },
        Task::SignUp { .. } => open_sign_up(progress),
        Task::VerifyIdentifiers { kinds, need } => unproven(kinds, *need, progress, facts).map(Step::Verify),
        Task::Consent => open(consent_is_open(progress, facts), Step::Consent),
        Task::Recover { .. } => open(progress.identified.is_none(), Step::Recover),
        Task::FollowLink => open(!progress.link_followed, Step::FollowLink),
        Task::SetPassword => open(progress.authentication.is_none(), Step::SetPassword),
    }
}

/// Nothing is made before the first proof, whatever else the flow asks for.
fn open_sign_up(progress: &Progress) -> Option<Step> {
    match (&progress.authentication, &progress.sign_up) {
        (Some(_), _) => None,
        (None, Some(pending)) => pending.identifiers.first().map(|first| Step::Verify(first.kind())),
        (None, None) => Some(Step::SignUp),
    }
}

fn is_proven(progress: &Progress, facts: &Facts) -> bool {
    progress.authentication.as_ref().is_some_and(|proven| proven.acr >= needed(facts).unwrap_or_default())
        || candidate(progress, facts).is_some_and(|session| suffices(session, facts))
}

fn account_is_open(ask: AskAccount, progress: &Progress, facts: &Facts) -> bool {
    let decided = progress.chosen.is_some() || progress.other_account || progress.authentication.is_some();
    let hinted = facts.demand.subject.is_some() || facts.demand.hinted;
    let asked =
        facts.demand.select_account || (ask == AskAccount::Several && facts.sessions.len() > 1 && !hinted);
    asked && !decided && !facts.sessions.is_empty()
}

fn unproven(
    kinds: &[IdentifierKind],
    need: Need,
    progress: &Progress,
    facts: &Facts,
) -> Option<IdentifierKind> {
    let typed = progress.sign_up.iter().flat_map(|pending| &pending.identifiers).map(NormalIdentifier::kind);
    if let Some(kind) = typed.into_iter().find(|kind| kinds.contains(kind)) {
        return Some(kind);
    }
    let account = facts.account.as_ref()?;
    if need == Need::One && account.reachable {
        return None;
    }
    account.unproven.iter().find(|kind| kinds.contains(kind)).copied()
}

/// Consent is asked for when the client asks for more than was consented to before, for something in detail, or wants the customer to be asked. A client
/// gets `offline_access` only where it was consented to (Core §11); the deployment's own clients are not asked for, by the flow.
fn consent_is_open(progress: &Progress, facts: &Facts) -> bool {
    if facts.client.is_none() || is_answered(progress, facts) {
        return false;
    }
    let demand = &facts.demand;
    demand.consent || demand.details || !demand.scopes.iter().all(|scope| facts.consented.contains(scope))
}

/// Whether the account that the flow is about now has said yes or no.
fn is_answered(progress: &Progress, facts: &Facts) -> bool {
    progress.consent.as_ref().is_some_and(|decision| match decision {
        Decision::Granted { by, .. } => facts.account.as_ref().is_some_and(|account| account.user == *by),
        Decision::Denied => true,
    })
}
