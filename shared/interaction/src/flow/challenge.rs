//! The authorization challenge (draft-ietf-oauth-first-party-apps-03 §5): an application of the deployment's own shows the steps
//! itself and sends what the customer entered. The same flows, the same engine, the same steps as in a browser; what is next is told
//! as the error `insufficient_authorization`, what cannot be asked in an application as `redirect_to_web`.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::advance::{Change, advance, where_at};
use super::complete::Ending;
use super::engine::Step;
use super::show::{self, Face, Outcome, Shown};
use super::steps;
use super::transaction::{self, Application, Purpose, Transaction};
use super::visit::Visit;
use crate::app::App;
use crate::app::function::Reply;
use crate::client::Client;
use crate::http::{Params, Problem, Request, Response};
use crate::oauth::authorization::AuthorizationRequest;
use crate::oauth::dpop;
use crate::store::{self, Stored, Write};

/// An application's request, once it has proven who it is.
pub struct Answering<'a> {
    /// What it sends; without cookies.
    pub request: &'a Request,
    /// Its parameters.
    pub params: Params,
    /// Who it is.
    pub client: &'a Client,
    /// The thumbprint of the key that it proved to hold with this request.
    pub jkt: Option<String>,
}

/// Whose transaction `auth_session` is: an application need not name itself again (§5.1).
///
/// # Errors
/// `invalid_session`, or a fault of ours.
pub async fn client_of(app: &App, auth_session: &str) -> Result<String, Problem> {
    let found = transaction::load_driven(app, auth_session).await?;
    let application = found.and_then(|tx| tx.entity.application).ok_or_else(invalid_session)?;
    Ok(application.client)
}

fn invalid_session() -> Problem {
    Problem::bad_request("invalid_session", "the `auth_session` is over or another's")
}

/// Begins a flow for `asked`, or goes on with the one of `auth_session`, by what the request answers.
///
/// # Errors
/// `invalid_session` (§5.2.2.1), `unauthorized_client`, or a fault of ours.
pub async fn challenge(
    app: &App,
    answering: Answering<'_>,
    begin: impl AsyncFnOnce(&Params) -> Result<AuthorizationRequest, Problem>,
) -> Reply {
    let Answering { request, params, client, jkt } = answering;
    if !client.challenge {
        let detail = "the client may not show the steps of a sign-in itself";
        return Err(Problem::bad_request("unauthorized_client", detail));
    }
    let application = Application { client: client.id.clone(), jkt };
    let (handle, tx) = match params.get("auth_session") {
        Some(auth_session) => (auth_session.to_owned(), resume(app, auth_session, &application).await?),
        None => {
            let asked = bind(begin(&params).await?, application.jkt.as_deref())?;
            let purpose = Purpose::Authorize(Box::new(asked));
            let (transaction, handle) = Transaction::drive(app, application, purpose).await?;
            store::write(app, Write::create(&transaction)).await?;
            (handle.expose().to_owned(), Stored { entity: transaction, rev: 1 })
        }
    };
    answer(app, Visit::driven(app, (request, params), (handle, tx))).await
}

/// The request with the key that the code will be bound to: the one that was proven to be held (RFC 9449 §10.1).
fn bind(mut asked: AuthorizationRequest, jkt: Option<&str>) -> Result<AuthorizationRequest, Problem> {
    asked.dpop_jkt = dpop::key_of_code(asked.dpop_jkt.as_deref(), jkt)?.map(str::to_owned);
    Ok(asked)
}

/// The transaction, if it is this application's and, where it was begun with a key, the same key's (§9.7.1).
async fn resume(
    app: &App,
    auth_session: &str,
    application: &Application,
) -> Result<Stored<Transaction>, Problem> {
    let found = transaction::load_driven(app, auth_session).await?;
    let own = found.filter(|tx| {
        tx.application.as_ref().is_some_and(|begun| {
            begun.client == application.client && (begun.jkt.is_none() || begun.jkt == application.jkt)
        })
    });
    own.ok_or_else(invalid_session)
}

/// Does the step that the request answers, or says what it is.
async fn answer(app: &App, visit: Visit<'_>) -> Reply {
    let (step, situation) = where_at(app, &visit).await?;
    let answered = |field: &str| !visit.typed(field).is_empty();
    match step {
        Step::Identify if answered("identifier") && answered("password") => {
            steps::identify_and_password(app, visit).await
        }
        Step::Identify if answered("identifier") => steps::identify(app, visit).await,
        Step::Password if answered("password") => steps::password(app, visit).await,
        // What was typed at sign-up is corrected by sending it again.
        Step::SignUp | Step::Verify(_) if answered("email") => steps::sign_up(app, visit).await,
        Step::Verify(_) if answered("code") || answered("action") => steps::verify(app, visit).await,
        Step::Complete | Step::Refuse(_) => advance(app, visit, Change::default()).await,
        step => show::step(app, &visit, Shown { step, situation, outcome: Outcome::default() }).await,
    }
}

/// Whether an application can show `step`. What is left has to be asked where the customer sees that it is us who ask, or what
/// is signed in already.
pub(super) fn is_native(step: &Step) -> bool {
    match step {
        Step::Identify | Step::Password | Step::SignUp | Step::Verify(_) => true,
        Step::SelectAccount
        | Step::Consent
        | Step::Recover
        | Step::FollowLink
        | Step::SetPassword
        | Step::Complete
        | Step::Refuse(_) => false,
    }
}

/// `redirect_to_web` (§5.2.2.1): the application begins anew in a browser.
pub(super) fn redirect_to_web() -> Reply {
    let detail = "this has to be asked in a browser: begin at the authorization endpoint";
    Err(Problem::bad_request("redirect_to_web", detail))
}

/// `insufficient_authorization` (§5.2.2.1) with the step that is next, what it needs, and what was wrong with the last attempt.
pub(super) fn insufficient(face: Face<'_>) -> Reply {
    let mut fields = serde_json::to_value(&face.page).map_err(Problem::internal)?;
    if let Value::Object(members) = &mut fields {
        members.remove("frame");
    }
    let mut body = json!({
        "error": "insufficient_authorization",
        "error_description": format!("the next step is '{}'", face.step),
        "auth_session": face.frame.tx,
        "step": face.step,
        "fields": fields,
    });
    if let Some(notice) = &face.frame.notice {
        body["notice"] = json!(notice);
    }
    let Some(wrong) = face.wrong else { return Response::json(StatusCode::BAD_REQUEST, &body) };
    body["errors"] = json!(wrong.errors());
    let status = match wrong.status() {
        StatusCode::TOO_MANY_REQUESTS => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::BAD_REQUEST,
    };
    Ok(wrong.with_retry_after(Response::json(status, &body)?))
}

/// The code (§5.2.1), or why there is none.
pub(super) fn ended(ending: Ending) -> Reply {
    let Ending::Client(response) = ending else { return redirect_to_web() };
    match response.code() {
        Some(code) => Response::json(StatusCode::OK, &json!({ "authorization_code": code })),
        None => {
            let told: Map<String, Value> = response.error().collect();
            Response::json(StatusCode::BAD_REQUEST, &told)
        }
    }
}
