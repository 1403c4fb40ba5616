//! The end of a flow: the session, the consent, the client's code, the events, and the transaction consumed, all in one write.

use std::borrow::Cow;

use http::StatusCode;
use serde_json::json;

use super::FlowError;
use super::engine;
use super::outcome::SignInOutcome;
use super::progress::{Decision, Progress};
use super::situation::Situation;
use super::transaction::{Purpose, Transaction};
use super::visit::Manner;
use crate::app::App;
use crate::app::function::Reply;
use crate::assurance::Level;
use crate::client::Client;
use crate::consent;
use crate::hook::{Cause, EventKind};
use crate::http::{ContentSecurity, Problem, Request, RequestContext, Response, SetCookie};
use crate::identity::{self, Access, Begun, User};
use crate::keys::Handle;
use crate::oauth::authorization::{AuthorizationResponse, ErrorCode, Granted, Refusal, issue};
use crate::oauth::pending;
use crate::page::{Answer, ClientLink, Decided, Fault, Page, Place};
use crate::session::{self, Authentication, Browser, Session, Start};
use crate::settings;
use crate::store::{self, Stored, Write};

/// A flow that has nothing more to ask.
pub(super) struct Completion<'a> {
    pub(super) request: &'a Request,
    pub(super) manner: Manner,
    pub(super) purpose: &'a Purpose,
    pub(super) progress: &'a Progress,
    pub(super) situation: Situation,
    /// Whether the writes of its last step change the account, on the condition that it is as it was read.
    pub(super) changes_account: bool,
    /// The transaction that ends with it, if it needed one.
    pub(super) within: Option<Within<'a>>,
}

/// The transaction that ends, and the browser that it is bound to.
#[derive(Clone, Copy)]
pub(super) struct Within<'a> {
    pub(super) tx: &'a Stored<Transaction>,
    pub(super) browser: &'a Browser,
}

/// Where a flow that is over leads.
pub(super) enum Ending {
    /// Back to the client.
    Client(AuthorizationResponse),
    /// To a page of ours.
    Page(String),
    /// Nowhere: what was asked for elsewhere goes on there.
    Elsewhere(Decided),
}

impl Ending {
    pub(super) fn respond(self, app: &App, context: &RequestContext) -> Reply {
        match self {
            Self::Client(response) => response.respond(app, context),
            Self::Page(path) => Response::see_other(&app.config.url(&path)),
            Self::Elsewhere(decided) => {
                let page = Page::Decided(decided);
                let html = app.pages.render(context.locale, &page).map_err(Problem::internal)?;
                Ok(Response::html(StatusCode::OK, html, ContentSecurity::Page))
            }
        }
    }
}

/// A flow that was completed: where it leads, and the cookies to set.
pub(super) struct Completed {
    pub(super) ending: Ending,
    pub(super) cookies: Vec<SetCookie>,
}

/// The writes of the session that is begun or gone on with.
struct SessionWrites {
    session: Session,
    writes: Vec<Write>,
    cookies: Vec<SetCookie>,
    /// Its handle, where that is new.
    handle: Option<Handle>,
}

/// Completes a flow that needed no transaction: a single sign-on. A warm one costs two reads and one write.
pub(super) async fn at_once(app: &App, completion: Completion<'_>) -> Reply {
    let context = completion.request.context();
    let completed = commit(app, completion, Vec::new()).await?;
    completed.ending.respond(app, &context)
}

