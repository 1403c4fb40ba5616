//! Mails and short messages to customers.

use serde::{Deserialize, Serialize};

/// What is sent. Holds codes and links, so it has no `Debug`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Message {
    /// The code that proves an e-mail address.
    VerifyEmail {
        /// The code.
        code: String,
        /// How long it works.
        minutes: u32,
    },
    /// The code that proves a phone number, bound to our host so that phones fill it in there only.
    VerifyPhone {
        /// The code.
        code: String,
        /// The host of the sign-in pages.
        host: String,
    },
    /// The link that sets a new password.
    Recovery {
        /// The link.
        link: String,
        /// How long it works.
        minutes: u32,
    },
    /// An application asks to sign the customer in (CIBA).
    ApproveSignIn {
        /// The application's name.
        client: String,
        /// The link to the request.
        link: String,
        /// How long it works.
        minutes: u32,
    },
    /// Someone tried to sign up with an address that has an account.
    AccountExists {
        /// Where to sign in.
        sign_in: String,
        /// Where to set a new password.
        recover: String,
    },
    /// The password was changed.
    PasswordChanged {
        /// Where to set a new password, if it was someone else.
        recover: String,
    },
    /// The first administrator's way in.
    AdminInvitation {
        /// The link.
        link: String,
        /// How long it works.
        hours: u32,
    },
}

impl Message {
    /// The stable id: a part of the catalogue's keys.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            Self::VerifyEmail { .. } => "verify-email",
            Self::VerifyPhone { .. } => "verify-phone",
            Self::Recovery { .. } => "recovery",
            Self::ApproveSignIn { .. } => "approve-sign-in",
            Self::AccountExists { .. } => "account-exists",
            Self::PasswordChanged { .. } => "password-changed",
            Self::AdminInvitation { .. } => "admin-invitation",
        }
    }

    /// The name of its templates.
    pub(super) fn name(&self) -> String {
        self.id().replace('-', "_")
    }
}

/// A message ready to be sent.
pub enum Rendered {
    /// A mail.
    Mail {
        /// One line.
        subject: String,
        /// The plain part.
        text: String,
        /// The HTML part.
        html: String,
    },
    /// A short message.
    Sms {
        /// The text.
        text: String,
    },
}

/// A subject is one line, whatever the brand is called: a line break would start another header.
pub(super) fn subject(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
