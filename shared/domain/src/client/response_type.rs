//! What the response types (`response_types`, OpenID Connect Registration §2) bring into the answer of the authorization endpoint.

use super::{GrantType, ResponseType};

impl ResponseType {
    /// The one of this name, whose parts may stand in any order (RFC 6749 §3.1.1).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let sorted = |text: &str| {
            let mut parts: Vec<String> = text.split(' ').map(str::to_owned).collect();
            parts.sort_unstable();
            parts
        };
        let asked = sorted(text);
        Self::ALL.iter().copied().find(|one| sorted(one.name()) == asked)
    }

    /// Whether it brings a code.
    #[must_use]
    pub const fn has_code(self) -> bool {
        match self {
            Self::Code | Self::CodeIdToken | Self::CodeToken | Self::CodeIdTokenToken => true,
            Self::IdToken | Self::IdTokenToken => false,
        }
    }

    /// Whether it brings an ID token.
    #[must_use]
    pub const fn has_id_token(self) -> bool {
        match self {
            Self::IdToken | Self::IdTokenToken | Self::CodeIdToken | Self::CodeIdTokenToken => true,
            Self::Code | Self::CodeToken => false,
        }
    }

    /// Whether it brings an access token.
    #[must_use]
    pub const fn has_access_token(self) -> bool {
        match self {
            Self::IdTokenToken | Self::CodeToken | Self::CodeIdTokenToken => true,
            Self::Code | Self::IdToken | Self::CodeIdToken => false,
        }
    }

    /// Whether it brings nothing but a code: all else is given in the front channel.
    #[must_use]
    pub const fn is_code_alone(self) -> bool {
        matches!(self, Self::Code)
    }

    /// Whether a client with these grant types may have it (Registration §2).
    #[must_use]
    pub fn goes_with(self, grants: &[GrantType]) -> bool {
        let has = |grant| grants.contains(&grant);
        (!self.has_code() || has(GrantType::AuthorizationCode))
            && (self.is_code_alone() || has(GrantType::Implicit))
    }
}
