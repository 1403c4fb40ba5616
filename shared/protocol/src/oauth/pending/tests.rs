//! Where a pending request stands.

use super::*;
use crate::app::App;
use crate::app::offline::offline;
use crate::id::{SessionId, UserId};
use crate::identity::Epoch;
use crate::oauth::authorization::RequestedClaims;

const NOW: Timestamp = Timestamp(1_800_000_000);

fn pending(app: &App) -> Pending {
    Pending {
        hash: "hash".to_owned(),
        client: "tv".to_owned(),
        scopes: vec!["openid".to_owned()],
        resources: Vec::new(),
        details: Details::default(),
        address: "192.0.2.1".to_owned(),
        asked_at: NOW,
        expires_at: NOW.plus(Duration::from_secs(600)),
        user: None,
        binding_message: None,
        delivery: None,
        notification: None,
        grant: GrantId::new(app),
        interval: INTERVAL,
        next_poll_at: NOW,
        decided_at: None,
        granted: None,
        redeemed_at: None,
    }
}

fn terms() -> Terms {
    Terms {
        user: UserId::from_bytes([1; 16]),
        client: "tv".to_owned(),
        epoch: Epoch::default(),
        session: Some(SessionId::from_bytes([2; 16])),
        scopes: vec!["openid".to_owned()],
        resources: Vec::new(),
        details: Details::default(),
        claims: RequestedClaims::default(),
        auth_time: Some(NOW),
        acr: None,
        amr: Vec::new(),
    }
}

#[test]
fn a_request_stands_where_its_customer_left_it() {
    let app = offline(NOW);
    let late = NOW.plus(Duration::from_secs(600));
    let open = pending(&app);
    assert!(open.is_open(NOW) && !open.is_open(late));
    assert_eq!((open.standing(NOW), open.standing(late)), (Standing::Open, Standing::Expired));
    let denied = Pending { decided_at: Some(NOW), ..open.clone() };
    assert!(!denied.is_open(NOW));
    assert_eq!((denied.standing(NOW), denied.standing(late)), (Standing::Denied, Standing::Denied));
    let granted = Pending { granted: Some(terms()), ..denied };
    assert_eq!(granted.standing(NOW), Standing::Granted(&terms()));
    assert_eq!(granted.standing(late), Standing::Expired, "tokens are for who comes in time");
    let redeemed = Pending { redeemed_at: Some(NOW), ..granted };
    assert_eq!(redeemed.standing(late), Standing::Redeemed);
}
