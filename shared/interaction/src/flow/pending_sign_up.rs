//! A sign-up of which nothing is proven yet: what was typed waits in the transaction, and no account is there. The first proof makes
//! the account; each further identifier waits here for its own.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::FlowError;
use crate::app::App;
use crate::credential::password::PasswordHash;
use crate::identity::{IdentifierKind, NormalIdentifier, Profile};
use crate::keys::Sealer;
use crate::page::SignUpValues;

/// The sealer's label of what waits.
const LABEL: &str = "sign_up";

/// What was typed at sign-up and is not proven. It is personal data, so nothing of it is printed.
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingSignUp {
    /// The identifiers that are not proven, in the order in which they are to be.
    pub identifiers: Vec<NormalIdentifier>,
    /// The [`NewAccount`], sealed: what strangers typed, and the hash of their password, is read by who makes the account alone.
    sealed: String,
}

/// What an account begins with beside its identifiers.
#[derive(Serialize, Deserialize)]
pub(super) struct NewAccount {
    pub(super) profile: Profile,
    pub(super) password: PasswordHash,
}

impl PendingSignUp {
    /// What waits for a proof of one of `identifiers`.
    pub(super) fn new(
        app: &App,
        sealer: &Sealer,
        identifiers: Vec<NormalIdentifier>,
        account: &NewAccount,
    ) -> Self {
        // INVARIANT: texts and numbers can always be written as JSON.
        let plain = serde_json::to_vec(account).unwrap_or_default();
        Self { identifiers, sealed: sealer.seal(&app.rng, LABEL, &plain) }
    }

    /// What the account begins with.
    ///
    /// # Errors
    /// [`FlowError::Expired`] when it was sealed under a key that is no more.
    pub(super) fn account(&self, sealer: &Sealer) -> Result<NewAccount, FlowError> {
        let plain = sealer.open(LABEL, &self.sealed).ok_or(FlowError::Expired)?;
        serde_json::from_slice(&plain).map_err(|_| FlowError::Expired)
    }

    /// What was typed, to be shown where it was.
    ///
    /// # Errors
    /// As [`Self::account`].
    pub(super) fn values(&self, sealer: &Sealer) -> Result<SignUpValues, FlowError> {
        let profile = self.account(sealer)?.profile;
        let value = |kind| self.identifier(kind).map(|own| own.value().to_owned()).unwrap_or_default();
        Ok(SignUpValues {
            email: value(IdentifierKind::Email),
            phone: value(IdentifierKind::Phone),
            given_name: profile.texts.given_name.unwrap_or_default(),
            family_name: profile.texts.family_name.unwrap_or_default(),
        })
    }

    /// The identifier of `kind` that is to be proven.
    #[must_use]
    pub fn identifier(&self, kind: IdentifierKind) -> Option<&NormalIdentifier> {
        self.identifiers.iter().find(|own| own.kind() == kind)
    }

    /// The same without `identifier`; `None` when nothing is left to prove.
    pub(super) fn without(mut self, identifier: &NormalIdentifier) -> Option<Self> {
        self.identifiers.retain(|own| own != identifier);
        (!self.identifiers.is_empty()).then_some(self)
    }

    /// The same after the account is made: of what it began with, nothing waits any more.
    pub(super) fn opened(self) -> Self {
        Self { sealed: String::new(), ..self }
    }

    /// The same with `identifier` in place of the one of its kind.
    pub(super) fn corrected(mut self, identifier: &NormalIdentifier) -> Self {
        let of_kind = self.identifiers.iter_mut().filter(|own| own.kind() == identifier.kind());
        of_kind.for_each(|own| own.clone_from(identifier));
        self
    }
}

impl fmt::Debug for PendingSignUp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PendingSignUp").finish_non_exhaustive()
    }
}
