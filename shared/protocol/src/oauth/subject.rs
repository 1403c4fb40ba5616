//! By which name a client knows a customer (`sub`, OpenID Connect Core §8): the same everywhere, or one for each sector, so that two
//! companies cannot tell that they have the same customer.
//!
//! A pairwise name is a keyed hash of sector and customer, followed by the customer's id masked with a keyed hash of the first:
//! deterministic, different in every sector, and readable for us alone, so that a token leads to its customer without a record.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::tokens::Audience;
use crate::app::App;
use crate::client::{Client, SubjectType};
use crate::id::{SessionId, UserId};
use crate::keys::{self, KeyError, Sealer, Typ};

const NAME: &str = "pairwise";
const MASK: &str = "pairwise_mask";
const SESSION: &str = "pairwise_session";
/// The bytes of an id, and of the hash before it.
const HALF: usize = 16;

/// How a client knows customers.
#[derive(Clone)]
pub enum Naming {
    /// By the id that every such client knows.
    Public,
    /// By a name that is its sector's alone.
    Pairwise(Pairwise),
}

/// The names of one sector.
#[derive(Clone)]
pub struct Pairwise {
    sealer: Arc<Sealer>,
    sector: String,
}

impl fmt::Debug for Naming {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => formatter.write_str("Public"),
            Self::Pairwise(names) => formatter.debug_tuple("Pairwise").field(&names.sector).finish(),
        }
    }
}

impl Naming {
    /// How `client` knows customers.
    ///
    /// # Errors
    /// When the sealer cannot be had.
    pub async fn of(app: &App, client: &Client) -> Result<Self, KeyError> {
        match client.subject_type {
            SubjectType::Public => Ok(Self::Public),
            SubjectType::Pairwise => {
                let sector = client.sector.clone().unwrap_or_else(|| client.id.clone());
                Ok(Self::Pairwise(Pairwise { sealer: keys::sealer(app).await?, sector }))
            }
        }
    }

    /// The client's name for `user`.
    #[must_use]
    pub fn name(&self, user: &UserId) -> String {
        match self {
            Self::Public => user.as_str().to_owned(),
            Self::Pairwise(names) => names.name(user),
        }
    }

    /// Whom the client means by `name`, which anybody may have made up.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<UserId> {
        match self {
            Self::Public => name.parse().ok(),
            Self::Pairwise(names) => open(&names.sealer, name).filter(|user| names.name(user) == name),
        }
    }

    /// The client's name for a session (`sid`): two clients must not know each other's customers by it either.
    #[must_use]
    pub fn session(&self, session: &SessionId) -> String {
        match self {
            Self::Public => session.as_str().to_owned(),
            Self::Pairwise(Pairwise { sealer, sector }) => {
                sealer.mac_text(SESSION, &joined(sector, &session.bytes()))
            }
        }
    }
}

impl Pairwise {
    fn name(&self, user: &UserId) -> String {
        let id = user.bytes();
        let hash = half(self.sealer.mac(NAME, &joined(&self.sector, &id)));
        URL_SAFE_NO_PAD.encode([hash, masked(&self.sealer, id, hash)].concat())
    }
}

/// Whom a token of ours is about. Its signature has to be checked before: of a pairwise name the sector is not looked at.
///
/// # Errors
/// When the sealer cannot be had.
pub async fn read(app: &App, name: &str) -> Result<Option<UserId>, KeyError> {
    match name.parse() {
        Ok(user) => Ok(Some(user)),
        Err(_) => Ok(open(keys::sealer(app).await?.as_ref(), name)),
    }
}

/// Whom an ID token of ours for `client` is about, expired or not (`id_token_hint`, Core §3.1.2.1); `None` for anything else.
///
/// # Errors
/// When the keys cannot be had.
pub async fn hinted(app: &App, client: &Client, id_token: &str) -> Result<Option<UserId>, KeyError> {
    let hint = keys::verify::<Hint>(app, id_token, Typ::Jwt).await?;
    match hint.filter(|hint| hint.iss == app.config.issuer && hint.aud.contains(&client.id)) {
        Some(hint) => read(app, &hint.sub).await,
        None => Ok(None),
    }
}

