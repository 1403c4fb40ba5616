//! The browser binding: a random cookie set with the first form. Form tokens and sign-in transactions are bound to it.
//!
//! Tabs that open at once in a browser without the cookie each get one, and the browser keeps the last. So each transaction that begins
//! without the cookie gets one of its own as well, of the same value.

use std::time::Duration;

use super::SessionError;
use crate::app::App;
use crate::http::{Params, Problem, Request, Response, SetCookie, check_same_origin};
use crate::keys::{Handle, HandleKind, Sealer, sealer};
use crate::secret::Secret;

const COOKIE: &str = "lk_browser";
/// What the name of a transaction's own cookie begins with.
const OWN_COOKIE: &str = "lk_tx_";
const LIFETIME: Duration = Duration::from_secs(400 * 24 * 3600);
const LABEL: &str = "csrf";
const LABEL_KEPT: &str = "kept";

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

/// The browser that sent `request`, as it is bound to the transaction whose handle is `tx`.
#[must_use]
pub fn browser_within(app: &App, request: &Request, tx: Option<&str>) -> Browser {
    let handle = tx.and_then(|text| Handle::parse(HandleKind::Transaction, text));
    let cookies = request.cookies();
    let own = handle.and_then(|handle| {
        let text = cookies.get(&app.config, &own_cookie(&handle))?;
        Handle::parse(HandleKind::Browser, text)
    });
    own.map_or_else(|| browser(app, request), |handle| Browser { handle, fresh: false })
}

/// The name of the own cookie of the transaction `tx`: few characters tell those apart that one browser has at a time.
fn own_cookie(tx: &Handle) -> String {
    const CHARACTERS: usize = 12;
    format!("{OWN_COOKIE}{}", tx.hash().chars().take(CHARACTERS).collect::<String>())
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

    /// As [`Self::remember`], and binds the transaction `tx` by a cookie of its own for as long as it may be asked for.
    #[must_use]
    pub fn remember_within(
        &self,
        app: &App,
        response: Response,
        (tx, lifetime): (&Handle, Duration),
    ) -> Response {
        if !self.fresh {
            return response;
        }
        let own = SetCookie::new(&app.config, &own_cookie(tx), self.handle.expose()).lasting(lifetime);
        self.remember(app, response).cookie(&own)
    }

    /// Seals a secret so that this browser alone can have it again: its binding is the key, and we keep only the hash of that.
    #[must_use]
    pub fn seal(&self, app: &App, secret: &str) -> String {
        Sealer::of_handle(&self.handle).seal(&app.rng, LABEL_KEPT, secret.as_bytes())
    }

    /// What [`Self::seal`] sealed for this browser.
    #[must_use]
    pub fn open(&self, sealed: &str) -> Option<Secret<String>> {
        let bytes = Sealer::of_handle(&self.handle).open(LABEL_KEPT, sealed)?;
        String::from_utf8(bytes).ok().map(Secret::new)
    }

    /// INVARIANT: a hash has a fixed length, so no browser and transaction are written like two others.
    fn bound_to(&self, tx: Option<&str>) -> String {
        format!("{}{}", self.handle.hash(), tx.unwrap_or_default())
    }
}
