//! What was done so far in a flow.

use serde::{Deserialize, Serialize};

use super::pending_sign_up::PendingSignUp;
use crate::id::{SessionId, UserId};
use crate::identity::{Epoch, NormalIdentifier};
use crate::session::Authentication;

/// What was done so far.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Who the customer says they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identified: Option<NormalIdentifier>,
    /// The session that was chosen among those of the browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<SessionId>,
    /// None of the accounts signed in on the browser is wanted.
    #[serde(default)]
    pub other_account: bool,
    /// Who the customer has proven to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication: Option<Authentication>,
    /// What was typed at sign-up and waits for its proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_up: Option<PendingSignUp>,
    /// Where the code that is waited for was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_to: Option<NormalIdentifier>,
    /// The account that is being recovered; none where nobody can be reached by the identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovering: Option<UserId>,
    /// In which epoch of the account the link was made.
    #[serde(default)]
    pub epoch: Epoch,
    /// The link that was sent has been followed.
    #[serde(default)]
    pub link_followed: bool,
    /// What the customer said to what the client asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Decision>,
}

/// What the customer said to what the client asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Yes. It is worth nothing to whoever the flow may turn out to be about later.
    Granted {
        /// The account that was shown.
        by: UserId,
        /// In which epoch of it.
        epoch: Epoch,
    },
    /// No.
    Denied,
}
