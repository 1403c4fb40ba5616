//! How much may be tried: guesses at one account, and buckets that fill again.

use std::time::Duration;

use shared::limit::guess::{self, Guesser};
use shared::limit::{self, Bucket, LimitError};
use shared::store;
use tests::World;

#[tokio::test]
async fn guessing_slows_strangers_and_not_the_owner_at_home() {
    let world = World::seeded().await;
    let app = world.app();
    for _ in 0..5 {
        let _ = guess::begin(app, "usr_ada", Guesser::Stranger).await.unwrap();
    }
    let refused = guess::begin(app, "usr_ada", Guesser::Stranger).await;
    assert!(matches!(refused, Err(LimitError::Exceeded { seconds: 5 })));
    let _ = guess::begin(app, "usr_grace", Guesser::Stranger).await.unwrap();
    let home = guess::begin(app, "usr_ada", Guesser::Device("home")).await.unwrap();
    store::transact(app, vec![home.succeeded()]).await.unwrap();
    assert!(guess::begin(app, "usr_ada", Guesser::Stranger).await.is_err());
    world.advance(Duration::from_secs(5));
    let right = guess::begin(app, "usr_ada", Guesser::Stranger).await.unwrap();
    assert!(guess::begin(app, "usr_ada", Guesser::Stranger).await.is_err());
    store::transact(app, vec![right.succeeded()]).await.unwrap();
    let _ = guess::begin(app, "usr_ada", Guesser::Stranger).await.unwrap();
}

#[tokio::test]
async fn guesses_in_parallel_are_all_counted() {
    let world = World::seeded().await;
    let app = world.app();
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
    let world = World::seeded().await;
    let app = world.app();
    for _ in 0..10 {
        limit::take(app, Bucket::SignUp, "192.0.2.1").await.unwrap();
    }
    let refused = limit::take(app, Bucket::SignUp, "192.0.2.1").await;
    assert!(matches!(refused, Err(LimitError::Exceeded { seconds: 60 })));
    limit::take(app, Bucket::SignUp, "192.0.2.2").await.unwrap();
    world.advance(Duration::from_secs(60));
    limit::take(app, Bucket::SignUp, "192.0.2.1").await.unwrap();
    assert!(limit::take(app, Bucket::SignUp, "192.0.2.1").await.is_err());
}

#[tokio::test]
async fn a_busy_client_costs_no_call() {
    let world = World::seeded().await;
    let app = world.app();
    limit::take(app, Bucket::Token, "acme").await.unwrap();
    world.stack().calls().reset();
    for _ in 0..99 {
        limit::take(app, Bucket::Token, "acme").await.unwrap();
    }
    assert!(world.stack().calls().snapshot().is_empty());
    let mut taken = 100;
    while limit::take(app, Bucket::Token, "acme").await.is_ok() {
        taken += 1;
    }
    assert_eq!(taken, 6000);
}
