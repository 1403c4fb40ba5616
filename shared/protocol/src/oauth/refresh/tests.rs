//! What refresh tokens promise: one current token, retries that converge, and no fork.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::app::App;
use crate::app::offline::offline;
use crate::client::Client;
use crate::clock::Timestamp;
use crate::id::{GrantId, SessionId, UserId};
use crate::identity::Epoch;
use crate::keys::{Handle, HandleKind, Sealer};
use crate::oauth::authorization::RequestedClaims;
use crate::oauth::details::Details;
use crate::oauth::grants::{Grant, Refreshing, Terms};
use crate::settings::TokenSettings;

const NOW: Timestamp = Timestamp(1_800_000_000);
const GRACE: Duration = Duration::from_secs(10);

/// A family in memory; `rotate` does what the conditional write does.
struct Family {
    app: App,
    sealer: Sealer,
    rotation: Rotation,
    grant: Grant,
}

impl Family {
    fn new(settings: &TokenSettings) -> (Self, Handle) {
        let app = offline(NOW);
        let (user, id) = (UserId::new(&app), GrantId::new(&app));
        let rotation = Rotation::of(&Client::new("acme", NOW), settings);
        let sealer = Sealer::of_handle(&Handle::new(&app, HandleKind::Code));
        let (first, refreshing) = begin(&app, &sealer, (&user, &id), rotation);
        let terms = Terms {
            user,
            client: "acme".to_owned(),
            epoch: Epoch::default(),
            session: Some(SessionId::new(&app)),
            scopes: vec!["openid".to_owned()],
            resources: Vec::new(),
            details: Details::default(),
            claims: RequestedClaims::default(),
            auth_time: Some(NOW),
            acr: None,
            amr: Vec::new(),
        };
        let expires_at = expiry(NOW, Some(&refreshing), Duration::from_secs(600));
        let grant = Grant {
            id,
            terms,
            created_at: NOW,
            used_at: NOW,
            expires_at,
            revoked_at: None,
            refresh_hash: Some(first.hash()),
            jkt: None,
            x5t: None,
            refreshing: Some(refreshing),
        };
        (Self { app, sealer, rotation, grant }, first)
    }

    fn standing(&self, handle: &Handle) -> Standing {
        standing(&self.grant, handle, self.app.clock.now(), self.rotation.grace)
    }

    fn rotate(&mut self, current: &Handle) -> Handle {
        let before = self.grant.refreshing.clone().unwrap();
        let (fresh, after) =
            successor(&self.app, &self.sealer, (current, &self.grant, &before), self.rotation);
        self.grant.refresh_hash = Some(fresh.hash());
        self.grant.refreshing = Some(after);
        fresh
    }

    fn refreshing(&self) -> &Refreshing {
        self.grant.refreshing.as_ref().unwrap()
    }
}

#[test]
fn a_token_is_current_until_it_is_replaced() {
    let (mut family, first) = Family::new(&TokenSettings::default());
    assert!(matches!(family.standing(&first), Standing::Current));
    let second = family.rotate(&first);
    assert_ne!(first.expose(), second.expose());
    assert!(matches!(family.standing(&second), Standing::Current));
    let owner = Some((family.grant.terms.user.clone(), family.grant.id.clone()));
    assert_eq!((second.owner(&family.sealer), first.owner(&family.sealer)), (owner.clone(), owner));
    assert_eq!(family.refreshing().generation, 1);
}

#[test]
fn a_retry_within_the_grace_gets_the_same_successor() {
    let (mut family, first) = Family::new(&TokenSettings::default());
    let second = family.rotate(&first);
    for _ in 0..3 {
        let Standing::Retry(again) = family.standing(&first) else { panic!("not a retry") };
        assert_eq!(again.expose(), second.expose());
    }
    family.app.clock.advance(GRACE);
    assert!(matches!(family.standing(&first), Standing::Retry(_)));
    family.app.clock.advance(Duration::from_secs(1));
    assert!(matches!(family.standing(&first), Standing::Reused));
    assert!(matches!(family.standing(&second), Standing::Current));
}