/// Completes the flow in one transaction with `writes`, which are those of its last step.
pub(super) async fn commit(
    app: &App,
    completion: Completion<'_>,
    writes: Vec<Write>,
) -> Result<Completed, FlowError> {
    let Completion { request, manner, purpose, progress, mut situation, changes_account, within } =
        completion;
    let context = request.context();
    let client = purpose.client_id();
    let mut session_writes = match &progress.authentication {
        Some(authentication) => {
            begin_session(app, (request, manner), (authentication, client), &mut situation).await?
        }
        None => {
            let candidate = situation.candidate(progress).ok_or(FlowError::Expired)?;
            let session = candidate.session.entity.clone();
            let writes = session::touch_write(app, &session, client).await?.into_iter().collect();
            SessionWrites { session, writes, cookies: Vec::new(), handle: None }
        }
    };
    let cause = Cause::user(&session_writes.session.user, &context);
    let mut all = writes;
    all.append(&mut session_writes.writes);
    // The yes of another account of the browser counts for nothing: this one has allowed it all before, or the engine would have asked.
    let account = situation.account.as_ref().ok_or(FlowError::Expired)?;
    match (client, &progress.consent, situation.consent) {
        (Some(client), Some(Decision::Granted { by, epoch }), known) if *by == account.id => {
            let access = Access { client, session: None, offline: true };
            if !account.admits(Begun::Approval(access), *epoch) {
                return Err(FlowError::Expired); // they have withdrawn it since
            }
            let granted = (&account.id, client, situation.facts.demand.scopes.as_slice());
            all.extend(consent::grant_writes(app, known, granted, &cause));
        }
        // What is relied on must be there still. Where the account was read before it, its counter tells that.
        (Some(_), _, Some(known)) if progress.authentication.is_some() => {
            all.push(consent::unchanged_check(&known));
        }
        (Some(_) | None, _, _) => {}
    }
    let ending = match purpose {
        Purpose::Authorize(asked) => {
            let client = situation.client.as_ref().ok_or(FlowError::Expired)?;
            let granted = Granted { request: asked, client, session: &session_writes.session, user: account };
            let (given, response) = issue(app, granted, &cause).await?;
            all.extend(given);
            Ending::Client(response)
        }
        Purpose::Account { page, .. } => Ending::Page(page.path().to_owned()),
        Purpose::Device(_) | Purpose::Backchannel(_) => {
            if let Some(pending) = purpose.pending() {
                all.push(pending::grant_write(app, pending, &session_writes.session, account));
                all.extend(pending.decided_write(app, &cause));
            }
            Ending::Elsewhere(decided(purpose, situation.client.as_deref(), Answer::Granted))
        }
    };
    all.extend(within.map(|within| end_write(app, within, &session_writes, &ending)));
    // No act of the customer may have come in between. A code that is written by itself is held against the account when it is redeemed.
    if all.len() > 1 && !changes_account {
        all.push(identity::current_check(&account.id, account.epoch));
    }
    store::write_or_same(app, all).await.map_err(FlowError::of_race)?;
    Ok(Completed { ending, cookies: session_writes.cookies })
}

/// The write that ends the transaction: an application's is gone, a browser's is remembered with what came of it.
fn end_write(app: &App, within: Within<'_>, started: &SessionWrites, ending: &Ending) -> Write {
    let Within { tx, browser } = within;
    if tx.application.is_some() {
        return Write::consume(tx);
    }
    let code = match ending {
        Ending::Client(response) => response.code_hash().map(str::to_owned),
        Ending::Page(_) | Ending::Elsewhere(_) => None,
    };
    let fresh = started.handle.as_ref().map(|handle| browser.seal(app, handle.expose()));
    let sealed_handle = fresh.or_else(|| tx.outcome.as_ref().and_then(SignInOutcome::sealed_handle));
    let (session, user) = (started.session.id.clone(), started.session.user.clone());
    let outcome = SignInOutcome::SignedIn { session, user, sealed_handle, code };
    Transaction::finish_write(app, tx, outcome)
}

async fn begin_session(
    app: &App,
    (request, manner): (&Request, Manner),
    (authentication, client): (&Authentication, Option<&str>),
    situation: &mut Situation,
) -> Result<SessionWrites, FlowError> {
    let context = request.context();
    let user = &authentication.user;
    let earlier = situation.sessions.iter().find(|signed_in| signed_in.session.user == *user);
    let earlier = earlier.map(|signed_in| &signed_in.session.entity);
    let started = session::start(app, &context, &Start { authentication, earlier, client }).await?;
    let mut writes = started.writes;
    let event = Cause::user(user, &context).event(app, EventKind::SignInSucceeded);
    let facts =
        json!({ "session": started.session.id, "amr": authentication.amr, "acr": authentication.acr });
    let event = client.into_iter().fold(event.with(facts), |event, client| event.of_client(client));
    writes.push(event.announce());
    if manner == Manner::Application {
        // It keeps tokens, not cookies: neither the session nor the device would ever be presented.
        return Ok(SessionWrites { session: started.session, writes, cookies: Vec::new(), handle: None });
    }
    let mut device = session::device(app, request);
    let known = situation.device.take();
    writes.extend(device.note(app, known, (user, &context.user_agent)).await?);
    let settings = settings::load(app).await?;
    let mut cookies = vec![session::cookie_with(app, request, &started.handle, &settings.sessions)];
    cookies.extend(device.cookie(app, &settings.sessions));
    Ok(SessionWrites { session: started.session, writes, cookies, handle: Some(started.handle) })
}

