//! The cookie of the sessions: handles joined by dots, the current one first.

use super::{ACCOUNTS, Session};
use crate::app::App;
use crate::http::{Request, SetCookie};
use crate::keys::{Handle, HandleKind};
use crate::settings::SessionSettings;

const COOKIE: &str = "lk_session";

/// The handles that `request` brought, without repetitions.
pub(super) fn handles(app: &App, request: &Request) -> Vec<Handle> {
    let cookies = request.cookies();
    parse(cookies.get(&app.config, COOKIE).unwrap_or_default())
}

pub(super) fn parse(text: &str) -> Vec<Handle> {
    let mut handles: Vec<Handle> = Vec::new();
    for handle in text.split('.').take(ACCOUNTS).filter_map(|text| Handle::parse(HandleKind::Session, text)) {
        let repeated = handles.iter().any(|known| known.expose() == handle.expose());
        if handle.user().is_some() && !repeated {
            handles.push(handle);
        }
    }
    handles
}

/// The cookie after a sign-in: `handle` first, without the earlier session of the same user; the oldest beyond five drop off.
#[must_use]
pub fn cookie_with(app: &App, request: &Request, handle: &Handle, settings: &SessionSettings) -> SetCookie {
    let others = handles(app, request).into_iter().filter(|other| other.user() != handle.user());
    set(app, std::iter::once(handle.clone()).chain(others), settings)
}

/// The cookie after `session` has ended.
#[must_use]
pub fn cookie_without(
    app: &App,
    request: &Request,
    session: &Session,
    settings: &SessionSettings,
) -> SetCookie {
    let others = handles(app, request).into_iter().filter(|handle| handle.hash() != session.hash);
    set(app, others, settings)
}

/// The cookie after `session`, one of this browser's, was chosen: it comes first.
#[must_use]
pub fn cookie_current(
    app: &App,
    request: &Request,
    session: &Session,
    settings: &SessionSettings,
) -> SetCookie {
    let (chosen, others): (Vec<_>, Vec<_>) =
        handles(app, request).into_iter().partition(|handle| handle.hash() == session.hash);
    set(app, chosen.into_iter().chain(others), settings)
}

fn set(app: &App, handles: impl Iterator<Item = Handle>, settings: &SessionSettings) -> SetCookie {
    let handles: Vec<Handle> = handles.take(ACCOUNTS).collect();
    let texts: Vec<&str> = handles.iter().map(Handle::expose).collect();
    if texts.is_empty() {
        return SetCookie::remove(&app.config, COOKIE);
    }
    SetCookie::new(&app.config, COOKIE, texts.join(".")).lasting(settings.absolute)
}
