//! How an access token is presented: as a bearer token (RFC 6750 §2.1), or with the proof of a key (RFC 9449 §7.1).

use http::header;

use crate::http::Request;

/// The way a token is presented; its name is the `token_type` of the token endpoint as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Whoever has the token may use it.
    Bearer,
    /// Whoever holds the key that the token is bound to.
    Dpop,
}

impl Scheme {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
        }
    }
}

/// A token as it was sent.
pub(super) struct Sent {
    pub(super) scheme: Scheme,
    pub(super) text: String,
}

impl Sent {
    /// The token of the `Authorization` header.
    pub(super) fn of_header(request: &Request) -> Option<Self> {
        let (scheme, text) = request.header(header::AUTHORIZATION)?.split_once(' ')?;
        let named = |one: &Scheme| scheme.eq_ignore_ascii_case(one.name());
        let scheme = [Scheme::Bearer, Scheme::Dpop].into_iter().find(named)?;
        let text = text.trim();
        (!text.is_empty()).then(|| Self { scheme, text: text.to_owned() })
    }
}
