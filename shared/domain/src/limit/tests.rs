//! What limits promise.

use proptest::prelude::*;

use super::guess::wait_after;
use super::*;
use crate::clock::Timestamp;
use crate::settings::LimitSettings;

const SECOND: i64 = 1_000_000;

fn rate(bucket: Bucket) -> Rate {
    Rate::of(bucket, &LimitSettings::default()).unwrap()
}

/// Takes one by one at `now`, as the writes would, until the bucket says no.
fn drain(rate: Rate, mut full_at: i64, now: i64) -> (u32, i64) {
    let mut count = 0;
    while let Decision::Spend { cost, at_most } = rate.decide(full_at, now, 1) {
        assert!(full_at <= at_most);
        full_at = rate.after(full_at, now, 1);
        assert!(full_at <= at_most + cost);
        count += 1;
    }
    (count, full_at)
}

#[test]
fn a_full_bucket_gives_its_capacity_and_one_more_is_refused() {
    let rate = rate(Bucket::SignUp);
    let (count, full_at) = drain(rate, 0, 1000 * SECOND);
    assert_eq!(count, 10);
    assert_eq!(rate.decide(full_at, 1000 * SECOND, 1), Decision::Wait { seconds: 60 });
}

#[test]
fn a_token_comes_back_when_it_was_promised() {
    let rate = rate(Bucket::SignUp);
    let now = 1000 * SECOND;
    let (_, full_at) = drain(rate, 0, now);
    let Decision::Wait { seconds } = rate.decide(full_at, now, 1) else { unreachable!() };
    let later = now + i64::try_from(seconds).unwrap() * SECOND;
    assert!(matches!(rate.decide(full_at, later - SECOND, 1), Decision::Wait { seconds: 1 }));
    assert_eq!(drain(rate, full_at, later).0, 1);
    assert_eq!(drain(rate, full_at, now + 600 * SECOND).0, 10);
}

#[test]
fn settings_multiply_what_is_allowed() {
    let settings = LimitSettings { per_address: 3, ..LimitSettings::default() };
    assert_eq!(drain(Rate::of(Bucket::SignUp, &settings).unwrap(), 0, SECOND).0, 30);
    assert_eq!(drain(Rate::of(Bucket::SendCode, &settings).unwrap(), 0, SECOND).0, 10);
    let open = LimitSettings { per_address: 1_000_000, ..LimitSettings::default() };
    assert!(Rate::of(Bucket::SignIn, &open).is_none());
}

#[test]
fn every_bucket_limits_by_default() {
    for bucket in Bucket::ALL {
        let rate = rate(*bucket);
        let policy = bucket.policy();
        assert_eq!(drain(rate, 0, SECOND).0, policy.capacity, "{}", bucket.name());
        assert!(policy.lease <= policy.capacity / 10 || policy.lease == 1, "{}", bucket.name());
    }
}

#[test]
fn a_lease_is_spent_once_and_ends() {
    let leases = Leases::default();
    let (key, now) = ((Bucket::Token, "acme"), Timestamp(100));
    assert!(!leases.take(key, now));
    leases.put(key, 2, now);
    assert!(leases.take(key, now) && leases.take(key, now));
    assert!(!leases.take(key, now));
    leases.put(key, 2, now);
    assert!(!leases.take((Bucket::Token, "other"), now));
    assert!(!leases.take(key, Timestamp(110)));
}

#[test]
fn guessing_slows_and_never_stops_for_good() {
    assert_eq!([1, 4].map(wait_after), [0, 0]);
    assert_eq!([5, 6, 7, 12].map(wait_after), [5, 10, 20, 640]);
    assert_eq!([13, 70, u32::MAX].map(wait_after), [900, 900, 900]);
}

#[test]
fn a_network_is_one_caller() {
    let key = |text: &str| of_address(text.parse().unwrap());
    assert_eq!(key("2001:db8:1:2:3::4"), key("2001:db8:1:2:ffff::1"));
    assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
    assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
}

proptest! {
    #[test]
    fn no_time_gives_more_than_the_capacity(full_at in 0_i64..10_000 * SECOND, now in 0_i64..10_000 * SECOND) {
        let (count, after) = drain(rate(Bucket::SendCode), full_at, now);
        prop_assert!(count <= 10);
        prop_assert!(after >= full_at.min(now));
    }
}
