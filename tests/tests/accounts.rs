//! Accounts: whose an identifier is, passwords, and guesses at them.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use local::aws::Data;
use local::platform::{Platform, Start};
use serde_json::json;
use shared::app::App;
use shared::clock::{Clock, Timestamp};
use shared::credential::password::{self, Verdict};
use shared::hook::Cause;
use shared::identity::{self, NormalIdentifier, UNPROVEN_LIFETIME, User};
use shared::keys;
use shared::limit::guess::{self, Guesser};
use shared::limit::{self, Bucket, LimitError};
use shared::rng::Rng;
use shared::secret::Secret;
use shared::settings::{self, Settings};
use shared::store::{self, StoreError};

async fn platform() -> Platform {
    let platform = Platform::start(Start {
        template: &Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml"),
        data: Data::Temporary,
        issuer: "http://localhost:3000",
        clock: Clock::stopped(Timestamp(1_800_000_000)),
        rng: Rng::seeded(7),
    })
    .unwrap();
    platform.invoke("jobs-seed", json!({})).await.unwrap();
    platform
}

fn email(text: &str) -> NormalIdentifier {
    NormalIdentifier::email(text).unwrap()
}

async fn create(app: &App, user: &User) -> Result<(), StoreError> {
    let sealer = keys::sealer(app).await.unwrap();
    store::transact(app, identity::create_writes(app, &sealer, user, &Cause::system())).await
}

async fn prove(app: &App, user: &User, identifier: &NormalIdentifier) -> Result<(), StoreError> {
    let sealer = keys::sealer(app).await.unwrap();
    let mut stored = identity::load(app, &user.id).await.unwrap().unwrap();
    let proof = (identifier, &Cause::system());
    store::transact(app, identity::verify_writes(app, &sealer, &mut stored, proof).unwrap()).await
}

#[tokio::test]
async fn a_proven_address_belongs_to_one_account() {
    let platform = platform().await;
    let app = &platform.app;
    let address = email("ada@example.com");
    let ada = User::new(app, std::slice::from_ref(&address)).proven();
    create(app, &ada).await.unwrap();
    let eve = User::new(app, &[email("ADA@example.com")]);
    assert!(create(app, &eve).await.unwrap_err().is_refused());
    assert_eq!(identity::find(app, &address).await.unwrap(), Some(ada.id));
    assert!(identity::load(app, &eve.id).await.unwrap().is_none(), "no half user");
}

#[tokio::test]
async fn of_sign_ups_with_one_user_name_one_wins() {
    let platform = platform().await;
    let app = &platform.app;
    let name = NormalIdentifier::username("ada").unwrap();
    let users: Vec<User> = (0..4).map(|_| User::new(app, std::slice::from_ref(&name))).collect();
    let (a, b, c, d) = tokio::join!(
        create(app, &users[0]),
        create(app, &users[1]),
        create(app, &users[2]),
        create(app, &users[3])
    );
    assert_eq!([a, b, c, d].iter().filter(|outcome| outcome.is_ok()).count(), 1);
}

#[tokio::test]
async fn squatting_on_an_address_keeps_its_owner_out_of_nothing() {
    let platform = platform().await;
    let app = &platform.app;
    let address = email("ada@example.com");
    let squatter = User::new(app, std::slice::from_ref(&address));
    let ada = User::new(app, std::slice::from_ref(&address));
    create(app, &squatter).await.unwrap();
    create(app, &ada).await.unwrap();
    let again = User::new(app, std::slice::from_ref(&address));
    create(app, &again).await.unwrap();
    prove(app, &ada, &address).await.unwrap();
    assert_eq!(identity::find(app, &address).await.unwrap().as_ref(), Some(&ada.id));
    assert!(prove(app, &squatter, &address).await.unwrap_err().is_refused());
    assert!(prove(app, &again, &address).await.unwrap_err().is_refused());
}

#[tokio::test]
async fn an_account_that_proves_nothing_goes_and_one_that_proves_stays() {
    let platform = platform().await;
    let app = &platform.app;
    let name = |text| NormalIdentifier::username(text).unwrap();
    let ada = User::new(app, &[email("ada@example.com"), name("ada")]);
    let bot = User::new(app, &[email("bot@example.com"), name("bot")]);
    create(app, &ada).await.unwrap();
    create(app, &bot).await.unwrap();
    prove(app, &ada, &email("ada@example.com")).await.unwrap();
    app.clock.advance(UNPROVEN_LIFETIME);
    assert!(identity::load_by(app, &name("bot")).await.unwrap().is_none());
    assert!(identity::load_by(app, &email("bot@example.com")).await.unwrap().is_none());
    create(app, &User::new(app, &[email("bot@example.com"), name("bot")])).await.unwrap();
    platform.stack.sweep_ttl().unwrap();
    assert_eq!(identity::load_by(app, &name("ada")).await.unwrap().unwrap().id, ada.id);
    assert!(create(app, &User::new(app, &[name("ada")])).await.unwrap_err().is_refused());
}

