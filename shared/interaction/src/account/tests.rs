//! The parts that ask nobody.

use serde_json::json;

use super::{AccountError, Change, entity_tag};
use crate::clock::Timestamp;
use crate::http::Problem;
use crate::id::UserId;
use crate::identity::{Ended, Epoch, Profile, Status, User};
use crate::limit::LimitError;
use crate::page::{Fault, FieldError};
use crate::store::Stored;

fn ada() -> Stored<User> {
    let entity = User {
        id: UserId::from_bytes([7; 16]),
        status: Status::Active,
        identifiers: Vec::new(),
        profile: Profile::default(),
        attributes: json!({ "score": 7 }).as_object().unwrap().clone(),
        roles: vec!["owner".to_owned()],
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
        expires_at: None,
        epoch: Epoch::default(),
        ended: Ended::default(),
    };
    Stored { entity, rev: 3 }
}

#[test]
fn a_change_is_for_the_revisions_that_it_names() {
    let user = ada();
    let patch = serde_json::Map::new();
    let is_for = |if_match| Change { patch: &patch, if_match }.is_for(&user);
    assert_eq!(entity_tag(&user), "\"3\"");
    for (tags, right) in [
        (None, true),
        (Some("*"), true),
        (Some("\"3\""), true),
        (Some("\"2\", \"3\""), true),
        (Some("\"2\""), false),
        (Some("W/\"3\""), false),
        (Some(""), false),
    ] {
        assert_eq!(is_for(tags), right, "{tags:?}");
    }
}

#[test]
fn what_is_not_the_customers_is_not_shown() {
    let text = super::profile_json(&ada()).to_string();
    for hidden in ["score", "owner", "status"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
}

#[test]
fn a_page_shows_what_its_fields_can_mend() {
    let fields = AccountError::Fields(vec![FieldError::on("name", Fault::ValueInvalid)]);
    assert_eq!(fields.shown().unwrap().errors().len(), 1);
    let limit = AccountError::Limit(LimitError::Exceeded { seconds: 9 });
    assert_eq!(limit.shown().unwrap().status().as_u16(), 429);
    assert_eq!(AccountError::Raced.shown().unwrap_err().status().as_u16(), 409);
}

#[test]
fn problems_have_stable_codes() {
    for (error, status, code) in [
        (AccountError::Fields(vec![FieldError::on("name", Fault::ValueInvalid)]), 400, "value-invalid"),
        (AccountError::Stale, 412, "changed_meanwhile"),
        (AccountError::Raced, 409, "account_raced"),
        (AccountError::NoSession, 404, "no_such_session"),
        (AccountError::NoGrant, 404, "no_such_grant"),
        (AccountError::Cursor, 400, "invalid_request"),
    ] {
        let problem = Problem::from(error);
        assert_eq!((problem.status().as_u16(), problem.code()), (status, code));
    }
}
