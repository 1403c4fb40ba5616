//! `GET, DELETE /v1/account/sessions`, `DELETE /v1/account/sessions/{session_id}` and the page `/account/sessions`: where the customer
//! is signed in.

use http::{Method, StatusCode};
use serde_json::json;
use shared::account::{self, Visitor};
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::flow::{self, AccountPage, Purpose};
use shared::http::{Problem, Request, Response};
use shared::page::{AccountSessions, Notice, Page};

/// The Lambda `account-sessions`.
pub const FUNCTION: Function =
    Function::page("account-sessions", |app, request| Box::pin(handle(app, request)));

/// The most sessions of one answer.
const LIMIT: i32 = 100;

async fn handle(app: &App, request: Request) -> Reply {
    if request.is_api() {
        return api(app, &request).await;
    }
    match account::visitor(app, &request).await? {
        None => flow::begin(app, &request, Purpose::Account { page: AccountPage::Sessions }).await,
        Some(visitor) if request.method == Method::POST => end(app, &visitor).await,
        Some(visitor) => show(app, &visitor).await,
    }
}

async fn api(app: &App, request: &Request) -> Reply {
    let caller = account::caller(app, request).await?;
    let (user, current) = (&caller.user.id, caller.session.as_ref());
    match (&request.method, request.path_param("session_id")) {
        (&Method::DELETE, Ok(id)) => account::end_one(app, user, id, &caller.cause()).await?,
        (&Method::DELETE, Err(_)) => {
            flow::end_other_sessions(app, user, current, &caller.cause()).await?;
        }
        _ => {
            let query = request.query()?;
            let limit = limit(query.get("limit"))?;
            let (sessions, next) = account::list_sessions(app, user, (limit, query.get("after"))).await?;
            let sessions: Vec<_> =
                sessions.iter().map(|session| account::session_json(session, current)).collect();
            return Response::json(StatusCode::OK, &json!({ "sessions": sessions, "next": next }));
        }
    }
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

fn limit(asked: Option<&str>) -> Result<i32, Problem> {
    let Some(asked) = asked else { return Ok(LIMIT) };
    let limit = asked.parse().ok().filter(|limit| (1..=LIMIT).contains(limit));
    limit.ok_or_else(|| Problem::invalid_request(format!("`limit` must be a number from 1 to {LIMIT}")))
}

async fn end(app: &App, visitor: &Visitor<'_>) -> Reply {
    let form = visitor.form(app).await?;
    let (user, current) = (&visitor.user.id, &visitor.session.id);
    let notice = match form.require("action")? {
        "end" => {
            account::end_one(app, user, form.require("session")?, &visitor.cause()).await?;
            Notice::SessionEnded
        }
        "end_others" => {
            flow::end_other_sessions(app, user, Some(current), &visitor.cause()).await?;
            Notice::OtherSessionsEnded
        }
        _ => return Err(Problem::invalid_request("`action` must be end or end_others")),
    };
    account::see_other(app, AccountPage::Sessions.path(), &notice)
}

async fn show(app: &App, visitor: &Visitor<'_>) -> Reply {
    let current = &visitor.session.id;
    let (listed, _) = account::list_sessions(app, &visitor.user.id, (LIMIT, None)).await?;
    let mut sessions = Vec::new();
    for session in &listed {
        sessions.push(account::session_row(app, session, current).await?);
    }
    sessions.sort_by_key(|row| (!row.current, std::cmp::Reverse(row.seen.0)));
    let page = Page::AccountSessions(AccountSessions {
        frame: visitor.frame(app, None).await?,
        signed_in_as: visitor.user.display_name().to_owned(),
        sessions,
    });
    visitor.show(app, &page, None)
}
