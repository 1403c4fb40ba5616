//! Front-Channel Logout 1.0 §3: the addresses of the session's clients that the browser loads in frames of the page that says that the
//! customer is signed out, each with the issuer and the session.

use url::Url;

use crate::app::App;
use crate::client::{self, Client};
use crate::oauth::subject::Naming;
use crate::oauth::{OAuthError, authorization};
use crate::page::Link;
use crate::session::Session;

/// What the browser loads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frames {
    /// The addresses.
    pub links: Vec<Link>,
    /// Their origins, each once: the page may frame these and no others.
    pub origins: Vec<String>,
}

/// The frames of `session`'s clients: those that registered an address for it.
///
/// # Errors
/// When a client cannot be read.
pub async fn frames(app: &App, session: &Session) -> Result<Frames, OAuthError> {
    let mut frames = Frames::default();
    for id in &session.clients {
        if let Some(client) = client::find(app, id).await? {
            let naming = Naming::of(app, &client).await?;
            frames.add(&app.config.issuer, &client, &naming.session(&session.id));
        }
    }
    Ok(frames)
}

impl Frames {
    /// Whether there is nothing to load.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// Issuer and session go with every address, not just with those that demand them: a sign-out without them could be anybody's.
    pub(super) fn add(&mut self, issuer: &str, client: &Client, session: &str) {
        let Some(uri) = &client.frontchannel_logout_uri else { return };
        let address = authorization::with_query(uri, &[("iss", issuer), ("sid", session)]);
        let (Some(link), Ok(url)) = (Link::parse(&address), Url::parse(&address)) else { return };
        let origin = url.origin().ascii_serialization();
        self.links.push(link);
        if !self.origins.contains(&origin) {
            self.origins.push(origin);
        }
    }
}
