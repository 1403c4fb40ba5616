//! `GET`, `POST /oauth2/logout`: a client has its customer sign out (OpenID Connect RP-Initiated Logout 1.0), or the customer does at the
//! account centre.

use http::{StatusCode, header};
use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::hook::Cause;
use shared::http::{ContentSecurity, Params, Problem, Request, Response, repeat_with_get};
use shared::oauth::logout::{self, Frames, LogoutRequest};
use shared::page::{ClientLink, Field, Frame, Locale, LoggedOut, LogoutConfirm, Page};
use shared::session::{self, Session, SignedIn};
use shared::settings;

/// The Lambda `oauth-logout`.
pub const FUNCTION: Function = Function::page("oauth-logout", |app, request| Box::pin(handle(app, request)));

/// The field that says that the customer has answered the question.
const CONFIRMED: &str = "confirm";
/// What the question hands on of the request.
const HANDED_ON: [&str; 3] = ["post_logout_redirect_uri", "state", "ui_locales"];

/// A request, read and understood.
struct Visit<'a> {
    request: &'a Request,
    params: Params,
    asked: LogoutRequest,
}

async fn handle(app: &App, request: Request) -> Reply {
    let params = request.params()?;
    if let Some(repeated) = repeat_with_get(&request, &params) {
        return Ok(repeated);
    }
    let asked = logout::validate(app, &params).await?;
    let sessions = session::load_all(app, &request).await?;
    let visit = Visit { request: &request, params, asked };
    if visit.params.get(CONFIRMED).is_some() {
        session::browser(app, &request).check(app, &request, &visit.params).await?;
        // The question named the session that it was about; the browser may be in another one since.
        let answered = visit.params.get("tx");
        return match sessions.iter().find(|signed_in| Some(signed_in.session.id.as_str()) == answered) {
            Some(signed_in) => end(app, &visit, signed_in).await,
            None => finish(app, &visit, Frames::default(), Onward::Goes),
        };
    }
    match visit.asked.choose(app, &sessions).await? {
        Some(signed_in) if visit.asked.names(&signed_in.session) => end(app, &visit, signed_in).await,
        Some(signed_in) => ask(app, &visit, &signed_in.session).await,
        // Anybody can make such an address, and would have our name on a link to wherever a client may return.
        None if !visit.asked.is_proven() => finish(app, &visit, Frames::default(), Onward::Waits),
        None => finish(app, &visit, Frames::default(), Onward::Goes),
    }
}

async fn end(app: &App, visit: &Visit<'_>, signed_in: &SignedIn) -> Reply {
    let context = visit.request.context();
    let ended = logout::end(app, signed_in, "signed_out", &Cause::user(&signed_in.user.id, &context)).await?;
    let frames = logout::frames(app, &ended).await?;
    let settings = settings::load(app).await?;
    let cookie = session::cookie_without(app, visit.request, &ended, &settings.sessions);
    Ok(finish(app, visit, frames, Onward::Goes)?.cookie(&cookie))
}

async fn ask(app: &App, visit: &Visit<'_>, session: &Session) -> Reply {
    let Visit { request, params, asked } = visit;
    let browser = session::browser(app, request);
    let handed_on = HANDED_ON.into_iter().filter_map(|name| Some((name, params.get(name)?)));
    let client = asked.client.as_ref().map(|client| ("client_id", client.id.as_str()));
    let fields = handed_on.chain(client).chain([(CONFIRMED, "yes")]);
    let frame = Frame {
        csrf: browser.csrf(app, Some(session.id.as_str())).await?,
        tx: Some(session.id.to_string()),
        client: asked.client.as_ref().map(|client| client.display_name().to_owned()),
        ..Frame::default()
    };
    let fields =
        fields.map(|(name, value)| Field { name: name.to_owned(), value: value.to_owned() }).collect();
    let html = render(app, visit, &Page::LogoutConfirm(LogoutConfirm { frame, fields }))?;
    Ok(browser.remember(app, Response::html(StatusCode::OK, html, ContentSecurity::Page)))
}

/// Whether the browser goes on by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Onward {
    /// It does.
    Goes,
    /// When the customer wants it.
    Waits,
}

/// To where the client asked for, or to our own page; by way of our own page where clients are told by it.
fn finish(app: &App, visit: &Visit<'_>, frames: Frames, goes: Onward) -> Reply {
    let onward = visit.asked.return_to();
    if let Some(address) = onward.filter(|_| frames.is_empty() && goes == Onward::Goes) {
        return Response::see_other(address);
    }
    let client = visit.asked.client.as_deref().map(ClientLink::from);
    let Frames { links, origins } = frames;
    let page =
        LoggedOut { client, frames: links, onward: onward.map(str::to_owned), waits: goes == Onward::Waits };
    let html = render(app, visit, &Page::LoggedOut(page))?;
    Ok(Response::html(StatusCode::OK, html, ContentSecurity::Page).framing(&origins))
}

fn render(app: &App, visit: &Visit<'_>, page: &Page) -> Result<String, Problem> {
    let accepted = visit.request.header(header::ACCEPT_LANGUAGE);
    let locale = Locale::negotiate(visit.params.get("ui_locales"), accepted);
    app.pages.render(locale, page).map_err(Problem::internal)
}
