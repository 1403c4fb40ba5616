//! What came of a sign-in that is over: remembered for some minutes, for the browser that it is bound to. So a second click ends as the first
//! did, and going back or reloading leads to the application.
//!
//! Nothing is given twice. A code that the application has redeemed has arrived, and the customer is told the way on; one that it has not is
//! withdrawn in the write that gives another in its place.

use std::time::Duration;

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::FlowError;
use super::advance::AUTHORIZE;
use super::complete::{self, Completion, Ending, Within};
use super::engine::{self, Refusal, Step};
use super::progress::Progress;
use super::show;
use super::situation::{KnownRecords, Situation};
use super::transaction::Purpose;
use super::visit::{Manner, Visit};
use crate::app::App;
use crate::app::function::Reply;
use crate::client::Client;
use crate::clock::Timestamp;
use crate::http::{ContentSecurity, Problem, RequestContext, Response};
use crate::id::{SessionId, UserId};
use crate::keys::{Handle, HandleKind};
use crate::oauth::authorization::AuthorizationRequest;
use crate::oauth::codes;
use crate::page::{Answer, ClientLink, Finished, Link, Page};
use crate::session;
use crate::settings;

/// For so long a refusal is told to the application once more: later, somebody went back to look.
const REFUSAL_REPEATED: Duration = Duration::from_secs(60);
/// The parameter that says that the browser was given its session once more.
const AGAIN: &str = "again";

/// What came of a sign-in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SignInOutcome {
    /// The customer is signed in.
    SignedIn {
        /// In this session.
        session: SessionId,
        /// Who.
        user: UserId,
        /// The session's handle, sealed so that only the browser can have it: the answer that brought it may have been lost.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sealed_handle: Option<String>,
        /// The hash of the code that the client was given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// It ended without.
    Refused {
        /// Why.
        refusal: Refusal,
        /// When.
        at: Timestamp,
    },
}

impl SignInOutcome {
    pub(super) fn sealed_handle(&self) -> Option<String> {
        match self {
            Self::SignedIn { sealed_handle, .. } => sealed_handle.clone(),
            Self::Refused { .. } => None,
        }
    }
}

/// Shows what came of the visit's transaction, and leads on.
pub(super) async fn show(app: &App, visit: Visit<'_>, outcome: SignInOutcome) -> Reply {
    let progress = match &outcome {
        SignInOutcome::SignedIn { session, .. } => {
            Progress { chosen: Some(session.clone()), ..Progress::default() }
        }
        SignInOutcome::Refused { .. } => Progress::default(),
    };
    let about = (&visit.tx.purpose, &progress);
    let situation = Situation::gather(app, visit.request, about, KnownRecords::Nothing).await?;
    let client = situation.client.clone();
    let (purpose, client) = (&visit.tx.purpose, client.as_deref());
    match outcome {
        SignInOutcome::Refused { refusal, at } => {
            let recent = app.clock.now().since(at) < REFUSAL_REPEATED;
            if recent || purpose.request().is_none() {
                return show::ending(app, &visit, complete::refusal(app, (purpose, client), refusal).await?);
            }
            finished(app, &visit, client, Answer::Denied)
        }
        SignInOutcome::SignedIn { .. } if purpose.pending().is_some() => {
            let decided = complete::decided(purpose, client, Answer::Granted);
            show::ending(app, &visit, Ending::Elsewhere(decided))
        }
        SignInOutcome::SignedIn { session, user, sealed_handle, code } => {
            if situation.candidate(&progress).is_none_or(|signed_in| signed_in.session.id != session) {
                return bring_session(app, &visit, (&user, sealed_handle.as_deref())).await;
            }
            match purpose {
                Purpose::Account { page, .. } => {
                    show::ending(app, &visit, Ending::Page(page.path().to_owned()))
                }
                Purpose::Authorize(asked) if visit.request.path != AUTHORIZE && asked.is_signed() => {
                    let path = format!("{AUTHORIZE}?tx={}", visit.handle);
                    show::ending(app, &visit, Ending::Page(path))
                }
                Purpose::Authorize(asked) => {
                    answer_again(app, &visit, (asked, code.as_deref()), (progress, situation)).await
                }
                Purpose::Device(_) | Purpose::Backchannel(_) => {
                    finished(app, &visit, client, Answer::Granted)
                }
            }
        }
    }
}

