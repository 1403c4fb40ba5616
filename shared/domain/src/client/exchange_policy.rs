//! Token exchange (RFC 8693): whose tokens a client may exchange, and for what. Without a policy it may exchange none.

use serde::{Deserialize, Serialize};

use super::{ClientError, ExchangeKind, is_same_resource};

/// The most policies of one client.
const POLICIES: usize = 20;
/// The most members of a list of a policy.
const MOST: usize = 50;
/// The longest of its texts, in bytes.
const LONGEST: usize = 256;

/// One way in which a client may exchange tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExchangePolicy {
    /// The clients whose tokens it takes; of any client where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subject_clients: Vec<String>,
    /// The APIs of which the token must be for one; for any API where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subject_audiences: Vec<String>,
    /// The APIs that the new token may be for.
    pub audiences: Vec<String>,
    /// What the new token may allow, as far as the old one does.
    pub scopes: Vec<String>,
    /// Whether the new token says who acts for the customer.
    pub kind: ExchangeKind,
}

impl ExchangePolicy {
    /// Whether it is about a token of `client` for these APIs.
    #[must_use]
    pub fn takes<'a>(&self, client: &str, mut audience: impl Iterator<Item = &'a str>) -> bool {
        let client = self.subject_clients.is_empty() || self.subject_clients.iter().any(|one| one == client);
        let meant = |api: &str| self.subject_audiences.iter().any(|one| is_same_resource(one, api));
        client && (self.subject_audiences.is_empty() || audience.any(meant))
    }

    /// Checks policies that somebody wants to register.
    ///
    /// # Errors
    /// [`ClientError::InvalidMetadata`].
    pub(super) fn check_all(policies: &[Self]) -> Result<(), ClientError> {
        let refused = |detail: &str| Err(ClientError::InvalidMetadata(detail.to_owned()));
        if policies.len() > POLICIES {
            return refused("`latchkey_token_exchange` has too many policies");
        }
        for policy in policies {
            let lists =
                [&policy.subject_clients, &policy.subject_audiences, &policy.audiences, &policy.scopes];
            let sound = |list: &&Vec<String>| {
                list.len() <= MOST && list.iter().all(|text| !text.is_empty() && text.len() <= LONGEST)
            };
            if !lists.iter().all(sound) {
                return refused("a policy of `latchkey_token_exchange` has a list that is too long");
            }
            if policy.subject_clients.is_empty() && policy.subject_audiences.is_empty() {
                return refused("a policy of `latchkey_token_exchange` must say whose tokens it is about");
            }
        }
        Ok(())
    }
}
