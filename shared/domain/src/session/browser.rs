//! The browser binding: a random cookie set with the first form. Form tokens and sign-in transactions are bound to it.

use std::time::Duration;

use super::SessionError;
use crate::app::App;
use crate::http::{Params, Problem, Request, Response, SetCookie, check_same_origin};
use crate::keys::{Handle, HandleKind, sealer};

const COOKIE: &str = "lk_browser";
const LIFETIME: Duration = Duration::from_secs(400 * 24 * 3600);
const LABEL: &str = "csrf";

/// One browser, known by its binding cookie.
#[derive(Debug)]
pub struct Browser {
    handle: Handle,
    fresh: bool,
}

/// The browser that sent `request`; a new binding where it brought none.
#[must_use]
pub fn browser(app: &App, request: &Request) -> Browser {
    let cookies = request.cookies();
    let known = cookies.get(&app.config, COOKIE).and_then(|text| Handle::parse(HandleKind::Browser, text));
    match known {
        Some(handle) => Browser { handle, fresh: false },
        None => Browser { handle: Handle::new(app, HandleKind::Browser), fresh: true },
    }
}

impl Browser {
    /// What transactions keep of it.
    #[must_use]
    pub fn hash(&self) -> String {
        self.handle.hash()
    }

    /// The token that a form of this browser posts back as `csrf`; of the transaction `tx`, if the form is part of one.
    ///
    /// # Errors
    /// When the sealer cannot be had.
    pub async fn csrf(&self, app: &App, tx: Option<&str>) -> Result<String, SessionError> {
        Ok(sealer(app).await?.mac_text(LABEL, self.bound_to(tx).as_bytes()))
    }

    /// Refuses a state-changing request of another site, or one without this browser's form token. The body may be a form or JSON.
    ///
    /// # Errors
    /// 403 `cross_site` or `csrf`.
    pub async fn check(&self, app: &App, request: &Request, params: &Params) -> Result<(), Problem> {
        check_same_origin(app, request)?;
        Ok(self.check_csrf(app, params).await?)
    }

    /// Refuses parameters without this browser's form token.
    ///
    /// # Errors
    /// [`SessionError::Forged`], or when the sealer cannot be had.
    pub async fn check_csrf(&self, app: &App, params: &Params) -> Result<(), SessionError> {
        let token = params.get("csrf").ok_or(SessionError::Forged)?;
        let bytes = self.bound_to(params.get("tx"));
        let right = sealer(app).await?.verify(LABEL, bytes.as_bytes(), token);
        if self.fresh || !right { Err(SessionError::Forged) } else { Ok(()) }
    }

    /// Sets the binding cookie with `response`, where the browser has none yet.
    #[must_use]
    pub fn remember(&self, app: &App, response: Response) -> Response {
        if !self.fresh {
            return response;
        }
        response.cookie(&SetCookie::new(&app.config, COOKIE, self.handle.expose()).lasting(LIFETIME))
    }

    /// INVARIANT: a hash has a fixed length, so no browser and transaction are written like two others.
    fn bound_to(&self, tx: Option<&str>) -> String {
        format!("{}{}", self.handle.hash(), tx.unwrap_or_default())
    }
}