/// What a customer has proven by password just now.
pub(super) fn by_password(app: &App, account: &User) -> Authentication {
    Authentication {
        user: account.id.clone(),
        at: app.clock.now(),
        epoch: account.epoch,
        amr: vec!["pwd".to_owned()],
        acr: Level::Aal1,
    }
}

/// Where a flow leads that cannot go on.
pub(super) async fn refusal(
    app: &App,
    (purpose, client): (&Purpose, Option<&Client>),
    refusal: engine::Refusal,
) -> Result<Ending, Problem> {
    let (code, detail) = words(refusal);
    match purpose {
        Purpose::Authorize(asked) => {
            let refusal = Refusal::new(code, Cow::Borrowed(detail));
            Ok(Ending::Client(asked.refuse(app, &refusal).await?))
        }
        Purpose::Account { .. } => Err(Problem::forbidden("access_denied", detail)),
        Purpose::Device(_) | Purpose::Backchannel(_) if refusal == engine::Refusal::AccessDenied => {
            Ok(Ending::Elsewhere(decided(purpose, client, Answer::Denied)))
        }
        Purpose::Device(_) | Purpose::Backchannel(_) => {
            let problem = Problem::forbidden("access_denied", detail);
            let other = refusal == engine::Refusal::OtherCustomer;
            Err(if other { problem.saying(Fault::OtherCustomer) } else { problem })
        }
    }
}

pub(super) fn decided(purpose: &Purpose, client: Option<&Client>, answer: Answer) -> Decided {
    let place = match purpose {
        Purpose::Device(_) => Place::Device,
        Purpose::Backchannel(_) | Purpose::Authorize(_) | Purpose::Account { .. } => Place::Application,
    };
    Decided { client: client.map(ClientLink::from).unwrap_or_default(), place, answer }
}

/// The writes that go with the refusal of a flow: who waits elsewhere learns that the customer said no.
pub(super) fn refusal_writes(
    app: &App,
    purpose: &Purpose,
    refusal: engine::Refusal,
    cause: &Cause<'_>,
) -> Vec<Write> {
    match purpose.pending().filter(|_| refusal == engine::Refusal::AccessDenied) {
        Some(pending) => {
            let deny = pending::deny_write(app, pending);
            std::iter::once(deny).chain(pending.decided_write(app, cause)).collect()
        }
        None => Vec::new(),
    }
}

const fn words(refusal: engine::Refusal) -> (ErrorCode, &'static str) {
    match refusal {
        engine::Refusal::AccessDenied => (ErrorCode::AccessDenied, "the customer withheld consent"),
        engine::Refusal::LoginRequired => (ErrorCode::LoginRequired, "the customer would have to sign in"),
        engine::Refusal::OtherCustomer => {
            (ErrorCode::LoginRequired, "another customer signed in than the one who must")
        }
        engine::Refusal::AccountSelectionRequired => {
            (ErrorCode::AccountSelectionRequired, "the customer would have to choose an account")
        }
        engine::Refusal::ConsentRequired => {
            (ErrorCode::ConsentRequired, "the customer would have to give consent")
        }
        engine::Refusal::InteractionRequired => {
            (ErrorCode::InteractionRequired, "the customer would have to do something first")
        }
        engine::Refusal::UnmetAuthentication => {
            (ErrorCode::UnmetAuthenticationRequirements, "no sign-in here reaches the `acr` that is demanded")
        }
    }
}
