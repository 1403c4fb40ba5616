//! What can be wrong with what a customer did, and what we confirm: each with a stable id, a key of the catalogue.
//! The serialized form (`{"id":"password-too-short","minimum":12}`) is what the JSON face of a flow answers.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Arg;

macro_rules! texts {
    ($(#[$meta:meta])* $name:ident {
        $($(#[$doc:meta])* $variant:ident $id:literal $({ $($(#[$about:meta])* $field:ident: $type:ty),+ })?,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "id")]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $id)] $variant $({ $($(#[$about])* $field: $type),+ })?,)+
        }

        impl $name {
            /// The stable id: a key of the catalogue.
            #[must_use]
            pub const fn id(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $id,)+
                }
            }

            /// The values that the text mentions.
            #[must_use]
            pub fn args(&self) -> Vec<(&'static str, Arg<'_>)> {
                match self {
                    $(Self::$variant $({ $($field),+ })? => vec![$($((stringify!($field), Arg::from($field))),+)?],)+
                }
            }

            /// One of each, for the tests of completeness.
            #[cfg(test)]
            pub(super) fn samples() -> Vec<Self> {
                vec![$(Self::$variant $({ $($field: Default::default()),+ })?),+]
            }
        }
    };
}

texts! {
    /// What is wrong.
    Fault {
        /// No identifier was typed.
        IdentifierRequired "identifier-required",
        /// Neither an e-mail address nor a phone number nor a user name.
        IdentifierInvalid "identifier-invalid",
        /// The identifier belongs to another account.
        IdentifierTaken "identifier-taken",
        /// No e-mail address was typed.
        EmailRequired "email-required",
        /// Not an e-mail address.
        EmailInvalid "email-invalid",
        /// No phone number was typed.
        PhoneRequired "phone-required",
        /// Not a phone number.
        PhoneInvalid "phone-invalid",
        /// A field that must be filled in is empty.
        ValueRequired "value-required",
        /// A field is longer than we keep.
        ValueTooLong "value-too-long" {
            /// Characters at most.
            maximum: u32
        },
        /// A field that cannot have this value.
        ValueInvalid "value-invalid",
        /// Not a date of birth.
        BirthdateInvalid "birthdate-invalid",
        /// Not a time zone's name.
        ZoneinfoInvalid "zoneinfo-invalid",
        /// Not a language that we know.
        LocaleInvalid "locale-invalid",
        /// No such account, or not its password: the same words for both.
        CredentialsWrong "credentials-wrong",
        /// The account may not sign in.
        AccountDisabled "account-disabled",
        /// Too many attempts.
        TooManyAttempts "too-many-attempts" {
            /// Until the next one is let through.
            seconds: u64
        },
        /// No password was typed.
        PasswordRequired "password-required",
        /// The current password is not the one typed.
        PasswordWrong "password-wrong",
        /// The new password has too few characters.
        PasswordTooShort "password-too-short" {
            /// Characters at least.
            minimum: u32
        },
        /// The new password has too many characters.
        PasswordTooLong "password-too-long" {
            /// Characters at most.
            maximum: u32
        },
        /// The new password is known from breaches and lists.
        PasswordTooCommon "password-too-common",
        /// The new password is easy to guess.
        PasswordTooWeak "password-too-weak",
        /// The new password is the current one.
        PasswordUnchanged "password-unchanged",
        /// No code was typed.
        CodeRequired "code-required",
        /// Another customer is asked.
        OtherCustomer "other-customer",
        /// Not the code that was sent.
        CodeWrong "code-wrong",
        /// The code is too old.
        CodeExpired "code-expired",
        /// Not a code of a device, or too old.
        UserCodeWrong "user-code-wrong",
        /// The sign-in took too long, or was finished elsewhere.
        TransactionExpired "transaction-expired",
        /// The form's token does not fit the browser.
        FormExpired "form-expired",
        /// The link was used, or is too old.
        LinkInvalid "link-invalid",
        /// There is no such page.
        NotFound "not-found",
        /// The page does not take this method.
        MethodNotAllowed "method-not-allowed",
        /// The page is not for this customer.
        Forbidden "forbidden",
        /// Something of ours broke.
        Internal "internal",
        /// Something of ours is busy or down.
        Unavailable "unavailable",
        /// The browser is in another account than when the question was shown.
        AccountChanged "account-changed",
        /// The request could not be read.
        RequestInvalid "request-invalid",
        /// The request is larger than we take.
        RequestTooLarge "request-too-large",
        /// No client is registered under the id.
        ClientUnknown "client-unknown",
        /// The client may not sign customers in.
        ClientDisabled "client-disabled",
        /// The redirect address is not registered for the client.
        RedirectUriInvalid "redirect-uri-invalid",
        /// The request that the browser refers to is not there.
        RequestUriInvalid "request-uri-invalid",
        /// Words given by a hook or a policy, shown as they are.
        Given "given" {
            /// The words, in the customer's language.
            text: String
        },
    }
}

texts! {
    /// What was done.
    Notice {
        /// The profile was saved.
        ProfileSaved "notice-profile-saved",
        /// The password was changed.
        PasswordChanged "notice-password-changed",
        /// A session was ended.
        SessionEnded "notice-session-ended",
        /// All other sessions were ended.
        OtherSessionsEnded "notice-other-sessions-ended",
        /// An application's access was withdrawn.
        GrantRevoked "notice-grant-revoked",
        /// A new code is on its way.
        CodeSent "notice-code-sent",
        /// The address that was just proven is an account's already.
        AccountExists "notice-account-exists",
    }
}

/// A fault, and the form field that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name, which is also its id on the page; none for the form as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Cow<'static, str>>,
    /// What is wrong: `id`, and what its text mentions.
    #[serde(flatten)]
    pub fault: Fault,
}

impl FieldError {
    /// A fault of one field.
    #[must_use]
    pub fn on(field: &'static str, fault: Fault) -> Self {
        Self { field: Some(Cow::Borrowed(field)), fault }
    }

    /// A fault of the form as a whole.
    #[must_use]
    pub fn general(fault: Fault) -> Self {
        Self { field: None, fault }
    }
}
