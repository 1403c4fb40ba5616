//! Identifiers as types, made from one list: a prefix that says what it is, then 128 random bits in base 32.

use std::fmt;
use std::str::FromStr;

use data_encoding::{Encoding, Specification};
use serde::{Deserialize, Serialize};

use crate::app::App;

/// A text that is not an identifier of the wanted kind.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a valid identifier here")]
pub struct IdError(pub &'static str);

/// Crockford's alphabet in lower case: sorts like the bytes, and no letter is mistaken for a digit.
fn alphabet() -> &'static Encoding {
    static BASE32: std::sync::LazyLock<Encoding> = std::sync::LazyLock::new(|| {
        let mut specification = Specification::new();
        specification.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
        #[expect(clippy::expect_used, reason = "the alphabet is a constant of 32 distinct symbols")]
        specification.encoding().expect("a valid alphabet")
    });
    &BASE32
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($prefix:literal);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// A fresh one.
            #[must_use]
            pub fn new(app: &App) -> Self {
                Self::from_bytes(app.rng.bytes::<16>())
            }

            /// A fresh one that sorts by the time it was made: 48 bits of milliseconds, 80 random bits.
            #[must_use]
            pub fn sortable(app: &App) -> Self {
                let mut bytes = app.rng.bytes::<16>();
                bytes[..6].copy_from_slice(&app.clock.now_millis().to_be_bytes()[2..]);
                Self::from_bytes(bytes)
            }

            /// The identifier with these 128 bits.
            #[must_use]
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(format!("{}{}", $prefix, alphabet().encode(&bytes)))
            }

            /// The 128 bits behind the prefix.
            #[must_use]
            pub fn bytes(&self) -> [u8; 16] {
                // INVARIANT: every constructor has checked that the text decodes to 16 bytes.
                decode(&self.0, $prefix).unwrap_or_default()
            }

            /// The text, prefix and all.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                decode(text, $prefix).map(|_| Self(text.to_owned())).ok_or(IdError(stringify!($name)))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    )*};
}

fn decode(text: &str, prefix: &str) -> Option<[u8; 16]> {
    let bytes = alphabet().decode(text.strip_prefix(prefix)?.as_bytes()).ok()?;
    bytes.try_into().ok()
}

ids! {
    /// A customer or administrator; the subject of tokens.
    UserId("usr_");
    /// A browser session of one user.
    SessionId("ses_");
    /// What one user granted one client in one sign-in: the family of the tokens that came of it.
    GrantId("gra_");
    /// Something that happened.
    EventId("evt_");
    /// One HTTP request.
    RequestId("req_");
    /// One token (`jti`).
    TokenId("tok_");
    /// A message to a customer.
    MessageId("msg_");
    /// One wrapped key.
    KeyId("key_");
    /// A client that registered itself; others may have ids of any form.
    ClientId("cli_");
    /// One secret of a client; the name, not the secret.
    SecretId("sec_");
}
