//! What sessions promise, as far as it needs no store.

use super::cookie::parse;
use super::store::Session;
use crate::assurance::Level;
use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};
use crate::identity::Epoch;

const NOW: Timestamp = Timestamp(1_000_000);

/// The handle of user `number`'s session, as a cookie holds it.
fn handle(number: u8) -> String {
    use base64::Engine;
    let body = [[number; 16].as_slice(), &[number; 32]].concat();
    format!("lk_ss_r1_{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(body))
}

fn session(number: u8) -> Session {
    Session {
        id: SessionId::from_bytes([number; 16]),
        hash: "hash".to_owned(),
        user: UserId::from_bytes([number; 16]),
        auth_time: NOW,
        amr: Vec::new(),
        acr: Level::Aal1,
        clients: Vec::new(),
        started_at: NOW,
        epoch: Epoch::default(),
        last_seen_at: NOW,
        address: String::new(),
        user_agent: String::new(),
        expires_at: Timestamp(NOW.0 + 100),
        idle_until: Timestamp(NOW.0 + 10),
    }
}

#[test]
fn the_cookie_keeps_its_order_and_drops_what_is_not_ours() {
    let users = |text: &str| -> Vec<UserId> {
        parse(text).iter().filter_map(|handle| handle.user().cloned()).collect()
    };
    let user = |number: u8| UserId::from_bytes([number; 16]);
    let (one, two) = (handle(1), handle(2));
    assert_eq!(users(&format!("{two}.{one}")), [user(2), user(1)]);
    assert_eq!(users(&format!("{one}.{one}.{two}")), [user(1), user(2)]);
    assert_eq!(users(&format!("nonsense.{one}..lk_rt_r1_x")), [user(1)]);
    assert!(users("").is_empty());
    // A handle that names no user is none of a session.
    assert!(users("lk_ss_r1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").is_empty());
}

#[test]
fn a_browser_holds_five_accounts_at_most() {
    let many: Vec<String> = (1..=9).map(handle).collect();
    assert_eq!(parse(&many.join(".")).len(), super::ACCOUNTS);
}

#[test]
fn a_session_ends_when_idle_and_in_any_case() {
    let mut session = session(1);
    assert!(session.is_live(Timestamp(NOW.0 + 9)));
    assert!(!session.is_live(Timestamp(NOW.0 + 10)));
    session.idle_until = Timestamp(NOW.0 + 1000);
    assert!(session.is_live(Timestamp(NOW.0 + 99)));
    assert!(!session.is_live(Timestamp(NOW.0 + 100)));
}
