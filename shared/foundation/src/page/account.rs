//! The account centre: what signed-in customers see and change of their own account.

use serde::Serialize;

use super::{Detail, Frame, Link, Moment, Scope};

/// Profile: `POST /account/profile` with the fields of [`ProfileValues`]. Also the account centre's home.
#[derive(Serialize)]
pub struct AccountProfile {
    /// The form's frame.
    pub frame: Frame,
    /// Who is signed in: a name or an identifier.
    pub signed_in_as: String,
    /// What is saved, or was typed.
    pub values: ProfileValues,
    /// The customer's identifiers.
    pub identifiers: Vec<IdentifierRow>,
}

/// The editable claims (OpenID Connect Core §5.1); empty where there is none.
#[derive(Default, Serialize)]
pub struct ProfileValues {
    /// The full name.
    pub name: String,
    /// The given name.
    pub given_name: String,
    /// The family name.
    pub family_name: String,
    /// The nickname.
    pub nickname: String,
    /// The date of birth, `YYYY-MM-DD`.
    pub birthdate: String,
    /// The time zone, `Europe/Berlin`.
    pub zoneinfo: String,
    /// The language tag.
    pub locale: String,
}

/// What kind of identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum IdentifierKind {
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// A user name.
    Username,
}

/// An identifier of the customer.
#[derive(Serialize)]
pub struct IdentifierRow {
    /// What kind.
    pub kind: IdentifierKind,
    /// The identifier in full.
    pub value: String,
    /// Whether the customer has proven it.
    pub verified: bool,
}

/// Password: `POST /account/password` with `current_password` and `new_password`.
#[derive(Serialize)]
pub struct AccountPassword {
    /// The form's frame.
    pub frame: Frame,
    /// Who is signed in.
    pub signed_in_as: String,
    /// The identifier for password managers.
    pub username: String,
    /// Characters that the password must have.
    pub password_minimum: u32,
}

/// Sessions: `POST /account/sessions` with `action` (`end`, `end_others`) and `session`.
#[derive(Serialize)]
pub struct AccountSessions {
    /// The form's frame.
    pub frame: Frame,
    /// Who is signed in.
    pub signed_in_as: String,
    /// The sessions, this one first.
    pub sessions: Vec<SessionRow>,
}

/// A browser that is signed in.
#[derive(Serialize)]
pub struct SessionRow {
    /// The session's public id.
    pub id: String,
    /// The browser and system, or nothing if unknown.
    pub device: String,
    /// The network address last seen.
    pub address: String,
    /// When the customer signed in.
    pub started: Moment,
    /// When it was last used.
    pub seen: Moment,
    /// Whether it is the browser that asks.
    pub current: bool,
    /// The names of the applications signed in to.
    pub clients: Vec<String>,
}

/// Applications: `POST /account/grants` with `action` (`revoke`) and `grant`.
#[derive(Serialize)]
pub struct AccountGrants {
    /// The form's frame.
    pub frame: Frame,
    /// Who is signed in.
    pub signed_in_as: String,
    /// The applications.
    pub grants: Vec<GrantRow>,
}

/// An application with access to the account.
#[derive(Serialize)]
pub struct GrantRow {
    /// The client's id.
    pub client_id: String,
    /// The client's name.
    pub client: String,
    /// The client's home page.
    pub client_uri: Option<Link>,
    /// What it may have.
    pub scopes: Vec<Scope>,
    /// What exactly.
    pub details: Vec<Detail>,
    /// Since when.
    pub since: Moment,
}