#[derive(Deserialize)]
struct Hint {
    iss: String,
    sub: String,
    aud: Audience,
}

fn open(sealer: &Sealer, name: &str) -> Option<UserId> {
    let bytes = URL_SAFE_NO_PAD.decode(name).ok().filter(|bytes| bytes.len() == 2 * HALF)?;
    let (hash, id) = bytes.split_at(HALF);
    let (hash, id) = (hash.try_into().ok()?, id.try_into().ok()?);
    Some(UserId::from_bytes(masked(sealer, id, hash)))
}

fn masked(sealer: &Sealer, id: [u8; HALF], hash: [u8; HALF]) -> [u8; HALF] {
    let mask = half(sealer.mac(MASK, &hash));
    std::array::from_fn(|index| id[index] ^ mask[index])
}

fn half(mac: [u8; 2 * HALF]) -> [u8; HALF] {
    std::array::from_fn(|index| mac[index])
}

/// INVARIANT: ids have one length, so no two pairs of sector and id are joined alike.
fn joined(sector: &str, id: &[u8]) -> Vec<u8> {
    [id, sector.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::app::offline::offline;
    use crate::clock::Timestamp;
    use crate::keys::{Handle, HandleKind};

    fn sealer() -> Arc<Sealer> {
        let app = offline(Timestamp(1_800_000_000));
        Arc::new(Sealer::of_handle(&Handle::new(&app, HandleKind::Code)))
    }

    fn pairwise(sealer: &Arc<Sealer>, sector: &str) -> Naming {
        Naming::Pairwise(Pairwise { sealer: Arc::clone(sealer), sector: sector.to_owned() })
    }

    proptest! {
        #[test]
        fn a_name_leads_to_its_customer_in_its_sector_alone(bytes in any::<[u8; 16]>(), sector in ".{0,40}") {
            let (sealer, user) = (sealer(), UserId::from_bytes(bytes));
            let (own, other) = (pairwise(&sealer, &sector), pairwise(&sealer, &format!("{sector}x")));
            let name = own.name(&user);
            prop_assert_eq!(&own.name(&user), &name);
            prop_assert_ne!(&other.name(&user), &name);
            prop_assert_eq!(own.find(&name), Some(user.clone()));
            prop_assert_eq!(other.find(&name), None);
            prop_assert_eq!(Naming::Public.find(&name), None);
            prop_assert_eq!(own.find(user.as_str()), None);
            prop_assert_eq!(open(&sealer, &name), Some(user));
        }

        /// Neither half tells that two sectors know the same customer.
        #[test]
        fn names_of_two_sectors_have_nothing_in_common(bytes in any::<[u8; 16]>()) {
            let (sealer, user) = (sealer(), UserId::from_bytes(bytes));
            let halves = |sector| {
                let name = URL_SAFE_NO_PAD.decode(pairwise(&sealer, sector).name(&user)).unwrap();
                (name[..HALF].to_vec(), name[HALF..].to_vec())
            };
            let (one, two) = (halves("one.example"), halves("two.example"));
            prop_assert!(one.0 != two.0 && one.1 != two.1);
            prop_assert!(one.1 != bytes && two.1 != bytes);
        }

        #[test]
        fn a_made_up_name_is_nobodys(name in any::<String>(), random in any::<[u8; 32]>()) {
            let names = pairwise(&sealer(), "one.example");
            prop_assert_eq!(names.find(&name), None);
            prop_assert_eq!(names.find(&URL_SAFE_NO_PAD.encode(random)), None);
        }
    }

    #[test]
    fn sessions_have_names_of_their_own_in_each_sector() {
        let (sealer, session) = (sealer(), SessionId::from_bytes([7; 16]));
        let (one, two) = (pairwise(&sealer, "one.example"), pairwise(&sealer, "two.example"));
        assert_eq!(Naming::Public.session(&session), session.as_str());
        assert_ne!(one.session(&session), two.session(&session));
        assert!(!one.session(&session).contains(session.as_str()));
    }

    #[test]
    fn a_naming_does_not_print_its_key() {
        assert_eq!(format!("{:?}", pairwise(&sealer(), "one.example")), r#"Pairwise("one.example")"#);
    }
}
