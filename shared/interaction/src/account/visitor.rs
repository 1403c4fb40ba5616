//! A signed-in customer at a page of the account centre.

use http::{Method, StatusCode};

use super::{AccountError, notice};
use crate::app::App;
use crate::app::function::Reply;
use crate::flow::{self, AccountPage, Purpose, Rejection};
use crate::hook::Cause;
use crate::http::{ContentSecurity, Params, Problem, Request, RequestContext, Response};
use crate::identity::User;
use crate::limit::{self, Bucket, LimitError};
use crate::page::{Frame, Locale, Page};
use crate::session::{self, Browser, Session, SessionError, SignedIn};
use crate::settings;
use crate::store::{self, Stored};

/// A signed-in customer.
pub struct Visitor<'a> {
    /// What outlives the request.
    pub context: RequestContext,
    /// What the form says; empty where the page is just looked at.
    pub params: Params,
    /// The customer.
    pub user: Stored<User>,
    /// The session of this browser.
    pub session: Session,
    request: &'a Request,
    browser: Browser,
}

/// What comes of knocking at the account centre.
pub enum Entry<'a> {
    /// A signed-in customer enters; a form was checked against forgery.
    SignedIn(Box<Visitor<'a>>),
    /// Nobody is signed in: the way to the sign-in, which leads back to the page.
    SignedOut(Response),
}

/// Lets a customer enter `page`, to look at it or with a form.
///
/// # Errors
/// 400 for a malformed request, 403 for a forged one, or when the store does not answer.
pub async fn enter<'a>(app: &App, request: &'a Request, page: AccountPage) -> Result<Entry<'a>, Problem> {
    let Some((session, user)) = signed_in(app, request).await? else {
        return Ok(Entry::SignedOut(flow::begin(app, request, Purpose::account(page)).await?));
    };
    let browser = session::browser(app, request);
    let params = if request.method == Method::POST { request.form()? } else { Params::default() };
    let visitor = Visitor { context: request.context(), params, user, session, request, browser };
    if request.method == Method::POST {
        visitor.check(app).await?;
    }
    Ok(Entry::SignedIn(Box::new(visitor)))
}

/// The first session of the browser whose customer may use the account; noted as used.
async fn signed_in(app: &App, request: &Request) -> Result<Option<(Session, Stored<User>)>, AccountError> {
    for SignedIn { session, user } in session::load_all(app, request).await? {
        if !user.is_active(app.clock.now()) {
            continue;
        }
        if let Some(touch) = session::touch_write(app, &session, None).await? {
            match store::write(app, touch).await {
                Err(error) if error.is_refused() => continue, // it has just ended
                other => other?,
            }
        }
        return Ok(Some((session.entity, user)));
    }
    Ok(None)
}

impl Visitor<'_> {
    /// The way to prove anew who one is, where that was too long ago; it leads back to `page`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn refresh(&self, app: &App, page: AccountPage) -> Result<Option<Response>, Problem> {
        let fresh = settings::load(app).await?.sessions.fresh;
        if self.session.age(app.clock.now()) <= fresh {
            return Ok(None);
        }
        Ok(Some(flow::begin(app, self.request, Purpose::Account { page, anew: true }).await?))
    }

    /// Refuses a form of another site, of another browser, or of another session: who has switched accounts since must not change
    /// the one by a form of the other.
    async fn check(&self, app: &App) -> Result<(), Problem> {
        let again = |problem: Problem| problem.leading_to(self.request.path.clone());
        self.browser.check(app, self.request, &self.params).await.map_err(again)?;
        if self.params.get("tx") != Some(self.session.id.as_str()) {
            return Err(again(SessionError::Forged.into()));
        }
        Ok(())
    }

    /// Counts a change of the account.
    ///
    /// # Errors
    /// When there were too many.
    pub async fn count(&self, app: &App) -> Result<(), LimitError> {
        limit::take(app, Bucket::Account, self.user.id.as_str()).await
    }

    /// A field of the form, or nothing.
    #[must_use]
    pub fn typed(&self, name: &str) -> &str {
        self.params.get(name).unwrap_or_default()
    }

    /// The customer as the cause of a change.
    #[must_use]
    pub fn cause(&self) -> Cause<'_> {
        Cause::user(&self.user.id, &self.context)
    }

    /// The language of the page: the customer's, else the browser's.
    #[must_use]
    pub fn locale(&self) -> Locale {
        self.user.locale().unwrap_or(self.context.locale)
    }

    /// The frame of a page of theirs, with what is wrong with the last attempt, or what was done.
    ///
    /// # Errors
    /// When a key cannot be had.
    pub async fn frame(&self, app: &App, wrong: Option<&Rejection>) -> Result<Frame, AccountError> {
        Ok(Frame {
            csrf: self.browser.csrf(app, Some(self.session.id.as_str())).await?,
            tx: Some(self.session.id.to_string()),
            errors: wrong.map(|wrong| wrong.errors().to_vec()).unwrap_or_default(),
            notice: notice::of(app, self.request).filter(|_| wrong.is_none()),
            ..Frame::default()
        })
    }

    /// The page, in the customer's language.
    ///
    /// # Errors
    /// A fault of ours, when it cannot be rendered.
    pub fn show(&self, app: &App, page: &Page, wrong: Option<&Rejection>) -> Reply {
        let html = app.pages.render(self.locale(), page).map_err(Problem::internal)?;
        let status = wrong.map_or(StatusCode::OK, Rejection::status);
        let response = Response::html(status, html, ContentSecurity::Page);
        let response = wrong.into_iter().fold(response, |response, wrong| wrong.with_retry_after(response));
        Ok(notice::forget(app, self.request, self.browser.remember(app, response)))
    }
}
