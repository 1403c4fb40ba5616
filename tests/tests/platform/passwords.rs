//! Whose a password is, what checking one costs, and when it is hashed anew.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use shared::credential::password::{self, Verdict};
use shared::identity::{NormalIdentifier, User};
use shared::secret::Secret;
use shared::settings::{self, Settings};
use shared::store;
use tests::World;

fn email(text: &str) -> NormalIdentifier {
    NormalIdentifier::email(text).unwrap()
}

#[tokio::test]
async fn a_password_is_right_for_its_account_alone() {
    let world = World::seeded().await;
    let app = world.app();
    let secret = |text: &str| Secret::new(text.to_owned());
    let ada = User::new(app, &[email("ada@example.com")]).proven();
    let grace = User::new(app, &[email("grace@example.com")]).proven();
    let password = secret("correct horse battery staple 7");
    store::write(app, password::set_write(app, &ada, &password).await.unwrap()).await.unwrap();
    assert_eq!(password::verify(app, Some(&ada.id), &password).await.unwrap(), Verdict::Right);
    let full_width = secret("ｃorrect horse battery staple 7");
    assert_eq!(password::verify(app, Some(&ada.id), &full_width).await.unwrap(), Verdict::Right);
    for (user, text) in [
        (Some(&ada.id), "correct horse battery staple 8"),
        (Some(&ada.id), ""),
        (Some(&grace.id), "correct horse battery staple 7"),
        (None, "correct horse battery staple 7"),
    ] {
        assert_eq!(password::verify(app, user, &secret(text)).await.unwrap(), Verdict::Wrong);
    }
}

#[tokio::test]
async fn nobodys_password_costs_the_same_calls_as_a_wrong_one() {
    let world = World::seeded().await;
    let app = world.app();
    let ada = User::new(app, &[email("ada@example.com")]).proven();
    let wrong = Secret::new("correct horse battery staple 8".to_owned());
    let right = Secret::new("correct horse battery staple 7".to_owned());
    store::write(app, password::set_write(app, &ada, &right).await.unwrap()).await.unwrap();
    let mut costs = Vec::new();
    for user in [Some(&ada.id), None] {
        world.stack().calls().reset();
        assert_eq!(password::verify(app, user, &wrong).await.unwrap(), Verdict::Wrong);
        costs.push(world.stack().calls().snapshot());
    }
    assert_eq!(costs[0], BTreeMap::from([("dynamodb.GetItem".to_owned(), 1)]));
    assert_eq!(costs[0], costs[1]);
}

#[tokio::test]
async fn a_right_password_is_hashed_anew_when_the_cost_rises() {
    let world = World::seeded().await;
    let app = world.app();
    let ada = User::new(app, &[email("ada@example.com")]).proven();
    let password = Secret::new("correct horse battery staple 7".to_owned());
    store::write(app, password::set_write(app, &ada, &password).await.unwrap()).await.unwrap();
    let mut dearer = Settings::default();
    dearer.hashing.passes = 3;
    settings::save(app, &dearer).await.unwrap();
    let mut puts = Vec::new();
    for _ in 0..2 {
        world.stack().calls().reset();
        assert_eq!(password::verify(app, Some(&ada.id), &password).await.unwrap(), Verdict::Right);
        puts.push(world.stack().calls().snapshot().get("dynamodb.PutItem").copied().unwrap_or(0));
    }
    assert_eq!(puts, [1, 0]);
}
