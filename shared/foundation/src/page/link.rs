//! Addresses that come from clients and customers, safe to put into `href` and `action`.

use serde::Serialize;
use url::Url;

/// An absolute `http` or `https` address, kept exactly as given. Any other scheme (`javascript:`, `data:`) is
/// refused, since escaping does not make those harmless.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Link(String);

impl Link {
    /// The link, unless its scheme is another.
    #[must_use]
    pub fn parse(address: &str) -> Option<Self> {
        let url = Url::parse(address).ok()?;
        matches!(url.scheme(), "http" | "https").then(|| Self(address.to_owned()))
    }

    /// The address as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