#[tokio::test]
async fn a_password_is_right_for_its_account_alone() {
    let platform = platform().await;
    let app = &platform.app;
    let secret = |text: &str| Secret::new(text.to_owned());
    let ada = User::new(app, &[email("ada@example.com")]).proven();
    let grace = User::new(app, &[email("grace@example.com")]).proven();
    let password = secret("correct horse battery staple 7");
    store::write(app, password::set_write(app, &ada.id, &password).await.unwrap()).await.unwrap();
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
    let platform = platform().await;
    let app = &platform.app;
    let ada = User::new(app, &[email("ada@example.com")]).proven();
    let wrong = Secret::new("correct horse battery staple 8".to_owned());
    let right = Secret::new("correct horse battery staple 7".to_owned());
    store::write(app, password::set_write(app, &ada.id, &right).await.unwrap()).await.unwrap();
    let mut costs = Vec::new();
    for user in [Some(&ada.id), None] {
        platform.stack.calls().reset();
        assert_eq!(password::verify(app, user, &wrong).await.unwrap(), Verdict::Wrong);
        costs.push(platform.stack.calls().snapshot());
    }
    assert_eq!(costs[0], BTreeMap::from([("dynamodb.GetItem".to_owned(), 1)]));
    assert_eq!(costs[0], costs[1]);
}

#[tokio::test]
async fn a_right_password_is_hashed_anew_when_the_cost_rises() {
    let platform = platform().await;
    let app = &platform.app;
    let ada = User::new(app, &[email("ada@example.com")]).proven();
    let password = Secret::new("correct horse battery staple 7".to_owned());
    store::write(app, password::set_write(app, &ada.id, &password).await.unwrap()).await.unwrap();
    let mut dearer = Settings::default();
    dearer.hashing.passes = 3;
    settings::save(app, &dearer).await.unwrap();
    let mut puts = Vec::new();
    for _ in 0..2 {
        platform.stack.calls().reset();
        assert_eq!(password::verify(app, Some(&ada.id), &password).await.unwrap(), Verdict::Right);
        puts.push(platform.stack.calls().snapshot().get("dynamodb.PutItem").copied().unwrap_or(0));
    }
    assert_eq!(puts, [1, 0]);
}

#[tokio::test]
async fn guessing_slows_strangers_and_not_the_owner_at_home() {
    let platform = platform().await;
    let app = &platform.app;
    for _ in 0..5 {
        let _ = guess::begin(app, "usr_ada", Guesser::Stranger).await.unwrap();
    }
    let refused = guess::begin(app, "usr_ada", Guesser::Stranger).await;
    assert!(matches!(refused, Err(LimitError::Exceeded { seconds: 5 })));
    let _ = guess::begin(app, "usr_grace", Guesser::Stranger).await.unwrap();
    let home = guess::begin(app, "usr_ada", Guesser::Device("home")).await.unwrap();
    store::transact(app, vec![home.succeeded()]).await.unwrap();
    assert!(guess::begin(app, "usr_ada", Guesser::Stranger).await.is_err());
    app.clock.advance(Duration::from_secs(5));
    let right = guess::begin(app, "usr_ada", Guesser::Stranger).await.unwrap();
    assert!(guess::begin(app, "usr_ada", Guesser::Stranger).await.is_err());
    store::transact(app, vec![right.succeeded()]).await.unwrap();
    let _ = guess::begin(app, "usr_ada", Guesser::Stranger).await.unwrap();
}

#[tokio::test]
async fn guesses_in_parallel_are_all_counted() {
    let platform = platform().await;
    let app = &platform.app;
    let attempt = || guess::begin(app, "usr_ada", Guesser::Stranger);
    let many = tokio::join!(attempt(), attempt(), attempt(), attempt());
    let many = [many.0, many.1, many.2, many.3];
    let mut made = many.iter().filter(|outcome| outcome.is_ok()).count();
    while attempt().await.is_ok() {
        made += 1;
    }
    assert_eq!(made, 5);
}

#[tokio::test]
async fn a_bucket_gives_what_it_holds_and_fills_again() {
    let platform = platform().await;
    let app = &platform.app;
    for _ in 0..10 {
        limit::take(app, Bucket::SignUp, "192.0.2.1").await.unwrap();
    }
    let refused = limit::take(app, Bucket::SignUp, "192.0.2.1").await;
    assert!(matches!(refused, Err(LimitError::Exceeded { seconds: 60 })));
    limit::take(app, Bucket::SignUp, "192.0.2.2").await.unwrap();
    app.clock.advance(Duration::from_secs(60));
    limit::take(app, Bucket::SignUp, "192.0.2.1").await.unwrap();
    assert!(limit::take(app, Bucket::SignUp, "192.0.2.1").await.is_err());
}

#[tokio::test]
async fn a_busy_client_costs_no_call() {
    let platform = platform().await;
    let app = &platform.app;
    limit::take(app, Bucket::Token, "acme").await.unwrap();
    platform.stack.calls().reset();
    for _ in 0..99 {
        limit::take(app, Bucket::Token, "acme").await.unwrap();
    }
    assert!(platform.stack.calls().snapshot().is_empty());
    let mut taken = 100;
    while limit::take(app, Bucket::Token, "acme").await.is_ok() {
        taken += 1;
    }
    assert_eq!(taken, 6000);
}