#[test]
fn an_older_token_is_reused_even_within_the_grace() {
    let (mut family, first) = Family::new(&TokenSettings::default());
    let second = family.rotate(&first);
    let third = family.rotate(&second);
    assert!(matches!(family.standing(&first), Standing::Reused));
    assert!(matches!(family.standing(&second), Standing::Retry(_)));
    assert!(matches!(family.standing(&third), Standing::Current));
}

#[test]
fn without_a_grace_every_second_use_is_reuse() {
    let settings = TokenSettings { refresh_grace: Duration::ZERO, ..TokenSettings::default() };
    let (mut family, first) = Family::new(&settings);
    family.rotate(&first);
    assert!(family.refreshing().successor.is_none());
    assert!(matches!(family.standing(&first), Standing::Reused));
}

#[test]
fn who_knows_user_and_grant_cannot_end_the_family() {
    let (family, _) = Family::new(&TokenSettings::default());
    let owner = (&family.grant.terms.user, &family.grant.id);
    let forged = Handle::of_grant(&family.app, &family.sealer, HandleKind::RefreshToken, owner);
    assert!(matches!(family.standing(&forged), Standing::Foreign));
    let (other, foreign) = Family::new(&TokenSettings::default());
    assert!(matches!(other.standing(&foreign), Standing::Current));
    let mut without = family;
    without.grant.refreshing = None;
    assert!(matches!(without.standing(&foreign), Standing::Foreign));
}

#[test]
fn a_family_ends_with_its_absolute_lifetime_however_often_it_is_used() {
    let settings = TokenSettings {
        refresh_idle: Duration::from_secs(100),
        refresh_absolute: Duration::from_secs(150),
        ..TokenSettings::default()
    };
    let (mut family, first) = Family::new(&settings);
    assert_eq!(family.refreshing().good_until, NOW.plus(Duration::from_secs(100)));
    family.app.clock.advance(Duration::from_secs(90));
    family.rotate(&first);
    assert_eq!(family.refreshing().good_until, NOW.plus(Duration::from_secs(150)));
    assert!(replace::is_good(&family.grant, NOW.plus(Duration::from_secs(149))));
    assert!(!replace::is_good(&family.grant, NOW.plus(Duration::from_secs(150))));
}

#[test]
fn a_client_may_have_lifetimes_of_its_own_within_bounds() {
    let app = offline(NOW);
    let sealer = Sealer::of_handle(&Handle::new(&app, HandleKind::Code));
    let (user, id) = (UserId::new(&app), GrantId::new(&app));
    let settings = TokenSettings { refresh_longest: Duration::from_secs(1000), ..TokenSettings::default() };
    let mut client = Client::new("acme", NOW);
    for (idle, absolute, until, end) in
        [(20, 500, 20, 500), (2000, 5000, 1000, 1000), (u64::MAX, u64::MAX, 1000, 1000)]
    {
        client.lifetimes.refresh_idle = Some(idle);
        client.lifetimes.refresh_absolute = Some(absolute);
        let (_, begun) = begin(&app, &sealer, (&user, &id), Rotation::of(&client, &settings));
        let expected = (NOW.plus(Duration::from_secs(until)), NOW.plus(Duration::from_secs(end)));
        assert_eq!((begun.good_until, begun.ends_at), expected);
    }
}

proptest! {
    /// Any order of presentations: at most one token is current, every retry leads to it, and no other token refreshes.
    #[test]
    fn a_family_never_forks(steps in proptest::collection::vec((any::<prop::sample::Index>(), 0..20_u64), 1..40)) {
        let (mut family, first) = Family::new(&TokenSettings::default());
        let mut issued = vec![first];
        for (which, wait) in steps {
            family.app.clock.advance(Duration::from_secs(wait));
            let presented = issued[which.index(issued.len())].clone();
            match family.standing(&presented) {
                Standing::Current => issued.push(family.rotate(&presented)),
                Standing::Retry(successor) => {
                    prop_assert_eq!(Some(successor.hash()), family.grant.refresh_hash.clone());
                }
                Standing::Reused => break,
                Standing::Foreign => prop_assert!(false, "a token of ours is not known"),
            }
            let current = issued.iter().filter(|token| matches!(family.standing(token), Standing::Current));
            prop_assert_eq!(current.count(), 1);
        }
    }
}