/// Gives the browser its session, if the answer that brought it was lost; once, since a session may have ended as well.
async fn bring_session(app: &App, visit: &Visit<'_>, (user, sealed): (&UserId, Option<&str>)) -> Reply {
    let opened =
        sealed.filter(|_| visit.typed(AGAIN).is_empty()).and_then(|sealed| visit.browser.open(sealed));
    let handle = opened.and_then(|text| Handle::parse(HandleKind::Session, text.expose()));
    let handle = handle.filter(|handle| handle.user() == Some(user)).ok_or(FlowError::Expired)?;
    let path = format!("{}?tx={}&{AGAIN}=1", visit.request.path, visit.handle);
    let settings = settings::load(app).await?;
    let cookie = session::cookie_with(app, visit.request, &handle, &settings.sessions);
    Ok(Response::see_other(&app.config.url(&path))?.cookie(&cookie))
}

/// The client's answer with another code, if it has not redeemed the one before; else the way on.
async fn answer_again(
    app: &App,
    visit: &Visit<'_>,
    (asked, code): (&AuthorizationRequest, Option<&str>),
    (progress, situation): (Progress, Situation),
) -> Reply {
    let client = situation.client.clone();
    let over = || finished(app, visit, client.as_deref(), Answer::Granted);
    // A token that went out by way of the browser cannot be taken back.
    let Some(code) = code.filter(|_| !asked.response_type.has_access_token()) else { return over() };
    let mut facts = situation.facts.clone();
    // It was proven anew, in this transaction.
    facts.demand.login = false;
    if !engine::candidate(&progress, &facts).is_some_and(|session| engine::suffices(session, &facts)) {
        return over();
    }
    let Some(withdraw) = codes::withdraw_write(app, code).await? else { return over() };
    let (request, manner, purpose) = (visit.request, Manner::Browser, &visit.tx.purpose);
    let within = Some(Within { tx: &visit.tx, browser: &visit.browser });
    let completion = Completion {
        request,
        manner,
        purpose,
        progress: &progress,
        situation,
        changes_account: false,
        within,
    };
    let completed = complete::commit(app, completion, vec![withdraw]).await;
    let completed = visit.explain_race(app, completed).await?;
    show::ending(app, visit, completed.ending)
}

/// That it is over, and the way to the application.
fn finished(app: &App, visit: &Visit<'_>, client: Option<&Client>, answer: Answer) -> Reply {
    let context = RequestContext { locale: visit.locale(), ..visit.context.clone() };
    let client = client.map(|client| way_to(app, client, &visit.tx.purpose));
    if context.wants_json {
        let location = client.as_ref().and_then(|client| client.uri.as_ref()).map(Link::as_str);
        let location = location.map_or_else(|| app.config.url("/account"), str::to_owned);
        let body = json!({ "step": Step::Complete.name(), "location": location });
        return Response::json(StatusCode::OK, &body);
    }
    let page = Page::Finished(Finished { client, answer });
    let html = app.pages.render(context.locale, &page).map_err(Problem::internal)?;
    Ok(Response::html(StatusCode::OK, html, ContentSecurity::Page))
}

/// The client with the address at which it is best entered: where it begins a sign-in by itself (OpenID Connect Core §4), its home page,
/// or the host that it had the answer sent to.
fn way_to(app: &App, client: &Client, purpose: &Purpose) -> ClientLink {
    let mut link = ClientLink::from(client);
    let initiation = client.links.initiate_login_uri.as_deref().and_then(|uri| {
        let mut uri = url::Url::parse(uri).ok()?;
        uri.query_pairs_mut().append_pair("iss", &app.config.issuer);
        Link::parse(uri.as_str())
    });
    let host = || {
        let uri = url::Url::parse(&purpose.request()?.redirect_uri).ok()?;
        Link::parse(&uri.origin().ascii_serialization())
    };
    link.uri = initiation.or(link.uri).or_else(host);
    link
}
