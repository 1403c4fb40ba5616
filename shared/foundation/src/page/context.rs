//! Which pages there are, and what several of them show.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{
    AccountGrants, AccountPassword, AccountProfile, AccountSessions, Accounts, Consent, Decided, DeviceCode,
    ErrorPage, Fault, FieldError, Finished, FormPost, Identify, Link, LoggedOut, LogoutConfirm, Notice,
    Password, Recover, RecoverSent, Reset, ResetDone, ResetInvalid, SignUp, Verify,
};

/// What every page with a form carries.
#[derive(Clone, Default, Serialize)]
pub struct Frame {
    /// The token against forged requests, posted back as `csrf`.
    pub csrf: String,
    /// What the form is a part of, posted back as `tx`: the sign-in transaction, or the session of the account centre.
    pub tx: Option<String>,
    /// The name of the application that the customer signs in to.
    pub client: Option<String>,
    /// What is wrong with the last attempt.
    #[serde(skip)]
    pub errors: Vec<FieldError>,
    /// What was done by the last request.
    #[serde(skip)]
    pub notice: Option<Notice>,
}

/// An application, with its own address if it has one.
#[derive(Clone, Default, Serialize)]
pub struct ClientLink {
    /// The name that customers know.
    pub name: String,
    /// Its home page.
    pub uri: Option<Link>,
}

/// Something an application asks for: [`Pages::scope`](super::Pages::scope) has its words.
#[derive(Clone, Serialize)]
pub struct Scope {
    /// The scope's value in the request.
    pub name: String,
    /// What customers read; else the name.
    pub title: Option<String>,
    /// What it means, in a sentence.
    pub description: Option<String>,
}

/// A hidden form field.
#[derive(Clone, Serialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A point in time, shown in the customer's language.
#[derive(Clone, Copy)]
pub struct Moment(pub OffsetDateTime);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let utc = self.0.to_offset(time::UtcOffset::UTC);
        let mut parts = serializer.serialize_struct("Moment", 5)?;
        parts.serialize_field("iso", &utc.format(&Rfc3339).map_err(serde::ser::Error::custom)?)?;
        parts.serialize_field("day", &utc.day())?;
        parts.serialize_field("month", &u8::from(utc.month()))?;
        parts.serialize_field("year", &utc.year())?;
        parts.serialize_field("time", &format!("{:02}:{:02}", utc.hour(), utc.minute()))?;
        parts.end()
    }
}

/// Every page, with what it shows.
#[derive(Serialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "each variant is documented at the context that it carries")]
pub enum Page {
    Identify(Identify),
    Password(Password),
    Consent(Consent),
    DeviceCode(DeviceCode),
    Decided(Decided),
    Accounts(Accounts),
    SignUp(SignUp),
    Verify(Verify),
    Recover(Recover),
    RecoverSent(RecoverSent),
    Reset(Reset),
    ResetDone(ResetDone),
    ResetInvalid(ResetInvalid),
    LogoutConfirm(LogoutConfirm),
    LoggedOut(LoggedOut),
    AccountProfile(AccountProfile),
    AccountPassword(AccountPassword),
    AccountSessions(AccountSessions),
    AccountGrants(AccountGrants),
    Error(ErrorPage),
    Finished(Finished),
    FormPost(FormPost),
}

impl Page {
    pub(super) const fn template(&self) -> &'static str {
        match self {
            Self::Identify(_) => "identify.html",
            Self::Password(_) => "password.html",
            Self::Consent(_) => "consent.html",
            Self::DeviceCode(_) => "device_code.html",
            Self::Decided(_) => "decided.html",
            Self::Accounts(_) => "accounts.html",
            Self::SignUp(_) => "signup.html",
            Self::Verify(_) => "verify.html",
            Self::Recover(_) => "recover.html",
            Self::RecoverSent(_) => "recover_sent.html",
            Self::Reset(_) => "reset.html",
            Self::ResetDone(_) => "reset_done.html",
            Self::ResetInvalid(_) => "reset_invalid.html",
            Self::LogoutConfirm(_) => "logout_confirm.html",
            Self::LoggedOut(_) => "logged_out.html",
            Self::AccountProfile(_) => "account/profile.html",
            Self::AccountPassword(_) => "account/password.html",
            Self::AccountSessions(_) => "account/sessions.html",
            Self::AccountGrants(_) => "account/grants.html",
            Self::Error(_) => "error.html",
            Self::Finished(_) => "finished.html",
            Self::FormPost(_) => "form_post.html",
        }
    }

    pub(super) const fn frame(&self) -> Option<&Frame> {
        match self {
            Self::Identify(page) => Some(&page.frame),
            Self::Password(page) => Some(&page.frame),
            Self::Consent(page) => Some(&page.frame),
            Self::DeviceCode(page) => Some(&page.frame),
            Self::Accounts(page) => Some(&page.frame),
            Self::SignUp(page) => Some(&page.frame),
            Self::Verify(page) => Some(&page.frame),
            Self::Recover(page) => Some(&page.frame),
            Self::Reset(page) => Some(&page.frame),
            Self::LogoutConfirm(page) => Some(&page.frame),
            Self::AccountProfile(page) => Some(&page.frame),
            Self::AccountPassword(page) => Some(&page.frame),
            Self::AccountSessions(page) => Some(&page.frame),
            Self::AccountGrants(page) => Some(&page.frame),
            Self::Decided(_)
            | Self::RecoverSent(_)
            | Self::ResetDone(_)
            | Self::ResetInvalid(_)
            | Self::LoggedOut(_)
            | Self::Error(_)
            | Self::Finished(_)
            | Self::FormPost(_) => None,
        }
    }

    /// What an error page explains.
    pub(super) const fn fault(&self) -> Option<&Fault> {
        if let Self::Error(page) = self { Some(&page.fault) } else { None }
    }

    pub(super) fn errors(&self) -> &[FieldError] {
        self.frame().map_or(&[], |frame| &frame.errors)
    }

    pub(super) fn notice(&self) -> Option<&Notice> {
        self.frame().and_then(|frame| frame.notice.as_ref())
    }
}
