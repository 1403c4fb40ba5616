//! The pages of signing in, signing up and recovering an account.

use serde::Serialize;

use super::{ClientLink, Frame, Link, Moment, Scope};

/// Who are you: `POST /signin/identify` with `identifier`.
#[derive(Serialize)]
pub struct Identify {
    /// The form's frame.
    pub frame: Frame,
    /// What was typed, or a hint from the client.
    pub identifier: String,
}

/// What is your password: `POST /signin/password` with `username` and `password`; `POST /signin/account` to leave.
#[derive(Serialize)]
pub struct Password {
    /// The form's frame.
    pub frame: Frame,
    /// The identifier that was typed.
    pub username: String,
}

/// May the application have this: `POST /signin/consent` with `account` and `decision`.
#[derive(Serialize)]
pub struct Consent {
    /// The form's frame; its client is not shown here.
    pub frame: Frame,
    /// The application that asks.
    pub client: ClientLink,
    /// The device that it runs on, if that is another one.
    pub device: Option<Device>,
    /// The host that speaks for the application, where nobody here has registered it.
    pub host: Option<String>,
    /// Its request, if it asked us and not the browser.
    pub request: Option<BackchannelRequest>,
    /// The application's privacy policy.
    pub policy_uri: Option<Link>,
    /// The application's terms of service.
    pub tos_uri: Option<Link>,
    /// What it asks for.
    pub scopes: Vec<Scope>,
    /// What exactly.
    pub details: Vec<Detail>,
    /// Whose account it is about: a name, or a masked identifier.
    pub signed_in_as: String,
    /// Its id, which comes back with the answer: a yes is worth something for this account alone.
    pub account: String,
}

/// Something that is asked for in detail (RFC 9396), with nothing left out: who allows it has seen it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// What such details are called.
    pub title: String,
    /// Its members.
    pub fields: Vec<DetailField>,
}

/// One member of a detail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DetailField {
    /// What it is.
    pub label: String,
    /// What is asked for.
    pub value: String,
}

/// What tells a customer which device asks (RFC 8628 §5.4).
#[derive(Serialize)]
pub struct Device {
    /// The code that it shows.
    pub code: String,
    /// The network address that it asked from.
    pub address: String,
    /// When it asked.
    pub asked: Moment,
}

/// Which device: `POST /device` with `user_code` (RFC 8628 §3.3).
#[derive(Serialize)]
pub struct DeviceCode {
    /// The form's frame.
    pub frame: Frame,
    /// What was typed, or came with the link of the device.
    pub user_code: String,
}

/// What the customer answered to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// Yes.
    Granted,
    /// No.
    Denied,
}

/// What tells a customer which request of an application it is (CIBA Core §7.1).
#[derive(Serialize)]
pub struct BackchannelRequest {
    /// What the application shows as well.
    pub message: Option<String>,
    /// When it asked.
    pub asked: Moment,
}

/// Where an answer is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// On a device.
    Device,
    /// At an application.
    Application,
}

/// Who waits elsewhere knows.
#[derive(Serialize)]
pub struct Decided {
    /// The application.
    pub client: ClientLink,
    /// Where it waits.
    pub place: Place,
    /// What it was told.
    pub answer: Answer,
}

/// Which account: `POST /signin/account` with `action` and `session`.
#[derive(Serialize)]
pub struct Accounts {
    /// The form's frame.
    pub frame: Frame,
    /// The accounts signed in on this browser.
    pub accounts: Vec<AccountRow>,
}

/// An account signed in on this browser.
#[derive(Serialize)]
pub struct AccountRow {
    /// The session's public id.
    pub session: String,
    /// The customer's name, or nothing.
    pub name: String,
    /// The masked identifier.
    pub identifier: String,
}

/// Whether a flow asks for something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ask {
    /// It does not.
    #[default]
    No,
    /// The customer may answer.
    Optional,
    /// The customer must answer.
    Required,
}

/// A new account: `POST /signup` with `email`, `phone`, `given_name`, `family_name` and `password`.
#[derive(Serialize)]
pub struct SignUp {
    /// The form's frame.
    pub frame: Frame,
    /// What was typed.
    pub values: SignUpValues,
    /// Whether to ask for a phone number.
    pub phone: Ask,
    /// Whether to ask for the given and the family name.
    pub name: Ask,
    /// Characters that the password must have.
    pub password_minimum: u32,
}

/// What was typed at sign-up, without the password.
#[derive(Default, Serialize)]
pub struct SignUpValues {
    /// The e-mail address.
    pub email: String,
    /// The phone number.
    pub phone: String,
    /// The given name.
    pub given_name: String,
    /// The family name.
    pub family_name: String,
}

/// How a code travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// By e-mail.
    Email,
    /// By short message.
    Sms,
}

/// Is this yours: `POST /verify` with `action`, and `code` or `identifier`.
#[derive(Serialize)]
pub struct Verify {
    /// The form's frame.
    pub frame: Frame,
    /// How the code was sent.
    pub channel: Channel,
    /// Where it was sent, masked.
    pub to: String,
    /// Whether another address or number may be given instead.
    pub correctable: bool,
    /// Whether it may go without.
    pub skippable: bool,
    /// What was typed instead.
    pub identifier: String,
}

/// I forgot my password: `POST /recover` with `identifier`.
#[derive(Serialize)]
pub struct Recover {
    /// The form's frame.
    pub frame: Frame,
    /// What was typed.
    pub identifier: String,
}

/// The answer to `POST /recover`, whether or not there is such an account.
#[derive(Serialize)]
pub struct RecoverSent {
    /// The transaction to return to.
    pub tx: Option<String>,
    /// How long the link works.
    pub minutes: u32,
}

/// A new password: `POST /recover/reset` with `token` and `password`.
#[derive(Serialize)]
pub struct Reset {
    /// The form's frame.
    pub frame: Frame,
    /// The link's token, posted back.
    pub token: String,
    /// The account's identifier for password managers, or nothing.
    pub username: String,
    /// Characters that the password must have.
    pub password_minimum: u32,
}

/// The new password is set.
#[derive(Serialize)]
pub struct ResetDone {
    /// The transaction to go on with.
    pub tx: Option<String>,
}

/// The recovery link was used, or is too old.
#[derive(Serialize)]
pub struct ResetInvalid {
    /// The transaction to go on with.
    pub tx: Option<String>,
}
