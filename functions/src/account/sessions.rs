//! `GET`, `DELETE /v1/account/sessions` and `DELETE /v1/account/sessions/{session_id}` for clients, `GET`, `POST /account/sessions` for
//! browsers: where the customer is signed in.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use shared::account::{self, AccountError, Caller, Entry, Seen, Visitor};
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::{self, AccountPage, Rejection};
use shared::http::{Request, Response};
use shared::page::{AccountSessions, Notice, Page};

/// The Lambda `account-sessions`.
pub const FUNCTION: Function =
    Function::page("account-sessions", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    if request.is_api() { api(app, &request).await } else { page(app, &request).await }
}

async fn api(app: &App, request: &Request) -> Reply {
    let caller = account::caller(app, request).await?;
    if request.method != Method::DELETE {
        return list(app, request, &caller).await;
    }
    caller.check_fresh(app).await?;
    caller.count(app).await?;
    match request.path_param("session_id") {
        Ok(id) => account::end_one(app, &caller.user, id, &caller.cause()).await?,
        Err(_) => {
            let keep = caller.session.as_ref();
            flow::end_other_sessions(app, &caller.user, keep, &caller.cause()).await?;
        }
    }
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

async fn list(app: &App, request: &Request, caller: &Caller) -> Reply {
    let query = request.query()?;
    let part = (query.get("limit"), query.get("after"));
    let (sessions, next) = account::list_sessions(app, &caller.user, part).await?;
    let sessions: Vec<Value> = sessions.iter().map(|seen| seen.json(caller.session.as_ref())).collect();
    Response::json(StatusCode::OK, &json!({ "sessions": sessions, "next": next }))
}

async fn page(app: &App, request: &Request) -> Reply {
    let visitor = match account::enter(app, request, AccountPage::Sessions).await? {
        Entry::SignedIn(visitor) => visitor,
        Entry::SignedOut(response) => return Ok(response),
    };
    if request.method != Method::POST {
        return show(app, &visitor, None).await;
    }
    if let Some(way) = visitor.refresh(app, AccountPage::Sessions).await? {
        return Ok(way);
    }
    match end(app, &visitor).await {
        Ok(notice) => account::see_other(app, AccountPage::Sessions.path(), &notice),
        Err(error) => show(app, &visitor, Some(&error.shown()?)).await,
    }
}

async fn end(app: &App, visitor: &Visitor<'_>) -> Result<Notice, AccountError> {
    visitor.count(app).await?;
    let (user, cause) = (&visitor.user, visitor.cause());
    match visitor.typed("action") {
        "end" => match account::end_one(app, user, visitor.typed("session"), &cause).await {
            // Pressed twice, or ended elsewhere meanwhile: it is as was wished.
            Ok(()) | Err(AccountError::NoSession) => Ok(Notice::SessionEnded),
            Err(error) => Err(error),
        },
        "end_others" => {
            flow::end_other_sessions(app, user, Some(&visitor.session.id), &cause).await?;
            Ok(Notice::OtherSessionsEnded)
        }
        _ => Err(AccountError::Action),
    }
}

async fn show(app: &App, visitor: &Visitor<'_>, wrong: Option<&Rejection>) -> Reply {
    let own = &visitor.session;
    let (mut sessions, _) = account::list_sessions(app, &visitor.user, (None, None)).await?;
    sessions.retain(|seen| seen.session.id != own.id);
    sessions.sort_by_key(|seen| std::cmp::Reverse(seen.session.last_seen_at));
    sessions.insert(0, account::seen_on(app, own.clone()).await?);
    let page = AccountSessions {
        frame: visitor.frame(app, wrong).await?,
        signed_in_as: visitor.user.display_name().to_owned(),
        sessions: sessions.iter().map(|seen: &Seen| seen.row(&own.id)).collect(),
    };
    visitor.show(app, &Page::AccountSessions(page), wrong)
}
