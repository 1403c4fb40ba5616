//! Every endpoint under every fault of AWS: each call that a request makes meets it the first time, and the caller notices nothing.
#![expect(clippy::unwrap_used, reason = "tests")]

mod account;
mod clients;
mod signin;

use std::collections::BTreeSet;
use std::time::Duration;

use local::aws::Fault;
use local::template::Route;
use serde_json::{Value, json};
use shared::settings::{self, LimitSettings};
use tests::{Receiver, View, World};

/// What no request reaches: the operator's and the schedule's calls.
const JOBS: &[&str] = &["jobs-initial_access", "jobs-rotate_keys", "jobs-rotate_secret", "jobs-seed"];

/// What streams and queues feed; each leaves a trace that is looked for.
const FED: &[&str] = &[
    "events-audit",
    "events-backchannel_logout",
    "events-backchannel_notification",
    "events-dispatch",
    "events-message",
];

/// Nothing but what its customers and clients asked for has happened.
async fn assert_nobody_is_suspected(world: &World) {
    for kind in ["code.reused", "refresh_token.reused"] {
        assert!(world.events(kind).await.is_empty(), "{kind}");
    }
}

/// The journeys through every endpoint, in a world where every call to AWS meets `fault`.
async fn walk_every_endpoint(fault: Fault) {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    // Nothing that is used a second time is forgiven.
    let mut settings = settings::load(world.app()).await.unwrap().as_ref().clone();
    settings.tokens.refresh_grace = Duration::ZERO;
    // All in one minute of a clock that stands still.
    settings.limits = LimitSettings { per_address: 100, per_account: 100, per_client: 100 };
    settings::save(world.app(), &settings).await.unwrap();
    world.fail_every_call(fault);
    clients::metadata(&world).await;
    clients::registration(&world).await;
    clients::tokens(&world).await;
    clients::proofs(&world).await;
    clients::device(&world).await;
    clients::asked_by_mail(&world, &receiver).await;
    clients::challenge(&world).await;
    signin::sign_up(&world).await;
    signin::other_account(&world).await;
    signin::sign_out(&world, &receiver).await;
    signin::recovery(&world).await;
    account::pages(&world).await;
    account::api(&world).await;
    jobs(&world).await;
    world.deliver().await;
    assert_nobody_is_suspected(&world).await;
    assert_eq!(world.audited("user.created").await.len(), world.events("user.created").await.len());
    // HEAD is answered by what answers GET.
    let served =
        world.platform.template.routes.iter().map(Route::key).filter(|key| !key.starts_with("HEAD "));
    let served: BTreeSet<String> = served.collect();
    let missing: Vec<_> = served.difference(&world.answered()).cloned().collect();
    assert!(missing.is_empty(), "no journey goes by {missing:?}");
}

async fn jobs(world: &World) {
    let client = tests::Application::service(world).await.id;
    for (job, order) in
        JOBS.iter().zip([json!({}), json!({}), json!({ "client_id": client, "action": "add" }), json!({})])
    {
        world.renew_fault();
        world.platform.invoke(job, order).await.unwrap();
    }
}

#[test]
fn every_function_is_called() {
    let routed: BTreeSet<String> =
        World::bare().platform.template.routes.iter().map(|route| route.function.clone()).collect();
    let others = JOBS.iter().chain(FED).map(|name| (*name).to_owned());
    let called: BTreeSet<String> = routed.into_iter().chain(others).collect();
    let functions: BTreeSet<String> =
        functions::ALL.iter().map(|function| function.name.to_owned()).collect();
    assert_eq!(called, functions, "add a journey for a new function");
}

fn expect(view: &View, status: u16) -> Value {
    assert_eq!(view.status.as_u16(), status, "{}: {}", view.path, view.body);
    view.json()
}

macro_rules! every_endpoint_survives {
    ($($name:ident: $fault:ident,)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                walk_every_endpoint(Fault::$fault).await;
            }
        )*

        #[test]
        fn every_fault_has_its_journey() {
            assert_eq!(Fault::ALL, [$(Fault::$fault),*]);
        }
    };
}

every_endpoint_survives! {
    every_endpoint_survives_throttling: Throttling,
    every_endpoint_survives_conflicts: TransactionConflict,
    every_endpoint_survives_throttled_transactions: TransactionThrottled,
    every_endpoint_survives_slow_transactions: SlowTransaction,
    every_endpoint_survives_unprocessed_keys: Unprocessed,
    every_endpoint_survives_requests_that_are_lost: Timeout,
    every_endpoint_survives_answers_that_are_late: AnswerLost,
    every_endpoint_survives_internal_errors: Internal,
    every_endpoint_survives_outages: Unavailable,
}
