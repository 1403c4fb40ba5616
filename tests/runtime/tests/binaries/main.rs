//! Every real binary answers its sample event, goes on after a malformed one, and ends when it is asked to.
//!
//! They are built by `scripts/test-binaries`, which then runs this test and names their folder in LATCHKEY_BINARIES.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod expected;
mod in_process;

use std::path::{Path, PathBuf};

use expected::{EXPECTED, Expected};
use runtime::cold::{self, Binaries};
use runtime::{Outcome, World};
use serde_json::Value;
use shared::app::{Function, Handler};

/// Starts of each binary; the median is printed.
const ROUNDS: usize = 3;

#[test]
fn every_function_has_an_expectation() {
    let expected: Vec<_> = EXPECTED.iter().map(|(name, _)| *name).collect();
    let functions: Vec<_> = functions::ALL.iter().map(|function| function.name).collect();
    assert_eq!(expected, functions);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the built binaries: scripts/test-binaries"]
async fn every_binary_answers_its_sample() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let folder = std::env::vars().find(|(name, _)| name == "LATCHKEY_BINARIES");
    let folder = PathBuf::from(folder.unwrap().1);
    let world = World::start(&root.join("template.yaml")).await.unwrap();
    let binaries = Binaries { folder, environment: &world.environment, rounds: ROUNDS };
    println!("{}", cold::TABLE_HEAD);
    for (name, expected) in EXPECTED {
        let function = functions::find(name).unwrap();
        let event = cold::sample(&root.join("events"), name).unwrap();
        let answer = check(&binaries, function, (&event, expected)).await;
        if matches!(function.handler, Handler::Http(..)) {
            in_process::compare_headers(&world, name, (&event, &answer)).await;
        }
        println!("{}", binaries.measure(name, &event).await.unwrap());
    }
}

/// One binary: its sample, nonsense, its sample again, the end. The answer to the sample.
async fn check(binaries: &Binaries<'_>, function: Function, (event, expected): (&[u8], &Expected)) -> Value {
    let name = function.name;
    let mut sandbox = binaries.sandbox(name).await.unwrap();
    let answer = match sandbox.invoke(event).await.unwrap().0 {
        Outcome::Answered(answer) => answer,
        refused => panic!("{name} refused its sample: {refused:?}\n{}", sandbox.log()),
    };
    expected.check(name, &answer);
    let (outcome, _) = sandbox.invoke(b"{\"not\": \"an event").await.unwrap();
    assert!(matches!(outcome, Outcome::Failed(_)), "{name} took nonsense: {outcome:?}");
    if matches!(function.handler, Handler::Http(..)) {
        let (outcome, _) = sandbox.invoke(event).await.unwrap();
        assert!(matches!(outcome, Outcome::Answered(_)), "{name} after nonsense: {outcome:?}");
    }
    sandbox.terminate().await.unwrap();
    answer
}
