//! `GET`, `POST /oauth2/logout`: a client has its customer sign out (OpenID Connect RP-Initiated Logout 1.0).

use http::{StatusCode, header};
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::hook::Cause;
use shared::http::{ContentSecurity, Params, Problem, Request, Response, repeat_with_get};
use shared::oauth::logout::{self, LogoutRequest};
use shared::page::{ClientLink, Field, Frame, Link, Locale, LoggedOut, LogoutConfirm, Page};
use shared::{session, settings};

/// The Lambda `oauth-logout`.
pub const FUNCTION: Function = Function::page("oauth-logout", |app, request| Box::pin(handle(app, request)));

/// The field that says that the customer has answered the question.
const CONFIRMED: &str = "confirm";
/// What the question hands on of the request.
const HANDED_ON: [&str; 3] = ["post_logout_redirect_uri", "state", "ui_locales"];

async fn handle(app: &App, request: Request) -> Reply {
    let params = request.params()?;
    if let Some(repeated) = repeat_with_get(&request, &params) {
        return Ok(repeated);
    }
    let asked = logout::validate(app, &params).await?;
    let sessions = session::load_all(app, &request).await?;
    let Some(session) = asked.choose(&sessions) else { return finish(app, &request, (&asked, &params)) };
    if params.get(CONFIRMED).is_some() {
        session::browser(app, &request).check(app, &request, &params).await?;
    } else if !asked.names(session) {
        return ask(app, &request, (&asked, &params)).await;
    }
    let context = request.context();
    logout::end(app, session, "signed_out", &Cause::user(&session.user, &context)).await?;
    let settings = settings::load(app).await?;
    let cookie = session::cookie_without(app, &request, session, &settings.sessions);
    Ok(finish(app, &request, (&asked, &params))?.cookie(&cookie))
}

async fn ask(app: &App, request: &Request, (asked, params): (&LogoutRequest, &Params)) -> Reply {
    let browser = session::browser(app, request);
    let handed_on = HANDED_ON.into_iter().filter_map(|name| Some((name, params.get(name)?)));
    let client = asked.client.as_ref().map(|client| ("client_id", client.id.as_str()));
    let fields = handed_on.chain(client).chain([(CONFIRMED, "yes")]);
    let frame = Frame {
        csrf: browser.csrf(app, None).await?,
        client: asked.client.as_ref().map(|client| client.display_name().to_owned()),
        ..Frame::default()
    };
    let fields =
        fields.map(|(name, value)| Field { name: name.to_owned(), value: value.to_owned() }).collect();
    let response = page(app, request, params, &Page::LogoutConfirm(LogoutConfirm { frame, fields }))?;
    Ok(browser.remember(app, response))
}

/// To where the client asked for, or to our own page.
fn finish(app: &App, request: &Request, (asked, params): (&LogoutRequest, &Params)) -> Reply {
    if let Some(address) = asked.return_to() {
        return Response::see_other(address);
    }
    let link = |client: &shared::client::Client| ClientLink {
        name: client.display_name().to_owned(),
        uri: client.links.client_uri.as_deref().and_then(Link::parse),
    };
    let client = asked.client.as_deref().map(link);
    page(app, request, params, &Page::LoggedOut(LoggedOut { client }))
}

fn page(app: &App, request: &Request, params: &Params, page: &Page) -> Reply {
    let locale = Locale::negotiate(params.get("ui_locales"), request.header(header::ACCEPT_LANGUAGE));
    let html = app.pages.render(locale, page).map_err(Problem::internal)?;
    Ok(Response::html(StatusCode::OK, html, ContentSecurity::Page))
}
