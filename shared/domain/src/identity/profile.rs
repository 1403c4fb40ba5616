//! The profile: the standard claims of OpenID Connect Core §5.1 that a customer sets. Changed by merge patch (RFC 7396).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;
use url::Url;

use crate::page::{Fault, FieldError};

const TEXT_LIMIT: u32 = 200;
const URL_LIMIT: u32 = 2000;
const LINES_LIMIT: u32 = 1000;

macro_rules! record {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $field:ident: $check:expr,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct $name {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<String>,)+
        }

        impl $name {
            /// The names of the members that are texts.
            pub const FIELDS: &[&str] = &[$(stringify!($field),)+];

            /// The place and the rule of the member `name`.
            fn member(&mut self, name: &str) -> Option<(&'static str, &mut Option<String>, Check)> {
                match name {
                    $(stringify!($field) => Some((stringify!($field), &mut self.$field, $check)),)+
                    _ => None,
                }
            }
        }
    };
}

/// Says what is wrong with a value, if anything is.
type Check = fn(&str) -> Option<Fault>;

record! {
    /// The texts of a profile.
    Texts {
        /// The full name, as the customer writes it.
        name: text,
        /// Given names.
        given_name: text,
        /// Family names.
        family_name: text,
        /// Middle names.
        middle_name: text,
        /// What friends say.
        nickname: text,
        /// What the customer wants to be called by; a user name of the account goes before.
        preferred_username: text,
        /// A page about the customer.
        profile: url,
        /// An image of the customer.
        picture: url,
        /// The customer's own page.
        website: url,
        /// `female`, `male`, or any other word.
        gender: text,
        /// `YYYY-MM-DD`; year `0000` where it is not told; or the year alone.
        birthdate: birthdate,
        /// A name of the time zone database.
        zoneinfo: zoneinfo,
        /// A language tag (BCP 47).
        locale: locale,
    }
}

record! {
    /// A postal address (Core §5.1.1).
    Address {
        /// The whole, as on an envelope; may have several lines.
        formatted: lines,
        /// Street, number, and what belongs to them; may have several lines.
        street_address: lines,
        /// City.
        locality: text,
        /// State, province or prefecture.
        region: text,
        /// Postal code.
        postal_code: text,
        /// Country.
        country: text,
    }
}

/// A profile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// The texts.
    #[serde(flatten)]
    pub texts: Texts,
    /// The postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

impl std::ops::Deref for Profile {
    type Target = Texts;
    fn deref(&self) -> &Texts {
        &self.texts
    }
}

impl Profile {
    /// Merges `patch` (RFC 7396) into the profile, all of it or nothing: a text sets a member, `null` or an empty text removes it,
    /// an object under `address` is merged into the address. Says which members changed.
    ///
    /// # Errors
    /// What is wrong with each member, a member that there is not among them.
    pub fn merge(&mut self, patch: &Map<String, Value>) -> Result<Vec<&'static str>, Vec<FieldError>> {
        let mut merged = self.clone();
        let mut errors = Vec::new();
        for (name, value) in patch {
            let outcome = match (name.as_str(), value) {
                ("address", Value::Null) => {
                    merged.address = None;
                    Ok(())
                }
                ("address", Value::Object(parts)) => merged.merge_address(parts),
                _ => set(merged.texts.member(name), value),
            };
            if let Err(fault) = outcome {
                errors.push(FieldError {
                    field: Some(name.chars().take(64).collect::<String>().into()),
                    fault,
                });
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let changed = self.differences(&merged);
        *self = merged;
        Ok(changed)
    }

    fn merge_address(&mut self, parts: &Map<String, Value>) -> Result<(), Fault> {
        let mut address = self.address.take().unwrap_or_default();
        for (name, value) in parts {
            set(address.member(name), value)?;
        }
        self.address = (address != Address::default()).then_some(address);
        Ok(())
    }

    fn differences(&self, other: &Self) -> Vec<&'static str> {
        let (mut before, mut after) = (self.texts.clone(), other.texts.clone());
        let texts = Texts::FIELDS.iter().copied().filter(|name| {
            let value = |texts: &mut Texts| texts.member(name).and_then(|(_, value, _)| value.clone());
            value(&mut before) != value(&mut after)
        });
        let mut changed: Vec<_> = texts.collect();
        if self.address != other.address {
            changed.push("address");
        }
        changed
    }
}

/// Sets or removes one member.
fn set(member: Option<(&'static str, &mut Option<String>, Check)>, value: &Value) -> Result<(), Fault> {
    let (_, place, check) = member.ok_or(Fault::ValueInvalid)?;
    let value = match value {
        Value::Null => "",
        Value::String(text) => text.trim(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            return Err(Fault::ValueInvalid);
        }
    };
    let value: String = value.nfc().collect();
    if value.is_empty() {
        *place = None;
        return Ok(());
    }
    match check(&value) {
        Some(fault) => Err(fault),
        None => {
            *place = Some(value);
            Ok(())
        }
    }
}

fn at_most(limit: u32, text: &str) -> Option<Fault> {
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    (length > limit).then_some(Fault::ValueTooLong { maximum: limit })
}

fn text(value: &str) -> Option<Fault> {
    at_most(TEXT_LIMIT, value).or_else(|| value.contains(char::is_control).then_some(Fault::ValueInvalid))
}

fn lines(value: &str) -> Option<Fault> {
    let odd = value.contains(|char: char| char.is_control() && !matches!(char, '\n' | '\r'));
    at_most(LINES_LIMIT, value).or_else(|| odd.then_some(Fault::ValueInvalid))
}

/// An absolute web address: other schemes would run something where a page shows it as a link.
fn url(value: &str) -> Option<Fault> {
    let good = Url::parse(value).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    at_most(URL_LIMIT, value).or_else(|| (!good).then_some(Fault::ValueInvalid))
}

/// Core §5.1: ISO 8601-1 `YYYY-MM-DD`, with year `0000` where it is left out, or `YYYY`.
fn birthdate(value: &str) -> Option<Fault> {
    let (year, day) = value.split_once('-').map_or((value, None), |(year, day)| (year, Some(day)));
    let digits = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    // 29 February may stand without its year, so year 0000 counts as a leap year.
    let year: Option<i32> = year.parse().ok().filter(|_| digits);
    let good = match (year, day) {
        (Some(year), None) => year > 1800,
        (Some(year), Some(day)) => {
            (year == 0 || year > 1800) && is_day(if year == 0 { 2000 } else { year }, day)
        }
        (None, _) => false,
    };
    (!good).then_some(Fault::BirthdateInvalid)
}

fn is_day(year: i32, text: &str) -> bool {
    let Some((month, day)) = text.split_once('-').filter(|_| text.len() == 5 && text.is_ascii()) else {
        return false;
    };
    let (Ok(month), Ok(day)) = (month.parse::<u8>(), day.parse::<u8>()) else { return false };
    time::Month::try_from(month).is_ok_and(|month| time::Date::from_calendar_date(year, month, day).is_ok())
}

/// The form of a name in the time zone database; which names there are changes several times a year.
fn zoneinfo(value: &str) -> Option<Fault> {
    let parts: Vec<&str> = value.split('/').collect();
    let good = value.len() <= 64
        && parts.len() <= 3
        && parts.iter().all(|part| {
            part.starts_with(|char: char| char.is_ascii_alphabetic())
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
        });
    (!good).then_some(Fault::ZoneinfoInvalid)
}

fn locale(value: &str) -> Option<Fault> {
    let good = value.len() <= 35 && value.parse::<unic_langid::LanguageIdentifier>().is_ok();
    (!good).then_some(Fault::LocaleInvalid)
}
