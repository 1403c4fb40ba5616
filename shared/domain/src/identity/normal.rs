//! Identifiers as they are compared: one normal form for all the ways in which people type the same one.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::{IdentifierKind, email, phone, username};
use crate::http::fold_digits;
use crate::keys::Sealer;
use crate::message::Destination;
use crate::page::Fault;

/// The longest text that is looked at, in bytes.
const TEXT_LIMIT: usize = 1024;

/// An identifier in its normal form. Two of the same kind and value are the same identifier.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NormalIdentifier {
    kind: IdentifierKind,
    value: String,
}

impl NormalIdentifier {
    /// Reads an e-mail address.
    ///
    /// # Errors
    /// [`Fault::EmailRequired`], [`Fault::EmailInvalid`].
    pub fn email(text: &str) -> Result<Self, Fault> {
        let text = given(text, Fault::EmailRequired, Fault::EmailInvalid)?;
        let value = email::normalise(&text).ok_or(Fault::EmailInvalid)?;
        Ok(Self { kind: IdentifierKind::Email, value })
    }

    /// Reads a phone number in the international form, `+49 171 …`, or in that of `region` (ISO 3166-1, `DE`).
    ///
    /// # Errors
    /// [`Fault::PhoneRequired`], [`Fault::PhoneInvalid`].
    pub fn phone(text: &str, region: Option<&str>) -> Result<Self, Fault> {
        let text = given(text, Fault::PhoneRequired, Fault::PhoneInvalid)?;
        let value = phone::normalise(&fold_digits(&text), region).ok_or(Fault::PhoneInvalid)?;
        Ok(Self { kind: IdentifierKind::Phone, value })
    }

    /// Reads a user name.
    ///
    /// # Errors
    /// [`Fault::IdentifierRequired`], [`Fault::IdentifierInvalid`].
    pub fn username(text: &str) -> Result<Self, Fault> {
        let text = given(text, Fault::IdentifierRequired, Fault::IdentifierInvalid)?;
        let value = username::normalise(&text).ok_or(Fault::IdentifierInvalid)?;
        Ok(Self { kind: IdentifierKind::Username, value })
    }

    /// Reads an identifier of this kind.
    ///
    /// # Errors
    /// As that of the kind.
    pub fn of_kind(kind: IdentifierKind, text: &str, region: Option<&str>) -> Result<Self, Fault> {
        match kind {
            IdentifierKind::Email => Self::email(text),
            IdentifierKind::Phone => Self::phone(text, region),
            IdentifierKind::Username => Self::username(text),
        }
    }

    /// One that rests in an account, normalised when it was put there.
    pub(super) fn rested(kind: IdentifierKind, value: &str) -> Self {
        Self { kind, value: value.to_owned() }
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> IdentifierKind {
        self.kind
    }

    /// The normal form.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Where messages to it go; nowhere for a user name.
    #[must_use]
    pub fn destination(&self) -> Option<Destination> {
        match self.kind {
            IdentifierKind::Email => Some(Destination::Email(self.value.clone())),
            IdentifierKind::Phone => Some(Destination::Phone(self.value.clone())),
            IdentifierKind::Username => None,
        }
    }

    /// The keyed hash that stands for it in keys of items: of accounts and of failed attempts alike.
    #[must_use]
    pub fn mac(&self, sealer: &Sealer) -> String {
        sealer.mac_text("identifier", format!("{}\0{}", self.kind.name(), self.value).as_bytes())
    }
}

impl fmt::Debug for NormalIdentifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NormalIdentifier({})", self.kind.name())
    }
}

/// Reads what was typed into a field that takes any of `kinds`: an `@` makes it an e-mail address; digits without a letter make it
/// a phone number, in the international form or in that of `region` (ISO 3166-1, `DE`); all else is a user name.
///
/// # Errors
/// [`Fault::IdentifierRequired`], or that of the kind which the text looks like.
pub fn parse_identifier(
    text: &str,
    kinds: &[IdentifierKind],
    region: Option<&str>,
) -> Result<NormalIdentifier, Fault> {
    let text = given(text, Fault::IdentifierRequired, Fault::IdentifierInvalid)?;
    let kind = if text.contains('@') {
        IdentifierKind::Email
    } else if phone::looks_like_one(&fold_digits(&text)) {
        IdentifierKind::Phone
    } else {
        IdentifierKind::Username
    };
    match kind {
        _ if !kinds.contains(&kind) => Err(Fault::IdentifierInvalid),
        kind => NormalIdentifier::of_kind(kind, &text, region),
    }
}

/// What was typed, bounded, without the white space around it, compatibility forms folded (NFKC): input methods give full-width
/// letters, digits and `＠` that mean the plain ones. All that follows sees and keeps the folded text alone, so no message can go
/// to an address that only looks like the one it was compared as.
fn given(text: &str, missing: Fault, wrong: Fault) -> Result<String, Fault> {
    if text.len() > TEXT_LIMIT {
        return Err(wrong);
    }
    let folded: String = text.nfkc().collect();
    match folded.trim() {
        "" => Err(missing),
        folded => Ok(folded.to_owned()),
    }
}
