//! A signed-in customer at a page of the account centre.

use http::StatusCode;

use super::notice;
use crate::app::App;
use crate::app::function::Reply;
use crate::flow::Wrong;
use crate::hook::Cause;
use crate::http::{ContentSecurity, Params, Problem, Request, RequestContext, Response};
use crate::identity::{self, User};
use crate::page::{Frame, Page};
use crate::session::{self, Browser, Session};
use crate::store::{self, Stored};

/// A signed-in customer.
pub struct Visitor<'a> {
    /// The request.
    pub request: &'a Request,
    /// What outlives it.
    pub context: RequestContext,
    /// The customer.
    pub user: Stored<User>,
    /// The session of this browser.
    pub session: Session,
    browser: Browser,
}

/// Who is signed in on the browser that sent `request`; nobody, where a sign-in has to come first.
///
/// # Errors
/// When the store does not answer.
pub async fn visitor<'a>(app: &App, request: &'a Request) -> Result<Option<Visitor<'a>>, Problem> {
    let Some(session) = session::load_all(app, request).await?.into_iter().next() else { return Ok(None) };
    let Some(user) = identity::load(app, &session.user).await? else { return Ok(None) };
    if !user.is_active(app.clock.now()) {
        return Ok(None);
    }
    if let Some(touch) = session::touch_write(app, &session, None).await? {
        match store::write(app, touch).await {
            Err(error) if error.is_refused() => return Ok(None), // it has just ended
            other => other?,
        }
    }
    let browser = session::browser(app, request);
    Ok(Some(Visitor { request, context: request.context(), user, session: session.entity, browser }))
}

impl Visitor<'_> {
    /// The form that was posted, checked against forgery.
    ///
    /// # Errors
    /// 400 for a malformed request, 403 for a forged one.
    pub async fn form(&self, app: &App) -> Result<Params, Problem> {
        let params = self.request.form_or_json()?;
        self.browser.check(app, self.request, &params).await?;
        Ok(params)
    }

    /// The customer as the cause of a change.
    #[must_use]
    pub fn cause(&self) -> Cause<'_> {
        Cause::user(&self.user.id, &self.context)
    }

    /// The frame of a page of theirs, with what is wrong with the last attempt, or what was done.
    ///
    /// # Errors
    /// When a key cannot be had.
    pub async fn frame(&self, app: &App, wrong: Option<&Wrong>) -> Result<Frame, Problem> {
        Ok(Frame {
            csrf: self.browser.csrf(app, None).await?,
            errors: wrong.map(|wrong| wrong.errors().to_vec()).unwrap_or_default(),
            notice: notice::of(app, self.request),
            ..Frame::default()
        })
    }

    /// The page, in the customer's language.
    ///
    /// # Errors
    /// A fault of ours, when it cannot be rendered.
    pub fn show(&self, app: &App, page: &Page, wrong: Option<&Wrong>) -> Reply {
        let locale = self.user.locale().unwrap_or(self.context.locale);
        let html = app.pages.render(locale, page).map_err(Problem::internal)?;
        let status = wrong.map_or(StatusCode::OK, Wrong::status);
        let response = Response::html(status, html, ContentSecurity::Page);
        let response = wrong.into_iter().fold(response, |response, wrong| wrong.with_retry_after(response));
        Ok(notice::forget(app, self.request, self.browser.remember(app, response)))
    }
}
